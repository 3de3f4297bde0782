//! The reference still: taken by the verifier in the session, agreed to by the person before anything
//! is kept, kept with the verifier's form, seen by later verifiers during their session only.

use super::booking::shown_in;
use crate::acts::{ActError, ActResult, Context, check_in as employee, verify};
use muster_domain::check_in::{CheckInKind, CheckInState, Presence};
use muster_domain::id::{CheckInId, PersonId};
use muster_domain::reference_still::{Still, StillAnswer, StillFault, StillState};
use muster_messages::t;
use muster_store::audit::Record;
use muster_store::entities::{check_in, person, reference_still};
use muster_store::people::baseline;
use muster_store::{StoreError, Tx, baselines, check_ins, evidence, people};
use sea_orm::ConnectionTrait;

/// The still that stands beside the live picture of this session, if there is one.
pub async fn shown(
    db: &impl ConnectionTrait,
    row: &check_in::Model,
) -> ActResult<Option<reference_still::Model>> {
    shown_in(db, row).await
}

/// Lays a picture before the person. Only while both are in the room of a baseline session.
pub async fn offer(
    context: &Context,
    me: &person::Model,
    id: CheckInId,
    bytes: &[u8],
) -> ActResult<()> {
    let still = Still::read(bytes).map_err(|fault| {
        let sentence = match fault {
            StillFault::TooLarge => t!("The picture is too large."),
            StillFault::NotAPicture => t!("This is not a picture that can be kept."),
            StillFault::OddSize => t!("The picture is too small or too large to compare with."),
        };
        ActError::invalid("still", sentence)
    })?;
    let tx = context.store.begin().await?;
    let row = verify::mine(context, &tx, me, id).await?;
    if row.why() != CheckInKind::Baseline || row.life() != CheckInState::Live {
        let sentence =
            t!("A picture is taken in a first session only, while both of you are in the room.");
        return Err(ActError::conflict(sentence));
    }
    if employee::is_over(&row) || evidence::form(&*tx, id).await?.is_some() {
        return Err(ActError::conflict(t!("This session is over.")));
    }
    let person = people::get(&*tx, row.person()).await?;
    baselines::offer(&tx, row.person(), id, me.id, &still).await?;
    Record::new("reference-still-taken")
        .by(Some(me.pseudonym))
        .about(&person)
        .fact("check_in", row.id.to_string())
        .write(&tx)
        .await?;
    Ok(tx.commit().await?)
}

/// The picture that lies before the person in this session, theirs alone to see.
pub async fn offered(
    context: &Context,
    me: PersonId,
    id: CheckInId,
) -> ActResult<Option<(StillState, Still)>> {
    let db = context.store.read();
    let Some(row) = employee::own(db, me, id).await? else { return Ok(None) };
    let Some(still) = baselines::of_session(db, row.check_in_id()).await? else { return Ok(None) };
    let state = StillState::from_code(&still.state).unwrap_or(StillState::Offered);
    Ok(Some((state, baselines::open(&context.store, db, &still).await?)))
}

/// The person's own picture that is kept.
pub async fn own(context: &Context, me: PersonId) -> ActResult<Option<Still>> {
    let db = context.store.read();
    let Some(still) = baselines::kept(db, me).await? else { return Ok(None) };
    Ok(Some(baselines::open(&context.store, db, &still).await?))
}

/// What the person says to it. Anything but yes deletes the picture at once.
pub async fn answer(
    context: &Context,
    me: &person::Model,
    id: CheckInId,
    answer: StillAnswer,
) -> ActResult<()> {
    let tx = context.store.begin().await?;
    let row = check_ins::lock(&tx, id).await?;
    if row.person_id != me.id {
        return Err(StoreError::missing("check-in", id).into());
    }
    let still = baselines::of_session(&*tx, id).await?;
    let still = still.filter(|s| s.state != StillState::Kept.code());
    if employee::is_over(&row) || evidence::form(&*tx, id).await?.is_some() {
        return Err(ActError::conflict(t!("This session is over.")));
    }
    match (answer, still) {
        (StillAnswer::Keep, None) => {
            return Err(ActError::conflict(t!("There is no picture to agree to.")));
        }
        (StillAnswer::Keep, Some(still)) => baselines::agree(&tx, still).await?,
        (StillAnswer::Another | StillAnswer::None, _) => {
            baselines::drop_unkept(&tx, id).await?;
        }
    }
    Record::new("reference-still-answered")
        .by(Some(me.pseudonym))
        .about(me)
        .fact("check_in", row.id.to_string())
        .commit("answer", answer.code())
        .write(&tx)
        .await?;
    Ok(tx.commit().await?)
}

/// A verifier looks at the reference still in their session. Each view is an entry that the person
/// can see.
pub async fn view(
    context: &Context,
    me: &person::Model,
    id: CheckInId,
) -> ActResult<Option<Still>> {
    let tx = context.store.begin().await?;
    let row = verify::seen_by(context, &tx, me, id).await?;
    let is_given = evidence::form(&*tx, id).await?.is_some();
    if is_given || !employee::is_room_open(&row, context.now()) {
        return Ok(None);
    }
    let Some(kept) = shown_in(&*tx, &row).await? else { return Ok(None) };
    let still = baselines::open(&context.store, &*tx, &kept).await?;
    let person = people::get(&*tx, row.person()).await?;
    Record::new("reference-still-viewed")
        .by(Some(me.pseudonym))
        .about(&person)
        .fact("check_in", row.id.to_string())
        .write(&tx)
        .await?;
    tx.commit().await?;
    Ok(Some(still))
}

/// The verifier has said whom they met. After a baseline session that opens the gate, and keeps the
/// picture the person agreed to; any other answer keeps nothing.
pub async fn answered(
    tx: &Tx,
    verifier: &person::Model,
    mut person: person::Model,
    row: &check_in::Model,
    presence: Option<Presence>,
) -> ActResult<()> {
    let is_met = matches!(presence, Some(Presence::LivePersonSeen | Presence::Confirmed));
    if row.why() != CheckInKind::Baseline || !is_met {
        return Ok(());
    }
    let still = baselines::of_session(&**tx, row.check_in_id()).await?;
    if let Some(still) = still.filter(|s| s.state == StillState::Agreed.code()) {
        baselines::keep(tx, still).await?;
        Record::new("reference-still-kept")
            .by(Some(verifier.pseudonym))
            .about(&person)
            .fact("check_in", row.id.to_string())
            .write(tx)
            .await?;
    }
    if person.baseline != baseline::PASSED {
        person.baseline = baseline::PASSED.to_owned();
        muster_store::save(tx, person.clone()).await?;
    }
    Record::new("baseline-session-held")
        .by(Some(verifier.pseudonym))
        .about(&person)
        .fact("check_in", row.id.to_string())
        .write(tx)
        .await?;
    Ok(())
}

/// A check-in is judged: what was taken in it and not kept is gone.
pub async fn ended(tx: &Tx, row: &check_in::Model) -> ActResult<()> {
    if row.why() == CheckInKind::Baseline {
        baselines::drop_unkept(tx, row.check_in_id()).await?;
    }
    Ok(())
}
