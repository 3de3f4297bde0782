//! What holds on every route: headers, host, forms from our own pages only.

use super::company::{Company, HOST};
use axum::body::Body;
use axum::http::{Method, StatusCode, header};

#[tokio::test]
async fn a_form_of_another_site_or_without_our_token_changes_nothing() {
    let company = Company::open("csrf").await;
    let anna = company.person("Anna Lind", None, &[]).await;
    let mut browser = company.signed_in(anna).await;
    let csrf = browser.get("/about").await.hidden("csrf");
    let refused = [
        (format!("csrf={csrf}"), "http://evil.example", "same-origin"),
        (format!("csrf={csrf}"), "null", "same-origin"),
        (format!("csrf={csrf}"), "http://localhost:8080", "cross-site"),
        (format!("csrf={csrf}"), "http://localhost:8080", "same-site"),
        ("csrf=".to_owned(), "http://localhost:8080", "same-origin"),
        ("csrf=bm90IHRoZSB0b2tlbg".to_owned(), "http://localhost:8080", "same-origin"),
        (String::new(), "http://localhost:8080", "same-origin"),
    ];
    for (body, origin, site) in refused {
        let request = browser
            .request(Method::POST, "/sign-out")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(header::ORIGIN, origin)
            .header("sec-fetch-site", site)
            .body(Body::from(body.clone()))
            .unwrap();
        let page = browser.send(request).await;
        assert_eq!(page.status, StatusCode::FORBIDDEN, "{body} from {origin} ({site})");
    }
    assert_eq!(browser.get("/").await.status, StatusCode::OK, "still signed in");
    let somebody_elses = company.browser().get("/sign-in").await.hidden("csrf");
    let page = browser.post_raw("/sign-out", &[("csrf", &somebody_elses)]).await;
    assert_eq!(page.status, StatusCode::FORBIDDEN);
    let page = browser.post_raw("/sign-out", &[("csrf", &csrf)]).await;
    assert_eq!(page.status, StatusCode::OK);
}

#[tokio::test]
async fn another_host_name_is_not_served_and_probes_are() {
    let company = Company::open("host").await;
    let mut browser = company.browser();
    browser.host = "rebound.example".into();
    assert_eq!(browser.get("/about").await.status, StatusCode::MISDIRECTED_REQUEST);
    assert_eq!(browser.get("/").await.status, StatusCode::MISDIRECTED_REQUEST);
    assert_eq!(browser.get("/healthz").await.text, "alive\n");
    assert_eq!(browser.get("/readyz").await.text, "ready\n");
    assert_eq!(browser.get("/metrics").await.status, StatusCode::NOT_FOUND);
    browser.host = HOST.to_uppercase();
    assert_eq!(browser.get("/about").await.status, StatusCode::OK);
}

#[tokio::test]
async fn over_https_cookies_are_bound_to_the_host_and_never_readable_by_scripts() {
    let company = Company::at("https", "https://muster.acme.example").await;
    let mut browser = company.browser();
    browser.host = "muster.acme.example".into();
    let page = browser.get("/sign-in").await;
    let cookie = page.headers[header::SET_COOKIE].to_str().unwrap();
    assert!(cookie.starts_with("__Host-muster-browser="), "{cookie}");
    for part in ["; Path=/", "; HttpOnly", "; SameSite=Lax", "; Secure"] {
        assert!(cookie.contains(part), "{part} in {cookie}");
    }
    assert!(page.headers.contains_key(header::STRICT_TRANSPORT_SECURITY));
    let csp = page.headers[header::CONTENT_SECURITY_POLICY].to_str().unwrap();
    assert!(csp.contains("connect-src 'self' wss://muster.acme.example;"), "{csp}");
}

#[tokio::test]
async fn assets_have_their_type_and_are_sent_once() {
    let company = Company::open("assets").await;
    let mut browser = company.browser();
    let page = browser.get("/assets/js/room/room.js").await;
    assert_eq!(page.headers[header::CONTENT_TYPE], "text/javascript; charset=utf-8");
    assert!(page.headers.get(header::SET_COOKIE).is_none());
    let etag = page.headers[header::ETAG].clone();
    let request = browser
        .request(Method::GET, "/assets/js/room/room.js")
        .header(header::IF_NONE_MATCH, etag)
        .body(Body::empty())
        .unwrap();
    let page = browser.send(request).await;
    assert_eq!((page.status, page.text.as_str()), (StatusCode::NOT_MODIFIED, ""));
    for lost in ["/assets/", "/assets/nothing.js", "/assets/../Cargo.toml", "/assets/js"] {
        assert_eq!(browser.get(lost).await.status, StatusCode::NOT_FOUND, "{lost}");
    }
}

#[tokio::test]
async fn a_program_that_asks_for_json_gets_a_problem_and_no_page() {
    let company = Company::open("problem").await;
    let mut browser = company.browser();
    let request = browser
        .request(Method::GET, "/nowhere")
        .header(header::ACCEPT, "application/json")
        .body(Body::empty())
        .unwrap();
    let page = browser.send(request).await;
    assert_eq!(page.headers[header::CONTENT_TYPE], "application/problem+json");
    let problem: serde_json::Value = serde_json::from_str(&page.text).unwrap();
    assert_eq!((problem["status"].as_u64(), page.status), (Some(404), StatusCode::NOT_FOUND));
}
