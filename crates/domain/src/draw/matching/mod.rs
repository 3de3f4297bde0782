//! Who is met when and by whom, once it is known who is hit: steps 3 to 6 of the plan
//! (`docs/draw-format.md`). One answer, two ways to it: `unit` where sessions fill one slot and
//! nothing but the slot can be in the way, `general` everywhere else. `reference` is the text of the
//! document, word for word and slow; tests hold both ways against it.

mod bits;
mod general;
mod orders;
#[cfg(test)]
mod reference;
mod rules;
mod tables;
#[cfg(test)]
mod tests;
mod unit;

use super::bytes::BoundaryKey;
use super::capacity::{Spot, Taken};
use super::inputs::{PersonRow, PolicyRow, VerifierRow};
use general::GeneralBoard;
use unit::UnitBoard;

pub(super) use rules::Rules;

/// Somebody to be placed, by the terms of a policy.
pub(super) type Guest<'a> = (&'a PersonRow, &'a PolicyRow);

/// Where each guest is, as guests were given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Matching {
    /// Right after their own turn.
    pub first: Vec<Option<Spot>>,
    /// At the end.
    pub last: Vec<Option<Spot>>,
}

/// The order of people, as places in the list given.
pub(super) fn order_of_people(key: &BoundaryKey, guests: &[Guest<'_>]) -> Vec<usize> {
    let token = |n: usize| guests[n].0.token;
    let mut heads = key.order_heads();
    let mut keyed: Vec<(u64, usize)> =
        (0..guests.len()).map(|n| (heads.head(&token(n)), n)).collect();
    keyed.sort_unstable_by(|&(a, n), &(b, m)| {
        let whole = || key.person_order(&token(n)).cmp(&key.person_order(&token(m)));
        a.cmp(&b).then_with(whole).then_with(|| token(n).cmp(&token(m)))
    });
    keyed.into_iter().map(|(_, n)| n).collect()
}

/// Places guests, who are taken in this order: places in the list given. Verifiers' rows are in their
/// canonical order.
pub(super) fn place(
    key: &BoundaryKey,
    guests: &[Guest<'_>],
    order: &[usize],
    rows: &[VerifierRow],
    taken: &Taken,
) -> Matching {
    let rules = Rules::new(guests, rows, taken);
    match UnitBoard::new(key, guests, rows, taken, &rules) {
        Some(board) => board.fill(order),
        None => GeneralBoard::new(key, guests, rows, taken, &rules).fill(order),
    }
}
