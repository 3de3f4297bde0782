//! Disruptions: many people of one zone who are missing within an hour point to a power cut, a
//! network, a public event, and not to themselves (DESIGN section 7). Their check-ins become void;
//! HR and security get one notice, and the page names everybody, so that cases opened before it
//! showed can be excused, and a crowd that stays away on purpose is seen as one.

use super::notify::{self, About, Notice};
use super::office::holders_of;
use super::{ActResult, Context};
use muster_domain::access::Act;
use muster_domain::time::{HOUR_MS, UtcMillis};
use muster_messages::mail::DisruptionNotice;
use muster_messages::mail::line::Line;
use muster_messages::mail::times::city_of;
use muster_messages::t;
use muster_store::entities::{check_in, disruption, person};
use muster_store::work::Lane;
use muster_store::{Tx, check_ins, disruptions, evidence, people};
use sea_orm::ConnectionTrait;

/// So many people of one zone missing within an hour, and more than half of all, are one disruption.
const MISSING_MIN: usize = 5;

/// A check-in of the zone whose time to join has passed.
pub struct Due {
    pub check_in: check_in::Model,
    pub person: person::Model,
    /// Nobody saw the person at the page or in the room.
    pub is_missing: bool,
}

/// Check-ins of a zone that begin in this time, cancelled ones left out.
pub async fn due_between(
    db: &impl ConnectionTrait,
    zone: &str,
    from: UtcMillis,
    until: UtcMillis,
    now: UtcMillis,
) -> ActResult<Vec<Due>> {
    let mut due = Vec::new();
    for check_in in check_ins::between(db, from, until).await? {
        if check_in.clocks().grace_end() > now || check_in.cancelled_ms.is_some() {
            continue;
        }
        let person = people::get(db, check_in.person()).await?;
        if person.zone != zone {
            continue;
        }
        let seen = evidence::attendance(db, check_in.check_in_id()).await?;
        let is_missing = !seen.iter().any(|s| s.who == "employee");
        due.push(Due { check_in, person, is_missing });
    }
    Ok(due)
}

/// Whether this many missing are a disruption.
pub fn is_shared(due: &[Due]) -> bool {
    let missing = due.iter().filter(|d| d.is_missing).count();
    missing >= MISSING_MIN && missing * 2 > due.len()
}

/// The hour before and after a check-in, as a time its neighbours begin in.
pub fn hour_around(check_in: &check_in::Model) -> (UtcMillis, UtcMillis) {
    (UtcMillis(check_in.start_ms - HOUR_MS), UtcMillis(check_in.start_ms + HOUR_MS))
}

/// A check-in was judged as part of a disruption: the first begins the notice, others widen it.
///
/// # Errors
/// Those of the store and of rendering.
pub async fn note(
    context: &Context,
    tx: &Tx,
    check_in: &check_in::Model,
    person: &person::Model,
) -> ActResult<()> {
    let (from, until) = hour_around(check_in);
    let now = context.now();
    let due = due_between(&**tx, &person.zone, from, until, now).await?;
    let missing: Vec<&Due> = due.iter().filter(|d| d.is_missing).collect();
    let starts = || missing.iter().map(|d| d.check_in.start_ms);
    let first = UtcMillis(starts().min().unwrap_or(check_in.start_ms));
    let last = UtcMillis(starts().max().unwrap_or(check_in.start_ms));
    if let Some(row) = disruptions::touching(&**tx, &person.zone, from, until).await? {
        let (from_ms, until_ms) = (row.from_ms.min(first.0), row.until_ms.max(last.0));
        return Ok(muster_store::save(tx, disruption::Model { from_ms, until_ms, ..row }).await?);
    }
    let row = disruptions::begin(tx, &person.zone, first, last, now).await?;
    for recipient in holders_of(tx, Act::ResolveCase, &[]).await? {
        let reader = context.reader(&recipient);
        let city = city_of(&super::context::zone_of(person));
        let message = notify::worded(context, &recipient, || DisruptionNotice {
            frame: context.frame(&recipient),
            number: row.no as u64,
            shared: Line::new(&t!("the time zone of {city}", city)),
            check_ins: missing.len() as u32,
            from: reader.moment(first),
            until: reader.moment(last),
            page: context.page(&format!("/disruptions/{}", row.no)),
        });
        let notice = Notice {
            about: About::Office(row.id),
            step: "disruption",
            is_first: true,
            recipient: &recipient,
            every_channel: false,
            lane: Lane::Escalation,
            even_in_shadow: false,
        };
        notify::queue(context, tx, &notice, &message).await?;
    }
    Ok(())
}
