//! `muster mail`: what a mail server hands to us.

use super::print::say;
use super::{Ended, open};
use crate::acts::bounces::{self, Report, Taken};
use crate::config::Config;
use anyhow::Context as _;
use clap::{Args, Subcommand};
use muster_integrations::smtp::{DeliveryFailure, REPORT_BYTES_MAX, delivery_failure};
use std::io::Read;
use std::path::PathBuf;

#[derive(Debug, Subcommand)]
pub enum Mail {
    Bounced(Bounced),
}

/// Take a report that a mail could not be delivered
///
/// The mail server runs it for every mail to the address smtp.bounces, with the mail as standard
/// input. It ends with 0 if the mail was read, whatever it was, and with 75 if the server should try
/// again later. docs/operations.md shows how Postfix, Exim and OpenSMTPD are told.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  muster mail bounced --delivered-to \"$ORIGINAL_RECIPIENT\"\n  \
                  muster mail bounced report.eml"
)]
pub struct Bounced {
    /// A file with the report; without it standard input
    file: Option<PathBuf>,
    /// The address it came in at, if the mail server tells
    #[arg(long, value_name = "ADDRESS")]
    delivered_to: Option<String>,
}

impl Mail {
    pub(super) async fn run(self, config: &Config) -> anyhow::Result<Ended> {
        let Mail::Bounced(bounced) = self;
        let address = config.smtp.as_ref().and_then(|smtp| smtp.bounce_address());
        let address = address.context("set smtp.bounces to the address that reports come in at")?;
        let report = bounced.read()?;
        let failure = match delivery_failure(&report, &address, bounced.delivered_to.as_deref()) {
            Ok(failure) => failure,
            Err(why) => {
                say!("Nothing was noted: {why}.");
                return Ok(Ended::Done);
            }
        };
        match note(config, &failure).await {
            Ok(taken) => {
                say!("{}", sentence(taken));
                Ok(if taken == Taken::OnItsWay { Ended::TryAgain } else { Ended::Done })
            }
            Err(error) => {
                eprintln!("error: {error:#}; the report should be handed over again later");
                Ok(Ended::TryAgain)
            }
        }
    }
}

async fn note(config: &Config, failure: &DeliveryFailure) -> anyhow::Result<Taken> {
    let report = Report {
        mails: failure.mails.iter().map(String::as_str).collect(),
        status: &failure.status,
        said: &failure.said,
    };
    Ok(bounces::take(&open(config).await?, &report).await?)
}

fn sentence(taken: Taken) -> &'static str {
    match taken {
        Taken::Noted => "Noted: the mail came back.",
        Taken::Known => "It was known already that this mail came back.",
        Taken::OnItsWay => "Nothing was noted: the mail is being sent. Hand the report over again.",
        Taken::Unknown => "Nothing was noted: no mail of this installation is meant.",
    }
}

impl Bounced {
    /// Reads to the end, so that the mail server is not left with a broken pipe.
    fn read(&self) -> anyhow::Result<Vec<u8>> {
        let mut input: Box<dyn Read> = match &self.file {
            Some(file) => Box::new(
                std::fs::File::open(file)
                    .with_context(|| format!("cannot read {}", file.display()))?,
            ),
            None => Box::new(std::io::stdin().lock()),
        };
        let mut report = Vec::new();
        input.by_ref().take(REPORT_BYTES_MAX as u64).read_to_end(&mut report)?;
        std::io::copy(&mut input, &mut std::io::sink())?;
        Ok(report)
    }
}
