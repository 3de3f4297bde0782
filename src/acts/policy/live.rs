//! Whom the programme is live for: everybody in a policy, or the pilot group that a filter names.
//! Whoever is outside it stays as in shadow: nobody draws them, nobody tells them anything. On the
//! day it begins for a person their gap starts at one.

use super::membership::Everybody;
use super::versions::attribute_names;
use crate::acts::{ActError, ActResult};
use muster_domain::id::PersonId;
use muster_domain::policy::{Filter, FilterFault};
use muster_domain::time::UtcMillis;
use muster_store::entities::draw_state;
use muster_store::{Tx, Whose, draws, installation, policies};
use sea_orm::ConnectionTrait;
use std::collections::{BTreeMap, BTreeSet};

use installation::mode::SHADOW;

/// What a question about being live needs, read once.
#[derive(Debug, Clone, Default)]
pub struct Live {
    /// `installation.mode`
    pub mode: String,
    /// The filter of the pilot group; none: everybody.
    pub pilot: Option<String>,
    pub is_demo: bool,
    since: BTreeMap<PersonId, UtcMillis>,
}

impl Live {
    /// Reads it for questions about anybody.
    pub async fn load(db: &impl ConnectionTrait) -> ActResult<Live> {
        Live::load_of(db, Whose::Everybody).await
    }

    /// Reads it for questions about these people.
    pub async fn load_of(db: &impl ConnectionTrait, whose: Whose<'_>) -> ActResult<Live> {
        Live::load_beside(db, installation::live_since(db, whose).await?).await
    }

    /// The same where it is known of people since when.
    pub async fn load_beside(
        db: &impl ConnectionTrait,
        since: BTreeMap<PersonId, UtcMillis>,
    ) -> ActResult<Live> {
        let row = installation::get(db).await?;
        Ok(Live { mode: row.mode, pilot: row.pilot, is_demo: row.is_demo, since })
    }

    /// Whether the person is in the group the programme is for. In shadow and in a pause, too:
    /// those are of the whole programme.
    pub fn is_for(&self, person: PersonId) -> bool {
        self.pilot.is_none() || self.since.contains_key(&person)
    }

    /// Since when; the beginning of time where it was always so.
    pub fn since(&self, person: PersonId) -> UtcMillis {
        self.since.get(&person).copied().unwrap_or(UtcMillis(0))
    }

    /// Whether the gates before the first draw count as passed: nobody is told anything in shadow,
    /// and the people of the demo are made up.
    pub fn counts_gates_as_passed(&self) -> bool {
        counts_gates_as_passed(&self.mode, self.is_demo)
    }
}

fn counts_gates_as_passed(mode: &str, is_demo: bool) -> bool {
    mode == SHADOW || is_demo
}

/// [`Live::counts_gates_as_passed`], without looking at anybody.
pub async fn gates_count_as_passed(db: &impl ConnectionTrait) -> ActResult<bool> {
    let row = installation::get(db).await?;
    Ok(counts_gates_as_passed(&row.mode, row.is_demo))
}

/// For whom a resume makes the programme live.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scope {
    /// Whom it was for; out of shadow everybody.
    AsBefore,
    Everybody,
    /// The people a SCIM filter over the roster matches.
    Pilot(String),
}

/// What a change of scope did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize)]
pub struct Scoped {
    /// People in a policy whom the programme is for now.
    pub live: usize,
    /// People in a policy.
    pub in_a_policy: usize,
    /// For whom it begins with this change.
    pub began: usize,
    /// For whom it ended.
    pub ended: usize,
}

/// Makes the programme live for `pilot`'s people, or for everybody.
///
/// # Errors
/// `Invalid` for a filter that cannot be read, asks for an unknown attribute, or matches nobody in
/// a policy.
pub async fn set_scope(tx: &Tx, pilot: Option<&str>) -> ActResult<Scoped> {
    let before = Live::load(&**tx).await?;
    let members: BTreeSet<PersonId> = policies::memberships(&**tx).await?.into_keys().collect();
    let after = match pilot {
        None => members.clone(),
        Some(text) => {
            let everybody = Everybody::load(&**tx).await?;
            let filter = filter_of(&**tx, text).await?;
            matching(&everybody, &filter).intersection(&members).copied().collect()
        }
    };
    if pilot.is_some() && after.is_empty() {
        let sentence = "The filter matches nobody who is in a policy. `muster roster export` or the page Roster shows the attributes.";
        return Err(ActError::invalid("pilot", sentence));
    }
    let was_live = |id: &PersonId| before.mode != SHADOW && before.is_for(*id);
    let scoped = change(tx, &before, &members, &after, pilot.is_some(), was_live).await?;
    let mut row = installation::get(&**tx).await?;
    row.pilot = pilot.map(str::to_owned);
    muster_store::save(tx, row).await?;
    Ok(scoped)
}

/// After the roster, a role or a policy changed: who comes into the pilot group begins, who drops
/// out of it ends. Nothing where the programme is for everybody.
pub(super) async fn follow(tx: &Tx, everybody: &Everybody) -> ActResult<Scoped> {
    let before = Live::load(&**tx).await?;
    let Some(pilot) = before.pilot.clone() else { return Ok(Scoped::default()) };
    let members: BTreeSet<PersonId> = policies::memberships(&**tx).await?.into_keys().collect();
    // A filter that was taken once stays one, also where a column has gone from the roster.
    let filter = Filter::parse(&pilot).map_err(|f| ActError::invalid("pilot", &told(&f)))?;
    let after = matching(everybody, &filter).intersection(&members).copied().collect();
    let scoped = change(tx, &before, &members, &after, true, |id| before.is_for(*id)).await?;
    if scoped.began + scoped.ended > 0 {
        // The same entry as a person's: the programme goes on for another group.
        muster_store::audit::Record::new("programme-resumed")
            .fact("via", "roster")
            .fact("from", before.mode.as_str())
            .fact("to", before.mode.as_str())
            .fact("pilot", true)
            .fact("live", scoped.live)
            .fact("began", scoped.began)
            .fact("ended", scoped.ended)
            .write(tx)
            .await?;
    }
    Ok(scoped)
}

async fn change(
    tx: &Tx,
    before: &Live,
    members: &BTreeSet<PersonId>,
    after: &BTreeSet<PersonId>,
    is_pilot: bool,
    was_live: impl Fn(&PersonId) -> bool,
) -> ActResult<Scoped> {
    let began: Vec<PersonId> = after.iter().filter(|id| !was_live(id)).copied().collect();
    installation::begin_live(tx, &began, tx.store().clock().now()).await?;
    start_at_one(tx, &began).await?;
    let mut ended = 0;
    if is_pilot {
        let stays = after.iter().filter(|id| was_live(id) && !before.since.contains_key(*id));
        installation::begin_live(tx, &stays.copied().collect::<Vec<_>>(), UtcMillis(0)).await?;
        let gone: Vec<PersonId> =
            before.since.keys().filter(|id| !after.contains(*id)).copied().collect();
        ended = members.iter().filter(|id| was_live(id) && !after.contains(*id)).count();
        installation::end_live(tx, &gone).await?;
    }
    Ok(Scoped { live: after.len(), in_a_policy: members.len(), began: began.len(), ended })
}

async fn start_at_one(tx: &Tx, began: &[PersonId]) -> ActResult<()> {
    let states = draws::states(&**tx).await?;
    let rows = began.iter().filter_map(|id| states.get(id)).map(|state| draw_state::Model {
        k: 1,
        ineligible_run: 0,
        returned_in_cycle: false,
        ..state.clone()
    });
    muster_store::save_all(tx, rows.collect()).await?;
    Ok(())
}

async fn filter_of(db: &impl ConnectionTrait, text: &str) -> ActResult<Filter> {
    let filter = Filter::parse(text).map_err(|f| ActError::invalid("pilot", &told(&f)))?;
    let names = attribute_names(db).await?;
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    match filter.validate(&names) {
        Ok(()) => Ok(filter),
        Err(faults) => Err(ActError::Invalid(faults.iter().map(|f| ("pilot", told(f))).collect())),
    }
}

fn told(fault: &FilterFault) -> String {
    format!(
        "--pilot, character {}: {} (accepted: {})",
        fault.position, fault.problem, fault.accepted
    )
}

fn matching(everybody: &Everybody, filter: &Filter) -> BTreeSet<PersonId> {
    let pairs = everybody.people.iter().zip(&everybody.attributes);
    pairs.filter(|(_, a)| filter.matches(a)).map(|(p, _)| PersonId(p.id)).collect()
}

/// Of the people in a policy: whom the programme is for, and how many there are.
pub async fn reach(db: &impl ConnectionTrait) -> ActResult<(usize, usize)> {
    let is_for_all = installation::get(db).await?.pilot.is_none();
    let (live, members) = policies::members_live(db).await?;
    Ok((if is_for_all { members } else { live } as usize, members as usize))
}
