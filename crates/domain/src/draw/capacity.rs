//! Who can still meet whom at which slot: the verifiers' rows less what is held. One source of truth
//! for greedy placing, augmenting and single plans; it decides nothing by itself.

use super::bytes::BoundaryKey;
use super::inputs::{PersonRow, PolicyRow, VerifierRow};
use crate::person::DrawToken;
use crate::time::{MINUTE_MS, UtcMillis};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::rc::Rc;

/// A session that earlier boundaries, orders or re-checks gave a verifier.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TakenSession {
    pub verifier: DrawToken,
    /// The verifier's own local date, whose cap it counts against.
    pub label: Date,
    pub start: UtcMillis,
    pub session_minutes: u16,
    pub turnaround_minutes: u16,
}

/// Capacity that is gone. Never part of the committed rows: it follows from hits.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Taken {
    pub sessions: Vec<TakenSession>,
}

/// A verifier's row (by index) at a slot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Spot {
    pub start: UtcMillis,
    pub row: usize,
}

/// What stands in the way of a spot.
pub(super) enum Obstacle {
    Nothing,
    /// Any one of these people would have to move.
    People(Vec<usize>),
    Fixed,
}

#[derive(Clone, Copy)]
struct Held {
    start: UtcMillis,
    /// After session and turnaround.
    end: UtcMillis,
    label: Date,
    /// Index of the person in this plan; absent for a taken session.
    person: Option<usize>,
}

pub(super) struct Capacity<'a> {
    key: &'a BoundaryKey,
    rows: &'a [VerifierRow],
    held: HashMap<DrawToken, Vec<Held>>,
    /// People of this plan who verify too: while they are met they cannot meet others.
    met: HashMap<DrawToken, (UtcMillis, UtcMillis)>,
    at_slot: HashMap<UtcMillis, Rc<[usize]>>,
}

impl<'a> Capacity<'a> {
    pub fn new(rows: &'a [VerifierRow], taken: &Taken, key: &'a BoundaryKey) -> Capacity<'a> {
        let mut held: HashMap<DrawToken, Vec<Held>> = HashMap::new();
        for s in &taken.sessions {
            let end = s.start.plus_ms(occupancy_ms(s.session_minutes, s.turnaround_minutes));
            let session = Held { start: s.start, end, label: s.label, person: None };
            held.entry(s.verifier).or_default().push(session);
        }
        Capacity { key, rows, held, met: HashMap::new(), at_slot: HashMap::new() }
    }

    /// The rows that offer this slot, in keyed verifier order.
    pub fn rows_at(&mut self, start: UtcMillis) -> Rc<[usize]> {
        let (rows, key) = (self.rows, self.key);
        let found = self.at_slot.entry(start).or_insert_with(|| {
            let offers = |row: &VerifierRow| row.slots.iter().any(|r| r.contains(start));
            let mut at: Vec<usize> = (0..rows.len()).filter(|&i| offers(&rows[i])).collect();
            at.sort_by_cached_key(|&i| (key.verifier_order(start, &rows[i].verifier), i));
            at.into()
        });
        Rc::clone(found)
    }

    pub fn row(&self, spot: Spot) -> &'a VerifierRow {
        &self.rows[spot.row]
    }

    /// Rules that hold whatever is held: not himself, not excluded, a language in common.
    pub fn is_permitted(&self, person: &PersonRow, row: usize) -> bool {
        let row = &self.rows[row];
        row.verifier != person.token
            && person.excluded.binary_search(&row.verifier).is_err()
            && share_language(&person.languages, &row.languages)
    }

    /// What stands in the way of placing this person there, if what it holds now did not count.
    pub fn obstacle(
        &self,
        index: usize,
        person: &PersonRow,
        policy: &PolicyRow,
        spot: Spot,
    ) -> Obstacle {
        let row = self.row(spot);
        let (start, end) = (spot.start, spot.start.plus_ms(policy.occupancy_ms()));
        let meets = |from: UtcMillis, to: UtcMillis| from < end && start < to;
        if self.met.get(&row.verifier).is_some_and(|&(from, to)| meets(from, to)) {
            return Obstacle::Fixed;
        }
        let own = self.held.get(&person.token).into_iter().flatten();
        if own.into_iter().any(|h| meets(h.start, h.end)) {
            return Obstacle::Fixed;
        }
        let held = || {
            let all = self.held.get(&row.verifier).into_iter().flatten();
            all.filter(move |h| h.person != Some(index))
        };
        let overlapping: Vec<&Held> = held().filter(|h| meets(h.start, h.end)).collect();
        let of_date = || held().filter(|h| h.label == row.label);
        let is_at_cap = of_date().count() >= usize::from(row.sessions_max);
        match (overlapping.as_slice(), is_at_cap) {
            ([], false) => Obstacle::Nothing,
            ([], true) => people(of_date().filter_map(|h| h.person).collect()),
            ([one], false) => people(one.person.into_iter().collect()),
            ([one], true) if one.label == row.label => people(one.person.into_iter().collect()),
            _ => Obstacle::Fixed,
        }
    }

    pub fn place(&mut self, index: usize, person: &PersonRow, policy: &PolicyRow, spot: Spot) {
        let row = self.row(spot);
        let end = spot.start.plus_ms(policy.occupancy_ms());
        let session = Held { start: spot.start, end, label: row.label, person: Some(index) };
        self.held.entry(row.verifier).or_default().push(session);
        self.met.insert(person.token, (spot.start, end));
    }

    pub fn remove(&mut self, index: usize, person: &PersonRow, spot: Spot) {
        let verifier = self.row(spot).verifier;
        if let Some(held) = self.held.get_mut(&verifier) {
            held.retain(|h| h.person != Some(index));
        }
        self.met.remove(&person.token);
    }
}

impl PolicyRow {
    /// How long a session of this policy keeps a verifier: session and turnaround.
    pub fn occupancy_ms(&self) -> i64 {
        occupancy_ms(self.session_minutes, self.turnaround_minutes)
    }
}

fn occupancy_ms(session_minutes: u16, turnaround_minutes: u16) -> i64 {
    (i64::from(session_minutes) + i64::from(turnaround_minutes)).max(1) * MINUTE_MS
}

fn people(people: Vec<usize>) -> Obstacle {
    if people.is_empty() { Obstacle::Fixed } else { Obstacle::People(people) }
}

/// An empty list means "not declared" and fits everybody.
fn share_language(person: &[String], verifier: &[String]) -> bool {
    person.is_empty() || verifier.is_empty() || person.iter().any(|l| verifier.contains(l))
}
