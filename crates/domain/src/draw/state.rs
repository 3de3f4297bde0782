//! The one number a person carries from label to label: `k`. It counts draws, not successes: what
//! came of a check-in, manual orders, moves and re-checks never reach this file.

use super::inputs::BoundaryInputs;
use super::plan::Plan;
use crate::person::DrawToken;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;

/// So many ineligible days in a row count as having been away.
pub const AWAY_DAYS_MIN: u32 = 10;

/// After having been away, a sure draw is at least this many eligible days off.
pub const RETURN_EASE_DAYS: u32 = 10;

words! {
    /// How a label closed for one person.
    pub enum DayResult {
        /// Drawn and planned.
        Hit = "hit",
        /// Drawn, too few free slots.
        Shielded = "shielded",
        /// Drawn, no verifier had time.
        Uncovered = "uncovered",
        /// Eligible, not drawn.
        NotHit = "not_hit",
        /// Not eligible.
        Ineligible = "ineligible",
    }
}

/// What is kept of a person's cadence, written for everybody when a label closes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct CadenceState {
    /// The next eligible day is the k-th since the last draw; from 1.
    pub k: u32,
    /// Ineligible days in a row up to now.
    pub ineligible_days: u32,
    /// `k` was lowered once on a return within this cycle.
    pub is_eased: bool,
}

impl Default for CadenceState {
    fn default() -> CadenceState {
        CadenceState { k: 1, ineligible_days: 0, is_eased: false }
    }
}

impl CadenceState {
    /// The state to commit for a label: clamped to the policy's maximum gap M, and on an eligible
    /// day after at least ten ineligible ones `k = min(k, M - 10)`, once a cycle.
    pub fn at_boundary(self, is_eligible: bool, max_gap_days: u32) -> CadenceState {
        let max = max_gap_days.max(1);
        let k = self.k.clamp(1, max);
        let is_return = is_eligible && self.ineligible_days >= AWAY_DAYS_MIN && !self.is_eased;
        if !is_return {
            return CadenceState { k, ..self };
        }
        let eased = max.saturating_sub(RETURN_EASE_DAYS).max(1);
        CadenceState { k: k.min(eased), is_eased: true, ..self }
    }

    /// The state after a label has closed, from the one that was committed for it.
    pub fn close(self, result: DayResult, max_gap_days: u32) -> CadenceState {
        match result {
            DayResult::Hit | DayResult::Shielded | DayResult::Uncovered => CadenceState::default(),
            DayResult::NotHit => {
                let k = self.k.saturating_add(1).clamp(1, max_gap_days.max(1));
                CadenceState { k, ineligible_days: 0, ..self }
            }
            DayResult::Ineligible => {
                CadenceState { ineligible_days: self.ineligible_days.saturating_add(1), ..self }
            }
        }
    }
}

/// How a label closes for everybody in the rows, by token. Under the block horizon this is one block;
/// a day closes with the first of hit, shielded, uncovered among its blocks.
pub fn day_results(inputs: &BoundaryInputs, plan: &Plan) -> Vec<(DrawToken, DayResult)> {
    let hits = plan.selections.iter().map(|s| (s.token, DayResult::Hit));
    let shielded = plan.shielded.iter().map(|t| (*t, DayResult::Shielded));
    let uncovered = plan.uncovered.iter().map(|t| (*t, DayResult::Uncovered));
    let drawn: HashMap<DrawToken, DayResult> = hits.chain(shielded).chain(uncovered).collect();
    let result = |token: &DrawToken, is_eligible: bool| match drawn.get(token) {
        Some(result) => *result,
        None if is_eligible => DayResult::NotHit,
        None => DayResult::Ineligible,
    };
    inputs.people().map(|p| (p.token, result(&p.token, p.class.is_none()))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calendar::IneligibleClass;
    use crate::draw::capacity::Taken;
    use crate::draw::fixtures::{boundary, key, person, policy, slots, verifier};
    use crate::draw::hazard::{HazardTable, Threshold};
    use crate::draw::plan::plan;

    const M: u32 = 84;

    fn state(k: u32) -> CadenceState {
        CadenceState { k, ..CadenceState::default() }
    }

    fn away(mut s: CadenceState, days: u32) -> CadenceState {
        for _ in 0..days {
            s = s.at_boundary(false, M).close(DayResult::Ineligible, M);
        }
        s
    }

    #[test]
    fn every_kind_of_draw_starts_a_new_cycle() {
        for result in [DayResult::Hit, DayResult::Shielded, DayResult::Uncovered] {
            assert_eq!(state(40).close(result, M), state(1));
        }
        assert_eq!(state(40).close(DayResult::NotHit, M), state(41));
        assert_eq!(state(40).close(DayResult::Ineligible, M).k, 40);
    }

    #[test]
    fn nobody_is_sure_to_be_drawn_on_return_from_a_long_absence() {
        let back = away(state(M), 10).at_boundary(true, M);
        assert_eq!((back.k, back.is_eased), (M - 10, true));
        assert_eq!(away(state(M), 9).at_boundary(true, M).k, M, "nine days are not away");
        assert_eq!(away(state(3), 30).at_boundary(true, M).k, 3, "never raised");
        assert_eq!(away(state(5), 30).at_boundary(true, 8).k, 1, "a short maximum gap");
    }

    #[test]
    fn the_ease_is_given_once_a_cycle() {
        let mut s = away(state(M), 12).at_boundary(true, M).close(DayResult::NotHit, M);
        for _ in 0..20 {
            s = s.at_boundary(true, M).close(DayResult::NotHit, M);
        }
        assert_eq!(s.k, M);
        assert_eq!(away(s, 12).at_boundary(true, M).k, M, "no second time");
        let next = s.close(DayResult::Hit, M);
        assert!(!next.is_eased);
    }

    #[test]
    fn a_policy_change_keeps_k_within_the_new_maximum() {
        assert_eq!(state(40).at_boundary(true, 60).k, 40);
        assert_eq!(state(40).at_boundary(true, 30).k, 30);
        assert_eq!(state(30).close(DayResult::NotHit, 30).k, 30);
    }

    #[test]
    fn a_label_closes_for_everybody() {
        let mut absent = person(3, vec![]);
        absent.class = Some(IneligibleClass::Absence);
        let people = vec![
            person(1, slots(&[(0, 12)])),
            person(2, slots(&[(0, 3)])),
            absent,
            person(4, slots(&[(20, 40)])),
        ];
        let verifiers = vec![verifier(1, slots(&[(0, 12)]))];
        let inputs = crate::draw::inputs::BoundaryInputs::new(
            boundary(),
            vec![policy(5, 5)],
            verifiers,
            people,
        )
        .unwrap();
        let plan = plan(&inputs, &key(1), &Taken::default());
        let results: Vec<DayResult> =
            day_results(&inputs, &plan).into_iter().map(|r| r.1).collect();
        assert_eq!(
            results,
            [DayResult::Hit, DayResult::Shielded, DayResult::Ineligible, DayResult::Uncovered]
        );
    }

    /// The renewal process itself: 400 people over 500 days under a table; gaps must have its mean.
    #[test]
    fn gaps_between_draws_have_the_mean_of_the_table() {
        let table = HazardTable::new(vec![
            Threshold::from_hazard(0.1),
            Threshold::from_hazard(0.25),
            Threshold::from_hazard(0.5),
            Threshold::SURE,
        ])
        .unwrap();
        // S = 1, .9, .675, .3375
        let mean = 2.9125;
        let (mut hits, days, people) = (0u32, 500u16, 400u16);
        let mut states = vec![CadenceState::default(); usize::from(people)];
        for day in 0..days {
            let mut bytes = [5; 32];
            bytes[..2].copy_from_slice(&day.to_be_bytes());
            let key = crate::draw::bytes::BoundaryKey::from_bytes(&bytes);
            for (n, s) in states.iter_mut().enumerate() {
                let mut token = DrawToken([0; 16]);
                token.0[..2].copy_from_slice(&(n as u16).to_be_bytes());
                let is_hit = key.is_hit(&token, table.threshold(s.k));
                hits += u32::from(is_hit);
                let result = if is_hit { DayResult::Hit } else { DayResult::NotHit };
                *s = s.close(result, table.max_gap_days());
            }
        }
        let observed = f64::from(days) * f64::from(people) / f64::from(hits);
        assert!((observed - mean).abs() < 0.03, "{observed}");
    }
}
