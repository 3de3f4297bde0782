//! Plans when calendars are read: everybody's, in batches, at fixed times before a label begins. The
//! timetable follows from the roster alone, so that a reading says nothing about anybody.

use crate::engine::Engine;
use jiff::civil::Date;
use muster_domain::id::PersonId;
use muster_domain::person::Role;
use muster_domain::time::{DAY_MS, UtcMillis, start_of_day, zone};
use muster_store::entities::person;
use muster_store::jobs::Job;
use muster_store::{StoreResult, Tx, people, policies};
use sea_orm::ConnectionTrait;
use std::collections::HashSet;

/// People read in one job: small enough that a slow server does not outlast half a lease.
const BATCH: usize = 25;
/// Minutes before a label begins at which calendars are read, and those that failed read again.
const LEAD_MINUTES: [i64; 2] = [40, 15];
/// From the label's first instant: what verifiers of other zones and re-checks of the next day need.
const READ_MS: i64 = 3 * DAY_MS;

/// Plans the readings for one label of a zone, unless it has begun.
pub(in crate::engine) async fn plan(
    engine: &Engine,
    tx: &Tx,
    zone_name: &str,
    label: Date,
) -> StoreResult<()> {
    let Some((from, _)) = span(zone_name, label) else { return Ok(()) };
    if engine.ports.busy.is_none() || from <= engine.now() {
        return Ok(());
    }
    let batches = readers(&**tx, zone_name).await?.len().div_ceil(BATCH) as u32;
    for batch in 0..batches {
        for (again, minutes) in [false, true].into_iter().zip(LEAD_MINUTES) {
            let (zone, label) = (zone_name.to_owned(), label.to_string());
            let job = Job::ReadCalendars { zone, label, batch, again };
            job.plan(tx, from.plus_minutes(-minutes)).await?;
        }
    }
    Ok(())
}

/// What is read for a label: from its first instant, for three days.
pub(in crate::engine) fn span(zone_name: &str, label: Date) -> Option<(UtcMillis, UtcMillis)> {
    let from = start_of_day(label, &zone(zone_name)?);
    Some((from, from.plus_ms(READ_MS)))
}

/// One batch of a zone's people.
pub(in crate::engine) async fn batch(
    db: &impl ConnectionTrait,
    zone_name: &str,
    batch: u32,
) -> StoreResult<Vec<person::Model>> {
    let all = readers(db, zone_name).await?;
    Ok(all.chunks(BATCH).nth(batch as usize).unwrap_or_default().to_vec())
}

/// Everybody whose calendar matters to a draw, in an order that nothing but the roster decides:
/// people in a pool, and verifiers.
async fn readers(db: &impl ConnectionTrait, zone_name: &str) -> StoreResult<Vec<person::Model>> {
    let members = policies::memberships(db).await?;
    let verifiers: HashSet<_> =
        people::with_role(db, Role::Verifier).await?.into_iter().map(|p| p.id).collect();
    let mut readers = people::active(db).await?;
    readers.retain(|p| {
        let is_read = members.contains_key(&PersonId(p.id)) || verifiers.contains(&p.id);
        is_read && p.zone == zone_name
    });
    readers.sort_by(|a, b| a.employee_id.cmp(&b.employee_id));
    Ok(readers)
}
