//! The evidence page as each role reads it, exceptions by form, the catalogue for everybody.

use super::office::Office;
use axum::http::StatusCode;
use muster_domain::case::CaseCause;
use muster_domain::check_in::{Outcome, Presence};
use muster_domain::id::{CaseId, CheckInId};
use muster_domain::judging::{
    AccessClass, Claim, ClaimStatus, DeclaredPlace, Fact, Gathered, JudgingInput, NetworkFacts,
    NoFact, Point, Region, RoundTrips, Surroundings, judge,
};
use muster_store::entities::attestation;
use muster_store::{Owner, Place, check_ins};

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

/// What judging was given: a place in Porto shared over a line that is thought to end in Frankfurt, answered
/// in 10 ms to a server in Amsterdam; at home in Lisbon.
async fn keep_input(office: &Office, case: CaseId, coarse: bool) {
    let context = office.company.context();
    let now = context.now();
    let row = muster_store::cases::find(context.store.read(), case).await.unwrap().unwrap();
    let about = check_ins::get(context.store.read(), CheckInId(row.check_in_id)).await.unwrap();
    let point = |latitude, longitude| Point::from_degrees(latitude, longitude).unwrap();
    let place = |at| DeclaredPlace {
        point: Some(at),
        radius_metres: 25_000,
        country: "PT".parse().ok(),
        region: Region::default(),
        valid_from: None,
        valid_until: None,
    };
    let claim = Claim {
        status: ClaimStatus::Ok,
        point: Some(point(41.15, -8.61)),
        accuracy_metres: Some(30),
        country: None,
        region: Region::default(),
        browser_time_zone: None,
        network: None,
        gathered: Gathered::default(),
        signature_good: true,
        observed_at: now,
    };
    let input = JudgingInput {
        judged_at: now,
        kind: about.why(),
        attempt: 1,
        clocks: about.clocks(),
        sightings: Vec::new(),
        attendance_settings: Default::default(),
        circumstances: Default::default(),
        fault_evidence: Default::default(),
        claim: Some(claim.clone()),
        declared: vec![place(point(38.72, -9.14))],
        surroundings: Surroundings {
            network: Some(NetworkFacts {
                point: Fact::Known { value: point(50.11, 8.68), age_days: 45, is_old: false },
                class: Fact::given(AccessClass::Residential),
                ..NetworkFacts::missing(NoFact::NoPack)
            }),
            server: Some(point(52.37, 4.9)),
            round_trips: RoundTrips { tcp_min_us: None, app_min_us: Some(10_000) },
            ..Surroundings::default()
        },
        form: None,
        required: Vec::new(),
        history: Vec::new(),
        exceptions: Vec::new(),
        joined_at: None,
        settings: Default::default(),
    };
    let input = if coarse { input.coarse() } else { input };
    let tx = context.store.begin().await.unwrap();
    check_ins::keep_judgement(&tx, &about, &input, &judge(&input)).await.unwrap();
    let id = uuid::Uuid::from_bytes(context.store.entropy().bytes());
    let column = Place { table: "attestation", column: "claim", row: id };
    let attested = attestation::Model {
        id,
        check_in_id: about.id,
        status: "ok".into(),
        claim: tx.seal(Owner::Person(about.person()), column, &claim).await.unwrap(),
        coarse,
        at_ms: now.0,
        record: None,
        passkey: None,
    };
    muster_store::insert(&tx, attested).await.unwrap();
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn the_map_shows_hr_the_places_and_security_the_network_and_light_too() {
    let office = Office::open("evidence_map").await;
    let id = office.met(Outcome::NeedsReview, CaseCause::NeedsReview, Presence::Confirmed).await;
    keep_input(&office, id, false).await;
    let path = format!("/cases/{id}/evidence");
    let mut ravi = office.browser(office.ravi).await;
    ravi.post(&path, &[]).await;
    let page = ravi.get(&path).await;
    for said in [
        "map-claim",
        "within 30 m in 95 of 100 cases.",
        "in PT, with 25 km around it.",
        "274 km from Shared place.",
    ] {
        assert!(page.text.contains(said), "{said}: {}", page.text);
    }
    assert!(!page.text.contains("map-network") && !page.text.contains("map-server"));
    let mut sam = office.browser(office.sam).await;
    sam.post(&path, &[]).await;
    let page = sam.get(&path).await;
    // (10 + 1) ms of 99.93 km each.
    for said in [
        "map-network",
        "within 300 km for three in four such lines; data 45 days old.",
        "light comes 1099 km far",
        "45 days",
        "the data about addresses is not installed",
    ] {
        assert!(page.text.contains(said), "{said}: {}", page.text);
    }
    assert!(!page.text.contains("style=\""), "no inline style");
}

#[tokio::test]
async fn of_a_place_past_its_days_the_map_shows_the_area_only() {
    let office = Office::open("evidence_area").await;
    let id = office.met(Outcome::NeedsReview, CaseCause::NeedsReview, Presence::Confirmed).await;
    keep_input(&office, id, true).await;
    let path = format!("/cases/{id}/evidence");
    let mut sam = office.browser(office.sam).await;
    sam.post(&path, &[]).await;
    let page = sam.get(&path).await;
    assert!(page.text.contains("only its area is left, some 5 km wide."), "{}", page.text);
    assert!(page.text.contains("The exact place was deleted on its date"));
    assert!(!page.text.contains("95 of 100 cases"));
}
