//! A verifier falls out, told from the pages of the three people concerned.

use super::company::Browser;
use super::meeting::{START_IN_MINUTES, Scene, heard};
use crate::acts::stand_by;
use crate::web::room::Side;
use axum::http::StatusCode;
use muster_domain::id::PersonId;
use muster_domain::person::Role;
use muster_store::{check_ins, people};

/// Anna is through with everything and waits; the room is open.
async fn anna_waits(scene: &Scene) -> Browser {
    scene.company.clock.advance_minutes(START_IN_MINUTES - 5);
    let mut anna = scene.company.signed_in(scene.anna).await;
    scene.prepare(&mut anna).await;
    let base = format!("/check-ins/{}", scene.id);
    let nonce = anna.get(&format!("{base}/place")).await.hidden("nonce");
    let fields = [("nonce", nonce.as_str()), ("status", "declined")];
    assert_eq!(anna.post(&format!("{base}/place"), &fields).await.status, StatusCode::OK);
    anna
}

/// What the keeper of the draw does with an open call.
async fn asked(scene: &Scene, who: PersonId) {
    let context = scene.company.context();
    let tx = context.store.begin().await.unwrap();
    let to = people::get(&*tx, who).await.unwrap();
    assert!(stand_by::assign(context, &tx, scene.id, 1, &to).await.unwrap());
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn one_click_hands_a_session_on_and_every_page_says_so() {
    let scene = Scene::open("stand_by_pages").await;
    let lena = scene.company.person("Lena Sato", None, &[Role::Verifier]).await;
    let mut anna = anna_waits(&scene).await;
    let mut jo = scene.company.signed_in(scene.jo).await;
    let mut second = scene.company.signed_in(lena).await;
    let (wait, standing) =
        (format!("/check-ins/{}/wait", scene.id), format!("/check-ins/{}/standing", scene.id));
    let session = format!("/verifier/sessions/{}", scene.id);
    assert!(anna.get(&wait).await.text.contains("Jo Park"));
    assert!(anna.get(&standing).await.text.contains("\"text\":\"\""), "nothing to say");
    let before = jo.get("/verifier/standing").await.text;
    assert!(jo.get("/verifier").await.text.contains("I cannot come"));
    assert_eq!(second.get(&session).await.status, StatusCode::NOT_FOUND);

    let unknown = jo.post(&format!("{session}/cannot-come"), &[("why", "the weather")]).await;
    assert_eq!(unknown.status, StatusCode::BAD_REQUEST);
    for _ in 0..2 {
        let page = jo.post(&format!("{session}/cannot-come"), &[("why", "not_well")]).await;
        assert_eq!((page.status, page.leads_to()), (StatusCode::SEE_OTHER, "/verifier"));
    }
    let page = anna.get(&wait).await.text;
    assert!(page.contains("Somebody else will") && !page.contains("Jo Park"), "{page}");
    assert_ne!(jo.get("/verifier/standing").await.text, before, "an open page loads itself again");
    assert!(jo.get("/verifier").await.text.contains("handed over"));
    let theirs = jo.get(&session).await;
    assert!(theirs.text.contains("Somebody else holds this session"));
    assert!(!theirs.text.contains("Anna"), "no name on a page of somebody who is out of it");
    assert_eq!(jo.get(&format!("{session}/room")).await.status, StatusCode::CONFLICT);

    scene.company.clock.advance_minutes(2);
    let told = anna.get(&standing).await.text;
    assert!(told.contains("nothing is held against you"), "{told}");
    asked(&scene, lena).await;
    let page = anna.get(&wait).await.text;
    assert!(page.contains("in place of the person you were to meet: Lena Sato"), "{page}");
    assert!(second.get("/verifier").await.text.contains("You stand in for somebody"));
    let page = second.get(&session).await;
    assert!(page.text.contains("You meet Anna Lind"), "{}", page.text);
    let form = [("presence", "live_person_seen")];
    assert_ne!(jo.post(&format!("{session}/form"), &form).await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn who_was_late_and_is_first_in_the_room_keeps_the_session() {
    let scene = Scene::open("stand_by_late").await;
    let lena = scene.company.person("Lena Sato", None, &[Role::Verifier]).await;
    let _anna = anna_waits(&scene).await;
    let context = scene.company.context();
    let seek = async || {
        let tx = context.store.begin().await.unwrap();
        let row = check_ins::lock(&tx, scene.id).await.unwrap();
        let fell_out = stand_by::seek(context, &tx, row).await.unwrap();
        tx.commit().await.unwrap();
        fell_out
    };
    scene.company.clock.advance_minutes(5);
    assert!(!seek().await, "the patience is not over");
    scene.company.clock.advance_minutes(1);
    assert!(seek().await && !seek().await, "once");
    asked(&scene, lena).await;
    let mut jo = scene.company.signed_in(scene.jo).await;
    let session = format!("/verifier/sessions/{}", scene.id);
    assert!(jo.get(&session).await.text.contains("Whoever is first in the room"));

    let _seat = scene.sit(Side::Verifier, scene.jo, "bbbbbbbb").await;
    assert_eq!(scene.row().await.verifier_id, Some(scene.jo.0));
    let mut second = scene.company.signed_in(lena).await;
    assert!(second.get("/verifier").await.text.contains("No session is announced"));
    let page = second.get(&session).await;
    assert!(page.text.contains("Somebody else holds this session"), "{}", page.text);
    assert!(!seek().await, "somebody is there");
}

#[tokio::test]
async fn a_second_opinion_is_asked_for_from_the_room_and_its_giver_takes_the_seat() {
    let scene = Scene::open("second_opinion_pages").await;
    let lena = scene.company.person("Lena Sato", None, &[Role::Verifier]).await;
    let _anna = anna_waits(&scene).await;
    let mut jo = scene.company.signed_in(scene.jo).await;
    let mut second = scene.company.signed_in(lena).await;
    let session = format!("/verifier/sessions/{}", scene.id);
    let ask = format!("{session}/second-opinion");
    let view = [("view", "different_person")];
    assert_eq!(jo.post(&ask, &view).await.status, StatusCode::CONFLICT, "before the talk");

    let _seat_of_anna = scene.sit(Side::Employee, scene.anna, "aaaaaaaa").await;
    let mut seat_of_jo = scene.sit(Side::Verifier, scene.jo, "bbbbbbbb").await;
    assert!(jo.get(&format!("{session}/room")).await.text.contains("Ask for a second opinion"));
    let unsaid = jo.post(&ask, &[("view", "confirmed")]).await;
    assert_eq!(unsaid.status, StatusCode::BAD_REQUEST, "whoever has no doubt needs none");
    assert_eq!(second.post(&ask, &view).await.status, StatusCode::NOT_FOUND);
    for _ in 0..2 {
        assert_eq!(jo.post(&ask, &view).await.status, StatusCode::NO_CONTENT);
    }
    assert!(jo.get(&ask).await.text.contains("Somebody is looked for"));
    asked(&scene, lena).await;
    assert!(jo.get(&ask).await.text.contains("Somebody is called"));

    for page in ["/verifier", &session] {
        let page = second.get(page).await.text;
        assert!(page.contains("asks for a second opinion"), "{page}");
        assert!(!page.contains("different_person"), "nothing of what the first one thinks: {page}");
    }
    let room = second.get(&format!("{session}/room")).await.text;
    assert!(!room.contains("Ask for a second opinion"), "a third is not asked");
    let early = second.post(&format!("{session}/form"), &[("presence", "live_person_seen")]).await;
    assert_eq!(early.status, StatusCode::NOT_FOUND, "not before they have the seat");

    let _seat_of_lena = scene.sit(Side::Verifier, lena, "cccccccc").await;
    assert_eq!(scene.row().await.verifier_id, Some(lena.0));
    let told = heard(&mut seat_of_jo);
    assert!(told.iter().any(|m| m["type"] == "ended" && m["next"] == session), "{told:?}");
    let page = jo.get(&session).await.text;
    assert!(page.contains("another verifier has taken over"), "{page}");
    let form = [("presence", "live_person_seen")];
    assert_eq!(jo.post(&format!("{session}/form"), &form).await.status, StatusCode::CONFLICT);
    let page = second.post(&format!("{session}/form"), &form).await;
    assert_eq!((page.status, page.leads_to()), (StatusCode::SEE_OTHER, session.as_str()));
}
