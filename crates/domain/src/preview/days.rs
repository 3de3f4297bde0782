//! Days of people and verifiers, by the product's own rules, computed once for all who work the same:
//! zone, hours, holidays and terms decide a day, unless an absence lies near.

use super::{PreviewInput, Worker};
use crate::calendar::{
    DayQuestion, Eligibility, HolidayCalendars, SlotRange, SlotTerms, eligibility, verifier_slots,
};
use crate::time::UtcMillis;
use jiff::{civil::Date, tz::TimeZone};
use std::collections::HashMap;
use std::rc::Rc;

/// People who work the same under the same terms.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Kind {
    zone: String,
    hours: String,
    holiday_code: Option<String>,
    terms: usize,
}

/// A day of one kind: eligible with these slots, or not.
pub(super) type Day = Option<Rc<[SlotRange]>>;

/// Who works the same as whom.
pub(super) struct Days<'a> {
    calendars: &'a HolidayCalendars,
    kinds: HashMap<Kind, usize>,
    known: HashMap<(usize, Date), Day>,
}

impl<'a> Days<'a> {
    pub(super) fn new(calendars: &'a HolidayCalendars) -> Days<'a> {
        Days { calendars, kinds: HashMap::new(), known: HashMap::new() }
    }

    /// The number of a worker's kind; `terms` is any number that stands for the terms.
    pub(super) fn kind(&mut self, worker: &Worker, terms: usize) -> usize {
        let kind = Kind {
            zone: worker.zone.clone(),
            hours: worker.hours.to_string(),
            holiday_code: worker.holiday_code.clone(),
            terms,
        };
        let next = self.kinds.len();
        *self.kinds.entry(kind).or_insert(next)
    }

    /// Whether and when somebody is free on a date.
    pub(super) fn day(
        &mut self,
        kind: usize,
        worker: &Worker,
        zone: &TimeZone,
        terms: &SlotTerms,
        (label, t): (Date, UtcMillis),
    ) -> Day {
        let calendars = self.calendars;
        let ask = || {
            let question = DayQuestion {
                label,
                t,
                zone,
                hours: &worker.hours,
                terms,
                calendars,
                holiday_code: worker.holiday_code.as_deref(),
                absences: &worker.absences,
                private_blocks: &[],
                busy: &[],
                is_on_roster: true,
                is_paused: false,
                is_in_pool: true,
                is_notice_delivered: true,
                is_baseline_settled: true,
            };
            match eligibility(&question) {
                Eligibility::Eligible { slots } => Some(slots.into()),
                Eligibility::Not(_) => None,
            }
        };
        if is_away_near(worker, label) {
            return ask();
        }
        self.known.entry((kind, label)).or_insert_with(ask).clone()
    }

    /// The slots a verifier offers on a date of their own.
    pub(super) fn desk(
        &mut self,
        kind: usize,
        worker: &Worker,
        zone: &TimeZone,
        terms: &SlotTerms,
        label: Date,
    ) -> Rc<[SlotRange]> {
        let ask = || offered(worker, zone, terms, self.calendars, label).into();
        if is_away_near(worker, label) {
            return ask();
        }
        self.known.entry((kind, label)).or_insert_with(|| Some(ask())).clone().unwrap_or_default()
    }

    /// Days before this date are not asked about again.
    pub(super) fn forget_before(&mut self, date: Date) {
        self.known.retain(|(_, label), _| *label >= date);
    }
}

fn offered(
    worker: &Worker,
    zone: &TimeZone,
    terms: &SlotTerms,
    calendars: &HolidayCalendars,
    label: Date,
) -> Vec<SlotRange> {
    let is_closed = |date: Date| {
        worker.absences.iter().any(|a| a.contains(date))
            || worker.holiday_code.as_deref().is_some_and(|code| calendars.is_holiday(code, date))
    };
    verifier_slots(&worker.hours, zone, label, terms, &[], is_closed)
}

/// An absence on the day before, on it or after: the night between may be closed.
fn is_away_near(worker: &Worker, label: Date) -> bool {
    let from = label.yesterday().unwrap_or(label);
    let to = label.tomorrow().unwrap_or(label);
    worker.absences.iter().any(|a| a.first <= to && from <= a.last)
}

/// Terms that fit a session of any policy, as the draw takes them for verifiers.
pub(super) fn widest_terms(input: &PreviewInput) -> Option<SlotTerms> {
    input.policies.iter().map(|p| p.terms).max_by_key(|t| t.tail_ms())
}

/// The zone of a worker; UTC stands in for an unknown one, which a roster never has.
pub(super) fn zone_of(worker: &Worker) -> TimeZone {
    crate::time::zone(&worker.zone).unwrap_or(TimeZone::UTC)
}
