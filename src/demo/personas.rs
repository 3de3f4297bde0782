//! One host name a persona, so that two browser tabs are two people. The verifier is whoever was
//! drawn for the visitor's check-in; the manager is the manager of the people in the stories.

use super::World;
use muster_domain::id::PersonId;
use muster_messages::pages::PersonaLink;
use muster_store::entities::{check_in, person};
use muster_store::{StoreResult, check_ins, people};

/// Host label, employee id, who they are in the demo.
const PERSONAS: [(&str, &str, &str); 8] = [
    ("anna", "anna", "Anna, an employee"),
    ("maria", "maria", "Maria, who does not come"),
    ("verifier", "", "The verifier of the next talk"),
    ("manager", "manager", "The manager of Anna and Maria"),
    ("hr", "hr", "HR"),
    ("security", "security", "Security"),
    ("auditor", "auditor", "An auditor"),
    ("admin", "admin", "An administrator"),
];

/// Employee ids that act only when the visitor does.
pub const PLAYED: [&str; 2] = ["anna", "maria"];

impl World {
    /// The persona label of a `Host`, e.g. `anna` of `anna.localhost:8080`.
    pub fn label_of<'a>(&self, host: &'a str) -> Option<&'a str> {
        let label = host.strip_suffix(&format!(".localhost:{}", self.port))?;
        PERSONAS.iter().any(|(known, _, _)| *known == label).then_some(label)
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
        let known = PERSONAS.iter().find(|(known, _, _)| *known == label);
        match known {
            Some((_, employee_id, _)) => people::by_employee_id(db, employee_id).await,
            None => Ok(None),
        }
    }

    /// The persona label behind which this person is now, if there is one.
    pub async fn label_of_person(&self, id: PersonId) -> StoreResult<Option<&'static str>> {
        for (label, _, _) in PERSONAS {
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
        let mut found = Vec::new();
        for employee_id in PLAYED {
            let Some(played) = people::by_employee_id(db, employee_id).await? else { continue };
            let all = check_ins::of_person(db, PersonId(played.id), 5).await?;
            found.extend(all.into_iter().filter(|c| c.verifier_id.is_some() && is_fresh(self, c)));
        }
        // Running ones first, the nearest of them; then what was closed last.
        found.sort_by_key(|c| (c.closed_ms.is_some(), c.closed_ms.map_or(c.start_ms, |at| -at)));
        match found.first().and_then(check_in::Model::verifier) {
            Some(verifier) => people::find(db, verifier).await,
            None => people::by_employee_id(db, "jo").await,
        }
    }

    /// Every persona with its own address.
    pub fn persona_links(&self, path: &str) -> Vec<PersonaLink> {
        PERSONAS
            .iter()
            .map(|(label, _, who)| PersonaLink {
                name: (*who).to_owned(),
                url: self.url_of(label, path),
            })
            .collect()
    }

    /// One persona's address of a path.
    pub fn url_of(&self, label: &str, path: &str) -> String {
        format!("http://{label}.localhost:{}{path}", self.port)
    }
}

/// Not over, or over for so short a time that its verifier may still read the last page.
fn is_fresh(world: &World, check_in: &check_in::Model) -> bool {
    check_in.closed_ms.is_none_or(|closed| world.context.now().0 - closed < 30 * 60_000)
}
