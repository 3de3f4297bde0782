//! Signing in: six digits, in the browser that asked, once, ten minutes.

use super::company::{Browser, Company};
use axum::http::StatusCode;
use muster_domain::id::PersonId;
use muster_store::entities::sign_in_code;
use uuid::Uuid;

async fn asked(company: &Company, browser: &mut Browser, person: PersonId) -> String {
    let page =
        browser.post("/sign-in", &[("address", "Anna@acme.example"), ("next", "/about")]).await;
    assert_eq!(page.leads_to(), "/sign-in/code?next=%2Fabout");
    company.newest_code(person).await.expect("a mail with six digits")
}

#[tokio::test]
async fn the_code_typed_with_its_blank_in_the_browser_that_asked_signs_in_and_comes_back() {
    let company = Company::open("sign-in").await;
    let anna = company.person("Anna Lind", None, &[]).await;
    let mut browser = company.browser();
    let first = browser.get("/check-ins/x?y=1").await;
    assert_eq!(first.leads_to(), "/sign-in?next=%2Fcheck-ins%2Fx%3Fy%3D1");
    assert_eq!(browser.get("/").await.leads_to(), "/sign-in");
    let code = asked(&company, &mut browser, anna).await;
    assert!(code.contains(' '), "{code}");
    let page = browser.get("/sign-in/code?next=%2Fabout").await;
    assert!(page.text.contains("Anna@acme.example"));
    let page = browser.post("/sign-in/code", &[("code", &code), ("next", "/about")]).await;
    assert_eq!((page.status, page.leads_to()), (StatusCode::SEE_OTHER, "/about"));
    assert!(browser.get("/").await.text.contains("Anna Lind"));
    // The same code again, in the same browser, signed out.
    let out = browser.post("/sign-out", &[]).await;
    assert_eq!(out.status, StatusCode::OK);
    assert_eq!(browser.get("/").await.leads_to(), "/sign-in");
    let again = browser.post("/sign-in/code", &[("code", &code)]).await;
    assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn the_code_is_worth_nothing_in_another_browser() {
    let company = Company::open("other-browser").await;
    let anna = company.person("Anna Lind", None, &[]).await;
    let (mut hers, mut other) = (company.browser(), company.browser());
    let code = asked(&company, &mut hers, anna).await;
    let page = other.post("/sign-in/code", &[("code", &code)]).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    // Asking too does not help: the code that counts there is its own.
    other.post("/sign-in", &[("address", "anna@acme.example")]).await;
    let page = other.post("/sign-in/code", &[("code", &code)]).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    let page = hers.post("/sign-in/code", &[("code", &code)]).await;
    assert_eq!(page.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn a_code_ends_after_ten_minutes_and_after_five_wrong_tries() {
    let company = Company::open("code-ends").await;
    let anna = company.person("Anna Lind", None, &[]).await;
    let mut browser = company.browser();
    let code = asked(&company, &mut browser, anna).await;
    company.clock.advance_minutes(10);
    let page = browser.post("/sign-in/code", &[("code", &code)]).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    let code = asked(&company, &mut browser, anna).await;
    let wrong = if code == "000 000" { "000 001" } else { "000 000" };
    for _ in 0..5 {
        let page = browser.post("/sign-in/code", &[("code", wrong)]).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    }
    let page = browser.post("/sign-in/code", &[("code", &code)]).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn an_unknown_address_hears_the_same_and_nobody_gets_mail() {
    let company = Company::open("unknown").await;
    let anna = company.person("Anna Lind", None, &[]).await;
    let (mut known, mut unknown) = (company.browser(), company.browser());
    let one = known.post("/sign-in", &[("address", "anna@acme.example")]).await;
    let two = unknown.post("/sign-in", &[("address", "nobody@acme.example")]).await;
    assert_eq!((one.status, one.leads_to()), (two.status, two.leads_to()));
    let (one, two) = (known.get("/sign-in/code").await, unknown.get("/sign-in/code").await);
    let same = |text: &str, csrf: &str| text.replace(csrf, "").replace("nobody@", "anna@");
    assert_eq!(same(&one.text, &one.hidden("csrf")), same(&two.text, &two.hidden("csrf")));
    assert!(company.newest_code(anna).await.is_some());
    let page = unknown.post("/sign-in", &[("address", "not an address")]).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.text.contains("not an address"), "what was typed is kept");
}

#[tokio::test]
async fn codes_for_one_address_run_out_whoever_asks() {
    let company = Company::open("rate").await;
    company.person("Anna Lind", None, &[]).await;
    for n in 0..7 {
        let mut browser = company.browser();
        let page = browser.post("/sign-in", &[("address", "anna@acme.example")]).await;
        let expected = if n < 6 { StatusCode::SEE_OTHER } else { StatusCode::TOO_MANY_REQUESTS };
        assert_eq!(page.status, expected, "request {n}");
    }
    company.clock.advance_minutes(15);
    let page = company.browser().post("/sign-in", &[("address", "anna@acme.example")]).await;
    assert_eq!(page.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn looking_at_the_pages_as_a_mail_scanner_does_uses_nothing_up() {
    let company = Company::open("scanner").await;
    let anna = company.person("Anna Lind", None, &[]).await;
    let mut browser = company.browser();
    let code = asked(&company, &mut browser, anna).await;
    let mut scanner = company.browser();
    for path in ["/", "/sign-in", "/sign-in/code", "/about"] {
        scanner.get(path).await;
        scanner.post_raw(path, &[("code", &code)]).await;
    }
    let page = browser.post("/sign-in/code", &[("code", &code)]).await;
    assert_eq!(page.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn a_code_made_by_an_administrator_signs_in_its_own_person_once() {
    let company = Company::open("admin-code").await;
    let anna = company.person("Anna Lind", None, &[]).await;
    company.person("Bela Ross", None, &[]).await;
    let context = company.context();
    let tx = context.store.begin().await.unwrap();
    let row = sign_in_code::Model {
        id: Uuid::from_bytes(context.store.entropy().bytes()),
        person_id: Some(anna.0),
        browser: String::new(),
        code_hash: crate::acts::sign_in::admin_code_hash("ABCD-EFGH"),
        purpose: crate::acts::sign_in::purpose::ADMIN.into(),
        created_ms: context.now().0,
        expires_ms: context.now().plus_minutes(30).0,
        wrong_tries: 0,
        used_ms: None,
    };
    muster_store::insert(&tx, row).await.unwrap();
    tx.commit().await.unwrap();
    let mut other = company.browser();
    other.post("/sign-in", &[("address", "bela@acme.example")]).await;
    let page = other.post("/sign-in/code", &[("code", "abcd efgh")]).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    let mut hers = company.browser();
    hers.post("/sign-in", &[("address", "anna@acme.example")]).await;
    let page = hers.post("/sign-in/code", &[("code", "abcd-efgh")]).await;
    assert_eq!(page.status, StatusCode::SEE_OTHER);
    let mut twice = company.browser();
    twice.post("/sign-in", &[("address", "anna@acme.example")]).await;
    let page = twice.post("/sign-in/code", &[("code", "ABCD-EFGH")]).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn a_session_ends_by_disuse_and_when_the_person_leaves() {
    let company = Company::open("session-ends").await;
    let anna = company.person("Anna Lind", None, &[]).await;
    let mut browser = company.signed_in(anna).await;
    for _ in 0..3 {
        company.clock.advance_minutes(90);
        assert_eq!(browser.get("/").await.status, StatusCode::OK);
    }
    company.clock.advance_minutes(121);
    assert_eq!(browser.get("/").await.leads_to(), "/sign-in");
    assert!(!browser.cookies.contains_key("muster"));
    let mut browser = company.signed_in(company.person("Bela Ross", None, &[]).await).await;
    let context = company.context();
    let bela = muster_store::people::by_employee_id(context.store.read(), "bela").await.unwrap();
    let tx = context.store.begin().await.unwrap();
    let gone = muster_store::entities::person::Model { state: "left".into(), ..bela.unwrap() };
    muster_store::save(&tx, gone).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(browser.get("/").await.leads_to(), "/sign-in");
}

#[tokio::test]
async fn signing_out_of_a_session_that_has_ended_says_so() {
    let company = Company::open("out-late").await;
    let anna = company.person("Anna Lind", None, &[]).await;
    let mut browser = company.signed_in(anna).await;
    let csrf = browser.get("/about").await.hidden("csrf");
    company.clock.advance_minutes(121);
    let page = browser.post_raw("/sign-out", &[("csrf", &csrf)]).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.text.contains("not used for a while") && !page.text.contains("Anna"));
}
