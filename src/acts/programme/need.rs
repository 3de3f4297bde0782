//! What the policies will ask for in the coming weeks, by their law, against what verifiers can do.

use crate::acts::policy::PolicyInForce;
use crate::acts::{ActResult, Context};
use jiff::civil::Date;
use jiff::{ToSpan, tz::TimeZone};
use muster_domain::calendar::{HolidayCalendars, WeeklyHours};
use muster_domain::draw::LawFigures;
use muster_domain::id::PersonId;
use muster_domain::person::Role;
use muster_store::entities::{absence, person};
use muster_store::{Whose, holidays, people, policies};
use std::collections::{BTreeMap, HashMap};

/// One coming week, Monday to Sunday.
#[derive(Debug, Clone, PartialEq)]
pub struct Week {
    pub first: Date,
    /// Check-ins that policies will ask for on average.
    pub asked: f64,
    /// Sessions that verifiers who are there may have.
    pub possible: u32,
    /// Days of verifiers who would work and are absent.
    pub verifier_days_absent: u32,
}

/// So many coming weeks, from the next Monday on.
///
/// # Errors
/// A stored policy cannot be read.
pub async fn weeks(context: &Context, number: u8) -> ActResult<Vec<Week>> {
    let db = context.store.read();
    let today = context.now().date_in(&TimeZone::UTC);
    let until_monday = 7 - i64::from(today.weekday().to_monday_zero_offset());
    let monday = today.checked_add(until_monday.days()).unwrap_or(today);
    let last = monday.checked_add((7 * i64::from(number)).days()).unwrap_or(monday);
    let absences =
        people::absences_between(db, &monday.to_string(), &last.to_string(), Whose::Everybody)
            .await?;
    let mut calendar =
        Calendar { holidays: holidays::all(db).await?, known: HashMap::new(), absences };
    let (rates, daily_cap) = rates(context).await?;
    let members = policies::memberships(db).await?;
    let pool: Vec<(person::Model, f64)> = people::active(db)
        .await?
        .into_iter()
        .filter_map(|p| {
            let rate = rates.get(&members.get(&PersonId(p.id))?.policy_version_id).copied()?;
            Some((p, rate))
        })
        .collect();
    let verifiers = people::with_role(db, Role::Verifier).await?;
    let mut weeks = Vec::new();
    for n in 0..i64::from(number) {
        let first = monday.checked_add((7 * n).days()).unwrap_or(monday);
        let mut week = Week { first, asked: 0.0, possible: 0, verifier_days_absent: 0 };
        for offset in 0..7_i64 {
            let date = first.checked_add(offset.days()).unwrap_or(first);
            for (person, rate) in &pool {
                if calendar.is_there(person, date) {
                    week.asked += rate;
                }
            }
            for verifier in &verifiers {
                match (calendar.works(verifier, date), calendar.is_absent(verifier, date)) {
                    (true, false) => week.possible += daily_cap,
                    (true, true) => week.verifier_days_absent += 1,
                    (false, _) => {}
                }
            }
        }
        weeks.push(week);
    }
    Ok(weeks)
}

/// Check-ins an eligible day by policy, and the sessions one verifier may have in a day.
async fn rates(context: &Context) -> ActResult<(BTreeMap<uuid::Uuid, f64>, u32)> {
    let mut rates = BTreeMap::new();
    let mut cap = 0;
    for row in policies::active(context.store.read()).await? {
        let id = row.id;
        let kept = PolicyInForce::read(row)?;
        cap = cap.max(u32::from(kept.policy.verifiers.daily_cap));
        rates.insert(id, 1.0 / LawFigures::of(&kept.table).mean_gap_days);
    }
    Ok((rates, cap))
}

/// Who works on which date; people share hours and holidays, so each is worked out once.
struct Calendar {
    holidays: HolidayCalendars,
    known: HashMap<(String, Option<String>, Date), bool>,
    absences: BTreeMap<PersonId, Vec<absence::Model>>,
}

impl Calendar {
    fn works(&mut self, person: &person::Model, date: Date) -> bool {
        let key = (person.hours.clone(), person.holidays.clone(), date);
        if let Some(known) = self.known.get(&key) {
            return *known;
        }
        let is_holiday =
            person.holidays.as_deref().is_some_and(|code| self.holidays.is_holiday(code, date));
        let works = !is_holiday
            && person
                .hours
                .parse::<WeeklyHours>()
                .is_ok_and(|hours| !hours.on(date.weekday()).is_empty());
        self.known.insert(key, works);
        works
    }

    fn is_absent(&self, person: &person::Model, date: Date) -> bool {
        let date = date.to_string();
        let own = self.absences.get(&PersonId(person.id)).map(Vec::as_slice).unwrap_or_default();
        own.iter().any(|a| a.first_day <= date && date <= a.last_day)
    }

    fn is_there(&mut self, person: &person::Model, date: Date) -> bool {
        self.works(person, date) && !self.is_absent(person, date)
    }
}
