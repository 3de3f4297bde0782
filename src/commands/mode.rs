//! `muster pause` and `muster resume`: the programme as a whole, with a reason, in the log.

use super::print::say;
use super::{Ended, maybe_person, open, print};
use crate::acts::mode;
use crate::acts::policy::Scope;
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
/// Out of shadow this makes the installation live: from here on people are told. With --pilot only
/// those the filter matches; the same again with a wider filter takes in more, --everybody all.
/// Without either it goes on for whom it was for.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  muster resume --reason 'all were told last week'\n  muster resume --pilot 'department eq \"Engineering\"' --reason 'the pilot begins on Monday'"
)]
pub struct Resume {
    /// Only people this filter matches (RFC 7644 3.4.2.2, as in policies)
    #[arg(long, value_name = "FILTER", conflicts_with = "everybody")]
    pilot: Option<String>,
    /// Everybody in a policy, after a pilot
    #[arg(long)]
    everybody: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
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
        let scope = match self.pilot {
            Some(filter) => Scope::Pilot(filter),
            None if self.everybody => Scope::Everybody,
            None => Scope::AsBefore,
        };
        let resumed = mode::resume(&context, actor, &self.reason, &scope).await?;
        if self.json {
            print::json(&resumed)?;
            return Ok(Ended::Done);
        }
        let scoped = &resumed.scoped;
        match &resumed.pilot {
            Some(filter) => say!(
                "Live for the pilot group: {} of {} people in a policy ({filter}).",
                scoped.live,
                scoped.in_a_policy
            ),
            None => say!("Live for all {} people in a policy.", scoped.in_a_policy),
        }
        say!(
            "It begins for {} with the next local day of their zone, once the notice has reached them.",
            scoped.began
        );
        resumed.advice.iter().for_each(|sentence| say!("  attention: {sentence}"));
        Ok(Ended::Done)
    }
}
