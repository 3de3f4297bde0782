//! Cadence policies: the list, and one version with what it does, what it changes, who overlaps,
//! and the confirmation by a second person.

use super::{Moment, PageFrame, Row, StateWord, Tone, samples};
use crate::render::Template;
use muster_domain::person::Role;
use serde::Serialize;

/// `GET /policies`
#[derive(Debug, Clone, Serialize)]
pub struct PolicyList {
    pub frame: PageFrame,
    pub versions: Vec<PolicyLine>,
    /// People no active policy matches.
    pub unmatched: u64,
    /// Whether this reader may write one.
    pub may_propose: bool,
}

/// One version in the list.
#[derive(Debug, Clone, Serialize)]
pub struct PolicyLine {
    /// The version's id.
    pub id: String,
    pub name: String,
    pub version: u32,
    /// `pending`, `active`, `replaced`, `refused`.
    pub state: StateWord,
    /// What it asks, one sentence.
    pub sentence: String,
    pub people: u64,
}

/// `GET /policies/{id}`. Posts to `.../confirm` (no field) and `.../refuse` (no field).
#[derive(Debug, Clone, Serialize)]
pub struct PolicyPage {
    pub frame: PageFrame,
    pub id: String,
    pub name: String,
    pub version: u32,
    pub state: StateWord,
    pub written_by: String,
    pub written: Moment,
    pub confirmed_by: Option<String>,
    /// Three sentences about what it does.
    pub does: Vec<String>,
    /// Why somebody is in its pool, as sentences.
    pub matches: Vec<String>,
    /// The linter's words.
    pub lint: Vec<LintLine>,
    /// Cadence, windows, notice, evidence, escalation: as rows.
    pub facts: Vec<Row>,
    /// What changes against the active version; empty where there is none.
    pub changes: Vec<Change>,
    /// People matched by another policy too; while there is one, it cannot be confirmed.
    pub overlaps: Vec<Overlap>,
    /// Whether this reader may confirm it now.
    pub may_confirm: bool,
    /// Why not, where it is pending and he may not.
    pub confirm_blocked_because: Option<String>,
    /// Whether this reader may write the next version.
    pub may_propose: bool,
    /// The text as written.
    pub source: String,
}

/// One word of the linter.
#[derive(Debug, Clone, Serialize)]
pub struct LintLine {
    pub state: StateWord,
    pub sentence: String,
}

/// One changed value.
#[derive(Debug, Clone, Serialize)]
pub struct Change {
    pub name: String,
    pub before: String,
    pub after: String,
}

/// Somebody two policies match.
#[derive(Debug, Clone, Serialize)]
pub struct Overlap {
    pub person: String,
    pub other_policy: String,
}

fn hr(title: &str) -> PageFrame {
    samples::frame(title, "Ravi Rao", &[Role::Employee, Role::Hr], "/policies")
}

impl Template for PolicyList {
    const NAME: &'static str = "pages/hr/policies";

    fn samples() -> Vec<PolicyList> {
        let line = |name: &str, version, state, people| PolicyLine {
            id: samples::ID.to_owned(),
            name: name.to_owned(),
            version,
            state,
            sentence: "About once a month, 15 to 30 minutes of notice, 09:00 to 17:00 local."
                .to_owned(),
            people,
        };
        let usual = PolicyList {
            frame: hr("Policies").with_demo(samples::demo_bar("Ravi Rao")),
            versions: vec![
                line("Engineering, monthly", 4, StateWord::new("pending", Tone::Waiting), 118),
                line("Engineering, monthly", 3, StateWord::new("active", Tone::Good), 121),
                line("Support, six-weekly", 1, StateWord::new("active", Tone::Good), 75),
                line("Engineering, monthly", 2, StateWord::new("replaced", Tone::Quiet), 0),
            ],
            unmatched: 4,
            may_propose: true,
        };
        let empty = PolicyList { versions: vec![], unmatched: 200, ..usual.clone() };
        let hostile = PolicyList {
            frame: samples::hostile("Policies", &[Role::Hr], "/policies"),
            versions: vec![line(
                samples::HOSTILE,
                1,
                StateWord::new("active", Tone::Good),
                u64::MAX,
            )],
            unmatched: 0,
            may_propose: false,
        };
        vec![usual, empty, hostile]
    }
}

impl Template for PolicyPage {
    const NAME: &'static str = "pages/hr/policy";

    fn samples() -> Vec<PolicyPage> {
        let usual = PolicyPage {
            frame: hr("Engineering, monthly, version 4").with_demo(samples::demo_bar("Ravi Rao")),
            id: samples::ID.to_owned(),
            name: "Engineering, monthly".to_owned(),
            version: 4,
            state: StateWord::new("pending", Tone::Waiting),
            written_by: "Nora Lang".to_owned(),
            written: samples::at(-1_400),
            confirmed_by: None,
            does: samples::strings(&[
                "118 people are met about once in 21 working days, on a day and at a minute drawn at random.",
                "Each gets 15 to 30 minutes of notice, inside 09:00 to 17:00 local, for a five-minute talk.",
                "After a miss there is a second chance; then the manager hears of it, then HR the next morning.",
            ]),
            matches: samples::strings(&["Department is Engineering.", "Works remotely at least three days a week.", "Is not on parental leave."]),
            lint: vec![
                LintLine { state: StateWord::new("as it should be", Tone::Good), sentence: "No day is provably safe: the best guess is right on 5 of 100 days.".to_owned() },
                LintLine { state: StateWord::new("look at this", Tone::Unclear), sentence: "Verifiers need 9.9 h a week; 10 h are offered. One absence leaves draws uncovered.".to_owned() },
            ],
            facts: vec![
                Row::new("Cadence", "mean 21 eligible days, at most 84"),
                Row::new("Notice", "15 to 30 minutes, drawn"),
                Row::new("Join window, grace, talk", "10, 5 and 5 minutes"),
                Row::new("Evidence", "place, three challenges, presence"),
                Row::new("Escalation", "manager at once, HR after a working day, security after two"),
            ],
            changes: vec![
                Change { name: "mean_gap_days".to_owned(), before: "26".to_owned(), after: "21".to_owned() },
                Change { name: "notice_minutes".to_owned(), before: "20 to 30".to_owned(), after: "15 to 30".to_owned() },
            ],
            overlaps: vec![],
            may_confirm: true,
            confirm_blocked_because: None,
            may_propose: true,
            source: "name = \"Engineering, monthly\"\n\n[cadence]\nlaw = \"cadence\"\nmean_gap_days = 21\n\n[notice]\nminutes = [15, 30]\n".to_owned(),
        };
        let blocked = PolicyPage {
            overlaps: vec![
                Overlap { person: "Anna Lind".to_owned(), other_policy: "Support, six-weekly".to_owned() },
                Overlap { person: "Lee Sato".to_owned(), other_policy: "Support, six-weekly".to_owned() },
            ],
            may_confirm: false,
            confirm_blocked_because: Some("2 people are matched by another policy too. Change one of the two policies, or their rows in the roster.".to_owned()),
            ..usual.clone()
        };
        let own = PolicyPage {
            may_confirm: false,
            confirm_blocked_because: Some(
                "You wrote this version. A second person with the role HR confirms it.".to_owned(),
            ),
            ..usual.clone()
        };
        let active = PolicyPage {
            state: StateWord::new("active", Tone::Good),
            confirmed_by: Some("Ravi Rao".to_owned()),
            may_confirm: false,
            changes: vec![],
            ..usual.clone()
        };
        let hostile = PolicyPage {
            frame: samples::hostile("Policy", &[Role::Hr], "/policies"),
            name: samples::HOSTILE.to_owned(),
            source: samples::HOSTILE.to_owned(),
            overlaps: vec![Overlap {
                person: samples::HOSTILE.to_owned(),
                other_policy: samples::HOSTILE.to_owned(),
            }],
            changes: vec![Change {
                name: samples::HOSTILE.to_owned(),
                before: samples::HOSTILE.to_owned(),
                after: samples::HOSTILE.to_owned(),
            }],
            ..usual.clone()
        };
        vec![usual, blocked, own, active, hostile]
    }
}
