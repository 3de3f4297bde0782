//! What the employee does in a check-in: reads the notice, tests camera and sound, says where
//! they are or not, moves it, refuses it, reports it as unexpected.

use super::{ActResult, Context};
use muster_domain::id::PersonId;
use muster_domain::policy::CadencePolicy;
use muster_domain::time::UtcMillis;
use muster_store::check_ins;
use muster_store::entities::person;
use sea_orm::ConnectionTrait;

/// `check_in.cancel_reason` of a one-tap move within the allowance.
pub const NOT_NOW: &str = "not_now";

/// How many one-tap *not now* the person has left in this calendar quarter of their zone.
pub async fn not_now_left(
    context: &Context,
    db: &impl ConnectionTrait,
    person: &person::Model,
    policy: &CadencePolicy,
) -> ActResult<u8> {
    let zone = super::context::zone_of(person);
    let today = context.now().date_in(&zone);
    let first_month = (today.month() - 1) / 3 * 3 + 1;
    let quarter = jiff::civil::date(today.year(), first_month, 1);
    let since: UtcMillis = muster_domain::time::start_of_day(quarter, &zone);
    let rows = check_ins::of_person(db, PersonId(person.id), 500).await?;
    let used = rows
        .iter()
        .filter(|c| c.start_ms >= since.0 && c.cancel_reason.as_deref() == Some(NOT_NOW))
        .count();
    Ok(policy.allowance.not_now_per_quarter.saturating_sub(used as u8))
}
