//! One's own passkeys: what there is, adding one, removing one.

use super::{Moment, PageFrame, StateWord, Tone, samples};
use crate::render::Template;
use serde::Serialize;

/// `GET /me/passkeys`. Posts `credential` to itself, and to `/me/passkeys/{id}/remove`.
#[derive(Debug, Clone, Serialize)]
pub struct MyPasskeys {
    pub frame: PageFrame,
    pub passkeys: Vec<MyPasskey>,
}

/// One of them.
#[derive(Debug, Clone, Serialize)]
pub struct MyPasskey {
    pub id: String,
    pub added: Moment,
    /// Whether it may be on several devices.
    pub kind: String,
    /// When it signed last, as part of a sentence.
    pub last: String,
    pub state: StateWord,
}

impl Template for MyPasskeys {
    const NAME: &'static str = "pages/me/passkeys";

    fn samples() -> Vec<MyPasskeys> {
        let one = |state, kind: &str, last: &str| MyPasskey {
            id: samples::ID.to_owned(),
            added: samples::at(-90_000),
            kind: kind.to_owned(),
            last: last.to_owned(),
            state,
        };
        let usual = MyPasskeys {
            frame: samples::employee("My passkeys"),
            passkeys: vec![
                one(
                    StateWord::new("approved", Tone::Good),
                    "stays on one device",
                    "last used today 09:20",
                ),
                one(
                    StateWord::new("waits for approval", Tone::Waiting),
                    "may be on several devices",
                    "not used yet",
                ),
            ],
        };
        let none = MyPasskeys { passkeys: vec![], ..usual.clone() };
        let hostile = MyPasskeys {
            passkeys: vec![one(
                StateWord::new(samples::HOSTILE, Tone::Waiting),
                samples::HOSTILE,
                samples::HOSTILE,
            )],
            ..usual.clone()
        };
        vec![usual, none, hostile]
    }
}
