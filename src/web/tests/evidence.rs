//! The evidence page as each role reads it, exceptions by form, the catalogue for everybody.

use super::office::Office;
use axum::http::StatusCode;
use muster_domain::case::CaseCause;
use muster_domain::check_in::{Outcome, Presence};

const PLACE: &str = "The point lies 310 km outside";
const RELAY: &str = "The line ends at a relay";

#[tokio::test]
async fn the_evidence_page_tells_each_reader_what_he_may_know() {
    let office = Office::open("evidence_page").await;
    let id = office.met(Outcome::NeedsReview, CaseCause::NeedsReview, Presence::Confirmed).await;
    let (case, path) = (format!("/cases/{id}"), format!("/cases/{id}/evidence"));
    let mut ravi = office.browser(office.ravi).await;
    assert_eq!(ravi.get(&path).await.status, StatusCode::CONFLICT, "it is opened first");
    ravi.post(&path, &[]).await;
    let page = ravi.get(&path).await;
    assert!(page.text.contains(PLACE) && page.text.contains("310 km"), "{}", page.text);
    assert!(!page.text.contains(RELAY) && page.text.contains("What happened when"));
    let mut sam = office.browser(office.sam).await;
    sam.post(&path, &[]).await;
    let page = sam.get(&path).await;
    assert!(page.text.contains(PLACE) && page.text.contains(RELAY));
    assert!(
        page.text.contains("Where somebody works")
            && page.text.contains("The way the network takes")
    );

    // The manager sees that something did not fit, and neither numbers nor a map.
    let mut dana = office.browser(office.dana).await;
    let page = dana.get(&case).await;
    assert!(page.text.contains("See what did not fit"), "{}", page.text);
    let page = dana.get(&path).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(
        !page.text.contains("310 km")
            && !page.text.contains(RELAY)
            && !page.text.contains("<svg class=\"map")
    );
    assert!(page.text.contains("a manager never sees one"), "{}", page.text);
    for (nobody, status) in
        [(office.uma, StatusCode::NOT_FOUND), (office.maria, StatusCode::FORBIDDEN)]
    {
        assert_eq!(office.browser(nobody).await.get(&path).await.status, status);
    }
}

#[tokio::test]
async fn an_exception_is_asked_for_by_form_and_confirmed_by_a_second_person() {
    let office = Office::open("exceptions_page").await;
    let mut ravi = office.browser(office.ravi).await;
    let page = ravi.get("/exceptions?person=maria&covers=rule:ip-hosting").await;
    assert!(
        page.text.contains("value=\"maria\"")
            && page.text.contains("value=\"rule:ip-hosting\" selected")
    );
    let wrong =
        [("person", "maria"), ("covers", "rule:ip-hosting"), ("reason", "so"), ("ends", "soon")];
    let page = ravi.post("/exceptions", &wrong).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        page.text.contains("at least three words") && page.text.contains("value=\"soon\""),
        "{}",
        page.text
    );
    let ends = office.company.context().now().plus_minutes(60 * 24 * 60);
    let ends = ends.date_in(&jiff::tz::TimeZone::UTC).to_string();
    let right = [
        ("person", "maria"),
        ("covers", "rule:ip-hosting"),
        ("reason", "Works on a cloud desktop of ours"),
        ("ends", ends.as_str()),
        ("asn", "64500"),
    ];
    assert_eq!(ravi.post("/exceptions", &right).await.status, StatusCode::SEE_OTHER);
    let page = ravi.get("/exceptions").await;
    assert!(
        page.text.contains("waits for a second person") && page.text.contains("over network 64500")
    );
    assert!(!page.text.contains("Confirm it"), "not by whoever asked");
    let mut sam = office.browser(office.sam).await;
    let page = sam.get("/exceptions").await;
    let at = page.text.find("/exceptions/").expect("a form");
    let id: String = page.text[at + 12..].chars().take(36).collect();
    assert_eq!(
        sam.post(&format!("/exceptions/{id}/confirm"), &[]).await.status,
        StatusCode::SEE_OTHER
    );
    assert!(sam.get("/exceptions").await.text.contains("in force"));
    // The auditor reads and changes nothing; nobody else comes in.
    let page = office.browser(office.ines).await.get("/exceptions").await;
    assert!(page.text.contains("in force") && !page.text.contains("End it now"));
    assert!(!page.text.contains("Ask for an exception"));
    assert_eq!(
        office.browser(office.dana).await.get("/exceptions").await.status,
        StatusCode::FORBIDDEN
    );
    assert_eq!(
        ravi.post(&format!("/exceptions/{id}/end"), &[]).await.status,
        StatusCode::SEE_OTHER
    );
    assert!(ravi.get("/exceptions").await.text.contains("ended"));
}

#[tokio::test]
async fn what_we_check_and_why_is_open_to_everybody_and_its_record_is_not() {
    let office = Office::open("rules_page").await;
    let page = office.company.browser().get("/rules").await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.text.contains("What settles it:") && page.text.contains("rtt-refutes-claim"));
    assert!(office.company.browser().get("/help").await.text.contains("href=\"/rules\""));
    let mut maria = office.browser(office.maria).await;
    assert!(maria.get("/notice").await.text.contains("href=\"/rules\""));
    assert_eq!(maria.get("/rules/record").await.status, StatusCode::FORBIDDEN);
    let page = office.browser(office.ines).await.get("/rules/record").await;
    assert_eq!(page.status, StatusCode::OK);
    let early = office.browser(office.sam).await.post("/rules/ip-hosting/demote", &[]).await;
    assert_eq!(early.status, StatusCode::CONFLICT);
}
