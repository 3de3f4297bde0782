//! Who is in a company, and where they work.

use super::{Company, START};
use muster::acts::check_in::NOTICE_VERSION;
use muster::acts::draw_token;
use muster_domain::id::PersonId;
use muster_domain::person::Role;
use muster_store::audit::Record;
use muster_store::entities::{
    draw_state, membership, notice_acknowledgement, person, person_role, work_place,
};
use muster_store::{Owner, people};
use uuid::Uuid;

/// The usual cast: a manager, HR, security, a verifier, and Maria who is in the pool.
pub struct Cast {
    pub maria: PersonId,
    pub hr: PersonId,
    pub security: PersonId,
}

/// One person to be.
pub struct Somebody<'a> {
    pub name: &'a str,
    pub zone: &'a str,
    pub manager: Option<PersonId>,
    pub roles: &'a [Role],
    pub in_pool: bool,
}

impl Company {
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
            chosen_language: None,
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

    /// Gives somebody another address, as a roster import does.
    pub async fn moves_to_address(&self, person: PersonId, address: &str) {
        let tx = self.store().begin().await.unwrap();
        let mut row = people::get(&*tx, person).await.unwrap();
        row.email = address.to_owned();
        muster_store::save(&tx, row).await.unwrap();
        tx.commit().await.unwrap();
    }

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
}
