//! What a preview counts while it runs. Everything about people is of the watched policy alone;
//! verifiers are counted under all policies, for they are shared.

use super::PreviewInput;
use super::days::zone_of;
use crate::calendar::SlotRange;
use crate::time::{HOUR_MS, UtcMillis};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use std::collections::BTreeMap;

/// Counts of the 24 hours of a day.
pub(super) type Hours = [f64; 24];

/// Seen and expected.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Cell {
    pub seen: f64,
    pub wanted: f64,
    /// Of `seen`, if the law alone decides.
    pub variance: f64,
}

/// One person's year.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct PersonTally {
    pub is_watched: bool,
    pub eligible_days: u32,
    pub draws: u32,
    /// Eligible days counted and date at the last draw, or at the start.
    last: (u32, Option<Date>),
}

/// One date.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct DateTally {
    pub drawn: u32,
    pub uncovered: u32,
    pub shielded: u32,
}

/// What a verifier offers on one of their dates.
pub(super) struct Duty<'a> {
    pub verifier: usize,
    pub slots: &'a [SlotRange],
    pub daily_cap: u16,
}

pub(super) struct Tally<'a> {
    input: &'a PreviewInput,
    zones: Vec<TimeZone>,
    pub people: Vec<PersonTally>,
    /// Completed gaps by their length in eligible days.
    pub gaps: BTreeMap<u32, u64>,
    /// The longest run of eligible days without a draw, ends of the preview included.
    pub longest_days: u32,
    /// The longest time from a draw to the next, in calendar days.
    pub longest_calendar_days: i64,
    pub dates: BTreeMap<Date, DateTally>,
    pub weekdays: [Cell; 7],
    /// Of placed check-ins, by the person's own hour.
    pub hours: [Cell; 24],
    pub placed: u64,
    pub moved: u64,
    /// By zone: drawn and uncovered.
    pub zones_uncovered: BTreeMap<String, (u64, u64)>,
    /// All policies, by the reader's hour: where people could be met, and what verifiers offer.
    pub demand: Hours,
    pub sessions: Hours,
    pub capacity: Hours,
    pub verifier_sessions: Vec<u64>,
    pub verifier_days: Vec<u64>,
    /// Sessions the verifiers have room for in all.
    pub room: f64,
    pub uncovered_everywhere: u64,
}

impl<'a> Tally<'a> {
    pub(super) fn new(input: &'a PreviewInput) -> Tally<'a> {
        let person = |policy| PersonTally {
            is_watched: input.watched == Some(policy),
            ..PersonTally::default()
        };
        Tally {
            input,
            zones: input.people.iter().map(|m| zone_of(&m.worker)).collect(),
            people: input.people.iter().map(|m| person(m.policy)).collect(),
            gaps: BTreeMap::new(),
            longest_days: 0,
            longest_calendar_days: 0,
            dates: super::run::dates(input).map(|date| (date, DateTally::default())).collect(),
            weekdays: [Cell::default(); 7],
            hours: [Cell::default(); 24],
            placed: 0,
            moved: 0,
            zones_uncovered: BTreeMap::new(),
            demand: [0.0; 24],
            sessions: [0.0; 24],
            capacity: [0.0; 24],
            verifier_sessions: vec![0; input.verifiers.len()],
            verifier_days: vec![0; input.verifiers.len()],
            room: 0.0,
            uncovered_everywhere: 0,
        }
    }

    pub(super) fn eligible(&mut self, n: usize, label: Date, hazard: f64) {
        let person = &mut self.people[n];
        if !person.is_watched {
            return;
        }
        person.eligible_days += 1;
        self.longest_days = self.longest_days.max(person.eligible_days - person.last.0);
        let weekday =
            &mut self.weekdays[usize::from(label.weekday().to_monday_zero_offset() as u8)];
        weekday.wanted += hazard;
        weekday.variance += hazard * (1.0 - hazard);
    }

    pub(super) fn drawn(&mut self, n: usize, label: Date) {
        let person = &mut self.people[n];
        if !person.is_watched {
            return;
        }
        person.draws += 1;
        if let (at, Some(date)) = person.last {
            *self.gaps.entry(person.eligible_days - at).or_default() += 1;
            let days = date.until(label).map_or(0, |span| i64::from(span.get_days()));
            self.longest_calendar_days = self.longest_calendar_days.max(days);
        }
        person.last = (person.eligible_days, Some(label));
        self.weekdays[usize::from(label.weekday().to_monday_zero_offset() as u8)].seen += 1.0;
        self.dates.entry(label).or_default().drawn += 1;
        let zone = &self.input.people[n].worker.zone;
        self.zones_uncovered.entry(zone.clone()).or_default().0 += 1;
    }

    pub(super) fn placed(
        &mut self,
        n: usize,
        slots: &[SlotRange],
        start: UtcMillis,
        verifier: usize,
    ) {
        self.wish(slots);
        let reader = hour(start, start, &self.input.reader_zone);
        self.sessions[reader] += 1.0;
        self.verifier_sessions[verifier] += 1;
        if !self.people[n].is_watched {
            return;
        }
        self.placed += 1;
        let zone = &self.zones[n];
        let range = slots.iter().find(|r| r.contains(start));
        self.hours[hour(start, range.map_or(start, |r| r.first), zone)].seen += 1.0;
        for (cell, share) in self.hours.iter_mut().zip(shares(slots, zone)) {
            cell.wanted += share;
        }
    }

    pub(super) fn shielded(&mut self, n: usize, label: Date) {
        if self.people[n].is_watched {
            self.dates.entry(label).or_default().shielded += 1;
        }
    }

    pub(super) fn uncovered(&mut self, n: usize, slots: &[SlotRange], label: Date) {
        self.wish(slots);
        self.uncovered_everywhere += 1;
        if self.people[n].is_watched {
            self.dates.entry(label).or_default().uncovered += 1;
            let zone = &self.input.people[n].worker.zone;
            self.zones_uncovered.entry(zone.clone()).or_default().1 += 1;
        }
    }

    pub(super) fn moved(&mut self, people: usize) {
        self.moved += people as u64;
    }

    /// A verifier's date: the day has room for the slots over the time a session and its share of the
    /// break take, at most the cap, spread over the hours like the slots.
    pub(super) fn duty(&mut self, duty: &Duty<'_>) {
        let count: usize = duty.slots.iter().map(|r| r.count()).sum();
        if count == 0 {
            return;
        }
        let occupied =
            self.input.policies.iter().map(|p| p.turnaround_minutes + p.terms.session_minutes);
        let mut minutes = f64::from(occupied.max().unwrap_or(5).max(5));
        if let Some(breaks) = self.input.strictest_breaks() {
            minutes += f64::from(breaks.minutes) / f64::from(breaks.after_sessions.max(1));
        }
        let room = (count as f64 * 5.0 / minutes).min(f64::from(duty.daily_cap));
        self.room += room;
        self.verifier_days[duty.verifier] += 1;
        for (hour, share) in
            self.capacity.iter_mut().zip(shares(duty.slots, &self.input.reader_zone))
        {
            *hour += room * share;
        }
    }

    /// Where a check-in could be if there were always a verifier.
    fn wish(&mut self, slots: &[SlotRange]) {
        for (hour, share) in self.demand.iter_mut().zip(shares(slots, &self.input.reader_zone)) {
            *hour += share;
        }
    }
}

/// The share of the slots that start in each hour of the zone.
fn shares(slots: &[SlotRange], zone: &TimeZone) -> Hours {
    let mut hours = [0.0; 24];
    let mut count = 0.0;
    for range in slots {
        for start in range.starts() {
            hours[hour(start, range.first, zone)] += 1.0;
            count += 1.0;
        }
    }
    if count > 0.0 {
        hours.iter_mut().for_each(|h| *h /= count);
    }
    hours
}

/// The hour of a start, by the offset that holds at `reference`, the first slot of its range (a change of
/// clocks within a range would only blur a count).
fn hour(start: UtcMillis, reference: UtcMillis, zone: &TimeZone) -> usize {
    let offset_ms = i64::from(zone.to_offset(reference.timestamp()).seconds()) * 1000;
    (start.0 + offset_ms).div_euclid(HOUR_MS).rem_euclid(24) as usize
}
