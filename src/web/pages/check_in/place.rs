//! The question of place: the page, a fresh question for a page that signs, and the answer.

use super::steps::elsewhere;
use super::{head, own};
use crate::acts::ActError;
use crate::acts::check_in::{self as acts, PlaceAnswer};
use crate::acts::passkeys::{self, Given};
use crate::acts::place_record;
use crate::web::guard::see;
use crate::web::session::{Form, Id, Posted, SignedIn};
use crate::web::{Answer, Web, with_flash};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use muster_domain::attestation::PlaceRecord;
use muster_domain::check_in::PageStep;
use muster_domain::id::CheckInId;
use muster_domain::judging::evidence::{ClaimStatus, Point};
use muster_domain::judging::gathered::{CameraClass, RendererClass, Unsigned};
use muster_messages::pages::FlashTone;
use muster_messages::pages::check_in::{Place, PlaceAnswered, StepName};
use muster_messages::t;
use muster_store::entities::check_in;
use muster_store::people;
use std::net::IpAddr;

/// `GET .../place`
pub(super) async fn place(State(web): State<Web>, me: SignedIn, id: Id) -> Answer {
    let row = own(&web, &me, id).await?;
    if let Some(answer) = elsewhere(&web, &row, StepName::Place).await? {
        return Ok(answer);
    }
    place_page(&web, &me, &row, None).await
}

async fn place_page(
    web: &Web,
    me: &SignedIn,
    row: &check_in::Model,
    wrong: Option<(&Form, &str)>,
) -> Answer {
    let places = people::places(&web.context.store, web.context.store.read(), me.id()).await?;
    let mut frame = web.frame(&me.visitor, t!("Where you work from"), "/").await;
    let (mut instead, mut because) = (Place::instead_field(), Place::because_field());
    if let Some((form, sentence)) = wrong {
        frame = frame.with_problem("status-1", sentence);
        instead = instead.chosen(&[form.text("status")], Some(sentence));
        because = because.typed(form.text("because"), None);
    }
    let page = Place {
        frame,
        check_in: head(web, me, row, StepName::Place).await?,
        nonce: acts::issue_nonce(&web.context, row.check_in_id()).await?,
        manager_sees: t!("within the agreed area").to_owned(),
        exact_days: web.context.settings.retention.exact_place,
        declared: places.into_iter().map(|p| p.detail.label).collect(),
        instead,
        because,
    };
    let status = if wrong.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    web.page_as(status, &page)
}

/// `POST .../place`
pub(super) async fn answer(State(web): State<Web>, me: SignedIn, id: Id, form: Posted) -> Answer {
    let row = own(&web, &me, id).await?;
    let answer = match read_answer(&web, &me, row.check_in_id(), &form) {
        Ok(answer) => answer,
        Err(error) => return refused(&web, &me, &row, &form, error).await,
    };
    if let Err(error) = acts::attest(&web.context, &me.person, row.check_in_id(), &answer).await {
        return refused(&web, &me, &row, &form, error).await;
    }
    let shared = answer.status == Some(ClaimStatus::Ok) && answer.point.is_some();
    let recorded = match answer.status {
        Some(ClaimStatus::Ok) if shared => match answer.accuracy_metres {
            Some(metres) => t!("A point, exact to about {metres} m.", metres),
            None => t!("A point.").to_owned(),
        },
        Some(ClaimStatus::Declined) => {
            t!("You said that you would rather not share your place.").to_owned()
        }
        Some(ClaimStatus::Denied) => {
            t!("Your browser did not allow it. That is recorded as it is.").to_owned()
        }
        Some(ClaimStatus::TimedOut) => {
            t!("Your device took too long to find a place. That is recorded as it is.").to_owned()
        }
        _ => t!("Your device or browser gave no place. That is recorded as it is.").to_owned(),
    };
    let other_ways = match shared {
        true => Vec::new(),
        false => vec![
            t!("Show the person you meet the view from a window, if you like.").to_owned(),
            t!("Tell HR where you work from, and they compare it with what you declared.")
                .to_owned(),
            t!("Or leave it so. The talk takes place all the same.").to_owned(),
        ],
    };
    let page = PlaceAnswered {
        frame: web.frame(&me.visitor, t!("Your answer is recorded"), "/").await,
        check_in: head(&web, &me, &row, StepName::Place).await?,
        shared,
        recorded,
        other_ways,
    };
    web.page(&page)
}

/// An answer that cannot be taken is asked for once more. One that a page signed leaves a receipt of
/// the attempt: the person did answer.
async fn refused(
    web: &Web,
    me: &SignedIn,
    row: &check_in::Model,
    form: &Form,
    error: ActError,
) -> Answer {
    let ActError::Invalid(faults) = error else { return Err(error.into()) };
    let (field, sentence) = faults.first().map_or(("", ""), |(f, s)| (*f, s.as_str()));
    if form.text("record").is_empty() {
        return place_page(web, me, row, Some((form, sentence))).await;
    }
    let why = match field {
        "nonce" => "place-record-late",
        "passkey" => "passkey-not-taken",
        _ => "place-record-altered",
    };
    acts::note_attempt(&web.context, me.id(), row.check_in_id(), PageStep::Place, why).await?;
    // The page itself and not an answer to a form: only that one may ask the browser for the place.
    let again = see(&format!("/check-ins/{}/place", row.id));
    Ok(with_flash(web, again, FlashTone::Attention, sentence))
}

/// What was answered: by the record the page signed, where there is one, else by the fields.
fn read_answer(
    web: &Web,
    me: &SignedIn,
    id: CheckInId,
    form: &Form,
) -> Result<PlaceAnswer, ActError> {
    let address = address(me);
    let record = form.text("record");
    let mut answer = match record.is_empty() {
        true => typed_place(form),
        false => {
            let read = place_record::read(&web.context, id, record)?;
            let stun = web.stun.as_ref().zip(address);
            PlaceAnswer {
                datagram_from: stun.and_then(|(stun, page)| stun.confirmed(&read.reflexive, page)),
                passkey: given(web, me, &read, form),
                ..PlaceAnswer::of_record(&read, record)
            }
        }
    };
    answer.address = address;
    answer.is_behind_proxy = me.visitor.is_proxied();
    answer.because = form.text_within("because", 500);
    Ok(answer)
}

/// What the page says of a passkey. It can sign only what the browser's own key has signed too.
fn given(web: &Web, me: &SignedIn, read: &PlaceRecord, form: &Form) -> Given {
    match (form.text("passkey"), form.text("passkey_without")) {
        ("", "") => Given::Nothing,
        ("", _) => Given::WentOn,
        (sent, _) => Given::Signed {
            sent: sent.to_owned(),
            challenge: read.challenge,
            party: web.relying_party(&me.visitor),
        },
    }
}

/// Where the answer comes from. Over loopback nothing comes from anywhere.
fn address(me: &SignedIn) -> Option<IpAddr> {
    Some(me.visitor.client()).filter(|client| !client.is_loopback() && !client.is_unspecified())
}

fn typed_place(form: &Form) -> PlaceAnswer {
    let status = match form.text("status") {
        "ok" => Some(ClaimStatus::Ok),
        "declined" => Some(ClaimStatus::Declined),
        "denied" => Some(ClaimStatus::Denied),
        "timeout" | "timed_out" => Some(ClaimStatus::TimedOut),
        "unavailable" | "cannot" => Some(ClaimStatus::Unavailable),
        _ => None,
    };
    let number = |name: &str| form.text(name).parse::<f64>().ok().filter(|n| n.is_finite());
    let point =
        number("lat").zip(number("lon")).and_then(|(lat, lon)| Point::from_degrees(lat, lon));
    let accuracy = number("accuracy_m").filter(|m| (0.0..=1e8).contains(m));
    PlaceAnswer {
        nonce: form.text("nonce").to_owned(),
        status,
        point,
        accuracy_metres: accuracy.map(|m| m.ceil() as u32),
        browser_time_zone: Some(form.text_within("time_zone", 64))
            .filter(|name| muster_domain::time::zone(name).is_some()),
        unsigned: Unsigned::from_code(form.text("unsigned")),
        camera: CameraClass::from_code(form.text("camera")),
        renderer: RendererClass::from_code(form.text("renderer")),
        ..PlaceAnswer::default()
    }
}

/// `POST .../place/question`: a fresh question for a page that is about to sign its answer.
pub(super) async fn question(State(web): State<Web>, me: SignedIn, id: Id) -> Answer {
    let row = own(&web, &me, id).await?;
    let nonce = acts::issue_nonce(&web.context, row.check_in_id()).await?;
    let passkeys = passkeys::offered(&web.context, me.id()).await?;
    let question = serde_json::json!({
        "nonce": nonce,
        "profile": muster_domain::attestation::PROFILE,
        "audience": web.context.settings.public_url,
        "check_in": row.id,
        "line": format!("/check-ins/{}/place/line?nonce={nonce}", row.id),
        // Without an address of the page's there is nothing to compare a second one with.
        // One's own, where there are any: the page then asks for one of them.
        "passkeys": (!passkeys.is_empty()).then(|| serde_json::json!({
            "rp": web.relying_party(&me.visitor).id(), "ids": passkeys,
        })),
        "stun": web.stun.as_ref().filter(|_| address(&me).is_some()).map(|stun| stun.url()),
    });
    Ok(Json(question).into_response())
}
