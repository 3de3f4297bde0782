//! Keys of independent holders over HTTP: nobody signs in, a key proves itself, nothing else is taken.

use super::company::{Company, Page};
use axum::body::Body;
use axum::http::Method;
use muster_domain::draw::{ChainKey, TipFile};
use muster_store::chains::{state, tip};
use muster_store::entities::draw_chain;

async fn post(company: &Company, body: &str) -> Page {
    let mut browser = company.browser();
    let request = browser.request(Method::POST, "/api/holders/releases");
    let request = request.header("content-type", "application/json");
    browser.send(request.body(Body::from(body.to_owned())).unwrap()).await
}

async fn with_holder(company: &Company) -> TipFile {
    let id = uuid::Uuid::from_u128(5);
    let now = company.context().now();
    let first = now.date_in(&jiff::tz::TimeZone::UTC).yesterday().unwrap();
    let tip_key = ChainKey::from_bytes([4; 32]);
    let file = TipFile::begin("works-council", &id.to_string(), first, 30, tip_key).unwrap();
    let tx = company.context().store.begin().await.unwrap();
    let row = draw_chain::Model {
        id,
        holder: "works-council".into(),
        first_date: first.to_string(),
        length: 30,
        anchor: file.public.anchor.k0.to_hex(),
        created_ms: now.0,
        tip: tip::HOLDER.into(),
        state: state::ACTIVE.into(),
        asked_by: None,
        ended_ms: None,
    };
    muster_store::insert(&tx, row).await.unwrap();
    tx.commit().await.unwrap();
    file
}

#[tokio::test]
async fn a_key_that_proves_itself_is_kept_once_and_nothing_else_is_taken() {
    let company = Company::open("holders_api").await;
    let file = with_holder(&company).await;
    let now = company.context().now();
    let today = now.date_in(&jiff::tz::TimeZone::UTC);
    let release = serde_json::to_string(&file.release(today, now).unwrap()).unwrap();
    for (body, status) in [
        (String::new(), 400),
        ("{}".to_owned(), 400),
        ("x".repeat(5_000), 400),
        (release.replace(&today.to_string(), &today.yesterday().unwrap().to_string()), 409),
        (release.replace("0005\"", "0006\""), 409),
    ] {
        let page = post(&company, &body).await;
        assert_eq!(page.status.as_u16(), status, "{body}: {}", page.text);
        assert!(page.text.contains("\"title\""), "a program reads why");
    }
    let kept = post(&company, &release).await;
    assert!(kept.status.is_success() && kept.text.contains("\"kept\""), "{}", kept.text);
    assert!(!kept.headers.contains_key("set-cookie"));
    assert!(post(&company, &release).await.text.contains("\"known\""));
}

#[tokio::test]
async fn an_address_that_tries_too_often_is_told_to_wait() {
    let company = Company::open("holders_api_pace").await;
    let mut statuses = Vec::new();
    for _ in 0..25 {
        statuses.push(post(&company, "{}").await.status.as_u16());
    }
    assert_eq!((statuses[0], statuses[24]), (400, 429));
}
