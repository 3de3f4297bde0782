//! The verifier's side of falling out and standing in: the day with what was handed on, one click
//! to hand a session on, and what stands in place of a session that is somebody else's now.

use super::state_of;
use crate::acts::stand_by::{self, Part, WhyHandedOver, second_opinion};
use crate::acts::{check_in as employee, verify};
use crate::web::guard::see;
use crate::web::session::{Id, Posted, Verifier};
use crate::web::{Answer, Fail, Web, with_flash};
use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use muster_domain::check_in::CheckInState;
use muster_domain::draw::CannotReason;
use muster_domain::id::CheckInId;
use muster_domain::time::{DAY_MS, UtcMillis, start_of_day};
use muster_messages::pages::verifier::{CannotCome, HandedOver, Session};
use muster_messages::pages::{FlashTone, StandingNote, StateWord, Tone};
use muster_messages::t;
use muster_store::entities::check_in;
use muster_store::{check_ins, stand_by as calls};

/// The first instant of the verifier's own date.
pub(super) fn today(web: &Web, me: &Verifier) -> UtcMillis {
    let zoned = web.zoned(me);
    start_of_day(web.context.now().date_in(&zoned.zone), &zoned.zone)
}

/// The sessions of a day, with those that were handed on.
pub(super) async fn sessions(
    web: &Web,
    me: &Verifier,
    from: UtcMillis,
) -> Result<Vec<Session>, Fail> {
    let (db, zoned, now) = (web.context.store.read(), web.zoned(me), web.context.now());
    let to = from.plus_ms(DAY_MS);
    let mut rows = check_ins::of_verifier(db, me.id(), from, to).await?;
    let mut calls = calls::fallen_out(db, me.id(), from.plus_ms(-DAY_MS)).await?;
    let called = calls::called(db, me.id(), from.plus_ms(-DAY_MS)).await?;
    calls.extend(called.into_iter().filter(second_opinion::is_second));
    for call in calls {
        let is_there = rows.iter().any(|row| row.id == call.check_in_id);
        let found = check_ins::find(db, CheckInId(call.check_in_id)).await?;
        rows.extend(found.filter(|row| !is_there && from.0 <= row.start_ms && row.start_ms < to.0));
    }
    rows.sort_by_key(|row| (row.start_ms, row.id));
    let mut sessions = Vec::new();
    for row in &rows {
        let part = stand_by::part_of(db, row, me.id()).await?;
        let is_open = employee::opens(row) <= now && !employee::is_over(row);
        let (mine, note) = match part {
            Some(Part::Assigned { in_place: false }) => (true, None),
            Some(Part::Assigned { in_place: true }) => {
                (true, Some(t!("You stand in for somebody who cannot come.").to_owned()))
            }
            Some(Part::SecondOpinion) => (true, Some(second_note().to_owned())),
            Some(Part::MayStillCome { since }) if is_open => {
                (true, Some(late_note(&zoned.clock(since))))
            }
            _ => {
                (false, Some(t!("Somebody else holds it. Nothing is needed from you.").to_owned()))
            }
        };
        let is_assigned = matches!(part, Some(Part::Assigned { .. }));
        sessions.push(Session {
            id: row.id.to_string(),
            clock: zoned.clock(UtcMillis(row.start_ms)),
            detail: t!("about {session_minutes} minutes", session_minutes = row.session_minutes),
            state: match mine {
                true => state_of(web, row).await?,
                false => StateWord::new(t!("handed over"), Tone::Quiet),
            },
            may_open: mine && is_open,
            may_hand_on: is_assigned
                && !employee::is_over(row)
                && row.life() != CheckInState::Live
                && now <= row.clocks().grace_end(),
            note,
        });
    }
    Ok(sessions)
}

fn second_note() -> &'static str {
    t!(
        "Whoever talks to this person asks for a second opinion. Go in, look for yourself, and ask the tasks that lie open once more. What they think stays closed until your form is sent."
    )
}

fn late_note(clock: &str) -> String {
    t!(
        "You were not in the room, so somebody else was looked for at {clock}. Whoever is first in the room keeps the session.",
        clock
    )
}

/// A page that shows these sessions loads itself again when they are others.
pub(super) fn note(sessions: &[Session]) -> StandingNote {
    let line =
        |s: &Session| format!("{}/{}/{}/{}", s.id, s.state.label, s.may_open, s.note.is_some());
    let version = sessions.iter().map(line).collect::<Vec<_>>().join(" ");
    let url = "/verifier/standing".to_owned();
    StandingNote { url, text: String::new(), version, may_reload: true }
}

/// `GET /verifier/standing`: which sessions there are, for a page that lies open.
pub(super) async fn standing(State(web): State<Web>, me: Verifier) -> Answer {
    let sessions = sessions(&web, &me, today(&web, &me)).await?;
    let note = note(&sessions);
    Ok(Json(serde_json::json!({ "text": note.text, "version": note.version })).into_response())
}

/// The reasons, as buttons.
pub(super) fn reasons() -> Vec<CannotCome> {
    let label = |reason: CannotReason| match reason {
        CannotReason::SomethingCameUp => t!("Something came up"),
        CannotReason::NotWell => t!("I am not well"),
        CannotReason::Technical => t!("It does not work here"),
        CannotReason::KnowsThePerson => t!("I know the person well"),
        CannotReason::RatherNotSay => t!("I would rather not say"),
    };
    let all = CannotReason::ALL.iter();
    all.map(|r| CannotCome { value: r.code().to_owned(), label: label(*r).to_owned() }).collect()
}

/// `POST .../cannot-come`
pub(super) async fn cannot_come(
    State(web): State<Web>,
    me: Verifier,
    id: Id,
    form: Posted,
) -> Answer {
    let Some(why) = CannotReason::from_code(form.text("why")) else {
        return Err(Fail::bad(t!("Choose one of the reasons.")));
    };
    stand_by::cannot_come(&web.context, &me.person, CheckInId(id.0), why).await?;
    let told = t!("It is handed on. Somebody else is asked; nothing more is needed from you.");
    Ok(with_flash(&web, see("/verifier"), FlashTone::Done, told))
}

/// Whether a session that was this verifier's is somebody else's now.
pub(super) async fn is_handed_over(
    web: &Web,
    me: &Verifier,
    row: &check_in::Model,
) -> Result<bool, Fail> {
    let part = stand_by::part_of(web.context.store.read(), row, me.id()).await?;
    Ok(matches!(part, Some(Part::HandedOver { .. })))
}

/// What stands in place of a session that was handed over.
pub(super) async fn page(web: &Web, me: &Verifier, id: Id) -> Result<Option<Response>, Fail> {
    let (db, zoned, now) = (web.context.store.read(), web.zoned(me), web.context.now());
    let row = Fail::unless_found(verify::assigned(db, me.id(), CheckInId(id.0)).await?)?;
    let part = stand_by::part_of(db, &row, me.id()).await?;
    let Some(Part::HandedOver { since, why }) = part else { return Ok(None) };
    let later = check_ins::of_verifier(db, me.id(), now, now.plus_ms(DAY_MS)).await?;
    let next = later.iter().find(|c| !employee::is_over(c));
    let page = HandedOver {
        frame: web.frame(&me.visitor, t!("Handed over"), "/verifier").await,
        start: zoned.moment(UtcMillis(row.start_ms)),
        since: zoned.moment(since),
        said_so: why == WhyHandedOver::SaidSo,
        second_opinion: why == WhyHandedOver::SecondOpinion,
        next: next.map(|c| zoned.moment(UtcMillis(c.start_ms))),
    };
    web.page(&page).map(Some)
}

/// What a verifier reads above a session that is not simply theirs.
pub(super) async fn in_place(
    web: &Web,
    me: &Verifier,
    row: &check_in::Model,
) -> Result<Option<String>, Fail> {
    Ok(match stand_by::part_of(web.context.store.read(), row, me.id()).await? {
        Some(Part::Assigned { in_place: true }) => {
            Some(t!("You stand in for somebody who cannot come.").to_owned())
        }
        Some(Part::SecondOpinion) => Some(second_note().to_owned()),
        Some(Part::MayStillCome { since }) => Some(late_note(&web.zoned(me).clock(since))),
        _ => None,
    })
}
