//! Blocks against the day they are made of: no slot, no share and no hazard is lost or doubled.

use super::*;
use crate::calendar::IneligibleClass;
use crate::calendar::windows::SLOT_MS;
use crate::draw::Threshold;
use crate::draw::bytes::BoundaryKey;
use crate::draw::capacity::Taken;
use crate::draw::fixtures::{LABEL, key, person, policy, slots, verifier};
use crate::draw::hazard::HazardTable;
use crate::draw::inputs::{PersonRow, PolicyRow};
use crate::draw::plan::plan;
use crate::time::{start_of_day, zone};
use jiff::civil::date;

const LEAD_MS: i64 = 32 * 60_000;

fn berlin(label: jiff::civil::Date) -> Blocks {
    let berlin = zone("Europe/Berlin").unwrap();
    Blocks::of(start_of_day(label, &berlin), start_of_day(label.tomorrow().unwrap(), &berlin))
}

fn boundary_of(n: u8) -> Boundary {
    let boundary = crate::draw::fixtures::boundary();
    Boundary { horizon: Horizon::Block(n), t: berlin(LABEL).start(n), ..boundary }
}

/// Rows of block n of people who are free at the given slots of the whole label.
fn rows(n: u8, terms: PolicyRow, people: &[(u8, Vec<SlotRange>)]) -> BoundaryInputs {
    let blocks = berlin(LABEL);
    let people = people.iter().map(|(name, day)| {
        let (here, share) = blocks.share(n, day, LEAD_MS);
        PersonRow { block: Some(share), ..person(*name, here) }
    });
    let verifiers = (1..=9).map(|v| verifier(v, slots(&[(-100, 200)]))).collect();
    BoundaryInputs::new(boundary_of(n), vec![terms], verifiers, people.collect()).unwrap()
}

fn block_key(seed: u8, n: u8) -> BoundaryKey {
    let mut bytes = [0; 32];
    bytes[..2].copy_from_slice(&[seed, n]);
    BoundaryKey::from_bytes(&bytes)
}

/// Draws every block in turn, as the service does.
fn draw_label(
    seed: u8,
    terms: &PolicyRow,
    people: &[(u8, Vec<SlotRange>)],
) -> Vec<(BoundaryInputs, Plan)> {
    let mut drawn: Vec<(BoundaryInputs, Plan)> = Vec::new();
    for n in 0..berlin(LABEL).count() {
        let inputs = rows(n, terms.clone(), people);
        let before = drawn_before(inputs.boundary(), drawn.iter().map(|(i, p)| (i.boundary(), p)));
        let plan = plan(&inputs.clone().without(&before), &block_key(seed, n), &Taken::default());
        drawn.push((inputs, plan));
    }
    drawn
}

#[test]
fn a_day_has_twelve_blocks_or_thirteen_when_the_clocks_go_back() {
    assert_eq!(berlin(LABEL).count(), 12);
    assert_eq!(berlin(date(2027, 3, 28)).count(), 12, "23 hours");
    assert_eq!(berlin(date(2027, 10, 31)).count(), 13, "25 hours");
    assert_eq!(berlin(LABEL).start(3), berlin(LABEL).start(0).plus_ms(3 * BLOCK_MS));
}

#[test]
fn every_slot_belongs_to_one_block_and_is_not_due_before_its_plan() {
    let blocks = berlin(LABEL);
    let first = blocks.start(0).plus_ms(PLAN_DELAY_MS + LEAD_MS);
    let mut seen = 0;
    for n in 0..300 {
        let slot = UtcMillis((first.0 + SLOT_MS - 1) / SLOT_MS * SLOT_MS).plus_ms(n * SLOT_MS);
        let due = slot.plus_ms(-LEAD_MS);
        let block = blocks.of_slot(slot, LEAD_MS);
        assert!(due >= blocks.start(block).plus_ms(PLAN_DELAY_MS), "slot {n} of block {block}");
        let is_last = block + 1 == blocks.count();
        assert!(is_last || due < blocks.start(block + 1).plus_ms(PLAN_DELAY_MS));
        seen = seen.max(block);
    }
    assert_eq!(seen, 11);
    let edge = blocks.start(5).plus_ms(PLAN_DELAY_MS + LEAD_MS);
    assert_eq!((blocks.of_slot(edge.plus_ms(-1), LEAD_MS), blocks.of_slot(edge, LEAD_MS)), (4, 5));
}

#[test]
fn shares_of_a_label_add_up_and_slots_are_split_without_loss() {
    let (blocks, day) = (berlin(LABEL), slots(&[(0, 30), (40, 80)]));
    let (mut slots_seen, mut before_sum) = (Vec::new(), 0);
    for n in 0..blocks.count() {
        let (here, share) = blocks.share(n, &day, LEAD_MS);
        assert_eq!((share.before, share.total), (before_sum, 70), "block {n}");
        assert_eq!(here.iter().map(|r| r.count()).sum::<usize>(), usize::from(share.here));
        before_sum += share.here;
        slots_seen.extend(here.iter().flat_map(|r| r.starts()));
    }
    assert_eq!(before_sum, 70);
    assert_eq!(SlotRange::gather(slots_seen), day);
}

#[test]
fn a_sure_day_hits_once_and_inside_the_block_of_its_slot() {
    let people: Vec<_> = (1..=9).map(|n| (n, slots(&[(0, 80)]))).collect();
    for seed in 0..20 {
        let drawn = draw_label(seed, &policy(5, 5), &people);
        let mut hits = 0;
        for (inputs, plan) in &drawn {
            let Horizon::Block(n) = inputs.boundary().horizon else { panic!("a block") };
            let start = berlin(LABEL).start(n);
            for s in &plan.selections {
                assert!(s.transaction_due() >= start.plus_ms(PLAN_DELAY_MS));
                hits += 1;
            }
        }
        assert_eq!(hits, 9, "everybody once, seed {seed}");
        let boundaries = drawn.iter().map(|(i, p)| (i, p));
        assert!(label_results(boundaries).values().all(|r| r.result == DayResult::Hit));
    }
}

/// The day's hazard stays what the policy promises, whatever the blocks.
#[test]
fn blocks_hit_as_often_as_the_day_would() {
    let mut terms = policy(5, 5);
    terms.hazards = HazardTable::pool(0.3);
    let people: Vec<_> = (1..=100).map(|n| (n, slots(&[(0, 25), (60, 90)]))).collect();
    let mut hits = 0;
    for seed in 0..40u8 {
        let drawn = draw_label(seed, &terms, &people);
        let results = label_results(drawn.iter().map(|(i, p)| (i, p)));
        let is_draw =
            |r: &&LabelResult| !matches!(r.result, DayResult::NotHit | DayResult::Ineligible);
        hits += results.values().filter(is_draw).count();
    }
    // 4,000 draws of 0.3: standard deviation 29.
    assert!((1_200 - 87..=1_200 + 87).contains(&hits), "{hits}");
}

#[test]
fn a_full_calendar_is_shielded_and_cannot_keep_the_hazard_away() {
    for few in [vec![], slots(&[(0, 5)]), slots(&[(70, 75)])] {
        let drawn = draw_label(1, &policy(5, 5), &[(1, few)]);
        assert_eq!(drawn[0].1.shielded.len(), 1, "drawn and shielded in block 0");
        assert!(drawn.iter().all(|(_, plan)| plan.selections.is_empty()));
        let results = label_results(drawn.iter().map(|(i, p)| (i, p)));
        assert_eq!(results[&DrawToken([1; 16])].result, DayResult::Shielded);
    }
    // Six slots at the edge of a block, two of them in the next, are enough for both.
    let edge = slots(&[(0, 6)]);
    let drawn = draw_label(1, &policy(5, 5), &[(1, edge)]);
    assert_eq!(drawn.iter().map(|(_, p)| p.selections.len()).sum::<usize>(), 1);
}

#[test]
fn a_label_closes_with_the_first_draw_of_its_boundaries() {
    let mut terms = policy(5, 5);
    terms.hazards = HazardTable::new(vec![Threshold::NEVER, Threshold::SURE]).unwrap();
    let mut absent =
        PersonRow { block: Some(BlockShare { before: 0, here: 0, total: 0 }), ..person(2, vec![]) };
    absent.class = Some(IneligibleClass::Absence);
    let mut left = rows(0, terms.clone(), &[(1, slots(&[(0, 80)]))]);
    let with_absent: Vec<PersonRow> = left.people().cloned().chain([absent]).collect();
    left = BoundaryInputs::new(boundary_of(0), vec![terms.clone()], vec![], with_absent).unwrap();
    let plan = plan(&left, &key(1), &Taken::default());
    let results = label_results([(&left, &plan)]);
    let result = |n: u8| results[&DrawToken([n; 16])];
    assert_eq!(
        (result(1).result, result(1).is_eligible, result(1).k),
        (DayResult::NotHit, true, 1)
    );
    assert_eq!((result(2).result, result(2).is_eligible), (DayResult::Ineligible, false));
}
