//! Somebody has moved and the roster does not know: told after weeks, from distances alone.

use super::verified::{comes, lisbon, meet};
use crate::support::{Company, Database};
use muster::acts::manual;
use muster_domain::draw::hazard::{HazardTable, Threshold};
use muster_domain::judging::evidence::{ClaimStatus, Point};
use muster_domain::judging::judge::{Judgement, JudgingInput};
use muster_domain::time::DAY_MS;
use muster_store::entities::check_in;
use muster_store::{check_ins, evidence};

const DAY: i64 = 24 * 60;

/// About 274 km from Lisbon.
fn porto() -> Option<Point> {
    Point::from_degrees(41.15, -8.61)
}

/// Nobody is drawn: every session is ordered by hand.
fn never() -> HazardTable {
    HazardTable::new(vec![Threshold::NEVER]).unwrap()
}

/// Orders a session so many days from now, in which she says that she is there.
async fn met_at(
    company: &Company,
    cast: &crate::support::Cast,
    days: i64,
    at: Option<Point>,
) -> check_in::Model {
    company.pass_to(company.context.now().plus_ms(days * DAY_MS)).await;
    let known = company.check_ins(cast.maria).await.len();
    let reason = "a look at where she works now";
    manual::order(&company.context, cast.hr, cast.maria, reason).await.unwrap();
    let row = company
        .pass_until("the ordered check-in", 7 * DAY, async || {
            company.check_ins(cast.maria).await.into_iter().nth(known)
        })
        .await;
    comes(company, &row, ClaimStatus::Ok, at).await;
    meet(company, &row, "live_person_seen").await
}

/// Severity of `loc-drift` in a session, if it spoke.
async fn drift(company: &Company, row: &check_in::Model) -> Option<String> {
    let found = evidence::findings(company.store().read(), row.check_in_id()).await.unwrap();
    found.into_iter().find(|f| f.rule_id == "loc-drift").map(|f| f.severity)
}

crate::on_both_databases! {
    async fn who_has_moved_is_asked_for_the_address_in_the_third_session(company: Company) {
        let company = company.with_hazards(never()).await;
        let cast = company.usual_cast().await;
        company.declare_place(cast.maria, 38.72, -9.14).await;
        let first = met_at(&company, &cast, 1, porto()).await;
        assert_eq!(drift(&company, &first).await, None, "one trip is none");
        let second = met_at(&company, &cast, 17, porto()).await;
        assert_eq!(drift(&company, &second).await, None, "nor are two");
        // By now the first position is an area.
        let third = met_at(&company, &cast, 17, porto()).await;
        assert_eq!(drift(&company, &third).await.as_deref(), Some("low"));
        let db = company.store().read();
        let kept = check_ins::judgement::<JudgingInput, Judgement>(company.store(), db, &third).await;
        let (input, _) = kept.unwrap().unwrap();
        let kept = input.surroundings.drift.unwrap();
        assert_eq!(kept.positions.len(), 3);
        for position in &kept.positions {
            assert!((235..=250).contains(&position.km), "{kept:?}");
        }
        // Back in the declared place it is silent at once.
        let back = met_at(&company, &cast, 17, lisbon()).await;
        assert_eq!(drift(&company, &back).await, None);
        company.ends_well().await;
    }
}
