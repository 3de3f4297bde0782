//! The straight way: read, camera and sound, wait, talk. The place is in `place.rs`.

use super::{head, over, own, standing};
use crate::acts::check_in::{self as acts, NOTICE_VERSION};
use crate::acts::policy::{self, PolicyInForce};
use crate::acts::sightings;
use crate::web::guard::see;
use crate::web::session::{Id, Posted, SignedIn};
use crate::web::{Answer, Fail, Web};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use muster_domain::check_in::PageStep;
use muster_domain::id::{CheckInId, PolicyVersionId};
use muster_domain::judging::attendance::{AttendanceKind, Party};
use muster_domain::policy::LocationDemand;
use muster_domain::time::UtcMillis;
use muster_messages::pages::check_in::{Devices, Read, Recorded, StepName, Talk, Wait};
use muster_messages::pages::{Row, TextArea};
use muster_messages::t;
use muster_store::entities::check_in;
use muster_store::{evidence, people};
use serde::Deserialize;

async fn policy_of(web: &Web, row: &check_in::Model) -> Result<PolicyInForce, Fail> {
    let id = PolicyVersionId(row.policy_version_id);
    Ok(policy::load(web.context.store.read(), id).await?)
}

/// The step a check-in has reached.
async fn reached(web: &Web, row: &check_in::Model) -> Result<StepName, Fail> {
    let db = web.context.store.read();
    if acts::is_over(row) || web.context.now() > row.clocks().grace_end() {
        let is_late_talk = acts::is_room_open(row, web.context.now())
            && row.life() == muster_domain::check_in::CheckInState::Live;
        return Ok(if is_late_talk { StepName::Talk } else { StepName::Done });
    }
    if row.read_ms.is_none() {
        return Ok(StepName::Read);
    }
    if row.devices_ms.is_none() {
        return Ok(StepName::Devices);
    }
    let asks_place = policy_of(web, row).await?.policy.evidence.location != LocationDemand::Off;
    if asks_place && evidence::attestation(db, row.check_in_id()).await?.is_none() {
        return Ok(StepName::Place);
    }
    Ok(StepName::Wait)
}

/// `GET /check-ins/{id}`: goes on where the person is.
pub(super) async fn next(State(web): State<Web>, me: SignedIn, id: Id) -> Answer {
    let row = own(&web, &me, id).await?;
    if !acts::is_over(&row) {
        let kind = AttendanceKind::Opened;
        sightings::on_page(&web.context, row.check_in_id(), Party::Employee, kind).await?;
    }
    let segment = match reached(&web, &row).await? {
        StepName::Read => "read",
        StepName::Devices => "devices",
        StepName::Place => "place",
        StepName::Wait => "wait",
        StepName::Talk => "talk",
        StepName::Done => "done",
    };
    Ok(see(&format!("/check-ins/{}/{segment}", row.id)))
}

/// `Some` where the step cannot be shown: over, or not reached yet.
pub(super) async fn elsewhere(
    web: &Web,
    row: &check_in::Model,
    step: StepName,
) -> Result<Option<axum::response::Response>, Fail> {
    let is_reached = reached(web, row).await? >= step;
    let is_over = acts::is_over(row);
    Ok((is_over || !is_reached).then(|| see(&format!("/check-ins/{}", row.id))))
}

/// `GET .../read`
pub(super) async fn read(State(web): State<Web>, me: SignedIn, id: Id) -> Answer {
    let row = own(&web, &me, id).await?;
    if let Some(answer) = elsewhere(&web, &row, StepName::Read).await? {
        return Ok(answer);
    }
    let kind = AttendanceKind::Opened;
    sightings::on_page(&web.context, row.check_in_id(), Party::Employee, kind).await?;
    let db = web.context.store.read();
    let known = people::acknowledged(db, me.id(), NOTICE_VERSION).await?;
    let policy = policy_of(&web, &row).await?;
    let (clocks, zoned) = (row.clocks(), web.zoned(&me));
    let asks_place = policy.policy.evidence.location != LocationDemand::Off;
    let tasks = policy.policy.challenges.count;
    let mut happens =
        vec![t!("You try your camera and microphone. Nobody sees or hears that.").to_owned()];
    if asks_place {
        happens.push(t!("We ask once where you work from. You may say no.").to_owned());
    }
    let start = zoned.clock(clocks.start);
    happens.push(match tasks {
        0 => t!("At {start} a person greets you by video.", start),
        1 => t!(
            "At {start} a person greets you by video and asks for one small thing, drawn a moment \
             before. There is another way to do it.",
            start
        ),
        n => t!(
            "At {start} a person greets you by video and asks for {n} small things, drawn a moment \
             before. For each there is another way.",
            start,
            n
        ),
    });
    let recorded = |what: &str, kept: &str| Recorded {
        what: what.to_owned(),
        who_and_how_long: kept.to_owned(),
    };
    let days = &web.context.settings.retention;
    let mut all = vec![
        recorded(
            t!("When you joined and left"),
            &t!(
                "Your manager sees it. Kept {session_detail} days.",
                session_detail = days.session_detail
            ),
        ),
        recorded(
            t!("What the person you met noted"),
            &t!(
                "HR sees it; your manager sees the result. Kept {session_detail} days; the result {decision}.",
                session_detail = days.session_detail,
                decision = days.decision
            ),
        ),
    ];
    if asks_place {
        all.push(recorded(
            t!("Where you are, if you share it"),
            &t!("Your manager sees no map. HR and security see one only where they open the evidence of a case. The exact point is kept {exact_place} days, then the area, until {place_area} days are over.", exact_place = days.exact_place, place_area = days.place_area),
        ));
        all.push(recorded(
            t!("With your place: how your browser reached us, and the kind of device"),
            t!("Round trips, network, browser key, your passkey if you have one, kind of camera and \
             graphics. Your manager sees only what did not fit. Details go after 180 days."),
        ));
    }
    if row.why() == muster_domain::check_in::CheckInKind::Baseline {
        all.push(recorded(
            t!("One picture, if you agree to it"),
            t!(
                "Later verifiers see it beside the live picture, nobody else. Kept until you leave."
            ),
        ));
    }
    let organisation = &web.context.settings.organisation;
    let page = Read {
        frame: web.frame(&me.visitor, t!("Before your check-in"), "/").await,
        check_in: head(&web, &me, &row, StepName::Read).await?,
        minutes: clocks.session_minutes,
        happens,
        recorded: all,
        never: [
            t!("No video or sound is kept, and no picture but the one you agree to in a first session."),
            t!("No program judges your face or voice."),
            t!("Who else is in the room is never noted."),
        ]
        .map(str::to_owned)
        .to_vec(),
        clocks: vec![
            Row::new(
                t!("You were told"),
                &t!("{text}, {notice_minutes} minutes before", text = zoned.moment(clocks.announce).text, notice_minutes = clocks.notice_minutes()),
            ),
            Row::new(
                t!("You can join"),
                &t!("{text} to {window_end}", text = zoned.moment(acts::opens(&row)).text, window_end = zoned.clock(clocks.window_end())),
            ),
            Row::new(t!("It starts"), &zoned.moment(clocks.start).text),
            Row::new(t!("Late, not missed"), &t!("until {grace_end}", grace_end = zoned.clock(clocks.grace_end()))),
            Row::new(t!("The talk takes"), &t!("about {session_minutes} minutes", session_minutes = clocks.session_minutes)),
        ],
        notice_version: NOTICE_VERSION.to_owned(),
        notice: vec![
            t!("{organisation} checks remote work by short video talks because people have been hired under false names and company laptops have been driven from elsewhere.", organisation),
            t!("You may see all that is held about you, have it corrected, and object. Nothing here decides about you by itself: where something does not fit, a person looks. Ask {contact}.", contact = web.context.settings.contact),
        ],
        acknowledged: known.is_some(),
    };
    web.page(&page)
}

/// `POST .../read`
pub(super) async fn have_read(
    State(web): State<Web>,
    me: SignedIn,
    id: Id,
    form: Posted,
) -> Answer {
    let check_in = CheckInId(id.0);
    acts::acknowledge(&web.context, &me.person, check_in, form.text("notice_version")).await?;
    Ok(see(&format!("/check-ins/{}/devices", id.0)))
}

fn trouble_field() -> TextArea {
    let area = TextArea {
        rows: 2,
        max_length: 500,
        ..TextArea::new("trouble", t!("What does not work?"))
    };
    area.hint(t!("For example: the browser finds no camera."))
}

/// `GET .../devices`
pub(super) async fn devices(State(web): State<Web>, me: SignedIn, id: Id) -> Answer {
    let row = own(&web, &me, id).await?;
    if let Some(answer) = elsewhere(&web, &row, StepName::Devices).await? {
        return Ok(answer);
    }
    let page = Devices {
        frame: web.frame(&me.visitor, t!("Camera and sound"), "/").await,
        check_in: head(&web, &me, &row, StepName::Devices).await?,
        trouble: trouble_field(),
    };
    web.page(&page)
}

/// `POST .../devices`
pub(super) async fn have_tried(
    State(web): State<Web>,
    me: SignedIn,
    id: Id,
    form: Posted,
) -> Answer {
    let trouble = form.text_within("trouble", 500);
    let is_trouble = form.text("result") == "trouble";
    if !is_trouble && form.text("result") != "works" {
        return Err(Fail::bad(t!("Say whether camera and sound work.")));
    }
    let trouble = is_trouble.then_some(trouble.as_str());
    acts::try_devices(&web.context, &me.person, CheckInId(id.0), trouble).await?;
    Ok(see(&format!("/check-ins/{}", id.0)))
}

/// What a page says it could not do.
#[derive(Debug, Deserialize)]
pub(super) struct Attempt {
    step: String,
    error: String,
}

/// `POST .../attempts`: JSON from the page itself; answers 202 with the receipt's id.
pub(super) async fn attempt(
    State(web): State<Web>,
    me: SignedIn,
    id: Id,
    body: Result<Json<Attempt>, axum::extract::rejection::JsonRejection>,
) -> Answer {
    // Not own: no such page, whatever was sent.
    own(&web, &me, id).await?;
    let Ok(Json(attempt)) = body else {
        return Err(Fail::bad("step and error were expected."));
    };
    let is_word = |text: &str| {
        (1..=40).contains(&text.len())
            && text
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b"_-".contains(&b))
    };
    if !is_word(&attempt.step) || !is_word(&attempt.error) {
        return Err(Fail::bad("step and error are words in lower case."));
    }
    let step = match attempt.step.as_str() {
        "camera" | "microphone" => PageStep::CameraAndSound,
        "place" => PageStep::Place,
        _ => PageStep::InRoom,
    };
    let error = format!("{}-{}", attempt.step, attempt.error);
    let kept = acts::note_attempt(&web.context, me.id(), CheckInId(id.0), step, &error).await?;
    Ok((StatusCode::ACCEPTED, Json(serde_json::json!({ "receipt": kept }))).into_response())
}

/// `GET .../wait`
pub(super) async fn wait(State(web): State<Web>, me: SignedIn, id: Id) -> Answer {
    let row = own(&web, &me, id).await?;
    if let Some(answer) = elsewhere(&web, &row, StepName::Wait).await? {
        return Ok(answer);
    }
    let (now, zoned, clocks) = (web.context.now(), web.zoned(&me), row.clocks());
    let (opens, db) = (acts::opens(&row), web.context.store.read());
    if opens <= now {
        // At the door of the open room: that is arriving.
        let kind = AttendanceKind::Joined;
        sightings::on_page(&web.context, row.check_in_id(), Party::Employee, kind).await?;
    }
    let attested = evidence::attestation(db, row.check_in_id()).await?;
    let tried = evidence::receipts(db, row.check_in_id()).await?;
    let has_trouble = tried
        .iter()
        .rev()
        .find(|r| r.step == PageStep::CameraAndSound.code())
        .is_some_and(|r| !r.error.is_empty());
    let read_at = row.read_ms.map_or(now, UtcMillis);
    let page = Wait {
        frame: web.frame(&me.visitor, t!("Waiting for your check-in"), "/").await,
        check_in: head(&web, &me, &row, StepName::Wait).await?,
        standing: standing::of(&web, &me, &row, true).await?,
        opens: zoned.moment(opens),
        opens_ms: opens.0,
        open: opens <= now,
        join_until: zoned.moment(clocks.window_end()),
        grace_until: zoned.moment(clocks.grace_end()),
        so_far: vec![
            Row::new(
                &t!("Notice {NOTICE_VERSION}", NOTICE_VERSION),
                &t!("read at {read_at}", read_at = zoned.clock(read_at)),
            ),
            Row::new(
                t!("Camera and sound"),
                if has_trouble { t!("trouble, noted") } else { t!("work") },
            ),
            Row::new(t!("Place"), over::place_word(attested.as_ref().map(|a| a.status.as_str()))),
        ],
    };
    web.page(&page)
}

/// `GET .../talk`
pub(super) async fn talk(State(web): State<Web>, me: SignedIn, id: Id) -> Answer {
    let row = own(&web, &me, id).await?;
    if let Some(answer) = elsewhere(&web, &row, StepName::Wait).await? {
        return Ok(answer);
    }
    if !acts::is_room_open(&row, web.context.now()) {
        return Ok(see(&format!("/check-ins/{}/wait", row.id)));
    }
    let kind = AttendanceKind::Joined;
    sightings::on_page(&web.context, row.check_in_id(), Party::Employee, kind).await?;
    let page = Talk {
        frame: web.frame(&me.visitor, t!("Your check-in"), "/").await,
        check_in: head(&web, &me, &row, StepName::Talk).await?,
        standing: standing::of(&web, &me, &row, false).await?,
        socket: format!("/room/{}/socket", row.id),
        ice_json: crate::web::pages::room::ice_json(&web)?,
        direct: !web.settings.ice.relay_only,
        takes_still: row.why() == muster_domain::check_in::CheckInKind::Baseline,
    };
    web.page(&page)
}
