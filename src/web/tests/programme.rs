//! The programme's health and objections by pages: what is shown, to whom, and that no date that still
//! runs shows in it.

use super::office::Office;
use crate::acts::cases::fixtures::check_in;
use axum::http::StatusCode;
use muster_domain::check_in::Outcome;
use muster_store::entities::draw_day;

async fn day(office: &Office, label: &str, result: &str) {
    let tx = office.company.context().store.begin().await.unwrap();
    let row = draw_day::Model {
        person_id: office.maria.0,
        label: label.into(),
        result: result.into(),
        k: 1,
    };
    muster_store::insert(&tx, row).await.unwrap();
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn hr_reads_how_the_programme_does_and_what_to_do() {
    let office = Office::open("programme").await;
    let mut ravi = office.browser(office.ravi).await;
    let quiet = ravi.get("/programme").await;
    assert_eq!(quiet.status, StatusCode::OK, "{}", quiet.text);
    for says in [
        "0 sent in seven days; none waits.",
        "Everybody whom a draw hit in 30 days could be met.",
        "The coming weeks",
        "None waits for an answer.",
    ] {
        assert!(quiet.text.contains(says), "{says}: {}", quiet.text);
    }
    day(&office, "2026-11-20", "uncovered").await;
    day(&office, "2026-11-24", "shielded").await;
    // It is Tuesday noon, 1 December: that date is not over everywhere.
    day(&office, "2026-12-01", "uncovered").await;
    let page = ravi.get("/programme").await.text;
    for says in [
        "once no verifier was free, once they had too little free time",
        "2026-11-20",
        "2026-11-24",
    ] {
        assert!(page.contains(says), "{says}: {page}");
    }
    assert!(!page.contains("2026-12-01"), "{page}");
    for other in [office.dana, office.sam, office.ines, office.alex, office.maria] {
        assert_eq!(
            office.browser(other).await.get("/programme").await.status,
            StatusCode::FORBIDDEN
        );
    }
    let auditor = office.browser(office.ines).await.get("/coverage").await.text;
    assert!(auditor.contains("href=\"/policies\"") && auditor.contains("href=\"/cases\""));
}

#[tokio::test]
async fn an_objection_is_read_and_answered_from_outside() {
    let office = Office::open("objection").await;
    let company = office.company.context();
    let about = check_in(company, office.maria, office.policy, Outcome::Missed, None).await;
    let mut maria = office.browser(office.maria).await;
    let sent = maria
        .post(&format!("/check-ins/{about}/dispute"), &[("dispute", "I was there at 14:35")])
        .await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.text);
    let path = format!("/objections/{about}");
    let mut ravi = office.browser(office.ravi).await;
    assert!(ravi.get("/objections").await.text.contains(&path));
    assert!(
        ravi.get("/programme")
            .await
            .text
            .contains("1 wait for an answer, none longer than promised.")
    );
    assert!(ravi.get(&path).await.text.contains("I was there at 14:35"));
    let short = ravi.post(&path, &[("answer", "No")]).await;
    assert_eq!(short.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(short.text.contains("No</textarea>") && short.text.contains("id=\"answer-error\""));
    for inside in [office.dana, office.maria, office.jo, office.ines] {
        assert_eq!(office.browser(inside).await.get(&path).await.status, StatusCode::FORBIDDEN);
    }
    let done = ravi.post(&path, &[("answer", "We looked: our room was down.")]).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
    let again = ravi.post(&path, &[("answer", "And once more, twice sent")]).await;
    assert_eq!(again.status, StatusCode::CONFLICT);
}
