//! The first, supervised session: booked openly, a picture the person agrees to, somebody's word, and
//! who sees the picture afterwards.

use super::future_draw::{contains, written};
use super::verified::{comes, lisbon, meet};
use crate::support::{Cast, Company, Database};
use muster::acts::sightings::{self, RoomChange};
use muster::acts::verify::{self, TypedForm};
use muster::acts::{ActError, baseline};
use muster::engine::sweeps::purge;
use muster_domain::id::{CheckInId, PersonId};
use muster_domain::judging::attendance::Party;
use muster_domain::judging::evidence::ClaimStatus;
use muster_domain::reference_still::{Still, StillAnswer};
use muster_store::entities::{check_in, person};
use muster_store::{audit, baselines, people};
use uuid::Uuid;

/// Bytes that stand in the picture and nowhere else.
const FACE: &[u8] = b"the face of Maria, in coded form";

/// A JPEG of 480 by 360, with a place in it as telephones write one.
fn picture() -> Vec<u8> {
    let segment = |marker: u8, body: &[u8]| {
        let length = (body.len() as u16 + 2).to_be_bytes();
        [&[0xff, marker][..], &length, body].concat()
    };
    let place = segment(0xe1, b"Exif 38.72 N 9.14 W");
    let frame = segment(0xc0, &[8, 1, 104, 1, 224, 1, 1, 0x11, 0]);
    let scan = segment(0xda, &[1, 1, 0, 0, 63, 0]);
    [&[0xff, 0xd8][..], &place, &frame, &scan, FACE, &[0xff, 0xd9]].concat()
}

async fn get(company: &Company, id: PersonId) -> person::Model {
    people::get(company.store().read(), id).await.unwrap()
}

async fn change(company: &Company, mut row: person::Model, to: impl FnOnce(&mut person::Model)) {
    to(&mut row);
    let tx = company.store().begin().await.unwrap();
    muster_store::save(&tx, row).await.unwrap();
    tx.commit().await.unwrap();
}

/// Maria is new: nobody has met her.
async fn newcomer(company: &Company) -> Cast {
    let cast = company.usual_cast().await;
    company.declare_place(cast.maria, 38.72, -9.14).await;
    let maria = get(company, cast.maria).await;
    change(company, maria, |m| m.baseline = people::baseline::DUE.into()).await;
    cast
}

async fn verifier_of(company: &Company, row: &check_in::Model) -> person::Model {
    get(company, row.verifier().unwrap()).await
}

async fn both_come(company: &Company, id: CheckInId, joined: bool) {
    for (who, n) in [(Party::Employee, 91), (Party::Verifier, 92)] {
        let (connection, at) = (Uuid::from_u128(n), company.context.now());
        let change = RoomChange { check_in: id, who, connection, joined, at };
        sightings::in_room(&company.context, &change).await.unwrap();
    }
}

/// The session up to the moment when both are in the room, before the form.
async fn first_session(company: &Company, cast: &Cast) -> check_in::Model {
    let row = company.first_check_in(cast.maria, "baseline").await;
    comes(company, &row, ClaimStatus::Ok, lisbon()).await;
    company.pass_to(row.clocks().start).await;
    both_come(company, row.check_in_id(), true).await;
    row
}

async fn give_form(company: &Company, row: &check_in::Model, presence: &str) -> check_in::Model {
    let id = row.check_in_id();
    let verifier = verifier_of(company, row).await;
    company.pass_to(row.clocks().start.plus_minutes(4)).await;
    let mut form = TypedForm { presence: presence.into(), ..TypedForm::default() };
    for no in 1..=3 {
        verify::reveal(&company.context, &verifier, id, no).await.unwrap();
        form.answers.insert(no, "done".into());
    }
    both_come(company, id, false).await;
    verify::give_form(&company.context, &verifier, id, &form).await.unwrap();
    company.engine.drain().await.unwrap();
    company.check_in(id).await
}

/// Maria is met and agrees to the picture.
async fn with_a_picture(company: &Company, cast: &Cast) -> check_in::Model {
    let row = first_session(company, cast).await;
    let id = row.check_in_id();
    let (jo, maria) = (verifier_of(company, &row).await, get(company, cast.maria).await);
    baseline::offer(&company.context, &jo, id, &picture()).await.unwrap();
    baseline::answer(&company.context, &maria, id, StillAnswer::Keep).await.unwrap();
    give_form(company, &row, "live_person_seen").await
}

async fn looks(company: &Company, of: PersonId) -> usize {
    let subject = get(company, of).await.pseudonym;
    let entries = audit::about(company.store().read(), subject).await.unwrap();
    entries.iter().filter(|e| e.kind == "reference-still-viewed").count()
}

crate::on_both_databases! {
    async fn a_newcomer_is_told_a_day_ahead_met_and_then_drawn(company: Company) {
        let cast = newcomer(&company).await;
        let row = company.first_check_in(cast.maria, "baseline").await;
        let zone = jiff::tz::TimeZone::get("Europe/Lisbon").unwrap();
        let told = muster_domain::time::UtcMillis(row.created_ms);
        assert!(told.date_in(&zone).to_string() < row.label, "told before the day itself");
        let hour = told.in_zone(&zone).hour();
        assert!((9..17).contains(&hour), "told while she works, at {hour}");
        let mail = company.mails_to("maria@muster.example").pop().expect("an invitation");
        assert!(mail.text.contains("first, supervised session") && mail.text.contains("Mads Boss"), "{}", mail.text);

        let early = baseline::offer(&company.context, &verifier_of(&company, &row).await, row.check_in_id(), &picture()).await;
        assert!(early.is_err(), "no picture before both are in the room");
        comes(&company, &row, ClaimStatus::Ok, lisbon()).await;
        let judged = meet(&company, &row, "live_person_seen").await;
        assert_eq!(judged.outcome.as_deref(), Some("verified"), "{:?}", judged.cause);
        let drawn = company.first_check_in(cast.maria, "drawn").await;
        assert!(drawn.label > row.label, "the gate is open from the next day, long before its deadline");
        company.ends_well().await;
    }

    async fn a_picture_is_kept_by_her_yes_and_seen_by_the_verifier_of_her_session_only(company: Company) {
        let cast = newcomer(&company).await;
        let held = with_a_picture(&company, &cast).await;
        assert_eq!(held.outcome.as_deref(), Some("verified"), "{:?}", held.cause);
        let own = baseline::own(&company.context, cast.maria).await.unwrap().expect("her picture");
        assert_eq!(own, Still::read(&picture()).unwrap());
        assert!(!own.jpeg().windows(4).any(|w| w == b"Exif"), "no place travels in it");
        let files = written(&company).await;
        assert!(!files.iter().any(|(_, bytes)| contains(bytes, FACE)), "it is sealed");

        let drawn = company.first_check_in(cast.maria, "drawn").await;
        let (id, jo) = (drawn.check_in_id(), verifier_of(&company, &drawn).await);
        assert!(baseline::view(&company.context, &jo, id).await.is_err(), "not before the join window");
        comes(&company, &drawn, ClaimStatus::Ok, lisbon()).await;
        company.pass_to(drawn.clocks().start).await;
        let hedda = get(&company, cast.hr).await;
        let maria = get(&company, cast.maria).await;
        for other in [&hedda, &maria] {
            assert!(baseline::view(&company.context, other, id).await.is_err(), "not theirs to see");
        }
        assert_eq!(looks(&company, cast.maria).await, 0);
        assert_eq!(baseline::view(&company.context, &jo, id).await.unwrap(), Some(own));
        assert_eq!(looks(&company, cast.maria).await, 1, "she can see who looked");

        let plain = TypedForm { presence: "live_person_seen".into(), ..TypedForm::default() };
        let refused = verify::give_form(&company.context, &jo, id, &plain).await;
        assert!(matches!(refused, Err(ActError::Invalid(_))), "with the picture one compares");
        let judged = meet(&company, &drawn, "confirmed").await;
        assert_eq!((judged.outcome.as_deref(), judged.presence.as_deref()), (Some("verified"), Some("confirmed")));
        assert!(!matches!(baseline::view(&company.context, &jo, id).await, Ok(Some(_))), "nor after the session");

        let export = serde_json::to_string(&personal_export(&company, cast.maria).await).unwrap();
        assert!(export.contains("reference_still") && export.contains("480"), "it is in what is held about her");
        change(&company, maria, |m| m.state = "left".into()).await;
        purge(&company.engine).await.unwrap();
        assert!(baselines::kept(company.store().read(), cast.maria).await.unwrap().is_none(), "it goes when she leaves");
    }

    async fn without_her_yes_no_picture_stays_and_nobody_can_confirm(company: Company) {
        let cast = newcomer(&company).await;
        let row = first_session(&company, &cast).await;
        let id = row.check_in_id();
        let (jo, maria) = (verifier_of(&company, &row).await, get(&company, cast.maria).await);
        let db = company.store().read();
        let no_picture = baseline::offer(&company.context, &jo, id, b"<svg onload='x'/>").await;
        assert!(matches!(no_picture, Err(ActError::Invalid(_))));
        for answer in [StillAnswer::Another, StillAnswer::None] {
            baseline::offer(&company.context, &jo, id, &picture()).await.unwrap();
            baseline::answer(&company.context, &maria, id, answer).await.unwrap();
            assert!(baselines::of_session(db, id).await.unwrap().is_none(), "{answer} deletes it at once");
        }
        let hedda = get(&company, cast.hr).await;
        baseline::offer(&company.context, &jo, id, &picture()).await.unwrap();
        assert!(baseline::answer(&company.context, &hedda, id, StillAnswer::Keep).await.is_err(), "her yes alone");
        give_form(&company, &row, "live_person_seen").await;
        assert!(baselines::of_session(db, id).await.unwrap().is_none(), "silence is no yes");

        let drawn = company.first_check_in(cast.maria, "drawn").await;
        comes(&company, &drawn, ClaimStatus::Ok, lisbon()).await;
        company.pass_to(drawn.clocks().start).await;
        let form = TypedForm { presence: "confirmed".into(), ..TypedForm::default() };
        let refused = verify::give_form(&company.context, &jo, drawn.check_in_id(), &form).await;
        assert!(matches!(refused, Err(ActError::Invalid(_))), "nothing to compare with");
        assert_eq!(baseline::view(&company.context, &jo, drawn.check_in_id()).await.unwrap(), None);
    }

    async fn somebody_else_vouches_and_a_new_picture_must_match_the_old_one(company: Company) {
        let cast = newcomer(&company).await;
        let boss = PersonId(get(&company, cast.maria).await.manager_id.unwrap());
        let context = &company.context;
        assert!(matches!(baseline::vouch(context, boss, cast.maria).await, Err(ActError::Conflict(_))), "nobody met her yet");
        let held = with_a_picture(&company, &cast).await;
        for who in [cast.maria, held.verifier().unwrap(), cast.security] {
            assert!(matches!(baseline::vouch(context, who, cast.maria).await, Err(ActError::Forbidden(_))));
        }
        baseline::vouch(context, boss, cast.maria).await.unwrap();
        assert!(matches!(baseline::vouch(context, cast.hr, cast.maria).await, Err(ActError::Conflict(_))), "one word is enough");

        // She asks for another one, and a stand-in comes: the old one stays.
        let first = baselines::kept(company.store().read(), cast.maria).await.unwrap().unwrap();
        baseline::ask_again(context, cast.maria).await.unwrap();
        assert!(baseline::ask_again(context, cast.maria).await.is_err(), "one is arranged already");
        let again = company.pass_until("a second session", 5 * 24 * 60, async || {
            company.check_ins(cast.maria).await.into_iter().find(|c| c.kind == "baseline" && c.id != held.id)
        }).await;
        company.pass_to(again.clocks().start).await;
        both_come(&company, again.check_in_id(), true).await;
        let (jo, maria) = (verifier_of(&company, &again).await, get(&company, cast.maria).await);
        baseline::offer(context, &jo, again.check_in_id(), &picture()).await.unwrap();
        baseline::answer(context, &maria, again.check_in_id(), StillAnswer::Keep).await.unwrap();
        assert!(baseline::view(context, &jo, again.check_in_id()).await.unwrap().is_some(), "the old one stands beside");
        give_form(&company, &again, "not_confirmed").await;
        let still = baselines::kept(company.store().read(), cast.maria).await.unwrap().unwrap();
        assert_eq!(still.id, first.id);
        assert!(has_a_word(&company, cast.maria).await, "nobody has to vouch for a session that confirmed nobody");

        // HR may begin anew, with a reason she reads; she misses it, and stays as settled as she was.
        assert!(matches!(baseline::book(context, cast.hr, cast.maria, "").await, Err(ActError::Invalid(_))));
        baseline::book(context, cast.hr, cast.maria, "The picture is too dark").await.unwrap();
        let anew = company.pass_until("a third session", 5 * 24 * 60, async || {
            company.check_ins(cast.maria).await.into_iter().find(|c| c.kind == "baseline" && c.created_ms > again.start_ms)
        }).await;
        company.nobody_comes(&anew).await;
        assert!(has_a_word(&company, cast.maria).await, "a retake that was missed takes nothing away");
    }
}

/// Whether HR's list says that somebody vouched, or that somebody still must.
async fn has_a_word(company: &Company, who: PersonId) -> bool {
    let all = baseline::overview(company.store().read()).await.unwrap();
    all.iter().find(|one| one.person.id == who.0).unwrap().vouching.is_some()
}

async fn personal_export(company: &Company, who: PersonId) -> serde_json::Value {
    let me = get(company, who).await;
    let rows = muster_store::holdings::of_person(company.store(), &me).await.unwrap();
    let rows = rows.into_iter().map(|r| serde_json::json!({"table": r.table, "fields": r.fields}));
    rows.collect()
}
