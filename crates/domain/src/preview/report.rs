//! What a preview says, as figures and sentences; how it is drawn is others' business.

use super::tally::{Cell, Hours, Tally};
use super::uniformity::ChiSquare;
use super::{PreviewInput, PreviewPolicy, Unreachable, advice, unreachable};
use crate::draw::{HazardTable, LawFigures};
use crate::msg;
use crate::sentence::{Sentence, as_texts};
use jiff::civil::{Date, Weekday};
use serde::Serialize;
use std::collections::BTreeMap;

/// Weeks of a Gregorian year.
const WEEKS_A_YEAR: f64 = 365.2425 / 7.0;

/// Bars of the histogram of gaps.
const GAP_BINS_MAX: u32 = 28;

/// The year a draft would bring.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PreviewReport {
    pub policy: String,
    pub seed: u64,
    pub first: Date,
    pub weeks: u32,
    /// In the pool.
    pub people: u32,
    /// Days on which somebody of the pool could be drawn, over all people.
    pub eligible_days: u64,
    /// The same for one person and a year, on average.
    pub eligible_days_a_person_and_year: f64,
    pub drawn: u64,
    /// How many draws the law expects on those days.
    pub drawn_expected: f64,
    /// Drawn, and too few free slots: counts as drawn, nobody is met.
    pub shielded: u64,
    /// Drawn, and no verifier had time.
    pub uncovered: u64,
    /// Moved to another slot because capacity demanded it (all policies).
    pub moved: u64,
    pub gaps: GapReport,
    pub burden: BurdenReport,
    pub weekdays: Vec<ShareReport>,
    pub weekdays_test: Option<ChiSquare>,
    /// By the hour of the person's own zone, placed check-ins.
    pub hours: Vec<ShareReport>,
    pub hours_test: Option<ChiSquare>,
    pub verifiers: VerifierReport,
    pub calendar: Vec<CalendarDay>,
    /// People of the pool no verifier could ever meet.
    pub unreachable: Vec<Unreachable>,
    /// What to change, one sentence each; empty where there is room for everybody.
    #[serde(serialize_with = "as_texts")]
    pub advice: Vec<Sentence>,
}

/// Eligible days from draw to draw.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct GapReport {
    pub bins: Vec<GapBin>,
    /// The longest time without a draw in eligible days, also at either end of the preview.
    pub longest_days: u32,
    /// The longest time from a draw to the next in calendar days; 0 where nobody was drawn twice.
    pub longest_calendar_days: i64,
}

/// Gaps of some lengths.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct GapBin {
    pub from_days: u32,
    /// Included; absent: or longer.
    pub to_days: Option<u32>,
    pub seen: u64,
    /// Under the law, of so many gaps as fit into the preview.
    pub expected: f64,
}

/// What it asks of people.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct BurdenReport {
    /// How many people had so many draws, from 0.
    pub people_by_draws: Vec<u32>,
    pub mean_a_year: f64,
    pub fewest: u32,
    pub median: u32,
    pub most: u32,
    /// Of talk, a person and year on average.
    pub minutes_a_year: f64,
}

/// One weekday or hour.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct ShareReport {
    /// 0 to 23, or Monday = 0.
    pub at: u8,
    pub seen: f64,
    pub expected: f64,
}

/// The verifiers, under all policies.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct VerifierReport {
    /// In whose hours.
    pub zone: String,
    pub hours: Vec<HourLoad>,
    pub verifiers: Vec<VerifierLoad>,
    /// Talk and pause, all verifiers together.
    pub minutes_a_week: f64,
    pub sessions_a_week: f64,
    /// Sessions a week they have room for, within hours and daily cap.
    pub room_a_week: f64,
    /// Drawn and not placed, under all policies.
    pub uncovered: u64,
}

/// One hour of the day in an average week.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct HourLoad {
    pub hour: u8,
    /// Placed.
    pub sessions: f64,
    /// Where people could be met if there were always a verifier.
    pub demand: f64,
    pub room: f64,
}

/// One verifier.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct VerifierLoad {
    pub employee_id: String,
    pub sessions_a_week: f64,
    /// Days on duty in all.
    pub days: u64,
}

/// One date.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct CalendarDay {
    pub date: Date,
    pub drawn: u32,
    pub uncovered: u32,
    pub shielded: u32,
}

impl PreviewReport {
    pub(super) fn of(input: &PreviewInput, tally: &Tally<'_>) -> PreviewReport {
        let policy = input.watched.and_then(|w| input.policies.get(w));
        let watched: Vec<_> = tally.people.iter().filter(|p| p.is_watched).collect();
        let people = watched.len() as u32;
        let eligible_days: u64 = watched.iter().map(|p| u64::from(p.eligible_days)).sum();
        let years = f64::from(input.weeks) / WEEKS_A_YEAR;
        let a_person_and_year = |total: f64| total / f64::from(people.max(1)) / years;
        let draws: Vec<u32> = watched.iter().map(|p| p.draws).collect();
        let mut drawn_days: BTreeMap<u32, u64> = BTreeMap::new();
        watched.iter().for_each(|p| *drawn_days.entry(p.eligible_days).or_default() += 1);
        let sum = |of: fn(&CalendarDay) -> u32, days: &[CalendarDay]| -> u64 {
            days.iter().map(|d| u64::from(of(d))).sum()
        };
        let calendar: Vec<CalendarDay> = tally
            .dates
            .iter()
            .map(|(&date, d)| CalendarDay {
                date,
                drawn: d.drawn,
                uncovered: d.uncovered,
                shielded: d.shielded,
            })
            .collect();
        let mut report = PreviewReport {
            policy: policy.map_or_else(String::new, |p| p.name.clone()),
            seed: input.seed,
            first: input.first,
            weeks: input.weeks,
            people,
            eligible_days,
            eligible_days_a_person_and_year: a_person_and_year(eligible_days as f64),
            drawn: sum(|d| d.drawn, &calendar),
            drawn_expected: policy
                .map_or(0.0, |p| eligible_days as f64 / LawFigures::of(&p.table).mean_gap_days),
            shielded: sum(|d| d.shielded, &calendar),
            uncovered: sum(|d| d.uncovered, &calendar),
            moved: tally.moved,
            gaps: gaps(policy, tally, &drawn_days),
            burden: burden(&draws, a_person_and_year, policy),
            weekdays: shares(&tally.weekdays),
            weekdays_test: weekdays_test(&tally.weekdays),
            hours: shares(&tally.hours),
            hours_test: hours_test(&tally.hours),
            verifiers: verifiers(input, tally),
            calendar,
            unreachable: unreachable(input),
            advice: Vec::new(),
        };
        report.advice = advice::advice(input, tally, &report);
        report
    }
}

/// Gaps that begin and end within the preview: of a person with N eligible days the law expects
/// `(N - g) / mean` draws that are followed by one g days later with chance f_g.
fn gaps(
    policy: Option<&PreviewPolicy>,
    tally: &Tally<'_>,
    people_by_days: &BTreeMap<u32, u64>,
) -> GapReport {
    let longest_seen = tally.gaps.keys().next_back().copied().unwrap_or(0);
    let mut bins = Vec::new();
    if let Some(policy) = policy {
        let table = &policy.table;
        let mean = LawFigures::of(table).mean_gap_days;
        let last = match table.has_maximum() {
            true => table.max_gap_days(),
            false => ((4.0 * mean).ceil() as u32).min(longest_seen.max(4)),
        };
        let width = last.div_ceil(GAP_BINS_MAX).max(1);
        let end =
            longest_seen.max(last).max(people_by_days.keys().next_back().copied().unwrap_or(0));
        let expected = expected_gaps(table, mean, people_by_days, end);
        let range = |from: u32, to: u32| {
            let seen = tally.gaps.range(from..=to).map(|(_, n)| n).sum();
            let sum = (from..=to).filter_map(|g| expected.get(g as usize - 1)).sum();
            (seen, sum)
        };
        for from in (1..=last).step_by(width as usize) {
            let is_open = from + width > last && !table.has_maximum();
            let to = if is_open { end.max(from) } else { (from + width - 1).min(last) };
            let (seen, expected) = range(from, to);
            bins.push(GapBin {
                from_days: from,
                to_days: (!is_open).then_some(to),
                seen,
                expected,
            });
        }
    }
    GapReport {
        bins,
        longest_days: tally.longest_days,
        longest_calendar_days: tally.longest_calendar_days,
    }
}

fn expected_gaps(
    table: &HazardTable,
    mean: f64,
    people_by_days: &BTreeMap<u32, u64>,
    end: u32,
) -> Vec<f64> {
    let mut survivor = 1.0;
    let mut expected = Vec::new();
    for g in 1..=end {
        let h = table.threshold(g).hazard();
        let room: f64 = people_by_days
            .iter()
            .map(|(days, people)| f64::from(days.saturating_sub(g)) * *people as f64)
            .sum();
        expected.push(survivor * h * room / mean);
        survivor *= 1.0 - h;
    }
    expected
}

fn burden(
    draws: &[u32],
    a_person_and_year: impl Fn(f64) -> f64,
    policy: Option<&PreviewPolicy>,
) -> BurdenReport {
    let mut sorted = draws.to_vec();
    sorted.sort_unstable();
    let most = sorted.last().copied().unwrap_or(0);
    let mut people_by_draws = vec![0; most as usize + 1];
    sorted.iter().for_each(|d| people_by_draws[*d as usize] += 1);
    let mean_a_year = a_person_and_year(draws.iter().map(|d| f64::from(*d)).sum());
    let minutes = policy.map_or(0, |p| p.terms.session_minutes);
    BurdenReport {
        people_by_draws,
        mean_a_year,
        fewest: sorted.first().copied().unwrap_or(0),
        median: sorted.get(sorted.len() / 2).copied().unwrap_or(0),
        most,
        minutes_a_year: mean_a_year * f64::from(minutes),
    }
}

fn shares(cells: &[Cell]) -> Vec<ShareReport> {
    let share =
        |(at, cell): (u8, &Cell)| ShareReport { at, seen: cell.seen, expected: cell.wanted };
    (0..).zip(cells).map(share).filter(|s| s.seen > 0.0 || s.expected > 0.0).collect()
}

/// Each weekday is compared with the chances that its days had; they are independent given the past,
/// so every one is free.
fn weekdays_test(cells: &[Cell]) -> Option<ChiSquare> {
    let cells = cells.iter().filter(|c| c.variance >= 5.0);
    // Seen and expected, scaled so that the expected value is the variance.
    let cells: Vec<(f64, f64)> =
        cells.map(|c| (c.variance + c.seen - c.wanted, c.variance)).collect();
    ChiSquare::of(&cells, cells.len() as u32)
}

/// Hours in which hardly anybody could be met are taken together.
fn hours_test(cells: &[Cell]) -> Option<ChiSquare> {
    let (rare, usual): (Vec<&Cell>, Vec<&Cell>) = cells.iter().partition(|c| c.wanted < 5.0);
    let mut cells: Vec<(f64, f64)> = usual.iter().map(|c| (c.seen, c.wanted)).collect();
    let rare = rare.iter().fold((0.0, 0.0), |(seen, wanted), c| (seen + c.seen, wanted + c.wanted));
    if rare.1 >= 1.0 {
        cells.push(rare);
    }
    let degrees = cells.len().saturating_sub(1) as u32;
    ChiSquare::of(&cells, degrees)
}

fn verifiers(input: &PreviewInput, tally: &Tally<'_>) -> VerifierReport {
    let weeks = f64::from(input.weeks.max(1));
    let at = |hours: &Hours, hour: u8| hours[usize::from(hour)] / weeks;
    let hours = (0..24).map(|hour| HourLoad {
        hour,
        sessions: at(&tally.sessions, hour),
        demand: at(&tally.demand, hour),
        room: at(&tally.capacity, hour),
    });
    let loads = input.verifiers.iter().zip(&tally.verifier_sessions).zip(&tally.verifier_days);
    let sessions: u64 = tally.verifier_sessions.iter().sum();
    let occupied = input.policies.iter().map(|p| p.terms.session_minutes + p.turnaround_minutes);
    let minutes = f64::from(occupied.max().unwrap_or(0));
    VerifierReport {
        zone: input.reader_zone.iana_name().unwrap_or("UTC").to_owned(),
        hours: hours.collect(),
        verifiers: loads
            .map(|((worker, sessions), days)| VerifierLoad {
                employee_id: worker.employee_id.clone(),
                sessions_a_week: *sessions as f64 / weeks,
                days: *days,
            })
            .collect(),
        minutes_a_week: sessions as f64 * minutes / weeks,
        sessions_a_week: sessions as f64 / weeks,
        room_a_week: tally.room / weeks,
        uncovered: tally.uncovered_everywhere,
    }
}

impl ShareReport {
    /// What the weekday is called, where this is one.
    pub fn weekday(&self) -> &'static str {
        match Weekday::from_monday_zero_offset(self.at as i8) {
            Ok(Weekday::Monday) => msg!("Monday"),
            Ok(Weekday::Tuesday) => msg!("Tuesday"),
            Ok(Weekday::Wednesday) => msg!("Wednesday"),
            Ok(Weekday::Thursday) => msg!("Thursday"),
            Ok(Weekday::Friday) => msg!("Friday"),
            Ok(Weekday::Saturday) => msg!("Saturday"),
            Ok(Weekday::Sunday) => msg!("Sunday"),
            Err(_) => "",
        }
    }
}
