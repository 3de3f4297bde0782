//! The matching where every session fills one slot: no caps or breaks that could bind, nobody who
//! is met and meets. Then only who sits at a spot is in its way, and the search of the document can
//! be answered from sets of slots. Same answer as `general`, at ten thousand people in milliseconds.

use super::bits::{contains, insert, meets, remove, unite};
use super::orders::Orders;
use super::rules::Rules;
use super::tables::{FREE, HELD, Table, is_cap_loose, tables};
use super::{Guest, Matching};
use crate::calendar::windows::SLOT_MS;
use crate::draw::bytes::BoundaryKey;
use crate::draw::capacity::{Spot, Taken};
use crate::draw::inputs::VerifierRow;
use crate::time::UtcMillis;
use std::collections::{HashSet, VecDeque};

/// Longer spans than this, in slots, are not a day and take the general way.
const SLOTS_MAX: usize = 1_024;

/// A place at a slot: which slot, and which of its rows in verifier order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Seat {
    slot: usize,
    at: usize,
}

pub(super) struct UnitBoard<'a> {
    orders: Orders<'a>,
    rules: &'a Rules,
    base: UtcMillis,
    tables: Vec<Table>,
    /// Sets of slots are runs of so many words.
    words: usize,
    /// Of each slot: the free slots of all who sit there.
    reach: Vec<u64>,
    /// Slots with a free seat.
    open: Vec<u64>,
    seats: Vec<Option<Seat>>,
    /// People reached by a search that failed: no later search gets anywhere through them.
    dead: Vec<bool>,
}

impl<'a> UnitBoard<'a> {
    /// `None` where sessions could be in each other's way otherwise than by their slot.
    pub fn new(
        key: &'a BoundaryKey,
        guests: &[Guest<'_>],
        rows: &[VerifierRow],
        taken: &Taken,
        rules: &'a Rules,
    ) -> Option<UnitBoard<'a>> {
        let fills_one_slot = |(_, policy): &Guest<'_>| policy.occupancy_ms() <= SLOT_MS;
        let is_guest_only = |guest: usize| rules.own(guest).is_none();
        if !guests.iter().all(fills_one_slot)
            || !(0..guests.len()).all(is_guest_only)
            || !rows.iter().all(|row| row.breaks.is_none() && is_cap_loose(row, taken))
            || taken.sessions.iter().any(|s| s.start.0 % SLOT_MS != 0)
        {
            return None;
        }
        let ranges = guests.iter().flat_map(|(person, _)| &person.slots);
        let base = ranges.clone().map(|r| r.first).min()?;
        let end = ranges.map(|r| r.end).max()?;
        let count = usize::try_from(end.since(base) / SLOT_MS).ok().filter(|n| *n <= SLOTS_MAX)?;
        let orders = Orders::new(key, guests, base, count);
        let words = count.div_ceil(64);
        let mut wanted = vec![0; words];
        orders.sets().for_each(|set| unite(&mut wanted, set));
        let tables = tables(key, rows, taken, base, count, &wanted, rules)?;
        let mut open = vec![0; words];
        for (slot, table) in tables.iter().enumerate().filter(|(_, table)| table.free > 0) {
            debug_assert!(contains(&wanted, slot) && table.free <= table.rows.len());
            insert(&mut open, slot);
        }
        Some(UnitBoard {
            orders,
            rules,
            base,
            reach: vec![0; count * words],
            tables,
            words,
            open,
            seats: vec![None; guests.len()],
            dead: vec![false; guests.len()],
        })
    }

    pub fn fill(mut self, order: &[usize]) -> Matching {
        let mut first = vec![None; self.seats.len()];
        for &guest in order {
            let found = self.free_seat(guest, Wish::Kept);
            let found = found.or_else(|| {
                let may_differ = self.rules.has_last(guest);
                may_differ.then(|| self.free_seat(guest, Wish::Dropped)).flatten()
            });
            match found {
                Some(seat) => self.sit(guest, seat),
                None => self.search(guest),
            }
            first[guest] = self.seats[guest].map(|seat| self.spot(seat));
        }
        let last = self.seats.iter().map(|seat| seat.map(|seat| self.spot(seat))).collect();
        Matching { first, last }
    }

    fn spot(&self, seat: Seat) -> Spot {
        let start = self.base.plus_ms(seat.slot as i64 * SLOT_MS);
        Spot { start, row: self.tables[seat.slot].rows[seat.at] as usize }
    }

    /// The first spot that is free, in the guest's order of spots.
    fn free_seat(&mut self, guest: usize, wish: Wish) -> Option<Seat> {
        if !meets(self.slots(guest), &self.open) {
            return None;
        }
        self.orders.begin(guest);
        while let Some(slot) = self.orders.next() {
            if !contains(&self.open, slot) {
                continue;
            }
            let table = &self.tables[slot];
            for at in table.free_from..table.rows.len() {
                let row = table.rows[at] as usize;
                let is_refused = wish == Wish::Kept && self.rules.is_last(guest, row);
                if table.sitting[at] == FREE && !is_refused && self.rules.permits(guest, row) {
                    return Some(Seat { slot, at });
                }
            }
        }
        None
    }

    fn slots(&self, guest: usize) -> &[u64] {
        self.orders.slots(guest)
    }

    fn sit(&mut self, guest: usize, seat: Seat) {
        let table = &mut self.tables[seat.slot];
        table.sit(guest as u32, seat.at);
        if table.free == 0 {
            remove(&mut self.open, seat.slot);
        }
        let reach = &mut self.reach[seat.slot * self.words..][..self.words];
        unite(reach, self.orders.slots(guest));
        self.seats[guest] = Some(seat);
    }

    /// A guest takes a seat that its holder leaves for another.
    fn replace(&mut self, guest: usize, seat: Seat) {
        let table = &mut self.tables[seat.slot];
        table.sitting[seat.at] = guest as u32;
        table.is_stale = true;
        self.seats[guest] = Some(seat);
    }

    /// Step 5: the shortest chain, and of those the first that the document's queue would find.
    fn search(&mut self, guest: usize) {
        let Some(layers) = self.layers(guest) else { return };
        let mut failed = Failed::default();
        let moves = layers.len() - 1;
        let mut chain = Vec::with_capacity(moves + 1);
        let is_found = self.descend(guest, moves, &layers, &mut failed, &mut chain);
        if !is_found {
            // Fewer seats are permitted than the sets allow for: every chain, shortest first.
            chain.clear();
            if !self.breadth_first(guest, &mut chain) {
                return;
            }
        }
        // The chain is written from its end: who goes to the free seat comes first.
        let (_, free) = chain[0];
        for pair in chain.windows(2) {
            let ((guest, _), (next, seat)) = (pair[0], pair[1]);
            debug_assert_eq!(self.tables[seat.slot].sitting[seat.at], guest as u32);
            self.replace(next, seat);
        }
        self.sit(chain[0].0, free);
    }

    /// Slots from which at most 0, 1, 2, ... moves lead to a slot with a free seat, if everybody were
    /// permitted everything; up to the first set that holds a slot of this guest, and at least one
    /// move. `None`: no number of moves is enough.
    fn layers(&mut self, guest: usize) -> Option<Vec<Vec<u64>>> {
        let mut layers = vec![self.open.clone()];
        loop {
            let before = layers.last()?.clone();
            if layers.len() > 1 && meets(&before, self.slots(guest)) {
                return Some(layers);
            }
            let mut next = before.clone();
            for slot in 0..self.tables.len() {
                if !contains(&before, slot) && meets(self.reach_of(slot), &before) {
                    insert(&mut next, slot);
                }
            }
            if next == before && layers.len() > 1 {
                return None;
            }
            layers.push(next);
        }
    }

    /// The union of the free slots of all who sit at a slot.
    fn reach_of(&mut self, slot: usize) -> &[u64] {
        let range = slot * self.words..(slot + 1) * self.words;
        if std::mem::take(&mut self.tables[slot].is_stale) {
            self.reach[range.clone()].fill(0);
            for &who in self.tables[slot].sitting.iter().filter(|who| **who < HELD) {
                unite(&mut self.reach[range.clone()], self.orders.slots(who as usize));
            }
        }
        &self.reach[range]
    }

    /// A chain of exactly so many moves of others, first in the order of the document's queue.
    fn descend(
        &mut self,
        guest: usize,
        moves: usize,
        layers: &[Vec<u64>],
        failed: &mut Failed,
        chain: &mut Vec<(usize, Seat)>,
    ) -> bool {
        if moves == 0 {
            let free = self.free_seat(guest, Wish::Dropped);
            chain.extend(free.map(|seat| (guest, seat)));
            return free.is_some();
        }
        let mut n = 0;
        while let Some(slot) = self.orders.choice(guest, n) {
            n += 1;
            if !contains(&layers[moves], slot) {
                continue;
            }
            for at in 0..self.tables[slot].sitting.len() {
                let table = &self.tables[slot];
                let (who, row) = (table.sitting[at], table.rows[at] as usize);
                let other = who as usize;
                let is_useful = who < HELD
                    && other != guest
                    && meets(self.slots(other), &layers[moves - 1])
                    && !self.dead[other]
                    && self.rules.permits(guest, row)
                    && failed.is_new(other, moves - 1);
                if is_useful && self.descend(other, moves - 1, layers, failed, chain) {
                    chain.push((guest, Seat { slot, at }));
                    return true;
                }
            }
        }
        false
    }

    /// The document's search as it stands there. Those it reached in vain are dead.
    fn breadth_first(&mut self, guest: usize, chain: &mut Vec<(usize, Seat)>) -> bool {
        let mut came_from: Vec<Option<(usize, Seat)>> = vec![None; self.seats.len()];
        // seats nobody has reached, by slot
        let mut unreached: Vec<Vec<u32>> =
            self.tables.iter().map(|t| (0..t.rows.len() as u32).collect()).collect();
        let (mut queue, mut reached) = (VecDeque::from([guest]), vec![guest]);
        while let Some(x) = queue.pop_front() {
            if let Some(seat) = self.free_seat(x, Wish::Dropped) {
                chain.push((x, seat));
                let mut at = x;
                while let Some((before, seat)) = came_from[at] {
                    chain.push((before, seat));
                    at = before;
                }
                return true;
            }
            let mut n = 0;
            while let Some(slot) = self.orders.choice(x, n) {
                n += 1;
                let table = &self.tables[slot];
                unreached[slot].retain(|&at| {
                    let (who, row) = (table.sitting[at as usize], table.rows[at as usize]);
                    if !self.rules.permits(x, row as usize) {
                        return true;
                    }
                    let other = who as usize;
                    if who < HELD && !self.dead[other] && other != guest {
                        came_from[other] = Some((x, Seat { slot, at: at as usize }));
                        queue.push_back(other);
                        reached.push(other);
                    }
                    false
                });
            }
        }
        reached.into_iter().for_each(|person| self.dead[person] = true);
        false
    }
}

/// Whether the verifier of last time is avoided.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Wish {
    Kept,
    Dropped,
}

/// Who was tried in vain with how many moves left.
#[derive(Default)]
struct Failed {
    tried: HashSet<(usize, usize)>,
}

impl Failed {
    fn is_new(&mut self, guest: usize, moves: usize) -> bool {
        self.tried.insert((guest, moves))
    }
}
