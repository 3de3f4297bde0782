//! The employee's own check-in, one step a screen. Whoever it is not about does not learn that it
//! exists.

mod asides;
mod over;
mod place;
pub(super) mod standing;
mod steps;
mod still;

use crate::acts::{announce, check_in as acts, receipts};
use crate::web::session::{Id, SignedIn};
use crate::web::{Access, Answer, Fail, Passkeys, Route, Web, person_name};
use axum::extract::State;
use axum::http::header;
use axum::response::IntoResponse;
use muster_domain::access::Act;
use muster_domain::check_in::CheckInKind;
use muster_domain::id::CheckInId;
use muster_domain::time::UtcMillis;
use muster_messages::pages::check_in::{CheckInHead, StepName, steps as step_list};
use muster_messages::t;
use muster_store::entities::check_in;
use muster_store::{Owner, Place};

pub(super) fn routes() -> Vec<Route> {
    let own = Access::Act(Act::ViewOwnCheckIn);
    vec![
        Route::get("/check-ins/{id}", own, steps::next),
        Route::get("/check-ins/{id}/read", own, steps::read),
        Route::post("/check-ins/{id}/read", own, steps::have_read),
        Route::get("/check-ins/{id}/devices", own, steps::devices).with_devices(),
        Route::post("/check-ins/{id}/devices", own, steps::have_tried),
        Route::post("/check-ins/{id}/attempts", own, steps::attempt),
        Route::get("/check-ins/{id}/place", own, place::place)
            .with_devices()
            .with_passkeys(Passkeys::Sign),
        Route::post("/check-ins/{id}/place", own, place::answer),
        Route::post("/check-ins/{id}/place/question", own, place::question),
        Route::get("/check-ins/{id}/wait", own, steps::wait),
        Route::get("/check-ins/{id}/talk", own, steps::talk)
            .with_devices()
            .with_passkeys(Passkeys::Make),
        Route::get("/check-ins/{id}/still", own, still::offered),
        Route::post("/check-ins/{id}/still", own, still::answer),
        Route::get("/check-ins/{id}/standing", own, standing::standing),
        Route::get("/check-ins/{id}/done", own, over::done),
        Route::get("/check-ins/{id}/receipt", own, receipt),
        Route::post("/check-ins/{id}/dispute", Access::Act(Act::DisputeOwnOutcome), over::dispute),
        Route::post("/check-ins/{id}/explain", Access::Act(Act::ExplainOwnCheckIn), over::explain),
        Route::get("/check-ins/{id}/report", own, asides::report),
        Route::post("/check-ins/{id}/report", own, asides::send_report),
        Route::get("/check-ins/{id}/another-time", own, asides::another_time),
        Route::post("/check-ins/{id}/another-time", own, asides::ask_another_time),
        Route::post("/check-ins/{id}/not-now", own, asides::not_now),
        Route::get("/check-ins/{id}/decline", own, asides::decline),
        Route::post("/check-ins/{id}/decline", own, asides::do_decline),
    ]
}

/// One's own check-in, or no such page.
async fn own(web: &Web, me: &SignedIn, id: Id) -> Result<check_in::Model, Fail> {
    let db = web.context.store.read();
    Fail::unless_found(acts::own(db, me.id(), CheckInId(id.0)).await?)
}

/// What stands above a step.
async fn head(
    web: &Web,
    me: &SignedIn,
    row: &check_in::Model,
    step: StepName,
) -> Result<CheckInHead, Fail> {
    let now = web.context.now();
    let db = web.context.store.read();
    let may_tell = acts::opens(row) <= now && standing::is_known(db, row).await?;
    let id = row.id.to_string();
    Ok(CheckInHead {
        with: match may_tell {
            true => Some(person_name(db, row.verifier_id).await?),
            false => None,
        },
        code: row.code.clone(),
        start: web.zoned(me).moment(UtcMillis(row.start_ms)),
        start_ms: row.start_ms,
        note: note(web, row).await?,
        steps: step_list(&id, step),
        may_move: !acts::is_over(row) && now.0 < row.start_ms,
        id,
    })
}

/// Why it exists, where it was not drawn.
pub(super) async fn note(web: &Web, row: &check_in::Model) -> Result<Option<String>, Fail> {
    let db = web.context.store.read();
    Ok(match row.why() {
        CheckInKind::Drawn => None,
        CheckInKind::Recheck => {
            Some(t!("A second chance, or the new time you asked for.").to_owned())
        }
        CheckInKind::Baseline => Some(t!("Your first session.").to_owned()),
        CheckInKind::Manual => {
            let by = person_name(db, row.ordered_by).await?;
            let place = Place { table: "check_in", column: "order_reason", row: row.id };
            let owner = Owner::Person(row.person());
            let reason = match &row.order_reason {
                Some(sealed) => {
                    web.context.store.unseal::<String>(db, owner, place, sealed).await?
                }
                None => t!("no reason was noted").to_owned(),
            };
            let reason = announce::reason_in_words(&reason);
            Some(t!("Ordered by {by}, not drawn: {reason}", by, reason))
        }
    })
}

/// `GET /check-ins/{id}/receipt`: at every step, and after a difficulty.
async fn receipt(State(web): State<Web>, me: SignedIn, id: Id) -> Answer {
    let row = own(&web, &me, id).await?;
    let note = receipts::signed(&web.context, web.context.store.read(), &row).await?;
    let name = format!("attachment; filename=\"muster-receipt-{}.txt\"", row.code);
    let kind = "text/plain; charset=utf-8".to_owned();
    Ok(([(header::CONTENT_TYPE, kind), (header::CONTENT_DISPOSITION, name)], note).into_response())
}
