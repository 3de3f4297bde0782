//! The first page of everybody: what is next for me, what waits for me, what was.

use crate::web::session::SignedIn;
use crate::web::{Access, Answer, Route, Web};
use axum::extract::State;
use muster_messages::pages::home::Home;

pub(super) fn routes() -> Vec<Route> {
    vec![Route::get("/", Access::SignedIn, home)]
}

async fn home(State(web): State<Web>, me: SignedIn) -> Answer {
    let frame = web.frame(&me.visitor, "My check-ins", "/").await;
    web.page(&Home { frame, next: None, tasks: Vec::new(), history: Vec::new(), policy: None })
}
