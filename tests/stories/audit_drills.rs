//! Tampering drills: whoever runs the service spares somebody, singles somebody out, changes an
//! input, drops a day, swaps a key, draws again, or lets a calendar fill up. The log is signed and
//! whole every time; the audit of draws names each.

use crate::support::{Company, Database, Somebody, vectors};
use jiff::civil::{Date, date};
use muster::acts::announce::{self, Announcement, Reason};
use muster::acts::draw_audit::{self, Wanted};
use muster_domain::draw_audit::{Code, Finding, Report};
use muster_domain::id::PersonId;
use muster_domain::person::Role;
use muster_domain::time::{UtcMillis, start_of_day, zone};
use muster_store::audit::Record;
use muster_store::entities::{absence, draw_boundary, draw_rows, membership};
use muster_store::{Owner, Place, draws, people, policies};
use sea_orm::{ConnectionTrait, EntityTrait};
use std::io::Write;

const LISBON: &str = "Europe/Lisbon";

struct Pool {
    maria: PersonId,
    nils: PersonId,
    ola: PersonId,
    pia: PersonId,
    quin: PersonId,
    sam: PersonId,
}

async fn pool(company: &Company) -> Pool {
    let tokyo = "Asia/Tokyo";
    for (name, zone) in [("Jo Park", LISBON), ("Ann Lee", LISBON), ("Kei Sato", tokyo)] {
        let roles = &[Role::Verifier];
        company.person(Somebody { name, zone, manager: None, roles, in_pool: false }).await;
    }
    let member = async |name, zone| {
        company.person(Somebody { name, zone, manager: None, roles: &[], in_pool: true }).await
    };
    member("Rui Sousa", tokyo).await;
    Pool {
        maria: member("Maria Olsen", LISBON).await,
        nils: member("Nils Holm", LISBON).await,
        ola: member("Ola Berg", LISBON).await,
        pia: member("Pia Nord", LISBON).await,
        quin: member("Quin Hale", LISBON).await,
        sam: company.person_with_hours("Sam Full", LISBON, "Mon-Fri 09:00-10:10").await,
    }
}

fn at(day: i8, hour: i64) -> UtcMillis {
    start_of_day(date(2026, 12, day), &zone("UTC").unwrap()).plus_minutes(hour * 60 + 5)
}

async fn sql(company: &Company, sql: &str) {
    let tx = company.store().begin().await.unwrap();
    tx.execute_unprepared(sql).await.unwrap();
    tx.commit().await.unwrap();
}

/// Announced by hand, past the draw and past every order.
async fn announced_by_hand(company: &Company, who: PersonId, label: Date, reason: Reason) {
    let tx = company.store().begin().await.unwrap();
    let person = people::get(&*tx, who).await.unwrap();
    let policy = muster::acts::policy::load(&*tx, company.policy).await.unwrap();
    let what = Announcement {
        person: &person,
        policy_version: company.policy,
        policy: &policy.policy,
        label,
        attempt: 1,
        start: company.context.now().plus_minutes(20),
        notice_minutes: 18,
        verifier: None,
        reason,
        order: None,
        after: None,
    };
    announce::announce(&company.context, &tx, &what).await.unwrap().unwrap();
    tx.commit().await.unwrap();
}

/// An absence that no entry of the log speaks of, for a label that was committed hours ago.
async fn absent_behind_the_log(company: &Company, who: PersonId, label: Date) {
    let tx = company.store().begin().await.unwrap();
    let id = uuid::Uuid::from_bytes(company.store().entropy().bytes());
    let detail = people::AbsenceDetail { kind: "leave".into() };
    let row = absence::Model {
        id,
        person_id: who.0,
        first_day: label.to_string(),
        last_day: label.to_string(),
        detail: tx.seal(Owner::Person(who), people::absence_column(id), &detail).await.unwrap(),
        entered_ms: company.context.now().0,
        entered_by: None,
    };
    muster_store::insert(&tx, row).await.unwrap();
    tx.commit().await.unwrap();
}

/// The stored rows say that this person was absent; the root in the log stays what it was.
async fn rows_edited(company: &Company, who: PersonId, label: Date) {
    let store = company.store();
    let token = hex::encode(people::get(store.read(), who).await.unwrap().draw_token);
    let row = lisbon(company, label).await;
    let json = draws::boundary_inputs(store, store.read(), &row).await.unwrap();
    let mut rows: serde_json::Value = serde_json::from_slice(&json).unwrap();
    for person in rows["people"].as_array_mut().unwrap() {
        if person["token"] == token.as_str() {
            person["class"] = "absence".into();
            person["slots"] = serde_json::json!([]);
        }
    }
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(&serde_json::to_vec(&rows).unwrap()).unwrap();
    let packed = gzip.finish().unwrap();
    let place = Place { table: "draw_boundary", column: "inputs", row: row.entry_id };
    let tx = store.begin().await.unwrap();
    let inputs = tx.seal_bytes(Owner::Organisation, place, &packed).await.unwrap();
    let edited = draw_rows::Model { entry_id: row.entry_id, inputs };
    muster_store::save(&tx, edited).await.unwrap();
    tx.commit().await.unwrap();
}

async fn lisbon(company: &Company, label: Date) -> draw_boundary::Model {
    let rows = draws::boundaries_of(company.store().read(), &label.to_string()).await.unwrap();
    rows.into_iter().find(|row| row.zone == LISBON).expect("the boundary of Lisbon")
}

/// The same boundary is committed a second time, with other rows.
async fn committed_again(company: &Company, label: Date) {
    let row = lisbon(company, label).await;
    let tx = company.store().begin().await.unwrap();
    Record::new("draw-inputs")
        .fact("zone", LISBON)
        .fact("label", label.to_string())
        .fact("horizon", "day")
        .fact("t_ms", row.t_ms)
        .fact("root", "ab".repeat(32))
        .fact("chain", draws::chains(&*tx).await.unwrap()[0].id.to_string())
        .fact("people", 6)
        .fact("late", false)
        .fact("beacon", "none")
        .write(&tx)
        .await
        .unwrap();
    tx.commit().await.unwrap();
}

async fn out_of_the_pool(company: &Company, who: PersonId) -> membership::Model {
    let row = policies::membership_of(company.store().read(), who).await.unwrap().unwrap();
    let tx = company.store().begin().await.unwrap();
    membership::Entity::delete_by_id(who.0).exec(&*tx).await.unwrap();
    tx.commit().await.unwrap();
    row
}

async fn report(company: &Company) -> Report {
    let (from, to) = (date(2026, 12, 2), date(2026, 12, 14));
    let wanted = Wanted { from, to, hash_other_entries: true };
    let mut bytes = Vec::new();
    let told = |_, _| {};
    let audited =
        draw_audit::export(&company.context, wanted, draw_audit::trust(), &mut bytes, told).await;
    let report = audited.unwrap().expect("the log is whole and signed");
    if !company.store().is_shared() {
        vectors::bless("tampered", &bytes, &report);
    }
    report
}

crate::on_both_databases! {
    async fn whoever_tampers_is_named(company: Company) {
        let pool = pool(&company).await;
        let day = |n| date(2026, 12, n);

        // Maria is spared on Wednesday: for the hours of her check-in she is not on the roster.
        company.pass_to(at(2, 0)).await;
        let leaves = |state: &str| format!("UPDATE person SET state = '{state}' WHERE employee_id = 'maria'");
        sql(&company, &leaves("left")).await;
        company.pass_to(at(2, 17)).await;
        sql(&company, &leaves("active")).await;

        // Ola is absent on Thursday, since Thursday morning, and nobody entered it.
        company.pass_to(at(3, 0)).await;
        absent_behind_the_log(&company, pool.ola, day(3)).await;

        // On Friday the stored rows are edited after the fact: Pia was absent.
        company.pass_to(at(4, 18)).await;
        rows_edited(&company, pool.pia, day(4)).await;

        // Nils is met on a Saturday, as if he had been drawn.
        company.pass_to(at(5, 12)).await;
        announced_by_hand(&company, pool.nils, day(5), Reason::Drawn).await;

        // Tokyo's Tuesday never begins.
        company.pass_to(at(7, 14)).await;
        sql(&company, "DELETE FROM work WHERE kind = 'open-label' AND state = 'ready' AND payload LIKE '%Asia/Tokyo%'").await;
        company.clock.set(at(7, 15));

        // Wednesday is committed again.
        company.pass_to(at(9, 0)).await;
        committed_again(&company, day(9)).await;

        // Quin is met on an order that nobody gave, and is out of the pool for one midnight.
        company.pass_to(at(10, 12)).await;
        let reason = Reason::Manual {
            ordered_by: pool.maria,
            ordered_by_name: "Nobody".into(),
            reason: "a reason that nobody typed".into(),
        };
        announced_by_hand(&company, pool.quin, day(10), reason).await;
        company.pass_to(at(10, 18)).await;
        let membership = out_of_the_pool(&company, pool.quin).await;
        company.pass_to(at(11, 1)).await;
        let tx = company.store().begin().await.unwrap();
        muster_store::insert(&tx, membership).await.unwrap();
        tx.commit().await.unwrap();

        // The key that is shown for Wednesday is another.
        company.pass_to(at(26, 0)).await;
        company.pass_to(at(26, 1)).await;
        let swap = format!("UPDATE draw_reveal SET chain_key = '{}' WHERE label = '2026-12-03'", "ab".repeat(32));
        sql(&company, &swap).await;

        let report = report(&company).await;
        let named = Named { company: &company, report: &report };
        named.one(&report.spared, Code::ReasonNotLogged, day(2), Some(pool.maria)).await;
        named.one(&report.spared, Code::ReasonNotLogged, day(3), Some(pool.ola)).await;
        named.one(&report.steered, Code::InputsChanged, day(4), None).await;
        named.one(&report.steered, Code::ClassNotLogged, day(4), Some(pool.pia)).await;
        named.one(&report.singled_out, Code::NotDrawn, day(5), Some(pool.nils)).await;
        named.one(&report.steered, Code::DayDropped, day(9), None).await;
        named.one(&report.steered, Code::InputsTwice, day(9), None).await;
        named.one(&report.singled_out, Code::OrderNotLogged, day(10), Some(pool.quin)).await;
        named.one(&report.steered, Code::PersonDropped, day(12), Some(pool.quin)).await;
        named.one(&report.steered, Code::KeyWrong, day(3), None).await;
        let sam = named.pseudonym(pool.sam).await;
        let full = report.statistics.iter().find(|s| s.who.as_ref() == Some(&sam));
        let full = full.unwrap_or_else(|| panic!("a full calendar stands out: {report:#?}"));
        assert_eq!((full.counted.code(), full.events), ("short-day", 9));
        assert!(full.z_hundredths >= 300, "{full:?}");

        let innocent = named.pseudonym(pool.sam).await;
        let lists = [&report.spared, &report.singled_out, &report.steered];
        let accused = lists.iter().flat_map(|l| l.iter()).any(|f| f.subject.as_ref() == Some(&innocent));
        assert!(!accused, "nobody is named beside those: {report:#?}");
    }
}

struct Named<'a> {
    company: &'a Company,
    report: &'a Report,
}

impl Named<'_> {
    async fn pseudonym(&self, who: PersonId) -> String {
        let row = people::get(self.company.store().read(), who).await.unwrap();
        row.pseudonym.to_string()
    }

    async fn one(&self, list: &[Finding], code: Code, label: Date, who: Option<PersonId>) {
        let subject = match who {
            Some(who) => Some(self.pseudonym(who).await),
            None => None,
        };
        let is_it = |f: &&Finding| {
            f.code == code && f.label == Some(label) && (subject.is_none() || f.subject == subject)
        };
        let count = list.iter().filter(is_it).count();
        assert_eq!(count, 1, "{code} on {label}: {:#?}", self.report);
    }
}
