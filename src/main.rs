//! The `muster` binary: parse the command, load the configuration, run, say how it went.

use clap::Parser;
use muster::commands::{Cli, report};
use std::process::ExitCode;
use std::time::Duration;

/// What still runs beside a command that is done (a look-up of a name, whose answer nobody waits for any
/// more) is given so long to end.
const LEFT_OVER: Duration = Duration::from_secs(2);

/// Gives memory back after a sweep over many people; with the system's the service stays as large as
/// its largest moment (`docs/benchmarks.md`). Compiled C uses it as well.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let cli = Cli::parse();
    let runtime = match cli.runtime() {
        Ok(runtime) => runtime,
        Err(error) => return report(Err(error.into())),
    };
    let code = report(runtime.block_on(cli.run()));
    runtime.shutdown_timeout(LEFT_OVER);
    code
}
