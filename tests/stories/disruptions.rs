//! Many people of one zone who are missing together are one disruption, not so many misses.

use crate::support::{Company, Database, Somebody};
use muster_domain::id::PersonId;
use muster_domain::person::Role;
use muster_domain::time::UtcMillis;
use muster_store::entities::check_in;
use muster_store::{check_ins, disruptions};
use std::collections::BTreeSet;

const ZONE: &str = "Europe/Lisbon";
const NAMES: [&str; 7] =
    ["Ana Um", "Bea Dois", "Caio Tres", "Duda Quatro", "Eva Cinco", "Gil Seis", "Ivo Sete"];

/// A company whose people of `NAMES` all have their check-in in the same two hours.
async fn one_morning(company: &Company) -> Vec<PersonId> {
    for (name, role) in [("Hedda People", Role::Hr), ("Sven Guard", Role::Security)] {
        let roles = &[role];
        company.person(Somebody { name, zone: ZONE, manager: None, roles, in_pool: false }).await;
    }
    for verifier in ["Kim Um", "Lee Dois", "Max Tres", "Noa Quatro"] {
        company.verifier_with_hours(verifier, ZONE, "Mon-Fri 09:00-17:00").await;
    }
    let mut people = Vec::new();
    for name in NAMES {
        people.push(company.person_with_hours(name, ZONE, "Mon-Fri 09:00-10:30").await);
    }
    people
}

/// Lives through the morning: every verifier is there, of the others who `comes`.
async fn live_through(
    company: &Company,
    people: &[PersonId],
    comes: impl Fn(PersonId) -> bool,
) -> Vec<check_in::Model> {
    let mut met = BTreeSet::new();
    let end = company.context.now().plus_minutes(26 * 60);
    muster::engine::sweeps::all(&company.engine).await.unwrap();
    while company.context.now() < end {
        // On to whatever is due next, and no further than the next beginning.
        company.engine.drain().await.unwrap();
        let now = company.context.now();
        let mut open = check_ins::open(company.store().read()).await.unwrap();
        open.retain(|c| people.contains(&c.person()));
        for check_in in open.iter().filter(|c| c.start_ms <= now.0) {
            if met.insert(check_in.id) {
                company.sighting(check_in, "verifier", "room_presence", "joined").await;
                if comes(check_in.person()) {
                    company.sighting(check_in, "employee", "room_presence", "joined").await;
                }
            }
        }
        if met.len() == people.len() && open.is_empty() {
            break;
        }
        let starts = open.iter().map(|c| UtcMillis(c.start_ms)).filter(|start| *start > now);
        let due = company.engine.next_instant().await.unwrap();
        company.clock.set(starts.chain(due).min().unwrap().max(now));
    }
    let mut rows = Vec::new();
    for person in people {
        rows.extend(company.check_ins(*person).await.into_iter().find(|c| c.kind == "drawn"));
    }
    assert_eq!(rows.len(), people.len(), "everybody was drawn");
    rows.sort_by_key(|c| (c.judged_ms, c.start_ms));
    rows
}

fn outcomes(rows: &[check_in::Model]) -> Vec<&str> {
    rows.iter().map(|c| c.outcome.as_deref().unwrap_or("open")).collect()
}

crate::on_both_databases! {
    async fn from_the_fifth_on_nobody_is_blamed_and_hr_hears_of_it_once(company: Company) {
        let people = one_morning(&company).await;
        let rows = live_through(&company, &people, |_| false).await;
        let known_at = |at: i64| rows.iter().filter(|c| c.clocks().grace_end().0 <= at).count();
        let expected: Vec<_> = rows
            .iter()
            .map(|c| if known_at(c.judged_ms.unwrap()) < 5 { "missed" } else { "void" })
            .collect();
        assert_eq!(outcomes(&rows), expected, "up to four may be chance");
        let missed = expected.iter().filter(|word| **word == "missed").count();
        assert!((3..=4).contains(&missed), "{expected:?}");
        assert!(rows[missed..].iter().all(|c| c.cause.as_deref() == Some("shared_disruption")));
        assert_eq!(company.cases().await.len(), missed, "no further case is opened");

        for address in ["hedda@muster.example", "sven@muster.example"] {
            let mails: Vec<_> = company.mails_to(address).into_iter().filter(|m| m.subject.contains("Disruption")).collect();
            let [mail] = mails.as_slice() else { panic!("{address}: {} notices", mails.len()) };
            assert!(mail.text.contains("5 check-ins did not take place"), "{}", mail.text);
            assert!(mail.text.contains("/disruptions/1"), "{}", mail.text);
            assert!(NAMES.iter().all(|name| !mail.text.contains(name)), "names stand on the page only: {}", mail.text);
        }
        let notice = disruptions::find(company.store().read(), 1).await.unwrap().unwrap();
        let starts = || rows.iter().map(|c| c.start_ms);
        assert_eq!((Some(notice.from_ms), Some(notice.until_ms)), (starts().min(), starts().max()), "all of it is one");
        assert!(disruptions::find(company.store().read(), 2).await.unwrap().is_none());
        let due = muster::acts::disruptions::due_between(
            company.store().read(), ZONE, UtcMillis(notice.from_ms), UtcMillis(notice.until_ms + 1), company.context.now(),
        ).await.unwrap();
        assert_eq!(due.iter().filter(|d| d.is_missing).count(), 7);
        company.ends_well().await;
    }

    async fn where_most_came_those_who_did_not_have_missed(company: Company) {
        let people = one_morning(&company).await;
        let rows = live_through(&company, &people, |person| people[..4].contains(&person)).await;
        let missed: Vec<_> = rows.iter().filter(|c| c.outcome.as_deref() == Some("missed")).collect();
        assert_eq!(missed.len(), 3, "{:?}", outcomes(&rows));
        assert!(disruptions::find(company.store().read(), 1).await.unwrap().is_none());
    }
}
