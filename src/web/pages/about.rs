//! What this is, for people who doubt a message: readable without signing in.

use crate::web::session::Visitor;
use crate::web::{Access, Answer, Route, Web};
use axum::extract::State;
use muster_messages::pages::Row;
use muster_messages::pages::about::About;

pub(super) fn routes() -> Vec<Route> {
    vec![Route::get("/about", Access::Anybody, about)]
}

async fn about(State(web): State<Web>, visitor: Visitor) -> Answer {
    let settings = &web.context.settings;
    let page = About {
        frame: web.frame(&visitor, "About these check-ins", "").await,
        sender: settings.mail_from.clone(),
        host: web.settings.authority().to_owned(),
        contacts: vec![
            Row::new("About anything here", &settings.contact),
            Row::new("About a message that looks false", &settings.contact),
        ],
    };
    web.page(&page)
}
