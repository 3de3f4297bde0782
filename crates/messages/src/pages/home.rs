//! The first page of everybody: what is next for me, what waits for me, what was.

use super::{Moment, PageFrame, StateWord, Tone, samples};
use crate::render::Template;
use muster_domain::check_in::Outcome;
use muster_domain::person::Role;
use serde::Serialize;

/// `GET /`
#[derive(Debug, Clone, Serialize)]
pub struct Home {
    pub frame: PageFrame,
    /// The announced check-in. `None` until the announcement, whatever the engine knows.
    pub next: Option<NextCheckIn>,
    /// What waits for this person in his other roles.
    pub tasks: Vec<Task>,
    /// Newest first.
    pub history: Vec<PastCheckIn>,
    /// The policy this person is in; `None` where no policy matches.
    pub policy: Option<MyPolicy>,
}

/// A check-in that has been announced and is not over.
#[derive(Debug, Clone, Serialize)]
pub struct NextCheckIn {
    pub id: String,
    /// The verifier's name, once it may be told.
    pub with: Option<String>,
    pub start: Moment,
    /// UTC milliseconds.
    pub start_ms: i64,
    /// Last moment at which joining is in time.
    pub join_until: Moment,
    /// The short code, e.g. `K7-RAIN`.
    pub code: String,
    pub minutes: u16,
    pub state: StateWord,
    /// E.g. why it was ordered by a person, or that it is a second chance.
    pub note: Option<String>,
}

/// One thing that waits for this person.
#[derive(Debug, Clone, Serialize)]
pub struct Task {
    pub url: String,
    pub text: String,
    /// When, or by when.
    pub note: String,
}

/// A check-in that is over.
#[derive(Debug, Clone, Serialize)]
pub struct PastCheckIn {
    pub id: String,
    pub at: Moment,
    /// See [`super::kind_text`].
    pub kind: String,
    pub state: StateWord,
    /// One sentence where the state needs one.
    pub note: Option<String>,
}

/// Which policy a person is in, and why.
#[derive(Debug, Clone, Serialize)]
pub struct MyPolicy {
    pub name: String,
    /// Why this person is in it, as sentences.
    pub why: Vec<String>,
    /// What it asks of him: how often, when, with how much notice, which evidence.
    pub asks: Vec<String>,
    /// E.g. `2 of 2 left until 31 March`.
    pub not_now: String,
}

impl Template for Home {
    const NAME: &'static str = "pages/home";

    fn samples() -> Vec<Home> {
        let past = |minutes, outcome, note: Option<&str>| PastCheckIn {
            id: samples::ID.to_owned(),
            at: samples::at(minutes),
            kind: "drawn at random".to_owned(),
            state: StateWord::outcome(outcome),
            note: note.map(str::to_owned),
        };
        let policy = MyPolicy {
            name: "Engineering, monthly".to_owned(),
            why: samples::strings(&["You work remotely.", "Your department is Engineering."]),
            asks: samples::strings(&[
                "About one check-in a month, on a working day drawn at random.",
                "Between 09:00 and 17:00 your time, with 15 to 30 minutes of notice.",
                "A five-minute video talk, and where you work from, asked once.",
            ]),
            not_now: "2 of 2 left until 31 March".to_owned(),
        };
        let next = NextCheckIn {
            id: samples::ID.to_owned(),
            with: Some("Jo Park".to_owned()),
            start: samples::at(13),
            start_ms: samples::ms(13),
            join_until: samples::at(23),
            code: "K7-RAIN".to_owned(),
            minutes: 5,
            state: StateWord::new("announced", Tone::Waiting),
            note: None,
        };
        let usual = Home {
            frame: samples::employee("My check-ins").with_demo(samples::demo_bar("Anna Lind")),
            next: Some(next.clone()),
            tasks: vec![],
            history: vec![
                past(-43_000, Outcome::Verified, None),
                past(
                    -90_000,
                    Outcome::Inconclusive,
                    Some("The picture was too dark. A second talk the same day settled it."),
                ),
                past(-141_000, Outcome::Excused, Some("You were on leave.")),
                past(
                    -180_000,
                    Outcome::Void,
                    Some("Our room was down. Nothing is held against you."),
                ),
            ],
            policy: Some(policy.clone()),
        };
        let empty = Home {
            frame: samples::employee("My check-ins"),
            next: None,
            history: vec![],
            policy: None,
            ..usual.clone()
        };
        let manager = Home {
            frame: samples::frame(
                "My check-ins",
                "Dana Weiss",
                &[Role::Employee, Role::Verifier, Role::Manager],
                "/",
            )
            .with_flash(
                super::FlashTone::Done,
                "You have the case now. Nobody else is asked until tomorrow 09:00.",
            ),
            next: None,
            tasks: vec![
                Task {
                    url: "/cases".to_owned(),
                    text: "1 case needs you".to_owned(),
                    note: "by 17:00 today".to_owned(),
                },
                Task {
                    url: "/verifier".to_owned(),
                    text: "You meet somebody at 14:35".to_owned(),
                    note: "in 12 min".to_owned(),
                },
            ],
            ..usual.clone()
        };
        let hostile = Home {
            frame: samples::hostile("My check-ins", &[Role::Employee], "/"),
            next: Some(NextCheckIn {
                with: Some(samples::HOSTILE.to_owned()),
                note: Some(samples::HOSTILE.to_owned()),
                ..next
            }),
            tasks: vec![Task {
                url: "/cases".to_owned(),
                text: samples::HOSTILE.to_owned(),
                note: samples::HOSTILE.to_owned(),
            }],
            history: vec![past(0, Outcome::Missed, Some(samples::HOSTILE))],
            policy: Some(MyPolicy {
                name: samples::HOSTILE.to_owned(),
                why: samples::strings(&[samples::HOSTILE]),
                ..policy
            }),
        };
        vec![usual, empty, manager, hostile]
    }
}
