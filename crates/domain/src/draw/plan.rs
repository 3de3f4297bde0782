//! The plan of one boundary: a deterministic function of committed rows, key and taken capacity.
//! People in keyed order take the first free slot in their keyed order that a permitted verifier still
//! has; augmenting paths move earlier ones only where capacity demands it. Nothing is stored.

use super::bytes::{BoundaryKey, Horizon};
use super::capacity::{Spot, Taken};
use super::day::DayRoll;
use super::inputs::{BoundaryInputs, PersonRow, PolicyRow, VerifierRow};
use super::matching::{self, Guest};
use crate::calendar::windows::ANNOUNCE_MARGIN_MS;
use crate::id::PolicyVersionId;
use crate::person::DrawToken;
use crate::time::UtcMillis;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

words! {
    /// Why a person is not at the spot first taken.
    pub enum MoveReason {
        /// Another person could be placed in no other way.
        Capacity = "capacity",
    }
}

/// One hit with its slot and verifier.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Selection {
    pub token: DrawToken,
    pub policy: PolicyVersionId,
    /// Start of the session.
    pub slot: UtcMillis,
    pub verifier: DrawToken,
    /// The verifier's own local date, for `Taken` of later plans.
    pub verifier_label: Date,
    pub notice_minutes: u16,
    /// When the first message may leave: slot - notice.
    pub announce: UtcMillis,
}

/// A person whom an augmenting path moved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Moved {
    pub token: DrawToken,
    pub reason: MoveReason,
    pub from_slot: UtcMillis,
    pub to_slot: UtcMillis,
    pub from_verifier: DrawToken,
    pub to_verifier: DrawToken,
}

/// What a boundary comes to. Everybody eligible is in `selections`, `shielded`, `uncovered` or was
/// not hit.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Plan {
    /// In keyed order of people.
    pub selections: Vec<Selection>,
    /// Hit, but with too few free slots. By token.
    pub shielded: Vec<DrawToken>,
    /// Hit, but no verifier had time. In keyed order.
    pub uncovered: Vec<DrawToken>,
    /// By token.
    pub moved: Vec<Moved>,
    /// How many were eligible and not hit.
    pub not_hit: u32,
    /// How many were not eligible.
    pub ineligible: u32,
}

impl Selection {
    /// When the announcement transaction is due: two minutes before the first message.
    pub fn transaction_due(&self) -> UtcMillis {
        self.announce.plus_ms(-ANNOUNCE_MARGIN_MS)
    }
}

/// Where one person is met.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Placement {
    /// The person, by place in the list that was given.
    pub person: usize,
    /// The verifier's row, by place in the list that was given.
    pub row: usize,
    pub slot: UtcMillis,
    /// Row and slot right after the person's own turn, where a later turn moved them.
    pub moved_from: Option<(usize, UtcMillis)>,
}

/// Draws and plans one boundary.
pub fn plan(inputs: &BoundaryInputs, key: &BoundaryKey, taken: &Taken) -> Plan {
    let mut plan = Plan::default();
    let roll = DayRoll::of(inputs);
    let mut is_hit = roll.draw(key).into_iter().peekable();
    let mut hits: Vec<Guest<'_>> = Vec::new();
    for (n, person) in inputs.people().enumerate() {
        let policy = inputs.policy(person.policy);
        let Some(policy) = policy.filter(|_| person.class.is_none()) else {
            plan.ineligible += 1;
            continue;
        };
        if is_hit.next_if_eq(&(n as u32)).is_none() {
            plan.not_hit += 1;
        } else if person.is_shielded() {
            plan.shielded.push(person.token);
        } else {
            hits.push((person, policy));
        }
    }
    let rows = inputs.verifiers();
    for (_, (person, policy), placed) in in_order(key, &hits, rows, taken) {
        let Some((spot, first)) = placed else {
            plan.uncovered.push(person.token);
            continue;
        };
        plan.selections.push(selection(key, person, policy, rows, spot));
        if spot != first {
            plan.moved.push(Moved {
                token: person.token,
                reason: MoveReason::Capacity,
                from_slot: first.start,
                to_slot: spot.start,
                from_verifier: rows[first.row].verifier,
                to_verifier: rows[spot.row].verifier,
            });
        }
    }
    plan.moved.sort_by_key(|m| m.token);
    plan
}

/// Steps 3 to 6 of the plan alone: these people are met, whoever can be. Verifiers' rows must be in
/// order of token and label, people's exclusions sorted. Placements in the order of people.
pub fn place_all(
    key: &BoundaryKey,
    people: &[PersonRow],
    policy: &PolicyRow,
    rows: &[VerifierRow],
    taken: &Taken,
) -> Vec<Placement> {
    let guests: Vec<Guest<'_>> = people.iter().map(|person| (person, policy)).collect();
    let placement = |(person, _, placed): (usize, Guest<'_>, Option<(Spot, Spot)>)| {
        let (spot, first) = placed?;
        let moved_from = (spot != first).then_some((first.row, first.start));
        Some(Placement { person, row: spot.row, slot: spot.start, moved_from })
    };
    in_order(key, &guests, rows, taken).filter_map(placement).collect()
}

/// Each guest in the order of people: their place in the list given, and the spot at the end with the
/// first one.
fn in_order<'a, 'g>(
    key: &BoundaryKey,
    guests: &'g [Guest<'a>],
    rows: &[VerifierRow],
    taken: &Taken,
) -> impl Iterator<Item = (usize, Guest<'a>, Option<(Spot, Spot)>)> + use<'a, 'g> {
    let order = matching::order_of_people(key, guests);
    let matching = matching::place(key, guests, &order, rows, taken);
    order.into_iter().map(move |n| (n, guests[n], matching.last[n].zip(matching.first[n])))
}

/// The day decision for one row; never looks at the calendar.
pub fn is_hit(horizon: Horizon, key: &BoundaryKey, person: &PersonRow, policy: &PolicyRow) -> bool {
    let threshold = person.threshold(&policy.hazards);
    match horizon {
        Horizon::Day => key.is_hit(&person.token, threshold),
        Horizon::Block(block) => threshold.is_hit(key.u_of_block(block, &person.token)),
    }
}

/// A selection from its parts; the notice is drawn with `key`.
pub(super) fn selection(
    key: &BoundaryKey,
    person: &PersonRow,
    policy: &PolicyRow,
    rows: &[VerifierRow],
    spot: Spot,
) -> Selection {
    let (min, max) = (policy.notice_minutes_min, policy.notice_minutes_max);
    let notice_minutes = key.notice_minutes(&person.token, min, max);
    let row = &rows[spot.row];
    Selection {
        token: person.token,
        policy: person.policy,
        slot: spot.start,
        verifier: row.verifier,
        verifier_label: row.label,
        notice_minutes,
        announce: spot.start.plus_minutes(-i64::from(notice_minutes)),
    }
}

#[cfg(test)]
#[path = "plan_tests.rs"]
mod tests;
