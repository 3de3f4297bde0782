//! How guessable times are: the divergence of chosen slots from a uniform choice, in bits. Computed
//! from the files and the plan alone, so that anybody can check it.

use super::{FilesPlan, PlanFiles, number};

const DECILES: usize = 10;

/// Kullback-Leibler divergence in bits of where in their own day people are met, against a uniform
/// choice: the slots at which a person could be met (their own, with a verifier other than their
/// manager on duty) are numbered 0 to m - 1 in order of time; slot r lies in decile 10 r div m. Observed
/// shares of deciles are compared with those a uniform choice by everybody would give; the
/// sampling bias of so many people, 9 / (2 n ln 2), is taken off, and less than nothing is 0.
/// `None` where nobody is placed.
pub fn slot_kl_bits(files: &PlanFiles, plan: &FilesPlan<'_>) -> Option<f64> {
    let mut on_duty = [0u32; super::SLOTS as usize];
    for slot in files.verifiers.iter().flat_map(|row| slots(&row.slots)) {
        on_duty[slot] += 1;
    }
    let mut observed = [0.0; DECILES];
    let mut expected = [0.0; DECILES];
    let mut placed = plan.placed.iter().peekable();
    let mut people = 0.0;
    for (id, person) in files.people_ids.iter().zip(&files.people) {
        let Some(place) = placed.next_if(|place| place.person_id == id) else { continue };
        let manager = person
            .excluded
            .first()
            .and_then(|token| files.verifiers.binary_search_by_key(token, |row| row.verifier).ok());
        let manager = manager.map(|row| &files.verifiers[row]);
        let is_open = |slot: &usize| {
            let start = super::start(*slot as u16);
            let is_manager = manager.is_some_and(|m| m.slots.iter().any(|r| r.contains(start)));
            on_duty[*slot] > u32::from(is_manager)
        };
        let open: Vec<usize> = slots(&person.slots).filter(is_open).collect();
        for (rank, slot) in open.iter().enumerate() {
            let decile = DECILES * rank / open.len();
            expected[decile] += 1.0 / open.len() as f64;
            if *slot == usize::from(place.slot) {
                observed[decile] += 1.0;
            }
        }
        people += 1.0;
    }
    let term = |(o, e): (&f64, &f64)| if *o > 0.0 { o / people * (o / e).log2() } else { 0.0 };
    let divergence: f64 = observed.iter().zip(&expected).map(term).sum();
    let bias = (DECILES - 1) as f64 / (2.0 * people * std::f64::consts::LN_2);
    (people > 0.0).then(|| (divergence - bias).max(0.0))
}

fn slots(ranges: &[crate::calendar::SlotRange]) -> impl Iterator<Item = usize> {
    ranges.iter().flat_map(|range| range.starts()).map(|start| usize::from(number(start)))
}
