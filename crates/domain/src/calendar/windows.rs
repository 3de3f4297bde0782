//! Windows: weekly hours as real instants on a date, and the five-minute slots inside them. A
//! window holds exactly the instants whose wall clock lies in the span: times skipped by a clock
//! change give nothing, repeated times count twice.

use super::hours::WeeklyHours;
use crate::time::{DAY_MS, MINUTE_MS, UtcMillis};
use jiff::{civil::Date, tz::TimeZone};
use serde::{Deserialize, Serialize};

/// Length of a slot, and the grid of slot starts in UTC.
pub const SLOT_MS: i64 = 5 * MINUTE_MS;

const DAY_MINUTES: u16 = 24 * 60;

/// The check-in is inserted this long before its first message may leave.
pub const ANNOUNCE_MARGIN_MS: i64 = 2 * MINUTE_MS;

/// The plan of a boundary exists this long after it.
pub const PLAN_DELAY_MS: i64 = 120_000;

/// A half-open stretch of time, `start <= x < end`. Also used for busy times.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Window {
    pub start: UtcMillis,
    pub end: UtcMillis,
}

/// Slot starts `first, first + 5 min, ...`, all before `end`. Stored as `[first_ms, end_ms]`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(into = "[i64; 2]", from = "[i64; 2]")]
pub struct SlotRange {
    pub first: UtcMillis,
    pub end: UtcMillis,
}

/// What of a policy decides which slots fit into a window. All minutes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct SlotTerms {
    pub notice_minutes_max: u16,
    pub window_minutes: u16,
    pub grace_minutes: u16,
    pub session_minutes: u16,
}

impl SlotTerms {
    /// Time before the start that must lie in the window: largest notice and the margin.
    pub fn lead_ms(&self) -> i64 {
        i64::from(self.notice_minutes_max) * MINUTE_MS + ANNOUNCE_MARGIN_MS
    }

    /// Time after the start that must lie in the window: whoever joins at the last moment still
    /// finishes inside it.
    pub fn tail_ms(&self) -> i64 {
        let minutes = self.window_minutes + self.grace_minutes + self.session_minutes;
        i64::from(minutes) * MINUTE_MS
    }

    /// Time from the start that must not be busy: the talk itself, at least a slot.
    pub fn talk_ms(&self) -> i64 {
        (i64::from(self.session_minutes) * MINUTE_MS).max(SLOT_MS)
    }
}

impl SlotRange {
    /// The slot starts of this range.
    pub fn starts(self) -> impl Iterator<Item = UtcMillis> {
        (self.first.0..self.end.0).step_by(SLOT_MS as usize).map(UtcMillis)
    }

    /// True where a session may start at this instant.
    pub fn contains(self, start: UtcMillis) -> bool {
        self.first <= start && start < self.end && (start.0 - self.first.0) % SLOT_MS == 0
    }

    /// How many slots there are.
    pub fn count(self) -> usize {
        ((self.end.0 - self.first.0).max(0) as usize).div_ceil(SLOT_MS as usize)
    }

    /// Ranges over slot starts that are sorted and on the grid.
    pub fn gather(starts: impl IntoIterator<Item = UtcMillis>) -> Vec<SlotRange> {
        let mut ranges: Vec<SlotRange> = Vec::new();
        for start in starts {
            match ranges.last_mut() {
                Some(last) if last.end == start => last.end = start.plus_ms(SLOT_MS),
                _ => ranges.push(SlotRange { first: start, end: start.plus_ms(SLOT_MS) }),
            }
        }
        ranges
    }
}

impl From<SlotRange> for [i64; 2] {
    fn from(r: SlotRange) -> [i64; 2] {
        [r.first.0, r.end.0]
    }
}

impl From<[i64; 2]> for SlotRange {
    fn from([first, end]: [i64; 2]) -> SlotRange {
        SlotRange { first: UtcMillis(first), end: UtcMillis(end) }
    }
}

/// The windows that start on this local date, in order; touching ones are joined.
pub fn windows_on(hours: &WeeklyHours, zone: &TimeZone, date: Date) -> Vec<Window> {
    let spans = hours.on(date.weekday()).iter();
    let found = spans.flat_map(|s| instants(zone, date, s.start_minute, s.end_minute));
    join(found.collect())
}

/// Exactly the instants whose wall clock lies in `start_minute..end_minute` of a local date.
pub(super) fn instants(
    zone: &TimeZone,
    date: Date,
    start_minute: u16,
    end_minute: u16,
) -> Vec<Window> {
    let midnight = civil_ms(date);
    let from = midnight + i64::from(start_minute) * MINUTE_MS;
    let to = midnight + i64::from(end_minute) * MINUTE_MS;
    let clip = |(segment, offset_ms): (Window, i64)| {
        let start = (from - offset_ms).max(segment.start.0);
        let end = (to - offset_ms).min(segment.end.0);
        (start < end).then_some(Window { start: UtcMillis(start), end: UtcMillis(end) })
    };
    segments(zone, from - DAY_MS, to + DAY_MS).into_iter().filter_map(clip).collect()
}

/// True where the slot start lies on the local date these instants make up.
fn is_on(date: &[Window], start: UtcMillis) -> bool {
    date.iter().any(|w| w.start <= start && start < w.end)
}

/// The free slots of a person on the date `label`: starts on the five-minute UTC grid for which
/// announcement, joining and session lie in one window, whose own local date is `label`, which are
/// not busy, and which are announced no earlier than two minutes after the boundary `t`.
///
/// `is_closed` says which dates give no window (holiday, absence): windows that start on the day
/// before reach past midnight, so it is asked about that date and the next one too.
pub fn free_slots(
    hours: &WeeklyHours,
    zone: &TimeZone,
    label: Date,
    t: UtcMillis,
    terms: &SlotTerms,
    busy: &[Window],
    is_closed: impl Fn(Date) -> bool,
) -> Vec<SlotRange> {
    let windows = windows_around(hours, zone, label, is_closed);
    let date = instants(zone, label, 0, DAY_MINUTES);
    let earliest = t.plus_ms(PLAN_DELAY_MS + terms.lead_ms());
    let starts = slots_inside(&windows, terms.lead_ms(), terms.tail_ms())
        .filter(|&s| s >= earliest && is_on(&date, s) && is_free(s, terms.talk_ms(), busy));
    SlotRange::gather(starts)
}

/// The slots at which a verifier may start a session on his local date `label`: joining and session
/// lie in one of his windows and he is not busy during the talk. No notice is needed.
pub fn verifier_slots(
    hours: &WeeklyHours,
    zone: &TimeZone,
    label: Date,
    terms: &SlotTerms,
    busy: &[Window],
    is_closed: impl Fn(Date) -> bool,
) -> Vec<SlotRange> {
    let windows = windows_around(hours, zone, label, is_closed);
    let date = instants(zone, label, 0, DAY_MINUTES);
    let starts = slots_inside(&windows, 0, terms.tail_ms())
        .filter(|&s| is_on(&date, s) && is_free(s, terms.talk_ms(), busy));
    SlotRange::gather(starts)
}

fn windows_around(
    hours: &WeeklyHours,
    zone: &TimeZone,
    label: Date,
    is_closed: impl Fn(Date) -> bool,
) -> Vec<Window> {
    let dates = [label.yesterday().ok(), Some(label), label.tomorrow().ok()];
    let open = dates.into_iter().flatten().filter(|&date| !is_closed(date));
    join(open.flat_map(|date| windows_on(hours, zone, date)).collect())
}

fn slots_inside(
    windows: &[Window],
    lead_ms: i64,
    tail_ms: i64,
) -> impl Iterator<Item = UtcMillis> + '_ {
    windows.iter().flat_map(move |w| {
        let first = ceil_to_slot(w.start.0 + lead_ms);
        let last = w.end.0 - tail_ms;
        (first..=last).step_by(SLOT_MS as usize).map(UtcMillis)
    })
}

pub(super) fn is_free(start: UtcMillis, talk_ms: i64, busy: &[Window]) -> bool {
    let end = start.plus_ms(talk_ms);
    !busy.iter().any(|b| b.start < end && start < b.end)
}

fn ceil_to_slot(ms: i64) -> i64 {
    ms.div_euclid(SLOT_MS) * SLOT_MS + if ms.rem_euclid(SLOT_MS) == 0 { 0 } else { SLOT_MS }
}

/// Sorts windows and joins those that touch or overlap.
pub(crate) fn join(mut windows: Vec<Window>) -> Vec<Window> {
    windows.sort();
    let mut joined: Vec<Window> = Vec::with_capacity(windows.len());
    for w in windows {
        match joined.last_mut() {
            Some(last) if w.start <= last.end => last.end = last.end.max(w.end),
            _ => joined.push(w),
        }
    }
    joined
}

/// The local midnight of a date as if the zone were UTC.
fn civil_ms(date: Date) -> i64 {
    date.to_zoned(TimeZone::UTC).map_or(0, |z| z.timestamp().as_millisecond())
}

/// Stretches of constant offset that cover `from..to`, with the offset in milliseconds.
fn segments(zone: &TimeZone, from: i64, to: i64) -> Vec<(Window, i64)> {
    let mut found = Vec::new();
    let mut start = from;
    while start < to {
        let at = UtcMillis(start).timestamp();
        let offset_ms = i64::from(zone.to_offset(at).seconds()) * 1000;
        let next = zone.following(at).next().map_or(to, |t| t.timestamp().as_millisecond());
        let end = next.clamp(start + 1, to);
        found.push((Window { start: UtcMillis(start), end: UtcMillis(end) }, offset_ms));
        start = end;
    }
    found
}

#[cfg(test)]
#[path = "windows_tests.rs"]
mod tests;
