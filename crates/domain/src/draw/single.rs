//! One check-in beside the plan of a boundary: the next slot after a refused one, a re-check, a move
//! on the person's wish, a manual order. Same keyed orders, never touches anybody else.

use super::bytes::BoundaryKey;
use super::capacity::{Capacity, Spot, Taken};
use super::inputs::{PersonRow, PolicyRow, VerifierRow};
use super::matching::Rules;
use super::plan::{Selection, selection};
use super::slot_order::slot_order;
use crate::time::UtcMillis;

/// Everything one placement depends on.
#[derive(Debug, Clone)]
pub struct SingleQuestion<'a> {
    /// Token, free slots (read again where a conflict was found), exclusions, languages, wish;
    /// `class` and `k` are not looked at.
    pub person: &'a PersonRow,
    pub policy: &'a PolicyRow,
    pub verifiers: &'a [VerifierRow],
    pub taken: &'a Taken,
    /// Slots that were tried and refused.
    pub refused: &'a [UtcMillis],
    /// No message may leave before this instant.
    pub announce_earliest: UtcMillis,
}

/// The first free slot in keyed order, not refused, still to be announced in time, that a permitted
/// verifier has.
///
/// With the key k_t of the boundary this is the next slot after refused ones (a conflict
/// found after the announcement transaction); with `key.for_purpose(...)` the slot of a re-check,
/// move or manual order. `None`: no such slot, so the person is shielded or uncovered.
pub fn plan_single(q: &SingleQuestion<'_>, key: &BoundaryKey) -> Option<Selection> {
    let (min, max) = (q.policy.notice_minutes_min, q.policy.notice_minutes_max);
    let notice_minutes = i64::from(key.notice_minutes(&q.person.token, min, max));
    let earliest = q.announce_earliest.plus_minutes(notice_minutes);
    let mut starts = slot_order(key, &q.person.token, &q.person.slots);
    starts.retain(|start| *start >= earliest && !q.refused.contains(start));

    let rules = Rules::new(&[(q.person, q.policy)], q.verifiers, q.taken);
    let mut capacity = Capacity::new(q.verifiers, &rules, q.taken, key);
    let mut fallback = None;
    for start in starts {
        for &row in capacity.rows_at(start).iter() {
            let spot = Spot { start, row };
            let visit = capacity.visit(0, q.policy, spot);
            if !rules.permits(0, row) || !capacity.has_room(&visit) {
                continue;
            }
            if rules.is_last(0, row) {
                fallback = fallback.or(Some(spot));
                continue;
            }
            return Some(selection(key, q.person, q.policy, q.verifiers, spot));
        }
    }
    fallback.map(|spot| selection(key, q.person, q.policy, q.verifiers, spot))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::draw::bytes::Purpose;
    use crate::draw::capacity::TakenSession;
    use crate::draw::fixtures::{LABEL, NINE, key, person, policy, slot, slots, verifier};

    fn ask<'a>(
        person: &'a PersonRow,
        policy: &'a PolicyRow,
        verifiers: &'a [VerifierRow],
        taken: &'a Taken,
    ) -> SingleQuestion<'a> {
        let announce_earliest = NINE.plus_minutes(-600);
        SingleQuestion { person, policy, verifiers, taken, refused: &[], announce_earliest }
    }

    #[test]
    fn refused_slots_are_followed_in_the_keyed_order() {
        let (p, terms, v) =
            (person(1, slots(&[(0, 8)])), policy(5, 5), [verifier(1, slots(&[(0, 8)]))]);
        let taken = Taken::default();
        let mut refused = Vec::new();
        while let Some(s) = plan_single(
            &SingleQuestion { refused: &refused, ..ask(&p, &terms, &v, &taken) },
            &key(1),
        ) {
            refused.push(s.slot);
        }
        assert_eq!(refused, slot_order(&key(1), &p.token, &p.slots));
    }

    #[test]
    fn a_purpose_has_its_own_order_of_slots() {
        let (p, terms, v) =
            (person(1, slots(&[(0, 60)])), policy(5, 5), [verifier(1, slots(&[(0, 60)]))]);
        let taken = Taken::default();
        let slot_for = |k: &BoundaryKey| plan_single(&ask(&p, &terms, &v, &taken), k).unwrap().slot;
        let purposes =
            [Purpose::Recheck(1), Purpose::Recheck(2), Purpose::Move(1), Purpose::Manual(1)];
        let mut seen: Vec<_> =
            purposes.iter().map(|&x| slot_for(&key(1).for_purpose(x, &p.token))).collect();
        seen.push(slot_for(&key(1)));
        seen.sort();
        seen.dedup();
        assert!(seen.len() >= 4, "{seen:?}");
    }

    #[test]
    fn nothing_is_announced_too_early_or_by_a_verifier_who_is_taken() {
        let (p, terms) = (person(1, slots(&[(0, 12)])), policy(5, 5));
        let v = [verifier(1, slots(&[(0, 12)]))];
        let busy = TakenSession {
            verifier: v[0].verifier,
            label: Some(LABEL),
            start: slot(8),
            session_minutes: 5,
            turnaround_minutes: 5,
        };
        let taken = Taken { sessions: vec![busy] };
        for seed in 0..40 {
            let q = SingleQuestion { announce_earliest: NINE, ..ask(&p, &terms, &v, &taken) };
            let s = plan_single(&q, &key(seed)).unwrap();
            assert!(
                s.announce >= NINE && s.announce.plus_minutes(s.notice_minutes.into()) == s.slot
            );
            assert!(s.slot <= slot(6) || s.slot >= slot(10), "{seed}");
        }
        let late = SingleQuestion { announce_earliest: slot(12), ..ask(&p, &terms, &v, &taken) };
        assert_eq!(plan_single(&late, &key(1)), None);
    }

    #[test]
    fn the_last_verifier_comes_only_if_there_is_no_other() {
        let terms = policy(5, 5);
        let mut p = person(1, slots(&[(0, 12)]));
        let v = [verifier(1, slots(&[(0, 12)])), verifier(2, slots(&[(11, 12)]))];
        p.last_verifier = Some(v[0].verifier);
        let taken = Taken::default();
        assert_eq!(
            plan_single(&ask(&p, &terms, &v, &taken), &key(1)).unwrap().verifier,
            v[1].verifier
        );
        assert_eq!(
            plan_single(&ask(&p, &terms, &v[..1], &taken), &key(1)).unwrap().verifier,
            v[0].verifier
        );
        p.excluded = vec![v[0].verifier];
        assert_eq!(plan_single(&ask(&p, &terms, &v[..1], &taken), &key(1)), None);
    }
}
