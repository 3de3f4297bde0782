//! The guides are read by whoever asks, linked where one is stuck, and say how long things are kept
//! on this installation.

use super::company::Company;
use axum::http::StatusCode;
use muster_messages::pages::help::GUIDES;

#[tokio::test]
async fn whoever_asks_reads_every_guide_without_signing_in() {
    let company = Company::open("help").await;
    let mut stranger = company.browser();
    let index = stranger.get("/help").await;
    assert_eq!(index.status, StatusCode::OK);
    assert!(!index.text.contains("your part"));
    for guide in GUIDES {
        let path = format!("/help/{}", guide.slug);
        assert!(index.text.contains(&format!("href=\"{path}\"")), "{path}");
        let page = stranger.get(&path).await;
        assert_eq!(page.status, StatusCode::OK, "{path}");
        assert!(page.text.contains(guide.title) && page.text.contains("In one minute"), "{path}");
        assert!(page.text.contains("the People team, extension 100"), "{path}");
    }
    assert_eq!(stranger.get("/help/nobody").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn pages_lead_to_their_guide_and_the_list_marks_ones_own_part() {
    let company = Company::open("help-links").await;
    let anna = company.person("Anna Lind", None, &[]).await;
    let mut browser = company.signed_in(anna).await;
    let home = browser.get("/").await;
    assert!(home.text.contains("/help/employee") && home.text.contains("href=\"/help\""));
    assert_eq!(browser.get("/help").await.text.matches("your part").count(), 1);
    assert!(browser.get("/sign-in").await.status != StatusCode::NOT_FOUND);
}
