//! The cards' pages, the second device's page, and what HR keeps away from somebody's tasks.

use super::company::Company;
use super::meeting::{START_IN_MINUTES, Scene};
use crate::acts::challenges::phone;
use crate::acts::sightings::{self, RoomChange};
use crate::acts::verify;
use crate::web::router;
use axum::http::StatusCode;
use muster_domain::challenge::Catalogue;
use muster_domain::judging::attendance::Party;
use muster_domain::person::Role;
use muster_store::evidence;
use std::sync::Arc;

#[tokio::test]
async fn security_takes_a_card_out_and_the_auditor_reads_why() {
    let company = Company::open("cards").await;
    let sam = company.person("Sam Okoye", None, &[Role::Security]).await;
    let ada = company.person("Ada Auer", None, &[Role::Auditor]).await;
    let (mut sam, mut ada) = (company.signed_in(sam).await, company.signed_in(ada).await);
    let list = sam.get("/challenges").await;
    assert!(
        list.text.contains("href=\"/challenges/cheeks\"") && list.text.contains("Surroundings")
    );
    let card = sam.get("/challenges/cheeks").await;
    assert!(card.text.contains("Take it out") && card.text.contains("a face put over another"));
    let short = sam.post("/challenges/cheeks/retire", &[("reason", "it's worn")]).await;
    assert_eq!(short.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(short.text.contains("it&#x27;s worn") && short.text.contains("at least three words"));
    let done = sam.post("/challenges/cheeks/retire", &[("reason", "shown in a video")]).await;
    assert_eq!(done.leads_to(), "/challenges/cheeks");
    let read = ada.get("/challenges/cheeks").await;
    assert!(read.text.contains("Sam Okoye took it out") && read.text.contains("shown in a video"));
    assert!(!read.text.contains("Bring it back"), "an auditor changes nothing");
    assert!(ada.get("/challenges").await.text.contains("taken out"));
    let back = sam.post("/challenges/cheeks/restore", &[("reason", "the video is gone")]).await;
    assert_eq!(back.status, StatusCode::SEE_OTHER);
    assert!(!ada.get("/challenges").await.text.contains("taken out"));
    assert_eq!(sam.get("/challenges/no-such").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_phone_shows_the_code_that_the_verifier_sees_and_needs_no_account() {
    let mut scene = Scene::open("phone").await;
    let mut catalogue = Catalogue::default();
    catalogue
        .templates
        .retain(|c| ["cheeks", "blank-wall", "phone-code-with-laptop"].contains(&c.id.as_str()));
    let web = &mut scene.company.web;
    let mut settings = (*web.context.settings).clone();
    settings.challenges = Arc::new(catalogue);
    web.context.settings = Arc::new(settings);
    scene.company.router = router(scene.company.web.clone());
    scene.company.clock.advance_minutes(START_IN_MINUTES);
    let context = scene.company.context().clone();
    for (who, connection) in [(Party::Employee, 1), (Party::Verifier, 2)] {
        let connection = uuid::Uuid::from_u128(connection);
        let change =
            RoomChange { check_in: scene.id, who, connection, joined: true, at: context.now() };
        sightings::in_room(&context, &change).await.unwrap();
    }
    let mut jo = scene.company.signed_in(scene.jo).await;
    let session = format!("/verifier/sessions/{}", scene.id);
    // The code follows from the moment it is shown at, however often the clock is looked at meanwhile.
    scene.company.clock.move_at_each_look(1);
    for n in 1..=3 {
        let shown = jo.post(&format!("{session}/challenges/{n}"), &[]).await;
        assert_eq!(shown.status, StatusCode::NO_CONTENT);
    }
    scene.company.clock.move_at_each_look(0);
    let tasks = evidence::challenges(context.store.read(), scene.id).await.unwrap();
    let detail = verify::detail(&tasks[2]).unwrap();
    let (read, _) = phone::instructions(&context, &tasks[2], &detail);
    assert!(read.contains("localhost:8080/phone"), "{read}");
    let code = read.split("type ").nth(1).unwrap().split('.').next().unwrap().to_owned();
    let room = jo.get(&format!("{session}/room")).await;
    assert!(!room.text.contains(&code[..4]) && room.text.contains("has not been opened yet"));

    let mut phone = scene.company.browser();
    assert!(phone.get("/phone").await.text.contains("name=\"phone_code\""));
    let wrong = phone.post("/phone", &[("phone_code", "NOT-IT")]).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.text.contains("value=\"NOT-IT\"") && wrong.text.contains("does not fit"));
    let open = phone.post("/phone", &[("phone_code", &code)]).await;
    assert_eq!(open.status, StatusCode::SEE_OTHER);
    let page = phone.get(open.leads_to()).await;
    assert_eq!(page.headers["refresh"], "5");
    assert!(!page.text.contains("Anna") && !page.text.contains("Jo Park"), "it names nobody");
    let told = jo.get(&format!("{session}/phone")).await.text;
    let moving = told.split("shows ").nth(1).unwrap()[..4].to_owned();
    assert!(page.text.contains(&format!("<span class=\"code\">{moving}</span>")), "{told}");
    let other = phone.get(&format!("/phone/{}", "0".repeat(32))).await;
    assert!(other.text.contains("This is over") && !other.headers.contains_key("refresh"));

    let answered = jo.post(&format!("{session}/challenges/2/answered"), &[]).await;
    assert_eq!(answered.status, StatusCode::NO_CONTENT);
    let tasks = evidence::challenges(context.store.read(), scene.id).await.unwrap();
    assert_eq!(tasks[1].answered_ms, Some(context.now().0));
    assert_eq!(tasks[0].answered_ms, None);
    let mut anna = scene.company.signed_in(scene.anna).await;
    assert_eq!(anna.get(&format!("{session}/phone")).await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn hr_says_what_tasks_leave_out_and_the_verifier_reads_only_what_talking_needs() {
    let scene = Scene::open("accommodations").await;
    let ravi = scene.company.person("Rita Rao", None, &[Role::Hr]).await;
    let mut ravi = scene.company.signed_in(ravi).await;
    let person = format!("/people/{}", scene.anna);
    let flags = [
        ("accommodation", "no_window"),
        ("accommodation", "no_hearing"),
        ("accommodation", "made_up"),
    ];
    let done = ravi.post(&format!("{person}/accommodations"), &flags).await;
    assert_eq!(done.leads_to(), person);
    let page = ravi.get(&person).await;
    assert_eq!(page.text.matches(" checked").count(), 2);
    scene.company.clock.advance_minutes(START_IN_MINUTES - 5);
    let mut jo = scene.company.signed_in(scene.jo).await;
    let join = jo.get(&format!("/verifier/sessions/{}", scene.id)).await;
    assert!(join.text.contains("Write the questions, or sign them."), "{}", join.text);
    assert!(!join.text.contains("window"), "why a card does not come is nobody's matter");
}
