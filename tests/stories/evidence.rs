//! What people make of findings: they look at the evidence as far as they may, agree that a rule shall not
//! count for somebody, say at the end what a finding was worth, and lower a rule that is nearly always
//! explained away. Each of it stands in the log.

use super::verified::{comes_with_clock, lisbon, meet};
use crate::support::{Cast, Company, Database};
use muster::acts::cases::closing::resolve;
use muster::acts::evidence_view::{self, Depth, open_evidence};
use muster::acts::exceptions::{self, Asked};
use muster::acts::{ActError, rule_record};
use muster::engine::sweeps;
use muster_domain::case::ResolutionCode;
use muster_domain::id::{CaseId, PersonId};
use muster_domain::judging::evidence::ClaimStatus;
use muster_domain::judging::finding::Disposition;
use muster_domain::time::{DAY_MS, UtcMillis};
use muster_store::entities::{check_in, finding};
use muster_store::rule_exceptions::{self, state};
use muster_store::{evidence, people};
use uuid::Uuid;

/// Maria is where she works, with a clock from the other side of the world: one high finding.
async fn a_clock_of_tokyo(company: &Company, row: &check_in::Model) -> check_in::Model {
    comes_with_clock(company, row, ClaimStatus::Ok, lisbon(), Some("Asia/Tokyo")).await;
    meet(company, row, "live_person_seen").await
}

async fn at_home_in_lisbon(company: &Company) -> Cast {
    let cast = company.usual_cast().await;
    company.declare_place(cast.maria, 38.72, -9.14).await;
    cast
}

/// The last day of an exception that ends so many days from today.
fn last_day(company: &Company, days: i64) -> String {
    let last = company.context.now().plus_ms(days * DAY_MS);
    last.date_in(&jiff::tz::TimeZone::UTC).to_string()
}

fn asked<'a>(ends: &'a str) -> Asked<'a> {
    Asked {
        person: "maria@muster.example",
        covers: "rule:tz-mismatch",
        reason: "Works for the team in Tokyo until summer",
        ends,
        ..Asked::default()
    }
}

async fn finding_of(company: &Company, row: &check_in::Model) -> finding::Model {
    let found = evidence::findings(company.store().read(), row.check_in_id()).await.unwrap();
    found.into_iter().find(|f| f.rule_id == "tz-mismatch").expect("the clock was noted")
}

async fn logged(company: &Company, kind: &str) -> usize {
    let entries = muster_store::audit::list(company.store().read(), 0, 10_000).await.unwrap();
    entries.iter().filter(|e| e.kind == kind).count()
}

async fn boss(company: &Company, cast: &Cast) -> PersonId {
    let maria = people::get(company.store().read(), cast.maria).await.unwrap();
    PersonId(maria.manager_id.unwrap())
}

fn forbidden<T>(result: Result<T, ActError>) -> bool {
    matches!(result, Err(ActError::Forbidden(_)))
}

crate::on_both_databases! {
    async fn an_exception_of_two_people_silences_a_rule_visibly_and_ends_by_itself(company: Company) {
        let cast = at_home_in_lisbon(&company).await;
        let (c, ends) = (&company.context, last_day(&company, 40));
        let asked = asked(&ends);
        // Not for oneself or without a role, not for longer than a year, not without a reason.
        assert!(forbidden(exceptions::propose(c, cast.maria, &asked).await));
        let own = Asked { person: "hedda@muster.example", ..asked };
        assert!(forbidden(exceptions::propose(c, cast.hr, &own).await), "never for oneself");
        let late = last_day(&company, 400);
        let wrong = Asked { person: "nobody", covers: "family:human", reason: "so", ends: &late, asn: "x", country: "Portugal", ..asked };
        let Err(ActError::Invalid(faults)) = exceptions::propose(c, cast.hr, &wrong).await else { panic!("taken") };
        let fields: Vec<&str> = faults.iter().map(|(field, _)| *field).collect();
        assert_eq!(fields, ["person", "covers", "reason", "ends", "asn", "country"], "every fault at once");

        let id = exceptions::propose(c, cast.hr, &asked).await.unwrap();
        assert!(forbidden(exceptions::confirm(c, cast.hr, id).await), "a second person confirms");
        assert!(matches!(exceptions::propose(c, cast.security, &asked).await, Err(ActError::Conflict(_))));
        company.engine.drain().await.unwrap();
        let told = company.mails_to("sven@muster.example");
        assert!(told.iter().any(|m| m.subject.contains("needs a second person") && !m.subject.contains("Maria")));
        assert!(company.mails_to("mads@muster.example").is_empty(), "the line hears nothing of it");
        exceptions::confirm(c, cast.security, id).await.unwrap();
        exceptions::confirm(c, cast.security, id).await.unwrap();
        assert_eq!((logged(&company, "exception-proposed").await, logged(&company, "exception-confirmed").await), (1, 1));

        // The rule speaks, is kept and shown, and does not count.
        let row = company.first_check_in(cast.maria, "drawn").await;
        let judged = a_clock_of_tokyo(&company, &row).await;
        assert_eq!(judged.outcome.as_deref(), Some("verified"), "{:?}", judged.cause);
        let kept = finding_of(&company, &row).await;
        assert_eq!((kept.status.as_str(), kept.severity.as_str()), ("suppressed", "high"));
        assert!(company.cases().await.is_empty());

        // Its owner hears two weeks before; then it ends by itself.
        let list = exceptions::list(c, cast.security).await.unwrap();
        assert_eq!(list[0].detail.as_ref().unwrap().reason, asked.reason);
        assert!(exceptions::list(c, boss(&company, &cast).await).await.is_err());
        let reminders = || company.mails_to("hedda@muster.example").iter().filter(|m| m.subject.contains("ends soon")).count();
        exceptions::sweep(c).await.unwrap();
        company.engine.drain().await.unwrap();
        assert_eq!(reminders(), 0);
        company.clock.set(UtcMillis(list[0].row.ends_ms).plus_ms(-13 * DAY_MS));
        for _ in 0..2 {
            exceptions::sweep(c).await.unwrap();
        }
        company.engine.drain().await.unwrap();
        assert_eq!(reminders(), 1);
        let grants = async || {
            let tx = company.store().begin().await.unwrap();
            let grants = rule_exceptions::grants(&tx, cast.maria, company.context.now()).await.unwrap();
            tx.rollback().await.unwrap();
            grants.len()
        };
        assert_eq!(grants().await, 1);
        company.clock.set(UtcMillis(list[0].row.ends_ms));
        assert_eq!(grants().await, 0, "to the millisecond, sweep or not");
        exceptions::sweep(c).await.unwrap();
        let over = &exceptions::list(c, cast.hr).await.unwrap()[0].row;
        assert_eq!((over.state.as_str(), over.ended_by), (state::ENDED, None));
        assert_eq!(logged(&company, "exception-ended").await, 1);
    }

    async fn the_evidence_is_read_as_deep_as_one_may_and_its_case_says_what_it_was_worth(company: Company) {
        let cast = at_home_in_lisbon(&company).await;
        let c = &company.context;
        let row = company.first_check_in(cast.maria, "drawn").await;
        let judged = a_clock_of_tokyo(&company, &row).await;
        assert_eq!(judged.outcome.as_deref(), Some("needs_review"));
        let case = CaseId(company.cases().await[0].id);
        let mads = boss(&company, &cast).await;

        assert!(matches!(evidence_view::see(c, cast.hr, case).await, Err(ActError::Conflict(_))), "it is opened first");
        for (reader, depth) in [(cast.hr, Depth::Values), (cast.security, Depth::Network)] {
            open_evidence(c, reader, case).await.unwrap();
            let seen = evidence_view::see(c, reader, case).await.unwrap();
            assert_eq!((seen.depth, seen.is_area_only), (depth, false));
            assert!(!seen.findings[0].evidence.is_empty());
            let (input, _) = seen.judged.expect("what judging was given");
            let maria = people::get(company.store().read(), cast.maria).await.unwrap();
            assert_eq!(input.joined_at, Some(UtcMillis(maria.joined_ms)), "newcomers are known as such");
        }
        // The line reads what rules speak of, and nothing that was measured.
        let seen = evidence_view::see(c, mads, case).await.unwrap();
        assert_eq!((seen.depth, seen.judged.is_none()), (Depth::Sentences, true));
        let [found] = &seen.findings[..] else { panic!("{:?}", seen.findings) };
        assert!(found.evidence.is_empty() && found.thresholds.is_empty());
        assert_eq!(found.sentence_reviewer, muster_domain::judging::rules::rule("tz-mismatch").unwrap().about);
        let stranger = evidence_view::see(c, cast.maria, case).await;
        assert!(stranger.is_err(), "nobody looks at their own");
        assert_eq!(logged(&company, "evidence-viewed").await, 3);
        let views = muster_store::cases::views_of(company.store().read(), cast.maria).await.unwrap();
        assert_eq!(views.len(), 3, "she can see all three");

        // The end of the case is the word about its findings.
        assert_eq!(finding_of(&company, &row).await.disposition, "none");
        let code = ResolutionCode::ExplainedTravel.code();
        resolve(c, cast.hr, case, code, "Her computer keeps the time of Tokyo").await.unwrap();
        assert_eq!(finding_of(&company, &row).await.disposition, "explained");
        assert_eq!(evidence_view::see(c, cast.hr, case).await.unwrap().findings[0].disposition, Disposition::Explained);
        let lines = rule_record::read(c, cast.security).await.unwrap();
        let line = lines.iter().find(|l| l.rule.id == "tz-mismatch").unwrap();
        assert_eq!((line.record.fired, line.record.explained, line.record.confirmed), (1, 1, 0));
        assert!(!line.is_proposed(), "one is no record");

        // After thirty days only the area is there to be seen.
        company.clock.set(c.now().plus_minutes(31 * 24 * 60));
        sweeps::purge(&company.engine).await.unwrap();
        let seen = evidence_view::see(c, cast.security, case).await.unwrap();
        let claim = seen.judged.unwrap().0.claim.unwrap();
        assert_eq!((seen.is_area_only, claim.accuracy_metres), (true, None));
        assert_eq!(claim.point, lisbon().map(|p| p.coarse()));
    }

    async fn a_rule_that_is_nearly_always_explained_is_lowered_by_a_person_and_not_before(company: Company) {
        let cast = at_home_in_lisbon(&company).await;
        let c = &company.context;
        let row = company.first_check_in(cast.maria, "drawn").await;
        said(&company, &row, 19, "explained").await;
        assert!(matches!(rule_record::demote(c, cast.hr, "tz-mismatch").await, Err(ActError::Conflict(_))), "nineteen are no record");
        said(&company, &row, 3, "confirmed").await;
        let lines = rule_record::read(c, cast.hr).await.unwrap();
        let proposed: Vec<&str> = lines.iter().filter(|l| l.is_proposed()).map(|l| l.rule.id).collect();
        assert_eq!(proposed, ["tz-mismatch"], "3 of 22 are 14 %");
        for nobody in [cast.maria, boss(&company, &cast).await] {
            assert!(forbidden(rule_record::read(c, nobody).await.map(|_| ())));
            assert!(forbidden(rule_record::demote(c, nobody, "tz-mismatch").await));
        }
        rule_record::demote(c, cast.security, "tz-mismatch").await.unwrap();
        rule_record::demote(c, cast.security, "tz-mismatch").await.unwrap();
        assert!(matches!(rule_record::demote(c, cast.hr, "tz-mismatch").await, Err(ActError::Conflict(_))));
        assert_eq!(logged(&company, "rule-demoted").await, 1);

        // What was a review is a note from then on, and says why.
        let judged = a_clock_of_tokyo(&company, &row).await;
        assert_eq!((judged.outcome.as_deref(), judged.assurance.as_deref()), (Some("verified"), Some("notes")));
        let found = evidence::findings(company.store().read(), row.check_in_id()).await.unwrap();
        assert!(found.iter().any(|f| f.rule_id == "tz-mismatch" && f.severity == "medium"));
        rule_record::restore(c, cast.hr, "tz-mismatch").await.unwrap();
        assert!(matches!(rule_record::restore(c, cast.hr, "tz-mismatch").await, Err(ActError::Conflict(_))));
        assert!(muster_store::rule_records::demotions(company.store().read()).await.unwrap().is_empty());
        assert_eq!(logged(&company, "rule-restored").await, 1);
    }
}

/// Findings of the clock rule about which this was said.
async fn said(company: &Company, row: &check_in::Model, count: usize, disposition: &str) {
    let tx = company.store().begin().await.unwrap();
    for _ in 0..count {
        let kept = finding::Model {
            id: Uuid::from_bytes(company.store().entropy().bytes()),
            check_in_id: row.id,
            person_id: row.person_id,
            rule_id: "tz-mismatch".into(),
            rule_version: 1,
            family: "clock".into(),
            severity: "high".into(),
            status: "active".into(),
            disposition: disposition.into(),
            detail: Vec::new(),
            at_ms: company.context.now().0,
        };
        muster_store::insert(&tx, kept).await.unwrap();
    }
    tx.commit().await.unwrap();
}
