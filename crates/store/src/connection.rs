//! Opening the database, and transactions.
//!
//! SQLite: WAL, `synchronous=FULL`, one writer connection whose transactions are all
//! `BEGIN IMMEDIATE` (a plain `begin()` is DEFERRED and fails on its first write under
//! contention, ignoring the busy time-out), and a small pool of readers.

use crate::keys::KeyRing;
use crate::sealed::DataKey;
use crate::{StoreError, StoreResult};
use muster_domain::audit::Hash;
use muster_migrations::Migrator;
use muster_ports::{Clock, Entropy};
use sea_orm::{
    ConnectOptions, ConnectionTrait, Database, DatabaseBackend, DatabaseConnection,
    DatabaseTransaction, SqliteTransactionMode, Statement, TransactionOptions, TransactionTrait,
};
use std::ops::Deref;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, RwLock};
use std::time::Duration;
use tokio::sync::Notify;

/// Pages SQLite keeps in memory, in KiB. A day's entries touch index pages all over; a writer that has to
/// let go of changed ones writes them twice.
const WRITER_CACHE_KIB: u32 = 16_384;
/// SQLite's default, for each reader.
const READER_CACHE_KIB: u32 = 2_000;

/// Statements that a connection keeps prepared. There are more than the driver's default of 100, which
/// would prepare most of them anew in each round of the engine.
const STATEMENTS_KEPT: usize = 400;
/// A connection to a server that nobody used for so long is asked whether it still stands before it is
/// handed out; one that was just used is not.
const IDLE: Duration = Duration::from_secs(1);

/// How to open a store.
#[derive(Clone)]
pub struct StoreOptions {
    /// `sqlite://FILE` or `postgres://...`.
    pub url: String,
    /// `false` only in tests and the demo: SQLite then does not wait for the disk.
    pub durable: bool,
    /// Connections for reading (SQLite) or in all (PostgreSQL).
    pub connections_max: u32,
}

impl StoreOptions {
    /// Durable, with eight connections.
    pub fn new(url: &str) -> StoreOptions {
        StoreOptions { url: url.to_owned(), durable: true, connections_max: 8 }
    }
}

/// The database with everything a query needs beside it.
#[derive(Clone)]
pub struct Store {
    writer: DatabaseConnection,
    reader: DatabaseConnection,
    keys: Arc<KeyRing>,
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
    work_added: Arc<Notify>,
    /// How many transactions that added work have committed in this process.
    plannings: Arc<AtomicU64>,
    /// How many transactions that wrote entries of the log have committed in this process.
    entries: Arc<AtomicU64>,
    /// How many transactions have committed in this process.
    changes: Arc<AtomicU64>,
    pub(crate) organisation_key: Arc<RwLock<Option<DataKey>>>,
    pub(crate) log_tiles: Arc<Mutex<Vec<Hash>>>,
}

impl Store {
    /// Connects. Does not migrate.
    pub async fn open(
        options: &StoreOptions,
        keys: KeyRing,
        clock: Arc<dyn Clock>,
        entropy: Arc<dyn Entropy>,
    ) -> StoreResult<Store> {
        let (writer, reader) = if options.url.starts_with("sqlite:") {
            let writer = Database::connect(sqlite(options, 1, WRITER_CACHE_KIB)).await?;
            (
                writer,
                Database::connect(sqlite(options, options.connections_max, READER_CACHE_KIB))
                    .await?,
            )
        } else {
            let all = Database::connect(postgres(options)).await?;
            (all.clone(), all)
        };
        Ok(Store {
            writer,
            reader,
            keys: Arc::new(keys),
            clock,
            entropy,
            work_added: Arc::default(),
            plannings: Arc::default(),
            entries: Arc::default(),
            changes: Arc::default(),
            organisation_key: Arc::default(),
            log_tiles: Arc::default(),
        })
    }

    /// Applies every migration that is still missing.
    pub async fn migrate(&self) -> StoreResult<()> {
        use sea_orm_migration::MigratorTrait;
        Migrator::up(&self.writer, None).await?;
        Ok(())
    }

    /// Migrations this version has and the database lacks.
    pub async fn pending_migrations(&self) -> StoreResult<Vec<String>> {
        use sea_orm_migration::MigratorTrait;
        let pending = Migrator::get_pending_migrations(&self.writer).await?;
        Ok(pending.iter().map(|m| m.name().to_owned()).collect())
    }

    /// A connection for reading what is committed.
    pub fn read(&self) -> &DatabaseConnection {
        &self.reader
    }

    /// A transaction that may write.
    pub async fn begin(&self) -> StoreResult<Tx> {
        let options = TransactionOptions {
            sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
            ..Default::default()
        };
        let inner = self.writer.begin_with_options(options).await?;
        Ok(Tx {
            inner,
            store: self.clone(),
            has_new_work: AtomicBool::new(false),
            has_new_entries: AtomicBool::new(false),
        })
    }

    /// A connection for single statements that write and are transactions of their own: claims of work,
    /// and marks of who was here when. They are no [`changes`](Store::changes).
    pub fn alone(&self) -> &DatabaseConnection {
        &self.writer
    }

    /// Makes sure that what was deleted does not linger: SQLite overwrites deleted rows
    /// (`secure_delete`), but its write-ahead log still has them until it is emptied. A reader that
    /// keeps the log busy delays that to the next call. PostgreSQL's vacuum does its own.
    pub async fn empty_log(&self) -> StoreResult<()> {
        if !self.is_shared() {
            self.writer.execute_unprepared("PRAGMA wal_checkpoint(TRUNCATE)").await?;
        }
        Ok(())
    }

    /// Lets go of the pages that the writer holds in memory: after a look at everybody they are many,
    /// and the next transaction reads back the few it needs.
    pub async fn release_memory(&self) -> StoreResult<()> {
        if !self.is_shared() {
            self.writer.execute_unprepared("PRAGMA shrink_memory").await?;
        }
        Ok(())
    }

    /// Wakes when a transaction that added work has committed in this process.
    pub fn work_added(&self) -> Arc<Notify> {
        self.work_added.clone()
    }

    /// How many transactions that added work have committed in this process: as long as the number stays,
    /// nothing was planned here.
    pub fn plannings(&self) -> u64 {
        self.plannings.load(Ordering::Acquire)
    }

    /// How many transactions that wrote entries of the log have committed in this process: as long as the
    /// number stays, nothing waits here for a number.
    pub fn entries(&self) -> u64 {
        self.entries.load(Ordering::Acquire)
    }

    /// How many transactions have committed here: as long as the number stays and no other process writes,
    /// the database says what it said. Nothing where several may share it.
    pub fn changes(&self) -> Option<u64> {
        (!self.is_shared()).then(|| self.changes.load(Ordering::Acquire))
    }

    /// The key files.
    pub fn keys(&self) -> &KeyRing {
        &self.keys
    }

    /// The clock that decides what is due.
    pub fn clock(&self) -> &dyn Clock {
        &*self.clock
    }

    /// Where random bytes come from.
    pub fn entropy(&self) -> &dyn Entropy {
        &*self.entropy
    }

    /// Whether several instances may share this database.
    pub fn is_shared(&self) -> bool {
        self.writer.get_database_backend() == DatabaseBackend::Postgres
    }

    /// Milliseconds on a clock that nothing can move and that all instances of this database
    /// share: the database server's for PostgreSQL, this process's monotonic one for SQLite
    /// (which has one process).
    pub async fn lease_ms(&self, db: &impl ConnectionTrait) -> StoreResult<i64> {
        if !self.is_shared() {
            return Ok(self.clock.monotonic_ms());
        }
        let sql = "SELECT (extract(epoch FROM clock_timestamp()) * 1000)::BIGINT AS ms";
        let row = db.query_one_raw(Statement::from_string(DatabaseBackend::Postgres, sql)).await?;
        let row = row.ok_or_else(|| StoreError::missing("database clock", "now"))?;
        Ok(row.try_get("", "ms")?)
    }

    /// Closes all connections.
    pub async fn close(self) -> StoreResult<()> {
        self.reader.close().await?;
        self.writer.close().await?;
        Ok(())
    }
}

/// A write transaction. Dropped without [`Tx::commit`] it leaves nothing behind.
pub struct Tx {
    inner: DatabaseTransaction,
    store: Store,
    has_new_work: AtomicBool,
    has_new_entries: AtomicBool,
}

impl Tx {
    /// Makes everything durable, then wakes the runner if work was added.
    pub async fn commit(self) -> StoreResult<()> {
        self.inner.commit().await?;
        self.store.changes.fetch_add(1, Ordering::Release);
        if self.has_new_entries.load(Ordering::Relaxed) {
            self.store.entries.fetch_add(1, Ordering::Release);
        }
        if self.has_new_work.load(Ordering::Relaxed) {
            self.store.plannings.fetch_add(1, Ordering::Release);
            self.store.work_added.notify_waiters();
            self.store.work_added.notify_one();
        }
        Ok(())
    }

    /// Leaves nothing behind.
    pub async fn rollback(self) -> StoreResult<()> {
        Ok(self.inner.rollback().await?)
    }

    /// The store this transaction belongs to.
    pub fn store(&self) -> &Store {
        &self.store
    }

    pub(crate) fn mark_work(&self) {
        self.has_new_work.store(true, Ordering::Relaxed);
    }

    pub(crate) fn mark_entries(&self) {
        self.has_new_entries.store(true, Ordering::Relaxed);
    }
}

impl Deref for Tx {
    type Target = DatabaseTransaction;
    fn deref(&self) -> &DatabaseTransaction {
        &self.inner
    }
}

fn sqlite(options: &StoreOptions, connections: u32, cache_kib: u32) -> ConnectOptions {
    let url = match options.url.contains('?') {
        true => options.url.clone(),
        false => format!("{}?mode=rwc", options.url),
    };
    let synchronous = if options.durable { "FULL" } else { "OFF" };
    let mut connect = common(url);
    // A file does not go away as a server does, and each question costs two changes of thread.
    connect.test_before_acquire(false);
    connect.max_connections(connections).map_sqlx_sqlite_opts(move |sqlite| {
        sqlite
            .statement_cache_capacity(STATEMENTS_KEPT)
            .pragma("journal_mode", "WAL")
            .pragma("synchronous", synchronous)
            .pragma("busy_timeout", "5000")
            .pragma("secure_delete", "ON")
            .pragma("cache_size", format!("-{cache_kib}"))
            // Four times the default: index pages that every commit touches are copied back less often.
            .pragma("wal_autocheckpoint", "4000")
    });
    connect
}

fn postgres(options: &StoreOptions) -> ConnectOptions {
    let mut connect = common(options.url.clone());
    connect.test_before_acquire_if_idle_for(IDLE);
    connect.max_connections(options.connections_max.max(2)).map_sqlx_postgres_opts(|pg| {
        pg.statement_cache_capacity(STATEMENTS_KEPT).options([
            ("idle_in_transaction_session_timeout", "10s"),
            ("statement_timeout", "60s"),
            ("synchronous_commit", "on"),
        ])
    });
    connect
}

fn common(url: String) -> ConnectOptions {
    let mut connect = ConnectOptions::new(url);
    connect.sqlx_logging(false).acquire_timeout(Duration::from_secs(10)).min_connections(1);
    connect
}
