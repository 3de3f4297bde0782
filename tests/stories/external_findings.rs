//! Reports of other systems: signed, taken once, judged with the next session, never above high. The
//! example of the documentation runs as it is printed.

use super::future_draw::{contains, written};
use super::served::serving;
use super::verified::{comes, lisbon, meet};
use crate::support::program::{done, example, write_config};
use crate::support::{Company, Database, Somebody};
use muster::acts::external_findings::{Taken, take, waiting};
use muster::acts::tokens::{self, NewToken};
use muster::acts::{ActError, personal_data};
use muster_domain::external::Signature;
use muster_domain::id::PersonId;
use muster_domain::judging::Severity;
use muster_domain::judging::evidence::ClaimStatus;
use muster_domain::person::{Role, TokenScope};
use muster_store::entities::{check_in, person};
use muster_store::{StoreError, evidence, people};
use muster_testkit::scripted_smtp::ScriptedSmtp;
use muster_testkit::service::Service;

const DETAIL: &str = "a tool named FarDesk, started twice";

fn body(company: &Company, id: &str, kind: &str, severity: &str) -> String {
    let at = company.context.now().timestamp();
    serde_json::json!({
        "id": id, "employee_id": "maria", "kind": kind, "severity": severity,
        "at": at.to_string(), "detail": DETAIL,
    })
    .to_string()
}

/// Posts as a sender does that signs some seconds from now.
async fn post(
    company: &Company,
    token: &NewToken,
    seconds: i64,
    body: &str,
) -> Result<Taken, ActError> {
    let key = token.signing_key.as_deref().unwrap();
    let signed_s = company.context.now().0 / 1_000 + seconds;
    let signature = Signature::sign(key, signed_s, body.as_bytes()).to_string();
    take(&company.context, &token.row, &signature, body.as_bytes()).await
}

async fn token(company: &Company) -> NewToken {
    let scope = TokenScope::ExternalFindings;
    tokens::create(&company.context, None, "endpoint protection", scope, 90).await.unwrap()
}

async fn external(company: &Company, row: &check_in::Model) -> Vec<(String, String)> {
    let found = evidence::findings(company.store().read(), row.check_in_id()).await.unwrap();
    let found = found.into_iter().filter(|f| f.family == "external");
    found.map(|f| (f.rule_id, f.severity)).collect()
}

async fn one(company: &Company, name: &str, manager: Option<PersonId>, roles: &[Role]) -> PersonId {
    let zone = "Europe/Lisbon";
    company.person(Somebody { name, zone, manager, roles, in_pool: false }).await
}

fn forbidden(result: Result<(), ActError>) -> bool {
    matches!(result, Err(ActError::Forbidden(_)))
}

fn conflict(result: Result<(), ActError>) -> bool {
    matches!(result, Err(ActError::Conflict(_)))
}

fn missing(result: Result<(), ActError>) -> bool {
    matches!(result, Err(ActError::Store(StoreError::Missing { .. })))
}

crate::on_both_databases! {
    async fn a_report_is_taken_once_and_asks_for_a_review_of_the_next_session(company: Company) {
        let cast = company.usual_cast().await;
        company.declare_place(cast.maria, 38.72, -9.14).await;
        let token = token(&company).await;
        let report = body(&company, "edr-1", "remote_control_tool", "critical");
        let Taken::New(id) = post(&company, &token, 0, &report).await.unwrap() else { panic!("taken") };
        assert!(matches!(post(&company, &token, 0, &report).await, Err(ActError::Conflict(_))), "a replay");
        assert_eq!(post(&company, &token, 7, &report).await.unwrap(), Taken::Known(id), "a retry");
        let other = report.replace("critical", "low");
        assert!(matches!(post(&company, &token, 9, &other).await, Err(ActError::Conflict(_))), "another report");

        let entries = muster_store::audit::list(company.store().read(), 0, 10_000).await.unwrap();
        assert_eq!(entries.iter().filter(|e| e.kind == "external-report-taken").count(), 1);
        for (place, bytes) in written(&company).await {
            assert!(!contains(&bytes, b"FarDesk"), "{place} holds what the sender wrote");
            assert!(!contains(&bytes, token.signing_key.as_ref().unwrap().as_bytes()), "{place} holds the key");
        }
        let maria = people::get(company.store().read(), cast.maria).await.unwrap();
        let held = personal_data::mine(&company.context, &maria).await.unwrap();
        assert!(serde_json::to_string(&held).unwrap().contains("FarDesk"), "it is theirs to read");

        let row = company.first_check_in(cast.maria, "drawn").await;
        comes(&company, &row, ClaimStatus::Ok, lisbon()).await;
        let judged = meet(&company, &row, "live_person_seen").await;
        let high = ("reported-remote-control".to_owned(), "high".to_owned());
        assert_eq!(external(&company, &row).await, [high], "never above high");
        assert_eq!(judged.outcome.as_deref(), Some("needs_review"), "alone it never escalates");
        assert_eq!(company.cases().await[0].cause, "needs_review");

        // It has been judged: the next session is as if it had not been.
        post(&company, &token, 0, &body(&company, "hr-7", "bank_changed", "medium")).await.unwrap();
        let second = company.pass_until("the next check-in", 40 * 24 * 60, async || {
            company.check_ins(cast.maria).await.into_iter().find(|other| other.id != row.id)
        }).await;
        comes(&company, &second, ClaimStatus::Ok, lisbon()).await;
        let judged = meet(&company, &second, "live_person_seen").await;
        let medium = ("reported-record-change".to_owned(), "medium".to_owned());
        assert_eq!(external(&company, &second).await, [medium]);
        assert_eq!((judged.outcome.as_deref(), judged.assurance.as_deref()), (Some("verified"), Some("notes")));
    }

    async fn a_report_that_was_sent_by_mistake_is_withdrawn_by_two_people_and_counts_no_more(company: Company) {
        let cast = company.usual_cast().await;
        let siri = one(&company, "Siri Watch", None, &[Role::Security]).await;
        let boss = one(&company, "Bo Boss", None, &[Role::Security]).await;
        company.declare_place(cast.maria, 38.72, -9.14).await;
        let maria = people::get(company.store().read(), cast.maria).await.unwrap();
        let tx = company.store().begin().await.unwrap();
        let reports = person::Model { manager_id: Some(boss.0), ..maria };
        muster_store::save(&tx, reports).await.unwrap();
        tx.commit().await.unwrap();
        let (context, token) = (&company.context, token(&company).await);
        let mut taken = Vec::new();
        for (id, kind) in [("edr-1", "remote_control_tool"), ("edr-2", "kvm_hint"), ("edr-3", "identity_risk")] {
            let Taken::New(id) = post(&company, &token, 0, &body(&company, id, kind, "high")).await.unwrap() else { panic!("taken") };
            taken.push(id);
        }
        let [mistaken, doubted, meant] = taken[..] else { panic!("three") };

        // Security sees whom each is about and what it will do; nobody else does, nor anybody of her line.
        let listed = waiting::list(context, cast.security).await.unwrap();
        assert_eq!(listed.len(), 3);
        assert!(listed.iter().all(|w| w.person.name.starts_with("Maria") && w.severity == Severity::High));
        assert!(forbidden(waiting::list(context, cast.hr).await.map(drop)));
        assert!(forbidden(waiting::ask(context, cast.hr, mistaken, "it was our help desk").await));
        assert!(waiting::list(context, boss).await.unwrap().is_empty(), "nobody is warned of what concerns their line");
        assert!(missing(waiting::open(context, boss, mistaken).await.map(drop)));
        assert!(missing(waiting::ask(context, boss, mistaken, "it was our help desk").await));
        let opened = waiting::open(context, cast.security, mistaken).await.unwrap();
        assert_eq!(opened.detail.as_deref(), Some(DETAIL));

        // One asks, with words; another agrees. Until then it counts.
        let short = waiting::ask(context, cast.security, mistaken, "mistake").await;
        assert!(matches!(short, Err(ActError::Invalid(_))));
        assert!(conflict(waiting::agree(context, siri, mistaken).await), "nobody asked");
        for id in [mistaken, doubted] {
            waiting::ask(context, cast.security, id, "it was our own help desk").await.unwrap();
            assert!(conflict(waiting::ask(context, siri, id, "it was our own help desk").await));
            assert!(forbidden(waiting::agree(context, cast.security, id).await), "not alone");
        }
        waiting::agree(context, siri, mistaken).await.unwrap();
        waiting::keep(context, siri, doubted).await.unwrap();
        assert!(conflict(waiting::agree(context, siri, doubted).await), "it was turned down");
        assert!(conflict(waiting::keep(context, siri, mistaken).await), "what is withdrawn stays so");
        for (kind, times) in [("external-report-opened", 1), ("external-report-withdrawal-asked", 2), ("external-report-withdrawn", 1), ("external-report-kept", 1)] {
            let entries = muster_store::audit::list(company.store().read(), 0, 10_000).await.unwrap();
            assert_eq!(entries.iter().filter(|e| e.kind == kind).count(), times, "{kind}");
        }
        for (place, bytes) in written(&company).await {
            assert!(!contains(&bytes, b"own help desk"), "{place} holds the reason");
        }
        let maria = people::get(company.store().read(), cast.maria).await.unwrap();
        let held = personal_data::mine(context, &maria).await.unwrap();
        assert!(serde_json::to_string(&held).unwrap().contains("own help desk"), "it is hers to read");
        assert_eq!(post(&company, &token, 7, &body(&company, "edr-1", "remote_control_tool", "high")).await.unwrap(), Taken::Known(mistaken), "and a retry does not bring it back");

        let row = company.first_check_in(cast.maria, "drawn").await;
        comes(&company, &row, ClaimStatus::Ok, lisbon()).await;
        meet(&company, &row, "live_person_seen").await;
        let mut judged: Vec<String> = external(&company, &row).await.into_iter().map(|(rule, _)| rule).collect();
        judged.sort();
        assert_eq!(judged, ["reported-identity-risk", "reported-kvm"], "the other two were judged");
        assert!(conflict(waiting::open(context, cast.security, meant).await.map(drop)), "it waits no more");
        let listed = waiting::list(context, cast.security).await.unwrap();
        let left: Vec<_> = listed.iter().map(|w| (w.row.id, w.row.withdrawn_by)).collect();
        assert_eq!(left, [(mistaken, Some(siri.0))], "others can see who withdrew what");
        company.ends_well().await;
    }

    async fn what_is_not_signed_as_agreed_is_refused_and_nothing_is_kept(company: Company) {
        company.usual_cast().await;
        let token = token(&company).await;
        let context = &company.context;
        let report = body(&company, "edr-1", "kvm_hint", "high");
        for seconds in [-301, 301] {
            let late = post(&company, &token, seconds, &report).await;
            assert!(matches!(late, Err(ActError::Forbidden(_))), "{seconds}");
        }
        let key = token.signing_key.as_deref().unwrap();
        let now_s = context.now().0 / 1_000;
        let good = Signature::sign(key, now_s, report.as_bytes()).to_string();
        let foreign = Signature::sign("muster_sign_other", now_s, report.as_bytes()).to_string();
        let changed = report.replace("high", "info");
        for (signature, body) in [(foreign.as_str(), &report), ("", &report), (good.as_str(), &changed)] {
            let answer = take(context, &token.row, signature, body.as_bytes()).await;
            assert!(matches!(answer, Err(ActError::Forbidden(_))), "{signature}");
        }
        let faults = post(&company, &token, 0, &report.replace("maria", "nobody")).await.unwrap();
        let Taken::Faulty(faults) = faults else { panic!("nobody is on no roster") };
        assert_eq!(faults[0].field, "employee_id");
        let bad = report.replace("kvm_hint", "slow_worker").replace("high", "grave");
        let Taken::Faulty(faults) = post(&company, &token, 0, &bad).await.unwrap() else { panic!("bad") };
        assert_eq!(faults.iter().map(|f| f.field).collect::<Vec<_>>(), ["kind", "severity"]);
        assert!(matches!(post(&company, &token, 0, &report).await.unwrap(), Taken::New(_)), "nothing was kept");

        // The tokens of the two kinds do not stand for each other.
        let scope = TokenScope::Observations;
        let other = tokens::create(context, None, "identity provider", scope, 90).await.unwrap();
        assert!(other.signing_key.is_none());
        assert!(tokens::check(context, &other.secret, TokenScope::ExternalFindings).await.is_err());
        assert!(tokens::check(context, &token.secret, scope).await.is_err());
        assert!(tokens::check(context, &token.secret, TokenScope::ExternalFindings).await.is_ok());
    }
}

#[tokio::test]
async fn the_example_of_the_documentation_runs_as_it_is_printed() {
    let folder = tempfile::tempdir().unwrap();
    let smtp = ScriptedSmtp::start().await.unwrap();
    write_config(folder.path(), smtp.port(), None);
    done(folder.path(), &["migrate"]).await;
    done(folder.path(), &["roster", "import", &example("people.csv")]).await;
    let create =
        ["token", "create", "--name", "endpoint protection", "--scope", "external_findings"];
    let said = done(folder.path(), &create).await;
    let line = |start: &str| {
        let found = said.lines().find(|l| l.starts_with(start) && !l.contains(' '));
        found.unwrap_or_else(|| panic!("no {start} in {said}")).to_owned()
    };
    let key = line("muster_sign_");
    let secret = said.lines().find(|l| l.starts_with("muster_") && **l != key).unwrap().to_owned();
    let service = Service::start(serving(folder.path()), &folder.path().join("log")).await.unwrap();

    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let page = std::fs::read_to_string(root.join("docs/external-findings.md")).unwrap();
    let script = page.split("```sh\n").nth(1).unwrap().split("```").next().unwrap();
    let run = async || {
        let mut command = tokio::process::Command::new("sh");
        command.args(["-ec", script]);
        command.env("MUSTER_URL", format!("http://localhost:{}", service.port()));
        command.env("TOKEN", &secret).env("SIGNING_KEY", &key).env("NO_PROXY", "localhost");
        let output = command.output().await.unwrap();
        let error = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success() && error.is_empty(), "{error}");
        String::from_utf8(output.stdout).unwrap()
    };
    let answer = run().await;
    assert!(answer.contains("\"result\":\"taken\""), "{answer}");
    // Another `at` is another body: the id is taken, and said so.
    let again = run().await;
    assert!(again.contains("seen-before") || again.contains("\"known\""), "{again}");
}
