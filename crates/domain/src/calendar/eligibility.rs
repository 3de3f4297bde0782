//! Whether a person may be drawn on a local date, and if so the free slots of that date. The answer
//! is committed before the key of the day exists. A full calendar never makes a day ineligible: that
//! would let people lower their own chance; the plan counts such a day as shielded instead.

use super::holidays::HolidayCalendars;
use super::hours::WeeklyHours;
use super::windows::{SlotRange, SlotTerms, Window, free_slots, is_free};
use crate::time::UtcMillis;
use jiff::{civil::Date, tz::TimeZone};
use serde::{Deserialize, Serialize};

words! {
    /// Why a day is not eligible; the first that holds, in this order.
    pub enum IneligibleClass {
        /// No longer on the roster, or not yet.
        Left = "left",
        /// The programme or this person's part of it is paused.
        Paused = "paused",
        /// No policy draws this person.
        NotInPool = "not_in_pool",
        /// The programme is live for a pilot group this person is not in.
        OutsidePilot = "outside_pilot",
        /// The privacy notice was not delivered yet.
        NoticePending = "notice_pending",
        /// The baseline session neither took place nor passed its deadline.
        BaselinePending = "baseline_pending",
        /// Leave, sickness or another recorded absence.
        Absence = "absence",
        /// A holiday of the person's calendar.
        Holiday = "holiday",
        /// Weekend, or hours too short for notice and session.
        NoHours = "no_hours",
        /// Private blocks declared ahead cover every slot.
        PrivateBlock = "private_block",
    }
}

/// Whole local dates, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct DateSpan {
    pub first: Date,
    pub last: Date,
}

impl DateSpan {
    /// True where the date lies in the span.
    pub fn contains(&self, date: Date) -> bool {
        self.first <= date && date <= self.last
    }
}

/// The answer for one person and one local date.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Eligibility {
    /// May be drawn; there may be few or no free slots left by a full calendar.
    Eligible {
        slots: Vec<SlotRange>,
    },
    Not(IneligibleClass),
}

/// Everything the answer depends on.
#[derive(Debug, Clone)]
pub struct DayQuestion<'a> {
    /// The local date in question and the boundary at which it is asked (its first instant).
    pub label: Date,
    pub t: UtcMillis,
    pub zone: &'a TimeZone,
    pub hours: &'a WeeklyHours,
    pub terms: &'a SlotTerms,
    pub calendars: &'a HolidayCalendars,
    /// Code of the person's holiday calendar, if any.
    pub holiday_code: Option<&'a str>,
    pub absences: &'a [DateSpan],
    /// Private blocks the person declared ahead.
    pub private_blocks: &'a [Window],
    /// Busy times of the shared snapshot.
    pub busy: &'a [Window],
    pub is_on_roster: bool,
    pub is_paused: bool,
    pub is_in_pool: bool,
    pub is_notice_delivered: bool,
    /// The baseline session took place, or its deadline has passed.
    pub is_baseline_settled: bool,
}

/// How the slots of a day came to be: each figure is what is left after one more step. What is said
/// to a person about a day is made from this; nothing in it depends on a key.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DayReasons {
    /// Slots that the weekly hours give on that date.
    pub by_hours: u32,
    /// Without absences and holidays of the dates around.
    pub open: u32,
    /// Without private blocks.
    pub beside_private_blocks: u32,
    /// Without busy times: what was committed.
    pub free: u32,
    /// What the holiday is called, where that is why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub holiday: Option<String>,
    /// Age of the busy times in minutes at the boundary; absent where none were used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub busy_age_minutes: Option<i64>,
}

/// Decides one person's day. Holiday and absence also close the night that begins on such a date
/// and reaches into the next.
pub fn eligibility(q: &DayQuestion<'_>) -> Eligibility {
    explained_eligibility(q).0
}

/// As [`eligibility`], with how it came about. Where a gate or the date itself decides, no slots
/// are counted.
pub fn explained_eligibility(q: &DayQuestion<'_>) -> (Eligibility, DayReasons) {
    let mut reasons = DayReasons::default();
    if let Some(class) = standing(q) {
        return (Eligibility::Not(class), reasons);
    }
    let is_absent = |date: Date| q.absences.iter().any(|a| a.contains(date));
    let holidays = q.holiday_code.and_then(|code| q.calendars.get(code));
    let is_holiday = |date: Date| holidays.is_some_and(|calendar| calendar.contains(date));
    if is_absent(q.label) {
        return (Eligibility::Not(IneligibleClass::Absence), reasons);
    }
    if let Some(name) = holidays.and_then(|calendar| calendar.name_on(q.label)) {
        reasons.holiday = Some(name.to_owned());
        return (Eligibility::Not(IneligibleClass::Holiday), reasons);
    }
    let slots = |busy: &[Window], is_closed: &dyn Fn(Date) -> bool| {
        free_slots(q.hours, q.zone, q.label, q.t, q.terms, busy, is_closed)
    };
    let is_closed = |date: Date| is_absent(date) || is_holiday(date);
    let mut free = slots(&[], &|_| false);
    reasons.by_hours = count(&free);
    let around = [q.label.yesterday(), q.label.tomorrow()];
    let has_closed = around.into_iter().flatten().any(is_closed);
    if has_closed {
        free = slots(&[], &is_closed);
    }
    reasons.open = count(&free);
    if !q.private_blocks.is_empty() {
        free = without(free, q.private_blocks, q.terms);
    }
    reasons.beside_private_blocks = count(&free);
    if !q.busy.is_empty() {
        free = without(free, q.busy, q.terms);
    }
    reasons.free = count(&free);
    // Who took the last slot? A full calendar alone keeps the day eligible.
    let class = if reasons.by_hours == 0 {
        IneligibleClass::NoHours
    } else if reasons.open == 0 {
        match slots(&[], &is_absent).is_empty() {
            true => IneligibleClass::Absence,
            false => IneligibleClass::Holiday,
        }
    } else if reasons.beside_private_blocks == 0 {
        IneligibleClass::PrivateBlock
    } else {
        return (Eligibility::Eligible { slots: free }, reasons);
    };
    (Eligibility::Not(class), reasons)
}

fn count(slots: &[SlotRange]) -> u32 {
    slots.iter().map(|range| range.count() as u32).sum()
}

/// The slots at which the talk would touch none of these times.
pub fn without(slots: Vec<SlotRange>, busy: &[Window], terms: &SlotTerms) -> Vec<SlotRange> {
    let starts = slots.into_iter().flat_map(SlotRange::starts);
    SlotRange::gather(starts.filter(|start| is_free(*start, terms.talk_ms(), busy)))
}

/// What does not depend on the date.
fn standing(q: &DayQuestion<'_>) -> Option<IneligibleClass> {
    let gates = [
        (q.is_on_roster, IneligibleClass::Left),
        (!q.is_paused, IneligibleClass::Paused),
        (q.is_in_pool, IneligibleClass::NotInPool),
        (q.is_notice_delivered, IneligibleClass::NoticePending),
        (q.is_baseline_settled, IneligibleClass::BaselinePending),
    ];
    gates.into_iter().find(|(is_passed, _)| !is_passed).map(|(_, class)| class)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::{start_of_day, zone};
    use jiff::civil::date;

    const TERMS: SlotTerms = SlotTerms {
        notice_minutes_max: 30,
        window_minutes: 10,
        grace_minutes: 5,
        session_minutes: 5,
    };

    /// Asks about a Berlin day with usual hours; the closure changes what matters to the test.
    fn ask(label: Date, hours: &str, change: impl Fn(&mut DayQuestion<'_>)) -> Eligibility {
        let berlin = zone("Europe/Berlin").unwrap();
        let (hours, calendars) = (hours.parse().unwrap(), HolidayCalendars::embedded());
        let mut q = DayQuestion {
            label,
            t: start_of_day(label, &berlin),
            zone: &berlin,
            hours: &hours,
            terms: &TERMS,
            calendars: &calendars,
            holiday_code: Some("DE-BE"),
            absences: &[],
            private_blocks: &[],
            busy: &[],
            is_on_roster: true,
            is_paused: false,
            is_in_pool: true,
            is_notice_delivered: true,
            is_baseline_settled: true,
        };
        change(&mut q);
        eligibility(&q)
    }

    fn not(class: IneligibleClass) -> Eligibility {
        Eligibility::Not(class)
    }

    const WEEK: &str = "Mon-Fri 09:00-17:00";
    const TUESDAY: Date = date(2026, 3, 31);

    #[test]
    fn an_ordinary_working_day_is_eligible() {
        let Eligibility::Eligible { slots } = ask(TUESDAY, WEEK, |_| {}) else { panic!() };
        assert_eq!(slots.iter().map(|s| s.count()).sum::<usize>(), 86); // 09:35 to 16:40
    }

    #[test]
    fn weekend_holiday_and_absence_are_told_apart() {
        assert_eq!(ask(date(2026, 3, 28), WEEK, |_| {}), not(IneligibleClass::NoHours));
        assert_eq!(ask(date(2026, 4, 3), WEEK, |_| {}), not(IneligibleClass::Holiday));
        let leave = [DateSpan { first: date(2026, 3, 30), last: TUESDAY }];
        let with_leave = |d| ask(d, WEEK, |q| q.absences = kept(&leave));
        assert_eq!(with_leave(TUESDAY), not(IneligibleClass::Absence));
        assert!(matches!(with_leave(date(2026, 4, 1)), Eligibility::Eligible { .. }));
    }

    /// The closure of `ask` is generic over the question's lifetime, so fixtures are leaked.
    fn kept<T: Clone>(items: &[T]) -> &'static [T] {
        Box::leak(items.to_vec().into_boxed_slice())
    }

    #[test]
    fn the_gates_come_first_and_in_order() {
        let got = ask(TUESDAY, WEEK, |q| {
            q.is_in_pool = false;
            q.is_baseline_settled = false;
        });
        assert_eq!(got, not(IneligibleClass::NotInPool));
        assert_eq!(ask(TUESDAY, WEEK, |q| q.is_paused = true), not(IneligibleClass::Paused));
        let got = ask(TUESDAY, WEEK, |q| q.is_notice_delivered = false);
        assert_eq!(got, not(IneligibleClass::NoticePending));
        assert_eq!(ask(TUESDAY, WEEK, |q| q.is_on_roster = false), not(IneligibleClass::Left));
    }

    #[test]
    fn a_full_calendar_leaves_the_day_eligible_but_a_private_block_does_not() {
        let whole = Window { start: UtcMillis(0), end: UtcMillis(4_000_000_000_000) };
        let full = ask(TUESDAY, WEEK, |q| q.busy = kept(&[whole]));
        assert_eq!(full, Eligibility::Eligible { slots: vec![] });
        let private = ask(TUESDAY, WEEK, |q| q.private_blocks = kept(&[whole]));
        assert_eq!(private, not(IneligibleClass::PrivateBlock));
    }

    #[test]
    fn the_second_half_of_a_night_follows_the_date_on_which_it_began() {
        // Good Friday 2026-04-03: the night from Friday to Saturday is not worked.
        let night = "Fri 22:00-06:00";
        assert_eq!(ask(date(2026, 4, 4), night, |_| {}), not(IneligibleClass::Holiday));
        assert!(matches!(ask(date(2026, 4, 11), night, |_| {}), Eligibility::Eligible { .. }));
    }
}
