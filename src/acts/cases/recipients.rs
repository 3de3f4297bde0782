//! Who a step of a case reaches today, and when those people work.

use crate::acts::context::zone_of;
use crate::acts::{ActResult, Context};
use muster_domain::calendar::{HolidayCalendars, WeeklyHours, windows_on};
use muster_domain::escalation::{RecipientKind, Step};
use muster_domain::id::PersonId;
use muster_domain::person::Role;
use muster_domain::time::{DAY_MS, MINUTE_MS, UtcMillis};
use muster_store::entities::person;
use muster_store::{Tx, delegations, holidays, people};
use std::collections::BTreeMap;

/// Days looked ahead for working time; longer closures do not put a step off.
const DAYS_MAX: i64 = 15;

/// The people of one kind, never the person the case is about. Where a kind has nobody, HR is
/// told, then security, then the administrators: a step is never lost.
pub async fn of(
    context: &Context,
    tx: &Tx,
    kind: RecipientKind,
    step: Option<&Step>,
    subject: &person::Model,
) -> ActResult<Vec<person::Model>> {
    let found = named(context, tx, kind, step, subject).await?;
    if !found.is_empty() {
        return Ok(found);
    }
    for role in [Role::Hr, Role::Security, Role::Admin] {
        let found = others(people::with_role(&**tx, role).await?, subject);
        if !found.is_empty() {
            return Ok(found);
        }
    }
    Ok(Vec::new())
}

async fn named(
    context: &Context,
    tx: &Tx,
    kind: RecipientKind,
    step: Option<&Step>,
    subject: &person::Model,
) -> ActResult<Vec<person::Model>> {
    let line = people::line_of(&**tx, subject).await?;
    let found = match kind {
        RecipientKind::Manager => first_present(context, tx, &line, subject).await?,
        RecipientKind::ManagersManager => {
            first_present(context, tx, line.get(1..).unwrap_or_default(), subject).await?
        }
        RecipientKind::Hr => people::with_role(&**tx, Role::Hr).await?,
        RecipientKind::Security => people::with_role(&**tx, Role::Security).await?,
        RecipientKind::Named => {
            let mut found = Vec::new();
            for id in step.map(|s| s.named.as_slice()).unwrap_or_default() {
                found.extend(
                    people::by_employee_id(&**tx, id).await?.filter(|p| p.state == "active"),
                );
            }
            found
        }
    };
    Ok(others(found, subject))
}

/// The nearest of a line who is on the roster and not away today, or who stands in for them.
async fn first_present(
    context: &Context,
    tx: &Tx,
    line: &[PersonId],
    subject: &person::Model,
) -> ActResult<Vec<person::Model>> {
    for id in line {
        if let Some(delegation) = delegations::running_of(&**tx, *id).await?
            && delegation.delegate_id != subject.id
            && let Some(person) = present(context, tx, delegation.delegate()).await?
        {
            return Ok(vec![person]);
        }
        if let Some(person) = present(context, tx, *id).await? {
            return Ok(vec![person]);
        }
    }
    Ok(Vec::new())
}

/// Somebody who is on the roster and not absent today.
async fn present(context: &Context, tx: &Tx, id: PersonId) -> ActResult<Option<person::Model>> {
    let Some(person) = people::find(&**tx, id).await?.filter(|p| p.state == "active") else {
        return Ok(None);
    };
    let today = context.now().date_in(&zone_of(&person)).to_string();
    let absences = people::absences(&**tx, id).await?;
    let is_away = absences.iter().any(|a| a.first_day <= today && today <= a.last_day);
    Ok((!is_away).then_some(person))
}

fn others(mut people: Vec<person::Model>, subject: &person::Model) -> Vec<person::Model> {
    people.retain(|p| p.id != subject.id);
    people
}

/// When the recipients of every kind work, read once for one decision.
pub struct WorkingTime {
    kinds: BTreeMap<RecipientKind, Vec<Worker>>,
}

struct Worker {
    hours: WeeklyHours,
    zone: jiff::tz::TimeZone,
    closed: Vec<jiff::civil::Date>,
}

impl WorkingTime {
    pub async fn load(
        context: &Context,
        tx: &Tx,
        steps: &[Step],
        subject: &person::Model,
    ) -> ActResult<WorkingTime> {
        let calendars = holidays::all(&**tx).await?;
        let mut kinds = BTreeMap::new();
        for kind in RecipientKind::ALL {
            let step = steps.iter().find(|s| s.recipient == *kind);
            let mut workers = Vec::new();
            for person in of(context, tx, *kind, step, subject).await? {
                let Ok(hours) = person.hours.parse::<WeeklyHours>() else { continue };
                let zone = zone_of(&person);
                let closed = closed_days(context, &calendars, &person, &zone);
                workers.push(Worker { hours, zone, closed });
            }
            kinds.insert(*kind, workers);
        }
        Ok(WorkingTime { kinds })
    }

    /// The instant that lies so many working minutes of the first of them after `from`.
    pub fn after(&self, kind: RecipientKind, from: UtcMillis, minutes: u32) -> UtcMillis {
        let workers = self.kinds.get(&kind).map(Vec::as_slice).unwrap_or_default();
        let plain = from.plus_minutes(i64::from(minutes));
        workers.iter().filter_map(|w| w.after(from, minutes)).min().unwrap_or(plain)
    }
}

impl Worker {
    fn after(&self, from: UtcMillis, minutes: u32) -> Option<UtcMillis> {
        let mut left_ms = i64::from(minutes) * MINUTE_MS;
        let mut date = from.plus_ms(-DAY_MS).date_in(&self.zone);
        for _ in 0..DAYS_MAX {
            let is_closed = self.closed.contains(&date);
            for window in windows_on(&self.hours, &self.zone, date) {
                let start = window.start.max(from);
                if is_closed || window.end <= start {
                    continue;
                }
                let span_ms = window.end.since(start);
                if left_ms < span_ms {
                    return Some(start.plus_ms(left_ms));
                }
                left_ms -= span_ms;
            }
            date = date.tomorrow().ok()?;
        }
        None
    }
}

fn closed_days(
    context: &Context,
    calendars: &HolidayCalendars,
    person: &person::Model,
    zone: &jiff::tz::TimeZone,
) -> Vec<jiff::civil::Date> {
    let Some(code) = person.holidays.as_deref() else { return Vec::new() };
    let mut date = context.now().plus_ms(-DAY_MS).date_in(zone);
    let mut closed = Vec::new();
    for _ in 0..=DAYS_MAX {
        if calendars.is_holiday(code, date) {
            closed.push(date);
        }
        let Ok(next) = date.tomorrow() else { break };
        date = next;
    }
    closed
}
