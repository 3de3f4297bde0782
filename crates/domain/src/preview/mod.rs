//! A preview: the year a draft policy would bring, with the real roster, zones, holidays, absences
//! and verifiers, by the product's own eligibility, draw, plan and state, and a key made for the
//! preview alone. Nothing of it is, or tells anything about, a draw that will take place. Pure;
//! loading and drawing pictures are others' business.

mod advice;
mod days;
mod difference;
mod reach;
mod report;
mod run;
mod tally;
#[cfg(test)]
mod tests;
mod uniformity;

pub use difference::{Difference, differences};
pub use reach::{Unreachable, unmet, unreachable};
pub use report::{
    BurdenReport, CalendarDay, GapBin, GapReport, HourLoad, PreviewReport, ShareReport,
    VerifierLoad, VerifierReport,
};
pub use run::Preview;
pub use uniformity::ChiSquare;

use crate::calendar::{DateSpan, HolidayCalendars, SlotTerms, WeeklyHours};
use crate::draw::{Breaks, HazardTable};
use jiff::civil::Date;
use jiff::tz::TimeZone;

/// Longest preview, in weeks.
pub const PREVIEW_WEEKS_MAX: u32 = 104;

/// Somebody who may be drawn or verifies: when they work, what they speak.
#[derive(Debug, Clone)]
pub struct Worker {
    pub employee_id: String,
    /// IANA name.
    pub zone: String,
    pub hours: WeeklyHours,
    /// Code of the holiday calendar, if any.
    pub holiday_code: Option<String>,
    /// Absences already known.
    pub absences: Vec<DateSpan>,
    /// Codes; empty: not declared, anybody will do.
    pub languages: Vec<String>,
}

/// Somebody in a pool.
#[derive(Debug, Clone)]
pub struct PoolMember {
    pub worker: Worker,
    /// Index into the policies.
    pub policy: usize,
    /// Verifiers who must not meet this person (index into the verifiers), their own line for example.
    pub excluded: Vec<usize>,
}

/// A policy as the draw needs it.
#[derive(Debug, Clone)]
pub struct PreviewPolicy {
    pub name: String,
    pub table: HazardTable,
    pub notice_minutes_min: u16,
    pub window_minutes: u16,
    pub turnaround_minutes: u16,
    pub terms: SlotTerms,
    /// Sessions a verifier and day.
    pub daily_cap: u16,
    /// When a verifier's pause is due; absent: never.
    pub breaks: Option<Breaks>,
}

/// Everything a preview depends on.
#[derive(Debug, Clone)]
pub struct PreviewInput {
    /// First local date.
    pub first: Date,
    /// 1 to [`PREVIEW_WEEKS_MAX`].
    pub weeks: u32,
    /// Another number is another year that might come.
    pub seed: u64,
    pub people: Vec<PoolMember>,
    pub verifiers: Vec<Worker>,
    /// All policies that draw, for they share the verifiers.
    pub policies: Vec<PreviewPolicy>,
    /// Whose people the report is about.
    pub watched: Option<usize>,
    pub calendars: HolidayCalendars,
    /// In whose hours the verifiers' load is told.
    pub reader_zone: TimeZone,
}

impl PreviewInput {
    /// The breaks that suit every policy, as the draw gives them to verifiers: the fewest sessions in a
    /// row, the longest pause.
    fn strictest_breaks(&self) -> Option<Breaks> {
        let breaks = self.policies.iter().filter_map(|p| p.breaks);
        breaks.reduce(|a, b| Breaks {
            after_sessions: a.after_sessions.min(b.after_sessions),
            minutes: a.minutes.max(b.minutes),
        })
    }
}
