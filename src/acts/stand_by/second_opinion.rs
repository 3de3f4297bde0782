//! A second opinion during a talk: the verifier who is not sure says what they think, another one
//! is called in the order of the slot, and takes the seat. What the first one thinks stays closed
//! until the form of the second is given; a rule then compares the two.
//!
//! The first one holds the session until the second has taken the seat. If nobody comes, nothing
//! has changed, and they give the form themselves.

use super::{ActError, ActResult, Context, employee, mails, record_replaced};
use crate::acts::verify;
use muster_domain::check_in::{CheckInKind, CheckInState, Presence};
use muster_domain::draw::HandOverReason;
use muster_domain::id::{CheckInId, PersonId};
use muster_domain::judging::evidence::FirstOpinion;
use muster_messages::t;
use muster_store::audit::Record;
use muster_store::entities::{check_in, person, stand_by_call};
use muster_store::stand_by::{self as calls, settled};
use muster_store::{Owner, Place, Store, Tx, evidence, people};
use sea_orm::ConnectionTrait;

/// What a verifier may think who wants somebody else to look.
pub const VIEWS: [Presence; 3] =
    [Presence::NotConfirmed, Presence::DifferentPerson, Presence::CouldNotTell];

/// Asks for a second opinion. Asking again while somebody is looked for changes nothing.
///
/// # Errors
/// The session is not theirs; `Invalid` without a view of their own; `Conflict` before the two talk,
/// when it is too late to call somebody, in a first session, or where one was asked for already.
pub async fn ask(
    context: &Context,
    me: &person::Model,
    id: CheckInId,
    view: &str,
) -> ActResult<()> {
    let tx = context.store.begin().await?;
    let row = verify::mine(context, &tx, me, id).await?;
    let earlier = calls::of_check_in(&*tx, id).await?;
    if let Some(call) = earlier.iter().find(|call| is_second(call)) {
        return match call.from_verifier == Some(me.id) && call.is_open() {
            true => Ok(()),
            false => Err(ActError::conflict(t!(
                "A second opinion was asked for in this session already."
            ))),
        };
    }
    let Some(presence) = Presence::from_code(view).filter(|view| VIEWS.contains(view)) else {
        let sentence = t!("Say first what you think yourself; nobody sees it before the form.");
        return Err(ActError::invalid("view", sentence));
    };
    if let Some(sentence) = why_not(context, &tx, &row).await? {
        return Err(ActError::conflict(sentence));
    }
    for open in earlier.iter().filter(|call| call.is_open()) {
        calls::settle(&tx, open.clone(), settled::CAME, None).await?;
    }
    let attempt = earlier.last().map_or(1, |call| call.attempt + 1);
    let opinion = FirstOpinion { presence, given_at: context.now() };
    let call = stand_by_call::Model {
        check_in_id: row.id,
        attempt,
        from_verifier: Some(me.id),
        reason: HandOverReason::SecondOpinion.code().to_owned(),
        asked_ms: context.now().0,
        to_verifier: None,
        settled_ms: None,
        settled_as: None,
        opinion: Some(tx.seal(Owner::Person(row.person()), place(&row), &opinion).await?),
    };
    calls::add(&tx, call).await?;
    let person = people::get(&*tx, row.person()).await?;
    Record::new("second-opinion-asked")
        .by(Some(me.pseudonym))
        .about(&person)
        .fact("check_in", row.id.to_string())
        .fact("attempt", attempt)
        .commit("presence", presence.code())
        .write(&tx)
        .await?;
    Ok(tx.commit().await?)
}

/// Why nobody can be asked now, if so.
async fn why_not(
    context: &Context,
    tx: &Tx,
    row: &check_in::Model,
) -> ActResult<Option<&'static str>> {
    Ok(if employee::is_over(row) || evidence::form(&**tx, row.check_in_id()).await?.is_some() {
        Some(t!("This session is over or was called off."))
    } else if row.why() == CheckInKind::Baseline {
        Some(t!("In a first session there is nothing to compare with yet."))
    } else if row.life() != CheckInState::Live {
        Some(t!("You are not talking yet. A second opinion is asked for during the talk."))
    } else if context.now() > row.clocks().grace_end() {
        Some(t!(
            "It is too late in this session to call somebody. That you could not tell is a full answer."
        ))
    } else {
        None
    })
}

/// How a second opinion stands, for the one who asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked {
    Looking,
    OnTheWay,
    /// Nobody was found, or it is not waited for any more.
    NobodyCame,
}

/// How it stands; nothing where none was asked for.
pub async fn asked(db: &impl ConnectionTrait, id: CheckInId) -> ActResult<Option<Asked>> {
    let calls = calls::of_check_in(db, id).await?;
    Ok(calls.iter().find(|call| is_second(call)).map(|call| match call.settled_as.as_deref() {
        None => Asked::Looking,
        Some(settled::CALLED) => Asked::OnTheWay,
        Some(_) => Asked::NobodyCame,
    }))
}

/// Whether a call is for a second opinion.
pub fn is_second(call: &stand_by_call::Model) -> bool {
    call.reason == HandOverReason::SecondOpinion.code()
}

/// The call by which `me` was asked to give one, if so.
pub(super) async fn call_to(
    db: &impl ConnectionTrait,
    id: CheckInId,
    me: PersonId,
) -> ActResult<Option<stand_by_call::Model>> {
    let calls = calls::of_check_in(db, id).await?;
    Ok(calls.into_iter().find(|call| is_second(call) && call.to_verifier == Some(me.0)))
}

/// Whether `me` was called to give one and the first verifier still holds the session.
pub async fn may_take_over(
    db: &impl ConnectionTrait,
    row: &check_in::Model,
    me: PersonId,
) -> ActResult<bool> {
    let call = call_to(db, row.check_in_id(), me).await?;
    Ok(call.is_some_and(|call| call.from_verifier == row.verifier_id))
}

/// Asks `to` to give the second opinion. The session stays with the first until they are there.
pub(super) async fn call(
    context: &Context,
    tx: &Tx,
    row: &check_in::Model,
    call: stand_by_call::Model,
    to: &person::Model,
) -> ActResult<()> {
    let step = format!("stand-by-call-{}", call.attempt);
    calls::settle(tx, call, settled::CALLED, Some(PersonId(to.id))).await?;
    mails::call_second(context, tx, row, to, &step).await
}

/// The second verifier has taken the seat: the session is theirs.
pub(super) async fn taken_over(
    tx: &Tx,
    mut row: check_in::Model,
    call: &stand_by_call::Model,
) -> ActResult<()> {
    let from = match row.verifier() {
        Some(from) => people::find(&**tx, from).await?,
        None => None,
    };
    let Some(to) = call.to_verifier else { return Ok(()) };
    let to = people::get(&**tx, PersonId(to)).await?;
    row.verifier_id = Some(to.id);
    muster_store::save(tx, row.clone()).await?;
    let person = people::get(&**tx, row.person()).await?;
    let why = (call.attempt, call.reason.as_str());
    record_replaced(tx, &person, &row, why, from.as_ref(), Some(&to)).await
}

/// What the first verifier thought, for the form of whoever came after them.
pub async fn first_opinion(
    store: &Store,
    db: &impl ConnectionTrait,
    row: &check_in::Model,
) -> ActResult<Option<FirstOpinion>> {
    let Some(giver) = row.verifier() else { return Ok(None) };
    let Some(call) = call_to(db, row.check_in_id(), giver).await? else { return Ok(None) };
    let Some(sealed) = &call.opinion else { return Ok(None) };
    Ok(Some(store.unseal(db, Owner::Person(row.person()), place(row), sealed).await?))
}

/// At most one is asked for in a session, so that its id names the place.
fn place(row: &check_in::Model) -> Place<'static> {
    Place { table: "stand_by_call", column: "opinion", row: row.id }
}
