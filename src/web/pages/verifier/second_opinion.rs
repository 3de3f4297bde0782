//! Asking for a second opinion from the room. The page stays, so that the talk goes on.

use super::mine;
use crate::acts::stand_by::second_opinion::{self as acts, Asked};
use crate::acts::stand_by::{self, Part};
use crate::web::session::{Id, Posted, Verifier};
use crate::web::{Answer, Fail, Web};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use muster_domain::check_in::CheckInKind;
use muster_messages::pages::StandingNote;
use muster_messages::pages::verifier::{Room, SecondOpinion};
use muster_messages::t;
use muster_store::entities::check_in;

/// The section of the room's page; nothing where none can be asked for: in a first session, and for
/// whoever gives the second opinion.
pub(super) async fn section(
    web: &Web,
    me: &Verifier,
    row: &check_in::Model,
) -> Result<Option<SecondOpinion>, Fail> {
    let part = stand_by::part_of(web.context.store.read(), row, me.id()).await?;
    if row.why() == CheckInKind::Baseline || matches!(part, Some(Part::SecondOpinion)) {
        return Ok(None);
    }
    Ok(Some(SecondOpinion { view: Room::view_field(), standing: note(web, row).await? }))
}

async fn note(web: &Web, row: &check_in::Model) -> Result<StandingNote, Fail> {
    let text = match acts::asked(web.context.store.read(), row.check_in_id()).await? {
        None => "",
        Some(Asked::Looking) => t!("Somebody is looked for. Go on talking."),
        Some(Asked::OnTheWay) => t!(
            "Somebody is called and takes your place. If nobody has come in two minutes, send the form yourself."
        ),
        Some(Asked::NobodyCame) => t!(
            "Nobody could come. Send the form yourself; that you could not tell is a full answer."
        ),
    };
    Ok(StandingNote {
        url: format!("/verifier/sessions/{}/second-opinion", row.id),
        text: text.to_owned(),
        version: String::new(),
        may_reload: false,
    })
}

/// `POST .../second-opinion`
pub(super) async fn ask(State(web): State<Web>, me: Verifier, id: Id, form: Posted) -> Answer {
    let row = mine(&web, &me, id).await?;
    acts::ask(&web.context, &me.person, row.check_in_id(), form.text("view")).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// `GET .../second-opinion`: how it stands, for a page that lies open.
pub(super) async fn standing(State(web): State<Web>, me: Verifier, id: Id) -> Answer {
    let row = mine(&web, &me, id).await?;
    let note = note(&web, &row).await?;
    Ok(Json(serde_json::json!({ "text": note.text, "version": note.version })).into_response())
}
