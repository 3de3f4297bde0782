//! The list of cases for manager, HR and security.

use crate::pages::{Moment, PageFrame, StateWord, TabLink, Tone, samples};
use crate::render::Template;
use muster_domain::person::Role;
use serde::Serialize;

/// `GET /cases`
#[derive(Debug, Clone, Serialize)]
pub struct CaseList {
    pub frame: PageFrame,
    /// E.g. open, escalated, mine, closed.
    pub tabs: Vec<TabLink>,
    pub cases: Vec<CaseLine>,
    /// What the chosen tab shows when it is empty.
    pub empty_text: String,
}

/// One case of the list.
#[derive(Debug, Clone, Serialize)]
pub struct CaseLine {
    pub id: String,
    pub number: u64,
    /// E.g. `Maria Olsen missed a check-in`.
    pub headline: String,
    pub state: StateWord,
    pub opened: Moment,
    /// Who has it.
    pub owner: Option<String>,
    /// What happens next by itself, and when.
    pub next_step: Option<String>,
    /// Whether the reader is the one who is asked now.
    pub needs_you: bool,
}

impl Template for CaseList {
    const NAME: &'static str = "pages/case/list";

    fn samples() -> Vec<CaseList> {
        let line =
            |number, headline: &str, state, owner: Option<&str>, next: Option<&str>, needs_you| {
                CaseLine {
                    id: samples::ID.to_owned(),
                    number,
                    headline: headline.to_owned(),
                    state,
                    opened: samples::at(-180),
                    owner: owner.map(str::to_owned),
                    next_step: next.map(str::to_owned),
                    needs_you,
                }
            };
        let usual = CaseList {
            frame: samples::frame(
                "Cases",
                "Dana Weiss",
                &[Role::Employee, Role::Manager],
                "/cases",
            )
            .with_demo(samples::demo_bar("Dana Weiss")),
            tabs: vec![
                TabLink::new("/cases", "Open", Some(2), true),
                TabLink::new("/cases?show=mine", "I have", Some(0), false),
                TabLink::new("/cases?show=closed", "Closed", Some(14), false),
            ],
            cases: vec![
                line(
                    2031,
                    "Maria Olsen missed a check-in",
                    StateWord::new("open", Tone::Review),
                    None,
                    Some("If nobody acts, HR hears of it tomorrow 09:00 (in 18 h)."),
                    true,
                ),
                line(
                    2028,
                    "Tomás Vidal: the third inconclusive talk running",
                    StateWord::new("acknowledged", Tone::Waiting),
                    Some("Dana Weiss"),
                    Some("It opens again tomorrow 11:10 if nothing is added."),
                    false,
                ),
            ],
            empty_text: "No case is open among your people.".to_owned(),
        };
        let empty = CaseList { cases: vec![], ..usual.clone() };
        let security = CaseList {
            frame: samples::frame(
                "Cases",
                "Sam Okoye",
                &[Role::Employee, Role::Security],
                "/cases",
            ),
            tabs: vec![
                TabLink::new("/cases?show=escalated", "Escalated", Some(1), true),
                TabLink::new("/cases", "Open", Some(7), false),
                TabLink::new("/cases?show=reports", "Reported as false", Some(1), false),
                TabLink::new("/cases?show=closed", "Closed", Some(212), false),
            ],
            cases: vec![line(
                2033,
                "Two findings of different kinds about one check-in",
                StateWord::new("escalated", Tone::Urgent),
                None,
                Some(
                    "If nobody acts, everybody in security and HR is called at 15:00 (in 38 min).",
                ),
                true,
            )],
            ..usual.clone()
        };
        let hostile = CaseList {
            frame: samples::hostile("Cases", &[Role::Manager], "/cases"),
            tabs: vec![TabLink::new("/cases", samples::HOSTILE, None, true)],
            cases: vec![line(
                u64::MAX,
                samples::HOSTILE,
                StateWord::new("open", Tone::Review),
                Some(samples::HOSTILE),
                Some(samples::HOSTILE),
                true,
            )],
            ..usual.clone()
        };
        vec![usual, empty, security, hostile]
    }
}
