//! One's own first session: how far it is, the picture that is kept, and asking for another.

use super::room::picture;
use crate::acts::baseline;
use crate::web::guard::see;
use crate::web::session::{Posted, SignedIn};
use crate::web::{Access, Answer, Fail, Route, Web, with_flash};
use axum::extract::State;
use muster_domain::time::UtcMillis;
use muster_messages::pages::first_session::MyFirstSession;
use muster_messages::pages::{FlashTone, Row};
use muster_messages::t;
use muster_store::baselines;

const MINE: &str = "/me/first-session";

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::get(MINE, Access::SignedIn, mine),
        Route::post(MINE, Access::SignedIn, ask_again),
        Route::get("/me/reference-still", Access::SignedIn, my_still),
    ]
}

async fn mine(State(web): State<Web>, me: SignedIn) -> Answer {
    let (db, zoned) = (web.context.store.read(), web.zoned(&me));
    let one = baseline::of(db, me.id()).await?;
    let one = one.as_ref();
    let kept = baselines::kept(db, me.id()).await?;
    let session = match one.and_then(|o| o.newest()) {
        Some(row) => zoned.moment(UtcMillis(row.start_ms)).text,
        None if one.is_some_and(|o| o.is_waiting) => t!("booked; you are told the time").to_owned(),
        None => t!("none yet").to_owned(),
    };
    let picture = match &kept {
        Some(still) => {
            t!("kept since {text}", text = zoned.moment(UtcMillis(still.kept_ms.unwrap_or(0))).text)
        }
        None => t!("none is kept").to_owned(),
    };
    let word = if one.is_some_and(|o| o.vouching.is_some()) { t!("given") } else { t!("not yet") };
    let page = MyFirstSession {
        frame: web.frame(&me.visitor, t!("My first session"), "/").await,
        facts: vec![
            Row::new(t!("Session"), &session),
            Row::new(t!("Picture"), &picture),
            Row::new(t!("Somebody's word for you"), word),
        ],
        has_still: kept.is_some(),
        may_ask: one.is_some_and(|o| o.blocked.is_none() && !o.is_arranged()),
    };
    web.page(&page)
}

async fn ask_again(State(web): State<Web>, me: SignedIn, _: Posted) -> Answer {
    baseline::ask_again(&web.context, me.id()).await?;
    let told = t!("It is booked. You are told the time in your working hours.");
    Ok(with_flash(&web, see(MINE), FlashTone::Done, told))
}

async fn my_still(State(web): State<Web>, me: SignedIn) -> Answer {
    let still = baseline::own(&web.context, me.id()).await?;
    Ok(picture(&still.ok_or(Fail::NotFound)?))
}
