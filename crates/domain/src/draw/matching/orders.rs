//! Everybody's order of slots, made as far as somebody looks. Slots are numbers from the first of the plan,
//! so that a set of them is a few words.

use super::Guest;
use super::bits::{insert_run, member, members};
use crate::calendar::windows::SLOT_MS;
use crate::draw::bytes::{BoundaryKey, SlotWords};
use crate::draw::slot_order::{Walk, shuffle};
use crate::person::DrawToken;
use crate::time::UtcMillis;

pub(super) struct Orders<'a> {
    stream: SlotWords<'a>,
    tokens: Vec<DrawToken>,
    /// Sets of slots are runs of so many words.
    words: usize,
    /// Of each guest: their free slots.
    slots_of: Vec<u64>,
    /// Where the whole order of each guest would begin, and the end of the last.
    from: Vec<u32>,
    /// Whole orders of those whom a search came by; empty before the first search.
    whole: Vec<u16>,
    is_whole: Vec<bool>,
    walk: Walk,
    /// Whose order is walked.
    walker: usize,
}

impl<'a> Orders<'a> {
    /// Slots are numbered from `base`; there are `count`.
    pub fn new(
        key: &'a BoundaryKey,
        guests: &[Guest<'_>],
        base: UtcMillis,
        count: usize,
    ) -> Orders<'a> {
        let words = count.div_ceil(64);
        let mut slots_of = vec![0; guests.len() * words];
        let mut tokens = Vec::with_capacity(guests.len());
        let mut from = Vec::with_capacity(guests.len() + 1);
        let mut sum = 0;
        for ((person, _), set) in guests.iter().zip(slots_of.chunks_exact_mut(words)) {
            tokens.push(person.token);
            from.push(sum);
            for range in &person.slots {
                let first = (range.first.since(base) / SLOT_MS) as usize;
                insert_run(set, first, range.count());
                sum += range.count() as u32;
            }
        }
        from.push(sum);
        let (whole, is_whole) = (Vec::new(), vec![false; guests.len()]);
        let walk = Walk::new(&DrawToken([0; 16]), 0);
        let stream = key.slot_words();
        Orders { stream, tokens, words, slots_of, from, whole, is_whole, walk, walker: 0 }
    }

    /// The free slots of a guest.
    pub fn slots(&self, guest: usize) -> &[u64] {
        &self.slots_of[guest * self.words..][..self.words]
    }

    /// The free slots of everybody, one after another.
    pub fn sets(&self) -> impl Iterator<Item = &[u64]> {
        self.slots_of.chunks_exact(self.words)
    }

    /// Begins to walk a guest's order, from its first choice.
    pub fn begin(&mut self, guest: usize) {
        self.walker = guest;
        self.walk.begin(&self.tokens[guest], self.count(guest));
    }

    /// The next choice of the guest whose order is walked.
    pub fn next(&mut self) -> Option<usize> {
        let place = self.walk.next(&mut self.stream)?;
        Some(member(self.slots(self.walker), place))
    }

    /// The n-th choice of a guest, for whoever needs many of them.
    pub fn choice(&mut self, guest: usize, n: usize) -> Option<usize> {
        if n >= self.count(guest) {
            return None;
        }
        let list = self.from[guest] as usize..self.from[guest + 1] as usize;
        if !self.is_whole[guest] {
            self.is_whole[guest] = true;
            self.whole.resize(self.from[self.tokens.len()] as usize, 0);
            let list = &mut self.whole[list.clone()];
            let set = &self.slots_of[guest * self.words..][..self.words];
            list.iter_mut().zip(members(set)).for_each(|(place, slot)| *place = slot as u16);
            shuffle(list, &self.tokens[guest], &mut self.stream);
        }
        Some(usize::from(self.whole[list][n]))
    }

    fn count(&self, guest: usize) -> usize {
        (self.from[guest + 1] - self.from[guest]) as usize
    }
}
