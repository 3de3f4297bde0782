//! The guides, one for each part: readable without signing in, since they tell nothing that the
//! published source does not.

use crate::web::session::Visitor;
use crate::web::{Access, Answer, Fail, Route, Web};
use axum::extract::{Path, State};
use muster_domain::person::Role;
use muster_messages::language::tr;
use muster_messages::pages::help::{HelpIndex, HelpPage, guide};

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::get("/help", Access::Anybody, index),
        Route::get("/help/{guide}", Access::Anybody, one),
    ]
}

async fn index(State(web): State<Web>, visitor: Visitor) -> Answer {
    let mut roles = Vec::new();
    if let Some(session) = visitor.session() {
        // Everybody is an employee, whatever else.
        roles.push(Role::Employee);
        roles.extend(session.roles.iter().copied());
    }
    let frame = web.frame(&visitor, "Help", "").await;
    web.page(&HelpIndex::new(frame, &roles))
}

async fn one(State(web): State<Web>, visitor: Visitor, Path(slug): Path<String>) -> Answer {
    let found = Fail::unless_found(guide(&slug))?;
    let settings = &web.context.settings;
    let frame = web.frame(&visitor, tr(found.title), "").await;
    web.page(&HelpPage::new(frame, found, &settings.retention, &settings.contact))
}
