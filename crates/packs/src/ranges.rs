//! Sorted ranges of addresses and the search in them.
//!
//! A range is known by its first address; it ends where the next begins. What lies in no range of
//! the source is a range with the value 0, so that there are no gaps and one number a range is enough.

/// An address as a number.
pub trait Address: Copy + Ord + std::fmt::Debug {
    /// The address after this one; `None` after the last.
    fn next(self) -> Option<Self>;
    /// The first sixteen bits.
    fn head(self) -> u16;
}

macro_rules! address {
    ($($number:ty),+) => {$(
        impl Address for $number {
            fn next(self) -> Option<$number> {
                self.checked_add(1)
            }
            fn head(self) -> u16 {
                (self >> (<$number>::BITS - 16)) as u16
            }
        }
    )+};
}
address!(u32, u64, u128);

/// Ranges with a value each; 0 is "nothing is known".
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ranges<A> {
    starts: Vec<A>,
    values: Vec<u32>,
    /// For each first sixteen bits, how many ranges begin before them; 65,537 numbers. Narrows the
    /// search to what can be read in one or two memory accesses.
    heads: Vec<u32>,
}

/// Ranges are not in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("its ranges are not in ascending order")]
pub struct NotInOrder;

impl<A: Address> Ranges<A> {
    /// Ranges from their first addresses, strictly ascending, and as many values.
    ///
    /// # Errors
    /// They do not ascend, or there are not as many values.
    pub fn new(starts: Vec<A>, values: Vec<u32>) -> Result<Ranges<A>, NotInOrder> {
        let ascend = starts.windows(2).all(|pair| pair[0] < pair[1]);
        if !ascend || starts.len() != values.len() || u32::try_from(starts.len()).is_err() {
            return Err(NotInOrder);
        }
        let mut heads = vec![0_u32; 65_537];
        for start in &starts {
            heads[usize::from(start.head()) + 1] += 1;
        }
        for i in 1..heads.len() {
            heads[i] += heads[i - 1];
        }
        Ok(Ranges { starts, values, heads })
    }

    /// The value of the range this address lies in.
    pub fn value(&self, address: A) -> u32 {
        let head = usize::from(address.head());
        let (from, to) = (self.heads[head] as usize, self.heads[head + 1] as usize);
        let within = self.starts[from..to].partition_point(|start| *start <= address);
        match (from + within).checked_sub(1) {
            Some(index) => self.values[index],
            None => 0,
        }
    }

    /// First address and value of every range, "nothing" included, in ascending order.
    pub fn iter(&self) -> impl Iterator<Item = (A, u32)> + '_ {
        self.starts.iter().copied().zip(self.values.iter().copied())
    }

    /// How many ranges carry a value.
    pub fn known(&self) -> usize {
        self.values.iter().filter(|v| **v != 0).count()
    }

    pub fn starts(&self) -> &[A] {
        &self.starts
    }

    pub fn values(&self) -> &[u32] {
        &self.values
    }

    /// Bytes held in memory.
    pub fn bytes(&self) -> usize {
        self.starts.capacity() * size_of::<A>()
            + (self.values.capacity() + self.heads.capacity()) * size_of::<u32>()
    }
}

/// Builds ranges; neighbours of the same value become one.
#[derive(Debug)]
pub struct RangesBuilder<A> {
    starts: Vec<A>,
    values: Vec<u32>,
    /// Where the next range may begin.
    free: Free<A>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Free<A> {
    Everything,
    From(A),
    Nothing,
}

impl<A: Address> Default for RangesBuilder<A> {
    fn default() -> RangesBuilder<A> {
        RangesBuilder { starts: Vec::new(), values: Vec::new(), free: Free::Everything }
    }
}

impl<A: Address> RangesBuilder<A> {
    /// Adds the range from `first` to `last`, both included, behind everything given so far.
    ///
    /// # Errors
    /// It does not lie behind, or ends before it begins.
    pub fn push(&mut self, first: A, last: A, value: u32) -> Result<(), NotInOrder> {
        match self.free {
            _ if first > last => return Err(NotInOrder),
            Free::Nothing => return Err(NotInOrder),
            Free::From(free) if first < free => return Err(NotInOrder),
            Free::From(free) if first > free => self.begin(free, 0),
            Free::From(_) | Free::Everything => {}
        }
        self.begin(first, value);
        self.free = last.next().map_or(Free::Nothing, Free::From);
        Ok(())
    }

    /// From this address on the value is another; never before an address given earlier.
    fn begin(&mut self, first: A, value: u32) {
        if self.starts.last() == Some(&first) {
            self.starts.pop();
            self.values.pop();
        }
        if self.values.last().copied().unwrap_or(0) != value {
            self.starts.push(first);
            self.values.push(value);
        }
    }

    /// First addresses and values.
    pub fn finish(mut self) -> (Vec<A>, Vec<u32>) {
        if let Free::From(free) = self.free {
            self.begin(free, 0);
        }
        self.starts.shrink_to_fit();
        self.values.shrink_to_fit();
        (self.starts, self.values)
    }
}

/// Puts ranges in order that come in any, overlapping or not: where two overlap, the one that
/// begins later counts; of two that begin together, the shorter. Ranges that end before they begin
/// are left out.
pub fn flatten<A: Address>(mut ranges: Vec<(A, A, u32)>) -> RangesBuilder<A> {
    ranges.retain(|(first, last, _)| first <= last);
    ranges.sort_by(|a, b| a.0.cmp(&b.0).then(b.1.cmp(&a.1)));
    let mut flat = RangesBuilder::default();
    // Ranges that have begun, the one that shows last.
    let mut open: Vec<(A, u32)> = Vec::new();
    for (first, last, value) in ranges {
        while open.last().is_some_and(|top| top.0 < first) {
            close_top(&mut open, &mut flat);
        }
        flat.begin(first, value);
        open.push((last, value));
    }
    while !open.is_empty() {
        close_top(&mut open, &mut flat);
    }
    flat
}

/// Ends the range that shows, and those it hid to their end; the one below shows again.
fn close_top<A: Address>(open: &mut Vec<(A, u32)>, flat: &mut RangesBuilder<A>) {
    let Some((end, _)) = open.pop() else { return };
    while open.last().is_some_and(|below| below.0 <= end) {
        open.pop();
    }
    if let Some(after) = end.next() {
        flat.begin(after, open.last().map_or(0, |below| below.1));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn built(ranges: Vec<(u32, u32, u32)>) -> Ranges<u32> {
        let (starts, values) = flatten(ranges).finish();
        Ranges::new(starts, values).unwrap()
    }

    #[test]
    fn the_first_and_the_last_address_belong_to_their_range() {
        let ranges = built(vec![(0, 9, 1), (20, 29, 2), (u32::MAX - 1, u32::MAX, 3)]);
        let asked = [0, 9, 10, 19, 20, 29, 30, u32::MAX - 2, u32::MAX - 1, u32::MAX];
        assert_eq!(asked.map(|a| ranges.value(a)), [1, 1, 0, 0, 2, 2, 0, 0, 3, 3]);
        assert_eq!(ranges.known(), 3);
    }

    #[test]
    fn neighbours_of_one_value_are_one_range() {
        assert_eq!(built(vec![(10, 19, 7), (20, 29, 7)]).starts(), [10, 30]);
    }

    #[test]
    fn a_range_within_another_shows_and_the_outer_one_goes_on_after_it() {
        let ranges = built(vec![(0, 100, 1), (40, 50, 2), (45, 45, 3)]);
        assert_eq!([39, 40, 45, 46, 51, 101].map(|a| ranges.value(a)), [1, 2, 3, 2, 1, 0]);
    }

    #[test]
    fn what_comes_out_of_order_is_refused() {
        let mut builder = RangesBuilder::<u32>::default();
        builder.push(10, 19, 1).unwrap();
        assert_eq!(builder.push(19, 30, 2), Err(NotInOrder));
        assert_eq!(builder.push(30, 29, 2), Err(NotInOrder));
        builder.push(20, u32::MAX, 2).unwrap();
        assert_eq!(builder.push(u32::MAX, u32::MAX, 3), Err(NotInOrder));
        assert_eq!(Ranges::new(vec![5_u32, 5], vec![1, 2]), Err(NotInOrder));
        assert_eq!(Ranges::new(vec![5_u32], vec![]), Err(NotInOrder));
    }

    /// What an address's value is by looking at every range: the last to begin wins, then the shorter.
    fn slowly(ranges: &[(u32, u32, u32)], address: u32) -> u32 {
        let holds = |r: &&(u32, u32, u32)| r.0 <= address && address <= r.1;
        let latest = ranges.iter().filter(holds).max_by_key(|r| (r.0, std::cmp::Reverse(r.1)));
        latest.map_or(0, |r| r.2)
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(256) })]

        #[test]
        fn the_search_finds_what_looking_at_every_range_finds(
            raw in prop::collection::vec((0_u32..300, 0_u32..60), 0..40),
            scale in prop::sample::select(vec![1_u32, 70_000, 14_000_000]),
        ) {
            // One value a range, but equal ranges carry equal values.
            let ranges: Vec<(u32, u32, u32)> = raw
                .iter()
                .map(|(first, length)| {
                    let (a, b) = (first * scale, (first + length).saturating_mul(scale));
                    (a, b, 1 + (first * 61 + length) % 5)
                })
                .filter(|(a, b, _)| a <= b)
                .collect();
            let found = built(ranges.clone());
            let edges = ranges.iter().flat_map(|r| {
                [r.0.saturating_sub(1), r.0, r.0 + 1, r.1.saturating_sub(1), r.1, r.1.saturating_add(1)]
            });
            for address in edges.chain([0, u32::MAX]) {
                prop_assert_eq!(found.value(address), slowly(&ranges, address), "at {}", address);
            }
        }
    }
}
