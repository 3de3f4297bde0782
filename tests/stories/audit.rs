//! P7, the third part: one file lets anybody recompute every draw of a period, and whoever was
//! spared, singled out or steered is named.

use crate::support::mutants::mutant;
use crate::support::vectors;
use crate::support::{Company, Database, START, Somebody};
use jiff::civil::{Date, date};
use muster::acts::draw_audit::{self, Audited, Wanted};
use muster::acts::my_draws::{self, Openness, Proved};
use muster::commands::audit_lines;
use muster_domain::audit::proof::root_of_proof;
use muster_domain::audit::{Checkpoint, Hash, leaf_hash};
use muster_domain::draw::{HazardTable, Threshold};
use muster_domain::draw_audit::{Code, Finding};
use muster_domain::id::PersonId;
use muster_domain::person::{Role, TokenNonce};
use muster_store::people;

const DAY: i64 = 24 * 60;

/// Chances that leave some people undrawn for days, and a sure draw on the fifth.
pub(super) fn hazards() -> HazardTable {
    let share = |h| Threshold::from_hazard(h);
    let table = vec![share(0.1), share(0.2), share(0.4), share(0.5), Threshold::SURE];
    HazardTable::new(table).unwrap()
}

/// People on three continents, each with a verifier at hand.
async fn three_continents(company: &Company) -> Vec<PersonId> {
    let mut pool = Vec::new();
    for (zone, verifier, names) in [
        ("Europe/Lisbon", "Jo Park", ["Maria Olsen", "Nils Holm"]),
        ("Asia/Tokyo", "Kei Sato", ["Ola Berg", "Pia Nord"]),
        ("America/New_York", "Ann Lee", ["Quin Hale", "Rui Sousa"]),
    ] {
        let duty = Somebody {
            name: verifier,
            zone,
            manager: None,
            roles: &[Role::Verifier],
            in_pool: false,
        };
        company.person(duty).await;
        for name in names {
            let somebody = Somebody { name, zone, manager: None, roles: &[], in_pool: true };
            pool.push(company.person(somebody).await);
        }
    }
    pool
}

pub(super) async fn bundle(
    company: &Company,
    from: Date,
    to: Date,
    hash: bool,
) -> (Vec<u8>, Audited) {
    let wanted = Wanted { from, to, hash_other_entries: hash };
    let mut bytes = Vec::new();
    let told = |_, _| {};
    let audited =
        draw_audit::export(&company.context, wanted, draw_audit::trust(), &mut bytes, told).await;
    (bytes, audited.unwrap())
}

pub(super) fn offline(bytes: &[u8]) -> Audited {
    audit_lines(bytes, draw_audit::trust()).unwrap()
}

fn codes(findings: &[Finding]) -> Vec<Code> {
    findings.iter().map(|f| f.code).collect()
}

crate::on_both_databases! {
    async fn three_weeks_are_recomputed_from_one_file_without_a_name_in_it(company: Company) {
        let company = company.with_hazards(hazards()).await;
        let pool = three_continents(&company).await;
        let nonce = TokenNonce([9; 32]);
        draw_audit_nonce(&company, pool[0], nonce).await;
        company.pass_to(START.plus_minutes(33 * DAY)).await;
        company.pass_to(START.plus_minutes(33 * DAY + 5)).await;

        let (from, to) = (date(2026, 12, 2), date(2026, 12, 22));
        let (bytes, audited) = bundle(&company, from, to, false).await;
        let report = audited.expect("the bundle is whole");
        assert!(report.is_clean(), "{report:#?}");
        assert_eq!(report.not_yet_public, []);
        assert_eq!(report.recomputed, 21 * 6, "{}", report.sentence());
        assert!(report.hits >= 20, "{}", report.hits);
        assert_eq!(offline(&bytes), Ok(report.clone()), "the file alone gives the same");

        let text = String::from_utf8(bytes).unwrap();
        for person in people::all(company.store().read()).await.unwrap() {
            assert!(!text.contains(&person.name) && !text.contains(&person.email), "{}", person.name);
        }
        let (short, audited) = bundle(&company, from, to, true).await;
        let hidden = audited.expect("hashes stand for the other entries");
        assert_eq!(codes(&hidden.remarks), [Code::EntriesHidden]);
        assert!(hidden.is_clean() && short.len() < text.len());

        let (_, audited) = bundle(&company, date(2026, 12, 20), date(2027, 1, 2), false).await;
        let open = audited.unwrap();
        assert!(open.is_clean() && open.not_yet_public.contains(&to.saturating_add(jiff::Span::new().days(9))), "{open:#?}");
        own_record_is_proved(&company, pool[1]).await;
        company.ends_well().await;
    }
}

/// What an employee downloads: every entry and every row leads to the signed checkpoint, and of a date
/// that has not closed there is nothing.
async fn own_record_is_proved(company: &Company, person: PersonId) {
    let me = people::get(company.store().read(), person).await.unwrap();
    let record = my_draws::gather(&company.context, &me).await.unwrap().expect("a checkpoint");
    let signing = &company.context.signing;
    let public = signing.public();
    let checkpoint = Checkpoint::verify(&record.checkpoint, signing.origin(), &public).unwrap();
    let path = |path: &[String]| -> Vec<Hash> {
        path.iter().map(|h| hex::decode(h).unwrap().try_into().unwrap()).collect()
    };
    let in_log = |proved: &Proved| {
        let leaf = leaf_hash(proved.leaf.as_bytes());
        let root = root_of_proof(leaf, proved.seq, checkpoint.size, &path(&proved.path));
        assert_eq!(root, Some(checkpoint.root), "entry {}", proved.seq);
    };
    record.bindings.iter().for_each(|binding| in_log(&binding.entry));
    record.anchors.iter().for_each(in_log);
    let mut public_dates = 0;
    for date in &record.dates {
        in_log(&date.inputs);
        if date.openness == Openness::Open {
            assert!(date.row.is_none() && date.keys.is_empty(), "{date:#?}");
            continue;
        }
        let inputs: serde_json::Value = serde_json::from_str(&date.inputs.leaf).unwrap();
        for row in [&date.row, &date.policy] {
            let row = row.as_ref().expect("a row about this person");
            let leaf = leaf_hash(row.leaf.as_bytes());
            let root = root_of_proof(leaf, row.index, date.rows, &path(&row.path)).unwrap();
            assert_eq!(hex::encode(root), inputs["facts"]["root"], "{}", date.label);
        }
        public_dates += usize::from(date.openness == Openness::Public);
    }
    assert!(public_dates >= 20 && record.dates.iter().any(|d| d.openness == Openness::Open));
    assert!(record.dates.iter().any(|d| d.openness == Openness::NotYetPublic));
}

/// As the employee's browser would, on the first day.
async fn draw_audit_nonce(company: &Company, person: PersonId, nonce: TokenNonce) {
    company.pass_to(START.plus_minutes(60)).await;
    let before = people::get(company.store().read(), person).await.unwrap().draw_token;
    muster::acts::draw_token::give_nonce(&company.context, person, nonce).await.unwrap();
    let now = people::get(company.store().read(), person).await.unwrap().draw_token;
    assert_eq!(before, now, "the old token is used until the next boundary");
    company.pass_to(START.plus_minutes(DAY + 10)).await;
    let now = people::get(company.store().read(), person).await.unwrap().draw_token;
    assert_ne!(before, now, "from the next boundary on the new one is");
}

/// Ten days of an installation, from its tenth day on, as short as a bundle can be.
#[tokio::test]
async fn every_damaged_bundle_fails() {
    let company = Company::open(Database::Sqlite, "damaged_bundles").await;
    let company = company.with_hazards(hazards()).await;
    three_continents(&company).await;
    company.pass_to(START.plus_minutes(24 * DAY)).await;
    company.pass_to(START.plus_minutes(24 * DAY + 5)).await;
    let (bytes, audited) = bundle(&company, date(2026, 12, 7), date(2026, 12, 9), true).await;
    let report = audited.expect("the bundle is whole");
    assert!(report.is_clean() && report.recomputed == 18, "{report:#?}");
    let whole = String::from_utf8(bytes).unwrap();
    vectors::bless("honest", whole.as_bytes(), &report);
    assert_eq!(offline(whole.as_bytes()), Ok(report));

    // The whole drill: MUSTER_MUTANTS=1000; with MUSTER_MUTANTS_OUT the files are kept, for other
    // programs to be fed the same.
    let count = std::env::var("MUSTER_MUTANTS").map_or(75, |n| n.parse().unwrap());
    let out = std::env::var("MUSTER_MUTANTS_OUT").ok().map(std::path::PathBuf::from);
    if let Some(out) = &out {
        std::fs::create_dir_all(out).unwrap();
        std::fs::write(out.join("whole.ndjson"), &whole).unwrap();
    }
    let mut passed = Vec::new();
    for n in 0..count {
        let (damage, text) = mutant(&whole, 1, n);
        if let Some(out) = &out {
            std::fs::write(out.join(format!("{n:04}.ndjson")), &text).unwrap();
        }
        if offline(text.as_bytes()).is_ok_and(|report| report.is_clean()) {
            passed.push((n, damage));
        }
    }
    assert_eq!(passed, [], "damaged bundles that were taken for whole");
}

/// Two locks and two-hour blocks: the salt of every block is that of its round, and who was drawn in
/// one block is left out of the next.
#[tokio::test]
async fn days_in_blocks_under_a_beacon_are_recomputed_too() {
    let company = Company::open_in_blocks(Database::Sqlite, "audit_of_blocks").await;
    let company = company.with_hazards(hazards()).await;
    three_continents(&company).await;
    company.pass_to(START.plus_minutes(19 * DAY)).await;
    company.pass_to(START.plus_minutes(19 * DAY + 5)).await;
    let (bytes, audited) = bundle(&company, date(2026, 12, 3), date(2026, 12, 7), false).await;
    let report = audited.expect("the bundle is whole");
    assert!(report.is_clean() && report.hits >= 5, "{report:#?}");
    assert_eq!(report.not_yet_public, []);
    assert!(report.boundaries >= 5 * 3 * 12, "{}", report.boundaries);
    assert!(report.remarks.iter().all(|f| f.code != Code::SingleLock), "{:#?}", report.remarks);
    assert_eq!(offline(&bytes), Ok(report));
}

/// What stands under `docs/verify/vectors`, as any program must read it.
#[test]
fn the_published_bundles_come_out_as_published() {
    let mut read = 0;
    for entry in std::fs::read_dir(vectors::folder()).unwrap().flatten() {
        let bundle = entry.path();
        if bundle.extension().is_none_or(|e| e != "ndjson") {
            continue;
        }
        let audited = muster::commands::verify_bundle(&bundle, draw_audit::trust()).unwrap();
        let expected = std::fs::read_to_string(bundle.with_extension("json")).unwrap();
        let expected: serde_json::Value = serde_json::from_str(&expected).unwrap();
        let report = audited.unwrap_or_else(|fault| panic!("{}: {fault}", bundle.display()));
        assert_eq!(serde_json::to_value(report).unwrap(), expected, "{}", bundle.display());
        read += 1;
    }
    assert!(read >= 2, "an honest one and one that is not");
}
