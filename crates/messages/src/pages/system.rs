//! The running service for its operator: health in sentences, what is dead and waits for a
//! person, and what the auditor task last found. Ids only; nothing personal.

use super::{Moment, PageFrame, Row, StateWord, TextArea, Tone, samples};
use crate::render::Template;
use crate::t;
use muster_domain::person::Role;
use serde::Serialize;

/// `GET /system`
#[derive(Debug, Clone, Serialize)]
pub struct System {
    pub frame: PageFrame,
    /// The whole in one sentence.
    pub summary: String,
    pub state: StateWord,
    pub checks: Vec<Check>,
    pub lanes: Vec<LaneLine>,
    pub auditor: AuditorPass,
    pub dead: Vec<DeadWork>,
}

/// One thing that is watched.
#[derive(Debug, Clone, Serialize)]
pub struct Check {
    pub name: String,
    pub state: StateWord,
    pub detail: String,
}

/// One lane of the work table.
#[derive(Debug, Clone, Serialize)]
pub struct LaneLine {
    pub lane: String,
    pub ready: u64,
    pub leased: u64,
    /// How late the oldest due row is, with its unit.
    pub oldest: String,
}

/// The last pass of the auditor.
#[derive(Debug, Clone, Serialize)]
pub struct AuditorPass {
    /// `None` before the first.
    pub at: Option<Moment>,
    /// What it found; empty when clean.
    pub findings: Vec<String>,
}

/// Work whose attempts are used up.
#[derive(Debug, Clone, Serialize)]
pub struct DeadWork {
    pub id: String,
    pub kind: String,
    pub since: Moment,
    pub attempts: u32,
    pub last_error: String,
}

/// `GET /system/work/{id}`. Posts to `.../retry` (no field) and `.../resolve` with `reason`.
#[derive(Debug, Clone, Serialize)]
pub struct WorkPage {
    pub frame: PageFrame,
    pub id: String,
    pub kind: String,
    pub state: StateWord,
    /// Key, lane, due, attempts, owner: as rows.
    pub facts: Vec<Row>,
    pub last_error: String,
    /// What it means that this was not done.
    pub consequence: String,
    pub reason: TextArea,
}

impl WorkPage {
    /// The reason of a resolution.
    pub fn reason_field() -> TextArea {
        let area = TextArea {
            rows: 2,
            max_length: 500,
            ..TextArea::new("reason", t!("Why is it not needed any more?"))
        };
        area.hint(t!("It is written to the log."))
    }
}

fn admin(title: &str) -> PageFrame {
    samples::frame(title, "Alex Berg", &[Role::Employee, Role::Admin], "/system")
}

impl Template for System {
    const NAME: &'static str = "pages/system/system";

    fn samples() -> Vec<System> {
        let check = |name: &str, state, detail: &str| Check {
            name: name.to_owned(),
            state,
            detail: detail.to_owned(),
        };
        let good = || StateWord::new("in order", Tone::Good);
        let lane = |lane: &str, ready, leased, oldest: &str| LaneLine {
            lane: lane.to_owned(),
            ready,
            leased,
            oldest: oldest.to_owned(),
        };
        let usual = System {
            frame: admin("System"),
            summary: "One thing waits for you: a calendar entry could not be written.".to_owned(),
            state: StateWord::new("needs you", Tone::Review),
            checks: vec![
                check("Database", good(), "SQLite, schema 14, 38 MB, answers in 1 ms"),
                check("Mail", good(), "mail.acme.example accepted a message 2 min ago"),
                check("Keys", good(), "chain tip sealed; 412 days left"),
                check(
                    "Heartbeat",
                    StateWord::new("not set up", Tone::Unclear),
                    "Nobody outside notices if this service stops. Set auditor.heartbeat_url.",
                ),
            ],
            lanes: vec![
                lane("escalation", 3, 0, "not late"),
                lane("announcement", 1, 1, "not late"),
                lane("intake", 0, 0, "not late"),
                lane("booking", 2, 0, "4 s"),
                lane("digest", 1, 0, "not late"),
            ],
            auditor: AuditorPass { at: Some(samples::at(-1)), findings: vec![] },
            dead: vec![DeadWork {
                id: samples::ID.to_owned(),
                kind: "put-calendar-entry".to_owned(),
                since: samples::at(-40),
                attempts: 12,
                last_error: "403: the calendar refuses writes by this account".to_owned(),
            }],
        };
        let healthy = System {
            summary: "Everything runs, and nothing waits for you.".to_owned(),
            state: good(),
            dead: vec![],
            auditor: AuditorPass { at: None, findings: vec![] },
            ..usual.clone()
        };
        let bad = System {
            frame: samples::hostile("System", &[Role::Admin], "/system"),
            summary: samples::HOSTILE.to_owned(),
            state: StateWord::new("stopped", Tone::Urgent),
            auditor: AuditorPass {
                at: Some(samples::at(-1)),
                findings: samples::strings(&["2 open cases have no timer.", samples::HOSTILE]),
            },
            dead: vec![DeadWork {
                last_error: samples::HOSTILE.to_owned(),
                ..usual.dead[0].clone()
            }],
            ..usual.clone()
        };
        vec![usual, healthy, bad]
    }
}

impl Template for WorkPage {
    const NAME: &'static str = "pages/system/work";

    fn samples() -> Vec<WorkPage> {
        let usual = WorkPage {
            frame: admin("Dead work"),
            id: samples::ID.to_owned(),
            kind: "put-calendar-entry".to_owned(),
            state: StateWord::new("dead", Tone::Review),
            facts: vec![Row::new("Lane", "booking"), Row::new("Was due", "today 13:42"), Row::new("Attempts", "12, the last today 14:20")],
            last_error: "403: the calendar refuses writes by this account".to_owned(),
            consequence: "The person was told by mail, but no calendar entry stands. The check-in takes place.".to_owned(),
            reason: WorkPage::reason_field(),
        };
        let short = "Write why; it is the only trace of this decision";
        let faulty = WorkPage {
            frame: admin("Dead work").with_problem("reason", short),
            last_error: samples::HOSTILE.to_owned(),
            reason: WorkPage::reason_field().typed("", Some(short)),
            ..usual.clone()
        };
        vec![usual, faulty]
    }
}
