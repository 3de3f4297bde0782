//! From a preview's figures to what people read and see of them.

use super::{Difference, PreviewBody, VerifierRow};
use crate::language::dates::{self, decimal};
use crate::language::{say, tr};
use crate::pages::chart::{BarAt, BarChart, Chart, DayAt, calendar, figure};
use crate::pages::{LintLine, Row, StateWord, Tone};
use crate::t;
use muster_domain::policy::{KeyChange, Lint};
use muster_domain::preview::{ChiSquare, GapBin, PreviewReport, ShareReport};
use std::collections::BTreeMap;

/// Below this a deviation is not what chance gives once in a hundred years.
const P_MIN: f64 = 0.01;

/// Everything a preview is told from.
pub struct PreviewTold<'a> {
    pub lint: &'a Lint,
    pub report: &'a PreviewReport,
    pub differences: &'a [muster_domain::preview::Difference],
    pub changes: &'a [KeyChange],
    pub overlaps: &'a [String],
    /// Names of verifiers by employee id; without one the id stands.
    pub names: &'a BTreeMap<String, String>,
    pub is_file: bool,
}

impl PreviewBody {
    /// The words and pictures of a preview.
    pub fn of(told: &PreviewTold<'_>) -> PreviewBody {
        let (lint, report) = (told.lint, told.report);
        PreviewBody {
            is_file: told.is_file,
            policy: report.policy.clone(),
            basis: t!(
                "{weeks} weeks from {first}, the year with the number {seed}.",
                weeks = report.weeks,
                first = dates::long(report.first),
                seed = report.seed
            ),
            sentences: lint.sentences.iter().map(say).collect(),
            advice: overlaps(told.overlaps)
                .into_iter()
                .chain(report.advice.iter().map(say))
                .collect(),
            unwise: lint
                .warnings
                .iter()
                .map(|w| line(t!("unwise"), Tone::Unclear, say(w)))
                .collect(),
            figures: figures(lint, report),
            charts: charts(report),
            evenness: [
                even(t!("Weekdays"), report.weekdays_test, &report.weekdays, |s| tr(s.weekday())),
                even(t!("Hours of the day"), report.hours_test, &report.hours, |_| ""),
            ]
            .into_iter()
            .flatten()
            .collect(),
            differences: differences(told),
            load: report
                .verifiers
                .verifiers
                .iter()
                .map(|v| VerifierRow {
                    person: told.names.get(&v.employee_id).unwrap_or(&v.employee_id).clone(),
                    sessions_a_week: figure(v.sessions_a_week),
                    days: v.days.to_string(),
                })
                .collect(),
        }
    }
}

fn overlaps(overlaps: &[String]) -> Option<String> {
    const NAMED_MAX: usize = 5;
    let named = overlaps.iter().take(NAMED_MAX).cloned().collect::<Vec<_>>().join(", ");
    let more = overlaps.len().saturating_sub(NAMED_MAX);
    let named = if more == 0 { named } else { t!("{named} and {more} more", named, more) };
    (!overlaps.is_empty()).then(|| {
        t!(
            "{n} people are matched by another policy too ({named}); they are left out here, and the draft \
             cannot come into force. Change applies_to of one of the two.",
            n = overlaps.len(),
            named
        )
    })
}

fn figures(lint: &Lint, report: &PreviewReport) -> Vec<Row> {
    let share = |part: u64| {
        let hundredths = figure(100.0 * part as f64 / report.drawn.max(1) as f64);
        t!("{part} ({hundredths} in a hundred)", part, hundredths)
    };
    let burden = &report.burden;
    let mut rows = vec![
        Row::new(t!("People in the pool"), &report.people.to_string()),
        Row::new(
            t!("Days a person and year on which they can be drawn"),
            &figure(report.eligible_days_a_person_and_year),
        ),
        Row::new(
            t!("Drawn"),
            &t!(
                "{drawn}, and {expected} expected under the law",
                drawn = report.drawn,
                expected = format!("{:.0}", report.drawn_expected)
            ),
        ),
        Row::new(
            t!("Check-ins a person in this year"),
            &t!(
                "{fewest} to {most}, half have {median} or fewer",
                fewest = burden.fewest,
                most = burden.most,
                median = burden.median
            ),
        ),
        Row::new(
            t!("Talk a person and year"),
            &t!("{n} minutes", n = figure(burden.minutes_a_year)),
        ),
        Row::new(
            t!("Longest time without a draw"),
            &t!(
                "{days} eligible days; {calendar_days} calendar days from one to the next",
                days = report.gaps.longest_days,
                calendar_days = report.gaps.longest_calendar_days
            ),
        ),
        Row::new(t!("Drawn, and no verifier had time"), &share(report.uncovered)),
        Row::new(t!("Drawn, and too few free slots"), &share(report.shielded)),
        Row::new(
            t!("Moved to another slot by lack of room, all policies"),
            &report.moved.to_string(),
        ),
        Row::new(
            t!("Verifiers, all policies"),
            &t!(
                "{sessions} sessions and {minutes} minutes a week, room for {room} sessions",
                sessions = figure(report.verifiers.sessions_a_week),
                minutes = figure(report.verifiers.minutes_a_week),
                room = figure(report.verifiers.room_a_week)
            ),
        ),
    ];
    let f = &lint.figures;
    rows.push(Row::new(
        t!("For experts"),
        &t!(
            "safe {safe}, sure {sure}, best guess {best} ({bits} bits), day ahead {ahead}, divergence {divergence} \
             bits a day, evasion KS {ks} and Gini {gini}",
            safe = exact(f.safe_share, 3),
            sure = exact(f.sure_share, 3),
            best = exact(f.best_guess, 3),
            bits = exact(f.min_entropy_bits, 2),
            ahead = exact(f.day_ahead_guess, 3),
            divergence = exact(f.hazard_kl_bits_per_day, 4),
            ks = exact(f.evasion_ks, 3),
            gini = exact(f.evasion_gini, 3)
        ),
    ));
    rows
}

fn charts(report: &PreviewReport) -> Vec<Chart> {
    vec![gaps(report), burden(report), hours(report), year(report)]
}

fn gaps(report: &PreviewReport) -> Chart {
    let name = |bin: &GapBin| match bin.to_days {
        Some(to) if to > bin.from_days => format!("{}-{to}", bin.from_days),
        Some(_) => bin.from_days.to_string(),
        None => format!("{}+", bin.from_days),
    };
    let bins = &report.gaps.bins;
    let places: Vec<BarAt> = bins
        .iter()
        .map(|b| BarAt { name: name(b), bar: b.seen as f64, line: Some(b.expected) })
        .collect();
    let chart = BarChart {
        id: "gaps",
        title: t!("Gaps between check-ins"),
        desc: t!(
            "How long people wait from one draw to the next. The nearer the bars are to the line, the nearer this \
             year is to the law."
        ),
        place: t!("eligible days from one draw to the next"),
        bar: t!("gaps in this year"),
        line: Some(t!("expected under the law")),
        name_every: bins.len().div_ceil(7),
    };
    chart.lay_out(&places)
}

fn burden(report: &PreviewReport) -> Chart {
    let people = &report.burden.people_by_draws;
    let places: Vec<BarAt> = (0..)
        .zip(people)
        .map(|(draws, &n): (u32, _)| BarAt {
            name: draws.to_string(),
            bar: f64::from(n),
            line: None,
        })
        .collect();
    let chart = BarChart {
        id: "burden",
        title: t!("Check-ins a person"),
        desc: t!("How many people are drawn how often in this year."),
        place: t!("times drawn"),
        bar: t!("people"),
        line: None,
        name_every: people.len().div_ceil(12),
    };
    chart.lay_out(&places)
}

fn hours(report: &PreviewReport) -> Chart {
    let load = &report.verifiers;
    let is_quiet = |h: &muster_domain::preview::HourLoad| h.room <= 0.0 && h.demand <= 0.0;
    let first = load.hours.iter().position(|h| !is_quiet(h)).unwrap_or(0);
    let last = load.hours.iter().rposition(|h| !is_quiet(h)).unwrap_or(23);
    let places: Vec<BarAt> = load.hours[first..=last]
        .iter()
        .map(|h| BarAt { name: h.hour.to_string(), bar: h.demand, line: Some(h.room) })
        .collect();
    let desc = t!(
        "Check-ins a week by the hour in {zone}, wherever the people are, and how many the verifiers on duty have \
         room for. Where a bar passes the line, somebody is moved or not met.",
        zone = load.zone
    );
    let chart = BarChart {
        id: "hours",
        title: t!("Load of the verifiers"),
        desc: &desc,
        place: t!("hour of the day"),
        bar: t!("wanted a week"),
        line: Some(t!("room a week")),
        name_every: 2,
    };
    chart.lay_out(&places)
}

fn year(report: &PreviewReport) -> Chart {
    let mut months: Vec<(String, u32, u32)> = Vec::new();
    let mut days = Vec::new();
    for day in &report.calendar {
        let name = format!("{} {}", dates::month(day.date), day.date.year());
        let names_month = months.last().is_none_or(|(last, ..)| *last != name);
        if names_month {
            months.push((name, 0, 0));
        }
        if let Some(month) = months.last_mut() {
            month.1 += day.drawn;
            month.2 += day.uncovered;
        }
        days.push(DayAt {
            weekday: day.date.weekday().to_monday_zero_offset() as usize,
            month: dates::short_month(day.date).to_owned(),
            names_month,
            count: day.drawn,
            is_marked: day.uncovered > 0,
        });
    }
    let rows = months.into_iter().map(|(name, n, m)| vec![name, n.to_string(), m.to_string()]);
    let desc = t!(
        "One square a day: the stronger its colour, the more are drawn. A frame marks a day on which somebody could \
         not be met."
    );
    calendar("year", t!("The year"), desc, &days, rows.collect())
}

/// Whether counts are as chance gives them, with the one that is furthest off if not.
fn even(
    what: &str,
    test: Option<ChiSquare>,
    shares: &[ShareReport],
    name: impl Fn(&ShareReport) -> &'static str,
) -> Option<LintLine> {
    let test = test?;
    let numbers = t!(
        "chi-square {statistic} with {degrees} degrees, p = {p}",
        statistic = figure(test.statistic),
        degrees = test.degrees,
        p = figure(test.p)
    );
    if test.p >= P_MIN {
        let sentence = t!("{what} are as even as chance makes them ({numbers}).", what, numbers);
        return Some(line(t!("even"), Tone::Good, sentence));
    }
    let off = |s: &&ShareReport| (s.seen - s.expected).powi(2) / s.expected.max(1.0);
    let worst = shares.iter().max_by(|a, b| off(a).total_cmp(&off(b)))?;
    let at = match name(worst) {
        "" => format!("{:02}:00", worst.at),
        weekday => weekday.to_owned(),
    };
    let sentence = t!(
        "{what} are less even than chance makes them ({numbers}): {at} has {seen} and {expected} are expected. \
         Lack of room steers people away from full hours, which makes the time guessable.",
        what,
        numbers,
        at,
        seen = figure(worst.seen),
        expected = figure(worst.expected)
    );
    Some(line(t!("uneven"), Tone::Unclear, sentence))
}

fn differences(told: &PreviewTold<'_>) -> Vec<Difference> {
    let figures = told.differences.iter().map(|d| Difference {
        name: tr(d.figure).to_owned(),
        before: figure(d.before),
        after: figure(d.after),
    });
    let none = || t!("not there").to_owned();
    let changes = told.changes.iter().map(|c| Difference {
        name: c.key.clone(),
        before: c.old.clone().unwrap_or_else(none),
        after: c.new.clone().unwrap_or_else(none),
    });
    changes.chain(figures).collect()
}

fn line(label: &str, tone: Tone, sentence: String) -> LintLine {
    LintLine { state: StateWord::new(label, tone), sentence }
}

fn exact(number: f64, places: usize) -> String {
    decimal(&format!("{number:.places$}"))
}
