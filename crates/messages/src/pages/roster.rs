//! The roster: the last import, privileged roles that wait for a second person, and one person's page.

use super::{Choices, Moment, PageFrame, Row, StateWord, TextArea, Tone, samples};
use crate::render::Template;
use muster_domain::challenge::Accommodation;
use muster_domain::check_in::Outcome;
use muster_domain::person::Role;
use serde::Serialize;

/// `GET /roster?q=`. Posts to `/roster/roles/{id}/confirm` and `.../refuse` (no field).
#[derive(Debug, Clone, Serialize)]
pub struct Roster {
    pub frame: PageFrame,
    /// `None` before the first import.
    pub last_import: Option<Import>,
    pub pending_roles: Vec<PendingRole>,
    /// What is searched for, as typed.
    pub query: String,
    /// People found; empty without a search.
    pub found: Vec<FoundPerson>,
    /// How many are on the roster.
    pub people: u64,
}

/// What one import did.
#[derive(Debug, Clone, Serialize)]
pub struct Import {
    pub at: Moment,
    pub by: String,
    pub file_name: String,
    /// Added, changed, left, unchanged: as rows.
    pub counts: Vec<Row>,
}

/// A role that takes effect once a second person confirms it.
#[derive(Debug, Clone, Serialize)]
pub struct PendingRole {
    pub id: String,
    pub person_name: String,
    pub role: String,
    pub asked_by: String,
    pub asked: Moment,
    /// Whether this reader may confirm it, and if not, why.
    pub may_confirm: bool,
    pub blocked_because: Option<String>,
}

/// A person found.
#[derive(Debug, Clone, Serialize)]
pub struct FoundPerson {
    pub id: String,
    pub name: String,
    pub email: String,
    pub department: String,
}

/// `GET /people/{id}`. Posts to `/people/{id}/check-ins` with `reason`.
#[derive(Debug, Clone, Serialize)]
pub struct PersonPage {
    pub frame: PageFrame,
    pub id: String,
    pub name: String,
    /// `active` or `left`.
    pub state: StateWord,
    /// Manager, department, zone, hours, languages, roles: as rows.
    pub facts: Vec<Row>,
    /// The policy and why, as sentences; empty where none matches.
    pub policy: Option<String>,
    pub policy_why: Vec<String>,
    pub work_places: Vec<WorkPlaceLine>,
    pub absences: Vec<Row>,
    pub history: Vec<PersonCheckIn>,
    pub cases: Vec<PersonCase>,
    /// Orders a check-in by hand; `None` where this reader may not.
    pub order: Option<TextArea>,
    /// What is kept away in a talk, sent as `accommodation` (several) to `/people/{id}/accommodations`;
    /// `None` where this reader may not change it.
    pub accommodations: Option<Choices>,
}

impl PersonPage {
    /// The reason of a check-in ordered by hand.
    pub fn reason_field() -> TextArea {
        let area = TextArea { rows: 2, max_length: 500, ..TextArea::new("reason", "Why?") };
        area.hint("At least three words. The person reads it in the invitation.")
    }

    /// What a person cannot or need not do.
    pub fn accommodations_field() -> Choices {
        let options: Vec<(&str, &str, &str)> =
            Accommodation::ALL.iter().map(|a| (a.code(), a.text(), "")).collect();
        Choices::many("accommodation", "What should tasks leave out?", &options)
    }
}

/// One declared work place; its coordinates are not on this page.
#[derive(Debug, Clone, Serialize)]
pub struct WorkPlaceLine {
    pub name: String,
    pub country: String,
    /// Radius with its unit.
    pub radius: String,
    pub valid: String,
}

/// One check-in of the person.
#[derive(Debug, Clone, Serialize)]
pub struct PersonCheckIn {
    pub at: Moment,
    pub kind: String,
    pub state: StateWord,
}

/// One case about the person.
#[derive(Debug, Clone, Serialize)]
pub struct PersonCase {
    pub id: String,
    pub number: u64,
    pub headline: String,
    pub state: StateWord,
}

fn hr(title: &str) -> PageFrame {
    samples::frame(title, "Ravi Rao", &[Role::Employee, Role::Hr], "/roster")
}

impl Template for Roster {
    const NAME: &'static str = "pages/hr/roster";

    fn samples() -> Vec<Roster> {
        let role = |name: &str, role: &str, may| PendingRole {
            id: samples::ID.to_owned(),
            person_name: name.to_owned(),
            role: role.to_owned(),
            asked_by: "Nora Lang, by import".to_owned(),
            asked: samples::at(-300),
            may_confirm: may,
            blocked_because: (!may).then(|| "You asked for it yourself.".to_owned()),
        };
        let found = |name: &str| FoundPerson {
            id: samples::ID.to_owned(),
            name: name.to_owned(),
            email: "anna.lind@acme.example".to_owned(),
            department: "Engineering".to_owned(),
        };
        let usual = Roster {
            frame: hr("Roster").with_demo(samples::demo_bar("Ravi Rao")),
            last_import: Some(Import {
                at: samples::at(-300),
                by: "Nora Lang".to_owned(),
                file_name: "roster-2026-03.csv".to_owned(),
                counts: vec![
                    Row::new("Added", "3 people"),
                    Row::new("Changed", "11 people"),
                    Row::new("Left", "1 person"),
                    Row::new("Unchanged", "185 people"),
                ],
            }),
            pending_roles: vec![
                role("Jo Park", "verifier", true),
                role("Ravi Rao", "security", false),
            ],
            query: "anna".to_owned(),
            found: vec![found("Anna Lind"), found("Joanna Brandt")],
            people: 200,
        };
        let empty = Roster {
            last_import: None,
            pending_roles: vec![],
            query: String::new(),
            found: vec![],
            people: 0,
            ..usual.clone()
        };
        let hostile = Roster {
            frame: samples::hostile("Roster", &[Role::Hr], "/roster"),
            query: samples::HOSTILE.to_owned(),
            found: vec![found(samples::HOSTILE)],
            pending_roles: vec![role(samples::HOSTILE, samples::HOSTILE, true)],
            ..usual.clone()
        };
        vec![usual, empty, hostile]
    }
}

impl Template for PersonPage {
    const NAME: &'static str = "pages/hr/person";

    fn samples() -> Vec<PersonPage> {
        let usual = PersonPage {
            frame: hr("Anna Lind"),
            id: samples::ID.to_owned(),
            name: "Anna Lind".to_owned(),
            state: StateWord::new("active", Tone::Good),
            facts: vec![
                Row::new("E-mail", "anna.lind@acme.example"),
                Row::new("Manager", "Dana Weiss"),
                Row::new("Department", "Engineering"),
                Row::new("Zone", "Europe/Berlin"),
                Row::new("Hours", "Mon to Thu 09:00 to 17:00, Fri 09:00 to 14:00"),
                Row::new("Languages", "English, German"),
                Row::new("Roles", "employee"),
            ],
            policy: Some("Engineering, monthly, version 3".to_owned()),
            policy_why: samples::strings(&[
                "The department is Engineering.",
                "Remote work is entered in the roster.",
            ]),
            work_places: vec![
                WorkPlaceLine {
                    name: "Home, Leipzig".to_owned(),
                    country: "Germany".to_owned(),
                    radius: "500 m".to_owned(),
                    valid: "since 1 January 2026".to_owned(),
                },
                WorkPlaceLine {
                    name: "Parents' house, Rostock".to_owned(),
                    country: "Germany".to_owned(),
                    radius: "1 km".to_owned(),
                    valid: "2 to 14 March 2026".to_owned(),
                },
            ],
            absences: vec![
                Row::new("6 to 10 April 2026", "leave"),
                Row::new("3 April 2026", "public holiday"),
            ],
            history: vec![
                PersonCheckIn {
                    at: samples::at(-43_000),
                    kind: "drawn at random".to_owned(),
                    state: StateWord::outcome(Outcome::Verified),
                },
                PersonCheckIn {
                    at: samples::at(-90_000),
                    kind: "drawn at random".to_owned(),
                    state: StateWord::outcome(Outcome::Inconclusive),
                },
            ],
            cases: vec![PersonCase {
                id: samples::ID.to_owned(),
                number: 1988,
                headline: "Anna Lind missed a check-in".to_owned(),
                state: StateWord::new("closed: explained", Tone::Quiet),
            }],
            order: Some(PersonPage::reason_field()),
            accommodations: Some(
                PersonPage::accommodations_field().chosen(&["no_window", "no_standing"], None),
            ),
        };
        let empty = PersonPage {
            policy: None,
            policy_why: vec![],
            work_places: vec![],
            absences: vec![],
            history: vec![],
            cases: vec![],
            order: None,
            accommodations: None,
            ..usual.clone()
        };
        let hostile = PersonPage {
            frame: samples::hostile("Person", &[Role::Hr], "/roster"),
            name: samples::HOSTILE.to_owned(),
            facts: vec![Row::new(samples::HOSTILE, samples::HOSTILE)],
            ..usual.clone()
        };
        vec![usual, empty, hostile]
    }
}
