//! Which pairs are looked at. Every pair that shares a value of at most thirty people; of a value
//! that more share, each against the few who are there most, so that an address of ten thousand
//! costs ten thousand looks and not fifty million.

use super::evidence::{Joined, have_moved_together, weigh};
use super::ledger::Window;
use super::traces::{Traces, ValueKind, Visit};
use std::cmp::Reverse;

/// So many people of a wide value are each compared with everybody there.
const HUBS: usize = 4;

/// All pairs that are joined, in order of their numbers.
pub(super) fn joined(traces: &Traces, window: &Window) -> Vec<Joined> {
    let mut pairs: Vec<(u32, u32)> = Vec::new();
    for (v, value) in traces.values.iter().enumerate() {
        let visits = traces.visits(v as u32);
        if !value.is_wide() {
            for (i, a) in visits.iter().enumerate() {
                let others = visits[i + 1..].iter();
                let worth_a_look = others.filter(|b| is_worth_a_look(traces, value.kind, [a, b]));
                pairs.extend(worth_a_look.map(|b| (a.person, b.person)));
            }
        } else if !matches!(value.kind, ValueKind::Line | ValueKind::Delivery | ValueKind::Payroll)
        {
            // a wide line alone joins nobody, and an address of so many is a desk
            let hubs = hubs(traces, window, value.kind, visits);
            for hub in &hubs {
                let others = visits.iter().filter(|visit| visit.counts(value.kind));
                let others = others.map(|visit| visit.person).filter(|person| person != hub);
                pairs.extend(others.map(|person| (person.min(*hub), person.max(*hub))));
            }
        }
    }
    pairs.sort_unstable();
    pairs.dedup();
    pairs.into_iter().filter_map(|(a, b)| weigh(traces, a, b)).collect()
}

fn is_worth_a_look(traces: &Traces, kind: ValueKind, visits: [&Visit; 2]) -> bool {
    let [a, b] = visits;
    let at_one_time = || kind != ValueKind::Line || a.held_with(b);
    let both_count = visits.iter().all(|visit| visit.counts(kind)) && at_one_time();
    let people = || visits.map(|visit| &traces.people[visit.person as usize]);
    both_count || (kind == ValueKind::Line && have_moved_together(people(), visits))
}

/// Those with the largest share of their known days there, then the most days, then by id, which
/// does not depend on the order of the file.
fn hubs(traces: &Traces, window: &Window, kind: ValueKind, visits: &[Visit]) -> Vec<u32> {
    let rank = |visit: &Visit| {
        let person = &traces.people[visit.person as usize];
        let known = match kind {
            ValueKind::Line => person.line_days,
            ValueKind::Spot => person.spot_days,
            ValueKind::Lan => person.lan_days,
            ValueKind::Device | ValueKind::Delivery | ValueKind::Payroll => visit.days,
        };
        let days = visit.days.count();
        let share = days * 10_000 / known.count().max(1);
        (Reverse(share), Reverse(days), &window.people[visit.person as usize])
    };
    let mut ranked: Vec<&Visit> = visits.iter().filter(|visit| visit.counts(kind)).collect();
    ranked.sort_by_cached_key(|visit| rank(visit));
    ranked.into_iter().take(HUBS).map(|visit| visit.person).collect()
}
