//! `muster draw`: what the draw says about one person's day, as far as it may be told.

use super::print::{self, say};
use super::{Ended, maybe_person, open, person};
use crate::acts::{ActError, explain};
use crate::config::Config;
use anyhow::bail;
use clap::{Args, Subcommand};
use jiff::civil::Date;

#[derive(Debug, Subcommand)]
pub enum Draw {
    Explain(Explain),
}

/// Say why a person could be drawn on a date or not, and what was drawn
///
/// The count and the chance of a day are told once it is over, the draw itself once its key is public
/// (seven days after the date has ended everywhere). Looking at somebody is an entry in the log that
/// this person can see.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  muster draw explain maria --date 2026-12-02\n  \
                  muster draw explain maria --date 2026-12-02 --as ines --json")]
pub struct Explain {
    /// Whom it is about
    #[arg(value_name = "EMPLOYEE_ID")]
    person: String,
    /// The person's local date, as 2026-12-02
    #[arg(long, value_name = "DATE", value_parser = super::date)]
    date: Date,
    /// Who asks (auditors, and everybody about themselves); without it the operator of this machine
    #[arg(long = "as", value_name = "EMPLOYEE_ID")]
    actor: Option<String>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl Draw {
    pub(super) async fn run(self, config: &Config) -> anyhow::Result<Ended> {
        match self {
            Draw::Explain(explain) => explain.run(config).await,
        }
    }
}

impl Explain {
    async fn run(self, config: &Config) -> anyhow::Result<Ended> {
        let context = open(config).await?;
        let actor = maybe_person(&context, self.actor.as_deref()).await?;
        let subject = person(&context, &self.person).await?;
        let told = match explain::look(&context, actor, subject, self.date).await {
            Err(ActError::Forbidden(why)) => bail!(
                "{why} Auditors may ask about everybody, everybody about themselves; without --as it is the \
                 operator of this machine who asks"
            ),
            told => told?,
        };
        if self.json {
            print::json(&told)?;
            return Ok(Ended::Done);
        }
        say!("{} on {} ({})", self.person, told.label, told.zone);
        for sentence in told.sentences() {
            say!("  {sentence}");
        }
        Ok(Ended::Done)
    }
}
