//! One host name a persona, so that two browser tabs are two people. The verifier is whoever was
//! drawn for the visitor's check-in; the manager is the manager of the people in the stories.

use super::World;
use crate::acts::stand_by::second_opinion;
use muster_domain::id::PersonId;
use muster_domain::msg;
use muster_messages::language::tr;
use muster_messages::pages::demo::Persona;
use muster_messages::pages::{DemoSenses, PersonaLink};
use muster_messages::t;
use muster_store::entities::{check_in, person, stand_by_call};
use muster_store::{StoreResult, check_ins, people, stand_by};

/// Somebody the visitor can be: host label, employee id, who they are, what there is to see.
struct Role {
    label: &'static str,
    employee_id: &'static str,
    who: &'static str,
    about: &'static str,
}

const PERSONAS: [Role; 10] = [
    Role {
        label: "anna",
        employee_id: "anna",
        who: msg!("Anna, an employee"),
        about: msg!(
            "Is invited and met on video. Reads what was recorded of her, who looked, and her own draws."
        ),
    },
    Role {
        label: "maria",
        employee_id: "maria",
        who: msg!("Maria, who does not come"),
        about: msg!(
            "Misses what she is invited to; see how often she is told, and what she can say to it."
        ),
    },
    Role {
        label: "verifier",
        employee_id: "",
        who: msg!("The verifier of the next talk"),
        about: msg!(
            "Meets people on video, asks for three small tasks, fills one form. Learns a name at the start."
        ),
    },
    Role {
        label: "manager",
        employee_id: "manager",
        who: msg!("The manager of Anna and Maria"),
        about: msg!(
            "Hears of a case only after a second chance was missed, takes it on, sees no evidence."
        ),
    },
    Role {
        label: "hr",
        employee_id: "hr",
        who: msg!("Somebody of HR"),
        about: msg!(
            "Coverage, people, policies with a preview of the year they bring, cases of the whole company."
        ),
    },
    Role {
        label: "security",
        employee_id: "security",
        who: msg!("Security"),
        about: msg!(
            "Cases about somebody else on camera, evidence with its values, who belongs together: a made-up laptop farm of three waits to be looked into."
        ),
    },
    Role {
        label: "second-security",
        employee_id: "e1013",
        who: msg!("A second person of security"),
        about: msg!(
            "Agrees to what one alone may not order, or refuses it: meeting several of a group at one time, taking a report back."
        ),
    },
    Role {
        label: "imani",
        employee_id: "e1172",
        who: msg!("Imani, one of the laptop farm"),
        about: msg!(
            "Is met like everybody; you do nothing for them. Reads afterwards what a check-in was ordered for."
        ),
    },
    Role {
        label: "auditor",
        employee_id: "auditor",
        who: msg!("An auditor"),
        about: msg!("The log, and a file with which anybody can recompute every draw."),
    },
    Role {
        label: "admin",
        employee_id: "admin",
        who: msg!("An administrator"),
        about: msg!("Whether everything runs: work, mail, keys, data. Sees nobody's evidence."),
    },
];

/// Whoever handed on the talk of a played person: not one to begin with, so it stands in no list.
const FIRST_VERIFIER: &str = "first-verifier";
/// Whoever was called to such a talk for a second opinion, likewise.
const SECOND_VERIFIER: &str = "second-verifier";

/// Employee ids that act only when the visitor does.
pub const PLAYED: [&str; 2] = ["anna", "maria"];

impl World {
    /// The persona label of a `Host`, e.g. `anna` of `anna.localhost:8080`.
    pub fn label_of<'a>(&self, host: &'a str) -> Option<&'a str> {
        let label = host.strip_suffix(&format!(".localhost:{}", self.port))?;
        labels().any(|known| known == label).then_some(label)
    }

    /// Whether a `Host` is one of the demo's.
    pub fn is_own_host(&self, host: &str) -> bool {
        host == format!("localhost:{}", self.port)
            || host == format!("127.0.0.1:{}", self.port)
            || self.label_of(host).is_some()
    }

    /// Who is behind a persona label now.
    pub async fn persona_of(&self, label: &str) -> StoreResult<Option<person::Model>> {
        let db = self.context.store.read();
        if label == "verifier" {
            return self.verifier_now().await;
        }
        if label == FIRST_VERIFIER {
            return self.first_verifier().await;
        }
        if label == SECOND_VERIFIER {
            return self.second_verifier().await;
        }
        let known = PERSONAS.iter().find(|role| role.label == label);
        match known {
            Some(role) => people::by_employee_id(db, role.employee_id).await,
            None => Ok(None),
        }
    }

    /// The persona label behind which this person is now, if there is one.
    pub async fn label_of_person(&self, id: PersonId) -> StoreResult<Option<&'static str>> {
        for label in labels() {
            if self.persona_of(label).await?.is_some_and(|p| p.id == id.0) {
                return Ok(Some(label));
            }
        }
        Ok(None)
    }

    /// The verifier of the next check-in of a played person, or of the last one while it is fresh;
    /// else Jo.
    async fn verifier_now(&self) -> StoreResult<Option<person::Model>> {
        let db = self.context.store.read();
        let mut found = self.fresh_of_played().await?;
        found.retain(|c| c.verifier_id.is_some());
        // Running ones first, the nearest of them; then what was closed last.
        found.sort_by_key(|c| (c.closed_ms.is_some(), c.closed_ms.map_or(c.start_ms, |at| -at)));
        match found.first().and_then(check_in::Model::verifier) {
            Some(verifier) => people::find(db, verifier).await,
            None => people::by_employee_id(db, "jo").await,
        }
    }

    /// Whoever was asked before the present verifier, in the last hand-over of such a check-in.
    async fn first_verifier(&self) -> StoreResult<Option<person::Model>> {
        let last = self.hand_overs().await?.pop();
        self.found(last.and_then(|call| call.from_verifier)).await
    }

    async fn second_verifier(&self) -> StoreResult<Option<person::Model>> {
        let last = self.hand_overs().await?.into_iter().rfind(second_opinion::is_second);
        self.found(last.and_then(|call| call.to_verifier)).await
    }

    /// Calls for another verifier in such check-ins, the last one at the end.
    async fn hand_overs(&self) -> StoreResult<Vec<stand_by_call::Model>> {
        let db = self.context.store.read();
        let mut handed_on = Vec::new();
        for check_in in self.fresh_of_played().await? {
            handed_on.extend(stand_by::of_check_in(db, check_in.check_in_id()).await?);
        }
        handed_on.sort_by_key(|call| call.asked_ms);
        Ok(handed_on)
    }

    async fn found(&self, id: Option<uuid::Uuid>) -> StoreResult<Option<person::Model>> {
        match id {
            Some(id) => people::find(self.context.store.read(), PersonId(id)).await,
            None => Ok(None),
        }
    }

    /// Check-ins of played people that run or are hardly over.
    async fn fresh_of_played(&self) -> StoreResult<Vec<check_in::Model>> {
        let db = self.context.store.read();
        let mut found = Vec::new();
        for employee_id in PLAYED {
            let Some(played) = people::by_employee_id(db, employee_id).await? else { continue };
            let all = check_ins::of_person(db, PersonId(played.id), 5).await?;
            found.extend(all.into_iter().filter(|c| is_fresh(self, c)));
        }
        Ok(found)
    }

    /// What the pages of this person can be lent: the first declared place, and one that is none.
    pub async fn senses_of(&self, person: &person::Model) -> StoreResult<Option<DemoSenses>> {
        let store = &self.context.store;
        let places = people::places(store, store.read(), PersonId(person.id)).await?;
        Ok(places.into_iter().next().map(|home| DemoSenses {
            persona: person.name.clone(),
            home_name: home.detail.label,
            home_lat: home.detail.lat,
            home_lon: home.detail.lon,
            away_name: t!("A street in Lima, Peru").to_owned(),
            away_lat: -12.05,
            away_lon: -77.04,
        }))
    }

    /// Every persona with its own address.
    pub fn persona_links(&self, path: &str) -> Vec<PersonaLink> {
        PERSONAS
            .iter()
            .map(|role| PersonaLink {
                name: tr(role.who).to_owned(),
                url: self.url_of(role.label, path),
            })
            .collect()
    }

    /// Every persona with what there is to see, for the first page.
    pub fn who_is_who(&self) -> Vec<Persona> {
        let persona = |role: &Role| Persona {
            name: tr(role.who).to_owned(),
            url: self.url_of(role.label, "/"),
            about: tr(role.about).to_owned(),
        };
        PERSONAS.iter().map(persona).collect()
    }

    /// One persona's address of a path.
    pub fn url_of(&self, label: &str, path: &str) -> String {
        format!("http://{label}.localhost:{}{path}", self.port)
    }
}

/// Every label a host name may begin with.
fn labels() -> impl Iterator<Item = &'static str> {
    PERSONAS.iter().map(|role| role.label).chain([FIRST_VERIFIER, SECOND_VERIFIER])
}

/// Not over, or over for so short a time that its verifier may still read the last page.
fn is_fresh(world: &World, check_in: &check_in::Model) -> bool {
    check_in.closed_ms.is_none_or(|closed| world.context.now().0 - closed < 30 * 60_000)
}
