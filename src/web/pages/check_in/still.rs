//! The picture of a first session, before the person whom it shows: seen, agreed to, or not.

use crate::acts::baseline;
use crate::web::guard::see;
use crate::web::pages::room::{picture, tell_still};
use crate::web::session::{Id, Posted, SignedIn};
use crate::web::{Answer, Fail, Web};
use axum::extract::State;
use muster_domain::id::CheckInId;
use muster_domain::reference_still::StillAnswer;
use muster_messages::t;

/// `GET /check-ins/{id}/still`
pub(super) async fn offered(State(web): State<Web>, me: SignedIn, id: Id) -> Answer {
    let found = baseline::offered(&web.context, me.id(), CheckInId(id.0)).await?;
    let (_, still) = found.ok_or(Fail::NotFound)?;
    Ok(picture(&still))
}

/// `POST /check-ins/{id}/still`
pub(super) async fn answer(State(web): State<Web>, me: SignedIn, id: Id, form: Posted) -> Answer {
    let said = StillAnswer::from_code(form.text("answer"));
    let said = said.ok_or_else(|| Fail::bad(t!("Say whether the picture may be kept.")))?;
    let check_in = CheckInId(id.0);
    baseline::answer(&web.context, &me.person, check_in, said).await?;
    let state = if said == StillAnswer::Keep { "agreed" } else { said.code() };
    tell_still(&web, check_in, state).await;
    Ok(see(&format!("/check-ins/{}/talk", id.0)))
}
