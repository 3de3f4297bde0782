//! `muster plan`: a day's plan from two files, without an installation.

use super::print::{self, say};
use super::{Ended, read_file};
use anyhow::Context as _;
use clap::Args;
use muster_domain::plan_files::{FilesPlan, MovedPerson, PlanFiles, SLOTS, slot_kl_bits};
use muster_ports::{Entropy as _, OsEntropy};
use serde::Serialize;
use std::io::{IsTerminal as _, Write as _};
use std::path::{Path, PathBuf};
use std::time::Instant;

/// From so many people on a plan takes long enough to say what it is at.
const PEOPLE_WITH_PROGRESS: usize = 20_000;
/// So many people moved are named where no JSON is asked for.
const MOVED_SHOWN: usize = 10;
/// Up to so many bits times of day count as even.
const EVEN_BITS: f64 = 0.01;
const SLOTS_AN_HOUR: u16 = 12;
/// So many crowded hours are named.
const HOURS_SHOWN: usize = 3;

/// Plan a day: who meets whom at which slot, from two files
///
/// The same matching as the service's, with sessions of one five-minute slot. People in keyed order
/// take their first free slot in keyed order; some are moved where capacity demands it, and named.
/// Whoever cannot be placed is no failure. docs/plan-format.md describes the files and the figures.
///
/// JSON has people, placed, seconds (from parsed input to finished plan), seed, slot_kl_bits, moved and
/// unplaced. slot_kl_bits is the divergence of the chosen slots from a uniform choice, in bits: each
/// person's slots with a permitted verifier on duty are numbered by time and cut into ten deciles
/// (slot r of m: 10 r div m); observed shares of deciles against those of a uniform choice, less the
/// sampling bias 9 / (2 n ln 2), at least 0.
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  muster plan --people people.csv --verifiers verifiers.csv --out plan.csv --seed 7 --json"
)]
pub struct Plan {
    /// People, CSV: person_id,manager_vid,last_vid,windows
    #[arg(long, value_name = "FILE")]
    people: PathBuf,
    /// Verifiers, CSV: verifier_id,windows
    #[arg(long, value_name = "FILE")]
    verifiers: PathBuf,
    /// Where to write the plan, CSV: person_id,verifier_id,slot
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// The same files and seed make the same plan; without it a seed is drawn and shown
    #[arg(long)]
    seed: Option<u64>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Report<'a> {
    people: usize,
    placed: usize,
    /// From parsed input to finished plan.
    seconds: f64,
    slot_kl_bits: Option<f64>,
    seed: u64,
    moved: &'a [MovedPerson<'a>],
    unplaced: &'a [&'a str],
}

impl Plan {
    pub(super) fn run(self) -> anyhow::Result<Ended> {
        let (people, verifiers) = (read_file(&self.people)?, read_file(&self.verifiers)?);
        let files = match PlanFiles::read(&people, &verifiers) {
            Ok(files) => files,
            Err(faults) => {
                let lines: String = faults.iter().map(|fault| format!("  {fault}\n")).collect();
                anyhow::bail!("{} fault(s), no plan was written\n{lines}", faults.len());
            }
        };
        let seed = self.seed.unwrap_or_else(|| {
            let mut bytes = [0; 8];
            OsEntropy.fill(&mut bytes);
            u64::from_le_bytes(bytes)
        });
        let is_long = files.people() >= PEOPLE_WITH_PROGRESS && std::io::stderr().is_terminal();
        if is_long {
            eprintln!("planning {} people, {} verifiers ...", files.people(), files.verifiers());
        }
        let begun = Instant::now();
        let plan = files.plan(seed);
        let seconds = begun.elapsed().as_secs_f64();
        if is_long {
            eprintln!("writing {} ...", self.out.display());
        }
        write_whole(&self.out, &plan.to_csv())?;
        let report = Report {
            people: files.people(),
            placed: plan.placed.len(),
            seconds,
            slot_kl_bits: slot_kl_bits(&files, &plan),
            seed,
            moved: &plan.moved,
            unplaced: &plan.unplaced,
        };
        match self.json {
            true => print::json(&report)?,
            false => tell(&report, &plan),
        }
        Ok(Ended::Done)
    }
}

fn tell(report: &Report<'_>, plan: &FilesPlan<'_>) {
    say!(
        "{} of {} people placed in {:.1} ms, seed {}",
        report.placed,
        report.people,
        report.seconds * 1_000.0,
        report.seed
    );
    if let Some(bits) = report.slot_kl_bits {
        say!("times of day diverge from a uniform choice by {bits:.4} bits");
    }
    if !plan.moved.is_empty() {
        say!("{} were moved because capacity demanded it:", plan.moved.len());
    }
    for m in plan.moved.iter().take(MOVED_SHOWN) {
        let (from, to) = (m.from_slot, m.to_slot);
        say!("  {}: slot {from} to {to}, {} to {}", m.person_id, m.from_verifier, m.to_verifier);
    }
    if plan.moved.len() > MOVED_SHOWN {
        say!("  ... --json names all");
    }
    if report.slot_kl_bits.is_some_and(|bits| bits > EVEN_BITS) {
        say!(
            "so times can be guessed better than by chance; more verifiers on duty at {} UTC would help most",
            crowded_hours(&plan.moved)
        );
    }
    if !plan.unplaced.is_empty() {
        say!("{} found no verifier in any of their windows", plan.unplaced.len());
    }
}

/// The hours that most people had to be moved away from.
fn crowded_hours(moved: &[MovedPerson<'_>]) -> String {
    let mut hours: Vec<(usize, u16)> = (0..SLOTS / SLOTS_AN_HOUR)
        .map(|hour| (moved.iter().filter(|m| m.from_slot / SLOTS_AN_HOUR == hour).count(), hour))
        .filter(|(count, _)| *count > 0)
        .collect();
    hours.sort_unstable_by(|a, b| b.cmp(a));
    hours.truncate(HOURS_SHOWN);
    hours.sort_unstable_by_key(|(_, hour)| *hour);
    let named: Vec<String> = hours.iter().map(|(_, hour)| format!("{hour:02}:00")).collect();
    named.join(", ")
}

/// A file is there whole or as it was before.
fn write_whole(path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    let cannot = || format!("cannot write {}", path.display());
    if path.exists() && !path.is_file() {
        // a pipe or a device has no halves that could be seen
        let mut out = std::fs::File::options().write(true).open(path).with_context(cannot)?;
        return out.write_all(bytes).with_context(cannot);
    }
    let mut name = path.file_name().with_context(cannot)?.to_owned();
    name.push(".part");
    let part = path.with_file_name(name);
    std::fs::write(&part, bytes).with_context(cannot)?;
    std::fs::rename(&part, path).with_context(cannot)
}
