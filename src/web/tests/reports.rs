//! Reports of other systems as security reads them, and withdrawing one by form.

use super::company::Company;
use crate::acts::external_findings::{Taken, take};
use crate::acts::tokens;
use axum::http::StatusCode;
use muster_domain::external::Signature;
use muster_domain::person::{Role, TokenScope};

/// Sends one about this person and answers its id.
async fn send(company: &Company, employee_id: &str) -> uuid::Uuid {
    let (context, scope) = (company.context(), TokenScope::ExternalFindings);
    let token = tokens::create(context, None, "endpoint protection", scope, 90).await.unwrap();
    let now = context.now();
    let body = serde_json::json!({
        "id": "edr-1", "employee_id": employee_id, "kind": "kvm_hint", "severity": "high",
        "at": now.timestamp().to_string(), "detail": "a second keyboard",
    });
    let (body, key) = (body.to_string(), token.signing_key.unwrap());
    let signed = Signature::sign(&key, now.0 / 1_000, body.as_bytes()).to_string();
    match take(context, &token.row, &signed, body.as_bytes()).await.unwrap() {
        Taken::New(id) => id,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_report_is_read_and_withdrawn_by_two_of_security() {
    let company = Company::open("reports_page").await;
    let siri = company.person("Siri Watch", None, &[Role::Security]).await;
    let sven = company.person("Sven Guard", None, &[Role::Security]).await;
    let anna = company.person("Anna Lind", None, &[]).await;
    let db = company.context().store.read();
    let anna = muster_store::people::get(db, anna).await.unwrap().employee_id;
    let (mut siri, mut sven) = (company.signed_in(siri).await, company.signed_in(sven).await);
    let page = siri.get("/external-findings").await;
    assert!(page.text.contains("No report waits"), "{}", page.text);
    let id = send(&company, &anna).await;
    assert!(siri.get("/links").await.text.contains("href=\"/external-findings\""));
    let path = format!("/external-findings/{id}");
    let page = siri.get("/external-findings").await;
    assert!(page.text.contains("Anna Lind: Signs of a KVM switch"), "{}", page.text);
    assert!(!page.text.contains("a second keyboard"), "what was written stands on its own page");
    let page = siri.get(&path).await;
    assert!(page.text.contains("a second keyboard") && page.text.contains("asks for a human look"));
    assert!(page.text.contains("endpoint protection"), "{}", page.text);

    let wrong = siri.post(&format!("{path}/withdraw"), &[("reason", "oops <b>")]).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.text.contains("oops &lt;b&gt;") && wrong.text.contains("three words"));
    let reason = [("reason", "our own help desk did it")];
    let asked = siri.post(&format!("{path}/withdraw"), &reason).await;
    assert_eq!(asked.status, StatusCode::SEE_OTHER);
    let page = siri.get(&path).await;
    assert!(page.text.contains("Take it back") && !page.text.contains("/agree\""), "not alone");
    let page = sven.get(&path).await;
    assert!(page.text.contains("our own help desk did it") && page.text.contains("/agree\""));
    assert_eq!(sven.post(&format!("{path}/agree"), &[]).await.status, StatusCode::SEE_OTHER);
    let page = siri.get(&path).await;
    assert!(page.text.contains("no session is judged with it"), "{}", page.text);
    assert!(!page.text.contains("<form method=\"post\" action=\"/external-findings"));
    let nowhere = siri.get("/external-findings/3b0c7f1e-0000-4000-8000-000000000001").await;
    assert_eq!(nowhere.status, StatusCode::NOT_FOUND);
}
