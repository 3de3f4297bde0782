//! What programs post. Keys of independent holders: nobody signs in, a key proves itself, nothing else
//! is taken. Reports of other systems: under a token and a signature.

use super::company::{Company, Page};
use crate::acts::tokens;
use axum::body::Body;
use axum::http::Method;
use muster_domain::draw::{ChainKey, TipFile};
use muster_domain::external::Signature;
use muster_domain::person::TokenScope;
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

/// Posts a report with this token and signature.
async fn report(company: &Company, token: &str, signature: &str, body: &str) -> Page {
    let mut browser = company.browser();
    let request = browser
        .request(Method::POST, "/api/external-findings")
        .header("authorization", format!("Bearer {token}"))
        .header("muster-signature", signature);
    browser.send(request.body(Body::from(body.to_owned())).unwrap()).await
}

#[tokio::test]
async fn a_report_of_another_system_is_answered_as_documented() {
    let company = Company::open("external_api").await;
    company.person("Anna Lind", None, &[]).await;
    let context = company.context();
    let scope = TokenScope::ExternalFindings;
    let token = tokens::create(context, None, "endpoint protection", scope, 90).await.unwrap();
    let employee = muster_store::people::active(context.store.read()).await.unwrap().remove(0);
    let at = context.now().timestamp().to_string();
    let body = serde_json::json!({
        "id": "edr-1", "employee_id": employee.employee_id, "kind": "kvm_hint",
        "severity": "medium", "at": at,
    })
    .to_string();
    let sign = |seconds: i64, body: &str| {
        let key = token.signing_key.as_deref().unwrap();
        let signed_s = context.now().0 / 1_000 + seconds;
        Signature::sign(key, signed_s, body.as_bytes()).to_string()
    };
    let bad = body.replace("kvm_hint", "gossip");
    let long = "x".repeat(9_000);
    let cases = [
        ("muster_nothing", sign(0, &body), &body, 401, "no-token"),
        (token.secret.as_str(), String::new(), &body, 403, "Muster-Signature"),
        (token.secret.as_str(), sign(0, &bad), &body, 403, "does not fit the body"),
        (
            token.secret.as_str(),
            sign(0, &bad),
            &bad,
            422,
            "\"accepted\":\"remote_control_tool, kvm_hint",
        ),
        (token.secret.as_str(), sign(0, &long), &long, 413, "8 KiB"),
        (token.secret.as_str(), sign(0, &body), &body, 201, "\"taken\""),
        (token.secret.as_str(), sign(0, &body), &body, 409, "seen-before"),
        (token.secret.as_str(), sign(1, &body), &body, 200, "\"known\""),
    ];
    for (token, signature, body, status, said) in cases {
        let page = report(&company, token, &signature, body).await;
        assert_eq!(page.status.as_u16(), status, "{}", page.text);
        assert!(page.text.contains(said), "{said}: {}", page.text);
        let is_problem = page.headers["content-type"] == "application/problem+json";
        assert_eq!(is_problem, status >= 400, "{status}");
        assert!(!page.headers.contains_key("set-cookie"));
    }
}
