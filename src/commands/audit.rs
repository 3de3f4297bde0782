//! `muster audit`: recompute draws and say who was spared, singled out or steered.

use super::print::say;
use super::{Ended, open, print, read_text};
use crate::acts::draw_audit::{self, Audited, Wanted};
use crate::config::{Config, Faults};
use anyhow::Context as _;
use clap::{Args, Subcommand};
use flate2::Compression;
use flate2::read::MultiGzDecoder;
use flate2::write::GzEncoder;
use jiff::civil::Date;
use muster_domain::draw_audit::{Auditor, Fault, Report, Trust};
use std::fs::File;
use std::io::{BufRead, BufReader, BufWriter, IsTerminal, Read, Write};
use std::path::{Path, PathBuf};

/// First two bytes of gzip.
const GZIP: [u8; 2] = [0x1f, 0x8b];
/// A line longer than this is no line of a bundle (a row of a day has some hundred bytes).
const LINE_BYTES_MAX: u64 = 16 * 1024 * 1024;

#[derive(Debug, Subcommand)]
pub enum Audit {
    Draws(Draws),
}

/// Recompute every draw of a period and compare it with what was announced
///
/// With --from and --to it reads this installation, audits it and, with --bundle, writes all that
/// anybody needs to do the same: no name and no address. With --bundle alone it audits that file,
/// without database, network or keys. Exit status 1: somebody was spared, singled out or steered, or
/// the bundle proves nothing.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  muster audit draws --from 2026-12-01 --to 2026-12-31 --bundle december.ndjson.gz\n  muster audit draws --bundle december.ndjson.gz --checkpoint kept.txt"
)]
pub struct Draws {
    /// First date (the local date of each person)
    #[arg(long, requires = "to", value_parser = super::date)]
    from: Option<Date>,
    /// Last date
    #[arg(long, requires = "from", value_parser = super::date)]
    to: Option<Date>,
    /// File to write, or without --from and --to to audit; compressed if it ends in .gz
    #[arg(long, value_name = "FILE", required_unless_present = "from")]
    bundle: Option<PathBuf>,
    /// A checkpoint kept from before (a receipt, a case mail, a download): the log must contain it
    #[arg(long, value_name = "FILE")]
    checkpoint: Option<PathBuf>,
    /// The key that signs the log, where it is known from elsewhere (64 hexadecimal digits)
    #[arg(long, value_name = "HEX", value_parser = log_key)]
    log_key: Option<LogKey>,
    /// Write entries that the audit does not read as hashes only
    #[arg(long, requires_all = ["from", "bundle"])]
    hash_other_entries: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Clone, Copy)]
struct LogKey([u8; 32]);

fn log_key(text: &str) -> Result<LogKey, String> {
    let mut key = [0; 32];
    hex::decode_to_slice(text, &mut key)
        .map_err(|_| "write the 64 hexadecimal digits of the public key".to_owned())?;
    Ok(LogKey(key))
}

impl Audit {
    pub(super) async fn run(
        self,
        load: impl FnOnce() -> Result<Config, Faults>,
    ) -> anyhow::Result<Ended> {
        match self {
            Audit::Draws(draws) => draws.run(load).await,
        }
    }
}

impl Draws {
    async fn run(self, load: impl FnOnce() -> Result<Config, Faults>) -> anyhow::Result<Ended> {
        let checkpoint = self.checkpoint.as_deref().map(read_text).transpose()?;
        let log_key = self.log_key.map(|key| key.0);
        let trust = Trust { checkpoint, log_key, ..draw_audit::trust() };
        let audited = match (self.from, self.to, &self.bundle) {
            (Some(from), Some(to), file) => {
                let hash_other_entries = self.hash_other_entries;
                let wanted = Wanted { from, to, hash_other_entries };
                export(&load()?, wanted, trust, file.as_deref()).await?
            }
            (_, _, Some(file)) => verify(file, trust)?,
            _ => unreachable!("clap asks for --from or --bundle"),
        };
        self.tell(&audited)
    }

    fn tell(&self, audited: &Audited) -> anyhow::Result<Ended> {
        if self.json {
            match audited {
                Ok(report) => print::json(report)?,
                Err(fault) => print::json(&serde_json::json!({ "fault": fault }))?,
            }
        } else {
            match audited {
                Ok(report) => tell_report(report),
                Err(fault) => say!("The bundle proves nothing: {fault}."),
            }
        }
        let is_clean = audited.as_ref().is_ok_and(Report::is_clean);
        Ok(if is_clean { Ended::Done } else { Ended::Attention })
    }
}

async fn export(
    config: &Config,
    wanted: Wanted,
    trust: Trust,
    file: Option<&Path>,
) -> anyhow::Result<Audited> {
    let context = open(config).await?;
    let is_watched = std::io::stderr().is_terminal();
    let told = |done, all| {
        if is_watched {
            let _ = write!(std::io::stderr(), "\r{done} of {all} entries");
        }
    };
    let Some(file) = file else {
        return Ok(draw_audit::export(&context, wanted, trust, &mut std::io::sink(), told).await?);
    };
    let cannot = || format!("cannot write {}", file.display());
    let writer = BufWriter::new(File::create(file).with_context(cannot)?);
    if file.extension().is_some_and(|e| e == "gz") {
        let mut gzip = GzEncoder::new(writer, Compression::default());
        let audited = draw_audit::export(&context, wanted, trust, &mut gzip, told).await?;
        gzip.finish().and_then(|mut writer| writer.flush()).with_context(cannot)?;
        return Ok(audited);
    }
    let mut writer = writer;
    let audited = draw_audit::export(&context, wanted, trust, &mut writer, told).await?;
    writer.flush().with_context(cannot)?;
    Ok(audited)
}

/// Audits a file: nothing but the file and what the reader brings along.
///
/// # Errors
/// The file cannot be read.
pub fn verify(file: &Path, trust: Trust) -> anyhow::Result<Audited> {
    let cannot = || format!("cannot read {}", file.display());
    let mut reader = BufReader::new(File::open(file).with_context(cannot)?);
    let is_gzip = reader.fill_buf().with_context(cannot)?.starts_with(&GZIP);
    match is_gzip {
        true => audit_lines(BufReader::new(MultiGzDecoder::new(reader)), trust),
        false => audit_lines(reader, trust),
    }
}

/// Audits lines, one after another, in the memory of one line and one state a person.
///
/// # Errors
/// The lines cannot be read to their end.
pub fn audit_lines(mut reader: impl BufRead, trust: Trust) -> anyhow::Result<Audited> {
    let mut auditor = Auditor::new(trust);
    let mut line = Vec::new();
    loop {
        line.clear();
        let read = reader.by_ref().take(LINE_BYTES_MAX).read_until(b'\n', &mut line)?;
        if read == 0 {
            return Ok(auditor.finish());
        }
        if line.pop() != Some(b'\n') {
            let sentence = "the last line is cut off".into();
            return Ok(Err(Fault { code: "cut-off", line: 0, sentence }));
        }
        if let Err(fault) = auditor.line(&line) {
            return Ok(Err(fault));
        }
    }
}

fn tell_report(report: &Report) {
    say!("{}", upper_first(&report.sentence().to_string()));
    say!(
        "  log {} with {} entries, root {}",
        report.origin,
        report.log_size,
        &report.log_root[..16]
    );
    say!("  signed by {}", report.log_key);
    if !report.not_yet_public.is_empty() {
        let labels: Vec<String> = report.not_yet_public.iter().map(Date::to_string).collect();
        say!("  not yet public: {}", labels.join(", "));
    }
    for (list, found) in report.lists().into_iter().filter(|(_, found)| !found.is_empty()) {
        say!("{}. {}", list.heading(), list.meaning());
        for finding in found {
            say!("  [{}] {} ({})", finding.code, finding.sentence, finding.place());
        }
    }
    if !report.statistics.is_empty() {
        say!(
            "Counts that stand out (events against the rate of all, Poisson; they prove nothing):"
        );
    }
    report.statistics.iter().for_each(|s| say!("  {}", s.sentence()));
}

fn upper_first(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}
