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
    // Whom the mails ask stands on the page of one's part, with the days of this installation.
    let page = browser.get("/help/employee").await;
    assert!(page.text.contains("30 days") && page.text.contains("730 days"));
}

#[tokio::test]
async fn pages_say_the_days_of_this_installation_and_not_the_defaults() {
    let mut company = Company::open("help-days").await;
    company.keeps(|days| {
        days.exact_place = 7;
        days.place_area = 21;
        days.session_detail = 44;
    });
    let anna = company.person("Anna Lind", None, &[]).await;
    let mut browser = company.signed_in(anna).await;
    assert!(browser.get("/about").await.text.contains("The exact point is kept 7 days"));
    let help = browser.get("/help/employee").await.text;
    assert!(help.contains("<dd>7 days</dd>") && help.contains("<dd>44 days</dd>"), "{help}");
    let notice = browser.get("/notice").await.text;
    assert!(notice.contains("Your manager sees it. Kept 44 days."), "{notice}");
    assert!(notice.contains("kept 7 days, then the area, until 21 days are over"), "{notice}");
}
