//! The block horizon: a label in two-hour spans of announcement instants, each with a key of its
//! own. Which slots belong to which block, what share of the day's hazard a block has, and how the
//! blocks of a label come to one result a person. Never looks at a hit of another block.

use super::bytes::{Boundary, Horizon};
use super::inputs::{BlockShare, BoundaryInputs, FREE_SLOTS_MIN};
use super::plan::Plan;
use super::state::{DayResult, day_results};
use crate::calendar::{PLAN_DELAY_MS, SlotRange};
use crate::id::PolicyVersionId;
use crate::person::DrawToken;
use crate::time::{HOUR_MS, UtcMillis};
use std::collections::{BTreeMap, HashSet};

/// Length of a block.
pub const BLOCK_MS: i64 = 2 * HOUR_MS;

/// The blocks of one label in one zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Blocks {
    first: UtcMillis,
    count: u8,
}

impl Blocks {
    /// The blocks of a label from its first instant and that of the next label. A day is at most
    /// 26 hours long, so there are at most 13.
    pub fn of(first: UtcMillis, next: UtcMillis) -> Blocks {
        let count = (next.since(first) + BLOCK_MS - 1) / BLOCK_MS;
        Blocks { first, count: count.clamp(1, i64::from(u8::MAX)) as u8 }
    }

    /// How many there are.
    pub fn count(self) -> u8 {
        self.count
    }

    /// When block n begins, its `t`.
    pub fn start(self, n: u8) -> UtcMillis {
        self.first.plus_ms(i64::from(n) * BLOCK_MS)
    }

    /// The block of a slot whose announcement may be due `lead_ms` before it at the earliest.
    pub fn of_slot(self, slot: UtcMillis, lead_ms: i64) -> u8 {
        let after = slot.plus_ms(-lead_ms - PLAN_DELAY_MS).since(self.first);
        after.div_euclid(BLOCK_MS).clamp(0, i64::from(self.count) - 1) as u8
    }

    /// What of a label's free slots belongs to block n: the slots, and the block's share of the
    /// day. A day with too few slots is drawn in block 0 alone, since its time could be guessed.
    pub fn share(self, n: u8, slots: &[SlotRange], lead_ms: i64) -> (Vec<SlotRange>, BlockShare) {
        let (mut before, mut here, mut total) = (0, Vec::new(), 0);
        for slot in slots.iter().flat_map(|range| range.starts()) {
            let block = self.of_slot(slot, lead_ms);
            total += 1;
            before += u16::from(block < n);
            if block == n {
                here.push(slot);
            }
        }
        let count = here.len() as u16;
        let here = SlotRange::gather(here);
        if usize::from(total) >= FREE_SLOTS_MIN {
            return (here, BlockShare { before, here: count, total });
        }
        let is_first = n == 0;
        let share =
            BlockShare { before: u16::from(!is_first), here: u16::from(is_first), total: 1 };
        (here, share)
    }
}

/// The people whom earlier blocks of this boundary's label have drawn: hit, shielded or uncovered.
/// `earlier` are boundaries of the same zone and label, in any order.
pub fn drawn_before<'a>(
    boundary: &Boundary,
    earlier: impl IntoIterator<Item = (&'a Boundary, &'a Plan)>,
) -> HashSet<DrawToken> {
    let Horizon::Block(n) = boundary.horizon else { return HashSet::new() };
    let is_before = |b: &Boundary| {
        b.label == boundary.label && matches!(b.horizon, Horizon::Block(other) if other < n)
    };
    let plans = earlier.into_iter().filter(|(b, _)| is_before(b)).map(|(_, plan)| plan);
    plans.flat_map(drawn).collect()
}

/// Everybody a plan drew, whatever came of it.
fn drawn(plan: &Plan) -> impl Iterator<Item = DrawToken> {
    let hit = plan.selections.iter().map(|s| s.token);
    hit.chain(plan.shielded.iter().copied()).chain(plan.uncovered.iter().copied())
}

/// How a label closed for one person, over all its boundaries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LabelResult {
    pub result: DayResult,
    /// As committed.
    pub k: u32,
    pub policy: PolicyVersionId,
    pub is_eligible: bool,
}

/// How a label closes for everybody in its rows, by token: the first of hit, shielded, uncovered
/// among its boundaries; else not hit if one of them had the person eligible; else ineligible.
/// Boundaries that were dropped are left out by the caller, and so say nothing about anybody.
pub fn label_results<'a>(
    boundaries: impl IntoIterator<Item = (&'a BoundaryInputs, &'a Plan)>,
) -> BTreeMap<DrawToken, LabelResult> {
    let mut results: BTreeMap<DrawToken, LabelResult> = BTreeMap::new();
    for (inputs, plan) in boundaries {
        // Both are in order of the rows.
        for (row, (token, result)) in inputs.people().zip(day_results(inputs, plan)) {
            let is_eligible = row.class.is_none();
            let new = LabelResult { result, k: row.k, policy: row.policy, is_eligible };
            let kept = results.entry(token).or_insert(new);
            kept.is_eligible |= is_eligible;
            if weight(result) > weight(kept.result) {
                kept.result = result;
            }
        }
    }
    results
}

/// A person is drawn in one block at most, so the three kinds of draw never meet.
fn weight(result: DayResult) -> u8 {
    match result {
        DayResult::Hit | DayResult::Shielded | DayResult::Uncovered => 2,
        DayResult::NotHit => 1,
        DayResult::Ineligible => 0,
    }
}

#[cfg(test)]
#[path = "block_tests.rs"]
mod tests;
