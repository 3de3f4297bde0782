use super::*;
use crate::acts::test_support::{Office, SENSITIVE, STANDARD};
use muster_domain::id::PersonId;
use muster_domain::person::Role;
use muster_store::policies::state;
use muster_store::{draws, policies};

async fn with_hr_and_security() -> Office {
    let office = Office::acme().await;
    office.confirm("hr", Role::Hr).await;
    office.confirm("security", Role::Security).await;
    office
}

#[tokio::test]
async fn the_first_policies_come_into_force_by_one_hand_and_cover_everybody() {
    let office = Office::acme().await;
    let activated = activate_first(&office.context, None, &[STANDARD, SENSITIVE]).await.unwrap();
    assert_eq!(activated.iter().map(|a| a.people).sum::<usize>(), 200);
    let db = office.context.store.read();
    assert_eq!(policies::memberships(db).await.unwrap().len(), 200);
    let states = draws::states(db).await.unwrap();
    assert!(states.len() == 200 && states.values().all(|s| s.k == 1));
    let again = activate_first(&office.context, None, &[STANDARD]).await;
    assert!(matches!(again, Err(ActError::Forbidden(_))));
    let in_force = load(db, activated[0].id).await.unwrap();
    assert_eq!(in_force.policy.name, activated[0].name);
    assert!(in_force.table.max_gap_days() > 1, "the table was stored and read back");
}

#[tokio::test]
async fn every_example_policy_goes_through_json_and_back() {
    for text in [STANDARD, SENSITIVE, muster_domain::policy::policy_example()] {
        let attributes = ["department", "employment", "x_access"].map(str::to_owned).into();
        let draft = lint(text, &attributes).unwrap();
        let json = serde_json::to_string(&draft.parsed.policy).unwrap();
        let back: CadencePolicy = serde_json::from_str(&json).unwrap();
        assert_eq!(back, draft.parsed.policy);
        let json = serde_json::to_string(&draft.lint.table).unwrap();
        assert_eq!(serde_json::from_str::<HazardTable>(&json).unwrap(), draft.lint.table);
    }
}

#[tokio::test]
async fn a_later_version_waits_for_a_second_person_and_retires_the_one_before() {
    let office = with_hr_and_security().await;
    let context = &office.context;
    activate_first(context, None, &[STANDARD, SENSITIVE]).await.unwrap();
    let (hr, security) = (office.id("hr").await, office.id("security").await);
    let text = STANDARD.replace("mean_gap_days = 42", "mean_gap_days = 40");
    assert_ne!(text, STANDARD);
    let anna = office.id("anna").await;
    assert!(matches!(propose(context, Some(anna), &text).await, Err(ActError::Forbidden(_))));
    let row = propose(context, Some(hr), &text).await.unwrap();
    assert_eq!((row.version, row.state.as_str()), (2, state::PENDING));
    assert!(matches!(propose(context, Some(hr), &text).await, Err(ActError::Conflict(_))));
    let id = PolicyVersionId(row.id);
    assert!(matches!(confirm(context, hr, id).await, Err(ActError::Forbidden(_))), "own proposal");
    let before = policies::memberships(context.store.read()).await.unwrap();
    confirm(context, security, id).await.unwrap();
    assert!(matches!(confirm(context, security, id).await, Err(ActError::Conflict(_))));
    let states: Vec<(i64, String)> = policies::versions(context.store.read(), &row.name)
        .await
        .unwrap()
        .into_iter()
        .map(|v| (v.version, v.state))
        .collect();
    assert_eq!(states, [(2, "active".to_owned()), (1, "retired".to_owned())]);
    let after = policies::memberships(context.store.read()).await.unwrap();
    let moved: Vec<&PersonId> = after
        .iter()
        .filter(|(id, m)| before[id].policy_version_id != m.policy_version_id)
        .map(|(id, _)| id)
        .collect();
    assert!(!moved.is_empty() && moved.len() < 200, "only the pool of this policy moves");
    assert_eq!(office.logged("policy-activated").await, 3);
}

#[tokio::test]
async fn people_matched_twice_are_named_and_nothing_comes_into_force() {
    let office = Office::acme().await;
    let everybody = SENSITIVE
        .replace("Sensitive access", "Everybody")
        .replace("x_access eq \"elevated\"", "employee_id pr");
    let answer = activate_first(&office.context, None, &[STANDARD, &everybody]).await;
    let Err(ActError::Conflict(sentence)) = answer else { panic!("{answer:?}") };
    assert!(sentence.contains("Everybody") && sentence.contains("more"), "{sentence}");
    assert!(policies::all(office.context.store.read()).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_policy_nobody_can_satisfy_is_refused_with_the_sum() {
    let office = Office::acme().await;
    let text = STANDARD.replace("notice_minutes = [15, 30]", "notice_minutes = [470, 480]");
    assert_ne!(text, STANDARD);
    let text = text.replace("window_minutes = 10", "window_minutes = 120");
    let answer = activate_first(&office.context, None, &[&text]).await;
    let Err(ActError::Conflict(sentence)) = answer else { panic!("{answer:?}") };
    assert!(sentence.starts_with("Nobody in the policy"), "{sentence}");
}

#[tokio::test]
async fn whom_nobody_can_meet_is_said_when_a_policy_comes_into_force() {
    let office = with_hr_and_security().await;
    let context = &office.context;
    let first = activate_first(context, None, &[STANDARD, SENSITIVE]).await.unwrap();
    for policy in &first {
        let warnings = policy.warnings.join("\n");
        assert!(warnings.contains("Give somebody the role verifier."), "{warnings}");
    }
    // One verifier in Berlin: whoever works while he sleeps is named by zone, with what to change.
    office.confirm("jo", Role::Verifier).await;
    let text = STANDARD.replace("mean_gap_days = 42", "mean_gap_days = 40");
    let row = propose(context, Some(office.id("hr").await), &text).await.unwrap();
    let ahead = unmet(context, context.store.read(), &row).await.unwrap();
    let done =
        confirm(context, office.id("security").await, PolicyVersionId(row.id)).await.unwrap();
    let of_zones: Vec<_> = done.warnings.iter().filter(|w| w.contains("no verifier")).collect();
    assert_eq!(of_zones, ahead.iter().collect::<Vec<_>>(), "the same before and at activation");
    assert!(of_zones.iter().any(|w| w.contains("in Australia/Melbourne have no verifier who")));
    assert!(of_zones.iter().all(|w| w.contains("Give somebody with such hours the role verifier")));
    let own: Vec<_> = of_zones.iter().filter(|w| w.contains("in Europe/Berlin")).collect();
    assert!(own.len() == 1 && own[0].contains("(e1001, jo)"), "himself and his own line: {own:?}");
    let preview = preview::prepare(context, &text, 1, 1, jiff::tz::TimeZone::UTC).await.unwrap();
    let advice = preview.run(|_| ()).unwrap().report.advice;
    assert!(
        of_zones.iter().all(|w| advice.iter().any(|a| a.to_string() == **w)),
        "as the preview says it: {advice:?}"
    );
}

#[tokio::test]
async fn faults_are_told_with_key_and_line_and_a_proposal_can_be_turned_down() {
    let office = with_hr_and_security().await;
    let context = &office.context;
    let text = STANDARD.replace("grace_minutes", "grace_minuts");
    let Err(ActError::Invalid(faults)) = propose(context, None, &text).await else {
        panic!("taken")
    };
    assert!(faults[0].1.contains("line") && faults[0].1.contains("grace_minutes"), "{faults:?}");
    let row = propose(context, Some(office.id("hr").await), STANDARD).await.unwrap();
    let anna = office.id("anna").await;
    let id = PolicyVersionId(row.id);
    assert!(matches!(reject(context, anna, id).await, Err(ActError::Forbidden(_))));
    reject(context, office.id("security").await, id).await.unwrap();
    assert!(pending_of(context.store.read(), &row.name).await.unwrap().is_none());
}
