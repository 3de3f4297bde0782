//! A policy and a role wait for a second person; a draft is previewed and proposed.

use super::company::Browser;
use super::office::Office;
use axum::http::StatusCode;
use muster_domain::id::PolicyVersionId;
use muster_store::entities::{person_role, policy_version};
use muster_store::{people, policies};

#[tokio::test]
async fn a_policy_and_a_role_wait_for_a_second_person() {
    let office = Office::open("second-person").await;
    let store = &office.company.context().store;
    let active = policies::get(store.read(), office.policy).await.unwrap();
    let pending = PolicyVersionId::from_random(store.entropy().bytes());
    let tx = store.begin().await.unwrap();
    let row = policy_version::Model {
        id: pending.0,
        version: 2,
        state: policies::state::PENDING.into(),
        proposed_by: Some(office.ravi.0),
        confirmed_ms: None,
        parsed: active.parsed.replace("\"grace_minutes\":5", "\"grace_minutes\":10"),
        ..active
    };
    muster_store::insert(&tx, row).await.unwrap();
    let asked = person_role::Model {
        person_id: office.jo.0,
        role: "hr".into(),
        state: people::role_state::PENDING.into(),
        requested_by: None,
        requested_ms: 0,
        confirmed_by: None,
        confirmed_ms: None,
    };
    muster_store::insert(&tx, asked).await.unwrap();
    tx.commit().await.unwrap();

    let path = format!("/policies/{pending}");
    let mut ravi = office.browser(office.ravi).await;
    let own = ravi.get(&path).await;
    assert!(own.text.contains("You proposed this, so a second person has to confirm it."));
    assert!(own.text.contains("policy.clock.grace_minutes"), "{}", own.text);
    let refused = ravi.post(&format!("{path}/confirm"), &[]).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    let mut sam = office.browser(office.sam).await;
    assert!(sam.get(&path).await.text.contains("Confirm and make it active"));
    assert_eq!(sam.post(&format!("{path}/refuse"), &[]).await.status, StatusCode::SEE_OTHER);
    assert_eq!(sam.post(&format!("{path}/refuse"), &[]).await.status, StatusCode::CONFLICT);
    assert!(sam.get(&path).await.text.contains("refused"));

    let role = format!("/roster/roles/{}.hr", office.jo);
    assert!(ravi.get("/roster").await.text.contains("None of your roles allows this."));
    assert_eq!(ravi.post(&format!("{role}/confirm"), &[]).await.status, StatusCode::FORBIDDEN);
    let mut alex = office.browser(office.alex).await;
    assert_eq!(alex.post(&format!("{role}/refuse"), &[]).await.status, StatusCode::SEE_OTHER);
    assert_eq!(alex.post(&format!("{role}/confirm"), &[]).await.status, StatusCode::CONFLICT);
    let lost = alex.post("/roster/roles/nonsense/confirm", &[]).await;
    assert_eq!(lost.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn the_page_of_a_policy_says_whom_nobody_can_meet() {
    let office = Office::open("unmet").await;
    let mut ravi = office.browser(office.ravi).await;
    let path = format!("/policies/{}", office.policy);
    // Jo is the only verifier, and nobody meets themselves.
    let before = ravi.get(&path).await.text;
    assert!(before.contains("1 person in Europe/Berlin has no verifier"), "{before}");
    let store = &office.company.context().store;
    let tx = store.begin().await.unwrap();
    let mut maria = people::get(&*tx, office.maria).await.unwrap();
    maria.zone = "Pacific/Auckland".into();
    muster_store::save(&tx, maria).await.unwrap();
    tx.commit().await.unwrap();
    let page = ravi.get(&path).await.text;
    assert!(page.contains("1 person in Pacific/Auckland has no verifier"), "{page}");
    assert!(page.contains("Give somebody with such hours the role verifier"), "{page}");
}

/// Looks at a preview until it is there: it is computed on a thread of its own.
async fn looked(browser: &mut Browser, path: &str) -> String {
    let began = std::time::Instant::now();
    loop {
        let page = browser.get(path).await;
        assert_eq!(page.status, StatusCode::OK);
        if page.headers.get("refresh").is_none() {
            return page.text;
        }
        assert!(page.text.contains("<progress"), "{}", page.text);
        assert!(began.elapsed().as_secs() < 60, "a preview of eight people");
        std::thread::yield_now();
    }
}

#[tokio::test]
async fn hr_previews_a_draft_and_proposes_it_and_nobody_else_sees_it() {
    let office = Office::open("preview").await;
    let mut ravi = office.browser(office.ravi).await;
    let version = ravi.get(&format!("/policies/draft?version={}", office.policy)).await;
    assert!(version.text.contains("&quot;Standard&quot;"), "{}", version.text);
    let text =
        policies::get(office.company.context().store.read(), office.policy).await.unwrap().text;
    // The people of this story have no attribute columns.
    let text = text.replace("x_access ne \"elevated\"", "employee_id pr");
    let faulty = text.replace("law = \"cadence\"", "law = \"cadnce\"");
    assert_ne!(faulty, text);
    let with = |text: &str, act: &str| -> Vec<(&'static str, String)> {
        [("text", text), ("weeks", "6"), ("seed", "2"), ("act", act)]
            .map(|(name, value)| (name, value.to_owned()))
            .to_vec()
    };
    let sent = with(&faulty, "preview");
    let sent: Vec<(&str, &str)> = sent.iter().map(|(n, v)| (*n, v.as_str())).collect();
    let page = ravi.post("/policies/draft", &sent).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        page.text.contains("did you mean &#x60;cadence&#x60;?") && page.text.contains("cadnce"),
        "{}",
        page.text
    );

    let draft = text.replace("mean_gap_days = 42", "mean_gap_days = 12");
    assert_ne!(draft, text);
    let sent = with(&draft, "preview");
    let sent: Vec<(&str, &str)> = sent.iter().map(|(n, v)| (*n, v.as_str())).collect();
    let begun = ravi.post("/policies/draft", &sent).await;
    let path = begun.leads_to().to_owned();
    assert!(path.starts_with("/policies/previews/"), "{}", begun.text);
    let page = looked(&mut ravi, &path).await;
    for said in [
        "Preview of Standard",
        "Gaps between check-ins",
        "role=\"img\"",
        "The same as a table",
        "What changes against the version in force",
        "policy.cadence.mean_gap_days",
        "Check-ins a person and year",
    ] {
        assert!(page.contains(said), "{said}: {page}");
    }
    let mut uma = office.browser(office.uma).await;
    assert_eq!(uma.get(&path).await.status, StatusCode::FORBIDDEN, "HR alone");
    let again = ravi.get(&path.replace("/policies/previews/", "/policies/draft?preview=")).await;
    assert!(again.text.contains("mean_gap_days &#x3D; 12"));
    let done = ravi.post(&format!("{path}/propose"), &[]).await;
    let waiting = ravi.get(done.leads_to()).await;
    assert!(waiting.text.contains("You proposed this"), "{}", waiting.text);
    office.company.clock.advance_minutes(61);
    let mut ravi = office.browser(office.ravi).await;
    assert_eq!(ravi.get(&path).await.status, StatusCode::NOT_FOUND, "kept for an hour");
}
