//! Two of one link group are met at one time: proposed by one person of security, confirmed by
//! another, placed on one slot with a verifier each, told to both afterwards, and a fact in the end.

use super::verified::{comes, meet};
use crate::support::{Company, Database, Somebody};
use muster::acts::links::overlap::{self, Fact};
use muster::acts::links::view;
use muster::acts::observations::{self, Importer};
use muster::acts::{ActError, personal_data};
use muster_domain::id::PersonId;
use muster_domain::judging::evidence::ClaimStatus;
use muster_domain::person::Role;
use muster_domain::time::DAY_MS;
use muster_store::entities::check_in;
use muster_store::{orders, people};
use std::fmt::Write as _;

const ZONE: &str = "Europe/Lisbon";
const REASON: &str = "both answer from one line and one square";

struct People {
    hr: PersonId,
    security: [PersonId; 2],
    farm: [PersonId; 3],
}

async fn one(company: &Company, name: &str, roles: &[Role], in_pool: bool) -> PersonId {
    company.person(Somebody { name, zone: ZONE, manager: None, roles, in_pool }).await
}

/// Three whose laptops stand in one house, in a company of some more, one night later.
async fn found(company: &Company) -> People {
    let hr = one(company, "Hedda People", &[Role::Hr], false).await;
    let security = [
        one(company, "Sven Guard", &[Role::Security], false).await,
        one(company, "Siri Watch", &[Role::Security], false).await,
    ];
    for name in ["Vera One", "Vito Two"] {
        one(company, name, &[Role::Verifier], false).await;
    }
    let farm = [
        one(company, "Lee Um", &[], true).await,
        one(company, "Max Dois", &[], true).await,
        one(company, "Sam Tres", &[], false).await,
    ];
    for (id, lat) in farm.iter().zip([40.1, 36.5, 44.0]) {
        company.declare_place(*id, lat, -95.0).await;
    }
    for n in 0..20 {
        one(company, &format!("Home{n} Own"), &[], false).await;
    }
    let mut text = "employee_id,at,ip,ip_class,lat,lon,accuracy_m\n".to_owned();
    for ago in [3, 13, 23] {
        let at = company.context.now().plus_ms(-ago * DAY_MS).timestamp();
        for id in ["lee", "max", "sam"] {
            writeln!(text, "{id},{at},203.0.113.5,residential,41.25,-96.01,20").unwrap();
        }
        for n in 0..20 {
            writeln!(text, "home{n},{at},198.18.0.{n},residential,,,").unwrap();
        }
    }
    let file = std::io::Cursor::new(text.into_bytes());
    observations::import(&company.context, Importer::Person(None), file).await.unwrap();
    company.pass_to(company.context.now().plus_minutes(24 * 60)).await;
    People { hr, security, farm }
}

async fn manual(company: &Company, person: PersonId) -> Option<check_in::Model> {
    company.check_ins(person).await.into_iter().find(|row| row.kind == "manual")
}

async fn fact(company: &Company, people: &People) -> Fact {
    let mut open = view::open(&company.context, people.security[0], 1).await.unwrap();
    open.overlaps.remove(0).fact
}

crate::on_both_databases! {
    async fn two_of_a_group_are_met_at_one_time_by_two_verifiers_and_read_it_afterwards(company: Company) {
        let people = found(&company).await;
        let (context, [sven, siri], [lee, max, sam]) = (&company.context, people.security, people.farm);
        let both = [lee, max];
        for somebody in [people.hr, lee] {
            let refused = overlap::propose(context, somebody, 1, &both, REASON).await;
            assert!(matches!(refused, Err(ActError::Forbidden(_))));
        }
        for (whom, reason) in [(&[lee][..], REASON), (&[lee, people.hr][..], REASON), (&both[..], "why")] {
            let refused = overlap::propose(context, sven, 1, whom, reason).await;
            assert!(matches!(refused, Err(ActError::Invalid(_))), "{reason}");
        }
        let outside = overlap::propose(context, sven, 1, &[lee, sam], REASON).await;
        assert!(matches!(outside, Err(ActError::Conflict(_))), "Sam is in no policy");
        overlap::propose(context, sven, 1, &both, REASON).await.unwrap();
        assert!(orders::open(company.store().read()).await.unwrap().is_empty(), "one person orders nothing");
        let alone = overlap::decide(context, sven, 1, true).await;
        assert!(matches!(alone, Err(ActError::Forbidden(_))));
        assert_eq!(fact(&company, &people).await, Fact::Proposed);
        overlap::decide(context, siri, 1, true).await.unwrap();
        assert_eq!(fact(&company, &people).await, Fact::Waits);

        let found = company.pass_until("both invitations", 5 * 24 * 60, async || {
            Some([manual(&company, lee).await?, manual(&company, max).await?])
        }).await;
        let [of_lee, of_max] = found;
        assert_eq!(of_lee.start_ms, of_max.start_ms, "at one time");
        assert!(of_lee.verifier_id.is_some() && of_lee.verifier_id != of_max.verifier_id, "a verifier each");
        let me = people::get(company.store().read(), lee).await.unwrap();
        let exported = async || {
            let held = personal_data::mine(context, &me).await.unwrap();
            serde_json::to_string(&held).unwrap()
        };
        assert!(!exported().await.contains("overlap_member"), "told afterwards");

        comes(&company, &of_lee, ClaimStatus::Declined, None).await;
        meet(&company, &of_lee, "live_person_seen").await;
        assert!(!exported().await.contains("overlap_member"), "Max could still be told");
        company.pass_to(of_max.clocks().grace_end().plus_minutes(30)).await;
        let expected = Fact::Over { there: 1, of: 2, start: Some(of_lee.clocks().start) };
        assert_eq!(fact(&company, &people).await, expected);
        assert!(exported().await.contains("overlap_member"), "theirs to read now");
        let again = overlap::propose(context, siri, 1, &both, REASON).await;
        assert!(matches!(again, Err(ActError::TooMany(_))), "once in a quarter");

        // Both who ordered it stand in the log.
        let entries = muster_store::audit::list(company.store().read(), 0, 10_000).await.unwrap();
        for (kind, who) in [("overlap-proposed", sven), ("overlap-confirmed", siri)] {
            let name = people::get(company.store().read(), who).await.unwrap().pseudonym.to_string();
            let by: Vec<bool> = entries.iter().filter(|e| e.kind == kind).map(|e| e.leaf.contains(&name)).collect();
            assert_eq!(by, [true], "{kind}");
        }
    }

    async fn what_the_second_person_refuses_meets_nobody(company: Company) {
        let people = found(&company).await;
        let (context, [sven, siri], [lee, max, _]) = (&company.context, people.security, people.farm);
        overlap::propose(context, sven, 1, &[lee, max], REASON).await.unwrap();
        let twice = overlap::propose(context, siri, 1, &[lee, max], REASON).await;
        assert!(matches!(twice, Err(ActError::Conflict(_))));
        overlap::decide(context, siri, 1, false).await.unwrap();
        assert_eq!(fact(&company, &people).await, Fact::Refused);
        assert!(orders::open(company.store().read()).await.unwrap().is_empty());
        let late = overlap::decide(context, siri, 1, true).await;
        assert!(matches!(late, Err(ActError::Conflict(_))));
        overlap::propose(context, siri, 1, &[lee, max], REASON).await.unwrap();
    }
}
