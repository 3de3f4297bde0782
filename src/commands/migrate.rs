//! `muster migrate`: everything a database and its folder need, made or brought up to date.

use super::print::say;
use super::{Ended, print};
use crate::acts::setup;
use crate::app;
use crate::config::Config;
use clap::Args;
use muster_store::installation::{self, mode};
use muster_store::{KeyRing, Store};

/// Make or bring up to date: data folder, keys, schema, installation
///
/// Makes data folder, keys and schema on the first run and sets the installation up in shadow;
/// later brings the schema up to date. Stop the service first.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  muster migrate\n  muster migrate --dry-run --json")]
pub struct Migrate {
    /// List what would be done and do nothing
    #[arg(long)]
    dry_run: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

#[derive(serde::Serialize)]
struct Report {
    dry_run: bool,
    /// Migrations that were (or would be) applied.
    migrations: Vec<String>,
    /// Whether key files were (or would be) made.
    makes_keys: bool,
    /// Whether an installation was (or would be) set up.
    makes_installation: bool,
}

impl Migrate {
    pub(super) async fn run(self, config: &Config) -> anyhow::Result<Ended> {
        let found = app::look(config).await?;
        let mut report = Report {
            dry_run: self.dry_run,
            migrations: app::pending_at(config).await?,
            makes_keys: !found.keys,
            makes_installation: !found.installation,
        };
        if !self.dry_run {
            app::make_folder(config)?;
            let _lock = app::lock_folder(config)?;
            let store = app::create_store(config).await?;
            report.makes_installation = self.set_up(config, store).await?;
        }
        if self.json {
            print::json(&report)?;
            return Ok(Ended::Done);
        }
        tell(config, &report);
        Ok(Ended::Done)
    }

    async fn set_up(&self, config: &Config, store: Store) -> anyhow::Result<bool> {
        if installation::find(store.read()).await?.is_some() {
            return Ok(false);
        }
        let context = app::context(config, store)?;
        let name = &config.organisation.name;
        setup::create_installation(&context, name, mode::SHADOW, false).await?;
        Ok(true)
    }
}

fn tell(config: &Config, report: &Report) {
    let (did, migrated) =
        if report.dry_run { ("would be", "Would apply") } else { ("was", "Applied") };
    if report.migrations.is_empty() && !report.makes_keys && !report.makes_installation {
        say!("Nothing to do: schema, keys and installation are there.");
        return;
    }
    for name in &report.migrations {
        say!("{migrated} migration {name}.");
    }
    let keys = config.keys_dir();
    if report.makes_keys {
        say!("A folder of keys {did} made: {}", keys.display());
    }
    if report.makes_installation {
        say!("The installation of {} {did} set up, in shadow.", config.organisation.name);
    }
    if report.makes_keys && !report.dry_run && KeyRing::exists(&keys) {
        say!(
            "\nBack that folder up now, apart from the database: without it nothing sealed can be read again."
        );
        say!("Next: muster admin create YOUR@ADDRESS --name 'Your Name'");
    }
}
