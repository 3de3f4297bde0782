//! The verifier's pages: a day of times without names, the name at the join window, the room with
//! its tasks and form, and a neutral end.

mod hand_over;
mod second_opinion;

use super::room::{card, ice_json, looked_for, picture, progress, tell_still, title};
use crate::acts::baseline;
use crate::acts::challenges::{accommodations, phone};
use crate::acts::verify::{self, DID_NOT_COME, Revealed, TypedForm};
use crate::acts::{ActError, check_in as employee, language, sightings};
use crate::web::guard::see;
use crate::web::room::{ServerMessage, Side};
use crate::web::session::{Form, Id, Posted, Verifier};
use crate::web::{Access, Answer, Fail, Route, Web, with_flash};
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::IntoResponse;
use muster_domain::access::Act;
use muster_domain::calendar::{WeeklyHours, windows_on};
use muster_domain::check_in::{CheckInKind, CheckInState};
use muster_domain::id::{CheckInId, PolicyVersionId};
use muster_domain::judging::attendance::{AttendanceKind, Party};
use muster_domain::time::{DAY_MS, UtcMillis, start_of_day};
use muster_messages::language::dates;
use muster_messages::language::{say, tr, within};
use muster_messages::pages::note_openings::note_openings;
use muster_messages::pages::verifier::{ChallengeCard, Day, Finished, Join, RevealedTask, Room};
use muster_messages::pages::{ChoiceOption, FlashTone, Row, StandingNote, StateWord, Tone};
use muster_messages::t;
use muster_store::entities::{check_in, drawn_challenge};
use muster_store::{check_ins, evidence, people};
use std::collections::BTreeMap;

pub(super) fn routes() -> Vec<Route> {
    let verifier = Access::Act(Act::AttendAsVerifier);
    vec![
        Route::get("/verifier", verifier, day),
        Route::get("/verifier/standing", verifier, hand_over::standing),
        Route::get("/verifier/sessions/{id}", verifier, session),
        Route::post("/verifier/sessions/{id}/cannot-come", verifier, hand_over::cannot_come),
        Route::get("/verifier/sessions/{id}/room", verifier, room).with_devices(),
        Route::get("/verifier/sessions/{id}/reference-still", verifier, reference_still),
        Route::post("/verifier/sessions/{id}/still", verifier, take_still),
        Route::post("/verifier/sessions/{id}/challenges/{number}", verifier, reveal),
        Route::post("/verifier/sessions/{id}/challenges/{number}/answered", verifier, answered),
        Route::get("/verifier/sessions/{id}/phone", verifier, phone_standing),
        Route::post("/verifier/sessions/{id}/form", verifier, give_form),
        Route::post("/verifier/sessions/{id}/second-opinion", verifier, second_opinion::ask),
        Route::get("/verifier/sessions/{id}/second-opinion", verifier, second_opinion::standing),
    ]
}

/// `GET /verifier`
async fn day(State(web): State<Web>, me: Verifier) -> Answer {
    let (now, zoned, db) = (web.context.now(), web.zoned(&me), web.context.store.read());
    let date = now.date_in(&zoned.zone);
    let from = start_of_day(date, &zoned.zone);
    let rows = check_ins::of_verifier(db, me.id(), from, from.plus_ms(DAY_MS)).await?;
    let sessions = hand_over::sessions(&web, &me, from).await?;
    let hours = me.person.hours.parse::<WeeklyHours>().ok();
    let windows = hours.map(|h| windows_on(&h, &zoned.zone, date)).unwrap_or_default();
    let cap = match rows.first() {
        Some(row) => {
            let id = PolicyVersionId(row.policy_version_id);
            crate::acts::policy::load(db, id).await?.policy.verifiers.daily_cap
        }
        None => 8,
    };
    let page = Day {
        frame: web.frame(&me.visitor, t!("Your sessions"), "/verifier").await,
        date: dates::long_with_weekday(date),
        stand_by: windows
            .iter()
            .map(|w| t!("{start} to {end}", start = zoned.clock(w.start), end = zoned.clock(w.end)))
            .collect(),
        standing: hand_over::note(&sessions),
        sessions,
        cap,
        reasons: hand_over::reasons(),
    };
    web.page(&page)
}

pub(super) async fn state_of(web: &Web, row: &check_in::Model) -> Result<StateWord, Fail> {
    let db = web.context.store.read();
    if evidence::form(db, row.check_in_id()).await?.is_some() {
        return Ok(StateWord::new(t!("form sent"), Tone::Good));
    }
    if verify::said_absent(db, row.check_in_id()).await? {
        return Ok(StateWord::new(t!("nobody came"), Tone::Quiet));
    }
    if employee::is_over(row) {
        return Ok(StateWord::new(t!("over"), Tone::Quiet));
    }
    Ok(match row.life() {
        CheckInState::Live => StateWord::check_in(CheckInState::Live),
        _ if employee::opens(row) <= web.context.now() => StateWord::check_in(CheckInState::Open),
        _ => StateWord::check_in(CheckInState::Announced),
    })
}

/// The session of this verifier from its join window on, or no such page.
async fn mine(web: &Web, me: &Verifier, id: Id) -> Result<check_in::Model, Fail> {
    let db = web.context.store.read();
    let row = Fail::unless_found(verify::assigned(db, me.id(), CheckInId(id.0)).await?)?;
    match employee::opens(&row) <= web.context.now() {
        true if hand_over::is_handed_over(web, me, &row).await? => {
            Err(Fail::Conflict(t!("Somebody else holds this session now.").to_owned()))
        }
        true => Ok(row),
        false => Err(Fail::Conflict(
            t!("The session opens five minutes before its start, and the name comes then.")
                .to_owned(),
        )),
    }
}

async fn is_answered(web: &Web, row: &check_in::Model) -> Result<bool, Fail> {
    let db = web.context.store.read();
    let id = row.check_in_id();
    Ok(evidence::form(db, id).await?.is_some() || verify::said_absent(db, id).await?)
}

/// `GET /verifier/sessions/{id}`
async fn session(State(web): State<Web>, me: Verifier, id: Id) -> Answer {
    if let Some(answer) = hand_over::page(&web, &me, id).await? {
        return Ok(answer);
    }
    let row = mine(&web, &me, id).await?;
    if is_answered(&web, &row).await? || employee::is_over(&row) {
        return finished(&web, &me, &row).await;
    }
    let kind = AttendanceKind::Joined;
    sightings::on_page(&web.context, row.check_in_id(), Party::Verifier, kind).await?;
    let (db, zoned) = (web.context.store.read(), web.zoned(&me));
    let person = people::get(db, row.person()).await?;
    let policy = crate::acts::policy::load(db, PolicyVersionId(row.policy_version_id)).await?;
    let mut needs = vec![t!("See the person live.").to_owned()];
    if policy.policy.challenges.count > 0 {
        let tasks = policy.policy.challenges.count;
        needs.push(t!("{tasks} challenges, drawn when both of you are in the room.", tasks));
    }
    needs.push(t!("The form, right after the talk. It takes a minute.").to_owned());
    let note = match row.why() {
        CheckInKind::Drawn => None,
        CheckInKind::Recheck => Some(t!("A second chance, or a new time.").to_owned()),
        CheckInKind::Manual => Some(t!("Ordered by a person, not drawn.").to_owned()),
        CheckInKind::Baseline if row.order_reason.is_some() => {
            Some(t!("HR asked for a new picture, which begins anew.").to_owned())
        }
        CheckInKind::Baseline => {
            Some(t!("A first session: take one picture, if they agree.").to_owned())
        }
    };
    let page = Join {
        frame: web.frame(&me.visitor, t!("Your next session"), "/verifier").await,
        id: row.id.to_string(),
        person_name: person.name.clone(),
        start: zoned.beside(UtcMillis(row.start_ms), &person),
        start_ms: row.start_ms,
        code: row.code.clone(),
        facts: vec![
            Row::new(t!("Reference still"), &still_text(&web, &row).await?),
            Row::new(t!("Room"), row.room_provider.as_deref().unwrap_or(t!("built in"))),
            Row::new(t!("They can join until"), &zoned.clock(row.clocks().grace_end())),
        ],
        needs,
        accommodations: accommodations(&person)
            .iter()
            .filter_map(|a| a.for_verifier())
            .map(|note| tr(note).to_owned())
            .collect(),
        note,
        in_place: hand_over::in_place(&web, &me, &row).await?,
        reasons: hand_over::reasons(),
        standing: hand_over::note(
            &hand_over::sessions(&web, &me, hand_over::today(&web, &me)).await?,
        ),
    };
    web.page(&page)
}

/// Whether a still stands beside the live picture, and what it is worth.
async fn still_text(web: &Web, row: &check_in::Model) -> Result<String, Fail> {
    let db = web.context.store.read();
    let Some(still) = baseline::shown(db, row).await? else { return Ok(t!("none yet").to_owned()) };
    let word = muster_store::baselines::vouched(db, CheckInId(still.check_in_id)).await?;
    let vouched = if word.is_some() { t!("vouched for") } else { t!("not vouched for yet") };
    Ok(t!("beside the live picture; {vouched}", vouched))
}

async fn finished(web: &Web, me: &Verifier, row: &check_in::Model) -> Answer {
    let (db, zoned) = (web.context.store.read(), web.zoned(me));
    let person = people::get(db, row.person()).await?;
    let now = web.context.now();
    let later = check_ins::of_verifier(db, me.id(), now, now.plus_ms(DAY_MS)).await?;
    let next = later.iter().find(|c| c.id != row.id && !employee::is_over(c));
    let recorded = match evidence::form(db, row.check_in_id()).await? {
        Some(form) => {
            let tasks = evidence::challenges(db, row.check_in_id()).await?;
            let answered = tasks.iter().filter(|t| t.answer.is_some()).count();
            vec![
                Row::new(
                    t!("Form"),
                    &t!("sent {text}", text = zoned.moment(UtcMillis(form.at_ms)).text),
                ),
                Row::new(
                    t!("Tasks"),
                    &t!("{answered} of {tasks} answered", answered, tasks = tasks.len()),
                ),
            ]
        }
        None if verify::said_absent(db, row.check_in_id()).await? => {
            vec![Row::new(t!("Form"), t!("the person did not come"))]
        }
        None => vec![Row::new(t!("Form"), t!("none was needed"))],
    };
    let page = Finished {
        frame: web.frame(&me.visitor, t!("Your part is done"), "/verifier").await,
        person_name: person.name,
        recorded,
        next: next.map(|c| zoned.moment(UtcMillis(c.start_ms))),
    };
    web.page(&page)
}

/// `GET .../room`
async fn room(State(web): State<Web>, me: Verifier, id: Id) -> Answer {
    let row = mine(&web, &me, id).await?;
    room_page(&web, &me, &row, None).await
}

async fn room_page(
    web: &Web,
    me: &Verifier,
    row: &check_in::Model,
    wrong: Option<(&Form, &[(&'static str, String)])>,
) -> Answer {
    let back = format!("/verifier/sessions/{}", row.id);
    if is_answered(web, row).await? || employee::is_over(row) {
        return Ok(see(&back));
    }
    let (db, zoned) = (web.context.store.read(), web.zoned(me));
    let person = people::get(db, row.person()).await?;
    let mut frame = web.frame(&me.visitor, t!("Session"), "/verifier").await;
    let faults = wrong.map_or(&[][..], |(_, faults)| faults);
    for (field, sentence) in faults {
        frame = frame.with_problem(&format!("{field}-1"), sentence);
    }
    let fault = |name: &str| faults.iter().find(|(f, _)| *f == name).map(|(_, s)| s.as_str());
    let typed = |name: &str| -> Vec<String> {
        wrong.map(|(form, _)| form.all(name).map(str::to_owned).collect()).unwrap_or_default()
    };
    let tasks = evidence::challenges(db, row.check_in_id()).await?;
    let policy = crate::acts::policy::load(db, PolicyVersionId(row.policy_version_id)).await?;
    let places = if tasks.is_empty() { policy.policy.challenges.count.into() } else { tasks.len() };
    let shown = tasks.iter().filter(|t| t.revealed_ms.is_some()).count();
    let mut cards = Vec::new();
    for number in 1..=places {
        let task = tasks.get(number - 1).filter(|t| t.revealed_ms.is_some());
        let mut card =
            challenge_card(web, number, task, &typed, fault(&format!("challenge_{number}")))?;
        card.on_table = !tasks.is_empty() && number <= shown + 1;
        cards.push(card);
    }
    let chosen = |values: &[String]| {
        values.iter().map(String::as_str).map(str::to_owned).collect::<Vec<_>>()
    };
    let has_reference = baseline::shown(db, row).await?.is_some();
    let mut presence = Room::presence_field(has_reference);
    let number = presence.options.len() + 1;
    presence.options.push(ChoiceOption {
        id: format!("presence-{number}"),
        number,
        value: DID_NOT_COME.to_owned(),
        label: t!("The person did not come").to_owned(),
        hint: Some(t!(
            "After {window_end} only.",
            window_end = zoned.clock(row.clocks().window_end())
        )),
        chosen: false,
    });
    let (answers, ticks) = (chosen(&typed("presence")), chosen(&typed("observation")));
    let answers: Vec<&str> = answers.iter().map(String::as_str).collect();
    let ticks: Vec<&str> = ticks.iter().map(String::as_str).collect();
    let notes = typed("notes").first().cloned().unwrap_or_default();
    let page = Room {
        frame,
        id: row.id.to_string(),
        person_name: person.name.clone(),
        code: row.code.clone(),
        start: zoned.beside(UtcMillis(row.start_ms), &person),
        start_ms: row.start_ms,
        socket: format!("/room/{}/socket", row.id),
        ice_json: ice_json(web)?,
        direct: !web.settings.ice.relay_only,
        has_reference,
        takes_still: row.why() == CheckInKind::Baseline,
        opening: t!("Hello, I am {name}. This is your check-in with the code {code}. Nothing is recorded. I have a few small things to ask, and for each there is another way.", name = me.person.name, code = row.code),
        challenges: cards,
        drawn: !tasks.is_empty(),
        phone: phone_note(web, row.check_in_id()).await?,
        presence: presence.chosen(&answers, fault("presence")),
        passkey: Room::passkey_field()
            .chosen(&typed("passkey").iter().map(String::as_str).collect::<Vec<_>>(), None),
        observations: Room::observations_field().chosen(&ticks, None),
        notes: Room::notes_field().typed(&notes, None),
        note_openings: note_openings(),
        closing: t!("Thank you, that was everything. You find what was recorded, and your receipt, on your page. Have a good day.").to_owned(),
        second: second_opinion::section(web, me, row).await?,
    };
    let status = if wrong.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    web.page_as(status, &page)
}

/// The place of a task, with its text once it was revealed.
fn challenge_card(
    web: &Web,
    number: usize,
    revealed: Option<&drawn_challenge::Model>,
    typed: &dyn Fn(&str) -> Vec<String>,
    fault: Option<&str>,
) -> Result<ChallengeCard, Fail> {
    let answers = typed(&format!("challenge_{number}"));
    let ticks = typed(&format!("artefact_{number}"));
    let answers: Vec<&str> = answers.iter().map(String::as_str).collect();
    let ticks: Vec<&str> = ticks.iter().map(String::as_str).collect();
    let task = match revealed {
        None => None,
        Some(task) => {
            let detail = verify::detail(task)?;
            Some(RevealedTask {
                title: title(&detail.template),
                say: phone::instructions(&web.context, task, &detail).1,
                look_for: looked_for(&detail),
                alternative: say(&detail.alternative),
            })
        }
    };
    Ok(ChallengeCard {
        number,
        on_table: task.is_some(),
        task,
        answer: ChallengeCard::answer_field(number).chosen(&answers, fault),
        artefacts: ChallengeCard::artefacts_field(number).chosen(&ticks, None),
    })
}

/// `GET .../reference-still`: in this session only; every look is an entry of the log.
async fn reference_still(State(web): State<Web>, me: Verifier, id: Id) -> Answer {
    let row = mine(&web, &me, id).await?;
    let still = baseline::view(&web.context, &me.person, row.check_in_id()).await?;
    Ok(picture(&still.ok_or(Fail::NotFound)?))
}

/// `POST .../still`: lays a picture before the person.
async fn take_still(State(web): State<Web>, me: Verifier, id: Id, form: Posted) -> Answer {
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    let row = mine(&web, &me, id).await?;
    let bytes = URL_SAFE_NO_PAD.decode(form.text("still"));
    let bytes = bytes.map_err(|_| Fail::bad(t!("A picture was expected.")))?;
    baseline::offer(&web.context, &me.person, row.check_in_id(), &bytes).await?;
    tell_still(&web, row.check_in_id(), "offered").await;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// `POST .../challenges/{number}`: shows one task to both sides, over the room's socket.
async fn reveal(
    State(web): State<Web>,
    me: Verifier,
    id: Id,
    Path((_, number)): Path<(String, String)>,
    _: Posted,
) -> Answer {
    let Ok(number) = number.parse::<i64>() else { return Err(Fail::NotFound) };
    let check_in = CheckInId(id.0);
    let Revealed { task, total, revealed, is_new } =
        verify::reveal(&web.context, &me.person, check_in, number).await?;
    if is_new {
        if number > 1 {
            let over = ServerMessage::ChallengeOver { position: (number - 1) as u8 };
            web.hub.notify(check_in, over).await;
        }
        let person =
            people::get(web.context.store.read(), mine(&web, &me, id).await?.person()).await?;
        let theirs = language::of_person(&web.context, &person);
        let card = within(theirs, || card(&web, &task, total, Side::Employee))?;
        web.hub.notify_side(check_in, Side::Employee, card).await;
    }
    for message in [card(&web, &task, total, Side::Verifier)?, progress(total, revealed)] {
        web.hub.notify_side(check_in, Side::Verifier, message).await;
    }
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// `POST .../challenges/{number}/answered`: the first answer to a task was chosen.
async fn answered(
    State(web): State<Web>,
    me: Verifier,
    id: Id,
    Path((_, number)): Path<(String, String)>,
    _: Posted,
) -> Answer {
    let Ok(number) = number.parse::<i64>() else { return Err(Fail::NotFound) };
    verify::answered(&web.context, &me.person, CheckInId(id.0), number).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// `GET .../phone`: what the person's second device shows now.
async fn phone_standing(State(web): State<Web>, me: Verifier, id: Id) -> Answer {
    let row = mine(&web, &me, id).await?;
    let note = phone_note(&web, row.check_in_id()).await?;
    Ok(Json(serde_json::json!({ "text": note.text, "version": note.version })).into_response())
}

async fn phone_note(web: &Web, id: CheckInId) -> Result<StandingNote, Fail> {
    let text = phone::standing(&web.context, web.context.store.read(), id).await?;
    Ok(StandingNote {
        url: format!("/verifier/sessions/{id}/phone"),
        text: text.unwrap_or_default(),
        version: String::new(),
        may_reload: false,
    })
}

/// `POST .../form`
async fn give_form(State(web): State<Web>, me: Verifier, id: Id, form: Posted) -> Answer {
    let row = mine(&web, &me, id).await?;
    let typed = typed_form(&form);
    match verify::give_form(&web.context, &me.person, row.check_in_id(), &typed).await {
        Ok(()) => {}
        Err(ActError::Invalid(faults)) => {
            return room_page(&web, &me, &row, Some((&form, &faults))).await;
        }
        Err(error) => return Err(error.into()),
    }
    let (done, session) =
        (format!("/check-ins/{}/done", row.id), format!("/verifier/sessions/{}", row.id));
    if typed.presence != DID_NOT_COME {
        web.hub.close(row.check_in_id(), Some(done), Some(session.clone())).await;
    }
    Ok(with_flash(&web, see(&session), FlashTone::Done, t!("Your form is recorded.")))
}

fn typed_form(form: &Form) -> TypedForm {
    let numbers = 1..=3_i64;
    let answers: BTreeMap<i64, String> = numbers
        .clone()
        .map(|n| (n, form.text(&format!("challenge_{n}")).to_owned()))
        .filter(|(_, answer)| !answer.is_empty())
        .collect();
    let artefacts = numbers
        .map(|n| (n, form.all(&format!("artefact_{n}")).map(str::to_owned).collect()))
        .collect();
    TypedForm {
        answers,
        artefacts,
        presence: form.text("presence").to_owned(),
        observations: form.all("observation").map(str::to_owned).collect(),
        notes: form.text_within("notes", 1000),
        saw_passkey: form.text("passkey") == "watched",
    }
}
