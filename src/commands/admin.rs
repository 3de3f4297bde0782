//! `muster admin`: the first administrator, and a code to sign in with where mail does not work.

use super::print::say;
use super::{Ended, open};
use crate::acts::admin::{self, Created};
use crate::config::Config;
use clap::{Args, Subcommand};

#[derive(Debug, Subcommand)]
pub enum Admin {
    Create(Create),
}

/// Make somebody an administrator, or print a fresh code for one
///
/// At once while nobody is administrator or HR; later a second person has to confirm. Prints a code
/// that signs in once, within a day.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  muster admin create ade@acme.example --name 'Ade Fasholarin'")]
pub struct Create {
    /// E-mail address; the one of the roster, if there is one already
    email: String,
    /// As the person wants to be called
    #[arg(long)]
    name: String,
}

impl Admin {
    pub(super) async fn run(self, config: &Config) -> anyhow::Result<Ended> {
        let Admin::Create(create) = self;
        let context = open(config).await?;
        match admin::create(&context, &create.email, &create.name).await? {
            Created::Code { code, is_new, .. } => {
                let how = if is_new { "is administrator now" } else { "is administrator already" };
                say!("{} {how}. To sign in once, within 24 hours:", create.email);
                say!("\n  {}/sign-in\n  {code}\n", context.settings.public_url);
                say!("Whoever has this code signs in as that person. Pass it on in person.");
            }
            Created::Pending { .. } => {
                say!("There are administrators or HR already, so one of them has to confirm this:");
                say!("  muster roster roles");
            }
        }
        Ok(Ended::Done)
    }
}
