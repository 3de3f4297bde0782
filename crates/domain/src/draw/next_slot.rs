//! What follows when the calendar of somebody who was told of a check-in does not take its slot: the
//! next in the keyed order that it takes, at most a few times, then the day counts as shielded.

use super::bytes::BoundaryKey;
use super::plan::Selection;
use super::single::{SingleQuestion, plan_single};
use crate::calendar::Window;
use crate::time::UtcMillis;

/// Slots a calendar may refuse of one check-in. Seeing and refusing is not free: with every further
/// one a person could steer where the next lies.
pub const REFUSALS_MAX: usize = 3;

/// Running days of one person that a full calendar may shield; on the next one the slot stands.
pub const SHIELDED_DAYS_MAX: usize = 2;

/// What is to happen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NextSlot {
    /// Slots that were refused, the announced one first, in the keyed order.
    pub refused: Vec<UtcMillis>,
    /// The slot instead; `None`: the day counts as shielded.
    pub selection: Option<Selection>,
}

/// Looks for the slot instead of `announced`, which these busy times do not take. `q.refused` is what
/// was refused before; the person's slots are the committed ones, which the calendar now narrows.
pub fn next_slot(
    q: &SingleQuestion<'_>,
    key: &BoundaryKey,
    announced: UtcMillis,
    busy: &[Window],
    talk_ms: i64,
) -> NextSlot {
    let mut tried = q.refused.to_vec();
    let mut refused = vec![announced];
    tried.push(announced);
    while refused.len() <= REFUSALS_MAX {
        let Some(selection) = plan_single(&SingleQuestion { refused: &tried, ..q.clone() }, key)
        else {
            break;
        };
        if is_taken(selection.slot, talk_ms, busy) {
            tried.push(selection.slot);
            refused.push(selection.slot);
            continue;
        }
        return NextSlot { refused, selection: Some(selection) };
    }
    refused.truncate(REFUSALS_MAX);
    NextSlot { refused, selection: None }
}

/// Whether a talk that starts then would touch a busy time.
pub fn is_taken(start: UtcMillis, talk_ms: i64, busy: &[Window]) -> bool {
    let end = start.plus_ms(talk_ms);
    busy.iter().any(|b| b.start < end && start < b.end)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calendar::windows::SLOT_MS;
    use crate::draw::capacity::Taken;
    use crate::draw::fixtures::{NINE, key, person, policy, slot, slots, verifier};

    fn ask(busy: &[Window], seed: u8) -> (NextSlot, Vec<UtcMillis>) {
        let (p, terms) = (person(1, slots(&[(0, 24)])), policy(5, 5));
        let v = [verifier(1, slots(&[(0, 24)]))];
        let taken = Taken::default();
        let q = SingleQuestion {
            person: &p,
            policy: &terms,
            verifiers: &v,
            taken: &taken,
            refused: &[],
            announce_earliest: NINE.plus_minutes(-600),
        };
        let mut order = Vec::new();
        while let Some(s) =
            plan_single(&SingleQuestion { refused: &order, ..q.clone() }, &key(seed))
        {
            order.push(s.slot);
        }
        (next_slot(&q, &key(seed), order[0], busy, SLOT_MS), order)
    }

    fn over(start: UtcMillis) -> Window {
        Window { start, end: start.plus_ms(SLOT_MS) }
    }

    #[test]
    fn the_next_in_the_keyed_order_that_the_calendar_takes_is_chosen() {
        for seed in 0..20 {
            let (_, order) = ask(&[], seed);
            let busy = [over(order[0]), over(order[1])];
            let (next, _) = ask(&busy, seed);
            assert_eq!(next.refused, order[..2]);
            assert_eq!(next.selection.map(|s| s.slot), Some(order[2]));
        }
    }

    #[test]
    fn a_calendar_that_refuses_too_often_shields_the_day() {
        for seed in 0..20 {
            let (_, order) = ask(&[], seed);
            let busy: Vec<Window> = order[..REFUSALS_MAX].iter().map(|s| over(*s)).collect();
            let (next, _) = ask(&busy[..], seed);
            assert_eq!(next.selection.map(|s| s.slot), Some(order[REFUSALS_MAX]), "just enough");
            let more: Vec<Window> = order[..=REFUSALS_MAX].iter().map(|s| over(*s)).collect();
            let (next, _) = ask(&more, seed);
            assert_eq!((next.selection, next.refused.len()), (None, REFUSALS_MAX));
        }
        let whole = [Window { start: slot(0), end: slot(30) }];
        let (next, order) = ask(&whole, 1);
        assert_eq!((next.selection, next.refused), (None, order[..REFUSALS_MAX].to_vec()));
    }
}
