//! `muster demo`: the whole product with a fictional company, on loopback, without anything else.

use super::Ended;
use super::serve::stop_on_signal;
use crate::config::{Log, LogFormat};
use crate::demo::{DemoOptions, run};
use crate::telemetry;
use clap::Args;
use std::path::PathBuf;
use tokio_util::sync::CancellationToken;

/// Runs a demo on this machine alone: 200 fictional people, a mailbox instead of a mail server, a
/// clock you can move. Needs no configuration, account, internet or other server.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  muster demo --port 8080 --data demo-data --seed 7")]
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
}

impl Demo {
    pub(super) async fn run(self) -> anyhow::Result<Ended> {
        let log = Log { format: LogFormat::Text, filter: "warn".to_owned() };
        telemetry::start_logging(&log)?;
        let stop = CancellationToken::new();
        stop_on_signal(stop.clone());
        let options = DemoOptions { port: self.port, data_dir: self.data, seed: self.seed };
        run(options, stop).await?;
        Ok(Ended::Done)
    }
}
