//! How the programme does, for HR: what is delivered, whom draws could not reach and why, what
//! verifiers can do against what policies will ask for. Reads only, and nothing of a draw to come:
//! what is to come is told from the law of the policies, never from hits.

mod need;

pub use need::{Week, weeks};

use super::{ActResult, Context};
use jiff::tz::TimeZone;
use muster_domain::draw::DayResult;
use muster_domain::time::DAY_MS;
use muster_store::chains::{self, state, tip};
use muster_store::entities::person;
use muster_store::{draws, people};
use std::collections::BTreeMap;

/// Somebody whom draws hit and could not meet.
#[derive(Debug, Clone)]
pub struct Unmet {
    pub person: person::Model,
    /// Dates on which no verifier could come.
    pub uncovered: Vec<String>,
    /// Dates on which they had too few free slots.
    pub shielded: Vec<String>,
}

/// People with uncovered or shielded days since so many days, those with most first. Only dates that
/// are over in every zone count.
///
/// # Errors
/// Those of the store.
pub async fn unmet(context: &Context, days: i64) -> ActResult<Vec<Unmet>> {
    let (db, now) = (context.store.read(), context.now());
    let first = now.plus_ms(-days * DAY_MS).date_in(&TimeZone::UTC).to_string();
    let running = super::coverage::running(now);
    let mut found: BTreeMap<uuid::Uuid, [Vec<String>; 2]> = BTreeMap::new();
    for day in draws::days_since(db, &first).await? {
        let list = match DayResult::from_code(&day.result) {
            Some(DayResult::Uncovered) => 0,
            Some(DayResult::Shielded) => 1,
            _ => continue,
        };
        if day.label < running {
            found.entry(day.person_id).or_default()[list].push(day.label);
        }
    }
    let mut unmet = Vec::new();
    for person in people::active(db).await? {
        let Some([uncovered, shielded]) = found.remove(&person.id) else { continue };
        unmet.push(Unmet { person, uncovered, shielded });
    }
    unmet.sort_by_key(|u| std::cmp::Reverse((u.uncovered.len(), u.shielded.len())));
    Ok(unmet)
}

/// Holders of chains in force of whom the key of this date has not come.
///
/// # Errors
/// Those of the store.
pub async fn late_holders(context: &Context) -> ActResult<Vec<String>> {
    let db = context.store.read();
    let today = context.now().date_in(&TimeZone::UTC).to_string();
    let mut late = Vec::new();
    for chain in chains::anchored(db).await? {
        let is_asked = chain.tip == tip::HOLDER
            && state::counts(&chain.state)
            && chain.first_date.as_str() <= today.as_str();
        if is_asked && !chains::has_held_key(db, chain.id, &today).await? {
            late.push(chain.holder);
        }
    }
    Ok(late)
}
