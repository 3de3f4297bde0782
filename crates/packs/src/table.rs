//! A pack in memory: sorted ranges of both families, and what each says.
//!
//! Ranges point into a list of distinct records, so a city that ten thousand ranges lie in is kept
//! once. IPv6 is kept by the upper 64 bits; the few /64 networks that several ranges share point on
//! to a second list with whole addresses.

use crate::centre::{Centres, is_known_centre};
use crate::kind::Kind;
use crate::ranges::{NotInOrder, Ranges, RangesBuilder, flatten};
use crate::value::{Country, Spot, Value};
use std::collections::HashMap;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// A pack in memory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    pub(crate) kind: Kind,
    pub(crate) v4: Ranges<u32>,
    pub(crate) v6: V6,
    pub(crate) records: Records,
}

/// Ranges of IPv6.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct V6 {
    /// By the upper half of the address.
    pub(crate) half: Ranges<u64>,
    /// By the whole address, within the networks whose value in `half` is [`FINE`].
    pub(crate) fine: Ranges<u128>,
}

/// The value of a /64 network that several ranges share.
pub(crate) const FINE: u32 = u32::MAX;

impl V6 {
    fn value(&self, address: u128) -> u32 {
        match self.half.value((address >> 64) as u64) {
            FINE => self.fine.value(address),
            value => value,
        }
    }

    /// From ranges by whole address.
    fn split(starts: &[u128], values: &[u32]) -> Result<V6, NotInOrder> {
        const LOWER: u128 = (1 << 64) - 1;
        let (mut half, mut half_values) = (Vec::new(), Vec::new());
        let (mut fine, mut fine_values) = (Vec::new(), Vec::new());
        // The value at the end of everything so far.
        let mut running = 0;
        let mut next = 0;
        while next < starts.len() {
            let network = starts[next] & !LOWER;
            let upper = (network >> 64) as u64;
            let end = starts[next..].partition_point(|start| start & !LOWER == network) + next;
            let before = running;
            running = values[end - 1];
            if end - next == 1 && starts[next] == network {
                half.push(upper);
                half_values.push(running);
            } else {
                half.push(upper);
                half_values.push(FINE);
                if starts[next] != network {
                    fine.push(network);
                    fine_values.push(before);
                }
                fine.extend_from_slice(&starts[next..end]);
                fine_values.extend_from_slice(&values[next..end]);
                let follows =
                    starts.get(end).is_some_and(|s| (s >> 64) as u64 == upper.wrapping_add(1));
                // Where the next network begins one of its own anyway, it says so itself.
                if let (Some(after), false) = (upper.checked_add(1), follows) {
                    half.push(after);
                    half_values.push(running);
                }
            }
            next = end;
        }
        half.shrink_to_fit();
        half_values.shrink_to_fit();
        Ok(V6 { half: Ranges::new(half, half_values)?, fine: Ranges::new(fine, fine_values)? })
    }
}

/// What ranges point to; the range's value 1 is the first record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Records {
    Places(Vec<Place>),
    Networks {
        /// Number, and where in `text` the organisation stands.
        networks: Vec<(u32, u32, u32)>,
        text: String,
    },
    /// There is one: it stands on the list.
    Listed,
}

/// What a place pack says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    pub country: Option<Country>,
    pub spot: Option<Spot>,
    /// Whether the point stands for the whole country, so that no distance may be measured from it.
    pub is_centre: bool,
}

impl Table {
    /// What kind of pack it is.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// How many ranges say something.
    pub fn ranges(&self) -> usize {
        let half = self.v6.half.values().iter().filter(|v| **v != 0 && **v != FINE).count();
        self.v4.known() + half + self.v6.fine.known()
    }

    /// Bytes held in memory.
    pub fn bytes(&self) -> usize {
        let v6 = self.v6.half.bytes() + self.v6.fine.bytes();
        let records = match &self.records {
            Records::Places(places) => places.capacity() * size_of::<Place>(),
            Records::Networks { networks, text } => {
                networks.capacity() * size_of::<(u32, u32, u32)>() + text.capacity()
            }
            Records::Listed => 0,
        };
        self.v4.bytes() + v6 + records
    }

    fn record(&self, address: IpAddr) -> Option<usize> {
        let value = match address {
            IpAddr::V4(address) => self.v4.value(u32::from(address)),
            IpAddr::V6(address) => self.v6.value(u128::from(address)),
        };
        (value as usize).checked_sub(1)
    }

    /// Country and place of this address.
    pub fn place(&self, address: IpAddr) -> Option<Place> {
        let Records::Places(places) = &self.records else { return None };
        places.get(self.record(address)?).copied()
    }

    /// Number and organisation of the autonomous system of this address.
    pub fn network(&self, address: IpAddr) -> Option<(u32, &str)> {
        let Records::Networks { networks, text } = &self.records else { return None };
        let (asn, from, to) = *networks.get(self.record(address)?)?;
        Some((asn, text.get(from as usize..to as usize)?))
    }

    /// Whether this address stands on the list.
    pub fn lists(&self, address: IpAddr) -> bool {
        self.records == Records::Listed && self.record(address).is_some()
    }

    /// What the pack says of this address, in the words of its source.
    pub fn value(&self, address: IpAddr) -> Option<Value> {
        match &self.records {
            Records::Places(_) => {
                let place = self.place(address)?;
                Some(Value::Place { country: place.country, point: place.spot })
            }
            Records::Networks { .. } => {
                let (asn, organisation) = self.network(address)?;
                Some(Value::Network { asn, organisation: organisation.to_owned() })
            }
            Records::Listed => self.lists(address).then_some(Value::Listed),
        }
    }
}

/// Builds a [`Table`].
#[derive(Debug)]
pub struct TableBuilder {
    kind: Kind,
    v4: RangesBuilder<u32>,
    v6: RangesBuilder<u128>,
    numbers: HashMap<Value, u32>,
    values: Vec<Value>,
    centres: Centres,
}

impl TableBuilder {
    /// An empty pack of this kind.
    pub fn new(kind: Kind) -> TableBuilder {
        TableBuilder {
            kind,
            v4: RangesBuilder::default(),
            v6: RangesBuilder::default(),
            numbers: HashMap::new(),
            values: Vec::new(),
            centres: Centres::default(),
        }
    }

    /// The number of this value, from 1.
    pub fn number(&mut self, value: Value) -> u32 {
        if let Some(number) = self.numbers.get(&value) {
            return *number;
        }
        self.values.push(value.clone());
        let number = self.values.len() as u32;
        self.numbers.insert(value, number);
        number
    }

    /// The value of a number.
    pub fn value(&self, number: u32) -> Option<&Value> {
        self.values.get((number as usize).wrapping_sub(1))
    }

    /// Adds a range with a number of [`TableBuilder::number`], behind everything of its family.
    ///
    /// # Errors
    /// It does not lie behind, or mixes the families.
    pub fn push(&mut self, first: IpAddr, last: IpAddr, number: u32) -> Result<(), NotInOrder> {
        if let Some(Value::Place { country, point }) = self.value(number) {
            let (country, point) = (*country, *point);
            self.centres.count(country, point);
        }
        match (first, last) {
            (IpAddr::V4(first), IpAddr::V4(last)) => {
                self.v4.push(u32::from(first), u32::from(last), number)
            }
            (IpAddr::V6(first), IpAddr::V6(last)) => {
                self.v6.push(u128::from(first), u128::from(last), number)
            }
            _ => Err(NotInOrder),
        }
    }

    /// Replaces the ranges by these, which may come in any order and overlap ([`flatten`]).
    pub fn take_any(
        &mut self,
        v4: Vec<(Ipv4Addr, Ipv4Addr, u32)>,
        v6: Vec<(Ipv6Addr, Ipv6Addr, u32)>,
    ) {
        let v4 = v4.into_iter().map(|(a, b, value)| (u32::from(a), u32::from(b), value));
        let v6 = v6.into_iter().map(|(a, b, value)| (u128::from(a), u128::from(b), value));
        (self.v4, self.v6) = (flatten(v4.collect()), flatten(v6.collect()));
    }

    /// The pack.
    ///
    /// # Errors
    /// It has more ranges than a number of 32 bits can count.
    pub fn finish(self) -> Result<Table, NotInOrder> {
        let records = match self.kind {
            Kind::City | Kind::Country => Records::Places(self.places()),
            Kind::Asn => networks(&self.values),
            _ => Records::Listed,
        };
        let (starts, values) = self.v4.finish();
        let v4 = Ranges::new(starts, values)?;
        let (starts, values) = self.v6.finish();
        let v6 = V6::split(&starts, &values)?;
        Ok(Table { kind: self.kind, v4, v6, records })
    }

    fn places(&self) -> Vec<Place> {
        let centres = self.centres.found();
        let place = |value: &Value| match value {
            Value::Place { country, point } => {
                let is_common = country.zip(*point).is_some_and(|shared| centres.contains(&shared));
                let is_centre = is_common || point.is_some_and(is_known_centre);
                Place { country: *country, spot: *point, is_centre }
            }
            _ => Place { country: None, spot: None, is_centre: false },
        };
        self.values.iter().map(place).collect()
    }
}

/// Organisations are written once each.
fn networks(values: &[Value]) -> Records {
    let mut text = String::new();
    let mut written: HashMap<&str, (u32, u32)> = HashMap::new();
    let networks = values
        .iter()
        .map(|value| {
            let Value::Network { asn, organisation } = value else { return (0, 0, 0) };
            let (from, to) = *written.entry(organisation).or_insert_with(|| {
                let from = text.len() as u32;
                text.push_str(organisation);
                (from, text.len() as u32)
            });
            (*asn, from, to)
        })
        .collect();
    Records::Networks { networks, text }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(256) })]

        #[test]
        fn split_ranges_answer_as_whole_ones_do(
            raw in prop::collection::btree_map((0_u128..6, prop::sample::select(vec![0_u128, 1, 2, u64::MAX as u128])), 1_u32..4, 0..14),
            at in prop::sample::select(vec![0_u128, 7, (u64::MAX - 5) as u128]),
        ) {
            let starts: Vec<u128> = raw.keys().map(|(upper, lower)| ((at + upper) << 64) | lower).collect();
            let values: Vec<u32> = raw.values().copied().collect();
            let whole = Ranges::new(starts.clone(), values.clone()).unwrap();
            let split = V6::split(&starts, &values).unwrap();
            let near = |s: &u128| [s.wrapping_sub(1), *s, s.wrapping_add(1), s ^ (1 << 63), s.wrapping_add(1 << 64)];
            for address in starts.iter().flat_map(near).chain([0, u128::MAX]) {
                prop_assert_eq!(split.value(address), whole.value(address), "at {:x}", address);
            }
        }
    }

    #[test]
    fn a_builder_refuses_two_families_in_one_range() {
        let mut builder = TableBuilder::new(Kind::Tor);
        let number = builder.number(Value::Listed);
        let (v4, v6) = ("192.0.2.1".parse().unwrap(), "2001:db8::1".parse().unwrap());
        assert_eq!(builder.push(v4, v6, number), Err(NotInOrder));
    }
}
