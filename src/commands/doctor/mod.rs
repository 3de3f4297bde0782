//! `muster doctor`: what is well and what needs attention, each with what to do. It looks and
//! changes nothing. A new check is a function and a line in [`checks`].

mod machine;
mod programme;

use super::print::say;
use super::{Ended, print};
use crate::app;
use crate::config::{Config, Faults};
use clap::Args;
use muster_ports::{Clock, SystemClock};

/// Say what is well and what needs attention
///
/// Looks at configuration, keys, database, disk, clock, mail and the public address. Exits with 1
/// if anything needs attention.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  muster doctor --json")]
pub struct Doctor {
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Whether something is well.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    Ok,
    Attention,
}

/// One thing that was looked at.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Check {
    /// Stable, kebab-case.
    pub name: &'static str,
    pub state: State,
    /// What was found.
    pub found: String,
    /// What to do; empty where all is well.
    pub advice: String,
}

impl Check {
    /// All is well.
    pub fn ok(name: &'static str, found: impl Into<String>) -> Check {
        Check { name, state: State::Ok, found: found.into(), advice: String::new() }
    }

    /// Somebody has to act.
    pub fn attention(
        name: &'static str,
        found: impl Into<String>,
        advice: impl Into<String>,
    ) -> Check {
        Check { name, state: State::Attention, found: found.into(), advice: advice.into() }
    }
}

impl Doctor {
    pub(super) async fn run(self, config: Result<Config, Faults>) -> anyhow::Result<Ended> {
        let found = match config {
            Ok(config) => checks(&config).await,
            Err(faults) => {
                let advice = "mend the keys above; docs/operations.md shows a whole file";
                vec![Check::attention("configuration", faults.to_string().trim_end(), advice)]
            }
        };
        let is_well = found.iter().all(|c| c.state == State::Ok);
        match self.json {
            true => print::json(&found)?,
            false => found.iter().for_each(tell),
        }
        Ok(if is_well { Ended::Done } else { Ended::Attention })
    }
}

pub(super) fn tell(check: &Check) {
    let mark = if check.state == State::Ok { "ok       " } else { "attention" };
    say!("{mark}  {:<14} {}", check.name, check.found);
    if !check.advice.is_empty() {
        say!("{:>26} -> {}", "", check.advice);
    }
}

/// Everything that is looked at, in the order of the report.
pub async fn checks(config: &Config) -> Vec<Check> {
    let mut found = vec![
        Check::ok("configuration", "no fault"),
        machine::keys(config),
        machine::disk(config),
        machine::dns(config).await,
        machine::mail(config).await,
        machine::beacon(config).await,
        machine::packs(config, SystemClock.now()),
        machine::stun(config.stun.as_ref()).await,
    ];
    match app::open_store(config).await {
        Ok(store) => {
            found.push(Check::ok("database", "reachable, schema up to date, keys fit"));
            found.push(programme::clock(&store).await);
            found.push(programme::chain(&store).await);
            found.push(programme::holders(&store).await);
            found.push(programme::programme(&store).await);
            found.push(programme::holidays(&store, SystemClock.now()).await);
            if let Some(calendars) = &config.calendar.free_busy {
                found.push(
                    programme::busy_times(&store, calendars.max_age_hours, SystemClock.now()).await,
                );
            }
            found.push(programme::notice(&store).await);
            found.push(programme::auditor(&store).await);
            found.push(programme::public_url(config, &store).await);
        }
        Err(error) => {
            let sentence = format!("{error:#}");
            found.push(Check::attention("database", sentence, "see the sentence itself"));
        }
    }
    found
}
