//! The practice check-in. It reads the visitor's policy and writes nothing anywhere.

use super::room::ice_json;
use crate::web::session::SignedIn;
use crate::web::{Access, Answer, Route, Web};
use axum::extract::State;
use muster_messages::pages::practice::{ExampleTask, Practice};
use muster_messages::t;

pub(super) fn routes() -> Vec<Route> {
    vec![Route::get("/practice", Access::SignedIn, practice).with_devices()]
}

async fn practice(State(web): State<Web>, me: SignedIn) -> Answer {
    let asks = super::home::my_policy(&web, &me).await?.map_or_else(
        || vec![t!("A video talk of a few minutes, with a person.").to_owned()],
        |policy| policy.asks,
    );
    let example =
        |say: &str, other: &str| ExampleTask { say: say.to_owned(), alternative: other.to_owned() };
    let page = Practice {
        frame: web.frame(&me.visitor, t!("Practice check-in"), "/").await,
        ice_json: ice_json(&web)?,
        asks,
        examples: vec![
            example(
                t!("Please pass one open hand slowly in front of your face."),
                t!("Please turn your head slowly to one side and back."),
            ),
            example(
                t!("Please show what stands to the left of your screen."),
                t!("Please say what you see when you look out of the nearest window."),
            ),
        ],
    };
    web.page(&page)
}
