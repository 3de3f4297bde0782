//! `muster roster`: import the company's files, see and confirm the roles they ask for.

use super::print::say;
use super::{Ended, maybe_person, open, person, print, read_file};
use crate::acts::roster::{self, ImportOptions, ImportReport};
use crate::config::Config;
use clap::{Args, Subcommand};
use muster_domain::person::Role;
use muster_domain::roster::{DiffLimits, RosterBytes};
use muster_store::people;
use std::path::PathBuf;

#[derive(Debug, Subcommand)]
pub enum Roster {
    Import(Import),
    Roles(Roles),
    ConfirmRole(ConfirmRole),
}

/// Import people, and where given work places and absences
///
/// Compares the files with what is known and makes the difference true, all or nothing.
/// docs/roster-format.md describes the columns.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  muster roster import people.csv --dry-run\n  \
                  muster roster import people.csv --work-places work_places.csv --absences absences.csv --json")]
pub struct Import {
    /// People, CSV
    people: PathBuf,
    /// Declared work places, CSV; without it they stay as they are
    #[arg(long, value_name = "FILE")]
    work_places: Option<PathBuf>,
    /// Absences, CSV; without it they stay as they are
    #[arg(long, value_name = "FILE")]
    absences: Option<PathBuf>,
    /// Say what would change and change nothing
    #[arg(long)]
    dry_run: bool,
    /// Let at most this share of the people leave in one import
    #[arg(long, value_name = "PERCENT", default_value_t = 5, value_parser = clap::value_parser!(u8).range(0..=100))]
    leavers_max: u8,
    /// Who imports; without it the operator of this machine
    #[arg(long = "as", value_name = "EMPLOYEE_ID")]
    actor: Option<String>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// List the roles that wait for a second person
///
/// Roles in a file are requests: each needs a second person.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  muster roster roles --json")]
pub struct Roles {
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Confirm (or turn down) a role as the second person
///
/// Only somebody who holds admin or security, who did not ask for the role and would not hold it.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  muster roster confirm-role jo verifier --as admin")]
pub struct ConfirmRole {
    /// Who would hold the role
    #[arg(value_name = "EMPLOYEE_ID")]
    holder: String,
    /// verifier, hr, security, auditor or admin
    role: Role,
    /// Who confirms
    #[arg(long = "as", value_name = "EMPLOYEE_ID")]
    actor: String,
    /// Turn the role down instead
    #[arg(long)]
    reject: bool,
}

impl Roster {
    pub(super) async fn run(self, config: &Config) -> anyhow::Result<Ended> {
        match self {
            Roster::Import(import) => import.run(config).await,
            Roster::Roles(roles) => roles.run(config).await,
            Roster::ConfirmRole(confirm) => confirm.run(config).await,
        }
    }
}

impl Import {
    async fn run(self, config: &Config) -> anyhow::Result<Ended> {
        let context = open(config).await?;
        let people = read_file(&self.people)?;
        let work_places = self.work_places.as_deref().map(read_file).transpose()?;
        let absences = self.absences.as_deref().map(read_file).transpose()?;
        let bytes = RosterBytes {
            people: &people,
            work_places: work_places.as_deref(),
            absences: absences.as_deref(),
        };
        let limits = DiffLimits { leavers_percent_max: self.leavers_max, ..DiffLimits::default() };
        let options = ImportOptions { dry_run: self.dry_run, limits };
        let actor = maybe_person(&context, self.actor.as_deref()).await?;
        let report = roster::import(&context, actor, bytes, options).await?;
        match self.json {
            true => print::json(&report)?,
            false => self.tell(&report),
        }
        let is_refused = !report.diff.refusals.is_empty();
        Ok(if is_refused { Ended::Attention } else { Ended::Done })
    }

    fn tell(&self, report: &ImportReport) {
        print::text(&report.diff.to_string());
        for overlap in &report.overlaps {
            say!(
                "! {} is matched by the policies {}: change applies_to of one of them.",
                overlap.employee_id,
                overlap.policies.join(" and ")
            );
        }
        if !report.diff.refusals.is_empty() {
            say!("\nNothing was changed. --leavers-max raises the limit for one import.");
        } else if self.dry_run {
            say!("\nA dry run: nothing was changed.");
        } else if report.applied && !report.diff.roles_requested.is_empty() {
            say!("\nRoles wait for a second person: muster roster roles");
        }
    }
}

#[derive(serde::Serialize)]
struct Waiting {
    employee_id: String,
    role: String,
}

impl Roles {
    async fn run(self, config: &Config) -> anyhow::Result<Ended> {
        let context = open(config).await?;
        let db = context.store.read();
        let mut waiting = Vec::new();
        for row in people::pending_roles(db).await? {
            let person = people::get(db, muster_domain::id::PersonId(row.person_id)).await?;
            waiting.push(Waiting { employee_id: person.employee_id, role: row.role });
        }
        waiting.sort_by(|a, b| (&a.role, &a.employee_id).cmp(&(&b.role, &b.employee_id)));
        if self.json {
            print::json(&waiting)?;
            return Ok(Ended::Done);
        }
        if waiting.is_empty() {
            say!("No role waits for a second person.");
        }
        for Waiting { employee_id, role } in waiting {
            say!("{role:<10} {employee_id}");
        }
        Ok(Ended::Done)
    }
}

impl ConfirmRole {
    async fn run(self, config: &Config) -> anyhow::Result<Ended> {
        let context = open(config).await?;
        let actor = person(&context, &self.actor).await?;
        let holder = person(&context, &self.holder).await?;
        if self.reject {
            roster::reject_role(&context, actor, holder, self.role).await?;
            say!("{} for {} was turned down.", self.role, self.holder);
        } else {
            roster::confirm_role(&context, actor, holder, self.role).await?;
            say!("{} for {} is in force.", self.role, self.holder);
        }
        Ok(Ended::Done)
    }
}
