//! The comparison of the coming night is planned as soon as two people were seen.

use crate::engine::Engine;
use jiff::tz::TimeZone;
use muster_domain::linking::WINDOW_DAYS;
use muster_domain::time::{DAY_MS, HOUR_MS, start_of_day};
use muster_store::jobs::Job;
use muster_store::{observations, work};

/// After midnight UTC, when the day before is complete.
const AFTER_MIDNIGHT_MS: i64 = 2 * HOUR_MS + HOUR_MS / 2;

pub(super) async fn plan(engine: &Engine) -> anyhow::Result<()> {
    let store = &engine.context.store;
    let now = engine.now();
    let today = now.date_in(&TimeZone::UTC);
    let begins = start_of_day(today, &TimeZone::UTC).plus_ms(AFTER_MIDNIGHT_MS);
    let date = if now <= begins { today } else { today.tomorrow()? };
    let job = Job::LinkPeople { date: date.to_string() };
    if work::find(store.read(), &job.key()).await?.is_some() {
        return Ok(());
    }
    let since = now.plus_ms(-WINDOW_DAYS * DAY_MS);
    let stands = !muster_store::links::standing(store.read()).await?.is_empty();
    if !stands && !observations::has_two_people(store.read(), since).await? {
        return Ok(());
    }
    let tx = store.begin().await?;
    job.plan(&tx, start_of_day(date, &TimeZone::UTC).plus_ms(AFTER_MIDNIGHT_MS)).await?;
    Ok(tx.commit().await?)
}
