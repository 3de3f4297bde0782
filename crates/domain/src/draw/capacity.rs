//! When verifiers have room: their rows less what is held, with turnaround, caps and breaks. What the
//! general matching and single plans ask; it decides nothing by itself.

use super::bytes::BoundaryKey;
use super::inputs::{PolicyRow, VerifierRow};
use super::matching::Rules;
use super::plan::Selection;
use crate::person::DrawToken;
use crate::time::{MINUTE_MS, UtcMillis};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::collections::{HashMap, HashSet};
use std::rc::Rc;

/// Sessions of labels so many days before a boundary's own, and so many after (of boundaries committed
/// before it), count as taken at it. Others lie too far away to touch its slots.
pub const TAKEN_DAYS_BEFORE: i32 = 3;
pub const TAKEN_DAYS_AFTER: i32 = 2;

/// A session that earlier boundaries, orders or re-checks gave a verifier.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TakenSession {
    pub verifier: DrawToken,
    /// The verifier's own local date, whose cap it counts against; absent where the verifier is the
    /// person met in it, which counts against none.
    pub label: Option<Date>,
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

/// A session somebody might have at a spot.
#[derive(Clone, Copy)]
pub(super) struct Visit {
    pub spot: Spot,
    /// After session and turnaround.
    end: UtcMillis,
    /// The verifier that the person met is, if one.
    own: Option<usize>,
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

/// All that is held of one verifier, over all rows.
#[derive(Default, Clone)]
struct Desk {
    /// By start.
    held: Vec<Held>,
    /// While the verifier is met in this plan.
    met: Option<(UtcMillis, UtcMillis)>,
}

/// The rows that offer a slot, in verifier order. The first `closed` of them have no room for anybody.
struct SlotRows {
    rows: Rc<[usize]>,
    closed: usize,
}

pub(super) struct Capacity<'a> {
    key: &'a BoundaryKey,
    rows: &'a [VerifierRow],
    rules: &'a Rules,
    /// By verifier, as the rules number them.
    desks: Vec<Desk>,
    /// Of each row: how many sessions count against its cap.
    loads: Vec<usize>,
    /// The longest session and turnaround held so far.
    longest_ms: i64,
    at_slot: HashMap<UtcMillis, SlotRows>,
}

impl<'a> Capacity<'a> {
    pub fn new(
        rows: &'a [VerifierRow],
        rules: &'a Rules,
        taken: &Taken,
        key: &'a BoundaryKey,
    ) -> Capacity<'a> {
        let desks = vec![Desk::default(); rules.verifiers()];
        let (loads, at_slot) = (vec![0; rows.len()], HashMap::new());
        let mut capacity = Capacity { key, rows, rules, desks, loads, longest_ms: 0, at_slot };
        let by_date = rows.iter().enumerate().map(|(n, row)| ((row.verifier, row.label), n));
        let by_date: HashMap<(DrawToken, Date), usize> = by_date.collect();
        for s in &taken.sessions {
            let Some(desk) = rules.number(&s.verifier) else { continue };
            let row = s.label.and_then(|label| by_date.get(&(s.verifier, label)).copied());
            capacity.hold(desk, Held { start: s.start, end: s.end(), row, person: None });
        }
        capacity
    }

    /// A guest's session at a spot.
    pub fn visit(&self, guest: usize, policy: &PolicyRow, spot: Spot) -> Visit {
        let end = spot.start.plus_ms(policy.occupancy_ms());
        Visit { spot, end, own: self.rules.own(guest) }
    }

    /// The rows that offer this slot, in verifier order.
    pub fn rows_at(&mut self, start: UtcMillis) -> Rc<[usize]> {
        Rc::clone(&self.slot_rows(start).rows)
    }

    /// The same without leading rows that have no room for anybody.
    pub fn open_rows_at(&mut self, start: UtcMillis) -> (Rc<[usize]>, usize) {
        let slot = self.slot_rows(start);
        let (rows, mut closed) = (Rc::clone(&slot.rows), slot.closed);
        while rows.get(closed).is_some_and(|&row| self.is_closed(Spot { start, row })) {
            closed += 1;
        }
        self.slot_rows(start).closed = closed;
        (rows, closed)
    }

    /// To be called after people were moved: closed rows may be open again.
    pub fn forget_closed(&mut self) {
        self.at_slot.values_mut().for_each(|slot| slot.closed = 0);
    }

    /// True where nobody could have this spot, however short the session.
    pub fn is_closed(&self, spot: Spot) -> bool {
        let shortest = spot.start.plus_ms(MINUTE_MS);
        self.loads[spot.row] >= usize::from(self.rows[spot.row].sessions_max)
            || self.overlapping(self.desk(spot), spot.start, shortest).next().is_some()
    }

    /// Whether there is room for this visit (2 to 5 of "what a person can have"); whether the verifier
    /// is permitted is asked of the rules.
    pub fn has_room(&self, visit: &Visit) -> bool {
        self.has_room_without(visit, None)
    }

    /// The people without whose session there would be room, by start of that session.
    pub fn in_the_way(&self, visit: &Visit) -> Vec<usize> {
        let desk = self.desk(visit.spot);
        let mut overlapping = self.overlapping(desk, visit.spot.start, visit.end);
        let candidates: Vec<usize> = match (overlapping.next(), overlapping.next()) {
            (None, _) => self.desks[desk].held.iter().filter_map(|h| h.person).collect(),
            (Some(one), None) => one.person.into_iter().collect(),
            _ => return Vec::new(),
        };
        let is_in_the_way = |person: &usize| self.has_room_without(visit, Some(*person));
        candidates.into_iter().filter(is_in_the_way).collect()
    }

    pub fn place(&mut self, person: usize, visit: &Visit) {
        let Visit { spot, end, own } = *visit;
        let held = Held { start: spot.start, end, row: Some(spot.row), person: Some(person) };
        self.hold(self.desk(spot), held);
        if let Some(own) = own {
            self.desks[own].met = Some((spot.start, end));
        }
    }

    pub fn remove(&mut self, person: usize, visit: &Visit) {
        let desk = self.desk(visit.spot);
        self.desks[desk].held.retain(|h| h.person != Some(person));
        self.loads[visit.spot.row] -= 1;
        if let Some(own) = visit.own {
            self.desks[own].met = None;
        }
    }

    fn desk(&self, spot: Spot) -> usize {
        self.rules.verifier(spot.row)
    }

    fn has_room_without(&self, visit: &Visit, without: Option<usize>) -> bool {
        let Visit { spot, end, own } = *visit;
        let (desk, row) = (self.desk(spot), &self.rows[spot.row]);
        if self.desks[desk].met.is_some_and(|(from, to)| from < end && spot.start < to) {
            return false;
        }
        if own.is_some_and(|own| self.overlapping(own, spot.start, end).next().is_some()) {
            return false;
        }
        let is_left_out = |h: &Held| without.is_some() && h.person == without;
        if self.overlapping(desk, spot.start, end).any(|h| !is_left_out(h)) {
            return false;
        }
        let given_back = || {
            let held = &self.desks[desk].held;
            held.iter().any(|h| is_left_out(h) && h.row == Some(spot.row))
        };
        let cap = usize::from(row.sessions_max);
        let load = self.loads[spot.row];
        if load > cap || (load == cap && !(without.is_some() && given_back())) {
            return false;
        }
        row.breaks.is_none_or(|breaks| {
            let series = self.series(desk, visit, breaks.minutes, is_left_out);
            series <= usize::from(breaks.after_sessions)
        })
    }

    /// How many sessions in a row this one would make, itself among them.
    fn series(
        &self,
        desk: usize,
        visit: &Visit,
        break_minutes: u16,
        is_left_out: impl Fn(&Held) -> bool,
    ) -> usize {
        let pause_ms = i64::from(break_minutes) * MINUTE_MS;
        let held = &self.desks[desk].held;
        let at = held.partition_point(|h| h.start < visit.spot.start);
        let mut count = 1;
        let mut next = visit.spot.start;
        for h in held[..at].iter().rev().filter(|h| !is_left_out(h)) {
            if next.since(h.end) >= pause_ms {
                break;
            }
            (count, next) = (count + 1, h.start);
        }
        let mut end = visit.end;
        for h in held[at..].iter().filter(|h| !is_left_out(h)) {
            if h.start.since(end) >= pause_ms {
                break;
            }
            (count, end) = (count + 1, h.end);
        }
        count
    }

    fn hold(&mut self, desk: usize, session: Held) {
        self.longest_ms = self.longest_ms.max(session.end.since(session.start));
        if let Some(row) = session.row {
            self.loads[row] += 1;
        }
        let held = &mut self.desks[desk].held;
        let at = held.partition_point(|h| h.start <= session.start);
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

/// Whether sessions of a boundary of label `earlier`, which stands before in the order of plans, count
/// as taken at a boundary of `label`.
pub fn takes_from(label: Date, earlier: Date) -> bool {
    let days = (earlier - label).get_days();
    (-TAKEN_DAYS_BEFORE..=TAKEN_DAYS_AFTER).contains(&days)
}

impl Taken {
    /// As the boundary with these verifiers must see it: of people met only those are kept who are
    /// verifiers there.
    pub fn among(mut self, verifiers: &HashSet<DrawToken>) -> Taken {
        self.sessions.retain(|s| s.label.is_some() || verifiers.contains(&s.verifier));
        self
    }
}

impl TakenSession {
    /// What a selection takes: time of its verifier, and of the person met, who may be a verifier too.
    pub fn of(selection: &Selection, policy: &PolicyRow) -> [TakenSession; 2] {
        let session = |verifier, label| TakenSession {
            verifier,
            label,
            start: selection.slot,
            session_minutes: policy.session_minutes,
            turnaround_minutes: policy.turnaround_minutes,
        };
        let verifier = session(selection.verifier, Some(selection.verifier_label));
        [verifier, session(selection.token, None)]
    }

    /// When the verifier is free again: after session and turnaround.
    pub fn end(&self) -> UtcMillis {
        self.start.plus_ms(occupancy_ms(self.session_minutes, self.turnaround_minutes))
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::draw::fixtures::{key, person, policy, slot, slots, verifier};
    use crate::draw::inputs::Breaks;

    #[test]
    fn a_slot_that_is_given_back_is_open_again() {
        let (rows, k) = ([verifier(0, slots(&[(0, 6)])), verifier(1, slots(&[(0, 6)]))], key(1));
        let (p, terms) = (person(1, slots(&[(0, 6)])), policy(5, 5));
        let rules = Rules::new(&[(&p, &terms)], &rows, &Taken::default());
        let mut capacity = Capacity::new(&rows, &rules, &Taken::default(), &k);
        let row = capacity.rows_at(slot(2))[0];
        let visit = capacity.visit(0, &terms, Spot { start: slot(2), row });
        capacity.place(0, &visit);
        assert_eq!(capacity.open_rows_at(slot(2)).1, 1);
        let touching = capacity.visit(0, &terms, Spot { start: slot(1), row });
        assert!(!capacity.has_room(&touching));
        assert_eq!(capacity.in_the_way(&touching), [0]);
        capacity.remove(0, &visit);
        capacity.forget_closed();
        assert_eq!(capacity.open_rows_at(slot(2)).1, 0);
        assert!(capacity.has_room(&touching));
    }

    #[test]
    fn a_series_ends_with_a_pause_that_begins_after_the_turnaround() {
        let k = key(1);
        let mut row = verifier(0, slots(&[(0, 40)]));
        row.breaks = Some(Breaks { after_sessions: 2, minutes: 15 });
        let rows = [row];
        let (p, terms) = (person(1, slots(&[(0, 40)])), policy(5, 5));
        let rules = Rules::new(&[(&p, &terms)], &rows, &Taken::default());
        let mut capacity = Capacity::new(&rows, &rules, &Taken::default(), &k);
        let visit = |c: &Capacity<'_>, n| c.visit(0, &terms, Spot { start: slot(n), row: 0 });
        for (person, n) in [(10, 10), (12, 12)] {
            let session = visit(&capacity, n);
            capacity.place(person, &session);
        }
        // Each fills two slots, a pause is three more: 10 and 12 are in a row, 9 and 14 touch.
        for (n, has_room) in
            [(5, true), (6, false), (8, false), (14, false), (16, false), (17, true)]
        {
            let session = visit(&capacity, n);
            assert_eq!(capacity.has_room(&session), has_room, "slot {n}");
        }
        let third = visit(&capacity, 14);
        assert_eq!(capacity.in_the_way(&third), [10, 12], "without either there are only two");
        let fourth = visit(&capacity, 16);
        assert_eq!(capacity.in_the_way(&fourth), [10, 12]);
    }
}
