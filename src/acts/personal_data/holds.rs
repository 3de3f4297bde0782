//! A legal hold: nothing about a person is deleted while it stands. It has a reason, somebody who
//! placed it and a day on which it is looked at again.

use crate::acts::office::{self, Asker};
use crate::acts::{ActError, ActResult, Context};
use jiff::civil::Date;
use muster_domain::access::Act;
use muster_domain::id::PersonId;
use muster_store::audit::Record;
use muster_store::entities::{legal_hold, person};
use muster_store::{Owner, Place, Tx, people};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use uuid::Uuid;

/// The longest time until a hold is looked at again.
const REVIEW_DAYS_MAX: i32 = 366;

/// Places a hold.
///
/// # Errors
/// `Forbidden`; `Invalid` for a reason or a day that cannot be taken; `Conflict` where one stands.
pub async fn place(
    context: &Context,
    actor: Option<PersonId>,
    person: PersonId,
    reason: &str,
    review: Date,
) -> ActResult<()> {
    let reason = office::reason(reason)?;
    check_review(context, review)?;
    let tx = context.store.begin().await?;
    let asker = Asker::load(&tx, actor, Act::HoldPersonalData).await?;
    let row = people::lock(&tx, person).await?;
    if standing(&tx, &row).await?.is_some() {
        return Err(ActError::conflict("A hold stands already for this person."));
    }
    let id = Uuid::from_bytes(context.store.entropy().bytes());
    let hold = legal_hold::Model {
        id,
        person_id: row.id,
        reason: tx.seal(Owner::Person(person), reason_column(id), &reason).await?,
        placed_by: asker.id().map(|id| id.0),
        placed_ms: context.now().0,
        review_day: review.to_string(),
        released_by: None,
        released_ms: None,
    };
    muster_store::insert(&tx, hold).await?;
    Record::new("legal-hold-placed")
        .by(asker.pseudonym())
        .about(&row)
        .fact("via", asker.via())
        .fact("review", review.to_string())
        .commit("reason", reason)
        .write(&tx)
        .await?;
    tx.commit().await?;
    Ok(())
}

/// Releases a hold.
///
/// # Errors
/// `Forbidden`; `Invalid` without a reason; `Conflict` where none stands.
pub async fn release(
    context: &Context,
    actor: Option<PersonId>,
    person: PersonId,
    reason: &str,
) -> ActResult<()> {
    let reason = office::reason(reason)?;
    let tx = context.store.begin().await?;
    let asker = Asker::load(&tx, actor, Act::HoldPersonalData).await?;
    let row = people::lock(&tx, person).await?;
    let Some(mut hold) = standing(&tx, &row).await? else {
        return Err(ActError::conflict("No hold stands for this person."));
    };
    hold.released_by = asker.id().map(|id| id.0);
    hold.released_ms = Some(context.now().0);
    muster_store::save(&tx, hold).await?;
    Record::new("legal-hold-released")
        .by(asker.pseudonym())
        .about(&row)
        .fact("via", asker.via())
        .commit("reason", reason)
        .write(&tx)
        .await?;
    tx.commit().await?;
    Ok(())
}

/// The hold that stands for a person.
pub(super) async fn standing(
    tx: &Tx,
    person: &person::Model,
) -> ActResult<Option<legal_hold::Model>> {
    let found = legal_hold::Entity::find()
        .filter(legal_hold::Column::PersonId.eq(person.id))
        .filter(legal_hold::Column::ReleasedMs.is_null())
        .one(&**tx)
        .await;
    Ok(found.map_err(muster_store::StoreError::from)?)
}

fn check_review(context: &Context, review: Date) -> ActResult<()> {
    let today = context.now().date_in(&jiff::tz::TimeZone::UTC);
    let days = (review - today).get_days();
    match (1..=REVIEW_DAYS_MAX).contains(&days) {
        true => Ok(()),
        false => Err(ActError::invalid("review", "name a day within the next year")),
    }
}

fn reason_column(row: Uuid) -> Place<'static> {
    Place { table: "legal_hold", column: "reason", row }
}
