//! Both ways of matching against the document's text on thousands of random instances, and the number
//! of people placed against an independent maximum.

use super::orders::Orders;
use super::*;
use crate::calendar::SlotRange;
use crate::calendar::windows::SLOT_MS;
use crate::draw::capacity::TakenSession;
use crate::draw::fixtures::{LABEL, key, person, policy, slot, verifier};
use crate::draw::inputs::Breaks;
use crate::draw::slot_order::slot_order;

/// A small generator of its own: the same instances everywhere and for ever.
struct Dice(u64);

impl Dice {
    fn below(&mut self, n: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) % n
    }

    fn one_in(&mut self, n: u64) -> bool {
        self.below(n) == 0
    }
}

struct Instance {
    people: Vec<PersonRow>,
    policies: [PolicyRow; 2],
    rows: Vec<VerifierRow>,
    taken: Taken,
    key: BoundaryKey,
}

impl Instance {
    fn guests(&self) -> Vec<Guest<'_>> {
        let policy = |n: usize| &self.policies[n % 2];
        let guests: Vec<Guest<'_>> =
            self.people.iter().enumerate().map(|(n, person)| (person, policy(n))).collect();
        order_of_people(&self.key, &guests).into_iter().map(|n| guests[n]).collect()
    }

    fn by_the_document(&self) -> Matching {
        reference::place(&self.key, &self.guests(), &self.rows, &self.taken)
    }

    /// Instances are given in the order in which people are taken.
    fn order(&self) -> Vec<usize> {
        (0..self.people.len()).collect()
    }

    fn in_general(&self) -> Matching {
        let guests = self.guests();
        let rules = Rules::new(&guests, &self.rows, &self.taken);
        GeneralBoard::new(&self.key, &guests, &self.rows, &self.taken, &rules).fill(&self.order())
    }

    fn by_units(&self) -> Option<Matching> {
        let guests = self.guests();
        let rules = Rules::new(&guests, &self.rows, &self.taken);
        UnitBoard::new(&self.key, &guests, &self.rows, &self.taken, &rules)
            .map(|board| board.fill(&self.order()))
    }
}

struct Sizes {
    people: u64,
    verifiers: u64,
    slots: u64,
    /// Sessions fill one slot and nothing else is in the way.
    is_unit: bool,
}

fn instance(seed: u64, sizes: &Sizes) -> Instance {
    let mut dice = Dice(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
    for _ in 0..8 {
        dice.below(2);
    }
    let window = |dice: &mut Dice| {
        let (from, length) = (dice.below(sizes.slots), 1 + dice.below(sizes.slots));
        let hole = dice.below(7);
        let free = from..(from + length).min(sizes.slots);
        let is_free = |n: &u64| *n == from || n % 7 != hole;
        SlotRange::gather(free.filter(is_free).map(|n| slot(n as i64)))
    };
    let tongues = ["de", "en", "pl"];
    let has_tongues = dice.one_in(2);
    let speaks = |dice: &mut Dice| -> Vec<String> {
        let chosen = tongues.iter().filter(|_| has_tongues && dice.one_in(2));
        chosen.map(|t| (*t).to_owned()).collect()
    };
    let breaks = (!sizes.is_unit && dice.one_in(2)).then(|| Breaks {
        after_sessions: 1 + dice.below(3) as u16,
        minutes: 5 * dice.below(5) as u16,
    });
    let rows: Vec<VerifierRow> = (0..1 + dice.below(sizes.verifiers))
        .map(|n| {
            let mut row = verifier(n as u8, window(&mut dice));
            row.languages = speaks(&mut dice);
            row.breaks = breaks;
            if !sizes.is_unit && dice.one_in(2) {
                row.sessions_max = dice.below(4) as u16;
            }
            row
        })
        .collect();
    let people = (0..1 + dice.below(sizes.people))
        .map(|n| {
            let mut p = person(0, window(&mut dice));
            p.token.0[..2].copy_from_slice(&(n as u16 + 1).to_be_bytes());
            p.languages = speaks(&mut dice);
            let barred = rows.iter().map(|r| r.verifier).filter(|_| dice.one_in(4));
            p.excluded = barred.collect();
            p.last_verifier = dice.one_in(3).then(|| rows[0].verifier);
            if !sizes.is_unit && dice.one_in(8) && (n as usize) < rows.len() {
                p.token = rows[n as usize].verifier;
            }
            p
        })
        .collect();
    let minutes = |dice: &mut Dice| 5 * dice.below(4) as u16;
    let taken = (0..dice.below(4)).map(|_| TakenSession {
        verifier: rows[dice.below(rows.len() as u64) as usize].verifier,
        label: (!dice.one_in(5))
            .then(|| if dice.one_in(3) { LABEL.tomorrow().unwrap() } else { LABEL }),
        start: slot(dice.below(sizes.slots) as i64),
        session_minutes: 5 + minutes(&mut dice),
        turnaround_minutes: minutes(&mut dice),
    });
    let taken = Taken { sessions: taken.collect() };
    let turnaround = |dice: &mut Dice| if sizes.is_unit { 0 } else { minutes(dice) };
    let policies = [policy(5, turnaround(&mut dice)), policy(5, turnaround(&mut dice))];
    Instance { people, policies, rows, taken, key: key(dice.below(256) as u8) }
}

const SMALL: Sizes = Sizes { people: 14, verifiers: 4, slots: 14, is_unit: false };
const LARGE: Sizes = Sizes { people: 90, verifiers: 8, slots: 40, is_unit: false };

#[test]
fn the_general_way_is_the_document() {
    let (mut moved, mut uncovered) = (0, 0);
    for seed in 0..3_000 {
        let sizes = if seed % 100 == 0 { &LARGE } else { &SMALL };
        let case = instance(seed, sizes);
        let expected = case.by_the_document();
        assert_eq!(case.in_general(), expected, "seed {seed}");
        moved += expected.first.iter().zip(&expected.last).filter(|(a, b)| a != b).count();
        uncovered += expected.last.iter().filter(|spot| spot.is_none()).count();
    }
    assert!(moved > 500 && uncovered > 3_000, "{moved} moved, {uncovered} uncovered: too easy");
}

#[test]
fn the_way_of_units_is_the_document() {
    let (mut moved, mut uncovered) = (0, 0);
    for seed in 0..4_000 {
        let sizes = if seed % 100 == 0 { &LARGE } else { &SMALL };
        let case = instance(seed, &Sizes { is_unit: true, ..*sizes });
        let expected = case.by_the_document();
        assert_eq!(case.by_units().as_ref(), Some(&expected), "seed {seed}");
        moved += expected.first.iter().zip(&expected.last).filter(|(a, b)| a != b).count();
        uncovered += expected.last.iter().filter(|spot| spot.is_none()).count();
    }
    assert!(moved > 1_000 && uncovered > 3_000, "{moved} moved, {uncovered} uncovered: too easy");
}

#[test]
fn whatever_can_be_in_the_way_takes_the_general_way() {
    let sizes = Sizes { is_unit: true, ..SMALL };
    let case = || instance(5, &sizes);
    assert!(case().by_units().is_some());
    let mut longer = case();
    longer.policies[0].turnaround_minutes = 1;
    longer.policies[1].turnaround_minutes = 1;
    let mut capped = case();
    capped.rows[0].sessions_max = 0;
    let mut resting = case();
    resting.rows[0].breaks = Some(Breaks { after_sessions: 9, minutes: 5 });
    let mut both = case();
    both.people[0].token = both.rows[0].verifier;
    for (n, other) in [longer, capped, resting, both].into_iter().enumerate() {
        assert!(other.by_units().is_none(), "{n}");
    }
}

/// The most people that spots can be found for: augmenting along any path, person by person (Kuhn).
fn maximum(case: &Instance) -> usize {
    let is_held = |row: &VerifierRow, start| {
        let touches = |s: &TakenSession| s.verifier == row.verifier && s.start <= start;
        case.taken.sessions.iter().any(|s| touches(s) && start < s.end())
    };
    let spots: Vec<(usize, _)> = case
        .rows
        .iter()
        .enumerate()
        .flat_map(|(n, row)| row.slots.iter().flat_map(|r| r.starts()).map(move |s| (n, s)))
        .filter(|&(n, start)| !is_held(&case.rows[n], start))
        .collect();
    let understand = |p: &PersonRow, v: &VerifierRow| {
        p.languages.is_empty()
            || v.languages.is_empty()
            || p.languages.iter().any(|l| v.languages.contains(l))
    };
    let can = |p: &PersonRow, (row, start): (usize, _)| {
        let v = &case.rows[row];
        p.slots.iter().any(|r| r.contains(start))
            && !p.excluded.contains(&v.verifier)
            && understand(p, v)
    };
    let edges: Vec<Vec<usize>> = case
        .people
        .iter()
        .map(|p| (0..spots.len()).filter(|&n| can(p, spots[n])).collect())
        .collect();
    fn augment(
        p: usize,
        edges: &[Vec<usize>],
        seen: &mut [bool],
        of_spot: &mut [Option<usize>],
    ) -> bool {
        for &n in &edges[p] {
            if !std::mem::replace(&mut seen[n], true) {
                let is_free = match of_spot[n] {
                    None => true,
                    Some(other) => augment(other, edges, seen, of_spot),
                };
                if is_free {
                    of_spot[n] = Some(p);
                    return true;
                }
            }
        }
        false
    }
    let mut of_spot = vec![None; spots.len()];
    let mut is_placed = |p: usize| augment(p, &edges, &mut vec![false; spots.len()], &mut of_spot);
    (0..edges.len()).map(|p| usize::from(is_placed(p))).sum()
}

#[test]
fn as_many_are_placed_as_can_be() {
    let mut short = 0;
    for seed in 0..1_500 {
        let sizes = if seed % 10 == 0 { &LARGE } else { &SMALL };
        let case = instance(seed, &Sizes { is_unit: true, ..*sizes });
        let placed = case.by_units().unwrap().last.iter().flatten().count();
        assert_eq!(placed, maximum(&case), "seed {seed}");
        short += usize::from(placed < case.people.len());
    }
    assert!(short > 300, "{short}: too easy");
}

#[test]
fn a_plan_knows_the_orders_of_the_document() {
    for seed in 0..40 {
        let case = instance(seed, &LARGE);
        let guests = case.guests();
        let ranges = || guests.iter().flat_map(|(p, _)| &p.slots);
        let base = ranges().map(|r| r.first).min().unwrap();
        let end = ranges().map(|r| r.end).max().unwrap();
        let count = (end.since(base) / SLOT_MS) as usize;
        let mut orders = Orders::new(&case.key, &guests, base, count);
        for (guest, (person, _)) in guests.iter().enumerate() {
            let whole = slot_order(&case.key, &person.token, &person.slots);
            let at = |slot: usize| base.plus_ms(slot as i64 * SLOT_MS);
            orders.begin(guest);
            let walked: Vec<_> = std::iter::from_fn(|| orders.next()).map(at).collect();
            assert_eq!(walked, whole, "seed {seed}");
            let known: Vec<_> = (0..).map_while(|n| orders.choice(guest, n)).map(at).collect();
            assert_eq!(known, whole, "seed {seed}");
        }
    }
}
