//! The one place of wiring: configuration in, store, context and the outside out. Knows every
//! part; nothing but commands and `main` knows this.

use crate::acts::{Context, Gathering, Settings};
use crate::config::Config;
use crate::engine::BusySource;
use anyhow::{Context as _, bail, ensure};
use muster_domain::audit::{Checkpoint, SigningKey};
use muster_integrations::built_in_room::BuiltInRoom;
use muster_integrations::drand::{Drand, Kind};
use muster_integrations::heartbeat::HttpHeartbeat;
use muster_integrations::http::Http;
use muster_integrations::ics_free_busy::IcsFreeBusy;
use muster_integrations::smtp::Smtp;
use muster_integrations::test_beacon::TestBeacon;
use muster_messages::Renderer;
use muster_messages::mail::{MailDomain, Messages};
use muster_packs::{PackHolder, Packs};
use muster_ports::{BeaconPort, Clock, Heartbeat, MailPort, OsEntropy, RoomPort, SystemClock};
use muster_store::{KeyRing, Owner, Store, StoreError, StoreOptions, audit, installation};
use sea_orm::{ConnectOptions, ConnectionTrait, Database, DatabaseConnection, Statement};
use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

/// Where systemd lays opened credentials down (systemd.exec, LoadCredentialEncrypted=).
const CREDENTIALS: &str = "CREDENTIALS_DIRECTORY";

/// The lock on the data folder; given back when dropped or when the process ends.
#[derive(Debug)]
pub struct FolderLock {
    _file: Option<File>,
}

/// What lies in the database and beside it, before anything is opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Found {
    pub keys: bool,
    pub installation: bool,
}

/// Makes this process the only one that runs the service on a SQLite data folder (PostgreSQL is
/// shared by leases and needs none). Short commands do not take it: their transactions queue.
///
/// # Errors
/// The folder cannot be written, or another process holds the lock.
pub fn lock_folder(config: &Config) -> anyhow::Result<FolderLock> {
    if !is_sqlite(config) {
        return Ok(FolderLock { _file: None });
    }
    let path = config.data_dir().join("muster.lock");
    let file = File::options().create(true).append(true).open(&path);
    let file = file.with_context(|| format!("cannot write {}", path.display()))?;
    match file.try_lock() {
        Ok(()) => Ok(FolderLock { _file: Some(file) }),
        Err(TryLockError::WouldBlock) => bail!(
            "another muster runs on {}: stop it first, or set server.data_dir to another folder",
            config.data_dir().display()
        ),
        Err(TryLockError::Error(error)) => {
            Err(error).with_context(|| format!("cannot lock {}", path.display()))
        }
    }
}

/// Looks for keys and for an installation, without making anything.
///
/// # Errors
/// The database is there and cannot be reached.
pub async fn look(config: &Config) -> anyhow::Result<Found> {
    let keys = KeyRing::exists(&config.keys_dir());
    let Some(db) = connect_to_look(config).await? else {
        return Ok(Found { keys, installation: false });
    };
    // A database without the table has no installation either.
    let installation = matches!(installation::find(&db).await, Ok(Some(_)));
    db.close().await?;
    Ok(Found { keys, installation })
}

/// The database for reading; `None` where the file of SQLite does not exist yet.
async fn connect_to_look(config: &Config) -> anyhow::Result<Option<DatabaseConnection>> {
    let url = config.database_url();
    let url = match sqlite_file(config) {
        Some(file) if !file.exists() => return Ok(None),
        Some(_) if !url.contains('?') => format!("{url}?mode=ro"),
        _ => url,
    };
    let mut options = ConnectOptions::new(url);
    options.sqlx_logging(false).max_connections(1).acquire_timeout(Duration::from_secs(10));
    let db = Database::connect(options).await.with_context(|| unreachable_database(config))?;
    Ok(Some(db))
}

/// Opens the database of an installation with its keys, and checks that both belong together.
///
/// # Errors
/// There is no installation; keys are missing, damaged or of another installation; the schema is
/// older than this program.
pub async fn open_store(config: &Config) -> anyhow::Result<Store> {
    let found = look(config).await?;
    refuse_lost_keys(config, found)?;
    ensure!(
        found.installation,
        "there is no installation in {} yet: run `muster migrate` first",
        config.data_dir().display()
    );
    let store = connect(config, KeyRing::open(&config.keys_dir())?).await?;
    let pending = pending(&store).await?;
    ensure!(
        pending.is_empty(),
        "the database lacks {} migration(s) ({}): run `muster migrate`",
        pending.len(),
        pending.join(", ")
    );
    check_keys(config, &store).await?;
    Ok(store)
}

/// As [`open_store`], and makes what a new installation needs: data folder, keys, schema. For
/// `muster migrate` and the demo.
///
/// # Errors
/// As for [`open_store`], but for what it makes.
pub async fn create_store(config: &Config) -> anyhow::Result<Store> {
    make_folder(config)?;
    let found = look(config).await?;
    refuse_lost_keys(config, found)?;
    let keys = match found.keys {
        true => KeyRing::open(&config.keys_dir())?,
        false => KeyRing::create(&config.keys_dir(), &OsEntropy)?,
    };
    let store = connect(config, keys).await?;
    pending(&store).await?;
    store.migrate().await.context("the schema cannot be brought up to date")?;
    if found.installation {
        check_keys(config, &store).await?;
    }
    Ok(store)
}

/// Makes the data folder, readable by this user only.
///
/// # Errors
/// The folder cannot be made.
pub fn make_folder(config: &Config) -> anyhow::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::DirBuilderExt;
        builder.mode(0o700);
    }
    let dir = config.data_dir();
    builder.create(dir).with_context(|| format!("cannot make {}", dir.display()))
}

/// Keys are never made for a database that was set up with others: everything sealed in it would
/// stay closed for good, and nobody would notice before it is needed.
fn refuse_lost_keys(config: &Config, found: Found) -> anyhow::Result<()> {
    let is_lost = found.installation && !found.keys;
    ensure!(
        !is_lost,
        "the database holds an installation, but its key files are not in {}: restore that folder from \
         the backup of your keys. New keys would open nothing.",
        config.keys_dir().display()
    );
    Ok(())
}

async fn connect(config: &Config, keys: KeyRing) -> anyhow::Result<Store> {
    let keys = keys.with_credentials(std::env::var_os(CREDENTIALS).map(PathBuf::from));
    let options = StoreOptions::new(&config.database_url());
    let store = Store::open(&options, keys, Arc::new(SystemClock), Arc::new(OsEntropy)).await;
    store.with_context(|| unreachable_database(config))
}

/// Migrations that are missing.
///
/// # Errors
/// The database has one that this program does not know.
pub async fn pending(store: &Store) -> anyhow::Result<Vec<String>> {
    store.pending_migrations().await.context(
        "the schema of the database is not one this program knows; was it written by a newer version?",
    )
}

/// Whether the key files are those of this database.
///
/// # Errors
/// Names the file that does not fit.
pub async fn check_keys(config: &Config, store: &Store) -> anyhow::Result<()> {
    let keys = config.keys_dir();
    match store.data_key(store.read(), Owner::Organisation).await {
        Ok(_) => {}
        Err(error @ StoreError::KeyFile { .. }) => return Err(error.into()),
        Err(error) => {
            let what = format!("{} does not hold the keys of this database", keys.display());
            return Err(anyhow::Error::new(error).context(what));
        }
    }
    if let Some(checkpoint) = audit::checkpoint(store.read()).await? {
        let signing = signing_key(config, store);
        let verified = Checkpoint::verify(&checkpoint.note, signing.origin(), &signing.public());
        verified.with_context(|| {
            format!(
                "{} did not sign the log of this database (or organisation.mail_from has another domain than \
                 it had, which is part of the log's name)",
                keys.join("audit-signing.key").display()
            )
        })?;
    }
    Ok(())
}

/// The store with everything an act needs beside it.
///
/// # Errors
/// The configured addresses or the templates of this build cannot be used.
pub fn context(config: &Config, store: Store) -> anyhow::Result<Context> {
    let organisation = &config.organisation;
    let mail_domain = MailDomain::parse(organisation.mail_domain())
        .context("organisation.mail_from is not an e-mail address")?;
    let settings = Settings {
        organisation: organisation.name.clone(),
        mail_from: organisation.mail_from.clone(),
        mail_domain,
        contact: organisation.contact.clone(),
        language: organisation.language(),
        public_url: config.server.public_url.trim_end_matches('/').to_owned(),
        is_clock_stepped: false,
        baseline_deadline_days: i64::from(config.programme.baseline_deadline_days),
        retention: config.retention.clone(),
        gathering: Gathering {
            server: config.server.place(),
            sanctioned_regions: config.programme.sanctioned_regions(),
            corporate_egress_asns: config.packs.egress_asn.clone(),
        },
        challenges: Arc::new(
            config.challenges.catalogue().map_err(crate::config::Faults).context("challenges")?,
        ),
    };
    let renderer = Renderer::new().context("the templates cannot be read")?;
    Ok(Context {
        signing: Arc::new(signing_key(config, &store)),
        messages: Messages::new(Arc::new(renderer)),
        settings: Arc::new(settings),
        store,
        packs: PackHolder::new(Packs::unread(&config.packs_dir()).with_own(config.packs.own())),
    })
}

fn signing_key(config: &Config, store: &Store) -> SigningKey {
    let origin = format!("{}/muster", config.organisation.mail_domain());
    SigningKey::new(&origin, store.keys().signing_seed())
}

/// The outside: what the engine reaches through ports.
#[derive(Clone)]
pub struct Outside {
    pub mail: Arc<dyn MailPort>,
    pub rooms: Vec<Arc<dyn RoomPort>>,
    pub heartbeat: Option<Arc<dyn Heartbeat>>,
    pub beacon: Option<Arc<dyn BeaconPort>>,
    pub busy: Option<BusySource>,
}

/// Providers from the configuration.
///
/// # Errors
/// There is no `[smtp]` section, or a provider cannot be made of its section.
pub fn outside(config: &Config) -> anyhow::Result<Outside> {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let http = Http::new(clock)?;
    let mail = mail(config, &http)?.context(
        "there is no [smtp] section: check-ins are announced by mail, so `muster serve` needs one \
         (docs/operations.md shows it)",
    )?;
    let public_url = config.server.public_url.parse().context("server.public_url is not a URL")?;
    let heartbeat = config.heartbeat.clone();
    let beacon = beacon(config, &http);
    let busy = config.calendar.free_busy.clone().map(|c| BusySource {
        max_age_hours: c.max_age_hours,
        port: Arc::new(IcsFreeBusy::new(c, http.clone())),
    });
    Ok(Outside {
        busy,
        mail,
        rooms: vec![Arc::new(BuiltInRoom::new(public_url))],
        heartbeat: heartbeat.map(|c| Arc::new(HttpHeartbeat::new(c, http)) as Arc<dyn Heartbeat>),
        beacon,
    })
}

/// The beacon that is mixed into the draws; `None` where every day is to be a single lock.
pub fn beacon(config: &Config, http: &Http) -> Option<Arc<dyn BeaconPort>> {
    match config.beacon.kind {
        Kind::None => None,
        Kind::Drand => Some(Arc::new(Drand::new(config.beacon.urls.clone(), http.clone()))),
        Kind::Test => Some(Arc::new(TestBeacon)),
    }
}

/// The mail server alone, for `doctor`; `None` without `[smtp]`.
///
/// # Errors
/// The section cannot be used.
pub fn mail(config: &Config, http: &Http) -> anyhow::Result<Option<Arc<dyn MailPort>>> {
    let Some(smtp) = config.smtp.clone() else { return Ok(None) };
    let smtp = Smtp::new(smtp, http).context("the section [smtp] cannot be used")?;
    Ok(Some(Arc::new(smtp)))
}

/// Takes the port people's browsers (or the reverse proxy) connect to.
///
/// # Errors
/// The port is in use or may not be taken; names the key to change.
pub async fn listen(config: &Config) -> anyhow::Result<tokio::net::TcpListener> {
    let address = config.server.listen;
    tokio::net::TcpListener::bind(address).await.map_err(|error| match error.kind() {
        std::io::ErrorKind::AddrInUse => anyhow::anyhow!(
            "{address} is in use by another process: set server.listen to a free port, e.g. 127.0.0.1:8081"
        ),
        _ => anyhow::anyhow!("cannot listen on {address} (server.listen): {error}"),
    })
}

/// Takes the UDP port of our own STUN responder; `None` where none is configured.
///
/// # Errors
/// The port is in use or may not be taken; names the key to change.
pub async fn listen_stun(config: &Config) -> anyhow::Result<Option<tokio::net::UdpSocket>> {
    let Some(stun) = &config.stun else { return Ok(None) };
    let socket = tokio::net::UdpSocket::bind(stun.listen)
        .await
        .with_context(|| format!("cannot listen on {} for datagrams (stun.listen)", stun.listen))?;
    Ok(Some(socket))
}

/// The file of a SQLite database.
pub fn sqlite_file(config: &Config) -> Option<PathBuf> {
    let url = config.database_url();
    let file = url.strip_prefix("sqlite://")?;
    Some(Path::new(file.split('?').next().unwrap_or(file)).to_owned())
}

fn is_sqlite(config: &Config) -> bool {
    sqlite_file(config).is_some()
}

fn unreachable_database(config: &Config) -> String {
    match sqlite_file(config) {
        Some(file) => format!("the database {} cannot be opened", file.display()),
        // The address may hold a password.
        None => "the PostgreSQL server of database.url cannot be reached".to_owned(),
    }
}

/// Migrations that are missing, without making a database or touching the one there is.
///
/// # Errors
/// The database is there and cannot be reached.
pub async fn pending_at(config: &Config) -> anyhow::Result<Vec<String>> {
    let all = muster_migrations::names();
    let Some(db) = connect_to_look(config).await? else { return Ok(all) };
    let sql = "SELECT version FROM seaql_migrations";
    let rows = db.query_all_raw(Statement::from_string(db.get_database_backend(), sql)).await;
    db.close().await?;
    // A database without the table has had no migration.
    let rows = rows.unwrap_or_default();
    let applied: Vec<String> = rows.iter().filter_map(|r| r.try_get("", "version").ok()).collect();
    Ok(all.into_iter().filter(|name| !applied.contains(name)).collect())
}

#[cfg(test)]
mod tests;
