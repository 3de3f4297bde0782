//! `muster pause` and `muster resume`: the programme as a whole, with a reason, in the log.

use super::print::say;
use super::{Ended, maybe_person, open};
use crate::acts::mode;
use crate::config::Config;
use clap::Args;

/// Draw nobody until further notice
///
/// Nobody is drawn until `muster resume`; what has been announced goes on. Works while the service
/// runs.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  muster pause --reason 'fire drill in all offices today'")]
pub struct Pause {
    /// Why, in at least three words; kept in the log
    #[arg(long)]
    reason: String,
    /// Who pauses; without it the operator of this machine
    #[arg(long = "as", value_name = "EMPLOYEE_ID")]
    actor: Option<String>,
}

/// Draw people, for the first time or again
///
/// Out of shadow this makes the installation live: from here on people are told.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  muster resume --reason 'the pilot begins, all were told'")]
pub struct Resume {
    /// Why, in at least three words; kept in the log
    #[arg(long)]
    reason: String,
    /// Who resumes; without it the operator of this machine
    #[arg(long = "as", value_name = "EMPLOYEE_ID")]
    actor: Option<String>,
}

impl Pause {
    pub(super) async fn run(self, config: &Config) -> anyhow::Result<Ended> {
        let context = open(config).await?;
        let actor = maybe_person(&context, self.actor.as_deref()).await?;
        mode::pause(&context, actor, &self.reason).await?;
        say!("Paused. Nobody is drawn until `muster resume`.");
        Ok(Ended::Done)
    }
}

impl Resume {
    pub(super) async fn run(self, config: &Config) -> anyhow::Result<Ended> {
        let context = open(config).await?;
        let actor = maybe_person(&context, self.actor.as_deref()).await?;
        let advice = mode::resume(&context, actor, &self.reason).await?;
        say!("Live. Draws begin with the next local day of each zone.");
        advice.iter().for_each(|sentence| say!("  attention: {sentence}"));
        Ok(Ended::Done)
    }
}
