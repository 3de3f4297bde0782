//! A small company: people, one policy, an engine with a scripted mail server, and a clock.
//! Defaults are kind: a story mentions only what matters to it.

use muster::acts::check_in::NOTICE_VERSION;
use muster::acts::{Context, Settings, draw_token};
use muster::engine::{BusySource, Engine, Ports};
use muster_domain::audit::SigningKey;
use muster_domain::draw::{Chain, ChainKey, HazardTable};
use muster_domain::id::{CheckInId, PersonId, PolicyVersionId};
use muster_domain::person::Role;
use muster_domain::policy::{CadencePolicy, Horizon, PolicyKnown, parse_policy};
use muster_domain::time::UtcMillis;
use muster_integrations::built_in_room::BuiltInRoom;
use muster_messages::Renderer;
use muster_messages::mail::{MailDomain, Messages};
use muster_ports::{BeaconPort, MailPort, OsEntropy};
use muster_simulation::{
    MovableClock, ScriptedBeacon, ScriptedCalendars, ScriptedMail, SeededEntropy,
};
use muster_store::audit::Record;
use muster_store::entities::{
    attendance_event, cases, check_in, draw_chain, draw_state, membership, notice_acknowledgement,
    person, person_role, policy_version, work_place,
};
use muster_store::{
    KeyRing, Owner, Store, StoreOptions, chains, check_ins, installation, people, policies,
};
use sha2::{Digest, Sha256};
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

/// One person to be.
pub struct Somebody<'a> {
    pub name: &'a str,
    pub zone: &'a str,
    pub manager: Option<PersonId>,
    pub roles: &'a [Role],
    pub in_pool: bool,
}

/// Tuesday 1 December 2026, 00:00 UTC.
pub const START: UtcMillis = UtcMillis(1_796_083_200_000);

/// Everybody is drawn on every eligible day, so that a story need not wait.
const POLICY: &str = r#"
[policy]
name = "Everybody"
applies_to = "employee_id pr"
law = "cadence"
[policy.cadence]
mean_gap_days = 2.0
"#;

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

    /// Somebody in the pool with other hours.
    pub async fn person_with_hours(&self, name: &str, zone: &str, hours: &str) -> PersonId {
        let somebody = Somebody { name, zone, manager: None, roles: &[], in_pool: true };
        self.person_who_works(somebody, hours).await
    }

    /// A verifier with other hours.
    pub async fn verifier_with_hours(&self, name: &str, zone: &str, hours: &str) -> PersonId {
        let roles = &[Role::Verifier];
        let somebody = Somebody { name, zone, manager: None, roles, in_pool: false };
        self.person_who_works(somebody, hours).await
    }

    /// Declares a work place with a radius of 25 km.
    pub async fn declare_place(&self, person: PersonId, lat: f64, lon: f64) {
        let tx = self.store().begin().await.unwrap();
        let id = Uuid::from_bytes(self.store().entropy().bytes());
        let mut row = work_place::Model {
            id,
            person_id: person.0,
            valid_from: None,
            valid_to: None,
            is_travel: false,
            place: Vec::new(),
            entered_ms: START.0,
        };
        let detail = people::PlaceDetail {
            label: "Home office".into(),
            lat,
            lon,
            radius_km: 25.0,
            country: "PT".into(),
        };
        row.place =
            tx.seal(Owner::Person(person), people::place_column(&row), &detail).await.unwrap();
        muster_store::insert(&tx, row).await.unwrap();
        tx.commit().await.unwrap();
    }

    /// Adds a person whose working hours are Mon-Fri 09:00-17:00.
    pub async fn person(&self, somebody: Somebody<'_>) -> PersonId {
        self.person_who_works(somebody, "Mon-Fri 09:00-17:00").await
    }

    async fn person_who_works(&self, somebody: Somebody<'_>, hours: &str) -> PersonId {
        let store = self.store();
        let id = PersonId::from_random(store.entropy().bytes());
        let employee_id = somebody.name.split(' ').next().unwrap().to_lowercase();
        let tx = store.begin().await.unwrap();
        let keys = tx.create_data_keys(&[Owner::Person(id)]).await.unwrap();
        let nonces = draw_token::fresh(&self.context);
        let row = person::Model {
            id: id.0,
            employee_id: employee_id.clone(),
            draw_token: nonces.token().0.to_vec(),
            pseudonym: Uuid::from_bytes(store.entropy().bytes()),
            name: somebody.name.into(),
            email: format!("{employee_id}@muster.example"),
            second_email: None,
            manager_id: somebody.manager.map(|m| m.0),
            zone: somebody.zone.into(),
            next_zone: None,
            hours: hours.into(),
            holidays: None,
            languages: "en".into(),
            attributes: "{}".into(),
            accommodations: String::new(),
            state: "active".into(),
            baseline: people::baseline::PASSED.into(),
            joined_ms: START.0,
            left_ms: None,
        };
        muster_store::insert(&tx, row.clone()).await.unwrap();
        let manager = match somebody.manager {
            Some(manager) => people::find(&*tx, manager).await.unwrap().map(|m| m.pseudonym),
            None => None,
        };
        let joined = draw_token::Joined { person: &row, nonces: Some(nonces), manager };
        let keys = keys.into_iter().map(|key| (id.0, key)).collect();
        draw_token::bind(&self.context, &tx, (None, "operator"), &[joined], &keys).await.unwrap();
        for role in somebody.roles {
            let row = person_role::Model {
                person_id: id.0,
                role: role.code().into(),
                state: people::role_state::ACTIVE.into(),
                requested_by: None,
                requested_ms: START.0,
                confirmed_by: None,
                confirmed_ms: Some(START.0),
            };
            muster_store::insert(&tx, row).await.unwrap();
        }
        if somebody.in_pool {
            let entered = Record::new("pool-entered").about(&row);
            entered.fact("policy", self.policy.to_string()).write(&tx).await.unwrap();
            let row = membership::Model {
                person_id: id.0,
                policy_version_id: self.policy.0,
                why: "everybody is in it".into(),
                since_ms: START.0,
            };
            muster_store::insert(&tx, row).await.unwrap();
            // The notice has reached everybody before a story begins.
            let read = notice_acknowledgement::Model {
                person_id: id.0,
                version: NOTICE_VERSION.into(),
                at_ms: START.0,
            };
            muster_store::insert(&tx, read).await.unwrap();
            let state = draw_state::Model {
                person_id: id.0,
                k: 1,
                last_label: None,
                ineligible_run: 0,
                returned_in_cycle: false,
                last_verifier: None,
            };
            muster_store::insert(&tx, state).await.unwrap();
        }
        tx.commit().await.unwrap();
        id
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
}

fn context(store: Store) -> Context {
    let settings = Settings {
        organisation: "Acme".into(),
        mail_from: "check-ins@muster.example".into(),
        mail_domain: MailDomain::parse("muster.example").unwrap(),
        contact: "the People team, extension 100".into(),
        public_url: "http://localhost:8080".into(),
        is_clock_stepped: true,
        baseline_deadline_days: 14,
    };
    Context {
        signing: Arc::new(SigningKey::new("muster.example/log", store.keys().signing_seed())),
        messages: Messages::new(Arc::new(Renderer::new().unwrap())),
        settings: Arc::new(settings),
        store,
    }
}

async fn start(
    context: &Context,
    mail: Arc<dyn MailPort>,
    beacon: Option<Arc<ScriptedBeacon>>,
    busy: Option<BusySource>,
) -> Arc<Engine> {
    let room = BuiltInRoom::new("http://localhost:8080".parse().unwrap());
    let beacon = beacon.map(|b| b as Arc<dyn BeaconPort>);
    let ports = Ports { mail, rooms: vec![Arc::new(room)], heartbeat: None, beacon, busy };
    Engine::start(context.clone(), ports).await.unwrap()
}

async fn migrate(url: &str) -> anyhow::Result<()> {
    let dir = tempfile::tempdir()?;
    let entropy = Arc::new(SeededEntropy::new(1));
    let keys = KeyRing::create(&dir.path().join("keys"), &*entropy)?;
    let clock = Arc::new(MovableClock::stopped(START));
    let store = Store::open(&StoreOptions::new(url), keys, clock, entropy).await?;
    store.migrate().await?;
    store.close().await?;
    Ok(())
}

async fn set_up(context: &Context) -> PolicyVersionId {
    let store = &context.store;
    let tx = store.begin().await.unwrap();
    installation::create(&tx, "Acme", installation::mode::LIVE, false).await.unwrap();
    let chain_id = Uuid::from_bytes(store.entropy().bytes());
    let tip = muster_store::keys::Key::new(store.entropy().bytes());
    let first = START.date_in(&jiff::tz::TimeZone::UTC).yesterday().unwrap();
    let chain =
        Chain::begin(&chain_id.to_string(), first, 400, ChainKey::from_bytes(*tip)).unwrap();
    store.keys().keep_tip(chain_id, &tip).unwrap();
    let row = draw_chain::Model {
        id: chain_id,
        holder: "operator".into(),
        first_date: first.to_string(),
        length: 400,
        anchor: chain.anchor().k0.to_hex(),
        created_ms: START.0,
        tip: chains::tip::SERVICE.into(),
        state: chains::state::ACTIVE.into(),
        asked_by: None,
        ended_ms: None,
    };
    muster_store::insert(&tx, row).await.unwrap();
    let organisation = installation::get(&*tx).await.unwrap().organisation;
    Record::new("installation-created")
        .fact("organisation", organisation.to_string())
        .fact("mode", installation::mode::LIVE)
        .fact("is_demo", false)
        .fact("version", env!("CARGO_PKG_VERSION"))
        .write(&tx)
        .await
        .unwrap();
    Record::new("draw-anchor")
        .fact("chain", chain_id.to_string())
        .fact("holder", "operator")
        .fact("tip", "service")
        .fact("first_date", first.to_string())
        .fact("length_days", 400)
        .fact("k_0", chain.anchor().k0.to_hex())
        .write(&tx)
        .await
        .unwrap();
    let known = PolicyKnown { attributes: &[], rooms: &["built-in"] };
    let policy = parse_policy(POLICY, &known).unwrap().policy;
    // The law of the policy is of no matter here: everybody is hit on every eligible day.
    let hazard_table = serde_json::to_string(&HazardTable::pool(1.0)).unwrap();
    let id = PolicyVersionId::from_random(store.entropy().bytes());
    let row = policy_version::Model {
        id: id.0,
        name: policy.name.clone(),
        version: 1,
        text: POLICY.into(),
        parsed: serde_json::to_string(&policy).unwrap(),
        hash: hex::encode(muster_domain::policy::content_hash(&policy)),
        hazard_table: hazard_table.clone(),
        state: "active".into(),
        proposed_by: None,
        proposed_ms: START.0,
        confirmed_by: None,
        confirmed_ms: Some(START.0),
        retired_ms: None,
    };
    muster_store::insert(&tx, row).await.unwrap();
    activated(&tx, id, &hazard_table).await;
    tx.commit().await.unwrap();
    id
}

/// The entry that the audit of draws compares the committed hazards with.
async fn activated(tx: &muster_store::Tx, id: PolicyVersionId, hazard_table: &str) {
    Record::new("policy-activated")
        .fact("policy", id.to_string())
        .fact("hazards", hex::encode(Sha256::digest(hazard_table.as_bytes())))
        .write(tx)
        .await
        .unwrap();
}

/// The usual cast: a manager, HR, security, a verifier, and Maria who is in the pool.
pub struct Cast {
    pub maria: PersonId,
    pub hr: PersonId,
    pub security: PersonId,
}

impl Company {
    /// Everybody in Lisbon, Mon-Fri 09:00-17:00.
    pub async fn usual_cast(&self) -> Cast {
        let zone = "Europe/Lisbon";
        let other = |name, roles| Somebody { name, zone, manager: None, roles, in_pool: false };
        let boss = self.person(other("Mads Boss", &[])).await;
        let hr = self.person(other("Hedda People", &[Role::Hr])).await;
        let security = self.person(other("Sven Guard", &[Role::Security])).await;
        self.person(other("Jo Park", &[Role::Verifier])).await;
        let maria = self
            .person(Somebody {
                name: "Maria Olsen",
                zone,
                manager: Some(boss),
                roles: &[],
                in_pool: true,
            })
            .await;
        Cast { maria, hr, security }
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
