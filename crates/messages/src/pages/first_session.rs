//! First sessions: HR's list of people whose baseline is due, and one's own page. No picture is in
//! HR's context.

use super::{Moment, PageFrame, Row, StateWord, TextArea, Tone, samples};
use crate::render::Template;
use muster_domain::person::Role;
use serde::Serialize;

/// `GET /first-sessions`. Posts to `/first-sessions/book-all` and, for one person, to
/// `/people/{id}/first-session` (`reason`), `.../first-session/resend` and `/people/{id}/vouch`.
#[derive(Debug, Clone, Serialize)]
pub struct FirstSessions {
    pub frame: PageFrame,
    /// One sentence on everybody.
    pub summary: String,
    /// Whether there is anybody to book for at once.
    pub may_book_all: bool,
    pub people: Vec<FirstSessionLine>,
}

/// One person whose session, picture or voucher is missing.
#[derive(Debug, Clone, Serialize)]
pub struct FirstSessionLine {
    pub id: String,
    pub name: String,
    pub state: StateWord,
    /// What is missing, as a sentence.
    pub note: String,
    /// When the session is or was.
    pub at: Option<Moment>,
    pub may_book: bool,
    pub may_resend: bool,
    pub may_vouch: bool,
}

/// `GET /me/first-session`. Posts to itself to ask for another picture.
#[derive(Debug, Clone, Serialize)]
pub struct MyFirstSession {
    pub frame: PageFrame,
    pub facts: Vec<Row>,
    /// Whether a picture is kept, served at `/me/reference-still` to them alone.
    pub has_still: bool,
    pub may_ask: bool,
}

impl FirstSessions {
    /// Why a new picture is asked for.
    pub fn reason_field() -> TextArea {
        TextArea { rows: 2, max_length: 500, ..TextArea::new("reason", "Why?") }
    }
}

impl Template for FirstSessions {
    const NAME: &'static str = "pages/hr/first_sessions";

    fn samples() -> Vec<FirstSessions> {
        let line = |name: &str, state, note: &str| FirstSessionLine {
            id: samples::ID.to_owned(),
            name: name.to_owned(),
            state,
            note: note.to_owned(),
            at: None,
            may_book: true,
            may_resend: false,
            may_vouch: false,
        };
        let arranged = FirstSessionLine {
            at: Some(samples::at(60 * 24)),
            may_book: false,
            may_resend: true,
            ..line(
                "Anna Lind",
                StateWord::new("arranged", Tone::Waiting),
                "The mail is on its way.",
            )
        };
        let met = FirstSessionLine {
            at: Some(samples::at(-60)),
            may_vouch: true,
            ..line("Maria Olsen", StateWord::new("met", Tone::Good), "Nobody has vouched yet.")
        };
        let frame = samples::frame(
            "First sessions",
            "Hedda People",
            &[Role::Employee, Role::Hr],
            "/first-sessions",
        );
        let usual = FirstSessions {
            frame: frame.clone(),
            summary: "3 of 40 people still need something.".to_owned(),
            may_book_all: true,
            people: vec![
                line("Ben Vu", StateWord::new("due", Tone::Quiet), "Never met."),
                arranged,
                met,
            ],
        };
        let empty = FirstSessions { people: vec![], may_book_all: false, ..usual.clone() };
        let hostile = FirstSessions {
            frame: samples::hostile("First sessions", &[Role::Hr], "/first-sessions"),
            people: vec![line(
                samples::HOSTILE,
                StateWord::new(samples::HOSTILE, Tone::Review),
                samples::HOSTILE,
            )],
            ..usual.clone()
        };
        vec![usual, empty, hostile]
    }
}

impl Template for MyFirstSession {
    const NAME: &'static str = "pages/me/first_session";

    fn samples() -> Vec<MyFirstSession> {
        let usual = MyFirstSession {
            frame: samples::employee("My first session"),
            facts: vec![Row::new("Session", "held today 09:20"), Row::new("Picture", "kept")],
            has_still: true,
            may_ask: true,
        };
        let none = MyFirstSession { has_still: false, may_ask: false, ..usual.clone() };
        vec![usual, none]
    }
}
