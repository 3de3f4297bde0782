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

/// A person to be placed, with what every question about him needs.
#[derive(Clone, Copy)]
pub(super) struct Guest<'a> {
    /// Number of the person in this plan.
    pub index: usize,
    pub person: &'a PersonRow,
    pub policy: &'a PolicyRow,
    /// Where he himself verifies, if he does.
    desk: Option<usize>,
}

#[derive(Clone, Copy)]
struct Held {
    start: UtcMillis,
    /// After session and turnaround.
    end: UtcMillis,
    /// The row whose cap it counts against; absent if no row is of that date.
    row: Option<usize>,
    /// Number of the person in this plan; absent for a taken session.
    person: Option<usize>,
}

/// All that is held of one verifier, over all his rows.
#[derive(Default)]
struct Desk {
    /// By start.
    held: Vec<Held>,
    /// While the verifier is met himself.
    met: Option<(UtcMillis, UtcMillis)>,
}

/// The rows that offer a slot, in keyed order. The first `closed` of them have no room for anybody.
struct SlotRows {
    rows: Rc<[usize]>,
    closed: usize,
}

pub(super) struct Capacity<'a> {
    key: &'a BoundaryKey,
    rows: &'a [VerifierRow],
    /// Of each row: its verifier's desk, and how many sessions count against its cap.
    desk_of_row: Vec<usize>,
    loads: Vec<usize>,
    desks: Vec<Desk>,
    desk_of: HashMap<DrawToken, usize>,
    /// The longest session and turnaround held so far.
    longest_ms: i64,
    at_slot: HashMap<UtcMillis, SlotRows>,
}

impl<'a> Capacity<'a> {
    pub fn new(rows: &'a [VerifierRow], taken: &Taken, key: &'a BoundaryKey) -> Capacity<'a> {
        let mut desk_of = HashMap::new();
        let mut desk_of_row = Vec::with_capacity(rows.len());
        for row in rows {
            let next = desk_of.len();
            desk_of_row.push(*desk_of.entry(row.verifier).or_insert(next));
        }
        let desks = desk_of.iter().map(|_| Desk::default()).collect();
        let (loads, at_slot) = (vec![0; rows.len()], HashMap::new());
        let mut capacity =
            Capacity { key, rows, desk_of_row, loads, desks, desk_of, longest_ms: 0, at_slot };
        for s in &taken.sessions {
            let Some(&desk) = capacity.desk_of.get(&s.verifier) else { continue };
            let is_of = |r: &VerifierRow| r.verifier == s.verifier && r.label == s.label;
            let row = rows.iter().position(is_of);
            let end = s.start.plus_ms(occupancy_ms(s.session_minutes, s.turnaround_minutes));
            capacity.hold(desk, Held { start: s.start, end, row, person: None });
        }
        capacity
    }

    pub fn guest(&self, index: usize, person: &'a PersonRow, policy: &'a PolicyRow) -> Guest<'a> {
        Guest { index, person, policy, desk: self.desk_of.get(&person.token).copied() }
    }

    /// The rows that offer this slot, in keyed verifier order.
    pub fn rows_at(&mut self, start: UtcMillis) -> Rc<[usize]> {
        Rc::clone(&self.slot_rows(start).rows)
    }

    /// The same without leading rows that have no room for anybody.
    pub fn open_rows_at(&mut self, start: UtcMillis) -> (Rc<[usize]>, usize) {
        let slot = self.slot_rows(start);
        let (rows, mut closed) = (Rc::clone(&slot.rows), slot.closed);
        while rows.get(closed).is_some_and(|&row| self.is_closed(row, start)) {
            closed += 1;
        }
        self.slot_rows(start).closed = closed;
        (rows, closed)
    }

    /// To be called after people were moved: closed rows may be open again.
    pub fn forget_closed(&mut self) {
        self.at_slot.values_mut().for_each(|slot| slot.closed = 0);
    }

    pub fn row(&self, spot: Spot) -> &'a VerifierRow {
        &self.rows[spot.row]
    }

    /// Rules that hold whatever is held: not himself, not excluded, a language in common.
    pub fn is_permitted(&self, guest: &Guest<'_>, row: usize) -> bool {
        let (person, row) = (guest.person, &self.rows[row]);
        row.verifier != person.token
            && person.excluded.binary_search(&row.verifier).is_err()
            && share_language(&person.languages, &row.languages)
    }

    /// What stands in the way of placing this person there. The session he has now is not in his way,
    /// but still counts against its cap: he leaves it only for somebody who takes that place.
    pub fn obstacle(&self, guest: &Guest<'_>, spot: Spot) -> Obstacle {
        let (start, end) = (spot.start, spot.start.plus_ms(guest.policy.occupancy_ms()));
        let desk = self.desk_of_row[spot.row];
        if self.desks[desk].met.is_some_and(|(from, to)| from < end && start < to) {
            return Obstacle::Fixed;
        }
        if guest
            .desk
            .is_some_and(|own_desk| self.overlapping(own_desk, start, end).next().is_some())
        {
            return Obstacle::Fixed;
        }
        let mut others =
            self.overlapping(desk, start, end).filter(|h| h.person != Some(guest.index));
        let is_at_cap = self.loads[spot.row] >= usize::from(self.row(spot).sessions_max);
        match (others.next(), others.next()) {
            (None, _) if !is_at_cap => Obstacle::Nothing,
            (None, _) => {
                let of_row = self.desks[desk].held.iter().filter(|h| h.row == Some(spot.row));
                let not_own = |&person: &usize| person != guest.index;
                people(of_row.filter_map(|h| h.person).filter(not_own).collect())
            }
            (Some(one), None) if !is_at_cap || one.row == Some(spot.row) => {
                people(one.person.into_iter().collect())
            }
            _ => Obstacle::Fixed,
        }
    }

    pub fn place(&mut self, guest: &Guest<'_>, spot: Spot) {
        let end = spot.start.plus_ms(guest.policy.occupancy_ms());
        let (row, person) = (Some(spot.row), Some(guest.index));
        self.hold(self.desk_of_row[spot.row], Held { start: spot.start, end, row, person });
        if let Some(own) = guest.desk {
            self.desks[own].met = Some((spot.start, end));
        }
    }

    pub fn remove(&mut self, guest: &Guest<'_>, spot: Spot) {
        let desk = &mut self.desks[self.desk_of_row[spot.row]];
        desk.held.retain(|h| h.person != Some(guest.index));
        self.loads[spot.row] -= 1;
        if let Some(own) = guest.desk {
            self.desks[own].met = None;
        }
    }

    fn hold(&mut self, desk: usize, session: Held) {
        self.longest_ms = self.longest_ms.max(session.end.since(session.start));
        if let Some(row) = session.row {
            self.loads[row] += 1;
        }
        let held = &mut self.desks[desk].held;
        let at = held.partition_point(|h| h.start < session.start);
        held.insert(at, session);
    }

    /// Sessions of a desk that touch `start..end`. Only those that start less than the longest
    /// session before `start` can.
    fn overlapping(
        &self,
        desk: usize,
        start: UtcMillis,
        end: UtcMillis,
    ) -> impl Iterator<Item = &Held> {
        let held = &self.desks[desk].held;
        let earliest = start.plus_ms(-self.longest_ms);
        let from = held.partition_point(|h| h.start < earliest);
        held[from..].iter().take_while(move |h| h.start < end).filter(move |h| start < h.end)
    }

    /// True where not even the shortest session would fit.
    fn is_closed(&self, row: usize, start: UtcMillis) -> bool {
        let shortest = start.plus_ms(MINUTE_MS);
        self.loads[row] >= usize::from(self.rows[row].sessions_max)
            || self.overlapping(self.desk_of_row[row], start, shortest).next().is_some()
    }

    fn slot_rows(&mut self, start: UtcMillis) -> &mut SlotRows {
        let (rows, key) = (self.rows, self.key);
        self.at_slot.entry(start).or_insert_with(|| {
            let offers = |row: &VerifierRow| row.slots.iter().any(|r| r.contains(start));
            let mut at: Vec<usize> = (0..rows.len()).filter(|&i| offers(&rows[i])).collect();
            at.sort_by_cached_key(|&i| (key.verifier_order(start, &rows[i].verifier), i));
            SlotRows { rows: at.into(), closed: 0 }
        })
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::draw::fixtures::{key, person, policy, slot, slots, verifier};

    #[test]
    fn a_slot_that_is_given_back_is_open_again() {
        let (rows, k) = ([verifier(0, slots(&[(0, 6)])), verifier(1, slots(&[(0, 6)]))], key(1));
        let mut capacity = Capacity::new(&rows, &Taken::default(), &k);
        let (p, terms) = (person(1, slots(&[(0, 6)])), policy(5, 5));
        let guest = capacity.guest(0, &p, &terms);
        let first = capacity.rows_at(slot(2))[0];
        let spot = Spot { start: slot(2), row: first };
        capacity.place(&guest, spot);
        assert_eq!(capacity.open_rows_at(slot(2)).1, 1);
        assert!(matches!(capacity.obstacle(&guest, spot), Obstacle::Nothing));
        let other = Guest { index: 1, ..guest };
        let touching = Spot { start: slot(1), row: first };
        assert!(matches!(capacity.obstacle(&other, touching), Obstacle::People(p) if p == [0]));
        capacity.remove(&guest, spot);
        capacity.forget_closed();
        assert_eq!(capacity.open_rows_at(slot(2)).1, 0);
        assert!(matches!(capacity.obstacle(&other, touching), Obstacle::Nothing));
    }
}
