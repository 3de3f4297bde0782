//! When everybody was met, kept ready in a row a person (`muster_store::coverage`). A check-in counts
//! once its date is over in every zone, and for a year; a row says itself when it has to be looked
//! at again, and a sweep does that.

use super::{ActResult, Context};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use muster_domain::check_in::Outcome;
use muster_domain::time::{DAY_MS, HOUR_MS, UtcMillis};
use muster_store::coverage::{self, Told};
use muster_store::entities::{check_in, coverage as row};
use muster_store::{StoreResult, Tx};
use std::collections::HashMap;
use uuid::Uuid;

/// The last zone (UTC-12) has finished a date twelve hours after UTC has.
const LAST_ZONE_MS: i64 = 12 * HOUR_MS;
const YEAR_MS: i64 = 365 * DAY_MS;
/// Rows of one transaction, so that nobody waits for it long.
const BATCH: u64 = 500;

/// The first date that some zone has not finished: whatever lies before it may be told.
pub fn running(now: UtcMillis) -> String {
    now.plus_ms(-LAST_ZONE_MS).date_in(&TimeZone::UTC).to_string()
}

/// When every zone has finished the date of a label; at once where it is no date.
fn over(label: &str) -> UtcMillis {
    let date: Option<Date> = label.parse().ok();
    let next = date.and_then(|date| date.tomorrow().ok()?.to_zoned(TimeZone::UTC).ok());
    next.map_or(UtcMillis(0), |midnight| {
        UtcMillis(midnight.timestamp().as_millisecond() + LAST_ZONE_MS)
    })
}

/// A check-in has got its outcome.
pub async fn is_judged(tx: &Tx, judged: &check_in::Model) -> StoreResult<()> {
    coverage::is_judged(tx, judged.person(), over(&judged.label)).await
}

/// Looks again at every row that is not true any more. Answers how many there were.
///
/// # Errors
/// Those of the store.
pub async fn refresh(context: &Context) -> ActResult<usize> {
    let (db, now) = (context.store.read(), context.now());
    let mut refreshed = 0;
    while !coverage::due(db, now, 1).await?.is_empty() {
        let tx = context.store.begin().await?;
        let due = coverage::due(&*tx, now, BATCH).await?;
        let ids: Vec<Uuid> = due.iter().map(|row| row.person_id).collect();
        let mut told: HashMap<Uuid, Vec<Told>> = HashMap::new();
        for one in coverage::told(&*tx, &ids, now).await? {
            told.entry(one.person_id).or_default().push(one);
        }
        refreshed += due.len();
        let none = Vec::new();
        let rows = due.into_iter().map(|was| {
            let told = told.get(&was.person_id).unwrap_or(&none);
            known(was, told, now)
        });
        muster_store::save_all(&tx, rows.collect()).await?;
        tx.commit().await?;
        // The pages of one batch are of no use to the next.
        context.store.release_memory().await?;
    }
    Ok(refreshed)
}

/// What is known of one person at `now`, from what their check-ins of a year came to, newest first.
fn known(was: row::Model, told: &[Told], now: UtcMillis) -> row::Model {
    let running = running(now);
    let (closed, open): (Vec<&Told>, Vec<&Told>) = told.iter().partition(|one| one.label < running);
    let is_met = |one: &&&Told| one.outcome == Outcome::Verified.code();
    let is_plain = |one: &&Told| one.outcome != Outcome::Escalated.code();
    let closes = open.iter().map(|one| over(&one.label).0);
    let leaves = closed.last().map(|oldest| oldest.start_ms + YEAR_MS + 1);
    row::Model {
        person_id: was.person_id,
        policy_version_id: was.policy_version_id,
        last_met_ms: closed.iter().find(is_met).map(|one| one.start_ms),
        met_in_year: closed.iter().filter(is_met).count() as i64,
        latest: closed.iter().copied().find(is_plain).map(|one| one.outcome.clone()),
        graver: closed.first().filter(|one| !is_plain(one)).map(|one| one.id),
        due_ms: closes.chain(leaves).min().unwrap_or(i64::MAX),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOON: UtcMillis = UtcMillis(1_780_315_200_000); // 2026-06-01T12:00:00Z

    fn told(label: &str, days_ago: i64, outcome: Outcome) -> Told {
        Told {
            id: Uuid::from_u128(days_ago as u128 + 1),
            person_id: Uuid::nil(),
            label: label.to_owned(),
            start_ms: NOON.0 - days_ago * DAY_MS,
            outcome: outcome.code().to_owned(),
        }
    }

    fn of(told: &[Told], now: UtcMillis) -> row::Model {
        let was = row::Model {
            person_id: Uuid::nil(),
            policy_version_id: None,
            last_met_ms: None,
            met_in_year: 0,
            latest: None,
            graver: None,
            due_ms: 0,
        };
        known(was, told, now)
    }

    #[test]
    fn a_date_counts_once_the_last_zone_has_finished_it() {
        let met = [told("2026-06-01", 0, Outcome::Verified)];
        let today = of(&met, NOON);
        assert_eq!((today.last_met_ms, today.met_in_year, today.latest), (None, 0, None));
        // The first of June is over in UTC-12 at noon of the second in UTC.
        assert_eq!(today.due_ms, NOON.0 + DAY_MS);
        assert_eq!(of(&met, UtcMillis(today.due_ms - 1)).met_in_year, 0);
        let then = of(&met, UtcMillis(today.due_ms));
        assert_eq!((then.last_met_ms, then.met_in_year), (Some(NOON.0), 1));
        assert_eq!(then.latest.as_deref(), Some("verified"));
    }

    #[test]
    fn a_meeting_leaves_the_year_and_the_row_says_when() {
        let met =
            [told("2026-05-20", 12, Outcome::Verified), told("2025-08-01", 304, Outcome::Verified)];
        let row = of(&met, NOON);
        assert_eq!((row.met_in_year, row.due_ms), (2, met[1].start_ms + YEAR_MS + 1));
    }

    #[test]
    fn an_escalated_outcome_hides_behind_the_one_before() {
        let two =
            [told("2026-05-20", 12, Outcome::Escalated), told("2026-05-01", 31, Outcome::Missed)];
        let row = of(&two, NOON);
        assert_eq!((row.latest.as_deref(), row.graver), (Some("missed"), Some(two[0].id)));
        // One that something newer has followed is not the newest for anybody.
        let older = [told("2026-05-25", 7, Outcome::Verified), two[0].clone()];
        assert_eq!(
            (of(&older, NOON).latest.as_deref(), of(&older, NOON).graver),
            (Some("verified"), None)
        );
    }

    #[test]
    fn whoever_was_never_met_is_not_looked_at_again() {
        assert_eq!(of(&[], NOON).due_ms, i64::MAX);
    }
}
