//! The roster: the last import, privileged roles that wait for a second person, and one person's page.

use super::coverage::{Column, FilterOption};
use super::{Choices, Moment, PageFrame, Pager, Row, StateWord, TabLink, TextArea, Tone, samples};
use crate::language::tr;
use crate::render::Template;
use crate::t;
use muster_domain::challenge::Accommodation;
use muster_domain::check_in::Outcome;
use muster_domain::person::Role;
use serde::Serialize;

/// `GET /roster?show=&q=&policy=&sort=&order=&page=`. Posts to `/roster/roles/{id}/confirm` and
/// `.../refuse` (no field).
#[derive(Debug, Clone, Serialize)]
pub struct Roster {
    pub frame: PageFrame,
    /// `None` before the first import.
    pub last_import: Option<Import>,
    pub pending_roles: Vec<PendingRole>,
    /// `None` for readers who confirm roles and see no people.
    pub list: Option<RosterList>,
    /// How many are on the roster.
    pub people: u64,
}

/// Everybody, as far as the filter lets through.
#[derive(Debug, Clone, Serialize)]
pub struct RosterList {
    pub tabs: Vec<TabLink>,
    /// The tab in force, as it stands in the address.
    pub show: String,
    /// What is searched for, as typed.
    pub query: String,
    pub policies: Vec<FilterOption>,
    pub columns: Vec<Column>,
    pub people: Vec<RosterLine>,
    pub pager: Pager,
}

/// One person of the list.
#[derive(Debug, Clone, Serialize)]
pub struct RosterLine {
    pub id: String,
    pub name: String,
    pub employee_id: String,
    pub department: String,
    pub manager: String,
    pub zone: String,
    /// `None` where no policy matches.
    pub policy: Option<String>,
    /// What is the matter with this person today, e.g. `away today`; `None` where nothing is.
    pub state: Option<StateWord>,
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

/// `GET /people/{id}`. Posts to `/people/{id}/check-ins` with `reason`.
#[derive(Debug, Clone, Serialize)]
pub struct PersonPage {
    pub frame: PageFrame,
    pub id: String,
    pub name: String,
    /// `active` or `left`.
    pub state: StateWord,
    /// Whether this reader may change the entry, the places and the absences.
    pub may_edit: bool,
    /// Manager, department, zone, hours, languages, roles: as rows.
    pub facts: Vec<Row>,
    /// From which moment a change of this entry counts, as a sentence. Says nothing of any draw.
    pub counts_from: String,
    /// Session, picture, word, as one state; its page is `/people/{id}/first-session`.
    pub first_session: Option<StateWord>,
    /// Those that are there. HR's word posts `word` to `/people/{id}/passkeys/{passkey}`.
    pub passkeys: Vec<PersonPasskey>,
    /// What the programme asked of this person in twelve months.
    pub burden: Vec<Row>,
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
        let area = TextArea { rows: 2, max_length: 500, ..TextArea::new("reason", t!("Why?")) };
        area.hint(t!("At least three words. The person reads it in the invitation."))
    }

    /// What a person cannot or need not do.
    pub fn accommodations_field() -> Choices {
        let options: Vec<(&str, &str, &str)> =
            Accommodation::ALL.iter().map(|a| (a.code(), tr(a.text()), "")).collect();
        Choices::many("accommodation", t!("What should tasks leave out?"), &options)
    }
}

/// One passkey of the person.
#[derive(Debug, Clone, Serialize)]
pub struct PersonPasskey {
    pub id: String,
    pub added: Moment,
    /// Where: in a check-in, or by themselves.
    pub how: String,
    /// Whether it may be on several devices.
    pub kind: String,
    pub state: StateWord,
    /// Whether nobody has approved it.
    pub waits: bool,
    /// Whether this reader may say anything of it.
    pub may_decide: bool,
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

impl Roster {
    /// The heads of the table.
    pub fn columns(sort: &str, descending: bool, kept: &str) -> Vec<Column> {
        let heads = [
            ("name", t!("Person")),
            ("department", t!("Department")),
            ("manager", t!("Manager")),
            ("zone", t!("Zone")),
            ("policy", t!("Policy")),
        ];
        Column::heads("/roster", &heads, sort, descending, kept)
    }
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
        let found = |name: &str, policy: Option<&str>, state| RosterLine {
            id: samples::ID.to_owned(),
            name: name.to_owned(),
            employee_id: "e1001".to_owned(),
            department: "Engineering".to_owned(),
            manager: "Dana Weiss".to_owned(),
            zone: "Europe/Berlin".to_owned(),
            policy: policy.map(str::to_owned),
            state,
        };
        let list = RosterList {
            tabs: vec![
                TabLink::new("/roster", "Everybody", Some(200), true),
                TabLink::new("/roster?show=no-place", "No place", Some(2), false),
            ],
            show: String::new(),
            query: "an".to_owned(),
            policies: vec![FilterOption {
                value: String::new(),
                label: "Every policy".to_owned(),
                chosen: true,
            }],
            columns: Roster::columns("name", false, "q=an"),
            people: vec![
                found("Anna Lind", Some("Standard"), None),
                found("Joanna Brandt", None, Some(StateWord::new("away today", Tone::Quiet))),
            ],
            pager: Pager { shown: "1 to 2 of 2".to_owned(), earlier_url: None, later_url: None },
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
            list: Some(list.clone()),
            people: 200,
        };
        let empty = Roster {
            last_import: None,
            pending_roles: vec![],
            list: None,
            people: 0,
            ..usual.clone()
        };
        let hostile = Roster {
            frame: samples::hostile("Roster", &[Role::Hr], "/roster"),
            list: Some(RosterList {
                query: samples::HOSTILE.to_owned(),
                people: vec![found(samples::HOSTILE, Some(samples::HOSTILE), None)],
                ..list.clone()
            }),
            pending_roles: vec![role(samples::HOSTILE, samples::HOSTILE, true)],
            ..usual.clone()
        };
        let nobody = Roster { list: Some(RosterList { people: vec![], ..list }), ..usual.clone() };
        vec![usual, empty, hostile, nobody]
    }
}

fn sample_passkey(waits: bool) -> PersonPasskey {
    PersonPasskey {
        id: samples::ID.to_owned(),
        added: samples::at(-4_000),
        how: if waits { "by themselves" } else { "in a check-in" }.to_owned(),
        kind: "stays on one device".to_owned(),
        state: match waits {
            true => StateWord::new("waits for approval", Tone::Waiting),
            false => StateWord::new("approved", Tone::Good),
        },
        waits,
        may_decide: waits,
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
            may_edit: true,
            counts_from:
                "A change counts from the next date on, which begins for them at 00:00 in Berlin."
                    .to_owned(),
            first_session: Some(StateWord::new("settled", Tone::Good)),
            passkeys: vec![sample_passkey(true), sample_passkey(false)],
            burden: vec![Row::new("Asked to come", "7 times"), Row::new("Met", "6 times")],
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
            may_edit: false,
            first_session: None,
            passkeys: vec![],
            burden: vec![],
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
