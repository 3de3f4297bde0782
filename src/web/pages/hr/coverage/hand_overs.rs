//! How often sessions were handed on: a figure of the programme. A verifier who is stood in for
//! again and again has too much to do or a weak line; it says so, and blames nobody.

use crate::acts::coverage;
use crate::acts::stand_by::second_opinion;
use crate::web::{Fail, Web};
use muster_domain::id::PersonId;
use muster_domain::time::{DAY_MS, UtcMillis};
use muster_messages::pages::coverage::Figure;
use muster_messages::t;
use muster_store::{check_ins, people, stand_by as calls};
use std::collections::{BTreeMap, HashSet};

const DAYS: i64 = 30;
/// From so many sessions in that time on a verifier is named.
const OFTEN: usize = 3;

/// What is told.
pub(super) struct HandOvers {
    sessions: usize,
    pub sentences: Vec<String>,
}

impl HandOvers {
    pub(super) fn figure(&self) -> Figure {
        Figure {
            name: t!("Stood in for").to_owned(),
            value: self.sessions.to_string(),
            note: t!("sessions in the same 30 days").to_owned(),
        }
    }
}

/// Counts sessions whose date is over in every zone.
pub(super) async fn load(web: &Web, now: UtcMillis) -> Result<HandOvers, Fail> {
    let db = web.context.store.read();
    let since = now.plus_ms(-DAYS * DAY_MS);
    let mut calls = calls::since(db, since).await?;
    // Whoever is not sure and says so has handed nothing on.
    calls.retain(|call| !second_opinion::is_second(call));
    let sessions = calls.iter().map(|call| call.check_in_id).collect();
    let over = check_ins::before_label(db, sessions, &coverage::running(now)).await?;
    let mut by_verifier: BTreeMap<uuid::Uuid, HashSet<uuid::Uuid>> = BTreeMap::new();
    for call in calls.iter().filter(|call| over.contains(&call.check_in_id)) {
        if let Some(verifier) = call.from_verifier {
            by_verifier.entry(verifier).or_default().insert(call.check_in_id);
        }
    }
    let mut sentences = Vec::new();
    for (verifier, sessions) in by_verifier {
        let Some(verifier) = people::find(db, PersonId(verifier)).await? else { continue };
        if sessions.len() >= OFTEN {
            sentences.push(t!(
                "Somebody had to stand in for {name} in {sessions} sessions of the last {days} days. A full calendar or a weak line does that; ask whether the stand-by times still fit.",
                name = verifier.name,
                sessions = sessions.len(),
                days = DAYS
            ));
        }
    }
    sentences.sort();
    Ok(HandOvers { sessions: over.len(), sentences })
}
