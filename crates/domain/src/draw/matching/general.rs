//! The matching with everything that can be in the way: turnaround, caps, breaks, verifiers who are
//! met themselves. The document's steps as they stand there; what is skipped could find nothing.

use super::rules::Rules;
use super::{Guest, Matching};
use crate::draw::bytes::BoundaryKey;
use crate::draw::capacity::{Capacity, Spot, Taken, Visit};
use crate::draw::inputs::VerifierRow;
use crate::draw::slot_order::slot_order;
use crate::time::UtcMillis;
use std::collections::{HashMap, HashSet, VecDeque};

/// From a person reached: who would take their place, and at which spot.
type CameFrom = HashMap<usize, (usize, Spot)>;

pub(super) struct GeneralBoard<'a> {
    guests: &'a [Guest<'a>],
    rules: &'a Rules,
    /// Of each guest: free slots, first choice first.
    slots: Vec<Vec<UtcMillis>>,
    capacity: Capacity<'a>,
    placed: Vec<Option<Spot>>,
    /// People reached by a search that failed.
    dead: Vec<bool>,
    /// Of each verifier: how many people placed there are not dead.
    alive: Vec<usize>,
}

impl<'a> GeneralBoard<'a> {
    pub fn new(
        key: &'a BoundaryKey,
        guests: &'a [Guest<'a>],
        rows: &'a [VerifierRow],
        taken: &Taken,
        rules: &'a Rules,
    ) -> GeneralBoard<'a> {
        let slots = guests.iter().map(|(person, _)| slot_order(key, &person.token, &person.slots));
        GeneralBoard {
            guests,
            rules,
            slots: slots.collect(),
            capacity: Capacity::new(rows, rules, taken, key),
            placed: vec![None; guests.len()],
            dead: vec![false; guests.len()],
            alive: vec![0; rules.verifiers()],
        }
    }

    pub fn fill(mut self, order: &[usize]) -> Matching {
        let mut first = vec![None; self.guests.len()];
        for &guest in order {
            let found = self.free_spot(guest, false).or_else(|| {
                let may_differ = self.rules.has_last(guest);
                may_differ.then(|| self.free_spot(guest, true)).flatten()
            });
            match found {
                Some(spot) => self.place(guest, spot),
                None if self.search(guest) => self.capacity.forget_closed(),
                None => {}
            }
            first[guest] = self.placed[guest];
        }
        Matching { first, last: self.placed }
    }

    /// Steps 3 and 4: the first spot that the guest can have.
    fn free_spot(&mut self, guest: usize, is_wish_dropped: bool) -> Option<Spot> {
        for n in 0..self.slots[guest].len() {
            let start = self.slots[guest][n];
            let (rows, closed) = self.capacity.open_rows_at(start);
            for &row in &rows[closed..] {
                let is_refused = !is_wish_dropped && self.rules.is_last(guest, row);
                let spot = Spot { start, row };
                if !is_refused
                    && self.rules.permits(guest, row)
                    && self.capacity.has_room(&self.visit(guest, spot))
                {
                    return Some(spot);
                }
            }
        }
        None
    }

    /// Step 5.
    fn search(&mut self, guest: usize) -> bool {
        let mut came_from = CameFrom::new();
        let (mut reached, mut queue) = (HashSet::from([guest]), VecDeque::from([guest]));
        let mut unreached = self.alive.clone();
        let mut exhausted: HashSet<UtcMillis> = HashSet::new();
        while let Some(x) = queue.pop_front() {
            for n in 0..self.slots[x].len() {
                let start = self.slots[x][n];
                if exhausted.contains(&start) {
                    continue;
                }
                let mut is_exhausted = true;
                for &row in self.capacity.rows_at(start).iter() {
                    let (spot, verifier) = (Spot { start, row }, self.rules.verifier(row));
                    if unreached[verifier] == 0 && self.capacity.is_closed(spot) {
                        continue;
                    }
                    is_exhausted = false;
                    if !self.rules.permits(x, row) {
                        continue;
                    }
                    let visit = self.visit(x, spot);
                    if self.capacity.has_room(&visit) {
                        if self.shift(x, spot, &came_from) {
                            return true;
                        }
                        continue;
                    }
                    if unreached[verifier] == 0 {
                        continue;
                    }
                    for other in self.capacity.in_the_way(&visit) {
                        if !self.dead[other] && reached.insert(other) {
                            came_from.insert(other, (x, spot));
                            queue.push_back(other);
                            unreached[verifier] -= 1;
                        }
                    }
                }
                if is_exhausted {
                    exhausted.insert(start);
                }
            }
        }
        for person in reached {
            self.dead[person] = true;
            if let Some(spot) = self.placed[person] {
                self.alive[self.rules.verifier(spot.row)] -= 1;
            }
        }
        false
    }

    /// `move` of the document: `last` goes to `spot`, the one before to the spot left, and so on.
    fn shift(&mut self, last: usize, spot: Spot, came_from: &CameFrom) -> bool {
        let mut steps = vec![(last, spot)];
        let mut at = last;
        while let Some(&(before, to)) = came_from.get(&at) {
            steps.push((before, to));
            at = before;
        }
        let old: Vec<_> = steps.iter().map(|&(person, _)| (person, self.placed[person])).collect();
        steps.iter().for_each(|&(person, _)| self.lift(person));
        for &(person, to) in &steps {
            if self.capacity.has_room(&self.visit(person, to)) {
                self.place(person, to);
                continue;
            }
            steps.iter().for_each(|&(person, _)| self.lift(person));
            for (person, spot) in old {
                if let Some(spot) = spot {
                    self.place(person, spot);
                }
            }
            return false;
        }
        true
    }

    fn visit(&self, guest: usize, spot: Spot) -> Visit {
        self.capacity.visit(guest, self.guests[guest].1, spot)
    }

    fn place(&mut self, guest: usize, spot: Spot) {
        self.capacity.place(guest, &self.visit(guest, spot));
        self.placed[guest] = Some(spot);
        self.alive[self.rules.verifier(spot.row)] += usize::from(!self.dead[guest]);
    }

    fn lift(&mut self, guest: usize) {
        if let Some(spot) = self.placed[guest].take() {
            self.capacity.remove(guest, &self.visit(guest, spot));
            self.alive[self.rules.verifier(spot.row)] -= usize::from(!self.dead[guest]);
        }
    }
}
