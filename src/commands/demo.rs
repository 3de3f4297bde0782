//! `muster demo`: the whole product with a fictional company, on loopback, without anything else.

use super::Ended;
use super::serve::stop_on_signal;
use crate::config::{Challenges, Faults, Log, LogFormat};
use crate::demo::{DemoOptions, WEEKS, WEEKS_MAX, keep_to_one_processor, run};
use crate::telemetry;
use clap::Args;
use std::path::PathBuf;
use std::sync::Arc;
use tokio::runtime::{Builder, Runtime};
use tokio_util::sync::CancellationToken;

/// Runs a demo on this machine alone: 200 fictional people, a mailbox instead of a mail server, a
/// clock you can move. Needs no configuration, account, internet or other server.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  muster demo --port 8080 --data demo-data --seed 7 --fresh")]
pub struct Demo {
    /// Port on 127.0.0.1
    #[arg(long, default_value_t = 8080)]
    port: u16,
    /// Folder for the demo's database and keys; made if it does not exist
    #[arg(long, default_value = "muster-demo-data", value_name = "DIR")]
    data: PathBuf,
    /// The same seed founds the same company, of which the same people are drawn at the same times
    #[arg(long)]
    seed: Option<u64>,
    /// Weeks the company lives through before today, so that pages have a history: 6 for a quick start, 0 for none
    #[arg(long, default_value_t = WEEKS, value_name = "WEEKS",
        value_parser = clap::value_parser!(u32).range(0..=i64::from(WEEKS_MAX)))]
    weeks: u32,
    /// Folder of task cards of your own beside ours, to try them in a talk; docs/challenges.md says how they are written
    #[arg(long, value_name = "DIR")]
    challenges: Option<PathBuf>,
    /// Start over: forget what the folder holds of an earlier demo
    #[arg(long)]
    fresh: bool,
}

/// One thread beside that of the database, both on one processor until the company has lived through
/// its weeks.
pub(super) fn runtime() -> std::io::Result<Runtime> {
    keep_to_one_processor();
    Builder::new_current_thread().enable_all().build()
}

impl Demo {
    pub(super) async fn run(self) -> anyhow::Result<Ended> {
        let log = Log { format: LogFormat::Text, filter: "warn".to_owned() };
        telemetry::start_logging(&log)?;
        let stop = CancellationToken::new();
        stop_on_signal(stop.clone());
        let challenges = Challenges { dir: self.challenges }.catalogue().map_err(Faults)?;
        let options = DemoOptions {
            port: self.port,
            data_dir: self.data,
            seed: self.seed,
            weeks: self.weeks,
            challenges: Arc::new(challenges),
            tells: true,
            fresh: self.fresh,
        };
        run(options, stop).await?;
        Ok(Ended::Done)
    }
}
