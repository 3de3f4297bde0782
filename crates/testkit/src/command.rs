//! One short run of a program. It ends by itself; what does not is ended at the deadline, and the
//! error tells what it had said until then and what its threads waited for. A test that waits for ever
//! tells nobody why.

use crate::watchdog::Watchdog;
use anyhow::{Context, Result, bail};
use std::process::{ExitStatus, Stdio};
use std::time::Duration;
use tokio::process::Command;

/// A run that ended by itself.
#[derive(Debug)]
pub struct Ran {
    pub status: ExitStatus,
    /// Standard output alone, for what a program may read.
    pub stdout: Vec<u8>,
    /// Standard output, then standard error.
    pub said: String,
}

/// Runs a program with nothing to read.
///
/// # Errors
/// If it cannot be run or has not ended within `deadline`; the message holds what it said and what
/// each of its threads waited for.
pub async fn run(mut command: Command, deadline: Duration) -> Result<Ran> {
    let (out, err) = (tempfile::NamedTempFile::new()?, tempfile::NamedTempFile::new()?);
    command.stdin(Stdio::null()).stdout(out.reopen()?).stderr(err.reopen()?).kill_on_drop(true);
    let what = format!("{:?}", command.as_std());
    let mut child = command.spawn().with_context(|| format!("cannot run {what}"))?;
    // Not waited for yet, so its number is not given to another process meanwhile.
    let number = child.id().context("the number of a process that just began")?;
    let watchdog = Watchdog::guard(number)?;
    let ended = tokio::time::timeout(deadline, child.wait()).await;
    let stdout = std::fs::read(out.path())?;
    let both = [&stdout[..], &std::fs::read(err.path())?].concat();
    let said = String::from_utf8_lossy(&both).into_owned();
    match ended {
        Ok(status) => {
            let status = status?;
            watchdog.release();
            Ok(Ran { status, stdout, said })
        }
        Err(_) => {
            let threads = threads_of(number);
            drop(watchdog);
            child.wait().await?;
            bail!("{what} had not ended after {deadline:?};\n{threads}it said: {said}")
        }
    }
}

/// A line for each thread of a process: its name, its state, and where in the kernel it waits (Linux; empty
/// elsewhere). A process that has ended and was not waited for is a zombie here.
fn threads_of(process: u32) -> String {
    let threads =
        std::fs::read_dir(format!("/proc/{process}/task")).into_iter().flatten().flatten();
    threads.fold(String::new(), |lines, thread| {
        let read =
            |file: &str| std::fs::read_to_string(thread.path().join(file)).unwrap_or_default();
        let status = read("status");
        let of =
            |field: &str| status.lines().find_map(|l| l.strip_prefix(field)).unwrap_or_default();
        let (name, state, wait) = (of("Name:"), of("State:"), read("wchan"));
        lines + &format!("  thread {}: {} {wait}\n", name.trim(), state.trim())
    })
}
