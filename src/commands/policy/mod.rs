//! `muster policy`: check files, propose, confirm and show cadence policies.

mod lint;
mod preview;

use super::print::say;
use super::{Ended, maybe_person, open, person, print, read_text};
use crate::acts::ActError;
use crate::acts::policy::{self, Activated};
use crate::config::{Config, Faults};
use anyhow::Context as _;
use clap::{Args, Subcommand};
use muster_domain::id::PolicyVersionId;
use muster_domain::policy::{Law, policy_example_of};
use muster_domain::roster::ATTRIBUTE_COLUMNS;
use muster_store::policies;
use std::collections::BTreeSet;
use std::path::PathBuf;

#[derive(Debug, Subcommand)]
pub enum Policy {
    Lint(lint::Lint),
    Preview(preview::PreviewCommand),
    Activate(Activate),
    Confirm(Confirm),
    Show(Show),
    Example(Example),
}

/// Propose policy files; the first ones of an installation come into force at once
///
/// While no policy was ever in force, all files given come into force together, by one hand. Later
/// each waits for a second person (hr or security) to confirm it.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  muster policy activate standard.toml sensitive.toml\n  muster policy activate standard.toml --as hr"
)]
pub struct Activate {
    /// Policies, TOML
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// Who proposes; without it the operator of this machine
    #[arg(long = "as", value_name = "EMPLOYEE_ID")]
    actor: Option<String>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Bring a proposed policy into force as the second person
///
/// The version before is retired; people keep their place in the draw.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  muster policy confirm 'Standard' --as security")]
pub struct Confirm {
    /// Name of the policy
    name: String,
    /// Who confirms; never who proposed
    #[arg(long = "as", value_name = "EMPLOYEE_ID")]
    actor: String,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// List policies, or print the text of one
///
/// Without a name: every version with its state. With one: the text in force.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  muster policy show --json\n  muster policy show 'Standard' > standard.toml"
)]
pub struct Show {
    /// Name of a policy
    name: Option<String>,
    /// Print JSON
    #[arg(long, conflicts_with = "name")]
    json: bool,
}

/// Print a policy file that explains every key
///
/// Every key with its default and what it means.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  muster policy example > engineering.toml\n  muster policy example --law pool"
)]
pub struct Example {
    /// By which law people are drawn: cadence, or pool
    #[arg(long, default_value = "cadence", value_parser = ["cadence", "pool"])]
    law: String,
}

impl Policy {
    pub(super) async fn run(
        self,
        load: impl FnOnce() -> Result<Config, Faults>,
    ) -> anyhow::Result<Ended> {
        match self {
            Policy::Lint(lint) => lint.run(load().ok()).await,
            Policy::Preview(preview) => preview.run(&load()?).await,
            Policy::Activate(activate) => activate.run(&load()?).await,
            Policy::Confirm(confirm) => confirm.run(&load()?).await,
            Policy::Show(show) => show.run(&load()?).await,
            Policy::Example(example) => {
                let law = Law::from_code(&example.law).unwrap_or(Law::Cadence);
                print::text(policy_example_of(law));
                Ok(Ended::Done)
            }
        }
    }
}

/// Without a roster: every column a roster may have, and whichever `x_...` the file names.
fn columns_of(text: &str) -> BTreeSet<String> {
    let words = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
    let own = words.filter(|w| w.starts_with("x_")).map(str::to_owned);
    ATTRIBUTE_COLUMNS.iter().map(|c| (*c).to_owned()).chain(own).collect()
}

impl Activate {
    async fn run(self, config: &Config) -> anyhow::Result<Ended> {
        let context = open(config).await?;
        let texts = self.files.iter().map(|f| read_text(f)).collect::<anyhow::Result<Vec<_>>>()?;
        let attributes = policy::attribute_names(context.store.read()).await?;
        for (file, text) in self.files.iter().zip(&texts) {
            policy::lint(text, &attributes)
                .map_err(ActError::from)
                .with_context(|| file.display().to_string())?;
        }
        let actor = maybe_person(&context, self.actor.as_deref()).await?;
        if !policies::ever_active(context.store.read()).await? {
            let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
            let activated = policy::activate_first(&context, actor, &texts).await?;
            tell_activated(&activated, self.json)?;
            return Ok(Ended::Done);
        }
        let mut proposed = Vec::new();
        for (file, text) in self.files.iter().zip(&texts) {
            let row = policy::propose(&context, actor, text).await;
            proposed.push(row.with_context(|| format!("{} was not proposed", file.display()))?);
        }
        if self.json {
            let rows = proposed.iter().map(|r| {
                serde_json::json!({ "id": r.id, "name": r.name, "version": r.version, "state": r.state, "hash": r.hash })
            });
            print::json(&rows.collect::<Vec<_>>())?;
            return Ok(Ended::Done);
        }
        for row in proposed {
            say!("{} version {} waits for a second person:", row.name, row.version);
            say!("  muster policy confirm '{}' --as EMPLOYEE_ID", row.name);
        }
        Ok(Ended::Done)
    }
}

fn tell_activated(activated: &[Activated], as_json: bool) -> anyhow::Result<()> {
    if as_json {
        return print::json(&activated);
    }
    for policy in activated {
        let people = if policy.people == 1 { "person" } else { "people" };
        say!(
            "{} version {} is in force for {} {people}.",
            policy.name,
            policy.version,
            policy.people
        );
        policy.warnings.iter().for_each(|w| say!("  attention: {w}"));
    }
    Ok(())
}

impl Confirm {
    async fn run(self, config: &Config) -> anyhow::Result<Ended> {
        let context = open(config).await?;
        let actor = person(&context, &self.actor).await?;
        let waiting = policy::pending_of(context.store.read(), &self.name).await?;
        let waiting = waiting.with_context(|| {
            format!(
                "no version of a policy named `{}` waits; `muster policy show` lists all",
                self.name
            )
        })?;
        let activated = policy::confirm(&context, actor, PolicyVersionId(waiting.id)).await?;
        tell_activated(&[activated], self.json)?;
        Ok(Ended::Done)
    }
}

impl Show {
    async fn run(self, config: &Config) -> anyhow::Result<Ended> {
        let context = open(config).await?;
        let rows = policies::all(context.store.read()).await?;
        if let Some(name) = &self.name {
            let row = rows.iter().find(|r| &r.name == name && r.state == policies::state::ACTIVE);
            let row = row.with_context(|| {
                format!("no policy named `{name}` is in force; `muster policy show` lists all")
            })?;
            print::text(&row.text);
            return Ok(Ended::Done);
        }
        if self.json {
            let rows = rows.iter().map(|r| {
                serde_json::json!({ "id": r.id, "name": r.name, "version": r.version, "state": r.state, "hash": r.hash })
            });
            print::json(&rows.collect::<Vec<_>>())?;
            return Ok(Ended::Done);
        }
        if rows.is_empty() {
            say!("No policy yet. `muster policy example` prints one to start from.");
        }
        for row in rows {
            say!("{:<9} {} version {} ({})", row.state, row.name, row.version, &row.hash[..16]);
        }
        Ok(Ended::Done)
    }
}
