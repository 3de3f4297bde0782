//! Who can be met by nobody: a permitted verifier with a slot in common is missing, whatever the
//! draw does. Asked of two ordinary weeks, before a policy comes into force and in a preview.

use super::days::{Days, widest_terms, zone_of};
use super::{PreviewInput, Worker};
use crate::calendar::SlotRange;
use crate::sentence::Sentence;
use crate::time::start_of_day;
use crate::{msg, sentence};
use jiff::ToSpan;
use jiff::civil::Date;
use serde::Serialize;
use std::collections::{BTreeMap, HashMap};

/// Days looked at: two weeks, so that one holiday does not decide.
const DAYS: usize = 14;

/// What is to be done where nobody verifies at all.
pub(super) const NO_VERIFIER: &str = msg!(
    "There is no verifier, so every draw stays without a check-in. Give somebody the role verifier."
);

/// What to change so that everybody in the pool can be met, whatever the draw does: sentences, none
/// where nothing is missing.
pub fn unmet(input: &PreviewInput) -> Vec<Sentence> {
    let is_watched = |policy| input.watched.is_none_or(|w| w == policy);
    if input.verifiers.is_empty() && input.people.iter().any(|m| is_watched(m.policy)) {
        return vec![NO_VERIFIER.into()];
    }
    unreachable(input).iter().map(Unreachable::sentence).collect()
}

/// People of one zone whom no verifier can meet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Unreachable {
    pub zone: String,
    pub people: Vec<String>,
}

impl Unreachable {
    /// One sentence that says what to change.
    pub fn sentence(&self) -> Sentence {
        const NAMED_MAX: usize = 5;
        let named = self.people.iter().take(NAMED_MAX).cloned().collect::<Vec<_>>().join(", ");
        let named = match self.people.len().saturating_sub(NAMED_MAX) {
            0 => Sentence::as_said(named),
            more => sentence!("{named} and {more} more", named, more),
        };
        let zone = &self.zone;
        match self.people.len() {
            1 => sentence!(
                "1 person in {zone} has no verifier who could meet them: nobody outside their line who shares a \
                 language is on duty in their hours ({named}). Give somebody with such hours the role verifier, or \
                 change the hours or languages of one.",
                zone,
                named
            ),
            n => sentence!(
                "{n} people in {zone} have no verifier who could meet them: nobody outside their line who shares a \
                 language is on duty in their hours ({named}). Give somebody with such hours the role verifier, or \
                 change the hours or languages of one.",
                n,
                zone,
                named
            ),
        }
    }
}

/// People of the watched policy (or of all, where none is watched) without any verifier, by zone.
pub fn unreachable(input: &PreviewInput) -> Vec<Unreachable> {
    let mut days = Days::new(&input.calendars);
    let mut desks = Days::new(&input.calendars);
    let offered: Vec<Vec<SlotRange>> = match widest_terms(input) {
        None => Vec::new(),
        Some(terms) => input
            .verifiers
            .iter()
            .map(|worker| {
                let (worker, zone) = (present(worker), zone_of(worker));
                let kind = desks.kind(&worker, 0);
                let dates = dates(input.first, 1);
                let day = |date| desks.desk(kind, &worker, &zone, &terms, date);
                dates.map(day).flat_map(|slots| slots.to_vec()).collect()
            })
            .collect(),
    };
    let mut wanted: HashMap<usize, Vec<SlotRange>> = HashMap::new();
    let mut meets: HashMap<(usize, usize), bool> = HashMap::new();
    let mut found: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let is_watched = |policy| input.watched.is_none_or(|w| w == policy);
    for member in input.people.iter().filter(|m| is_watched(m.policy)) {
        let (worker, zone) = (present(&member.worker), zone_of(&member.worker));
        let kind = days.kind(&worker, member.policy);
        let terms = &input.policies[member.policy].terms;
        let slots = wanted.entry(kind).or_insert_with(|| {
            let at = dates(input.first, 0).map(|date| (date, start_of_day(date, &zone)));
            let day = |at| days.day(kind, &worker, &zone, terms, at);
            at.filter_map(day).flat_map(|slots| slots.to_vec()).collect()
        });
        if slots.is_empty() {
            continue; // never eligible: another sentence says so
        }
        let is_met = input.verifiers.iter().enumerate().any(|(v, verifier)| {
            let speak = |a: &[String], b: &[String]| {
                a.is_empty() || b.is_empty() || a.iter().any(|l| b.contains(l))
            };
            verifier.employee_id != worker.employee_id
                && !member.excluded.contains(&v)
                && speak(&worker.languages, &verifier.languages)
                && *meets.entry((kind, v)).or_insert_with(|| have_in_common(slots, &offered[v]))
        });
        if !is_met {
            found.entry(worker.zone.clone()).or_default().push(worker.employee_id.clone());
        }
    }
    found.into_iter().map(|(zone, people)| Unreachable { zone, people }).collect()
}

/// The same worker without absences: a fortnight's leave is not a lack of verifiers.
fn present(worker: &Worker) -> Worker {
    Worker { absences: Vec::new(), ..worker.clone() }
}

/// The dates looked at and so many around them.
fn dates(first: Date, around: i64) -> impl Iterator<Item = Date> {
    let from = first.checked_sub(around.days()).unwrap_or(first);
    from.series(1.day()).take(DAYS + 2 * around as usize)
}

fn have_in_common(a: &[SlotRange], b: &[SlotRange]) -> bool {
    let mut b = b.iter().peekable();
    a.iter().any(|range| {
        while b.next_if(|other| other.end <= range.first).is_some() {}
        b.peek().is_some_and(|other| other.first < range.end)
    })
}
