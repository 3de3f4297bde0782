//! `muster assess`: recorded evidence through the product's own rules and fold, line by line,
//! without an installation. Reading and judging are the domain's; here are files, order and words.

mod replay;
mod telling;

use super::Ended;
use super::data::installed_packs;
use super::print::text;
use crate::config::{Config, Faults};
use anyhow::Context as _;
use clap::Args;
use jiff::civil::Date;
use muster_domain::evidence_lines::{EvidenceLine, LineFault, LookUps, schema};
use muster_packs::polygons::{ATTRIBUTION, Polygons};
use std::io::{BufRead, BufReader, BufWriter, ErrorKind, Read, Write};
use std::path::{Path, PathBuf};
use telling::{Counts, Telling};

/// What is read at once.
const BUFFER_BYTES: usize = 1 << 16;

/// A longer line is not read to its end; it is told and passed over.
const LINE_BYTES_MAX: u64 = 1 << 20;

/// Judge recorded evidence: one JSON object a line, with the product's own rules and fold
///
/// With --stored it judges this installation's check-ins once more, on the evidence and the thresholds they
/// were judged on, and tells only what this program's rules would say otherwise. Nothing is changed.
///
/// Needs no database and no data folder. Nothing is assumed of a meeting or of earlier check-ins.
/// Absent and null are unknown, never zero. A bad line gives {id, error} and the rest goes on; the
/// exit status is then 1. docs/assess.md describes fields, defaults and rules.
#[derive(Debug, Args)]
#[command(
    after_help = format!(
        "Examples:\n  muster assess --input evidence.ndjson --json > findings.ndjson\n  \
         gateway-export | muster assess --input -\n  muster assess --schema > line.schema.json\n  muster assess --stored --from 2026-12-01 --to 2026-12-31\n\n\
         {ATTRIBUTION}"
    )
)]
pub struct Assess {
    /// Evidence, one JSON object a line; `-` reads standard input
    #[arg(long, value_name = "FILE", required_unless_present_any = ["schema", "stored"])]
    input: Option<PathBuf>,
    /// Data folder whose packs tell about addresses [default: that of the configuration]; read only if
    /// a line has an address and lacks what is known of it
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// Print one JSON object a line
    #[arg(long)]
    json: bool,
    /// Print the JSON Schema of one line and end
    #[arg(long)]
    schema: bool,
    /// Judge this installation's own check-ins once more, those of --from to --to
    #[arg(long, requires_all = ["from", "to"], conflicts_with_all = ["input", "schema", "data"])]
    stored: bool,
    /// First date (UTC), with --stored
    #[arg(long, requires = "stored", value_parser = super::date)]
    from: Option<Date>,
    /// Last date (UTC), with --stored
    #[arg(long, requires = "stored", value_parser = super::date)]
    to: Option<Date>,
}

impl Assess {
    pub(super) async fn run(
        self,
        config: Option<&Path>,
        load: impl FnOnce() -> Result<Config, Faults>,
    ) -> anyhow::Result<Ended> {
        match (self.from, self.to) {
            (Some(from), Some(to)) => replay::run(&load()?, from, to, self.json).await,
            _ => self.lines(config),
        }
    }

    fn lines(self, config: Option<&Path>) -> anyhow::Result<Ended> {
        let Some(path) = self.input.filter(|_| !self.schema) else {
            super::print::json(&schema())?;
            return Ok(Ended::Done);
        };
        let input: Box<dyn Read> = match path.as_os_str() == "-" {
            true => Box::new(std::io::stdin().lock()),
            false => {
                let cannot = || format!("cannot read {}", path.display());
                Box::new(std::fs::File::open(&path).with_context(cannot)?)
            }
        };
        let polygons = Polygons::shared();
        let packs = installed_packs(config, self.data.as_deref())?;
        let look_ups = LookUps {
            region: &|point| polygons.region(point),
            address: &|address, at| packs.look_up(address, at),
        };
        let output = BufWriter::new(std::io::stdout().lock());
        let telling = Telling::new(self.json, output);
        let input = BufReader::with_capacity(BUFFER_BYTES, input);
        let counts = match assess(input, look_ups, telling) {
            Ok(counts) => counts,
            // Whoever reads may stop early (`| head`), which is no failure.
            Err(error) if error.kind() == ErrorKind::BrokenPipe => return Ok(Ended::Done),
            Err(error) => {
                return Err(error).with_context(|| format!("{} broke off", path.display()));
            }
        };
        if !self.json {
            text(&counts.sentence());
        }
        Ok(if counts.bad == 0 { Ended::Done } else { Ended::Attention })
    }
}

/// Judges line after line; keeps nothing but the counts.
fn assess(
    mut input: BufReader<impl Read>,
    look_ups: LookUps<'_>,
    mut telling: Telling<impl Write>,
) -> std::io::Result<Counts> {
    let mut counts = Counts::default();
    let mut line = Vec::new();
    for number in 1_u64.. {
        if input.buffer().is_empty() {
            // Before more is waited for, what was said goes out: at the other end of two pipes
            // somebody may wait for an answer.
            telling.flush()?;
        }
        if input.fill_buf()?.is_empty() {
            break;
        }
        line.clear();
        input.by_ref().take(LINE_BYTES_MAX).read_until(b'\n', &mut line)?;
        let read = match line.len() as u64 == LINE_BYTES_MAX && line.last() != Some(&b'\n') {
            true => {
                pass_over_line(&mut input)?;
                let sentence = format!("the line is longer than {LINE_BYTES_MAX} bytes");
                Err(LineFault { id: None, sentence })
            }
            false => {
                let bytes = match number {
                    1 => line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&line),
                    _ => &line,
                };
                if bytes.trim_ascii().is_empty() {
                    continue;
                }
                EvidenceLine::read(bytes)
            }
        };
        match read {
            Ok(line) => {
                let id = line.id().clone();
                let assessment = line.evidence(look_ups).assess();
                counts.count(assessment.assurance.assurance.code());
                telling.judged(&id, &assessment)?;
            }
            Err(fault) => {
                counts.bad += 1;
                telling.refused(number, &fault)?;
            }
        }
    }
    telling.flush()?;
    Ok(counts)
}

/// Reads to the end of the line and keeps nothing.
fn pass_over_line(input: &mut impl BufRead) -> std::io::Result<()> {
    loop {
        let buffer = input.fill_buf()?;
        if buffer.is_empty() {
            return Ok(());
        }
        let end = buffer.iter().position(|byte| *byte == b'\n');
        let used = end.map_or(buffer.len(), |end| end + 1);
        input.consume(used);
        if end.is_some() {
            return Ok(());
        }
    }
}
