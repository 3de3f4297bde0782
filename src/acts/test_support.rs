//! An office for the tests of acts: a context on a temporary SQLite with a clock one can move, an
//! installation in shadow, and the example company on request.

use super::{Context, Settings, admin, setup};
use crate::acts::roster::{self, ImportOptions};
use muster_domain::audit::SigningKey;
use muster_domain::id::PersonId;
use muster_domain::person::Role;
use muster_domain::roster::RosterBytes;
use muster_domain::time::UtcMillis;
use muster_messages::Renderer;
use muster_messages::mail::{MailDomain, Messages};
use muster_simulation::{MovableClock, SeededEntropy};
use muster_store::entities::person;
use muster_store::{KeyRing, Store, StoreOptions, installation, people};
use std::sync::Arc;

/// Tuesday 1 December 2026, 00:00 UTC.
pub const START: UtcMillis = UtcMillis(1_796_083_200_000);

pub const PEOPLE: &str = include_str!("../../examples/acme/people.csv");
pub const WORK_PLACES: &str = include_str!("../../examples/acme/work_places.csv");
pub const ABSENCES: &str = include_str!("../../examples/acme/absences.csv");
pub const STANDARD: &str = include_str!("../../examples/acme/policies/standard.toml");
pub const SENSITIVE: &str = include_str!("../../examples/acme/policies/sensitive.toml");

pub struct Office {
    pub context: Context,
    pub clock: Arc<MovableClock>,
    dir: tempfile::TempDir,
}

impl Office {
    /// An installation in shadow, without anybody.
    pub async fn open() -> Office {
        let dir = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}", dir.path().join("muster.db").display());
        Office::open_at(dir, &url).await
    }

    /// The same on an empty PostgreSQL database of this name.
    pub async fn on_postgresql(name: &str) -> Office {
        let nothing = async |_: &str| Ok(());
        let database = muster_testkit::postgres::fresh_database(name, nothing).await.unwrap();
        Office::open_at(tempfile::tempdir().unwrap(), &database.url).await
    }

    async fn open_at(dir: tempfile::TempDir, url: &str) -> Office {
        let clock = Arc::new(MovableClock::stopped(START));
        let entropy = Arc::new(SeededEntropy::new(11));
        let keys = KeyRing::create(&dir.path().join("keys"), &*entropy).unwrap();
        let options = StoreOptions { durable: false, ..StoreOptions::new(url) };
        let store = Store::open(&options, keys, clock.clone(), entropy).await.unwrap();
        store.migrate().await.unwrap();
        let settings = Settings {
            organisation: "Acme".into(),
            mail_from: "check-ins@acme.example".into(),
            mail_domain: MailDomain::parse("acme.example").unwrap(),
            contact: "the People team".into(),
            public_url: "http://localhost:8080".into(),
            language: Default::default(),
            is_clock_stepped: true,
            baseline_deadline_days: 14,
            retention: Default::default(),
            gathering: Default::default(),
            challenges: Default::default(),
        };
        let context = Context {
            signing: Arc::new(SigningKey::new("acme.example/muster", store.keys().signing_seed())),
            messages: Messages::new(Arc::new(Renderer::new().unwrap())),
            settings: Arc::new(settings),
            store,
            packs: Default::default(),
        };
        let mode = installation::mode::SHADOW;
        setup::create_installation(&context, "Acme", mode, false).await.unwrap();
        Office { context, clock, dir }
    }

    /// The folder of key files.
    pub fn keys_dir(&self) -> std::path::PathBuf {
        self.dir.path().join("keys")
    }

    /// With the example company and its administrator, whose role is in force.
    pub async fn acme() -> Office {
        Office::open().await.with_acme().await
    }

    /// Brings the example company in.
    pub async fn with_acme(self) -> Office {
        let office = self;
        admin::create(&office.context, "ade.fasholarin@acme.example", "Ade Fasholarin")
            .await
            .unwrap();
        office.import(PEOPLE).await.unwrap();
        office
    }

    /// Imports people with the example's work places and absences where they fit.
    pub async fn import(&self, people: &str) -> crate::acts::ActResult<roster::ImportReport> {
        let bytes = RosterBytes {
            people: people.as_bytes(),
            work_places: (people == PEOPLE).then_some(WORK_PLACES.as_bytes()),
            absences: (people == PEOPLE).then_some(ABSENCES.as_bytes()),
        };
        roster::import(&self.context, None, bytes, ImportOptions::default()).await
    }

    pub async fn person(&self, employee_id: &str) -> person::Model {
        let found = people::by_employee_id(self.context.store.read(), employee_id).await.unwrap();
        found.unwrap_or_else(|| panic!("{employee_id} is not there"))
    }

    pub async fn id(&self, employee_id: &str) -> PersonId {
        PersonId(self.person(employee_id).await.id)
    }

    /// Confirms a role the roster asked for, as the administrator.
    pub async fn confirm(&self, employee_id: &str, role: Role) {
        let (admin, person) = (self.id("admin").await, self.id(employee_id).await);
        roster::confirm_role(&self.context, admin, person, role).await.unwrap();
    }

    /// How many entries of a kind the log holds.
    pub async fn logged(&self, kind: &str) -> usize {
        let entries = muster_store::audit::list(self.context.store.read(), 0, 10_000).await;
        entries.unwrap().iter().filter(|e| e.kind == kind).count()
    }
}
