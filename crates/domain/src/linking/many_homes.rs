//! Whether a line is one home's, or an address that a provider gives to several. Packs call either
//! residential; where each of those on it is precisely seen in a square of their own, it is hardly
//! one home's. It may also be a farm whose claims of place are false: small companies' figures
//! and what this gives away stand in decision 0054.

use super::ledger::{NONE, Row};
use super::reasons::DAYS_MIN;
use crate::judging::evidence::Point;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// So many people seen each at a place of their own, and nothing else told: more laptops than a house is
/// likely to hide whose operator claims a place for each.
const OWN_PLACES_MIN: usize = 16;
/// So many where their local networks differ, too.
const OWN_NETWORKS_MIN: usize = 3;
/// So many where all declared places lie in one region, as the customers of one small provider do.
const NEIGHBOURS_MIN: usize = 2;
/// How far apart those may be, in metres.
const REGION_METRES: i64 = 100_000;

/// What one person tells on the line.
#[derive(Default)]
struct Told {
    dates: BTreeSet<i64>,
    squares: BTreeSet<u32>,
    networks: BTreeSet<u32>,
}

/// Asked of all rows of one line that have a precise fix or a local network.
pub(super) fn is_of_many_homes<'a>(rows: &[&Row], homes: impl Fn(u32) -> &'a [Point]) -> bool {
    let mut people: BTreeMap<u32, Told> = BTreeMap::new();
    for row in rows {
        let told = people.entry(row.person).or_default();
        if row.cells[0] != NONE {
            told.dates.insert(row.date());
            told.squares.extend(row.cells);
        }
        if row.lan != NONE {
            told.networks.insert(row.lan);
        }
    }
    let in_square = counted(people.values().map(|told| &told.squares));
    let in_network = counted(people.values().map(|told| &told.networks));
    let tells = |told: &Told| told.dates.len() >= DAYS_MIN as usize;
    let own: Vec<(&u32, &Told)> = people
        .iter()
        .filter(|(_, told)| tells(told) && told.squares.iter().all(|s| in_square[s] == 1))
        .collect();
    let tell = people.values().filter(|told| tells(told)).count();
    let own_networks = own.iter().filter(|(_, told)| !told.networks.is_empty()).count();
    if own.len() * 3 < tell * 2
        || own.iter().any(|(_, t)| t.networks.iter().any(|n| in_network[n] > 1))
    {
        return false;
    }
    own.len() >= OWN_PLACES_MIN
        || own_networks >= OWN_NETWORKS_MIN
        || own.len() >= NEIGHBOURS_MIN
            && own.len() == tell
            && is_a_region(&own.iter().map(|(person, _)| homes(**person)).collect::<Vec<_>>())
}

/// How many people have each.
fn counted<'a>(sets: impl Iterator<Item = &'a BTreeSet<u32>>) -> HashMap<u32, usize> {
    let mut count = HashMap::new();
    sets.flatten().for_each(|value| *count.entry(*value).or_default() += 1);
    count
}

/// Whether everybody declared a place, and any two have places near each other.
fn is_a_region(homes: &[&[Point]]) -> bool {
    homes.iter().enumerate().all(|(n, a)| {
        homes[n + 1..].iter().all(|b| {
            let pairs = a.iter().flat_map(|p| b.iter().map(|q| p.metres_to(*q)));
            pairs.min().is_some_and(|metres| metres <= REGION_METRES)
        })
    })
}
