//! Reports of other systems that wait for a session, for security: the list, and one report.

use super::{Moment, PageFrame, Row, StateWord, TextArea, Tone, samples};
use crate::render::Template;
use crate::t;
use muster_domain::judging::Severity;
use muster_domain::person::Role;
use serde::Serialize;

/// `GET /external-findings`
#[derive(Debug, Clone, Serialize)]
pub struct ReportList {
    pub frame: PageFrame,
    /// Newest first.
    pub waiting: Vec<ReportLine>,
    pub withdrawn: Vec<ReportLine>,
}

/// One report of the list.
#[derive(Debug, Clone, Serialize)]
pub struct ReportLine {
    pub id: String,
    pub person: String,
    /// What was seen.
    pub what: String,
    pub sender: String,
    pub seen: Moment,
    pub state: StateWord,
    /// Somebody else asks to withdraw it.
    pub needs_you: bool,
}

/// `GET /external-findings/{id}`
#[derive(Debug, Clone, Serialize)]
pub struct ReportPage {
    pub frame: PageFrame,
    pub id: String,
    pub what: String,
    pub person: String,
    pub state: StateWord,
    /// What it will do at the next session, in one or two sentences.
    pub effect: String,
    /// The day until which it waits for a session.
    pub until: String,
    pub is_waiting: bool,
    pub rows: Vec<Row>,
    pub withdrawal: Option<Withdrawal>,
    /// Sent as `reason` to `.../withdraw`; absent once somebody has asked.
    pub reason: Option<TextArea>,
}

/// Somebody says that it was sent by mistake.
#[derive(Debug, Clone, Serialize)]
pub struct Withdrawal {
    pub asked_by: String,
    pub asked: Moment,
    pub reason: String,
    /// The second person, once there is one.
    pub agreed_by: Option<String>,
    /// Posts to `.../agree`.
    pub may_agree: bool,
    /// Posts to `.../keep`.
    pub may_keep: bool,
    pub is_mine: bool,
}

impl ReportPage {
    /// The reason, empty.
    pub fn reason_field() -> TextArea {
        let area = TextArea { rows: 3, max_length: 500, ..TextArea::new("reason", t!("Why?")) };
        area.hint(t!("At least three words. The person can read it among what is held about them."))
    }
}

/// What a report of this weight does at the next session, by the table of the fold.
pub fn effect(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical | Severity::High => {
            t!(
                "At the next session it asks for a human look. With another serious finding of a different kind \
             the session escalates."
            )
        }
        Severity::Medium => {
            t!(
                "At the next session it is noted. With another finding of a different kind that is noted, it \
             asks for a human look."
            )
        }
        Severity::Low | Severity::Info => {
            t!("At the next session it is written down and changes nothing.")
        }
    }
}

impl Template for ReportList {
    const NAME: &'static str = "pages/reports/list";

    fn samples() -> Vec<ReportList> {
        let roles = &[Role::Employee, Role::Security];
        let line = |person: &str, what: &str, state, needs_you| ReportLine {
            id: samples::ID.to_owned(),
            person: person.to_owned(),
            what: what.to_owned(),
            sender: "endpoint protection".to_owned(),
            seen: samples::at(-300),
            state,
            needs_you,
        };
        let waits = || StateWord::new("waits for a session", Tone::Waiting);
        let usual = ReportList {
            frame: samples::frame("Reports of other systems", "Sam Okoye", roles, "/links"),
            waiting: vec![
                line(
                    "Lee Marsh",
                    "Signs of a KVM switch",
                    StateWord::new("shall be withdrawn", Tone::Review),
                    true,
                ),
                line("Max Orr", "A tool for remote control", waits(), false),
            ],
            withdrawn: vec![line(
                "Sam Pine",
                "A new address",
                StateWord::new("withdrawn", Tone::Quiet),
                false,
            )],
        };
        let empty = ReportList { waiting: vec![], withdrawn: vec![], ..usual.clone() };
        let hostile = ReportList {
            frame: samples::hostile("Reports of other systems", roles, "/links"),
            waiting: vec![line(samples::HOSTILE, "A new address", waits(), false)],
            withdrawn: vec![],
        };
        vec![usual, empty, hostile]
    }
}

impl Template for ReportPage {
    const NAME: &'static str = "pages/reports/page";

    fn samples() -> Vec<ReportPage> {
        let roles = &[Role::Employee, Role::Security];
        let usual = ReportPage {
            frame: samples::frame("Lee Marsh: report", "Sam Okoye", roles, "/links"),
            id: samples::ID.to_owned(),
            what: "A tool for remote control".to_owned(),
            person: "Lee Marsh".to_owned(),
            state: StateWord::new("waits for a session", Tone::Waiting),
            effect: effect(Severity::High).to_owned(),
            until: "30 August 2026".to_owned(),
            is_waiting: true,
            rows: vec![
                Row::new("Person", "Lee Marsh (e1042)"),
                Row::new("Sent by", "endpoint protection"),
                Row::new("Weighs", "high"),
                Row::new("The sender wrote", "a tool named FarDesk, started twice"),
            ],
            withdrawal: None,
            reason: Some(ReportPage::reason_field()),
        };
        let asked = |is_mine: bool, agreed_by: Option<&str>| Withdrawal {
            asked_by: "Mika Sato".to_owned(),
            asked: samples::at(-60),
            reason: "Our own help desk used it on that day.".to_owned(),
            may_agree: !is_mine && agreed_by.is_none(),
            may_keep: agreed_by.is_none(),
            is_mine,
            agreed_by: agreed_by.map(str::to_owned),
        };
        let with = |withdrawal| ReportPage {
            reason: None,
            state: StateWord::new("shall be withdrawn", Tone::Review),
            withdrawal: Some(withdrawal),
            ..usual.clone()
        };
        let withdrawn = ReportPage {
            state: StateWord::new("withdrawn", Tone::Quiet),
            effect: "It is withdrawn: no session is judged with it.".to_owned(),
            is_waiting: false,
            ..with(asked(false, Some("Sam Okoye")))
        };
        let wrong = ReportPage {
            frame: samples::hostile("Report", roles, "/links"),
            person: samples::HOSTILE.to_owned(),
            rows: vec![Row::new("The sender wrote", samples::HOSTILE)],
            reason: Some(
                ReportPage::reason_field().typed("mistake", Some("Write three words at least.")),
            ),
            ..usual.clone()
        };
        vec![usual.clone(), with(asked(false, None)), with(asked(true, None)), withdrawn, wrong]
    }
}
