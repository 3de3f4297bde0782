//! A manager's people and their states. No draw that is to come, no place, no network: they are
//! not in the context.

use super::{Bounds, Moment, PageFrame, StateWord, Tone, samples};
use crate::render::Template;
use muster_domain::check_in::Outcome;
use muster_domain::person::Role;
use serde::Serialize;

/// `GET /people`
#[derive(Debug, Clone, Serialize)]
pub struct MyPeople {
    pub frame: PageFrame,
    /// One sentence on the whole team.
    pub summary: String,
    /// For whom the reader stands in, as a sentence; their people are among those listed.
    pub stands_in: Option<String>,
    pub people: Vec<PersonLine>,
    pub bounds: Bounds,
}

/// One of the people.
#[derive(Debug, Clone, Serialize)]
pub struct PersonLine {
    pub name: String,
    /// E.g. `14:05 in Lisbon`.
    pub local_time: String,
    /// Last time this person was met; `None` if never.
    pub last_met: Option<Moment>,
    /// The state of the latest announced check-in.
    pub state: StateWord,
    /// A sentence where the state needs one.
    pub note: Option<String>,
    /// The open case about this person.
    pub case_id: Option<String>,
    /// The person's id, where this reader may vouch for them: posts to `/people/{id}/vouch`.
    pub vouch_id: Option<String>,
}

impl Template for MyPeople {
    const NAME: &'static str = "pages/people";

    fn samples() -> Vec<MyPeople> {
        let line =
            |name: &str, clock: &str, met: Option<i64>, state, note: Option<&str>, case: bool| {
                PersonLine {
                    name: name.to_owned(),
                    local_time: clock.to_owned(),
                    last_met: met.map(samples::at),
                    state,
                    note: note.map(str::to_owned),
                    case_id: case.then(|| samples::ID.to_owned()),
                    vouch_id: case.then(|| samples::ID.to_owned()),
                }
            };
        let usual = MyPeople {
            frame: samples::frame(
                "My people",
                "Dana Weiss",
                &[Role::Employee, Role::Manager],
                "/people",
            )
            .with_demo(samples::demo_bar("Dana Weiss")),
            summary: "You have 5 people. 3 were met in the last 60 days; 1 case needs you."
                .to_owned(),
            stands_in: None,
            people: vec![
                line(
                    "Maria Olsen",
                    "13:22 in Lisbon",
                    Some(-61_000),
                    StateWord::outcome(Outcome::Missed),
                    Some("The second chance was missed too."),
                    true,
                ),
                line(
                    "Anna Lind",
                    "14:22 in Leipzig",
                    Some(-43_000),
                    StateWord::new("announced", Tone::Waiting),
                    Some("Today 14:35."),
                    false,
                ),
                line(
                    "Tomás Vidal",
                    "13:22 in Porto",
                    Some(-20_000),
                    StateWord::outcome(Outcome::Verified),
                    None,
                    false,
                ),
                line(
                    "Priya Nair",
                    "18:52 in Pune",
                    Some(-30_000),
                    StateWord::outcome(Outcome::Excused),
                    Some("On leave until 9 March."),
                    false,
                ),
                line(
                    "Lee Sato",
                    "22:22 in Osaka",
                    None,
                    StateWord::new("first session to come", Tone::Waiting),
                    None,
                    false,
                ),
            ],
            bounds: Bounds::of_manager(),
        };
        let empty = MyPeople {
            summary: "Nobody reports to you on the roster.".to_owned(),
            stands_in: Some("You stand in for Uma Roy until 14 March.".to_owned()),
            people: vec![],
            ..usual.clone()
        };
        let hostile = MyPeople {
            frame: samples::hostile("My people", &[Role::Manager], "/people"),
            people: vec![line(
                samples::HOSTILE,
                samples::HOSTILE,
                None,
                StateWord::outcome(Outcome::Escalated),
                Some(samples::HOSTILE),
                true,
            )],
            ..usual.clone()
        };
        vec![usual, empty, hostile]
    }
}
