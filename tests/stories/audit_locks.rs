//! P7 under changing locks: one file that spans a second holder, a rotation, a pilot and a day that was
//! lost with a holder's key is recomputed as any other.

use super::audit::{bundle, hazards, offline};
use super::before_the_first_draw::resume;
use super::two_locks::{deliver, works_council};
use crate::support::{Company, Database, START, Somebody, logged, vectors};
use jiff::civil::date;
use muster::acts::policy::Scope;
use muster::acts::{chains, holders};
use muster_domain::draw_audit::Code;
use muster_domain::person::Role;
use muster_store::audit::Record;
use muster_store::draws;
use muster_store::entities::draw_boundary;
use std::collections::BTreeSet;

const DAY: i64 = 24 * 60;

/// Lisbon from the usual cast, and Tokyo.
async fn two_zones(company: &Company) {
    let zone = "Asia/Tokyo";
    let duty = &[Role::Verifier];
    for (name, roles, in_pool) in [
        ("Kei Sato", &duty[..], false),
        ("Ola Berg", &[], true),
        ("Pia Nord", &[], true),
        ("Quin Hale", &[], true),
    ] {
        company.person(Somebody { name, zone, manager: None, roles, in_pool }).await;
    }
}

#[tokio::test]
async fn a_second_holder_a_rotation_a_pilot_and_a_lost_day_are_recomputed_from_one_file() {
    let company = Company::open_under_beacon(Database::Sqlite, "audit_of_locks").await;
    let company = company.with_hazards(hazards()).await;
    let cast = company.usual_cast().await;
    two_zones(&company).await;
    let (council, id) = works_council(&company).await;

    // The council delivers for ten dates, the last in time for Tokyo's, which begins first.
    for day in 1..=9 {
        deliver(&company, &council, &date(2026, 12, day).to_string()).await;
        if day == 3 {
            chains::rotate(&company.context, Some(cast.security), "a year has passed")
                .await
                .unwrap();
        }
        if day == 5 {
            resume(&company, Scope::Pilot("employee_id eq \"maria\"".into())).await;
        }
        if day == 7 {
            resume(&company, Scope::Everybody).await;
        }
        company.pass_to(START.plus_minutes(i64::from(day) * DAY - 10 * 60)).await;
    }
    // Nothing comes for the tenth, until the two who added the council retire it.
    company.pass_to(START.plus_minutes(10 * DAY - 3 * 60)).await;
    holders::retire(&company.context, cast.security, id, "the council lost its file")
        .await
        .unwrap();
    holders::confirm(&company.context, cast.hr, id).await.unwrap();
    let dropped = logged(&company, "draw-boundary-dropped").await;
    assert!(dropped.len() >= 2, "both zones lose the tenth: {dropped:#?}");
    for minutes in [0, 5] {
        company.pass_to(START.plus_minutes(23 * DAY + minutes)).await;
    }

    let (bytes, audited) = bundle(&company, date(2026, 12, 2), date(2026, 12, 13), false).await;
    let report = audited.expect("the bundle is whole");
    assert!(report.is_clean(), "{report:#?}");
    assert_eq!(report.not_yet_public, []);
    assert!(report.hits >= 3, "{}", report.sentence());
    let remarks: BTreeSet<Code> = report.remarks.iter().map(|f| f.code).collect();
    for code in [Code::ChainRotated, Code::BoundaryDropped, Code::LateAfterWaiting] {
        assert!(remarks.contains(&code), "{code:?}: {remarks:?}");
    }

    let holders: BTreeSet<usize> = logged(&company, "draw-inputs")
        .await
        .iter()
        .map(|i| i["chain"].as_str().unwrap().split('+').count())
        .collect();
    assert_eq!(holders.into_iter().collect::<Vec<_>>(), [1, 2], "alone, and with the council");
    vectors::bless("honest-locks", &bytes, &report);
    assert_eq!(offline(&bytes), Ok(report));
}

/// The beacon's round is there, the day does not suit, and the log says in its place that the day was
/// given up: no holder's end explains it.
#[tokio::test]
async fn whoever_gives_a_day_up_without_the_end_of_a_holder_is_named() {
    let company = Company::open_under_beacon(Database::Sqlite, "audit_of_a_day_given_up").await;
    let company = company.with_hazards(hazards()).await;
    company.usual_cast().await;
    company.pass_to(START.plus_minutes(2 * DAY + 1)).await;
    given_up(&company, "2026-12-03").await;
    for minutes in [0, 5] {
        company.pass_to(START.plus_minutes(16 * DAY + minutes)).await;
    }
    let (bytes, audited) = bundle(&company, date(2026, 12, 2), date(2026, 12, 4), false).await;
    let report = audited.expect("the bundle is whole");
    let steered: Vec<Code> = report.steered.iter().map(|f| f.code).collect();
    assert_eq!(steered, [Code::DropUnfounded], "{report:#?}");
    assert_eq!(report.steered[0].label, Some(date(2026, 12, 3)));
    vectors::bless("given-up", &bytes, &report);
}

async fn given_up(company: &Company, label: &str) {
    let tx = company.store().begin().await.unwrap();
    let row = draws::boundaries_in(&*tx, "Europe/Lisbon", label).await.unwrap().remove(0);
    assert_eq!(row.salt, "waiting", "its round has not appeared");
    Record::new("draw-boundary-dropped")
        .fact("zone", row.zone.as_str())
        .fact("label", row.label.as_str())
        .fact("horizon", row.horizon.as_str())
        .fact("chain", row.chain.as_str())
        .write(&tx)
        .await
        .unwrap();
    let gone = draw_boundary::Model { dropped_ms: Some(company.context.now().0), ..row };
    muster_store::save(&tx, gone).await.unwrap();
    tx.commit().await.unwrap();
}
