//! First sessions: HR's list of how far everybody is, one person's page for HR, and one's own page.
//! No picture is in HR's context.

use super::coverage::Column;
use super::{Moment, PageFrame, Pager, Row, StateWord, TabLink, TextArea, Tone, samples};
use crate::render::Template;
use crate::t;
use muster_domain::person::Role;
use serde::Serialize;

/// `GET /first-sessions?show=&q=&sort=&order=&page=`. Posts to `/first-sessions/book-all`.
#[derive(Debug, Clone, Serialize)]
pub struct FirstSessions {
    pub frame: PageFrame,
    /// One sentence on everybody.
    pub summary: String,
    /// Whether there is anybody to book for at once.
    pub may_book_all: bool,
    /// How far people are, as filters with a count each.
    pub tabs: Vec<TabLink>,
    /// The filter in force, as it stands in the address.
    pub show: String,
    /// What is searched for, as typed.
    pub query: String,
    pub columns: Vec<Column>,
    pub people: Vec<FirstSessionLine>,
    pub pager: Pager,
}

/// One person of the list.
#[derive(Debug, Clone, Serialize)]
pub struct FirstSessionLine {
    pub id: String,
    pub name: String,
    pub state: StateWord,
    /// What is missing, in few words.
    pub note: String,
    /// When the session is or was.
    pub at: Option<Moment>,
}

/// `GET /people/{id}/first-session`: one person's first session, for HR. Posts to itself to book one
/// (`reason`, needed where a picture is kept), to `.../resend` and to `/people/{id}/vouch`.
#[derive(Debug, Clone, Serialize)]
pub struct FirstSessionPage {
    pub frame: PageFrame,
    pub id: String,
    pub name: String,
    pub state: StateWord,
    /// What comes next, as a sentence.
    pub next: String,
    /// Session, picture, word: as rows.
    pub facts: Vec<Row>,
    /// Every session, newest first.
    pub sessions: Vec<FirstSessionHeld>,
    pub may_resend: bool,
    pub may_vouch: bool,
    /// `None` where none can be booked now.
    pub book: Option<BookSession>,
}

/// One session of the person.
#[derive(Debug, Clone, Serialize)]
pub struct FirstSessionHeld {
    pub at: Moment,
    pub state: StateWord,
}

/// The form that books one.
#[derive(Debug, Clone, Serialize)]
pub struct BookSession {
    /// Whether it takes another picture in place of one that is kept.
    pub is_retake: bool,
    /// Why; not asked for where nobody was met before.
    pub reason: Option<TextArea>,
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
    /// The heads of the table.
    pub fn columns(sort: &str, descending: bool, kept: &str) -> Vec<Column> {
        let heads = [("name", t!("Person")), ("state", t!("State")), ("at", t!("Session"))];
        Column::heads("/first-sessions", &heads, sort, descending, kept)
    }
}

impl BookSession {
    /// Why a new picture is asked for.
    pub fn reason_field() -> TextArea {
        let area = TextArea { rows: 2, max_length: 500, ..TextArea::new("reason", t!("Why?")) };
        area.hint(t!("At least three words. The person reads it in the invitation."))
    }
}

fn hr(title: &str) -> PageFrame {
    samples::frame(title, "Hedda People", &[Role::Employee, Role::Hr], "/first-sessions")
}

impl Template for FirstSessions {
    const NAME: &'static str = "pages/hr/first_sessions";

    fn samples() -> Vec<FirstSessions> {
        let line = |name: &str, state, note: &str, at: Option<i64>| FirstSessionLine {
            id: samples::ID.to_owned(),
            name: name.to_owned(),
            state,
            note: note.to_owned(),
            at: at.map(samples::at),
        };
        let tab =
            |url: &str, label: &str, count, current| TabLink::new(url, label, Some(count), current);
        let usual = FirstSessions {
            frame: hr("First sessions"),
            summary: "3 of 40 people still need something.".to_owned(),
            may_book_all: true,
            tabs: vec![
                tab("/first-sessions", "To do", 3, true),
                tab("/first-sessions?show=never", "Not held yet", 1, false),
                tab("/first-sessions?show=all", "Everybody", 40, false),
            ],
            show: String::new(),
            query: String::new(),
            columns: FirstSessions::columns("name", false, ""),
            people: vec![
                line("Ben Vu", StateWord::new("not held yet", Tone::Quiet), "To be booked", None),
                line("Anna Lind", StateWord::new("arranged", Tone::Waiting), "Told", Some(60 * 24)),
                line(
                    "Maria Olsen",
                    StateWord::new("met", Tone::Good),
                    "A word is missing",
                    Some(-60),
                ),
            ],
            pager: Pager { shown: "1 to 3 of 3".to_owned(), earlier_url: None, later_url: None },
        };
        let empty = FirstSessions {
            people: vec![],
            may_book_all: false,
            query: "nobody".to_owned(),
            ..usual.clone()
        };
        let hostile = FirstSessions {
            frame: samples::hostile("First sessions", &[Role::Hr], "/first-sessions"),
            query: samples::HOSTILE.to_owned(),
            people: vec![line(
                samples::HOSTILE,
                StateWord::new(samples::HOSTILE, Tone::Review),
                samples::HOSTILE,
                None,
            )],
            ..usual.clone()
        };
        vec![usual, empty, hostile]
    }
}

impl Template for FirstSessionPage {
    const NAME: &'static str = "pages/hr/first_session";

    fn samples() -> Vec<FirstSessionPage> {
        let settled = FirstSessionPage {
            frame: hr("First session of Maria Olsen"),
            id: samples::ID.to_owned(),
            name: "Maria Olsen".to_owned(),
            state: StateWord::new("settled", Tone::Good),
            next: "Nothing is to do.".to_owned(),
            facts: vec![
                Row::new("Session", "held 2 March 09:20"),
                Row::new("Picture", "kept since 2 March"),
                Row::new("Word", "given by Dana Weiss"),
            ],
            sessions: vec![FirstSessionHeld {
                at: samples::at_lisbon(-60 * 24),
                state: StateWord::new("verified", Tone::Good),
            }],
            may_resend: false,
            may_vouch: false,
            book: Some(BookSession {
                is_retake: true,
                reason: Some(
                    BookSession::reason_field().typed("Too dark", Some("Say a little more.")),
                ),
            }),
        };
        let fresh = FirstSessionPage {
            state: StateWord::new("not held yet", Tone::Quiet),
            next: "Book it.".to_owned(),
            sessions: vec![],
            may_resend: true,
            may_vouch: true,
            book: Some(BookSession { is_retake: false, reason: None }),
            ..settled.clone()
        };
        let hostile = FirstSessionPage {
            frame: samples::hostile("First session", &[Role::Hr], "/first-sessions"),
            name: samples::HOSTILE.to_owned(),
            next: samples::HOSTILE.to_owned(),
            facts: vec![Row::new("Word", samples::HOSTILE)],
            book: None,
            ..fresh.clone()
        };
        vec![settled, fresh, hostile]
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
