//! Reads what a preview depends on: draft, policies in force, roster, absences, verifiers.

use super::Prepared;
use crate::acts::lines::Lines;
use crate::acts::policy::membership::{Everybody, active_policy};
use crate::acts::policy::{self, PolicyInForce};
use crate::acts::{ActError, ActResult, Context};
use jiff::tz::TimeZone;
use jiff::{ToSpan, civil::Date};
use muster_domain::calendar::{DateSpan, HolidayCalendars, SlotTerms, WeeklyHours};
use muster_domain::draw::{Breaks, HazardTable};
use muster_domain::id::PersonId;
use muster_domain::person::Role;
use muster_domain::policy::{ActivePolicy, CadencePolicy, Verifiers, assign, changes};
use muster_domain::preview::{
    self, PREVIEW_WEEKS_MAX, PoolMember, PreviewInput, PreviewPolicy, Worker,
};
use muster_messages::language::say;
use muster_messages::t;
use muster_store::entities::{absence, person, policy_version};
use muster_store::{Whose, holidays, people, policies};
use sea_orm::ConnectionTrait;
use std::collections::BTreeMap;

/// Reads everything for a preview of this text, from tomorrow on. `zone` is the reader's.
///
/// # Errors
/// `Invalid` with every fault of the text, or of weeks out of range.
pub async fn prepare(
    context: &Context,
    text: &str,
    weeks: u32,
    seed: u64,
    zone: TimeZone,
) -> ActResult<Prepared> {
    if !(1..=PREVIEW_WEEKS_MAX).contains(&weeks) {
        let sentence =
            t!("{weeks} weeks: it must be from 1 to {max}", weeks, max = PREVIEW_WEEKS_MAX);
        return Err(ActError::invalid("weeks", &sentence));
    }
    let db = context.store.read();
    let draft = policy::lint(text, &policy::attribute_names(db).await?)?;
    let in_force = in_force(db).await?;
    let first = tomorrow(context, &zone);
    let company = Company::load(db, first, weeks).await?;
    let base = PreviewInput { seed, ..company.base(first, weeks, zone) };
    let name = &draft.parsed.policy.name;
    let old = in_force.iter().position(|(filter, _)| filter.name == *name);
    let today: Vec<Drawing<'_>> = in_force.iter().map(Drawing::of).collect();
    let mut then: Vec<Drawing<'_>> =
        in_force.iter().filter(|(filter, _)| filter.name != *name).map(Drawing::of).collect();
    then.push(Drawing {
        filter: ActivePolicy { name: name.clone(), filter: draft.parsed.filter.clone() },
        policy: &draft.parsed.policy,
        table: &draft.lint.table,
    });
    let watched = then.len() - 1;
    let (after, overlaps) = company.input(&base, &then, Some(watched));
    let before = (!today.is_empty()).then(|| company.input(&base, &today, old).0);
    let changes = match old {
        Some(old) => changes(&in_force[old].1.policy, &draft.parsed.policy),
        None => Vec::new(),
    };
    let before = before.filter(|_| old.is_some());
    let draft = draft
        .for_people(Some(after.people.iter().filter(|m| m.policy == watched).count() as u32))?;
    Ok(Prepared { draft, after, before, changes, overlaps })
}

fn tomorrow(context: &Context, zone: &TimeZone) -> Date {
    let today = context.now().date_in(zone);
    today.tomorrow().unwrap_or(today)
}

/// Every policy in force.
async fn in_force(db: &impl ConnectionTrait) -> ActResult<Vec<(ActivePolicy, PolicyInForce)>> {
    let rows = policies::active(db).await?;
    rows.into_iter().map(|row| Ok((active_policy(&row)?, PolicyInForce::read(row)?))).collect()
}

/// What to change so that everybody whom one version draws can be met, beside the other policies in
/// force: sentences, none where nothing is missing. Nobody is drawn for it.
///
/// # Errors
/// A stored policy cannot be read.
pub async fn unmet(
    context: &Context,
    db: &impl ConnectionTrait,
    version: &policy_version::Model,
) -> ActResult<Vec<String>> {
    let mut then = in_force(db).await?;
    then.retain(|(filter, _)| filter.name != version.name);
    then.push((active_policy(version)?, PolicyInForce::read(version.clone())?));
    let first = tomorrow(context, &TimeZone::UTC);
    let company = Company::load(db, first, 0).await?;
    let base = company.base(first, 0, TimeZone::UTC);
    let drawing: Vec<Drawing<'_>> = then.iter().map(Drawing::of).collect();
    let (input, _) = company.input(&base, &drawing, Some(then.len() - 1));
    Ok(preview::unmet(&input).iter().map(say).collect())
}

/// One policy that draws.
struct Drawing<'a> {
    filter: ActivePolicy,
    policy: &'a CadencePolicy,
    table: &'a HazardTable,
}

impl Drawing<'_> {
    fn of((filter, kept): &(ActivePolicy, PolicyInForce)) -> Drawing<'_> {
        Drawing { filter: filter.clone(), policy: &kept.policy, table: &kept.table }
    }

    fn preview(&self) -> PreviewPolicy {
        let clock = &self.policy.clock;
        PreviewPolicy {
            name: self.policy.name.clone(),
            table: self.table.clone(),
            notice_minutes_min: clock.notice_minutes_min,
            window_minutes: clock.window_minutes,
            turnaround_minutes: clock.turnaround_minutes,
            terms: SlotTerms {
                notice_minutes_max: clock.notice_minutes_max,
                window_minutes: clock.window_minutes,
                grace_minutes: clock.grace_minutes,
                session_minutes: clock.session_minutes,
            },
            daily_cap: self.policy.verifiers.daily_cap,
            breaks: breaks(&self.policy.verifiers),
        }
    }
}

fn breaks(verifiers: &Verifiers) -> Option<Breaks> {
    (verifiers.break_minutes > 0).then_some(Breaks {
        after_sessions: verifiers.break_after_sessions,
        minutes: verifiers.break_minutes,
    })
}

/// The people, read once.
struct Company {
    lines: Lines,
    verifiers: Vec<person::Model>,
    everybody: Everybody,
    absences: BTreeMap<PersonId, Vec<absence::Model>>,
    calendars: HolidayCalendars,
}

impl Company {
    async fn load(db: &impl ConnectionTrait, first: Date, weeks: u32) -> ActResult<Company> {
        let until = first.checked_add((7 * i64::from(weeks)).days()).unwrap_or(first);
        let since = first.yesterday().unwrap_or(first);
        let mut verifiers = people::with_role(db, Role::Verifier).await?;
        verifiers.retain(|v| v.hours.parse::<WeeklyHours>().is_ok());
        Ok(Company {
            lines: Lines::of(&people::active(db).await?),
            verifiers,
            everybody: Everybody::load(db).await?,
            absences: people::absences_between(
                db,
                &since.to_string(),
                &until.to_string(),
                Whose::Everybody,
            )
            .await?,
            calendars: holidays::all(db).await?,
        })
    }

    /// The verifiers and the span, without anybody in a pool.
    fn base(&self, first: Date, weeks: u32, reader_zone: TimeZone) -> PreviewInput {
        PreviewInput {
            first,
            weeks,
            seed: 0,
            people: Vec::new(),
            verifiers: self.verifiers.iter().filter_map(|p| self.worker(p)).collect(),
            policies: Vec::new(),
            watched: None,
            calendars: self.calendars.clone(),
            reader_zone,
        }
    }

    /// Everybody in the one policy that matches them, and who is matched twice.
    fn input(
        &self,
        base: &PreviewInput,
        drawing: &[Drawing<'_>],
        watched: Option<usize>,
    ) -> (PreviewInput, Vec<String>) {
        let filters: Vec<ActivePolicy> = drawing.iter().map(|d| d.filter.clone()).collect();
        let assignment = assign(&self.everybody.attributes, &filters);
        let mut members = Vec::new();
        for (employee_id, assigned) in &assignment.assigned {
            let Some((person, _)) = self.everybody.of(employee_id) else { continue };
            let Some(worker) = self.worker(person) else { continue };
            let barred = |(_, v): &(usize, &person::Model)| self.lines.bars(person.id, v.id);
            members.push(PoolMember {
                worker,
                policy: assigned.policy,
                excluded: self
                    .verifiers
                    .iter()
                    .enumerate()
                    .filter(barred)
                    .map(|(n, _)| n)
                    .collect(),
            });
        }
        let overlaps = assignment.overlaps.into_iter().map(|o| o.employee_id).collect();
        let input = PreviewInput {
            people: members,
            policies: drawing.iter().map(Drawing::preview).collect(),
            watched,
            ..base.clone()
        };
        (input, overlaps)
    }

    /// `None`: hours that cannot be read, which an import refuses.
    fn worker(&self, person: &person::Model) -> Option<Worker> {
        let absences = self.absences.get(&PersonId(person.id)).into_iter().flatten();
        let span = |a: &absence::Model| {
            Some(DateSpan { first: a.first_day.parse().ok()?, last: a.last_day.parse().ok()? })
        };
        Some(Worker {
            employee_id: person.employee_id.clone(),
            zone: person.zone.clone(),
            hours: person.hours.parse().ok()?,
            holiday_code: person.holidays.clone(),
            absences: absences.filter_map(span).collect(),
            languages: person.languages.split_whitespace().map(str::to_owned).collect(),
        })
    }
}
