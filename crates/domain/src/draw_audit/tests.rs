//! States carried from label to label agree with the rules of the draw; what is unknown at the
//! beginning of a bundle is taken either way, and nothing else.

use super::states::{Committed, First, States, Verdict};
use crate::draw::{CadenceState, DayResult};

const M: u32 = 30;

fn row(k: u32, is_eligible: bool) -> Committed {
    Committed { token: [1; 16], k, max: Some(M), is_eligible, is_short: false, is_counted: true }
}

/// One label with one row.
fn day(states: &mut States, label: i32, row: &Committed, first: First, is_hit: bool) -> Verdict {
    let mut walk = states.walk(label, 0, 0);
    let checked = walk.row(row, first);
    if is_hit {
        walk.drawn();
    }
    walk.end();
    checked.verdict
}

/// A life of a year with absences, hits and a second cycle: the compact state follows the rules of
/// `draw::state` on every date, and a `k` that is one off is seen on every date.
#[test]
fn the_compact_state_follows_the_rules_of_the_draw() {
    let (mut compact, mut wrong_seen) = (States::default(), 0);
    let mut state = CadenceState::default();
    for label in 0..400 {
        let is_eligible = !(20..33).contains(&(label % 60)) && label % 7 < 5;
        let is_hit = is_eligible && label % 83 == 40;
        let committed = state.at_boundary(is_eligible, M);
        let mut probe = States::default();
        std::mem::swap(&mut probe, &mut compact);
        let mut off = row(committed.k + 1, is_eligible);
        let mut twin = probe.copy();
        wrong_seen += u32::from(day(&mut twin, label, &off, First::AtOne, false) != Verdict::Same);
        off.k = committed.k;
        assert_eq!(day(&mut probe, label, &off, First::AtOne, is_hit), Verdict::Same, "{label}");
        compact = probe;
        let result = match (is_eligible, is_hit) {
            (false, _) => DayResult::Ineligible,
            (true, true) => DayResult::Hit,
            (true, false) => DayResult::NotHit,
        };
        state = committed.close(result, M);
    }
    assert_eq!(wrong_seen, 400, "a k that is one too many is never taken");
}

#[test]
fn a_bundle_from_the_middle_takes_k_over_and_then_follows_it() {
    let mut states = States::default();
    assert_eq!(day(&mut states, 0, &row(9, true), First::TakenOver, false), Verdict::Same);
    assert_eq!(day(&mut states, 1, &row(10, true), First::TakenOver, false), Verdict::Same);
    let wrong = day(&mut states, 2, &row(12, true), First::TakenOver, false);
    assert_eq!(wrong, Verdict::Differs { expected: 11 });
    let mut fresh = States::default();
    let wrong = day(&mut fresh, 0, &row(9, true), First::AtOne, false);
    assert_eq!(wrong, Verdict::Differs { expected: 1 });
}

#[test]
fn whether_k_was_eased_before_the_bundle_is_taken_either_way() {
    for (k, is_right) in [(M, true), (M - 10, true), (M - 9, false)] {
        let mut states = States::default();
        day(&mut states, 0, &row(M, false), First::TakenOver, false);
        for label in 1..12 {
            day(&mut states, label, &row(M, false), First::TakenOver, false);
        }
        let verdict = day(&mut states, 12, &row(k, true), First::TakenOver, false);
        assert_eq!(verdict == Verdict::Same, is_right, "{k}");
    }
}

#[test]
fn a_person_has_one_row_a_label_and_no_label_is_passed_over() {
    let mut states = States::default();
    day(&mut states, 5, &row(1, true), First::AtOne, true);
    assert_eq!(day(&mut states, 7, &row(1, true), First::AtOne, false), Verdict::Gap { after: 5 });
    let mut walk = states.walk(7, 3, 0);
    assert_eq!(walk.row(&row(1, true), First::AtOne).verdict, Verdict::Twice, "another zone");
    let mut walk = states.walk(7, 0, 0);
    let again = walk.row(&row(1, true), First::AtOne);
    assert_eq!((again.verdict, again.is_drawn_already), (Verdict::Same, false), "a later block");
}

#[test]
fn everybody_begins_anew_once_after_the_shadow() {
    let mut states = States::default();
    day(&mut states, 0, &row(1, true), First::AtOne, false);
    let mut walk = states.walk(1, 0, 1);
    assert_eq!(walk.row(&row(1, true), First::AtOne).verdict, Verdict::Same);
    walk.end();
    let mut walk = states.walk(2, 0, 1);
    let second = walk.row(&row(1, true), First::AtOne).verdict;
    assert_eq!(second, Verdict::Differs { expected: 2 });
}

/// Many people in random order of first appearance: the walk finds each.
#[test]
fn a_walk_meets_everybody_in_order_of_tokens() {
    let mut states = States::default();
    let token = |n: u8| [n; 16];
    for (label, step) in [(0, 7), (1, 3), (2, 2), (3, 1)] {
        let mut walk = states.walk(label, 0, 0);
        for n in (0..=250u8).step_by(step) {
            let row = Committed { token: token(n), ..row(1, false) };
            let checked = walk.row(&row, First::AtOne);
            assert!(matches!(checked.verdict, Verdict::Same | Verdict::Gap { .. }), "{n}");
        }
        walk.end();
    }
    assert_eq!(states.len(), 251);
    states.rename(&token(4), [99; 16]);
    assert_eq!(states.days(&token(4)), None);
    assert!(states.days(&[99; 16]).is_some());
}
