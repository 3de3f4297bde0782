//! An update brings other rules: what they would say of check-ins that were judged is told, and nothing
//! is changed by asking.

use super::verified::{comes, lisbon, meet};
use crate::support::{Company, Database, logged};
use muster::acts::replay::{Counts, Replayed, replay};
use muster_domain::check_in::{Assurance, Outcome};
use muster_domain::judging::evidence::ClaimStatus;
use muster_domain::judging::judge::JudgingInput;
use muster_domain::time::UtcMillis;
use muster_store::check_ins;

async fn replayed(company: &Company) -> (Counts, Vec<Replayed>) {
    let mut told = Vec::new();
    let tell = |changed: &Replayed| told.push(changed.clone());
    let counts = replay(&company.context, UtcMillis(0), company.context.now(), tell).await.unwrap();
    (counts, told)
}

crate::on_both_databases! {
    async fn other_rules_are_tried_on_judged_check_ins_and_nothing_is_changed(company: Company) {
        let cast = company.usual_cast().await;
        company.declare_place(cast.maria, 38.72, -9.14).await;
        let row = company.first_check_in(cast.maria, "drawn").await;
        comes(&company, &row, ClaimStatus::Ok, lisbon()).await;
        let judged = meet(&company, &row, "live_person_seen").await;
        let (counts, told) = replayed(&company).await;
        assert_eq!((counts.judged, counts.changed, &told[..]), (1, 0, &[][..]), "the same rules, the same answer");

        // As if the rules of then had not read the clock.
        let tx = company.store().begin().await.unwrap();
        let with_clock = |mut input: JudgingInput| {
            input.claim.as_mut().unwrap().browser_time_zone = Some("Asia/Tokyo".into());
            input
        };
        check_ins::coarsen_judgement(&tx, &judged, with_clock).await.unwrap();
        tx.commit().await.unwrap();
        let (counts, told) = replayed(&company).await;
        assert_eq!((counts.judged, counts.changed), (1, 1));
        let [one] = &told[..] else { panic!("{told:?}") };
        assert_eq!(one.check_in, judged.id);
        assert_eq!(one.changes.rules[0].rule_id, "tz-mismatch");
        assert_eq!(one.changes.assurance.map(|c| (c.was, c.would_be)), Some((Assurance::Clear, Assurance::Review)));
        assert_eq!(one.changes.outcome.map(|c| c.would_be), Some(Outcome::NeedsReview));
        let line = serde_json::to_string(one).unwrap();
        assert!(!line.contains("Tokyo") && !line.contains("38."), "rules, not evidence: {line}");

        assert_eq!(company.check_in(judged.check_in_id()).await, judged, "nothing is changed");
        assert!(company.cases().await.is_empty());
        let log = logged(&company, "check-ins-replayed").await;
        let mut changed: Vec<i64> = log.iter().map(|entry| entry["changed"].as_i64().unwrap()).collect();
        changed.sort_unstable(); // both entries are of one moment, so in no particular order
        assert_eq!(changed, [0, 1]);

        // An area instead of a point is judged otherwise for that alone.
        company.clock.set(company.context.now().plus_minutes(31 * 24 * 60));
        let (counts, told) = replayed(&company).await;
        assert_eq!((counts.judged, counts.faded, told.len()), (0, 1, 0));
    }
}
