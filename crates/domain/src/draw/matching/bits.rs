//! Sets of slots as bits in words: a day is five of them.

pub fn insert(set: &mut [u64], n: usize) {
    set[n / 64] |= 1 << (n % 64);
}

/// Inserts `count` numbers from `first` on.
pub fn insert_run(set: &mut [u64], first: usize, count: usize) {
    let (mut at, end) = (first, first + count);
    while at < end {
        let bits = (64 - at % 64).min(end - at);
        set[at / 64] |= u64::MAX >> (64 - bits) << (at % 64);
        at += bits;
    }
}

pub fn remove(set: &mut [u64], n: usize) {
    set[n / 64] &= !(1 << (n % 64));
}

pub fn contains(set: &[u64], n: usize) -> bool {
    set[n / 64] >> (n % 64) & 1 == 1
}

pub fn meets(a: &[u64], b: &[u64]) -> bool {
    a.iter().zip(b).any(|(a, b)| a & b != 0)
}

pub fn unite(set: &mut [u64], other: &[u64]) {
    set.iter_mut().zip(other).for_each(|(a, b)| *a |= b);
}

/// The numbers in a set, smallest first.
pub fn members(set: &[u64]) -> impl Iterator<Item = usize> {
    set.iter().enumerate().flat_map(|(at, &word)| {
        let mut rest = word;
        std::iter::from_fn(move || {
            let bit = (rest != 0).then(|| rest.trailing_zeros() as usize)?;
            rest &= rest - 1;
            Some(at * 64 + bit)
        })
    })
}

/// The n-th number of a set, smallest first. There must be so many.
pub fn member(set: &[u64], n: usize) -> usize {
    let mut before = n as u32;
    for (at, &word) in set.iter().enumerate() {
        let here = word.count_ones();
        if before < here {
            let mut rest = word;
            (0..before).for_each(|_| rest &= rest - 1);
            return at * 64 + rest.trailing_zeros() as usize;
        }
        before -= here;
    }
    unreachable!("a set has the member that is asked for")
}
