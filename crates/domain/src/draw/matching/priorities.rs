//! The priorities of everybody's free slots, each hashed once. What is kept is the first 8 of the 32
//! bytes; two that are equal there are told apart by hashing again. Large plans hash on several
//! threads: the most expensive part of a plan, and the same whoever computes it.

use super::Guest;
use crate::calendar::windows::SLOT_MS;
use crate::draw::bytes::{BoundaryKey, SLOT_DIGITS, slot_digits};
use crate::person::DrawToken;
use crate::time::UtcMillis;
use std::cmp::Ordering;
use std::collections::HashMap;

/// From so many hashes on a second thread is worth its start.
const HASHES_PER_THREAD_MIN: usize = 16_384;
/// More threads than this are not taken from whatever else the machine does.
const THREADS_MAX: usize = 4;

pub(super) struct Priorities<'a> {
    key: &'a BoundaryKey,
    tokens: Vec<DrawToken>,
    /// Where each guest's slots begin, and the end of the last.
    from: Vec<usize>,
    starts: Vec<UtcMillis>,
    heads: Vec<u64>,
}

impl<'a> Priorities<'a> {
    pub fn new(key: &'a BoundaryKey, guests: &[Guest<'_>]) -> Priorities<'a> {
        let tokens: Vec<DrawToken> = guests.iter().map(|(person, _)| person.token).collect();
        let mut from = Vec::with_capacity(guests.len() + 1);
        let mut starts = Vec::with_capacity(guests.iter().map(|(p, _)| p.slot_count()).sum());
        for (person, _) in guests {
            from.push(starts.len());
            starts.extend(person.slots.iter().flat_map(|range| range.starts()));
        }
        from.push(starts.len());
        let heads = hash(key, &tokens, &from, &starts);
        Priorities { key, tokens, from, starts, heads }
    }

    /// A guest's free slots by time, and the heads of their priorities.
    pub fn of(&self, guest: usize) -> (&[UtcMillis], &[u64]) {
        let range = self.from[guest]..self.from[guest + 1];
        (&self.starts[range.clone()], &self.heads[range])
    }

    /// Which of two of a guest's slots comes first; `a` and `b` number his slots by time.
    pub fn compare(&self, guest: usize, a: usize, b: usize) -> Ordering {
        let (starts, heads) = self.of(guest);
        let whole = |n: usize| self.key.slot_priority(&self.tokens[guest], starts[n]);
        heads[a].cmp(&heads[b]).then_with(|| whole(a).cmp(&whole(b))).then(a.cmp(&b))
    }

    /// The numbers of all of a guest's slots, first priority first.
    pub fn in_order(&self, guest: usize) -> Vec<usize> {
        let mut order: Vec<usize> = (0..self.of(guest).0.len()).collect();
        order.sort_unstable_by(|&a, &b| self.compare(guest, a, b));
        order
    }
}

fn hash(key: &BoundaryKey, tokens: &[DrawToken], from: &[usize], starts: &[UtcMillis]) -> Vec<u64> {
    let digits = Digits::new(starts);
    let mut heads = vec![0; starts.len()];
    let threads = std::thread::available_parallelism().map_or(1, usize::from).min(THREADS_MAX);
    let threads = threads.min(starts.len() / HASHES_PER_THREAD_MIN).max(1);
    let share = starts.len().div_ceil(threads);
    std::thread::scope(|scope| {
        let (mut rest, mut done, mut guest) = (heads.as_mut_slice(), 0, 0);
        for n in 1..=threads {
            let mut end = guest;
            while end < tokens.len() && (from[end] < n * share || n == threads) {
                end += 1;
            }
            let (part, later) = rest.split_at_mut(from[end] - done);
            (rest, done) = (later, from[end]);
            let (digits, guests) = (&digits, guest..end);
            guest = end;
            let work = move || {
                let base = from[guests.start];
                for guest in guests {
                    let range = from[guest]..from[guest + 1];
                    let out = &mut part[range.start - base..range.end - base];
                    hash_one(key, &tokens[guest], &starts[range], digits, out);
                }
            };
            if n == threads {
                work(); // the last share is this thread's own
            } else {
                scope.spawn(work);
            }
        }
    });
    heads
}

fn hash_one(
    key: &BoundaryKey,
    token: &DrawToken,
    starts: &[UtcMillis],
    digits: &Digits,
    out: &mut [u64],
) {
    let mut message = key.slot_heads(token);
    for (start, head) in starts.iter().zip(out) {
        *head = match digits.of(*start) {
            Some(digits) => message.head(digits),
            None => {
                let priority = key.slot_priority(token, *start);
                priority.iter().take(8).fold(0, |n, byte| n << 8 | u64::from(*byte))
            }
        };
    }
}

/// The slots of a plan as the hashes write them: few slots, asked for by many people.
struct Digits {
    base: i64,
    near: Vec<Option<[u8; SLOT_DIGITS]>>,
    far: HashMap<i64, [u8; SLOT_DIGITS]>,
}

/// So many slots from the first are kept in a row: more than a week.
const NEAR_SLOTS: usize = 2_048;

impl Digits {
    fn new(starts: &[UtcMillis]) -> Digits {
        let (first, last) = starts.iter().fold((i64::MAX, i64::MIN), |(first, last), start| {
            (first.min(start.0), last.max(start.0))
        });
        let mut digits = Digits { base: first, near: Vec::new(), far: HashMap::new() };
        if starts.is_empty() {
            return digits;
        }
        let span = (last - first) / SLOT_MS;
        let at = |n: usize| UtcMillis(first + n as i64 * SLOT_MS);
        digits.near = (0..NEAR_SLOTS.min(span as usize + 1)).map(|n| slot_digits(at(n))).collect();
        if span as usize >= NEAR_SLOTS || starts.iter().any(|s| (s.0 - first) % SLOT_MS != 0) {
            let far = starts.iter().filter(|start| digits.index(**start).is_none());
            let written = far.filter_map(|start| Some((start.0, slot_digits(*start)?)));
            digits.far = written.collect();
        }
        digits
    }

    fn of(&self, start: UtcMillis) -> Option<&[u8; SLOT_DIGITS]> {
        match self.index(start) {
            Some(n) => self.near[n].as_ref(),
            None => self.far.get(&start.0),
        }
    }

    fn index(&self, start: UtcMillis) -> Option<usize> {
        let offset = start.0 - self.base;
        let n = (offset / SLOT_MS) as usize;
        (offset % SLOT_MS == 0 && n < self.near.len()).then_some(n)
    }
}
