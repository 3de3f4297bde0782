//! The `muster` binary: parse the command, load the configuration, run, say how it went.

use clap::Parser;
use muster::commands::{Cli, report};
use std::process::ExitCode;

fn main() -> ExitCode {
    let cli = Cli::parse();
    let runtime = match tokio::runtime::Runtime::new() {
        Ok(runtime) => runtime,
        Err(error) => return report(Err(error.into())),
    };
    report(runtime.block_on(cli.run()))
}
