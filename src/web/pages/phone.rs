//! The second device of a check-in: a code is typed once, another then moves on its screen. Nobody
//! signs in, and the page names nobody.

use crate::acts::ActError;
use crate::acts::challenges::phone;
use crate::web::guard::see;
use crate::web::session::proxy::rate_subject;
use crate::web::session::{Posted, Visitor};
use crate::web::{Access, Answer, Route, Web};
use axum::extract::{Path, State};
use axum::http::{HeaderName, HeaderValue, StatusCode};
use muster_messages::pages::challenges::{PhoneAsk, PhoneShow};
use muster_messages::t;

/// How often the page asks for the code of now: well within the half minute it stands.
const LOOK_AGAIN_SECONDS: &str = "5";

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::get("/phone", Access::Anybody, ask),
        Route::post("/phone", Access::Anybody, open),
        Route::get("/phone/{page}", Access::Anybody, show),
    ]
}

async fn ask(State(web): State<Web>, visitor: Visitor) -> Answer {
    let frame = web.frame(&visitor, t!("Second device"), "").await;
    web.page(&PhoneAsk { frame, code: PhoneAsk::field() })
}

async fn open(State(web): State<Web>, visitor: Visitor, form: Posted) -> Answer {
    let typed = form.text("phone_code");
    let client = rate_subject(visitor.client());
    match phone::open(&web.context, &client, typed).await {
        Ok(page) => Ok(see(&format!("/phone/{page}"))),
        Err(ActError::Invalid(faults)) => {
            let fault = faults.first().map_or("", |(_, sentence)| sentence.as_str());
            let frame = web.frame(&visitor, t!("Second device"), "").await;
            let page = PhoneAsk {
                frame: frame.with_problem("phone_code", fault),
                code: PhoneAsk::field().typed(typed, Some(fault)),
            };
            web.page_as(StatusCode::UNPROCESSABLE_ENTITY, &page)
        }
        Err(error) => Err(error.into()),
    }
}

async fn show(State(web): State<Web>, visitor: Visitor, Path(page): Path<String>) -> Answer {
    let code = phone::shown(&web.context, &page).await?;
    let frame = web.frame(&visitor, t!("Second device"), "").await;
    let is_running = code.is_some();
    let mut answer = web.page(&PhoneShow { frame, code })?;
    if is_running {
        let again = HeaderValue::from_static(LOOK_AGAIN_SECONDS);
        answer.headers_mut().insert(HeaderName::from_static("refresh"), again);
    }
    Ok(answer)
}
