//! The plan: determinism, invariants, fairness of slots, and that augmenting finds the maximum.

use super::*;
use crate::calendar::{IneligibleClass, SlotRange};
use crate::draw::capacity::TakenSession;
use crate::draw::fixtures::{LABEL, boundary, key, person, policy, slot, slots, verifier};
use crate::draw::hazard::{HazardTable, Threshold};
use crate::draw::inputs::{BlockShare, Breaks, VerifierRow};
use crate::draw::slot_order::slot_order;
use proptest::prelude::*;

fn inputs(
    policy: PolicyRow,
    verifiers: Vec<VerifierRow>,
    people: Vec<PersonRow>,
) -> BoundaryInputs {
    BoundaryInputs::new(boundary(), vec![policy], verifiers, people).unwrap()
}

fn drawn(inputs: &BoundaryInputs, seed: u8) -> Plan {
    plan(inputs, &key(seed), &Taken::default())
}

#[test]
fn with_room_for_all_everybody_gets_their_first_choice() {
    let people: Vec<_> = (1..=20).map(|n| person(n, slots(&[(0, 50)]))).collect();
    let desk: Vec<_> = (1..=25).map(|n| verifier(n, slots(&[(0, 50)]))).collect();
    let inputs = inputs(policy(5, 5), desk, people);
    let got = drawn(&inputs, 3);
    assert_eq!(got.selections.len(), 20);
    assert!(got.moved.is_empty() && got.uncovered.is_empty() && got.shielded.is_empty());
    for s in &got.selections {
        assert_eq!(s.slot, slot_order(&key(3), &s.token, &slots(&[(0, 50)]))[0]);
        assert_eq!(s.announce, s.slot.plus_minutes(-i64::from(s.notice_minutes)));
        assert_eq!(s.transaction_due(), s.announce.plus_minutes(-2));
        assert!((15..=30).contains(&s.notice_minutes));
    }
    let order: Vec<_> = got.selections.iter().map(|s| key(3).person_order(&s.token)).collect();
    assert!(order.is_sorted());
}

#[test]
fn a_day_with_too_few_free_slots_is_shielded_and_an_ineligible_one_is_not_drawn() {
    let mut away = person(3, vec![]);
    away.class = Some(IneligibleClass::Absence);
    let people = vec![person(1, slots(&[(0, 5)])), person(2, slots(&[(0, 6)])), away];
    let got = drawn(&inputs(policy(5, 5), vec![verifier(1, slots(&[(0, 9)]))], people), 1);
    assert_eq!(got.shielded, [person(1, vec![]).token]);
    assert_eq!((got.selections.len(), got.ineligible, got.not_hit), (1, 1, 0));
}

#[test]
fn who_comes_last_in_keyed_order_is_uncovered() {
    let people: Vec<_> = (1..=30).map(|n| person(n, slots(&[(0, 12)]))).collect();
    let got = drawn(&inputs(policy(5, 0), vec![verifier(1, slots(&[(0, 12)]))], people), 8);
    assert_eq!((got.selections.len(), got.uncovered.len()), (12, 18));
    let order = |t: &DrawToken| key(8).person_order(t);
    let last_covered = got.selections.iter().map(|s| order(&s.token)).max().unwrap();
    assert!(got.uncovered.iter().all(|t| order(t) > last_covered));
}

#[test]
fn people_are_moved_only_where_capacity_demands_it_and_it_is_said() {
    // Six people who can only early, six who can always: greedy alone must strand somebody.
    let early = (1..=6).map(|n| person(n, slots(&[(0, 6)])));
    let people: Vec<_> = early.chain((7..=12).map(|n| person(n, slots(&[(0, 12)])))).collect();
    let desk = vec![verifier(1, slots(&[(0, 12)]))];
    let inputs = inputs(policy(5, 0), desk, people);
    let mut moved = 0;
    for seed in 0..20 {
        let got = drawn(&inputs, seed);
        assert_eq!(got.selections.len(), 12, "all fit, seed {seed}");
        for m in &got.moved {
            let now = got.selections.iter().find(|s| s.token == m.token).unwrap();
            assert_eq!((m.to_slot, m.to_verifier), (now.slot, now.verifier));
            assert_ne!((m.from_slot, m.from_verifier), (m.to_slot, m.to_verifier));
        }
        moved += got.moved.len();
    }
    assert!(moved > 0);
}

#[test]
fn what_earlier_boundaries_took_is_respected() {
    let desk = vec![verifier(1, slots(&[(0, 12)]))];
    let held = |n| TakenSession {
        verifier: desk[0].verifier,
        label: Some(LABEL),
        start: slot(n),
        session_minutes: 5,
        turnaround_minutes: 5,
    };
    let taken = Taken { sessions: vec![held(0), held(2), held(4), held(6), held(8)] };
    let rows = inputs(policy(5, 5), desk.clone(), vec![person(1, slots(&[(0, 12)]))]);
    for seed in 0..20 {
        let got = plan(&rows, &key(seed), &taken);
        assert!(got.selections[0].slot >= slot(10), "10 and 11 are left");
    }
    let mut capped = desk;
    capped[0].sessions_max = 5;
    let rows = inputs(policy(5, 5), capped, vec![person(1, slots(&[(0, 12)]))]);
    assert_eq!(plan(&rows, &key(1), &taken).uncovered.len(), 1, "the cap counts them too");
}

#[test]
fn a_full_day_of_a_verifier_is_freed_by_moving_somebody_to_a_colleague() {
    // Only the first verifier may meet the second person, who is free when he is, but his one
    // session of the day may have gone to the first person at a time the second one cannot.
    let mut desk = vec![verifier(0, slots(&[(0, 12)])), verifier(1, slots(&[(0, 6)]))];
    desk[0].sessions_max = 1;
    let mut picky = person(2, slots(&[(6, 12)]));
    picky.excluded = vec![desk[1].verifier];
    let rows = inputs(policy(5, 0), desk, vec![person(1, slots(&[(0, 6)])), picky]);
    let moved: usize = (0..40)
        .map(|seed| {
            let got = drawn(&rows, seed);
            assert_eq!(got.selections.len(), 2, "seed {seed}");
            got.moved.len()
        })
        .sum();
    assert!(moved > 0);
}

#[test]
fn a_chain_of_three_through_a_full_day_is_found_under_every_key() {
    // The third person can only have 10, which the first may hold; the first can go to 8 only if the
    // second leaves the same verifier, whose day is full, for the other one.
    let at = |n, free: &[i64], excluded| {
        let mut p = person(n, SlotRange::gather(free.iter().map(|&s| slot(s))));
        p.excluded = excluding(excluded);
        p
    };
    let people = vec![
        at(1, &[0, 1, 3, 4, 8, 10], 0b110),
        at(2, &[0, 1, 3, 5, 9, 11], 0b000),
        at(3, &[0, 2, 6, 7, 10, 11], 0b010),
    ];
    let rows = inputs(policy(5, 0), desk(&[(8, 3, 2), (4, 2, 1)]), people);
    for seed in 0..=255 {
        assert_eq!(drawn(&rows, seed).selections.len(), 3, "seed {seed}");
    }
}

#[test]
fn a_verifier_who_is_drawn_does_not_meet_himself_or_another_at_that_time() {
    let mut colleague = person(1, slots(&[(0, 6)]));
    let mut both = person(2, slots(&[(0, 6)]));
    let desk = vec![verifier(1, slots(&[(0, 6)])), verifier(2, slots(&[(0, 6)]))];
    both.token = desk[0].verifier;
    colleague.excluded = vec![desk[1].verifier]; // so only `both` can meet the colleague
    for seed in 0..40 {
        let got =
            drawn(&inputs(policy(5, 5), desk.clone(), vec![colleague.clone(), both.clone()]), seed);
        let find = |t| got.selections.iter().find(|s| s.token == t).unwrap();
        let (a, b) = (find(colleague.token), find(both.token));
        assert_eq!((a.verifier, b.verifier), (desk[0].verifier, desk[1].verifier));
        assert!(a.slot.since(b.slot).abs() >= 10 * 60_000, "seed {seed}");
    }
}

#[test]
fn the_last_verifier_is_avoided_where_another_has_time_and_taken_where_none_has() {
    let desk = vec![verifier(0, slots(&[(0, 12)])), verifier(1, slots(&[(3, 4)]))];
    let mut again = person(1, slots(&[(0, 12)]));
    again.last_verifier = Some(desk[0].verifier);
    for seed in 0..20 {
        let both = drawn(&inputs(policy(5, 5), desk.clone(), vec![again.clone()]), seed);
        assert_eq!(
            (both.selections[0].verifier, both.selections[0].slot),
            (desk[1].verifier, slot(3))
        );
        let alone = drawn(&inputs(policy(5, 5), desk[..1].to_vec(), vec![again.clone()]), seed);
        assert_eq!(alone.selections[0].verifier, desk[0].verifier);
        let first = slot_order(&key(seed), &again.token, &again.slots)[0];
        assert_eq!(alone.selections[0].slot, first);
    }
}

#[test]
fn hits_follow_the_threshold_of_k() {
    let mut terms = policy(5, 5);
    terms.hazards = HazardTable::new(vec![Threshold::NEVER, Threshold::SURE]).unwrap();
    let mut second = person(2, slots(&[(0, 9)]));
    second.k = 2;
    let rows = inputs(
        terms,
        vec![verifier(1, slots(&[(0, 9)]))],
        vec![person(1, slots(&[(0, 9)])), second],
    );
    for seed in 0..20 {
        let got = drawn(&rows, seed);
        assert_eq!((got.not_hit, got.selections.len()), (1, 1));
    }
}

#[test]
fn a_block_draws_with_its_share_of_the_day_and_its_own_number() {
    let mut terms = policy(5, 0);
    terms.hazards = HazardTable::pool(0.5);
    let in_block = |block, before, here| {
        let people = (1..=200u8).map(|n| {
            let mut p = person(n, slots(&[(0, 12)]));
            p.block = Some(BlockShare { before, here, total: 24 });
            p
        });
        let mut b = boundary();
        b.horizon = Horizon::Block(block);
        BoundaryInputs::new(b, vec![terms.clone()], vec![], people.collect()).unwrap()
    };
    let hits = |rows: &BoundaryInputs| -> u32 {
        (0..20).map(|seed| drawn(rows, seed).uncovered.len() as u32).sum()
    };
    // of 4000: first half 1/4, second half (1/4) / (3/4); four standard deviations are 110 and 120
    assert!(hits(&in_block(0, 0, 12)).abs_diff(1000) < 110);
    assert!(hits(&in_block(1, 12, 12)).abs_diff(1333) < 120);
    assert_eq!(hits(&in_block(2, 24, 0)), 0);
    let one = |block| drawn(&in_block(block, 0, 12), 1).uncovered;
    assert_ne!(one(0), one(1), "another block, another number");
}

#[test]
fn the_drawn_slot_is_uniform_over_the_free_ones() {
    let rows = inputs(
        policy(5, 0),
        vec![verifier(1, slots(&[(0, 24)]))],
        vec![person(1, slots(&[(0, 24)]))],
    );
    let n = 4_800u32;
    let mut counts = [0u32; 24];
    for i in 0..n {
        let mut bytes = [1; 32];
        bytes[..4].copy_from_slice(&i.to_be_bytes());
        let got = plan(&rows, &BoundaryKey::from_bytes(&bytes), &Taken::default());
        counts[(got.selections[0].slot.since(slot(0)) / 300_000) as usize] += 1;
    }
    let expected = f64::from(n) / 24.0;
    let chi: f64 = counts.iter().map(|&c| (f64::from(c) - expected).powi(2) / expected).sum();
    assert!(chi < 49.7, "chi-square {chi:.1} with 23 degrees of freedom (0.1 %)");
}

#[test]
fn nobody_meets_more_than_so_many_in_a_row_without_a_pause() {
    let people: Vec<_> = (1..=12).map(|n| person(n, slots(&[(0, 12)]))).collect();
    let mut desk = vec![verifier(0, slots(&[(0, 12)]))];
    desk[0].breaks = Some(Breaks { after_sessions: 3, minutes: 10 });
    let inputs = inputs(policy(5, 0), desk, people);
    for seed in 0..40 {
        let got = drawn(&inputs, seed);
        let mut starts: Vec<UtcMillis> = got.selections.iter().map(|s| s.slot).collect();
        starts.sort();
        let mut in_a_row = 1;
        for pair in starts.windows(2) {
            let pause_minutes = pair[1].since(pair[0]) / 60_000 - 5;
            in_a_row = if pause_minutes < 10 { in_a_row + 1 } else { 1 };
            assert!(in_a_row <= 3, "seed {seed}: {starts:?}");
        }
        assert!((6..=9).contains(&got.selections.len()), "seed {seed}");
    }
}

/// Most people that can be placed, by trying everything; unit sessions.
fn maximum(rows: &BoundaryInputs) -> usize {
    fn best(
        people: &[&PersonRow],
        desk: &[VerifierRow],
        used: &mut Vec<(usize, UtcMillis)>,
    ) -> usize {
        let Some((first, rest)) = people.split_first() else { return 0 };
        let mut most = best(rest, desk, used);
        for (v, row) in desk.iter().enumerate() {
            let load = used.iter().filter(|u| u.0 == v).count();
            if first.excluded.contains(&row.verifier) || load >= usize::from(row.sessions_max) {
                continue;
            }
            for start in first.slots.iter().flat_map(|r| r.starts()) {
                if row.slots.iter().any(|r| r.contains(start)) && !used.contains(&(v, start)) {
                    used.push((v, start));
                    most = most.max(1 + best(rest, desk, used));
                    used.pop();
                }
                if most == people.len() {
                    return most;
                }
            }
        }
        most
    }
    let people: Vec<&PersonRow> = rows.people().collect();
    best(&people, rows.verifiers(), &mut Vec::new())
}

/// The rules of every plan, whatever its sizes.
fn check(rows: &BoundaryInputs, got: &Plan, occupancy_minutes: i64) -> Result<(), TestCaseError> {
    let all = got.selections.len() + got.shielded.len() + got.uncovered.len();
    prop_assert_eq!(all + (got.not_hit + got.ineligible) as usize, rows.people().count());
    for s in &got.selections {
        let p = rows.person(&s.token).unwrap();
        let v = rows.verifiers().iter().find(|v| v.verifier == s.verifier).unwrap();
        prop_assert!(p.slots.iter().any(|r| r.contains(s.slot)));
        prop_assert!(v.slots.iter().any(|r| r.contains(s.slot)));
        prop_assert!(!p.excluded.contains(&s.verifier));
        let shared = p.languages.iter().any(|l| v.languages.contains(l));
        prop_assert!(shared || p.languages.is_empty() || v.languages.is_empty());
        let same = got.selections.iter().filter(|o| o.verifier == s.verifier);
        prop_assert!(same.clone().count() <= usize::from(v.sessions_max));
        for other in same.filter(|o| o.token != s.token) {
            prop_assert!(other.slot.since(s.slot).abs() >= occupancy_minutes * 60_000);
        }
    }
    Ok(())
}

/// Twelve slots of which at least six are free, so that nobody is shielded.
fn scattered() -> impl Strategy<Value = u16> {
    (0u16..1 << 12).prop_filter("six free slots", |mask| mask.count_ones() >= 6)
}

/// The verifiers 0 to 2 whose bit is set.
fn excluding(mask: u8) -> Vec<DrawToken> {
    (0..3).filter(|v| mask >> v & 1 == 1).map(|v| verifier(v, vec![]).verifier).collect()
}

/// Verifiers with a run of slots (first, length) and a cap.
fn desk(caps: &[(i64, i64, u16)]) -> Vec<VerifierRow> {
    let row = |(n, &(from, length, cap)): (usize, &(i64, i64, u16))| {
        let mut v = verifier(n as u8, slots(&[(from, from + length)]));
        v.sessions_max = cap;
        v
    };
    caps.iter().enumerate().map(row).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn augmenting_reaches_the_maximum_on_small_instances(
        wishes in prop::collection::vec((scattered(), 0u8..8), 1..6),
        caps in prop::collection::vec((0i64..10, 1i64..4, 1u16..3), 1..4),
        seed in 0u8..255,
    ) {
        let people = wishes.iter().enumerate().map(|(n, &(mask, excluded))| {
            let free = (0..12).filter(|bit| mask >> bit & 1 == 1).map(slot);
            let mut p = person(n as u8 + 1, SlotRange::gather(free));
            p.excluded = excluding(excluded);
            p
        });
        let rows = inputs(policy(5, 0), desk(&caps), people.collect());
        let got = drawn(&rows, seed);
        check(&rows, &got, 5)?;
        prop_assert_eq!(got.selections.len(), maximum(&rows));
    }

    #[test]
    fn every_plan_keeps_every_rule_and_does_not_depend_on_the_order_of_rows(
        wishes in prop::collection::vec((0i64..20, 6i64..20, 0u8..8, 0usize..3), 1..40),
        caps in prop::collection::vec((0i64..20, 1i64..20, 0u16..9), 1..6),
        turnaround in 0u16..12, seed in 0u8..255,
    ) {
        let people = wishes.iter().enumerate().map(|(n, &(from, length, excluded, tongue))| {
            let mut p = person(n as u8 + 1, slots(&[(from, from + length)]));
            p.excluded = excluding(excluded);
            p.languages = vec![["de", "en", "pl"][tongue].to_owned()];
            p
        });
        let mut desk = desk(&caps);
        for (n, v) in desk.iter_mut().enumerate() {
            v.languages = vec!["en".to_owned(), ["de", "pl"][n % 2].to_owned()];
        }
        let rows = inputs(policy(5, turnaround), desk, people.collect());
        let got = drawn(&rows, seed);
        check(&rows, &got, 5 + i64::from(turnaround))?;
        let mut people: Vec<PersonRow> = rows.people().cloned().collect();
        people.reverse();
        let desk: Vec<VerifierRow> = rows.verifiers().iter().rev().cloned().collect();
        let again = inputs(policy(5, turnaround), desk, people);
        prop_assert_eq!(drawn(&again, seed), got);
    }
}
