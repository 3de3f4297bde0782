//! Meeting several people of a link group at one time: one operator cannot be in two calls. Proposed
//! by one person of security, ordered once another confirms it. It is a manual order of each of them:
//! labelled, capped, told to them afterwards. What comes of it is a fact, not a verdict.

use super::{ids, is_unresolved, view};
use crate::acts::office;
use crate::acts::{ActError, ActResult, Context, announce, manual, policy};
use muster_domain::access::{Act, may_confirm};
use muster_domain::id::{CheckInId, PersonId};
use muster_domain::time::{DAY_MS, UtcMillis};
use muster_messages::language::tr;
use muster_messages::t;
use muster_store::audit::Record;
use muster_store::entities::{check_in, overlap, overlap_member};
use muster_store::orders::{self, NewOrder, kind};
use muster_store::overlaps::{self, reason_column, state};
use muster_store::{Owner, Tx, Whose, check_ins, installation, people, policies};
use std::collections::BTreeSet;
use uuid::Uuid;

/// So many people are met at one time.
pub const PEOPLE: std::ops::RangeInclusive<usize> = 2..=4;
/// Of one person within the days of a quarter, whoever orders them.
pub const OVERLAPS_MAX: usize = 1;
const QUARTER_DAYS: i64 = 90;

/// Proposes to meet these people of a group at one time.
///
/// # Errors
/// `Forbidden`; `Conflict`: the group is closed, one waits already, or somebody cannot be ordered;
/// `Invalid`: people or reason.
pub async fn propose(
    context: &Context,
    me: PersonId,
    no: i64,
    chosen: &[PersonId],
    reason: &str,
) -> ActResult<()> {
    let tx = context.store.begin().await?;
    let (group, members, actor) = view::mine(&tx, me, no, Act::OrderOverlap).await?;
    if !is_unresolved(&group) {
        return Err(ActError::conflict(t!("This group asks nobody to look any more.")));
    }
    if overlaps::lock_proposed(&tx, group.id).await?.is_some() {
        return Err(ActError::conflict(t!("One waits for a second person already.")));
    }
    let chosen: BTreeSet<PersonId> = chosen.iter().copied().collect();
    let of_group = ids(&members);
    let mut faults = Vec::new();
    if !PEOPLE.contains(&chosen.len()) || chosen.iter().any(|id| !of_group.contains(id)) {
        faults.push(("member", t!("Choose two to four people of this group.").to_owned()));
    }
    let reason = match office::reason(reason) {
        Ok(reason) => Some(reason),
        Err(ActError::Invalid(wrong)) => {
            faults.extend(wrong.into_iter().map(|(_, s)| ("overlap_reason", s)));
            None
        }
        Err(other) => return Err(other),
    };
    let Some(reason) = reason.filter(|_| faults.is_empty()) else {
        return Err(ActError::Invalid(faults));
    };
    for person in &chosen {
        may_be_ordered(context, &tx, *person).await?;
    }
    let id = Uuid::from_bytes(context.store.entropy().bytes());
    let row = overlap::Model {
        id,
        group_id: group.id,
        state: state::PROPOSED.to_owned(),
        reason: tx.seal(Owner::Organisation, reason_column(id), &reason).await?,
        proposed_by: me.0,
        proposed_ms: context.now().0,
        decided_by: None,
        decided_ms: None,
    };
    muster_store::insert(&tx, row).await?;
    for person in &chosen {
        let member = overlap_member::Model {
            overlap_id: id,
            person_id: person.0,
            order_id: None,
            disclosed_ms: None,
        };
        muster_store::insert(&tx, member).await?;
    }
    let names: Vec<String> = chosen.iter().map(PersonId::to_string).collect();
    Record::new("overlap-proposed")
        .by(Some(actor.pseudonym))
        .fact("group", no)
        .fact("overlap", id.to_string())
        .fact("people", chosen.len() as u64)
        .commit("people", names.join(" "))
        .commit("reason", reason)
        .write(&tx)
        .await?;
    Ok(tx.commit().await?)
}

/// A second person orders what was proposed, or refuses it.
///
/// # Errors
/// `Forbidden`: the role, the line, or it is one's own proposal; `Conflict`: none waits, or somebody
/// cannot be ordered any more.
pub async fn decide(context: &Context, me: PersonId, no: i64, confirms: bool) -> ActResult<()> {
    let tx = context.store.begin().await?;
    let (group, _, actor) = view::mine(&tx, me, no, Act::OrderOverlap).await?;
    let Some(row) = overlaps::lock_proposed(&tx, group.id).await? else {
        return Err(ActError::conflict(t!("None waits for a second person.")));
    };
    let roles = people::roles(&*tx, me).await?;
    let asks = muster_domain::access::Actor { id: me, roles: &roles };
    may_confirm(asks, Act::OrderOverlap, PersonId(row.proposed_by), None)
        .map_err(|denial| ActError::forbidden(tr(denial.sentence())))?;
    let (id, proposed_by) = (row.id, PersonId(row.proposed_by));
    let row = overlap::Model {
        state: if confirms { state::CONFIRMED } else { state::REFUSED }.to_owned(),
        decided_by: Some(me.0),
        decided_ms: Some(context.now().0),
        ..row
    };
    if confirms {
        for member in overlaps::members(&*tx, id).await? {
            let person = PersonId(member.person_id);
            may_be_ordered(context, &tx, person).await?;
            let before = orders::count_since(&*tx, person, kind::MANUAL, UtcMillis(0)).await?;
            let new = NewOrder {
                person: person.0,
                kind: kind::MANUAL,
                no: i64::try_from(before).unwrap_or(i64::MAX - 1) + 1,
                ordered_by: Some(proposed_by),
                reason: Some(announce::SECURITY_ASKED.to_owned()),
                ..NewOrder::default()
            };
            let order = Some(orders::add(&tx, new).await?);
            muster_store::save(&tx, overlap_member::Model { order_id: order, ..member }).await?;
        }
    }
    muster_store::save(&tx, row).await?;
    Record::new(if confirms { "overlap-confirmed" } else { "overlap-refused" })
        .by(Some(actor.pseudonym))
        .fact("group", no)
        .fact("overlap", id.to_string())
        .write(&tx)
        .await?;
    Ok(tx.commit().await?)
}

/// Whether somebody can be ordered by hand now, and has not been met so within a quarter.
async fn may_be_ordered(context: &Context, tx: &Tx, person: PersonId) -> ActResult<()> {
    office::active(&**tx, person).await?;
    let is_live = installation::get(&**tx).await?.mode == installation::mode::LIVE
        && policy::Live::load_of(&**tx, Whose::Of(&[person.0])).await?.is_for(person);
    if !is_live || policies::membership_of(&**tx, person).await?.is_none() {
        return Err(ActError::conflict(t!("The programme is not live for all of these people.")));
    }
    let open = orders::open(&**tx).await?;
    if open.iter().any(|o| o.person_id == person.0 && o.kind == kind::MANUAL) {
        return Err(ActError::conflict(t!("One of these people has an order that waits already.")));
    }
    let now = context.now();
    let quarter = now.plus_ms(-QUARTER_DAYS * DAY_MS);
    if overlaps::count_since(&**tx, person, quarter).await? >= OVERLAPS_MAX {
        let sentence = t!("One of these people was met so within the last 90 days.");
        return Err(ActError::TooMany(sentence.to_owned()));
    }
    let month = now.plus_ms(-manual::DAYS * DAY_MS);
    if orders::count_since(&**tx, person, kind::MANUAL, month).await? >= manual::ORDERS_MAX {
        let sentence = t!("One of these people has had every manual check-in of thirty days.");
        return Err(ActError::TooMany(sentence.to_owned()));
    }
    Ok(())
}

/// One as the group's page tells it.
pub struct Told {
    pub row: overlap::Model,
    pub reason: String,
    pub people: Vec<Uuid>,
    pub fact: Fact,
}

/// What has come of it: facts only.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fact {
    Proposed,
    Refused,
    /// Ordered; the time is drawn, and nobody may know it.
    Waits,
    /// Not every session is over.
    Running,
    /// Every session is over, or could not be placed.
    Over {
        there: usize,
        of: usize,
        start: Option<UtcMillis>,
    },
}

/// Those of a group, newest first. Who may open the group may read it.
pub(super) async fn of_group(context: &Context, tx: &Tx, group: Uuid) -> ActResult<Vec<Told>> {
    let mut told = Vec::new();
    for row in overlaps::of_group(&**tx, group).await? {
        let members = overlaps::members(&**tx, row.id).await?;
        let fact = match row.state.as_str() {
            state::PROPOSED => Fact::Proposed,
            state::REFUSED => Fact::Refused,
            _ => fact(tx, &members).await?,
        };
        let reason = overlaps::reason(&context.store, &**tx, &row).await?;
        let people = members.iter().map(|member| member.person_id).collect();
        told.push(Told { row, reason, people, fact });
    }
    Ok(told)
}

async fn fact(tx: &Tx, members: &[overlap_member::Model]) -> ActResult<Fact> {
    let (mut held, mut open): (Vec<check_in::Model>, usize) = (Vec::new(), 0);
    for member in members {
        let Some(order) = member.order_id else { continue };
        match orders::find(&**tx, order).await? {
            Some(order) if order.settled_ms.is_none() => open += 1,
            Some(order) => {
                if let Some(id) = order.check_in_id {
                    held.push(check_ins::get(&**tx, CheckInId(id)).await?);
                }
            }
            None => {}
        }
    }
    if open == members.len() {
        return Ok(Fact::Waits);
    }
    if open > 0 || held.iter().any(|row| row.closed_ms.is_none()) {
        return Ok(Fact::Running);
    }
    let was_there =
        |row: &&check_in::Model| matches!(row.attendance.as_deref(), Some("attended" | "late"));
    Ok(Fact::Over {
        there: held.iter().filter(was_there).count(),
        of: members.len(),
        start: held.first().map(|row| UtcMillis(row.start_ms)),
    })
}
