//! Child programs that cannot outlive the test process. A shell holds the read end of a pipe; when
//! the last write end closes (we drop it, exit, or are killed) it reads end-of-file and cleans up.

use anyhow::{Context, Result, bail};
use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, Stdio};

/// The line a script prints when what it started is up.
pub(crate) const READY: &str = "READY";

/// A running script that cleans up after itself once we are gone.
#[derive(Debug)]
pub(crate) struct Watchdog {
    shell: Child,
}

impl Watchdog {
    /// Runs `script` with `sh -eu` and waits for its line `READY`. After that the script must read
    /// its standard input to the end, then stop what it started. Blocks while it starts.
    pub(crate) fn start(program: &[&str], script: &str, arguments: &[&str]) -> Result<Watchdog> {
        let (first, rest) = program.split_first().context("a program to run")?;
        let mut shell = Command::new(first)
            .args(rest)
            .args(["sh", "-euc", script, "watchdog"])
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .process_group(0) // an interrupt at the terminal must not reach the cleaner
            .spawn()
            .with_context(|| format!("cannot run {first}"))?;
        let stdout = shell.stdout.take().context("standard output of the shell")?;
        let mut said = String::new();
        for line in BufReader::new(stdout).lines() {
            let line = line?;
            if line == READY {
                return Ok(Watchdog { shell });
            }
            said.push_str(&line);
            said.push('\n');
        }
        let mut complaint = String::new();
        if let Some(mut stderr) = shell.stderr.take() {
            stderr.read_to_string(&mut complaint)?;
        }
        let status = shell.wait()?;
        bail!("did not start ({status}): {}{}", said, complaint.trim());
    }

    /// Kills the process of this number once we are gone, unless it is released before.
    pub(crate) fn guard(process: u32) -> Result<Watchdog> {
        let script = format!("trap '' HUP INT TERM; echo {READY}; read -r over || kill -9 $1 || :");
        Watchdog::start(&["env"], &script, &[&process.to_string()])
    }

    /// The guarded process has ended: its number may be another's by now and is left alone.
    pub(crate) fn release(mut self) {
        if let Some(stdin) = &mut self.shell.stdin {
            let _ = stdin.write_all(b"over\n");
        }
    }

    /// Ends it and waits until its cleaning is done.
    pub(crate) fn stop(&mut self) {
        drop(self.shell.stdin.take());
        let _ = self.shell.wait();
    }
}

impl Drop for Watchdog {
    fn drop(&mut self) {
        self.stop();
    }
}
