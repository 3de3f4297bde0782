use super::*;
use crate::acts::policy::activate_first;
use crate::acts::test_support::{Office, SENSITIVE, STANDARD};
use muster_domain::person::Role;

const WEEKS_SHORT: u32 = 4;

async fn preview(office: &Office, text: &str) -> Previewed {
    let zone = muster_domain::time::zone("Europe/Berlin").unwrap();
    let prepared = prepare(&office.context, text, WEEKS_SHORT, 1, zone).await.unwrap();
    let mut heard = Vec::new();
    let previewed = prepared.run(|done| heard.push(done)).unwrap();
    assert!(heard.windows(2).all(|w| w[0] <= w[1]) && heard.last() == Some(&1.0), "progress");
    previewed
}

#[tokio::test]
async fn a_first_policy_is_previewed_over_the_real_roster() {
    let office = Office::acme().await;
    let got = preview(&office, STANDARD).await;
    assert_eq!((got.report.people, got.differences.len(), got.changes.len()), (168, 0, 0));
    assert!(got.report.eligible_days > 168 * 10, "{}", got.report.eligible_days);
    assert!(got.report.advice[0].to_string().contains("no verifier"), "{:?}", got.report.advice);
    office.confirm("jo", Role::Verifier).await;
    let with = preview(&office, STANDARD).await;
    assert!(with.report.verifiers.sessions_a_week > 0.0, "{:?}", with.report.verifiers);
    assert_eq!(with.report.drawn, got.report.drawn, "who is drawn does not depend on verifiers");
    assert!(with.report.uncovered < got.report.uncovered);
}

#[tokio::test]
async fn a_draft_is_compared_with_the_version_in_force_and_writes_nothing() {
    let office = Office::acme().await;
    office.confirm("jo", Role::Verifier).await;
    activate_first(&office.context, None, &[STANDARD, SENSITIVE]).await.unwrap();
    let entries = office.logged("policy-proposed").await;
    let text = STANDARD.replace("mean_gap_days = 42", "mean_gap_days = 7");
    let got = preview(&office, &text).await;
    let of = |figure: &str| got.differences.iter().find(|d| d.figure.starts_with(figure)).unwrap();
    let often = of("Check-ins a person and year");
    assert!(often.after > 3.0 * often.before, "{often:?}");
    assert_eq!(of("People in the pool").before, of("People in the pool").after);
    assert!(
        got.changes.iter().any(|c| c.key == "policy.cadence.mean_gap_days"),
        "{:?}",
        got.changes
    );
    assert_eq!(office.logged("policy-proposed").await, entries, "a preview is no proposal");
}

#[tokio::test]
async fn people_matched_twice_are_told_and_faults_are_those_of_the_linter() {
    let office = Office::acme().await;
    activate_first(&office.context, None, &[STANDARD, SENSITIVE]).await.unwrap();
    let everybody = SENSITIVE
        .replace("Sensitive access", "Everybody")
        .replace("x_access eq \"elevated\"", "employee_id pr");
    let got = preview(&office, &everybody).await;
    assert_eq!((got.overlaps.len(), got.report.people), (200, 0));
    let zone = jiff::tz::TimeZone::UTC;
    let faulty = STANDARD.replace("grace_minutes", "grace_minuts");
    let answer = prepare(&office.context, &faulty, 4, 1, zone.clone()).await;
    assert!(
        matches!(answer, Err(ActError::Invalid(faults)) if faults[0].1.contains("grace_minutes"))
    );
    let answer = prepare(&office.context, STANDARD, 0, 1, zone).await;
    assert!(matches!(answer, Err(ActError::Invalid(faults)) if faults[0].0 == "weeks"));
}
