//! The employee's part of the token: made by the browser, taken once, and by nobody else's leave.

use super::company::Company;
use axum::http::StatusCode;
use muster_store::draw_tokens;

#[tokio::test]
async fn an_employee_adds_a_part_once_and_only_what_a_browser_would_make() {
    let company = Company::open("my-draws").await;
    let anna = company.person("Anna Lind", None, &[]).await;
    let mut browser = company.signed_in(anna).await;
    let page = browser.get("/me/draws").await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.text.contains("no signed checkpoint"), "before the first checkpoint");
    assert_eq!(browser.get("/me/draws.json").await.status, StatusCode::NOT_FOUND);
    for bad in ["", "abc", &"zz".repeat(32), &"ab".repeat(33)] {
        let answer = browser.post("/me/draws/nonce", &[("nonce", bad)]).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{bad}");
    }
    let nonce = "ab".repeat(32);
    for says in ["from the next date on", "is in your token already"] {
        let answer = browser.post("/me/draws/nonce", &[("nonce", &nonce)]).await;
        assert_eq!(answer.leads_to(), "/me/draws");
        assert!(browser.get("/me/draws").await.text.contains(says), "{says}");
    }
    let tokens = draw_tokens::of_person(company.context().store.read(), anna).await.unwrap();
    let waiting: Vec<_> = tokens.iter().filter(|t| t.used_from.is_none()).collect();
    assert_eq!((tokens.len(), waiting.len()), (2, 1), "used from the next boundary");
    let mut stranger = company.browser();
    assert!(stranger.get("/me/draws").await.leads_to().starts_with("/sign-in"));
}
