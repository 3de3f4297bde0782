//! A verifier falls out, somebody else stands in. Falling out is one row (a *call*); who is asked
//! is chosen by the keeper of the draw, in the keyed order of the slot; whoever is first in the
//! room keeps the session. The employee loses nothing by any of it.
//!
//! One call of a session is open at a time, under the lock of its check-in.

mod entering;
mod mails;
pub mod second_opinion;
mod standing;

pub use entering::{entered, may_enter};
pub use mails::{call_verifier, free_verifier};
pub use standing::{Part, Standing, WhyHandedOver, part_of, standing};

use super::sightings::{self, events_of};
use super::{ActError, ActResult, Context, check_in as employee};
use muster_domain::check_in::CheckInState;
use muster_domain::draw::{CannotReason, HandOverReason};
use muster_domain::id::{CheckInId, PersonId};
use muster_domain::judging::attendance::{
    AttendanceKind, AttendanceSettings, AttendanceSource, Party, fold_attendance,
};
use muster_domain::time::UtcMillis;
use muster_messages::t;
use muster_store::audit::Record;
use muster_store::entities::{attendance_event, check_in, person, stand_by_call};
use muster_store::jobs::Job;
use muster_store::stand_by::{self as calls, settled};
use muster_store::{StoreError, Tx, check_ins, evidence, installation, people};

/// After the start, a verifier who is not in the room for this long has fallen out.
pub const LATE_MS: i64 = 30_000;
/// Whoever is called has this long to be in the room, but at least until the above.
pub const CALLED_MS: i64 = 120_000;

/// A verifier says that they cannot come. Saying it again changes nothing.
///
/// # Errors
/// The session is not theirs, is over, or the two are talking already.
pub async fn cannot_come(
    context: &Context,
    me: &person::Model,
    id: CheckInId,
    why: CannotReason,
) -> ActResult<()> {
    let tx = context.store.begin().await?;
    let row = check_ins::lock(&tx, id).await?;
    if row.verifier_id != Some(me.id) {
        let earlier = calls::of_check_in(&*tx, id).await?;
        return match earlier.iter().any(|c| c.from_verifier == Some(me.id)) {
            true => Ok(()),
            false => Err(StoreError::missing("check-in", id).into()),
        };
    }
    if employee::is_over(&row) || evidence::form(&*tx, id).await?.is_some() {
        return Err(ActError::conflict(t!("This session is over or was called off.")));
    }
    if row.life() == CheckInState::Live {
        return Err(ActError::conflict(t!(
            "You are talking already. If you must break off, leave the room; somebody else is asked then."
        )));
    }
    fall_out(&tx, row, Some(me), HandOverReason::SaidSo, Some(why)).await?;
    Ok(tx.commit().await?)
}

/// Looks whether a verifier is in the room of a session that has begun; if not, and if nobody is
/// looked for or on the way already, they have fallen out. Answers whether they have.
pub async fn seek(context: &Context, tx: &Tx, row: check_in::Model) -> ActResult<bool> {
    let now = context.now();
    let is_waited_for = !row.shadow && !employee::is_over(&row) && now <= row.clocks().grace_end();
    if !is_waited_for || now < UtcMillis(row.start_ms).plus_ms(LATE_MS) {
        return Ok(false);
    }
    // In the demo one visitor plays both sides and needs the time to change from one to the other.
    if installation::get(&**tx).await?.is_demo {
        return Ok(false);
    }
    let seen = evidence::attendance(&**tx, row.check_in_id()).await?;
    if is_there(&row, &seen) || have_met(&row, &seen, now) {
        return Ok(false);
    }
    let earlier = calls::of_check_in(&**tx, row.check_in_id()).await?;
    let is_under_way = earlier.last().is_some_and(|last| {
        last.is_open() || last.settled_ms.is_some_and(|at| now.0 < at + CALLED_MS)
    });
    if is_under_way {
        return Ok(false);
    }
    let since = earlier.last().and_then(|last| last.settled_ms).unwrap_or(i64::MIN);
    let was_inside = seen.iter().any(|e| {
        is_of(e, AttendanceSource::RoomPresence, AttendanceKind::Joined) && e.at_ms >= since
    });
    let reason = if was_inside { HandOverReason::WentAway } else { HandOverReason::NotThere };
    let verifier = match row.verifier() {
        Some(id) => people::find(&**tx, id).await?,
        None => None,
    };
    fall_out(tx, row, verifier.as_ref(), reason, None).await?;
    Ok(true)
}

/// Notes that a verifier fell out, and calls for somebody else: somebody else is looked for from now on. Whoever was merely
/// late may still come; whoever said no, or cannot, is out of it.
pub async fn fall_out(
    tx: &Tx,
    mut row: check_in::Model,
    verifier: Option<&person::Model>,
    reason: HandOverReason,
    why: Option<CannotReason>,
) -> ActResult<()> {
    let id = row.check_in_id();
    let earlier = calls::of_check_in(&**tx, id).await?;
    let attempt = earlier.last().map_or(1, |c| c.attempt + 1);
    let call = stand_by_call::Model {
        check_in_id: row.id,
        attempt,
        from_verifier: verifier.map(|v| v.id),
        reason: reason.code().to_owned(),
        asked_ms: tx.store().clock().now().0,
        to_verifier: None,
        settled_ms: None,
        settled_as: None,
        opinion: None,
    };
    calls::add(tx, call).await?;
    let person = people::get(&**tx, row.person()).await?;
    if !may_still_come(reason) {
        row.verifier_id = None;
        muster_store::save(tx, row.clone()).await?;
        record_replaced(tx, &person, &row, (attempt, reason.code()), verifier, None).await?;
    }
    let Some(verifier) = verifier else { return Ok(()) };
    let mut record = Record::new("verifier-fell-out")
        .about(verifier)
        .fact("reason", reason.code())
        .commit("check_in", row.id.to_string())
        .commit("attempt", attempt)
        .commit("person", person.pseudonym.to_string());
    if let Some(why) = why {
        record = record.by(Some(verifier.pseudonym)).commit("why", why.code());
    }
    record.write(tx).await?;
    Ok(())
}

/// Whether somebody who fell out like this may still go in, if they are first.
pub(super) const fn may_still_come(reason: HandOverReason) -> bool {
    matches!(reason, HandOverReason::NotThere | HandOverReason::WentAway)
}

/// Asks `to` to stand in. Answers whether the call is settled by it, in one way or the other;
/// `false` where it was settled before.
pub async fn assign(
    context: &Context,
    tx: &Tx,
    id: CheckInId,
    attempt: i64,
    to: &person::Model,
) -> ActResult<bool> {
    let mut row = check_ins::lock(tx, id).await?;
    let Some(call) = calls::find(&**tx, id, attempt).await?.filter(|c| c.is_open()) else {
        return Ok(false);
    };
    if employee::is_over(&row) {
        calls::settle(tx, call, settled::OVER, None).await?;
        return Ok(true);
    }
    if second_opinion::is_second(&call) {
        second_opinion::call(context, tx, &row, call, to).await?;
        return Ok(true);
    }
    let seen = evidence::attendance(&**tx, id).await?;
    if is_there(&row, &seen) {
        calls::settle(tx, call, settled::CAME, None).await?;
        return Ok(true);
    }
    let late = match row.verifier() {
        Some(late) => people::find(&**tx, late).await?,
        None => None,
    };
    row.verifier_id = Some(to.id);
    muster_store::save(tx, row.clone()).await?;
    calls::settle(tx, call.clone(), settled::CALLED, Some(PersonId(to.id))).await?;
    let person = people::get(&**tx, row.person()).await?;
    let from = match call.from_verifier {
        Some(from) => people::find(&**tx, PersonId(from)).await?,
        None => None,
    };
    let call = (attempt, call.reason.as_str());
    record_replaced(tx, &person, &row, call, from.as_ref(), Some(to)).await?;
    let step = format!("stand-by-call-{attempt}");
    call_verifier(context, tx, &row, to, &step, true).await?;
    if let Some(late) = late {
        mails::tell_handed_over(context, tx, &row, &late, attempt).await?;
    }
    let now = context.now();
    let due = UtcMillis(row.start_ms).plus_ms(LATE_MS).max(now.plus_ms(CALLED_MS));
    Job::SeekVerifier { check_in: id, moment: format!("call-{attempt}") }.plan(tx, due).await?;
    Ok(true)
}

/// For the audit of draws: whoever was announced with the session does not hold it. `to` is nobody
/// as long as nobody was found.
async fn record_replaced(
    tx: &Tx,
    person: &person::Model,
    row: &check_in::Model,
    (attempt, reason): (i64, &str),
    from: Option<&person::Model>,
    to: Option<&person::Model>,
) -> ActResult<()> {
    let token = |v: &person::Model| hex::encode(&v.draw_token);
    Record::new("verifier-replaced")
        .about(person)
        .fact("check_in", row.id.to_string())
        .fact("attempt", attempt)
        .fact("reason", reason)
        .commit_to_open("from", from.map(token))
        .commit_to_open("to", to.map(token))
        .write(tx)
        .await?;
    Ok(())
}

/// The check-in is over, or its time is: nobody is looked for any more.
pub async fn give_up(tx: &Tx, id: CheckInId, attempt: i64) -> ActResult<()> {
    check_ins::lock(tx, id).await?;
    if let Some(call) = calls::find(&**tx, id, attempt).await?.filter(|c| c.is_open()) {
        calls::settle(tx, call, settled::OVER, None).await?;
    }
    Ok(())
}

/// The session was placed anew, with a verifier of its own: whoever was looked for is not needed.
pub async fn begin_anew(tx: &Tx, id: CheckInId) -> ActResult<()> {
    for call in calls::of_check_in(&**tx, id).await?.into_iter().filter(|c| c.is_open()) {
        calls::settle(tx, call, settled::OVER, None).await?;
    }
    Ok(())
}

/// Whether a verifier is in the room. A provider that does not tell us who is inside is believed
/// to have let in whoever stood at its door.
pub(super) fn is_there(row: &check_in::Model, seen: &[attendance_event::Model]) -> bool {
    let tells = row.room_provider.as_deref().is_none_or(|p| p == sightings::BUILT_IN_ROOM);
    let at_door =
        |e: &&attendance_event::Model| is_of(e, AttendanceSource::OwnPage, AttendanceKind::Joined);
    sightings::is_inside(seen, Party::Verifier) || (!tells && seen.iter().any(|e| at_door(&e)))
}

fn is_of(e: &attendance_event::Model, source: AttendanceSource, kind: AttendanceKind) -> bool {
    e.who == Party::Verifier.code() && e.source == source.code() && e.kind == kind.code()
}

fn have_met(row: &check_in::Model, seen: &[attendance_event::Model], now: UtcMillis) -> bool {
    let settings = AttendanceSettings::default();
    fold_attendance(&events_of(seen), &row.clocks(), &settings, now).met
}
