//! Choosing the language, from the foot of every page.

use crate::acts::language;
use crate::web::guard::{page_before, see};
use crate::web::session::cookie::{self, LANGUAGE};
use crate::web::session::{Posted, Visitor};
use crate::web::{Access, Answer, Fail, Route, Web};
use axum::extract::State;
use axum::http::HeaderMap;
use muster_domain::id::PersonId;
use muster_messages::language::Language;
use muster_messages::t;

/// How long a browser keeps what was chosen in it: a year, in seconds.
const KEPT_SECONDS: u32 = 365 * 24 * 3600;

pub(super) fn routes() -> Vec<Route> {
    vec![Route::post("/language", Access::Anybody, choose)]
}

/// Kept with the person who is signed in, so that mails follow, and in the browser for the pages
/// before signing in.
async fn choose(
    State(web): State<Web>,
    visitor: Visitor,
    headers: HeaderMap,
    form: Posted,
) -> Answer {
    let Some(chosen) = Language::from_code(form.text("language")) else {
        return Err(Fail::bad(t!("This language is not spoken here.")));
    };
    if let Some(session) = visitor.session() {
        language::choose(&web.context, PersonId(session.person.id), chosen).await?;
    }
    let back = page_before(&headers, visitor.host()).unwrap_or_else(|| "/".to_owned());
    let mut answer = see(&back);
    cookie::set(&web, &mut answer, LANGUAGE, chosen.code(), Some(KEPT_SECONDS));
    Ok(answer)
}
