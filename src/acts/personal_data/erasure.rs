//! Erasure of somebody who has left: asked for by HR, or when the days of former employees are
//! over. Nobody is erased in haste: a partner inside could otherwise make evidence vanish on the
//! day it is missed.

use super::holds::standing;
use crate::acts::office::{self, Asker};
use crate::acts::{ActError, ActResult, Context};
use muster_domain::access::Act;
use muster_domain::id::PersonId;
use muster_domain::retention::{DataClass, retention};
use muster_domain::time::{DAY_MS, UtcMillis};
use muster_store::audit::Record;
use muster_store::entities::person;
use muster_store::{Tx, cases, holdings, people};

/// Whether it is only tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Erasing {
    /// Says what would go, and changes nothing.
    Tried,
    Done,
}

/// Erases a former employee. Answers how many rows went, or would go.
///
/// # Errors
/// `Forbidden`; `Invalid` without a reason; `Conflict` for somebody on the roster, somebody who left
/// less than thirty days ago, has an open case or is under a legal hold, or is erased already.
pub async fn erase(
    context: &Context,
    actor: Option<PersonId>,
    person: PersonId,
    reason: &str,
    erasing: Erasing,
) -> ActResult<u64> {
    let reason = office::reason(reason)?;
    let tx = context.store.begin().await?;
    let asker = Asker::load(&tx, actor, Act::ErasePersonalData).await?;
    let row = people::lock(&tx, person).await?;
    if let Some(why_not) = against(context, &tx, &row).await? {
        return Err(ActError::Conflict(why_not));
    }
    Record::new("person-erased")
        .by(asker.pseudonym())
        .about_erased(row.pseudonym)
        .fact("via", asker.via())
        .commit("reason", reason)
        .write(&tx)
        .await?;
    let rows = holdings::erase(&tx, &row).await?;
    match erasing {
        Erasing::Tried => tx.rollback().await?,
        Erasing::Done => {
            tx.commit().await?;
            context.store.empty_log().await?;
        }
    }
    Ok(rows)
}

/// Erases everybody whose days as a former employee are over. Answers how many.
pub async fn erase_due(context: &Context) -> ActResult<u64> {
    let days = i64::from(context.settings.retention.former_employee);
    let before = context.now().plus_ms(-days * DAY_MS);
    let mut erased = 0;
    for id in people::left_before(context.store.read(), before).await? {
        let tx = context.store.begin().await?;
        let row = people::lock(&tx, id).await?;
        if against(context, &tx, &row).await?.is_some() {
            continue;
        }
        Record::new("person-erased")
            .about_erased(row.pseudonym)
            .fact("via", "retention")
            .write(&tx)
            .await?;
        holdings::erase(&tx, &row).await?;
        tx.commit().await?;
        erased += 1;
    }
    Ok(erased)
}

/// What stands against it, in a sentence.
async fn against(context: &Context, tx: &Tx, row: &person::Model) -> ActResult<Option<String>> {
    if holdings::is_erased(row) {
        return Ok(Some("This person is erased already.".to_owned()));
    }
    let Some(left) = row.left_ms.filter(|_| row.state != "active").map(UtcMillis) else {
        return Ok(Some(
            "This person is on the roster. Only somebody who has left can be erased.".to_owned(),
        ));
    };
    let days = i64::from(retention(DataClass::FormerEmployee).minimum_days);
    let from = left.plus_ms(days * DAY_MS);
    if context.now() < from {
        let day = from.date_in(&jiff::tz::TimeZone::UTC);
        return Ok(Some(format!(
            "This person left less than {days} days ago. Erasure is possible from {day} on, so that \
             nothing vanishes on the day it is missed."
        )));
    }
    if cases::open(&**tx).await?.iter().any(|case| case.person_id == row.id) {
        return Ok(Some("A case about this person is open. Resolve it first.".to_owned()));
    }
    if let Some(hold) = standing(tx, row).await? {
        let day = hold.review_day;
        return Ok(Some(format!(
            "A legal hold stands, to be looked at on {day}. Release it first."
        )));
    }
    Ok(None)
}
