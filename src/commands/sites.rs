//! `muster sites`: named sites, asked for by one person and confirmed by another.

use super::print::say;
use super::{Ended, maybe_person, open, person, read_file};
use crate::acts::sites;
use crate::config::Config;
use clap::{Args, Subcommand};
use muster_domain::linking::read_sites;
use std::path::PathBuf;

#[derive(Debug, Subcommand)]
pub enum Sites {
    Import(Import),
    Confirm(Confirm),
}

/// Ask for a list of sites to replace the one in force
///
/// It counts once somebody else, of security, has confirmed it: what is seen at a site joins nobody.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  muster sites import sites.csv --as hana")]
pub struct Import {
    /// CSV: site_id,kind,lat,lon,radius_m,ip (docs/links-format.md)
    file: PathBuf,
    /// Who asks; without it the operator of this machine
    #[arg(long = "as", value_name = "EMPLOYEE_ID")]
    actor: Option<String>,
}

/// Confirm the list that waits, as the second person
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  muster sites confirm 3 --as sam")]
pub struct Confirm {
    /// The version that `muster sites import` told
    version: i64,
    /// Who confirms
    #[arg(long = "as", value_name = "EMPLOYEE_ID")]
    actor: String,
}

impl Sites {
    pub(super) async fn run(self, config: &Config) -> anyhow::Result<Ended> {
        let context = open(config).await?;
        match self {
            Sites::Import(import) => {
                let list = read_sites(&read_file(&import.file)?).map_err(|faults| {
                    let lines: String = faults.iter().map(|f| format!("  {f}\n")).collect();
                    anyhow::anyhow!("{} fault(s), nothing was changed\n{lines}", faults.len())
                })?;
                let actor = maybe_person(&context, import.actor.as_deref()).await?;
                let version = sites::propose(&context, actor, &list).await?;
                say!("{} site(s) wait as version {version} for a second person.", list.len());
            }
            Sites::Confirm(confirm) => {
                let actor = person(&context, &confirm.actor).await?;
                sites::confirm(&context, actor, confirm.version).await?;
                say!("Version {} is in force from the next night on.", confirm.version);
            }
        }
        Ok(Ended::Done)
    }
}
