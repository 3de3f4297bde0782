//! One private PostgreSQL cluster a test process: started on demand in a short-named temporary
//! folder, reachable only through its Unix socket, gone with the process.
//!
//! The schema is not known here: whoever asks for a database brings the migration, which runs
//! once, into a template that every later database is copied from.

use crate::watchdog::Watchdog;
use anyhow::{Context, Result, bail, ensure};
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::process::Command;
use tokio::sync::OnceCell;

/// The database that holds the migrated schema.
const TEMPLATE: &str = "template_migrated";
/// The socket's number; nothing listens on TCP, so it cannot clash.
const PORT: &str = "5432";

static CLUSTER: OnceCell<Cluster> = OnceCell::const_new();
static MIGRATED: OnceCell<()> = OnceCell::const_new();

/// One database of the private cluster.
#[derive(Debug, Clone)]
pub struct Database {
    /// The name in the cluster.
    pub name: String,
    /// What sea-orm connects to.
    pub url: String,
}

/// A new, empty, migrated database. `name` is lower-case letters, digits and `_`; it must be new in
/// this process. `migrate` gets the address of the template database and runs once a process: all
/// tests of one process bring the same migration. It must close its own connections; any that is
/// left is cut.
///
/// # Errors
/// If PostgreSQL cannot start, the migration fails, or the name is taken. A test must fail then.
pub async fn fresh_database(
    name: &str,
    migrate: impl AsyncFnOnce(&str) -> Result<()>,
) -> Result<Database> {
    let cluster = CLUSTER.get_or_try_init(Cluster::start).await?;
    MIGRATED.get_or_try_init(async || cluster.migrate_template(migrate).await).await?;
    cluster.create(name, TEMPLATE).await
}

/// A new database without any table.
///
/// # Errors
/// As for [`fresh_database`].
pub async fn empty_database(name: &str) -> Result<Database> {
    CLUSTER.get_or_try_init(Cluster::start).await?.create(name, "template0").await
}

#[derive(Debug)]
struct Cluster {
    folder: PathBuf,
    bin: PathBuf,
    _watchdog: Watchdog,
}

impl Cluster {
    async fn start() -> Result<Cluster> {
        tokio::task::spawn_blocking(Cluster::start_now)
            .await?
            .context("PostgreSQL for tests does not start (`./test` installs what it needs)")
    }

    fn start_now() -> Result<Cluster> {
        let bin = server_binaries()?;
        // Short, because the path of a Unix socket may have 107 bytes at most.
        let folder = tempfile::Builder::new().prefix("mpg-").tempdir_in("/tmp")?.keep();
        let as_user = as_postgres(&folder)?;
        let (folder_text, bin_text) = (path_text(&folder)?, path_text(&bin)?);
        let watchdog =
            Watchdog::start(&as_user, include_str!("postgres.sh"), &[folder_text, bin_text, PORT]);
        let watchdog = match watchdog {
            Ok(watchdog) => watchdog,
            Err(error) => {
                let _ = std::fs::remove_dir_all(&folder);
                return Err(error);
            }
        };
        Ok(Cluster { folder, bin, _watchdog: watchdog })
    }

    async fn migrate_template(&self, migrate: impl AsyncFnOnce(&str) -> Result<()>) -> Result<()> {
        let template = self.create(TEMPLATE, "template0").await?;
        migrate(&template.url).await.context("the migration of the template database fails")?;
        // A database with a connection cannot be copied.
        self.sql(&format!("ALTER DATABASE {TEMPLATE} ALLOW_CONNECTIONS false")).await?;
        self.sql(&format!(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = '{TEMPLATE}'"
        ))
        .await
    }

    async fn create(&self, name: &str, template: &str) -> Result<Database> {
        ensure!(
            !name.is_empty()
                && name.len() <= 63
                && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_'),
            "`{name}` is not a database name: 1 to 63 lower-case letters, digits and `_`"
        );
        self.sql(&format!("CREATE DATABASE {name} TEMPLATE {template}")).await?;
        Ok(Database { name: name.to_owned(), url: self.url(name) })
    }

    fn url(&self, name: &str) -> String {
        let mut url = format!("postgres://postgres@localhost:{PORT}/{name}?host=");
        for byte in self.folder.as_os_str().as_encoded_bytes() {
            match byte {
                b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'/' => {
                    url.push(char::from(*byte));
                }
                other => write!(url, "%{other:02X}").expect("a string takes everything"),
            }
        }
        url
    }

    async fn sql(&self, statement: &str) -> Result<()> {
        let output = tokio::process::Command::new(self.bin.join("psql"))
            .arg("-h")
            .arg(&self.folder)
            .args(["-p", PORT, "-U", "postgres", "-d", "postgres", "-XqAt"])
            .args(["-v", "ON_ERROR_STOP=1", "-c", statement])
            .env_remove("PGOPTIONS")
            .output()
            .await?;
        if !output.status.success() {
            bail!("{statement}: {}", String::from_utf8_lossy(&output.stderr).trim());
        }
        Ok(())
    }
}

/// The folder with `initdb`, `pg_ctl`, `postgres` and `psql`.
fn server_binaries() -> Result<PathBuf> {
    let asked = Command::new("pg_config").arg("--bindir").output();
    let asked = asked.ok().filter(|o| o.status.success());
    let named = asked.map(|o| PathBuf::from(String::from_utf8_lossy(&o.stdout).trim().to_owned()));
    let debian = (13..=18).rev().map(|v| PathBuf::from(format!("/usr/lib/postgresql/{v}/bin")));
    let on_path = std::env::var_os("PATH").unwrap_or_default();
    named
        .into_iter()
        .chain(debian)
        .chain(std::env::split_paths(&on_path))
        .find(|folder| {
            ["initdb", "pg_ctl", "postgres", "psql"].iter().all(|b| folder.join(b).exists())
        })
        .context("no folder holds initdb, pg_ctl, postgres and psql (Debian: postgresql-15)")
}

/// How to become a user that `initdb` accepts: it refuses root.
fn as_postgres(folder: &Path) -> Result<Vec<&'static str>> {
    let id = Command::new("id").arg("-u").output()?;
    if String::from_utf8_lossy(&id.stdout).trim() != "0" {
        return Ok(vec!["env"]);
    }
    let changed = Command::new("chown").arg("postgres:").arg(folder).output()?;
    if !changed.status.success() {
        bail!("no system user `postgres`: {}", String::from_utf8_lossy(&changed.stderr).trim());
    }
    Ok(vec!["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"])
}

fn path_text(path: &Path) -> Result<&str> {
    path.to_str().with_context(|| format!("{} is not UTF-8", path.display()))
}
