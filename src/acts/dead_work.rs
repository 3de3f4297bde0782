//! What a person decides about work whose attempts are used up: try it again, or leave it with a
//! reason. Exhausted is not finished, so one of the two is always owed.

use super::{ActError, ActResult, Context};
use muster_domain::access::{Act, Denial, any_permits};
use muster_domain::id::{PersonId, WorkId};
use muster_messages::language::tr;
use muster_messages::t;
use muster_store::audit::Record;
use muster_store::entities::{person, work as row};
use muster_store::{StoreError, Tx, people, work};
use sea_orm::EntityTrait;

/// Words and characters of a reason.
const REASON_WORDS_MIN: usize = 3;
const REASON_CHARS_MAX: usize = 500;

/// Puts dead work back to be tried now.
///
/// # Errors
/// `Missing`, `Forbidden`; `Conflict` where it is not dead (any more).
pub async fn retry(context: &Context, actor: PersonId, id: WorkId) -> ActResult<()> {
    let tx = context.store.begin().await?;
    let (by, row) = take(&tx, actor, id).await?;
    if !work::revive(&tx, id).await? {
        return Err(not_dead());
    }
    record("work-retried", &by, &row).write(&tx).await?;
    tx.commit().await?;
    Ok(())
}

/// Leaves dead work undone, with a reason.
///
/// # Errors
/// As [`retry`]; `Invalid` where the reason is no reason.
pub async fn resolve(
    context: &Context,
    actor: PersonId,
    id: WorkId,
    reason: &str,
) -> ActResult<()> {
    let tx = context.store.begin().await?;
    let (by, row) = take(&tx, actor, id).await?;
    let reason = reason.trim();
    let is_short = reason.split_whitespace().count() < REASON_WORDS_MIN;
    if is_short || reason.chars().count() > REASON_CHARS_MAX {
        let accepted = t!("Write a reason of at least three words and at most 500 characters.");
        return Err(ActError::invalid("reason", accepted));
    }
    if !work::resolve_dead(&tx, id, reason).await? {
        return Err(not_dead());
    }
    record("work-resolved", &by, &row).commit("reason", reason).write(&tx).await?;
    tx.commit().await?;
    Ok(())
}

async fn take(tx: &Tx, actor: PersonId, id: WorkId) -> ActResult<(person::Model, row::Model)> {
    let by = people::find(&**tx, actor).await?.filter(|p| p.state == "active");
    let by = by.ok_or_else(|| ActError::forbidden(t!("You are not on the roster.")))?;
    if !any_permits(&people::roles(&**tx, actor).await?, Act::ViewSystem) {
        return Err(ActError::forbidden(tr(Denial::RoleMissing.sentence())));
    }
    let row = row::Entity::find_by_id(id.0).one(&**tx).await?;
    Ok((by, row.ok_or_else(|| StoreError::missing("work", id))?))
}

fn not_dead() -> ActError {
    ActError::conflict(t!("This work does not wait for a person any more."))
}

fn record(kind: &'static str, by: &person::Model, row: &row::Model) -> Record {
    Record::new(kind)
        .by(Some(by.pseudonym))
        .fact("work", row.id.to_string())
        .fact("kind", row.kind.as_str())
        .fact("key", row.work_key.as_str())
}
