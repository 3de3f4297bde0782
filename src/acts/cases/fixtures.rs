//! For tests of cases: people, a policy, check-ins, findings and cases with kind defaults, written
//! as rows so that a story needs no engine.

use crate::acts::{Context, draw_token, policy};
use muster_domain::case::{CaseCause, CaseState};
use muster_domain::check_in::{CheckInKind, CheckInState, Outcome, Presence};
use muster_domain::id::{CaseId, CheckInId, PersonId, PolicyVersionId};
use muster_domain::judging::finding::{
    Confidence, Disposition, EvidenceItem, EvidenceValue, Family, Finding, FindingStatus, Severity,
};
use muster_domain::person::Role;
use muster_domain::sentence::Sentence;
use muster_domain::time::{HOUR_MS, UtcMillis};
use muster_store::entities::{
    case_step, cases as row, check_in, finding, person, person_role, policy_version,
};
use muster_store::{Owner, Place, cases, check_ins, people, policies};
use std::collections::BTreeSet;
use uuid::Uuid;

const POLICY: &str = include_str!("../../../examples/acme/policies/standard.toml");

/// Adds somebody; the address is the first name at acme.example.
pub(crate) async fn person(
    context: &Context,
    name: &str,
    manager: Option<PersonId>,
    roles: &[Role],
) -> PersonId {
    let store = &context.store;
    let id = PersonId::from_random(store.entropy().bytes());
    let first = name.split(' ').next().unwrap().to_lowercase();
    let now = context.now().0;
    let tx = store.begin().await.unwrap();
    let keys = tx.create_data_keys(&[Owner::Person(id)]).await.unwrap();
    let nonces = draw_token::fresh(context);
    let row = person::Model {
        id: id.0,
        employee_id: first.clone(),
        draw_token: nonces.token().0.to_vec(),
        pseudonym: Uuid::from_bytes(store.entropy().bytes()),
        name: name.into(),
        email: format!("{first}@acme.example"),
        second_email: None,
        manager_id: manager.map(|m| m.0),
        zone: "Europe/Berlin".into(),
        next_zone: None,
        hours: "Mon-Fri 09:00-17:30".into(),
        holidays: None,
        languages: "en".into(),
        chosen_language: None,
        attributes: "{}".into(),
        accommodations: "[]".into(),
        state: "active".into(),
        baseline: people::baseline::PASSED.into(),
        joined_ms: now,
        left_ms: None,
    };
    muster_store::insert(&tx, row.clone()).await.unwrap();
    let joined = draw_token::Joined { person: &row, nonces: Some(nonces), manager: None };
    let keys = keys.into_iter().map(|key| (id.0, key)).collect();
    draw_token::bind(context, &tx, (None, "operator"), &[joined], &keys).await.unwrap();
    for role in roles {
        let row = person_role::Model {
            person_id: id.0,
            role: role.code().into(),
            state: people::role_state::ACTIVE.into(),
            requested_by: None,
            requested_ms: now,
            confirmed_by: None,
            confirmed_ms: Some(now),
        };
        muster_store::insert(&tx, row).await.unwrap();
    }
    tx.commit().await.unwrap();
    id
}

/// The example's standard policy, in force.
pub(crate) async fn policy(context: &Context) -> PolicyVersionId {
    let id = PolicyVersionId::from_random(context.store.entropy().bytes());
    let draft = policy::lint(POLICY, &BTreeSet::from(["x_access".to_owned()])).unwrap();
    let row = policy_version::Model {
        id: id.0,
        name: draft.parsed.policy.name.clone(),
        version: 1,
        text: POLICY.into(),
        parsed: serde_json::to_string(&draft.parsed.policy).unwrap(),
        hash: draft.hash.clone(),
        hazard_table: serde_json::to_string(&draft.lint.table).unwrap(),
        state: policies::state::ACTIVE.into(),
        proposed_by: None,
        proposed_ms: context.now().0,
        confirmed_by: None,
        confirmed_ms: Some(context.now().0),
        retired_ms: None,
    };
    let tx = context.store.begin().await.unwrap();
    muster_store::insert(&tx, row).await.unwrap();
    tx.commit().await.unwrap();
    id
}

/// A check-in that is over. It began an hour ago.
pub(crate) async fn check_in(
    context: &Context,
    person: PersonId,
    policy: PolicyVersionId,
    outcome: Outcome,
    met_by: Option<(PersonId, Presence)>,
) -> CheckInId {
    let id = CheckInId::from_random(context.store.entropy().bytes());
    let start = context.now().plus_ms(-HOUR_MS);
    let label = start.date_in(&jiff::tz::TimeZone::UTC).to_string();
    let earlier = check_ins::of_label(context.store.read(), person, &label, CheckInKind::Drawn);
    let attempt = 1 + earlier.await.unwrap().len() as i64;
    let row = check_in::Model {
        id: id.0,
        person_id: person.0,
        policy_version_id: policy.0,
        label,
        kind: "drawn".into(),
        attempt,
        state: CheckInState::Closed.code().into(),
        sequence: 0,
        announce_ms: start.plus_minutes(-20).0,
        start_ms: start.0,
        window_minutes: 10,
        grace_minutes: 5,
        session_minutes: 5,
        code: "K7-RAIN".into(),
        verifier_id: met_by.map(|(v, _)| v.0),
        ordered_by: None,
        order_reason: None,
        case_id: None,
        room_provider: None,
        room_reference: None,
        room_url: None,
        shadow: false,
        refused_ms: None,
        excused_ms: None,
        cancelled_ms: None,
        cancel_reason: None,
        read_ms: None,
        devices_ms: None,
        attendance: None,
        fault: None,
        cause: None,
        presence: met_by.map(|(_, p)| p.code().to_owned()),
        assurance: None,
        outcome: Some(outcome.code().into()),
        judged_ms: Some(context.now().0),
        closed_ms: Some(context.now().0),
        created_ms: start.0,
    };
    let tx = context.store.begin().await.unwrap();
    muster_store::insert(&tx, row.clone()).await.unwrap();
    crate::acts::coverage::is_judged(&tx, &row).await.unwrap();
    tx.commit().await.unwrap();
    id
}

/// A finding of a check-in, sealed as judging seals it.
pub(crate) async fn finding(
    context: &Context,
    person: PersonId,
    check_in: CheckInId,
    family: Family,
    sentence: &str,
) {
    let id = Uuid::from_bytes(context.store.entropy().bytes());
    let found = Finding {
        rule_id: format!("{family}-example"),
        version: 1,
        family,
        severity: Severity::High,
        confidence: Confidence::Measured,
        evidence: vec![EvidenceItem {
            name: "distance".into(),
            value: EvidenceValue::Whole(310),
            unit: "km".into(),
            source: "page".into(),
            observed_at: context.now(),
            data_age_days: None,
        }],
        thresholds: Vec::new(),
        sentence_employee: Sentence::as_said(sentence),
        sentence_reviewer: Sentence::as_said(sentence),
        benign_causes: vec!["A trip that was not declared yet.".into()],
        status: FindingStatus::Active,
        disposition: Disposition::None,
    };
    let tx = context.store.begin().await.unwrap();
    let place = Place { table: "finding", column: "detail", row: id };
    let row = finding::Model {
        id,
        check_in_id: check_in.0,
        person_id: person.0,
        rule_id: found.rule_id.clone(),
        rule_version: 1,
        family: family.code().into(),
        severity: found.severity.code().into(),
        status: "active".into(),
        disposition: "none".into(),
        detail: tx.seal(Owner::Person(person), place, &found).await.unwrap(),
        at_ms: context.now().0,
    };
    muster_store::insert(&tx, row).await.unwrap();
    tx.commit().await.unwrap();
}

/// An open case about a check-in, with its first line of story and a next step in two hours.
pub(crate) async fn case(
    context: &Context,
    check_in: CheckInId,
    cause: CaseCause,
    first_plain_miss: bool,
) -> CaseId {
    let id = CaseId::from_random(context.store.entropy().bytes());
    let tx = context.store.begin().await.unwrap();
    let about = check_ins::get(&*tx, check_in).await.unwrap();
    let row = row::Model {
        id: id.0,
        no: cases::next_no(&tx).await.unwrap(),
        person_id: about.person_id,
        cause: cause.code().into(),
        state: CaseState::Open.code().into(),
        check_in_id: check_in.0,
        policy_version_id: about.policy_version_id,
        waits_for: None,
        first_plain_miss,
        step: 0,
        turn: 0,
        last_step_ms: None,
        next_step_ms: Some(context.now().plus_ms(2 * HOUR_MS).0),
        acknowledged_by: None,
        acknowledged_ms: None,
        resolution: None,
        resolution_reason: None,
        resolved_by: None,
        resolved_ms: None,
        opened_ms: context.now().0,
    };
    muster_store::insert(&tx, row.clone()).await.unwrap();
    cases::tell(&tx, &row, "opened", None, None, "").await.unwrap();
    tx.commit().await.unwrap();
    id
}

/// A step that was taken.
pub(crate) async fn step(context: &Context, case: CaseId, no: i64, recipient: &str) {
    let tx = context.store.begin().await.unwrap();
    let mut row = cases::lock(&tx, case).await.unwrap();
    row.step = no;
    row.last_step_ms = Some(context.now().0);
    muster_store::save(&tx, row).await.unwrap();
    let at: UtcMillis = context.now();
    let taken = case_step::Model {
        case_id: case.0,
        no,
        recipient: recipient.into(),
        recipients: 1,
        at_ms: at.0,
    };
    muster_store::insert(&tx, taken).await.unwrap();
    tx.commit().await.unwrap();
}
