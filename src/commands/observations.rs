//! `muster observations`: sign-ins of an identity provider, a VPN or device management, from a file.

use super::print::{self, say};
use super::{Ended, maybe_person, open};
use crate::acts::observations::{self, Importer};
use crate::config::Config;
use anyhow::Context as _;
use clap::{Args, Subcommand};
use std::fs::File;
use std::path::PathBuf;

#[derive(Debug, Subcommand)]
pub enum Observations {
    Import(Import),
}

/// Import observations from a CSV file
///
/// Addresses, device keys, networks and places become keyed fingerprints and are kept nowhere. Rows
/// that cannot be taken are named, the others are kept; the same file again changes nothing.
/// HR brings in delivery_key and payroll_key alone. docs/links-format.md describes the columns.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  muster observations import sign-ins.csv\n  \
                  muster observations import sign-ins.csv --as sam --json")]
pub struct Import {
    /// CSV: employee_id,at,ip,ip_class,asn,lat,lon,accuracy_m,device_key,lan_id,delivery_key,payroll_key
    file: PathBuf,
    /// Who imports; without it the operator of this machine
    #[arg(long = "as", value_name = "EMPLOYEE_ID")]
    actor: Option<String>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl Observations {
    pub(super) async fn run(self, config: &Config) -> anyhow::Result<Ended> {
        let Observations::Import(import) = self;
        let context = open(config).await?;
        let actor = maybe_person(&context, import.actor.as_deref()).await?;
        let cannot = || format!("cannot read {}", import.file.display());
        let file = File::open(&import.file).with_context(cannot)?;
        let report = observations::import(&context, Importer::Person(actor), file).await?;
        match import.json {
            true => print::json(&report)?,
            false => {
                say!(
                    "{} taken, {} known already, {} older than the window, {} with nothing to compare",
                    report.taken,
                    report.known,
                    report.too_old,
                    report.empty
                );
                report.faults.iter().for_each(|fault| say!("! {fault}"));
            }
        }
        Ok(if report.faults.is_empty() { Ended::Done } else { Ended::Attention })
    }
}
