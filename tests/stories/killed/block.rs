//! The third story, killed in the middle of a block: between its commitment and the announcement of
//! what it draws. Nothing of a hit is written there, so the next process has nothing but the committed
//! rows and the keys. Each hit is announced once, none twice, none is lost.

use super::{Inside, Told, killed_and_started_again_on};
use crate::stories::future_draw::hits;
use crate::support::{Company, START, Somebody, logged, recompute};
use muster_domain::draw::{Horizon, Selection};
use muster_simulation::ScriptedBeacon;
use muster_store::{check_ins, notifications};
use sea_orm::{ConnectionTrait, Statement};
use std::collections::BTreeMap;
use std::sync::Arc;

const ON_SQLITE: &str =
    "stories::killed::block::a_block_that_was_interrupted_announces_each_hit_once_on_sqlite";
const ON_POSTGRESQL: &str =
    "stories::killed::block::a_block_that_was_interrupted_announces_each_hit_once_on_postgresql";

const COMMITTED: &str = "committed"; // the rows are in the log, their round is not there yet
const PLANNED: &str = "planned"; // hits are in the memory of the dead process, and nowhere else
const ANNOUNCED: &str = "announced"; // one hit of the block is announced, another is still to come
const POINTS: [&str; 3] = [COMMITTED, PLANNED, ANNOUNCED];

const ZONE: &str = "Europe/Lisbon";
const LABEL: &str = "2026-12-01";
const POOL: usize = 9;

#[test]
fn a_block_that_was_interrupted_announces_each_hit_once_on_sqlite() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    if let Some(inside) = Inside::given() {
        return runtime.block_on(live(&inside));
    }
    for point in POINTS {
        let folder = tempfile::tempdir().unwrap();
        let database = Company::sqlite_in(folder.path());
        runtime.block_on(async {
            let told = killed_and_started_again_on(&database, folder, ON_SQLITE, point).await;
            ended_right(&told, point).await;
        });
    }
}

#[test]
fn a_block_that_was_interrupted_announces_each_hit_once_on_postgresql() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    if let Some(inside) = Inside::given() {
        return runtime.block_on(live(&inside));
    }
    for point in POINTS {
        let folder = tempfile::tempdir().unwrap();
        runtime.block_on(async {
            let name = format!("killed_{point}");
            let database = muster_testkit::postgres::empty_database(&name).await.unwrap().url;
            let told = killed_and_started_again_on(&database, folder, ON_POSTGRESQL, point).await;
            ended_right(&told, point).await;
        });
    }
}

async fn ended_right(told: &Told, point: &str) {
    let company = &told.company;
    assert_eq!(told.doubled, 0, "{point}: no mail was under way");
    let db = company.store().read();
    let mut rows = check_ins::between(db, START, START.plus_minutes(24 * 60)).await.unwrap();
    rows.retain(|row| row.kind == "drawn" && row.label == LABEL);
    let mut due: BTreeMap<i64, usize> = BTreeMap::new();
    let mut blocks = 0;
    for boundary in recompute(company, ZONE, LABEL).await {
        if let Horizon::Block(_) = boundary.inputs.boundary().horizon {
            boundary.plan.selections.iter().for_each(|s| *due.entry(s.slot.0).or_default() += 1);
            blocks += 1;
        }
    }
    assert_eq!(blocks, 12, "{point}: every block was committed once");
    let mut kept: BTreeMap<i64, usize> = BTreeMap::new();
    rows.iter().for_each(|row| *kept.entry(row.start_ms).or_default() += 1);
    assert_eq!(kept, due, "{point}: each hit is announced once, and nothing else is");
    assert!(rows.len() >= POOL - 3, "{point}: {} of {POOL} were drawn", rows.len());
    let announced = logged(company, "check-in-announced").await;
    let announced = announced.iter().filter(|e| e["kind"] == "drawn" && e["label"] == LABEL);
    assert_eq!(announced.count(), rows.len(), "{point}: one entry each");
    for row in rows {
        assert_ne!(row.cause.as_deref(), Some("announced_too_late"), "{point}");
        let sent = notifications::about(db, "check-in", row.id).await.unwrap();
        let invitations = sent.iter().filter(|n| n.step == "invitation" && n.accepted_ms.is_some());
        assert_eq!(invitations.count(), 1, "{point}: one invitation each");
    }
}

/// Lives through the day from wherever the folder is in it.
async fn live(inside: &Inside) {
    let company = company(inside).await;
    for minute in (7 * 60..18 * 60).step_by(120) {
        // Blocks begin at the even hours; the clock never goes back.
        let block = START.plus_minutes(minute + 60);
        if block < company.context.now() {
            continue;
        }
        company.pass_to(block.plus_minutes(1)).await;
        if block >= START.plus_minutes(10 * 60) {
            inside.death.at(COMMITTED);
        }
        company.pass_to(block.plus_minutes(3)).await;
        let coming = coming(&company).await;
        let [first, next, ..] = coming.as_slice() else { continue };
        inside.death.at(PLANNED);
        company.pass_to(first.transaction_due().plus_ms(1)).await;
        if next.transaction_due() > company.context.now() {
            inside.death.at(ANNOUNCED);
        }
    }
    company.pass_to(START.plus_minutes(24 * 60 + 10)).await;
}

/// Hits of the running block that nobody has been told of yet, the nearest first.
async fn coming(company: &Company) -> Vec<Selection> {
    let now = company.context.now();
    let mut coming = hits(company).await;
    coming.retain(|hit| hit.transaction_due() > now);
    coming.sort_by_key(Selection::transaction_due);
    coming
}

/// Nine people who are drawn in blocks under a beacon, and two verifiers.
async fn company(inside: &Inside) -> Company {
    let (is_new, beacon) = (inside.is_new(), Some(Arc::new(ScriptedBeacon::default())));
    if !is_new && inside.database.starts_with("postgres") {
        run_out(&inside.database).await;
    }
    let mail = inside.mail();
    let company = Company::in_folder(&inside.folder, &inside.database, mail, beacon, is_new).await;
    if !is_new {
        return company;
    }
    let company = company.in_blocks().await;
    company.usual_cast().await;
    company.verifier_with_hours("Vera Example", ZONE, "Mon-Fri 08:00-19:00").await;
    for n in 1..POOL {
        let name = format!("P{n} Example");
        let somebody =
            Somebody { name: &name, zone: ZONE, manager: None, roles: &[], in_pool: true };
        company.person(somebody).await;
    }
    company
}

/// The seconds pass after which other instances may take what the dead one held.
async fn run_out(database: &str) {
    let db = sea_orm::Database::connect(database).await.unwrap();
    let over = "UPDATE lease SET until_ms = 0";
    db.execute_raw(Statement::from_string(db.get_database_backend(), over)).await.unwrap();
    db.close().await.unwrap();
}
