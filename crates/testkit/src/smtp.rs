//! A real mail server: Debian's OpenSMTPD, in the foreground on a loopback port, delivering to a
//! maildir of its own.
//!
//! Its paths and users are fixed at compile time, so it runs in a mount namespace of its own in
//! which they are private folders: no system file, user or service is touched, and it need not be
//! installed (an unpacked package is enough, named by `MUSTER_OPENSMTPD`). Creating the namespace
//! takes root, or `sudo` without a password.

use crate::poll::{eventually, free_port};
use crate::watchdog::Watchdog;
use anyhow::{Context, Result, ensure};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;
use tempfile::TempDir;

/// The domain it takes mail for; everything else is refused with 550.
pub const DOMAIN: &str = "muster.example";
/// The one address of [`DOMAIN`] that does not exist (550).
pub const NO_SUCH_MAILBOX: &str = "gone@muster.example";

/// The one whose mail is taken and then cannot be kept, so that a report goes to the envelope sender.
pub const FAILS_LATER: &str = "late@muster.example";

/// A private OpenSMTPD.
#[derive(Debug)]
pub struct OpenSmtpd {
    folder: TempDir,
    unpacked: PathBuf,
    port: u16,
    running: Option<Watchdog>,
}

impl OpenSmtpd {
    /// Starts a server on a free port and waits until it answers.
    ///
    /// # Errors
    /// If OpenSMTPD is missing or does not come up. A test must fail then.
    pub async fn start() -> Result<OpenSmtpd> {
        let mut server = OpenSmtpd {
            folder: tempfile::Builder::new().prefix("mst-").tempdir_in("/tmp")?,
            unpacked: unpacked_package()?,
            port: free_port()?,
            running: None,
        };
        server.up().await?;
        Ok(server)
    }

    /// Where it listens, as the configuration of the SMTP provider writes it.
    pub fn url(&self) -> String {
        format!("smtp://127.0.0.1:{}", self.port)
    }

    /// The port on 127.0.0.1.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Takes the server down; what it delivered stays.
    pub fn down(&mut self) {
        self.running = None;
    }

    /// Brings it up again on the same port and waits until it answers.
    ///
    /// # Errors
    /// If it does not come up.
    pub async fn up(&mut self) -> Result<()> {
        let folder = self.folder.path().to_str().context("a UTF-8 path")?.to_owned();
        let unpacked = self.unpacked.to_str().context("a UTF-8 path")?.to_owned();
        let port = self.port.to_string();
        let started = tokio::task::spawn_blocking(move || {
            let namespace = ["unshare", "-m", "-p", "-f", "--kill-child", "--mount-proc"];
            let program: Vec<&str> = become_root()?.into_iter().chain(namespace).collect();
            Watchdog::start(&program, include_str!("smtp.sh"), &[&folder, &unpacked, &port, DOMAIN])
        });
        self.running = Some(started.await?.context("OpenSMTPD does not start")?);
        let (port, log) = (self.port, self.folder.path().join("log"));
        eventually("the greeting of OpenSMTPD", Duration::from_secs(20), || greets(port))
            .await
            .with_context(|| std::fs::read_to_string(log).unwrap_or_default())
    }

    /// Every mail in the maildir, oldest name first, as the server wrote it.
    ///
    /// # Errors
    /// If the maildir cannot be read.
    pub fn messages(&self) -> Result<Vec<Vec<u8>>> {
        let new = self.folder.path().join("mail/Maildir/new");
        if !new.exists() {
            return Ok(Vec::new());
        }
        let mut files: Vec<PathBuf> =
            std::fs::read_dir(new)?.map(|entry| Ok(entry?.path())).collect::<Result<_>>()?;
        files.sort();
        files.iter().map(|file| Ok(std::fs::read(file)?)).collect()
    }

    /// Waits until the maildir holds at least `count` mails.
    ///
    /// # Errors
    /// If that does not happen within twenty seconds.
    pub async fn wait_for_messages(&self, count: usize) -> Result<Vec<Vec<u8>>> {
        let what = format!("{count} delivered mails");
        eventually(&what, Duration::from_secs(20), async || {
            self.messages().ok().filter(|m| m.len() >= count)
        })
        .await
    }
}

async fn greets(port: u16) -> Option<()> {
    let mut stream = tokio::net::TcpStream::connect(("127.0.0.1", port)).await.ok()?;
    let mut greeting = [0; 4];
    tokio::io::AsyncReadExt::read_exact(&mut stream, &mut greeting).await.ok()?;
    (&greeting == b"220 ").then_some(())
}

/// The folder that holds `usr/sbin/smtpd` and `usr/libexec/opensmtpd`: the one named by
/// `MUSTER_OPENSMTPD`, else the one `./test` unpacked into its cache, else the system.
fn unpacked_package() -> Result<PathBuf> {
    let named = std::env::var_os("MUSTER_OPENSMTPD").map(PathBuf::from);
    let cache = std::env::var_os("MUSTER_CACHE").map(PathBuf::from);
    let cache = cache
        .or_else(|| Some(PathBuf::from(std::env::var_os("XDG_CACHE_HOME")?).join("muster")))
        .or_else(|| Some(PathBuf::from(std::env::var_os("HOME")?).join(".cache/muster")));
    let candidates = match named {
        Some(folder) => vec![folder],
        None => cache.map(|c| c.join("opensmtpd")).into_iter().chain(["/".into()]).collect(),
    };
    let found = candidates.iter().find(|folder| complete(folder)).cloned();
    found.with_context(|| {
        format!("no OpenSMTPD in {candidates:?}: run `./test`, or set MUSTER_OPENSMTPD")
    })
}

fn complete(folder: &Path) -> bool {
    folder.join("usr/sbin/smtpd").exists() && folder.join("usr/libexec/opensmtpd").exists()
}

fn become_root() -> Result<Vec<&'static str>> {
    let id = Command::new("id").arg("-u").output()?;
    if String::from_utf8_lossy(&id.stdout).trim() == "0" {
        return Ok(Vec::new());
    }
    let sudo = Command::new("sudo").args(["-n", "true"]).status();
    ensure!(
        sudo.is_ok_and(|status| status.success()),
        "the private mail server needs root, or sudo without a password"
    );
    Ok(vec!["sudo", "-n"])
}
