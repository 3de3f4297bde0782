//! A set of dates of the window, as bits.

use super::WINDOW_DAYS;

const WORDS: usize = 3;
const _: () = assert!(WINDOW_DAYS as usize <= WORDS * 64);

/// Days of the window, 0 the first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Days([u64; WORDS]);

impl Days {
    pub(super) fn insert(&mut self, day: usize) {
        self.0[day / 64] |= 1 << (day % 64);
    }

    pub(super) fn add(&mut self, other: Days) {
        self.0.iter_mut().zip(other.0).for_each(|(a, b)| *a |= b);
    }

    pub(super) fn has(self, day: usize) -> bool {
        self.0[day / 64] & (1 << (day % 64)) != 0
    }

    /// How many days are in both.
    pub(super) fn common(self, other: Days) -> u32 {
        self.0.iter().zip(other.0).map(|(a, b)| (a & b).count_ones()).sum()
    }

    /// These days and those between two of them that follow each other with none of `others` between:
    /// how long something was held, as far as it is known.
    pub(super) fn held(self, others: Days) -> Days {
        let mut held = self;
        let (Some(first), Some(last)) = (self.first(), self.last()) else { return held };
        let (mut before, mut is_broken) = (first, false);
        for day in first + 1..=last {
            if self.has(day) {
                if !is_broken {
                    (before + 1..day).for_each(|between| held.insert(between));
                }
                (before, is_broken) = (day, false);
            } else {
                is_broken |= others.has(day);
            }
        }
        held
    }

    pub(super) fn remove(&mut self, other: Days) {
        self.0.iter_mut().zip(other.0).for_each(|(a, b)| *a &= !b);
    }

    /// Whether there is a day in both.
    pub(super) fn meets(self, other: Days) -> bool {
        self.0.iter().zip(other.0).any(|(a, b)| a & b != 0)
    }

    pub(super) fn count(self) -> u32 {
        self.0.iter().map(|w| w.count_ones()).sum()
    }

    pub(super) fn first(self) -> Option<usize> {
        let word = self.0.iter().position(|w| *w != 0)?;
        Some(word * 64 + self.0[word].trailing_zeros() as usize)
    }

    pub(super) fn last(self) -> Option<usize> {
        let word = self.0.iter().rposition(|w| *w != 0)?;
        Some(word * 64 + 63 - self.0[word].leading_zeros() as usize)
    }

    /// Whether the spans from first to last day have a day in common.
    pub(super) fn overlaps(self, other: Days) -> bool {
        let span = |d: Days| d.first().zip(d.last());
        span(self).zip(span(other)).is_some_and(|(a, b)| a.0 <= b.1 && b.0 <= a.1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn days(list: &[usize]) -> Days {
        let mut days = Days::default();
        list.iter().for_each(|d| days.insert(*d));
        days
    }

    #[test]
    fn first_last_and_count_hold_over_word_borders() {
        for list in [&[0, 63, 64][..], &[127, 128, 179], &[5], &[64, 179]] {
            let set = days(list);
            assert_eq!((set.first(), set.last()), (list.first().copied(), list.last().copied()));
            assert_eq!(set.count() as usize, list.len());
        }
        assert_eq!((days(&[]).first(), days(&[]).last(), days(&[]).count()), (None, None, 0));
    }

    #[test]
    fn spans_overlap_when_they_share_a_day_and_not_when_one_follows_the_other() {
        assert!(days(&[1, 90]).overlaps(days(&[90, 170])));
        assert!(days(&[1, 170]).overlaps(days(&[60])));
        assert!(!days(&[1, 60]).overlaps(days(&[61, 170])));
        assert!(days(&[1, 90]).meets(days(&[90])) && !days(&[1, 90]).meets(days(&[2, 91])));
        assert!(!days(&[]).overlaps(days(&[1])));
    }

    #[test]
    fn what_is_held_reaches_to_the_next_day_unless_something_else_lies_between() {
        let held = |these: &[usize], others: &[usize]| days(these).held(days(others));
        assert_eq!(held(&[3, 6], &[]), days(&[3, 4, 5, 6]));
        assert_eq!(held(&[3, 6, 9], &[7]), days(&[3, 4, 5, 6, 9]));
        assert_eq!(held(&[62, 66], &[1, 70]), days(&[62, 63, 64, 65, 66]));
        assert_eq!((held(&[5], &[4, 6]), held(&[], &[1])), (days(&[5]), days(&[])));
        assert_eq!(days(&[1, 64, 65]).common(days(&[64, 65, 66])), 2);
    }
}
