//! `muster links`: people who belong together by line, spot, network or device, from one file,
//! without an installation.

use super::data::installed_packs;
use super::print::{self, say};
use super::{Ended, read_file};
use anyhow::Context as _;
use clap::Args;
use muster_domain::judging::AccessClass;
use muster_domain::linking::{
    Edge, Group, Ledger, LinkReport, Sites, read_observations, read_sites,
};
use muster_domain::roster::RosterFault;
use muster_ports::{Entropy, OsEntropy};
use std::fs::File;
use std::io::IsTerminal as _;
use std::path::{Path, PathBuf};

/// So many edges of a group are shown where no JSON is asked for.
const EDGES_SHOWN: usize = 10;
/// So many members of an unnamed site are shown where no JSON is asked for.
const MEMBERS_SHOWN: usize = 40;
/// Observations between two words on progress.
const PROGRESS_EVERY: usize = 500_000;

/// Find people who belong together: shared lines, spots, networks, devices
///
/// Reads check-ins and sign-ins of at most 180 days before the newest. Each edge between two people is
/// explained and weighed; from 6 points up it joins. Households, offices, co-working rooms, mobile
/// lines and the employer's own egress are subtracted. A group of more than 30 people asks for a named
/// site instead. docs/links-format.md describes the files and every condition.
///
/// A group is a question to ask, not an answer.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  muster links --input observations.csv\n  \
                  muster links --input observations.csv --sites sites.csv --json")]
pub struct Links {
    /// Observations, CSV: employee_id,at,declared_lat,declared_lon,ip,ip_class,asn,lat,lon,accuracy_m,device_key,lan_id;
    /// also delivery_key,payroll_key
    #[arg(long, value_name = "FILE")]
    input: PathBuf,
    /// Named sites, CSV: site_id,kind,lat,lon,radius_m,ip,delivery_key
    #[arg(long, value_name = "FILE")]
    sites: Option<PathBuf>,
    /// Data folder whose packs tell the class of an address that came without one [default: that of
    /// the configuration]
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl Links {
    pub(super) fn run(self, config: Option<&Path>) -> anyhow::Result<Ended> {
        let sites = match &self.sites {
            Some(path) => read_sites(&read_file(path)?).map_err(|faults| refusal(&faults))?,
            None => Vec::new(),
        };
        // equal values are compared under a key of this run alone
        let key = (&OsEntropy as &dyn Entropy).bytes();
        let packs = installed_packs(config, self.data.as_deref())?;
        // Private ones the domain knows by itself; other reserved ones are lines like any in a file.
        let class_of = |address, at| {
            let class = packs.look_up(address, at).class.value().copied();
            class.filter(|class| *class != AccessClass::Private)
        };
        let mut ledger = Ledger::new(&key, Sites::new(&sites), class_of);
        let faults = self.read(|observation| ledger.add(observation))?;
        if !faults.is_empty() {
            return Err(refusal(&faults));
        }
        let report = ledger.link();
        match self.json {
            true => print::json(&report)?,
            false => tell(&report),
        }
        Ok(Ended::Done)
    }

    fn read(
        &self,
        mut each: impl FnMut(&muster_domain::linking::Observation<'_>),
    ) -> anyhow::Result<Vec<RosterFault>> {
        let cannot = || format!("cannot read {}", self.input.display());
        let file = File::open(Path::new(&self.input)).with_context(cannot)?;
        let tells_progress = std::io::stderr().is_terminal();
        let mut count = 0;
        let faults = read_observations(file, |observation| {
            each(observation);
            count += 1;
            if tells_progress && count % PROGRESS_EVERY == 0 {
                eprintln!("{count} observations ...");
            }
        });
        faults.with_context(cannot)
    }
}

fn refusal(faults: &[RosterFault]) -> anyhow::Error {
    let lines: String = faults.iter().map(|fault| format!("  {fault}\n")).collect();
    anyhow::anyhow!("{} fault(s), nothing was compared\n{lines}", faults.len())
}

fn tell(report: &LinkReport) {
    let Some((from, to)) = report.from.zip(report.to) else {
        say!("The file holds no observation.");
        return;
    };
    say!(
        "{} people, {} observations from {from} to {to}: {} group(s), {} people to ask",
        report.people,
        report.observations,
        report.groups.len(),
        report.flagged().count()
    );
    for common in &report.too_common {
        say!(
            "! one {} is shared by {} people and was left out: see what the column holds",
            common.kind.code().replace('_', " "),
            common.people
        );
    }
    report.groups.iter().for_each(tell_group);
}

fn tell_group(group: &Group) {
    let note = if group.needs_site { ", a site to be named" } else { "" };
    say!("\n{} people, score {:.1}{note}", group.members.len(), group.score);
    let shown = if group.needs_site { MEMBERS_SHOWN } else { group.members.len() };
    let more = if group.members.len() > shown { " ..." } else { "" };
    say!("  {}{more}", group.members[..shown.min(group.members.len())].join(" "));
    say!("  {}", group.sentence);
    group.edges.iter().take(EDGES_SHOWN).for_each(tell_edge);
    if group.edges.len() > EDGES_SHOWN {
        say!("    ... --json names all {}", group.edges.len());
    }
}

fn tell_edge(edge: &Edge) {
    let reasons: Vec<String> = edge
        .reasons
        .iter()
        .map(|r| format!("{} {:+.1}", r.kind.code().replace('_', " "), r.weight))
        .collect();
    say!("    {} - {}: {}", edge.a, edge.b, reasons.join(", "));
}
