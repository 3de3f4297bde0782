//! The plan of one boundary: a deterministic function of committed rows, key and taken capacity.
//! People in keyed order take the free slot of smallest keyed priority that a permitted verifier
//! still has; augmenting paths move earlier ones only where capacity demands it. Nothing is stored.

use super::bytes::{BoundaryKey, Horizon};
use super::capacity::{Capacity, Guest, Obstacle, Spot, Taken};
use super::inputs::{BoundaryInputs, PersonRow, PolicyRow};
use crate::calendar::SlotRange;
use crate::calendar::windows::ANNOUNCE_MARGIN_MS;
use crate::id::PolicyVersionId;
use crate::person::DrawToken;
use crate::time::UtcMillis;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::collections::{HashMap, HashSet, VecDeque};

/// A hit with fewer free slots is shielded: the time of day would be guessable.
pub const FREE_SLOTS_MIN: usize = 6;

words! {
    /// Why a person is not at the spot first taken.
    pub enum MoveReason {
        /// Another person could be placed in no other way.
        Capacity = "capacity",
    }
}

/// One hit with its slot and verifier.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Selection {
    pub token: DrawToken,
    pub policy: PolicyVersionId,
    /// Start of the session.
    pub slot: UtcMillis,
    /// Keyed priority of the slot, lower-case hexadecimal.
    pub priority: String,
    pub verifier: DrawToken,
    /// The verifier's own local date, for `Taken` of later plans.
    pub verifier_label: Date,
    pub notice_minutes: u16,
    /// When the first message may leave: slot - notice.
    pub announce: UtcMillis,
}

/// A person whom an augmenting path moved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Moved {
    pub token: DrawToken,
    pub reason: MoveReason,
    pub from_slot: UtcMillis,
    pub to_slot: UtcMillis,
    pub from_verifier: DrawToken,
    pub to_verifier: DrawToken,
}

/// What a boundary comes to. Everybody eligible is in `selections`, `shielded`, `uncovered` or was
/// not hit.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Plan {
    /// In keyed order of people.
    pub selections: Vec<Selection>,
    /// Hit, but with too few free slots. By token.
    pub shielded: Vec<DrawToken>,
    /// Hit, but no verifier had time. In keyed order.
    pub uncovered: Vec<DrawToken>,
    /// By token.
    pub moved: Vec<Moved>,
    /// How many were eligible and not hit.
    pub not_hit: u32,
    /// How many were not eligible.
    pub ineligible: u32,
}

impl Selection {
    /// When the announcement transaction is due: two minutes before the first message.
    pub fn transaction_due(&self) -> UtcMillis {
        self.announce.plus_ms(-ANNOUNCE_MARGIN_MS)
    }
}

/// Draws and plans one boundary.
pub fn plan(inputs: &BoundaryInputs, key: &BoundaryKey, taken: &Taken) -> Plan {
    let mut plan = Plan::default();
    let mut hits: Vec<(&PersonRow, &PolicyRow)> = Vec::new();
    for person in inputs.people() {
        let policy = inputs.policy(person.policy);
        let Some(policy) = policy.filter(|_| person.class.is_none()) else {
            plan.ineligible += 1;
            continue;
        };
        if !is_hit(inputs.boundary().horizon, key, person, policy) {
            plan.not_hit += 1;
        } else if person.is_guessable() {
            plan.shielded.push(person.token);
        } else {
            hits.push((person, policy));
        }
    }
    hits.sort_by_cached_key(|(person, _)| key.person_order(&person.token));
    Board::new(inputs, key, taken, hits).fill(&mut plan);
    plan
}

/// The day decision for one row; never looks at the calendar.
pub fn is_hit(horizon: Horizon, key: &BoundaryKey, person: &PersonRow, policy: &PolicyRow) -> bool {
    let threshold = person.threshold(&policy.hazards);
    match horizon {
        Horizon::Day => key.is_hit(&person.token, threshold),
        Horizon::Block(block) => threshold.is_hit(key.u_of_block(block, &person.token)),
    }
}

/// The slots of these ranges, smallest keyed priority first.
pub(super) fn slots_by_priority(
    key: &BoundaryKey,
    token: &DrawToken,
    slots: &[SlotRange],
) -> Vec<UtcMillis> {
    let mut starts: Vec<UtcMillis> = slots.iter().flat_map(|r| r.starts()).collect();
    starts.sort_by_cached_key(|&start| (key.slot_priority(token, start), start));
    starts
}

/// A selection from its parts; the notice is drawn with `key`.
pub(super) fn selection(
    key: &BoundaryKey,
    guest: &Guest<'_>,
    capacity: &Capacity<'_>,
    spot: Spot,
) -> Selection {
    let (person, policy) = (guest.person, guest.policy);
    let (min, max) = (policy.notice_minutes_min, policy.notice_minutes_max);
    let notice_minutes = key.notice_minutes(&person.token, min, max);
    let row = capacity.row(spot);
    Selection {
        token: person.token,
        policy: person.policy,
        slot: spot.start,
        priority: hex::encode(key.slot_priority(&person.token, spot.start)),
        verifier: row.verifier,
        verifier_label: row.label,
        notice_minutes,
        announce: spot.start.plus_minutes(-i64::from(notice_minutes)),
    }
}

/// The people hit, in keyed order, and where each stands.
struct Board<'a> {
    key: &'a BoundaryKey,
    guests: Vec<Guest<'a>>,
    slots: Vec<Vec<UtcMillis>>,
    capacity: Capacity<'a>,
    placed: Vec<Option<Spot>>,
    first: Vec<Option<Spot>>,
    /// People reached by a search that failed: no later search gets anywhere through them.
    dead: HashSet<usize>,
}

impl<'a> Board<'a> {
    fn new(
        inputs: &'a BoundaryInputs,
        key: &'a BoundaryKey,
        taken: &Taken,
        hits: Vec<(&'a PersonRow, &'a PolicyRow)>,
    ) -> Board<'a> {
        let by_priority = |(p, _): &(&PersonRow, _)| slots_by_priority(key, &p.token, &p.slots);
        let slots = hits.iter().map(by_priority).collect();
        let capacity = Capacity::new(inputs.verifiers(), taken, key);
        let guest = |(index, &(person, policy))| capacity.guest(index, person, policy);
        let guests: Vec<Guest<'a>> = hits.iter().enumerate().map(guest).collect();
        let (placed, first) = (vec![None; hits.len()], vec![None; hits.len()]);
        Board { key, guests, slots, capacity, placed, first, dead: HashSet::new() }
    }

    fn fill(mut self, plan: &mut Plan) {
        for index in 0..self.guests.len() {
            let found = self.free_spot(index, false).or_else(|| self.free_spot(index, true));
            match found {
                Some(spot) => self.place(index, spot),
                None if self.augment(index) => self.capacity.forget_closed(),
                None => plan.uncovered.push(self.guests[index].person.token),
            }
            self.first[index] = self.placed[index];
        }
        for (index, guest) in self.guests.iter().enumerate() {
            let (Some(spot), Some(first)) = (self.placed[index], self.first[index]) else {
                continue;
            };
            plan.selections.push(selection(self.key, guest, &self.capacity, spot));
            if spot != first {
                plan.moved.push(Moved {
                    token: guest.person.token,
                    reason: MoveReason::Capacity,
                    from_slot: first.start,
                    to_slot: spot.start,
                    from_verifier: self.capacity.row(first).verifier,
                    to_verifier: self.capacity.row(spot).verifier,
                });
            }
        }
        plan.moved.sort_by_key(|m| m.token);
    }

    /// The free spot of smallest slot priority; the last verifier only if the wish is dropped.
    fn free_spot(&mut self, index: usize, is_wish_dropped: bool) -> Option<Spot> {
        let guest = self.guests[index];
        let last_verifier = guest.person.last_verifier;
        if is_wish_dropped && last_verifier.is_none() {
            return None; // nothing else to find than without the wish
        }
        for &start in &self.slots[index] {
            let (rows, closed) = self.capacity.open_rows_at(start);
            for &row in &rows[closed..] {
                let spot = Spot { start, row };
                let is_last = Some(self.capacity.row(spot).verifier) == last_verifier;
                if (is_last && !is_wish_dropped) || !self.capacity.is_permitted(&guest, row) {
                    continue;
                }
                if let Obstacle::Nothing = self.capacity.obstacle(&guest, spot) {
                    return Some(spot);
                }
            }
        }
        None
    }

    /// Looks for the shortest chain of moves that frees a spot for this person, and makes it.
    fn augment(&mut self, index: usize) -> bool {
        let mut came_from: HashMap<usize, (usize, Spot)> = HashMap::new();
        let mut reached = HashSet::from([index]);
        let mut queue = VecDeque::from([index]);
        while let Some(at) = queue.pop_front() {
            let guest = self.guests[at];
            for n in 0..self.slots[at].len() {
                let start = self.slots[at][n];
                for &row in self.capacity.rows_at(start).iter() {
                    let spot = Spot { start, row };
                    let is_own = self.placed[at] == Some(spot); // it goes to whoever needs it
                    if is_own || !self.capacity.is_permitted(&guest, row) {
                        continue;
                    }
                    match self.capacity.obstacle(&guest, spot) {
                        Obstacle::Fixed => {}
                        Obstacle::Nothing if self.shift(at, spot, &came_from) => return true,
                        Obstacle::Nothing => {}
                        Obstacle::People(people) => {
                            for other in people {
                                if !self.dead.contains(&other) && reached.insert(other) {
                                    came_from.insert(other, (at, spot));
                                    queue.push_back(other);
                                }
                            }
                        }
                    }
                }
            }
        }
        self.dead.extend(reached);
        false
    }

    /// Moves `last` to `spot`, its predecessor to the spot it leaves, and so on. With turnaround a
    /// chain may be in its own way; then nothing changes and the answer is false.
    fn shift(
        &mut self,
        last: usize,
        spot: Spot,
        came_from: &HashMap<usize, (usize, Spot)>,
    ) -> bool {
        let mut steps = vec![(last, spot)];
        let mut at = last;
        while let Some(&(before, to)) = came_from.get(&at) {
            steps.push((before, to));
            at = before;
        }
        let old: Vec<(usize, Option<Spot>)> =
            steps.iter().map(|&(index, _)| (index, self.placed[index])).collect();
        for &(index, _) in &steps {
            self.lift(index);
        }
        for &(index, to) in &steps {
            if let Obstacle::Nothing = self.capacity.obstacle(&self.guests[index], to) {
                self.place(index, to);
                continue;
            }
            for &(index, _) in &steps {
                self.lift(index);
            }
            for (index, spot) in old {
                if let Some(spot) = spot {
                    self.place(index, spot);
                }
            }
            return false;
        }
        true
    }

    fn place(&mut self, index: usize, spot: Spot) {
        self.capacity.place(&self.guests[index], spot);
        self.placed[index] = Some(spot);
    }

    fn lift(&mut self, index: usize) {
        if let Some(spot) = self.placed[index].take() {
            self.capacity.remove(&self.guests[index], spot);
        }
    }
}

#[cfg(test)]
#[path = "plan_tests.rs"]
mod tests;
