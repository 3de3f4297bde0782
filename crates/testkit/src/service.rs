//! A running `muster` process: started on a port of its own, waited for, killed without warning
//! where a story asks for it, its output kept.

use crate::poll::{eventually, free_port};
use crate::watchdog::Watchdog;
use anyhow::{Context, Result, bail, ensure};
use std::ffi::OsString;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

/// How long a started process may take until `/readyz` says yes.
const READY_WITHIN: Duration = Duration::from_secs(30);

/// How to start the process; kept, so that it can be started again.
#[derive(Debug, Clone)]
pub struct ServiceCommand {
    /// The program, e.g. `env!("CARGO_BIN_EXE_muster")`.
    pub program: PathBuf,
    /// `{port}` in an argument becomes the port.
    pub arguments: Vec<String>,
    /// `{port}` in a value becomes the port. Nothing else of the environment is passed on but
    /// `PATH` and `HOME`.
    pub environment: Vec<(String, String)>,
    /// The working directory.
    pub folder: PathBuf,
}

/// A process that ends with this value, and with the test.
#[derive(Debug)]
pub struct Service {
    command: ServiceCommand,
    port: u16,
    log: PathBuf,
    running: Option<Running>,
}

#[derive(Debug)]
struct Running {
    child: Child,
    /// Kills the process if ours is killed.
    watchdog: Watchdog,
}

impl Running {
    fn end(self) -> Result<()> {
        end(self.child)?;
        self.watchdog.release();
        Ok(())
    }
}

impl Service {
    /// Starts the process on a free port, its output going to `log`, and waits until it is ready.
    ///
    /// # Errors
    /// If it cannot be run, ends early, or is not ready in time; the message holds the log.
    pub async fn start(command: ServiceCommand, log: &Path) -> Result<Service> {
        let mut service =
            Service { command, port: free_port()?, log: log.to_owned(), running: None };
        service.start_again().await?;
        Ok(service)
    }

    /// Starts a process that serves nothing, so that there is nothing to wait for but what it says.
    ///
    /// # Errors
    /// If it cannot be run.
    pub fn begin(command: ServiceCommand, log: &Path) -> Result<Service> {
        let mut service =
            Service { command, port: free_port()?, log: log.to_owned(), running: None };
        service.launch()?;
        Ok(service)
    }

    /// Starts it again on the same port after it ended; the log goes on.
    ///
    /// # Errors
    /// As for [`Service::start`], and if it still runs.
    pub async fn start_again(&mut self) -> Result<()> {
        self.launch()?;
        let port = self.port;
        let ready = eventually("GET /readyz to answer 200", READY_WITHIN, async || {
            get(port, "/readyz").await.filter(|(status, _)| *status == 200)
        });
        tokio::select! {
            ready = ready => ready.map(|_| ()).with_context(|| self.log_text()),
            status = self.ended() => bail!("ended before it was ready ({status}):\n{}", self.log_text()),
        }
    }

    /// Starts it and returns at once.
    ///
    /// # Errors
    /// If it cannot be run or still runs.
    pub fn launch(&mut self) -> Result<()> {
        ensure!(self.running.is_none(), "the process still runs");
        let port = self.port.to_string();
        let fill = |text: &String| text.replace("{port}", &port);
        let output = File::options().create(true).append(true).open(&self.log)?;
        let kept = ["PATH", "HOME"].map(|name| (name, std::env::var_os(name)));
        let kept = kept.into_iter().map(|(n, v)| (n, v.unwrap_or_else(OsString::new)));
        let child = Command::new(&self.command.program)
            .args(self.command.arguments.iter().map(fill))
            .env_clear()
            .envs(kept)
            .envs(self.command.environment.iter().map(|(name, value)| (name, fill(value))))
            .current_dir(&self.command.folder)
            .stdin(Stdio::null())
            .stdout(output.try_clone()?)
            .stderr(output)
            .spawn()
            .with_context(|| format!("cannot run {}", self.command.program.display()))?;
        match Watchdog::guard(child.id()) {
            Ok(watchdog) => self.running = Some(Running { child, watchdog }),
            Err(error) => {
                end(child)?;
                return Err(error);
            }
        }
        Ok(())
    }

    /// The port on 127.0.0.1.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// `http://127.0.0.1:PORT` and this path.
    pub fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }

    /// Status and body of a plain GET, for what needs no client.
    pub async fn get(&self, path: &str) -> Option<(u16, String)> {
        get(self.port, path).await
    }

    /// Resident memory and its high-water mark in bytes, as the kernel says (Linux).
    ///
    /// # Errors
    /// If it does not run, or the system does not say.
    pub fn memory(&self) -> Result<(u64, u64)> {
        let running = self.running.as_ref().context("the process does not run")?;
        let status = std::fs::read_to_string(format!("/proc/{}/status", running.child.id()))?;
        let line = |name: &str| {
            let line = status.lines().find_map(|line| line.strip_prefix(name))?;
            line.split_whitespace().next()?.parse::<u64>().ok()
        };
        let (now, peak) = (line("VmRSS:"), line("VmHWM:"));
        Ok((now.context("VmRSS")? * 1024, peak.context("VmHWM")? * 1024))
    }

    /// Everything it has written so far.
    pub fn log_text(&self) -> String {
        String::from_utf8_lossy(&std::fs::read(&self.log).unwrap_or_default()).into_owned()
    }

    /// `kill -9`, as a power cut would, and waits until it is gone.
    ///
    /// # Errors
    /// If it does not run (it ended by itself).
    pub fn kill9(&mut self) -> Result<()> {
        let mut running = self.running.take().context("the process does not run")?;
        if let Some(status) = running.child.try_wait()? {
            bail!("the process had ended by itself ({status}):\n{}", self.log_text());
        }
        running.end()
    }

    /// Asks it to end (SIGTERM) and gives the exit status.
    ///
    /// # Errors
    /// If it does not run, or has not ended within `deadline`.
    pub async fn terminate(&mut self, deadline: Duration) -> Result<ExitStatus> {
        let running = self.running.as_ref().context("the process does not run")?;
        let sent =
            Command::new("kill").args(["-TERM", &running.child.id().to_string()]).status()?;
        ensure!(sent.success(), "kill -TERM failed");
        let status = tokio::time::timeout(deadline, self.ended())
            .await
            .with_context(|| format!("did not end within {deadline:?}:\n{}", self.log_text()))?;
        if let Some(Running { watchdog, .. }) = self.running.take() {
            watchdog.release();
        }
        Ok(status)
    }

    /// Waits until it ends by itself.
    async fn ended(&mut self) -> ExitStatus {
        loop {
            let child = self.running.as_mut().map(|running| running.child.try_wait());
            match child {
                Some(Ok(Some(status))) => return status,
                Some(Ok(None)) => tokio::time::sleep(Duration::from_millis(20)).await,
                _ => std::future::pending().await,
            }
        }
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        if let Some(running) = self.running.take() {
            let _ = running.end();
        }
    }
}

fn end(mut child: Child) -> Result<()> {
    child.kill()?;
    child.wait()?;
    Ok(())
}

async fn get(port: u16, path: &str) -> Option<(u16, String)> {
    let mut stream = tokio::net::TcpStream::connect(("127.0.0.1", port)).await.ok()?;
    let request =
        format!("GET {path} HTTP/1.1\r\nhost: 127.0.0.1:{port}\r\nconnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.ok()?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.ok()?;
    let answer = String::from_utf8_lossy(&answer);
    let status = answer.strip_prefix("HTTP/1.")?.get(2..5)?.parse().ok()?;
    let body = answer.split_once("\r\n\r\n").map(|(_, body)| body.to_owned());
    Some((status, body.unwrap_or_default()))
}
