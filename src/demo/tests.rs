//! What `--seed` promises, on two companies in two folders.

use super::farm::FARM;
use super::world::{DemoOptions, World, open};
use crate::acts::external_findings::waiting;
use crate::acts::links::view;
use muster_domain::id::PersonId;
use muster_domain::time::UtcMillis;
use muster_store::entities::{audit_entry, check_in, draw_chain, person};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};
use std::collections::{BTreeMap, HashMap};

/// Token and anchor, and who is met when and by whom: what follows from the seed.
#[derive(Debug, PartialEq)]
struct Drawn {
    anchors: Vec<String>,
    tokens: BTreeMap<String, Vec<u8>>,
    met: BTreeMap<(i64, String), Option<String>>,
}

fn options(folder: &tempfile::TempDir, seed: Option<u64>, weeks: u32) -> DemoOptions {
    let data_dir = folder.path().join("data");
    let challenges = Default::default();
    DemoOptions { port: 8080, data_dir, seed, weeks, challenges, tells: false, fresh: false }
}

async fn founded(seed: Option<u64>) -> (World, tempfile::TempDir) {
    founded_after(seed, 0).await
}

async fn founded_after(seed: Option<u64>, weeks: u32) -> (World, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let world = open(&options(&folder, seed, weeks)).await.unwrap();
    (world, folder)
}

async fn drawn(world: &World) -> Drawn {
    let db = world.context.store.read();
    let people = person::Entity::find().all(db).await.unwrap();
    let name: HashMap<_, _> = people.iter().map(|p| (p.id, p.employee_id.clone())).collect();
    let chains = draw_chain::Entity::find().all(db).await.unwrap();
    let rows = check_in::Entity::find().all(db).await.unwrap();
    let met = |row: &check_in::Model| {
        let verifier = row.verifier_id.map(|id| name[&id].clone());
        ((row.start_ms, name[&row.person_id].clone()), verifier)
    };
    Drawn {
        anchors: chains.into_iter().map(|c| c.anchor).collect(),
        tokens: people.iter().map(|p| (p.employee_id.clone(), p.draw_token.clone())).collect(),
        met: rows.iter().map(met).collect(),
    }
}

#[tokio::test]
async fn the_same_seed_founds_the_same_company_and_draws_the_same_people() {
    let ((one, _one), (other, _other)) = (founded(Some(7)).await, founded(Some(7)).await);
    // Few are drawn on a first day: on until somebody is.
    let mut until = UtcMillis(one.context.now().0.div_euclid(60_000) * 60_000).plus_minutes(60);
    for _ in 0..7 {
        for world in [&one, &other] {
            world.step(until.since(world.context.now())).await.unwrap();
        }
        if !drawn(&one).await.met.is_empty() {
            break;
        }
        until = until.plus_minutes(24 * 60);
    }
    let drawn_of_one = drawn(&one).await;
    assert!(!drawn_of_one.met.is_empty(), "somebody is drawn within a week");
    assert_eq!(drawn_of_one, drawn(&other).await);
}

#[tokio::test]
async fn a_folder_that_is_opened_again_keeps_its_company_and_gives_no_id_out_twice() {
    let (world, folder) = founded(Some(7)).await;
    let (before, fresh): (_, [u8; 16]) =
        (drawn(&world).await, world.context.store.entropy().bytes());
    drop(world);
    let again = open(&options(&folder, Some(7), 0)).await.unwrap();
    assert_eq!(drawn(&again).await.tokens, before.tokens);
    let others: Vec<[u8; 16]> = (0..1000).map(|_| again.context.store.entropy().bytes()).collect();
    assert!(!others.contains(&fresh));
}

#[tokio::test]
async fn what_the_pages_show_of_the_past_was_lived_through() {
    let (world, _folder) = founded_after(Some(7), 2).await;
    let db = world.context.store.read();
    let rows = check_in::Entity::find().all(db).await.unwrap();
    let past: Vec<_> = rows.iter().filter(|row| row.outcome.is_some()).collect();
    assert!(past.len() > 20, "{} in two weeks", past.len());
    let verified = past.iter().filter(|row| row.outcome.as_deref() == Some("verified")).count();
    assert!(verified * 10 > past.len() * 7, "{verified} of {}", past.len());
    assert!(past.iter().all(|row| row.closed_ms.is_some()));
    // Every one of them is in the log, as drawn, announced and judged by the engine.
    let judged =
        audit_entry::Entity::find().filter(audit_entry::Column::Kind.eq("check-in-judged"));
    assert_eq!(judged.count(db).await.unwrap(), past.len() as u64);
    let stories = world.stories().await.unwrap();
    assert!(stories.iter().all(|s| !s.steps[0].done), "the visitor's stories have not begun");
}

#[tokio::test]
async fn a_made_up_laptop_farm_is_found_overnight_and_a_report_about_one_of_it_waits() {
    let (world, _folder) = founded(Some(7)).await;
    let db = world.context.store.read();
    let groups = muster_store::links::standing(db).await.unwrap();
    let [group] = groups.as_slice() else { panic!("{groups:?}") };
    assert_eq!(group.state, muster_store::links::state::OPEN);
    let mut members = Vec::new();
    for member in muster_store::links::members(db, group.id).await.unwrap() {
        let id = PersonId(member.person_id);
        members.push(muster_store::people::get(db, id).await.unwrap().employee_id);
    }
    members.sort();
    assert_eq!(members, FARM);
    let security = muster_store::people::by_employee_id(db, "security").await.unwrap().unwrap();
    let security = PersonId(security.id);
    let open = view::open(&world.context, security, group.no).await.unwrap();
    assert_eq!(open.detail.edges.len(), 3, "each edge with its reasons");
    let waiting = waiting::list(&world.context, security).await.unwrap();
    let about: Vec<_> = waiting.iter().map(|w| w.person.employee_id.as_str()).collect();
    assert_eq!(about, ["e1172"]);
}

#[tokio::test]
async fn a_fresh_start_forgets_the_company_before() {
    let (world, folder) = founded(Some(7)).await;
    let before = drawn(&world).await;
    drop(world);
    let fresh = DemoOptions { fresh: true, ..options(&folder, Some(8), 0) };
    let other = drawn(&open(&fresh).await.unwrap()).await;
    assert_ne!(other.tokens, before.tokens);
}
