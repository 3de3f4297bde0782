//! Objections to outcomes, for whoever stands outside: what waits, one objection, its answer.

use super::{Moment, PageFrame, StateWord, TextArea, Tone, samples};
use crate::render::Template;
use crate::t;
use muster_domain::person::Role;
use serde::Serialize;

/// `GET /objections`
#[derive(Debug, Clone, Serialize)]
pub struct ObjectionList {
    pub frame: PageFrame,
    /// Whether this reader came from the programme's health.
    pub sees_programme: bool,
    /// Those without an answer, the one that waits longest first.
    pub open: Vec<ObjectionLine>,
    pub answered: Vec<ObjectionLine>,
}

/// One objection.
#[derive(Debug, Clone, Serialize)]
pub struct ObjectionLine {
    /// The check-in's id.
    pub id: String,
    pub number: String,
    pub person: String,
    pub sent: Moment,
    pub state: StateWord,
}

/// `GET` and `POST /objections/{id}` (`answer`).
#[derive(Debug, Clone, Serialize)]
pub struct ObjectionPage {
    pub frame: PageFrame,
    pub id: String,
    pub number: String,
    pub person: String,
    pub state: StateWord,
    /// When the check-in was.
    pub check_in: Moment,
    pub outcome: StateWord,
    pub words: String,
    pub sent: Moment,
    /// Until when an answer is promised.
    pub due: Moment,
    /// `None` where it is answered.
    pub answer: Option<TextArea>,
    pub answered: Option<Answered>,
}

/// What was answered.
#[derive(Debug, Clone, Serialize)]
pub struct Answered {
    pub by: String,
    pub at: Moment,
    pub text: String,
}

impl ObjectionPage {
    /// The empty answer.
    pub fn field() -> TextArea {
        TextArea::new("answer", t!("Your answer"))
            .hint(t!("They read it as you write it, with your name. The outcome stays as it is; what follows from it is decided in the case."))
    }
}

fn hr(title: &str) -> PageFrame {
    samples::frame(title, "Ravi Rao", &[Role::Employee, Role::Hr], "/programme")
}

impl Template for ObjectionList {
    const NAME: &'static str = "pages/hr/objections";

    fn samples() -> Vec<ObjectionList> {
        let line = |person: &str, state| ObjectionLine {
            id: samples::ID.to_owned(),
            number: "R-7F3K22QD".to_owned(),
            person: person.to_owned(),
            sent: samples::at(-9_000),
            state,
        };
        let usual = ObjectionList {
            frame: hr("Objections"),
            sees_programme: true,
            open: vec![line("Maria Olsen", StateWord::new("late", Tone::Review))],
            answered: vec![line("Anna Lind", StateWord::new("answered", Tone::Quiet))],
        };
        let none = ObjectionList { open: vec![], answered: vec![], ..usual.clone() };
        let hostile = ObjectionList {
            frame: samples::hostile("Objections", &[Role::Hr], "/programme"),
            open: vec![line(samples::HOSTILE, StateWord::new("waits", Tone::Waiting))],
            ..none.clone()
        };
        vec![usual, none, hostile]
    }
}

impl Template for ObjectionPage {
    const NAME: &'static str = "pages/hr/objection";

    fn samples() -> Vec<ObjectionPage> {
        let open = ObjectionPage {
            frame: hr("Objection R-7F3K22QD"),
            id: samples::ID.to_owned(),
            number: "R-7F3K22QD".to_owned(),
            person: "Maria Olsen".to_owned(),
            state: StateWord::new("waits", Tone::Waiting),
            check_in: samples::at_lisbon(-10_000),
            outcome: StateWord::new("missed", Tone::Review),
            words: "I was in the room; the page said that nobody came.".to_owned(),
            sent: samples::at(-9_000),
            due: samples::at(-1_000),
            answer: Some(ObjectionPage::field().typed("No", Some("Say a little more."))),
            answered: None,
        };
        let answered = ObjectionPage {
            state: StateWord::new("answered", Tone::Quiet),
            answer: None,
            answered: Some(Answered {
                by: "Ravi Rao".to_owned(),
                at: samples::at(-60),
                text: "You are right: our room was down.".to_owned(),
            }),
            ..open.clone()
        };
        let hostile = ObjectionPage {
            frame: samples::hostile("Objection", &[Role::Hr], "/programme"),
            person: samples::HOSTILE.to_owned(),
            words: samples::HOSTILE.to_owned(),
            ..open.clone()
        };
        vec![open, answered, hostile]
    }
}
