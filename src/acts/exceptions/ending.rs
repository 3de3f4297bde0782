//! An exception confirmed by a second person, turned down, ended by hand or by its date. Its owner hears two
//! weeks before.

use super::{Held, hold, letter, name_of, record};
use crate::acts::notify::{self, About, Notice};
use crate::acts::office::holders_of;
use crate::acts::{ActError, ActResult, Context};
use muster_domain::access::{Act, Denial};
use muster_domain::id::PersonId;
use muster_domain::judging::exception::EXCEPTION_REMINDER_DAYS;
use muster_domain::time::{DAY_MS, UtcMillis};
use muster_messages::language::tr;
use muster_messages::t;
use muster_store::entities::{person, rule_exception};
use muster_store::rule_exceptions::{self, state};
use muster_store::work::Lane;
use muster_store::{Tx, people};
use uuid::Uuid;

/// Brings an exception into force, as a second person. Findings judged from now on are silenced.
///
/// # Errors
/// `Forbidden` for whoever asked, for the person and their line; `Conflict` where it does not wait.
pub async fn confirm(context: &Context, actor: PersonId, id: Uuid) -> ActResult<()> {
    let mut held = hold(context, actor, id, Act::ConfirmException).await?;
    if held.row.owner == actor.0 {
        return Err(ActError::forbidden(tr(Denial::SamePerson.sentence())));
    }
    if held.row.state == state::ACTIVE && held.row.confirmed_by == Some(actor.0) {
        return Ok(());
    }
    waits(&held, context.now())?;
    held.row.state = state::ACTIVE.to_owned();
    held.row.confirmed_by = Some(actor.0);
    held.row.confirmed_ms = Some(context.now().0);
    finish(held, "exception-confirmed").await
}

/// Turns one down that waits; whoever asked may take it back like that, too.
///
/// # Errors
/// `Forbidden`; `Conflict` where it does not wait.
pub async fn refuse(context: &Context, actor: PersonId, id: Uuid) -> ActResult<()> {
    let mut held = hold(context, actor, id, Act::ConfirmException).await?;
    if held.row.state == state::REFUSED && held.row.ended_by == Some(actor.0) {
        return Ok(());
    }
    waits(&held, context.now())?;
    over(&mut held, state::REFUSED, actor, context.now());
    finish(held, "exception-refused").await
}

/// Ends one before its date. One person is enough: from then on the rule counts again.
///
/// # Errors
/// `Forbidden`; `Conflict` where it is not in force.
pub async fn end(context: &Context, actor: PersonId, id: Uuid) -> ActResult<()> {
    let mut held = hold(context, actor, id, Act::EndException).await?;
    if held.row.state == state::ENDED {
        return Ok(());
    }
    if held.row.state != state::ACTIVE {
        return Err(ActError::conflict(t!("This exception is not in force.")));
    }
    over(&mut held, state::ENDED, actor, context.now());
    finish(held, "exception-ended").await
}

fn waits(held: &Held, now: UtcMillis) -> ActResult<()> {
    match held.row.state == state::PENDING && held.row.ends_ms > now.0 {
        true => Ok(()),
        false => Err(ActError::conflict(t!("This exception does not wait for anybody any more."))),
    }
}

fn over(held: &mut Held, state: &str, actor: PersonId, now: UtcMillis) {
    held.row.state = state.to_owned();
    held.row.ended_by = Some(actor.0);
    held.row.ended_ms = Some(now.0);
}

async fn finish(held: Held, kind: &'static str) -> ActResult<()> {
    muster_store::save(&held.tx, held.row.clone()).await?;
    record(&held.row, &held.subject, kind)
        .by(Some(held.viewer.person.pseudonym))
        .write(&held.tx)
        .await?;
    Ok(held.tx.commit().await?)
}

/// Ends what has passed its date, and reminds the owners of what will within two weeks.
pub async fn sweep(context: &Context) -> ActResult<()> {
    let now = context.now();
    let soon = now.plus_ms(EXCEPTION_REMINDER_DAYS * DAY_MS);
    let is_due = |row: &rule_exception::Model| {
        row.ends_ms <= now.0 || (row.state == state::ACTIVE && row.told_ms.is_none())
    };
    let found = rule_exceptions::ending_before(context.store.read(), soon).await?;
    for id in found.iter().filter(|row| is_due(row)).map(|row| row.id) {
        let tx = context.store.begin().await?;
        let mut row = rule_exceptions::lock(&tx, id).await?;
        let is_standing = [state::PENDING, state::ACTIVE].contains(&row.state.as_str());
        if !(is_standing && is_due(&row)) {
            tx.rollback().await?;
            continue;
        }
        let subject = people::get(&*tx, PersonId(row.person_id)).await?;
        if row.ends_ms <= now.0 {
            row.state = state::ENDED.to_owned();
            row.ended_ms = Some(row.ends_ms);
            record(&row, &subject, "exception-ended").fact("via", "date").write(&tx).await?;
        } else {
            remind(context, &tx, &row, &subject).await?;
            row.told_ms = Some(now.0);
        }
        muster_store::save(&tx, row).await?;
        tx.commit().await?;
    }
    Ok(())
}

/// Its owner, or everybody who could own one where he has left.
async fn remind(
    context: &Context,
    tx: &Tx,
    row: &rule_exception::Model,
    subject: &person::Model,
) -> ActResult<()> {
    let owner = people::find(&**tx, PersonId(row.owner)).await?.filter(|p| p.state == "active");
    let recipients = match owner {
        Some(owner) => vec![owner],
        None => holders_of(tx, Act::ProposeException, &[Some(PersonId(subject.id))]).await?,
    };
    let name = name_of(tx, row.owner).await?;
    for recipient in recipients {
        let letter = letter(context, &recipient, row, subject, name.as_deref(), false);
        let notice = Notice {
            about: About::Office(row.id),
            step: "exception-ends",
            is_first: false,
            recipient: &recipient,
            every_channel: false,
            lane: Lane::Digest,
            even_in_shadow: false,
        };
        notify::queue(context, tx, &notice, &letter).await?;
    }
    Ok(())
}
