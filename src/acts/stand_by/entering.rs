//! Whoever is first in the room keeps the session: the stand-in, or the verifier who was late
//! after all. The room has one seat for a verifier; here it is written down who took it.

use super::{is_there, mails, may_still_come, second_opinion};
use crate::acts::{ActResult, Context, check_in as employee};
use muster_domain::draw::HandOverReason;
use muster_domain::id::{CheckInId, PersonId};
use muster_store::audit::Record;
use muster_store::entities::check_in;
use muster_store::stand_by::{self as calls, settled};
use muster_store::{check_ins, evidence, people};
use sea_orm::ConnectionTrait;

/// Whether somebody may take the verifier's seat: the one who is assigned, one who was called for a
/// second opinion, or one who was late while nobody else has come.
pub async fn may_enter(
    db: &impl ConnectionTrait,
    row: &check_in::Model,
    me: PersonId,
) -> ActResult<bool> {
    if employee::is_over(row) {
        return Ok(false);
    }
    if row.verifier() == Some(me) || second_opinion::may_take_over(db, row, me).await? {
        return Ok(true);
    }
    if !is_late(db, row, me).await? {
        return Ok(false);
    }
    let seen = evidence::attendance(db, row.check_in_id()).await?;
    Ok(!is_there(row, &seen))
}

/// Whether somebody fell out of a session by being late, and by nothing else.
pub(super) async fn is_late(
    db: &impl ConnectionTrait,
    row: &check_in::Model,
    me: PersonId,
) -> ActResult<bool> {
    let calls = calls::of_check_in(db, row.check_in_id()).await?;
    let mine: Vec<_> = calls.iter().filter(|c| c.from_verifier == Some(me.0)).collect();
    let reason = |code: &str| HandOverReason::from_code(code).is_some_and(may_still_come);
    Ok(!mine.is_empty() && mine.iter().all(|c| reason(&c.reason)))
}

/// A verifier has taken the seat in the room: the session is theirs, and nobody is looked for.
/// Called when the seat is taken, before the sighting is kept.
pub async fn entered(context: &Context, id: CheckInId, who: PersonId) -> ActResult<()> {
    let tx = context.store.begin().await?;
    let mut row = check_ins::lock(&tx, id).await?;
    let calls = calls::of_check_in(&*tx, id).await?;
    let open = calls.into_iter().find(|c| c.is_open());
    if row.verifier() == Some(who) && open.is_none() {
        tx.rollback().await?;
        return Ok(());
    }
    if !may_enter(&*tx, &row, who).await? {
        tx.rollback().await?;
        return Ok(());
    }
    if let Some(call) = second_opinion::call_to(&*tx, id, who).await?
        && second_opinion::may_take_over(&*tx, &row, who).await?
    {
        second_opinion::taken_over(&tx, row, &call).await?;
        return Ok(tx.commit().await?);
    }
    if let Some(open) = open.filter(|open| !second_opinion::is_second(open)) {
        calls::settle(&tx, open, settled::CAME, None).await?;
    }
    if row.verifier() != Some(who) {
        let displaced = match row.verifier() {
            Some(displaced) => people::find(&*tx, displaced).await?,
            None => None,
        };
        let keeper = people::get(&*tx, who).await?;
        row.verifier_id = Some(who.0);
        muster_store::save(&tx, row.clone()).await?;
        let person = people::get(&*tx, row.person()).await?;
        Record::new("verifier-came-after-all")
            .about(&person)
            .fact("check_in", row.id.to_string())
            .commit("from", displaced.as_ref().map(|d| hex::encode(&d.draw_token)))
            .commit("to", hex::encode(&keeper.draw_token))
            .write(&tx)
            .await?;
        if let Some(displaced) = displaced {
            mails::tell_came_after_all(context, &tx, &row, &displaced).await?;
        }
    }
    Ok(tx.commit().await?)
}
