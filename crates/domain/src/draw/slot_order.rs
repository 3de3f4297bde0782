//! The order in which a person takes their free slots: a keyed shuffle, made as far as it is looked at.
//!
//! Fisher and Yates' shuffle in Durstenfeld's form (Knuth, The Art of Computer Programming, volume 2, section 3.4.2,
//! algorithm P), fed by `HMAC(k_t, enc("slot", token, n))`, four words an HMAC. Most people get one of their
//! first four choices, so most people cost one HMAC.

use super::bytes::{BoundaryKey, SlotWords};
use crate::calendar::windows::SlotRange;
use crate::person::DrawToken;
use crate::time::UtcMillis;

/// A shuffle of the places `0..count`, one choice after another. Only places that were exchanged are kept.
pub(super) struct Walk {
    token: DrawToken,
    count: usize,
    done: usize,
    words: [u64; 4],
    /// Place and what stands there now, where that is not the place's own number.
    exchanged: Vec<(usize, usize)>,
}

impl Walk {
    pub fn new(token: &DrawToken, count: usize) -> Walk {
        Walk { token: *token, count, done: 0, words: [0; 4], exchanged: Vec::new() }
    }

    /// Begins another; what was allocated is kept.
    pub fn begin(&mut self, token: &DrawToken, count: usize) {
        (self.token, self.count, self.done) = (*token, count, 0);
        self.exchanged.clear();
    }

    /// The next choice.
    pub fn next(&mut self, stream: &mut SlotWords<'_>) -> Option<usize> {
        let i = self.done;
        if i >= self.count {
            return None;
        }
        if i.is_multiple_of(4) {
            self.words = stream.words(&self.token, (i / 4) as u32);
        }
        self.done = i + 1;
        let j = i + scaled(self.words[i % 4], self.count - i);
        let at_i = self.stands_at(i);
        let chosen = self.stands_at(j);
        if j != i {
            match self.exchanged.iter_mut().find(|(place, _)| *place == j) {
                Some((_, stands)) => *stands = at_i,
                None => self.exchanged.push((j, at_i)),
            }
        }
        Some(chosen)
    }

    fn stands_at(&self, place: usize) -> usize {
        let exchanged = self.exchanged.iter().find(|(at, _)| *at == place);
        exchanged.map_or(place, |(_, stands)| *stands)
    }
}

/// `floor(word * n / 2^64)`: a number below n, as even as 2^64 allows.
fn scaled(word: u64, n: usize) -> usize {
    ((u128::from(word) * n as u128) >> 64) as usize
}

/// All slots of these ranges, which are in order of time, first choice first.
pub fn slot_order(key: &BoundaryKey, token: &DrawToken, ranges: &[SlotRange]) -> Vec<UtcMillis> {
    let mut slots: Vec<UtcMillis> = ranges.iter().flat_map(|range| range.starts()).collect();
    shuffle(&mut slots, token, &mut key.slot_words());
    slots
}

/// The whole shuffle of a list.
pub(super) fn shuffle<T>(list: &mut [T], token: &DrawToken, stream: &mut SlotWords<'_>) {
    let mut words = [0; 4];
    for i in 0..list.len() {
        if i.is_multiple_of(4) {
            words = stream.words(token, (i / 4) as u32);
        }
        let j = i + scaled(words[i % 4], list.len() - i);
        list.swap(i, j);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calendar::windows::SLOT_MS;
    use crate::draw::fixtures::{key, slots};

    #[test]
    fn every_slot_is_in_the_order_once_and_a_walk_finds_the_same() {
        for count in [0, 1, 3, 4, 5, 41, 288, 1_023] {
            let (ranges, token) = (slots(&[(0, count)]), DrawToken([7; 16]));
            let mut order = slot_order(&key(1), &token, &ranges);
            let (k, mut walk) = (key(1), Walk::new(&token, order.len()));
            let mut stream = k.slot_words();
            for slot in &order {
                let place = (slot.0 - ranges[0].first.0) / SLOT_MS;
                assert_eq!(walk.next(&mut stream), Some(place as usize), "{count}");
            }
            assert_eq!(walk.next(&mut stream), None);
            assert!(count <= 10 || !order.is_sorted(), "{count}: shuffled");
            order.sort_unstable();
            assert_eq!(order, ranges[0].starts().collect::<Vec<_>>(), "{count}");
        }
    }

    /// Pearson's chi-square over every pair of place and slot; 10 x 10 cells of 2,000 each.
    #[test]
    fn every_slot_is_as_often_at_every_place() {
        let (ranges, people) = (slots(&[(0, 10)]), 20_000u32);
        let mut seen = [[0u32; 10]; 10];
        for n in 0..people {
            let token = DrawToken(std::array::from_fn(|i| n.to_be_bytes()[i % 4] ^ i as u8));
            for (place, slot) in slot_order(&key(3), &token, &ranges).iter().enumerate() {
                let which = (slot.0 - ranges[0].first.0) / SLOT_MS;
                seen[place][which as usize] += 1;
            }
        }
        let expected = f64::from(people) / 10.0;
        let off = |n: &u32| (f64::from(*n) - expected).powi(2) / expected;
        let chi_square: f64 = seen.iter().flatten().map(off).sum();
        // 81 degrees of freedom: mean 81, standard deviation 12.7.
        assert!((81.0 - 45.0..81.0 + 45.0).contains(&chi_square), "{chi_square}");
    }

    #[test]
    fn a_slot_more_changes_nobody_elses_order() {
        let one = slot_order(&key(1), &DrawToken([1; 16]), &slots(&[(0, 30)]));
        let other = slot_order(&key(1), &DrawToken([2; 16]), &slots(&[(0, 30)]));
        assert_ne!(one, other);
        assert_eq!(one, slot_order(&key(1), &DrawToken([1; 16]), &slots(&[(0, 30)])));
        assert_ne!(one, slot_order(&key(2), &DrawToken([1; 16]), &slots(&[(0, 30)])));
    }
}
