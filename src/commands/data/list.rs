//! `muster data list`: what is installed and how old it is.

use crate::commands::Ended;
use crate::commands::print::{self, say};
use crate::config::PacksAlone;
use clap::Args;
use muster_domain::time::UtcMillis;
use muster_packs::{Freshness, Kind, PackAge, Packs};
use muster_ports::{Clock as _, SystemClock};
use serde::Serialize;
use std::path::{Path, PathBuf};

/// Say which data packs are installed, and how old they are
///
/// Every pack is read and checked. Exits with 1 if one is old, void or damaged.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  muster data list --json")]
pub struct List {
    /// Data folder; the packs lie in its folder `packs`
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// One kind of pack.
#[derive(Debug, Serialize)]
struct Line {
    kind: Kind,
    state: &'static str,
    name: Option<String>,
    source: Option<String>,
    licence: Option<String>,
    date: Option<String>,
    age_days: Option<u32>,
    ranges: Option<u64>,
    /// Why it cannot be read.
    fault: Option<String>,
}

impl List {
    pub(super) fn run(self, config: Option<&Path>) -> anyhow::Result<Ended> {
        let alone = PacksAlone::load(config, self.data.as_deref())?;
        let packs = Packs::open(&alone.dir);
        let lines = lines(&packs, SystemClock.now());
        match self.json {
            true => print::json(&lines)?,
            false => {
                lines.iter().for_each(tell);
                say!("In {}", alone.dir.display());
            }
        }
        let is_well = lines.iter().all(|line| matches!(line.state, "fresh" | "missing"));
        Ok(if is_well { Ended::Done } else { Ended::Attention })
    }
}

fn lines(packs: &Packs, now: UtcMillis) -> Vec<Line> {
    let installed = packs.freshness(now);
    let line = |kind: Kind| {
        let pack = installed.iter().find(|pack| pack.manifest.kind == kind);
        let manifest = pack.map(|pack| pack.manifest);
        let fault = packs.faults().get(&kind).cloned();
        Line {
            kind,
            state: match (pack, &fault) {
                (Some(pack), _) => state(pack),
                (None, Some(_)) => "damaged",
                (None, None) => "missing",
            },
            name: manifest.map(|m| m.name.clone()),
            source: manifest.map(|m| m.source.clone()),
            licence: manifest.map(|m| m.licence.clone()),
            date: manifest.map(|m| m.date.to_string()),
            age_days: pack.map(|pack| pack.age_days),
            ranges: manifest.map(|m| m.ranges),
            fault,
        }
    };
    Kind::ALL.into_iter().map(line).collect()
}

fn state(pack: &PackAge<'_>) -> &'static str {
    match pack.freshness {
        Freshness::Fresh => "fresh",
        Freshness::Old => "old",
        Freshness::Void => "void",
    }
}

fn tell(line: &Line) {
    let (kind, state) = (line.kind.code(), line.state);
    match (&line.name, &line.date, line.age_days, line.ranges) {
        (Some(name), Some(date), Some(age), Some(ranges)) => {
            say!("{kind:<9} {state:<8} {date}  {age:>4} days  {ranges:>9} ranges  {name}");
        }
        _ => say!("{kind:<9} {state:<8} {}", line.fault.as_deref().unwrap_or(line.kind.summary())),
    }
}
