//! What to change where capacity is short: the hours that lack verifiers, how many sessions a day
//! there must be room for, and the mean gap that would do with what there is.

use super::reach::NO_VERIFIER;
use super::report::{HourLoad, PreviewReport};
use super::tally::Tally;
use super::{PreviewInput, Unreachable};
use crate::sentence;
use crate::sentence::{Filling, Sentence, decimal};

/// So many standard deviations above the average day there should still be room: a day short of it
/// comes once in about seven hundred.
const HEAD_ROOM_SIGMAS: f64 = 3.0;

/// A share of draws without a verifier below this is chance, not a lack.
const UNCOVERED_SHARE_MIN: f64 = 0.001;

/// Sentences for HR, the most important first.
pub(super) fn advice(
    input: &PreviewInput,
    tally: &Tally<'_>,
    report: &PreviewReport,
) -> Vec<Sentence> {
    let mut said = Vec::new();
    if report.people == 0 {
        said.push(sentence!("The policy applies to nobody on the roster. Change applies_to."));
        return said;
    }
    if report.eligible_days == 0 {
        said.push(sentence!(
            "Nobody in the pool can ever be drawn: notice, window, grace and session do not fit anybody's working \
             hours. Shorten policy.clock, or correct the hours on the roster."
        ));
        return said;
    }
    if input.verifiers.is_empty() {
        said.push(NO_VERIFIER.into());
        return said;
    }
    said.extend(report.unreachable.iter().map(Unreachable::sentence));
    said.extend(shortage(input, tally, report));
    if report.shielded > 0 {
        said.push(sentence!(
            "{n} draws found fewer than six free slots and count without a check-in. Longer working windows, or a \
             shorter largest notice, lower this.",
            n = report.shielded
        ));
    }
    said
}

/// Room against need, on the average day on which anybody is drawn.
fn shortage(input: &PreviewInput, tally: &Tally<'_>, report: &PreviewReport) -> Vec<Sentence> {
    let load = &report.verifiers;
    let days = report.calendar.iter().filter(|d| d.drawn > 0).count().max(1) as f64;
    let weeks = f64::from(input.weeks.max(1));
    let days_a_week = (days / weeks).clamp(1.0, 7.0);
    let needed = tally.demand.iter().sum::<f64>() / weeks / days_a_week;
    let room = load.room_a_week / days_a_week;
    let wanted = needed + HEAD_ROOM_SIGMAS * needed.sqrt();
    let all = tally.demand.iter().sum::<f64>().max(1.0);
    let is_short = load.uncovered as f64 / all > UNCOVERED_SHARE_MIN;
    let mut said = Vec::new();
    if is_short {
        said.push(sentence!(
            "{n} of {all} draws ({share} %) find no verifier. Those people are not met that day, and it counts for \
             them like a check-in.",
            n = load.uncovered,
            all = format!("{all:.0}"),
            share = decimal(format!("{:.1}", load.uncovered as f64 / all * 100.0))
        ));
        said.extend(short_hours(&load.hours));
    }
    if room < wanted && (is_short || room < needed * 1.5) {
        let each = (room / input.verifiers.len() as f64).max(1.0);
        let more = ((wanted - room) / each).ceil().max(1.0);
        let (day, peak) = (number(needed), number(wanted));
        let (fits, more) = (number(room), number(more));
        said.push(match longer_gap(report, needed, room) {
            None => sentence!(
                "An average day draws {day} check-ins, and {peak} once in a while; verifiers have room for {fits}. \
                 {more} more with hours like theirs would do.",
                day,
                peak,
                fits,
                more
            ),
            Some((gap, mean)) => sentence!(
                "An average day draws {day} check-ins, and {peak} once in a while; verifiers have room for {fits}. \
                 {more} more with hours like theirs would do, or a mean gap of {gap} eligible days instead of \
                 {mean}.",
                day,
                peak,
                fits,
                more,
                gap,
                mean
            ),
        });
    }
    said
}

/// How rare check-ins of this policy would have to be instead, and how rare they are.
fn longer_gap(report: &PreviewReport, needed: f64, room: f64) -> Option<(Filling, Filling)> {
    // x + 3 sqrt(x) = room
    let root = ((HEAD_ROOM_SIGMAS.powi(2) + 4.0 * room).sqrt() - HEAD_ROOM_SIGMAS) / 2.0;
    let bearable = root * root;
    let all = report.verifiers.sessions_a_week
        + report.verifiers.uncovered as f64 / f64::from(report.weeks);
    let own = report.drawn as f64 / f64::from(report.weeks) / all.max(1e-9);
    let others = needed * (1.0 - own).max(0.0);
    let left = bearable - others;
    if left <= 0.0 || report.drawn == 0 {
        return None;
    }
    let factor = needed * own / left;
    if factor <= 1.0 {
        return None;
    }
    let mean = report.eligible_days as f64 / report.drawn as f64;
    Some((number((mean * factor).ceil()), number(mean)))
}

/// The hours in which more people could be met than verifiers have room for, worst first.
fn short_hours(hours: &[HourLoad]) -> Option<Sentence> {
    const NAMED_MAX: usize = 3;
    let mut short: Vec<&HourLoad> =
        hours.iter().filter(|h| h.demand > h.room && h.demand > 0.05).collect();
    short.sort_by(|a, b| (b.demand - b.room).total_cmp(&(a.demand - a.room)));
    short.truncate(NAMED_MAX);
    short.sort_by_key(|h| h.hour);
    let told: Vec<Sentence> = short
        .iter()
        .map(|h| {
            sentence!(
                "{from}:00 to {to}:00 ({wanted} a week wanted, room for {room})",
                from = format!("{:02}", h.hour),
                to = format!("{:02}", (h.hour + 1) % 24),
                wanted = number(h.demand),
                room = number(h.room)
            )
        })
        .collect();
    (!told.is_empty()).then(|| {
        sentence!("Verifiers are missing most at {hours}.", hours = Sentence::in_a_row(told, ", "))
    })
}

fn number(x: f64) -> Filling {
    decimal(if x >= 10.0 || x.fract() == 0.0 { format!("{x:.0}") } else { format!("{x:.1}") })
}
