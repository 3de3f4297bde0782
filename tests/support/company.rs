//! A small company: people, one policy, an engine with a scripted mail server, and a clock.
//! Defaults are kind: a story mentions only what matters to it.

mod cast;
mod founding;

pub use cast::{Cast, Somebody};

use founding::{activated, context, migrate, set_up, start};
use muster::acts::Context;
use muster::engine::{BusySource, Engine};
use muster_domain::draw::HazardTable;
use muster_domain::id::{CheckInId, PersonId, PolicyVersionId};
use muster_domain::policy::{CadencePolicy, Horizon};
use muster_domain::time::UtcMillis;
use muster_ports::{MailPort, OsEntropy};
use muster_simulation::{
    MovableClock, ScriptedBeacon, ScriptedCalendars, ScriptedMail, SeededEntropy,
};
use muster_store::entities::{attendance_event, cases, check_in};
use muster_store::{KeyRing, Store, StoreOptions, check_ins, installation, policies};
use std::path::Path;
use std::sync::Arc;
use uuid::Uuid;

pub enum Database {
    Sqlite,
    Postgresql,
}

pub struct Company {
    pub context: Context,
    pub engine: Arc<Engine>,
    pub clock: Arc<MovableClock>,
    pub mail: Arc<ScriptedMail>,
    /// The beacon of a company that has one.
    pub beacon: Option<Arc<ScriptedBeacon>>,
    /// Read only by a company that was told to.
    pub calendars: Arc<ScriptedCalendars>,
    pub policy: PolicyVersionId,
    /// Database and key files; removed with the company.
    #[allow(dead_code, reason = "held for its Drop; leak stories search it")]
    pub dir: tempfile::TempDir,
}

/// Tuesday 1 December 2026, 00:00 UTC.
pub const START: UtcMillis = UtcMillis(1_796_083_200_000);

impl Company {
    pub async fn open(database: Database, name: &str) -> Company {
        Company::at(MovableClock::stopped(START), database, name, None).await
    }

    /// With a beacon, so that its days have two locks.
    pub async fn open_under_beacon(database: Database, name: &str) -> Company {
        let beacon = Some(Arc::new(ScriptedBeacon::default()));
        Company::at(MovableClock::stopped(START), database, name, beacon).await
    }

    /// As under a beacon, with everybody drawn in two-hour blocks.
    pub async fn open_in_blocks(database: Database, name: &str) -> Company {
        Company::open_under_beacon(database, name).await.in_blocks().await
    }

    /// The same company, with everybody drawn in two-hour blocks.
    pub async fn in_blocks(self) -> Company {
        let tx = self.store().begin().await.unwrap();
        let mut row = policies::get(&*tx, self.policy).await.unwrap();
        let mut policy: CadencePolicy = serde_json::from_str(&row.parsed).unwrap();
        policy.draw.horizon = Horizon::Block;
        row.parsed = serde_json::to_string(&policy).unwrap();
        muster_store::save(&tx, row).await.unwrap();
        tx.commit().await.unwrap();
        self
    }

    /// With a table of hazards of the story's own, from the first day on.
    pub async fn with_hazards(self, hazards: HazardTable) -> Company {
        // Entries of one millisecond stand in no particular order.
        self.clock.pass_ms(1);
        let tx = self.store().begin().await.unwrap();
        let mut row = policies::get(&*tx, self.policy).await.unwrap();
        row.hazard_table = serde_json::to_string(&hazards).unwrap();
        activated(&tx, self.policy, &row.hazard_table).await;
        muster_store::save(&tx, row).await.unwrap();
        tx.commit().await.unwrap();
        self
    }

    /// On SQLite, with a clock that goes on by itself between two moves.
    pub async fn on_a_running_clock(name: &str) -> Company {
        Company::at(MovableClock::running(START), Database::Sqlite, name, None).await
    }

    async fn at(
        clock: MovableClock,
        database: Database,
        name: &str,
        beacon: Option<Arc<ScriptedBeacon>>,
    ) -> Company {
        let dir = tempfile::tempdir().unwrap();
        let clock = Arc::new(clock);
        let entropy = Arc::new(SeededEntropy::new(7).labelled(name));
        let keys = KeyRing::create(&dir.path().join("keys"), &*entropy).unwrap();
        let url = match database {
            Database::Sqlite => format!("sqlite://{}", dir.path().join("muster.db").display()),
            Database::Postgresql => {
                muster_testkit::postgres::fresh_database(&name[..name.len().min(60)], migrate)
                    .await
                    .unwrap()
                    .url
            }
        };
        let options = StoreOptions { durable: false, ..StoreOptions::new(&url) };
        let store = Store::open(&options, keys, clock.clone(), entropy).await.unwrap();
        store.migrate().await.unwrap();
        let context = context(store);
        let policy = set_up(&context).await;
        let mail = Arc::new(ScriptedMail::new());
        let engine = start(&context, mail.clone(), beacon.clone(), None).await;
        let calendars = Arc::default();
        Company { context, engine, clock, mail, beacon, calendars, policy, dir }
    }

    /// The same company, with an engine that reads people's calendars.
    pub async fn reading_calendars(mut self) -> Company {
        let busy = BusySource { port: self.calendars.clone(), max_age_hours: 36 };
        let (mail, beacon) = (self.mail.clone(), self.beacon.clone());
        self.engine.stop().await.unwrap();
        self.engine = start(&self.context, mail, beacon, Some(busy)).await;
        self
    }

    /// The address of the SQLite database in a folder.
    pub fn sqlite_in(folder: &Path) -> String {
        format!("sqlite://{}", folder.join("muster.db").display())
    }

    /// The company in a folder that outlives processes: founded by the first, reopened by later
    /// ones at the time the database has seen. Waits for the disk like a real one. Keys lie in the
    /// folder, rows in the database.
    pub async fn in_folder(
        folder: &Path,
        database: &str,
        mail: Arc<dyn MailPort>,
        beacon: Option<Arc<ScriptedBeacon>>,
        is_new: bool,
    ) -> Company {
        let clock = Arc::new(MovableClock::stopped(START));
        let entropy = Arc::new(OsEntropy);
        let keys_dir = folder.join("keys");
        let keys = match is_new {
            true => KeyRing::create(&keys_dir, &*entropy).unwrap(),
            false => KeyRing::open(&keys_dir).unwrap(),
        };
        let options = StoreOptions::new(database);
        let store = Store::open(&options, keys, clock.clone(), entropy).await.unwrap();
        store.migrate().await.unwrap();
        let context = context(store);
        let policy = match is_new {
            true => set_up(&context).await,
            false => {
                let seen = installation::get(context.store.read()).await.unwrap().high_water_ms;
                clock.set(UtcMillis(seen));
                let active = muster_store::policies::active(context.store.read()).await.unwrap();
                PolicyVersionId(active[0].id)
            }
        };
        let engine = start(&context, mail, beacon.clone(), None).await;
        let dir = tempfile::tempdir().unwrap();
        let (mail, calendars) = (Arc::new(ScriptedMail::new()), Arc::default());
        Company { context, engine, clock, mail, beacon, calendars, policy, dir }
    }

    pub fn store(&self) -> &Store {
        &self.context.store
    }

    /// A second engine on the same database, with leases and memory of its own.
    pub async fn second_instance(&self) -> Arc<Engine> {
        start(&self.context, self.mail.clone(), self.beacon.clone(), None).await
    }

    /// Moves the clock through every due instant up to `until`.
    pub async fn pass_to(&self, until: UtcMillis) {
        muster::engine::sweeps::all(&self.engine).await.unwrap();
        self.engine.drain().await.unwrap();
        while let Some(next) = self.engine.next_instant().await.unwrap().filter(|n| *n <= until) {
            self.clock.set(next.max(self.context.now()));
            self.engine.drain().await.unwrap();
        }
        self.clock.set(until);
        self.engine.drain().await.unwrap();
    }

    /// Moves the clock until `what` is there, failing after `limit_minutes`.
    pub async fn pass_until<T>(
        &self,
        what: &str,
        limit_minutes: i64,
        mut find: impl AsyncFnMut() -> Option<T>,
    ) -> T {
        let limit = self.context.now().plus_minutes(limit_minutes);
        muster::engine::sweeps::all(&self.engine).await.unwrap();
        loop {
            self.engine.drain().await.unwrap();
            if let Some(found) = find().await {
                return found;
            }
            let next = self.engine.next_instant().await.unwrap();
            let next = next.unwrap_or_else(|| panic!("nothing is due and {what} never came"));
            assert!(next <= limit, "{what} did not come within {limit_minutes} minutes");
            self.clock.set(next.max(self.context.now()));
        }
    }

    /// The check-ins of a person, oldest first.
    pub async fn check_ins(&self, person: PersonId) -> Vec<check_in::Model> {
        let mut rows = check_ins::of_person(self.store().read(), person, 100).await.unwrap();
        rows.reverse();
        rows
    }

    pub async fn check_in(&self, id: CheckInId) -> check_in::Model {
        check_ins::get(self.store().read(), id).await.unwrap()
    }

    /// Every case, oldest first.
    pub async fn cases(&self) -> Vec<cases::Model> {
        let mut rows = muster_store::cases::recent(self.store().read(), 100).await.unwrap();
        rows.reverse();
        rows
    }

    /// Somebody is seen in the room or on the page.
    pub async fn sighting(&self, check_in: &check_in::Model, who: &str, source: &str, kind: &str) {
        let tx = self.store().begin().await.unwrap();
        let id = Uuid::from_bytes(self.store().entropy().bytes());
        let now = self.context.now().0;
        let row = attendance_event::Model {
            id,
            check_in_id: check_in.id,
            source: source.into(),
            who: who.into(),
            kind: kind.into(),
            external_id: id.to_string(),
            amount: 0,
            at_ms: now,
            received_ms: now,
        };
        muster_store::insert(&tx, row).await.unwrap();
        tx.commit().await.unwrap();
    }

    /// Every audit pass must be clean at the end of a story, and the clock must have nothing left
    /// that is due.
    pub async fn ends_well(&self) {
        self.engine.drain().await.unwrap();
        let audit = self.engine.audit_and_beat().await.unwrap();
        assert!(audit.is_clean(), "the auditor complains: {:?}", audit.complaints);
        assert!(audit.entries_derived > 0, "the log is empty");
    }

    /// The first check-in of a person of this kind.
    pub async fn first_check_in(&self, person: PersonId, kind: &str) -> check_in::Model {
        let what = format!("a check-in of kind {kind}");
        self.pass_until(&what, 4 * 24 * 60, async || {
            self.check_ins(person).await.into_iter().find(|c| c.kind == kind)
        })
        .await
    }

    /// Passes to the end of a check-in to which only the verifier came.
    pub async fn nobody_comes(&self, check_in: &check_in::Model) -> check_in::Model {
        self.pass_to(check_in.clocks().start).await;
        self.sighting(check_in, "verifier", "own_page", "joined").await;
        self.pass_to(check_in.clocks().grace_end().plus_minutes(1)).await;
        self.check_in(check_in.check_in_id()).await
    }

    /// Mails to an address, oldest first.
    pub fn mails_to(&self, address: &str) -> Vec<muster_ports::Mail> {
        self.mail.taken().into_iter().filter(|m| m.to.address == address).collect()
    }
}
