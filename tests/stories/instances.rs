//! P4, P5: several instances on one PostgreSQL announce once; windows hold through a change of the
//! clocks.

use crate::support::{Company, Database, START, Somebody};
use muster_domain::time::{UtcMillis, zone};
use muster_store::check_ins;
use std::collections::BTreeSet;

#[tokio::test]
async fn two_instances_never_announce_twice() {
    let company = Company::open(Database::Postgresql, "two_instances").await;
    company.usual_cast().await;
    for n in 0..6 {
        let name = format!("P{n} Example");
        let zone = "Europe/Lisbon";
        company
            .person(Somebody { name: &name, zone, manager: None, roles: &[], in_pool: true })
            .await;
    }
    let second = company.second_instance().await;
    muster::engine::sweeps::all(&company.engine).await.unwrap();
    let end = START.plus_minutes(24 * 60);
    while company.context.now() < end {
        let (a, b) = tokio::join!(company.engine.turn(), second.turn());
        let done = a.unwrap() + b.unwrap();
        if done > 0 {
            continue;
        }
        let next =
            [company.engine.next_instant().await.unwrap(), second.next_instant().await.unwrap()];
        let next = next.into_iter().flatten().filter(|n| *n > company.context.now()).min();
        company.clock.pass_ms(next.map_or(60_000, |n| n.since(company.context.now())).min(60_000));
    }
    let all = check_ins::between(company.store().read(), START, end).await.unwrap();
    let drawn: Vec<_> = all.iter().filter(|c| c.kind == "drawn").collect();
    let people: BTreeSet<_> = drawn.iter().map(|c| c.person_id).collect();
    assert_eq!(drawn.len(), people.len(), "one check-in a person and day");
    assert!(people.len() >= 5, "most of the seven were met: {}", people.len());
    let mut sent = BTreeSet::new();
    for mail in company.mail.taken() {
        assert!(sent.insert(mail.message_id.clone()), "{} went out twice", mail.subject);
    }
}

/// The night of the change of clocks, in zones of both hemispheres and of odd offsets.
#[tokio::test]
async fn nothing_is_announced_or_held_outside_the_hours_when_the_clocks_change() {
    // Sunday 28 March 2027: Europe springs forward; the people below work on Sundays, too.
    let company = Company::open(Database::Sqlite, "clock_change").await;
    let sunday = UtcMillis(1_806_192_000_000);
    company.clock.set(sunday.plus_minutes(-30 * 60));
    let zones = [
        "Europe/Berlin",
        "Africa/Casablanca",
        "Asia/Kathmandu",
        "Australia/Lord_Howe",
        "America/St_Johns",
    ];
    let mut people = Vec::new();
    for (n, zone) in zones.iter().enumerate() {
        let name = format!("Z{n} Example");
        people.push(company.person_with_hours(&name, zone, "Mon-Sun 00:00-24:00").await);
        let verifier = format!("V{n} Example");
        company.verifier_with_hours(&verifier, zone, "Mon-Sun 00:00-24:00").await;
    }
    let night = company
        .person_with_hours("Night Example", "Europe/Berlin", "Sat 22:00-06:00; Sun 22:00-06:00")
        .await;
    company.pass_to(sunday.plus_minutes(36 * 60)).await;
    let mut seen = 0;
    for person in people {
        for row in company.check_ins(person).await {
            let owner =
                muster_store::people::get(company.store().read(), row.person()).await.unwrap();
            let tz = zone(&owner.zone).unwrap();
            assert_eq!(
                UtcMillis(row.start_ms).date_in(&tz).to_string(),
                row.label,
                "a slot lies on its own local date"
            );
            seen += 1;
        }
    }
    for row in company.check_ins(night).await {
        let tz = zone("Europe/Berlin").unwrap();
        for at in [row.announce_ms, row.start_ms, row.clocks().grace_end().0] {
            let hour = UtcMillis(at).in_zone(&tz).hour();
            assert!(
                !(6..22).contains(&hour),
                "{} is outside the night",
                UtcMillis(at).in_zone(&tz)
            );
        }
        seen += 1;
    }
    assert!(seen >= 6, "only {seen} check-ins to look at");
}
