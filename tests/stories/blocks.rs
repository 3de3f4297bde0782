//! The block horizon: a label in two-hour draws of their own. Everybody is drawn at most once a day,
//! announced inside the block that drew them, whatever instance runs, falls or comes back.

use crate::support::{Company, Database, START, Somebody, logged, recompute};
use muster_domain::draw::{BLOCK_MS, Horizon};
use muster_domain::id::PersonId;
use muster_domain::time::UtcMillis;
use muster_store::entities::{check_in as check_ins_row, draw_boundary};
use muster_store::{check_ins, draws};
use std::collections::{BTreeMap, BTreeSet};

const DAY: i64 = 24 * 60;
const ZONE: &str = "Europe/Lisbon";

/// Six people beside the usual cast, and a second verifier.
async fn crowd(company: &Company) -> Vec<PersonId> {
    let mut people = vec![company.usual_cast().await.maria];
    company.verifier_with_hours("Vera Example", ZONE, "Mon-Fri 08:00-19:00").await;
    for n in 0..6 {
        let name = format!("P{n} Example");
        let somebody =
            Somebody { name: &name, zone: ZONE, manager: None, roles: &[], in_pool: true };
        people.push(company.person(somebody).await);
    }
    people
}

/// Number and row of the block that drew somebody, and the check-in that came of it.
type Hit = (u8, draw_boundary::Model, check_ins_row::Model);

/// Every hit of the label with the block that drew it and the check-in that came of it.
async fn drawn(company: &Company, label: &str) -> Vec<Hit> {
    let from = START.plus_minutes(-DAY);
    let rows = check_ins::between(company.store().read(), from, from.plus_minutes(9 * DAY)).await;
    let rows: Vec<_> =
        rows.unwrap().into_iter().filter(|c| c.kind == "drawn" && c.label == label).collect();
    let by_slot: BTreeMap<(i64, Vec<u8>), check_ins_row::Model> = {
        let mut found = BTreeMap::new();
        for row in rows.iter() {
            let person = muster_store::people::get(company.store().read(), row.person()).await;
            found.insert((row.start_ms, person.unwrap().draw_token), row.clone());
        }
        found
    };
    let mut hits = Vec::new();
    for boundary in recompute(company, ZONE, label).await {
        let Horizon::Block(n) = boundary.inputs.boundary().horizon else {
            assert_eq!(boundary.inputs.people().count(), 0, "nobody is under the day horizon");
            continue;
        };
        for s in &boundary.plan.selections {
            let row = by_slot.get(&(s.slot.0, s.token.0.to_vec()));
            let row = row.unwrap_or_else(|| panic!("a hit of block {n} has no check-in"));
            hits.push((n, boundary.row.clone(), row.clone()));
        }
    }
    assert_eq!(hits.len(), rows.len(), "every check-in is a hit, recomputed: same");
    hits
}

fn people_of(hits: &[Hit]) -> BTreeSet<uuid::Uuid> {
    hits.iter().map(|(_, _, row)| row.person_id).collect()
}

crate::on_both_databases! { by Company::open_in_blocks;
    async fn everybody_is_drawn_once_and_announced_inside_the_block_that_drew_them(company: Company) {
        let people = crowd(&company).await;
        company.pass_to(START.plus_minutes(DAY + 10)).await;
        let hits = drawn(&company, "2026-12-01").await;
        assert_eq!(people_of(&hits).len(), hits.len(), "nobody twice");
        assert!(hits.len() + 2 >= people.len(), "hit {} of {}", hits.len(), people.len());
        for (n, block, row) in &hits {
            let t = UtcMillis(block.t_ms);
            let written = UtcMillis(row.created_ms);
            assert!(written >= t.plus_minutes(2), "block {n}: written before its plan");
            // The largest notice lies in the block; a smaller one is announced up to 15 minutes later.
            assert!(written < t.plus_ms(BLOCK_MS).plus_minutes(2 + 15), "block {n}: too late");
            assert_ne!(row.cause.as_deref(), Some("announced_too_late"));
        }
        assert!(hits.iter().map(|(n, ..)| n).collect::<BTreeSet<_>>().len() > 1, "in several blocks");
        let inputs = logged(&company, "draw-inputs").await;
        let of_label = inputs.iter().filter(|i| i["label"] == "2026-12-01");
        assert_eq!(of_label.count(), 1 + 12, "the day and its twelve blocks");
        let closed = logged(&company, "draw-label-closed").await;
        assert_eq!(closed[0]["hit"], hits.len());
        let total: i64 = ["hit", "shielded", "uncovered", "not_hit", "ineligible"]
            .iter()
            .map(|name| closed[0][*name].as_i64().unwrap())
            .sum();
        assert_eq!(total, people.len() as i64, "everybody has one result");
        let db = company.store().read();
        assert_eq!(draws::days_of(db, "2026-12-01").await.unwrap().len(), people.len());
        company.ends_well().await;
    }

    async fn a_restart_in_the_middle_of_a_block_changes_nothing(company: Company) {
        let mut company = company;
        crowd(&company).await;
        for minute in [9 * 60 + 7, 11 * 60 + 31, 14 * 60 + 1] {
            company.pass_to(START.plus_minutes(minute)).await;
            company.engine.stop().await.unwrap();
            company.engine = company.second_instance().await;
        }
        company.pass_to(START.plus_minutes(DAY + 10)).await;
        let hits = drawn(&company, "2026-12-01").await;
        assert_eq!(people_of(&hits).len(), hits.len());
        assert!(hits.iter().all(|(_, _, row)| row.cause.as_deref() != Some("announced_too_late")));
    }

    async fn an_outage_over_two_blocks_makes_void_what_it_covered_and_nothing_else(company: Company) {
        let people = crowd(&company).await;
        company.pass_to(START.plus_minutes(9 * 60 + 50)).await;
        let before: BTreeSet<_> = announced(&company).await;
        let back = START.plus_minutes(14 * 60 + 10);
        company.clock.set(back);
        company.engine.drain().await.unwrap();
        company.pass_to(START.plus_minutes(DAY + 10)).await;
        let hits = drawn(&company, "2026-12-01").await;
        assert_eq!(people_of(&hits).len(), hits.len(), "nobody twice");
        assert!(people_of(&hits).is_superset(&before));
        for (n, block, row) in &hits {
            // A block that was committed late has its plan two minutes later.
            let ready = back.max(UtcMillis(block.plan_ms));
            let was_covered = !before.contains(&row.person_id)
                && UtcMillis(row.announce_ms) < ready.plus_minutes(-1);
            let is_void = row.cause.as_deref() == Some("announced_too_late");
            assert_eq!(is_void, was_covered, "block {n}");
            if is_void {
                assert_eq!((row.outcome.as_deref(), row.fault.as_deref()), (Some("void"), Some("service")));
            }
        }
        assert!(hits.len() <= people.len());
        company.ends_well().await;
    }
}

/// Who was announced so far.
async fn announced(company: &Company) -> BTreeSet<uuid::Uuid> {
    let rows = check_ins::between(company.store().read(), START, START.plus_minutes(DAY)).await;
    rows.unwrap().into_iter().map(|row| row.person_id).collect()
}

#[tokio::test]
async fn two_instances_draw_blocks_and_announce_once() {
    let company = Company::open_in_blocks(Database::Postgresql, "two_instances_in_blocks").await;
    let people = crowd(&company).await;
    let second = company.second_instance().await;
    muster::engine::sweeps::all(&company.engine).await.unwrap();
    let end = START.plus_minutes(DAY + 5);
    while company.context.now() < end {
        let (a, b) = tokio::join!(company.engine.turn(), second.turn());
        if a.unwrap() + b.unwrap() > 0 {
            continue;
        }
        let next =
            [company.engine.next_instant().await.unwrap(), second.next_instant().await.unwrap()];
        let next = next.into_iter().flatten().filter(|n| *n > company.context.now()).min();
        company.clock.pass_ms(next.map_or(60_000, |n| n.since(company.context.now())).min(60_000));
    }
    let hits = drawn(&company, "2026-12-01").await;
    assert_eq!(people_of(&hits).len(), hits.len(), "one check-in a person and day");
    assert!(hits.len() + 2 >= people.len());
    let mut sent = BTreeSet::new();
    for mail in company.mail.taken() {
        assert!(sent.insert(mail.message_id.clone()), "{} went out twice", mail.subject);
    }
}
