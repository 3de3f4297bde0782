//! Mails to the people who run the programme: verifiers, confirmers of changes, operators.

use super::frame::Frame;
use super::line::{Line, Link};
use super::times::Moment;
use super::{List, Message, sample};
use serde::Serialize;

/// A span of stand-by on one day.
#[derive(Debug, Clone, Serialize)]
pub struct Block {
    pub from: Moment,
    pub until: Moment,
}

/// A verifier's times. Names appear at the join window only, on the page.
#[derive(Debug, Clone, Serialize)]
pub struct StandBy {
    pub frame: Frame,
    /// In order of time, at least one.
    pub blocks: Vec<Block>,
    /// True while the verifier is to be ready for a session that has been announced.
    pub called: bool,
    /// True where somebody else was to hold the session and cannot.
    pub in_place: bool,
    /// True where whoever holds the session asked for a second opinion.
    pub second_opinion: bool,
    /// True where the session has begun: the person may be waiting.
    pub at_once: bool,
    pub page: Link,
}

impl Message for StandBy {
    const NAME: &'static str = "stand_by";
    const LIST: List = List::Duty;

    fn samples() -> Vec<StandBy> {
        let block =
            |from, until| Block { from: sample::moment(from), until: sample::moment(until) };
        let usual = StandBy {
            frame: sample::frame("Lena Sato"),
            blocks: vec![block(18, 78), block(1_140, 1_260)],
            called: false,
            in_place: false,
            second_opinion: false,
            at_once: false,
            page: sample::link("/verifier"),
        };
        let called = StandBy { called: true, blocks: vec![block(18, 43)], ..usual.clone() };
        vec![
            StandBy { in_place: true, ..called.clone() },
            StandBy {
                in_place: true,
                at_once: true,
                blocks: vec![block(-1, 24)],
                ..called.clone()
            },
            StandBy {
                second_opinion: true,
                at_once: true,
                blocks: vec![block(-3, 22)],
                ..called.clone()
            },
            called,
            StandBy { frame: sample::hostile_frame(), ..usual.clone() },
            usual,
        ]
    }
}

/// Why a session is not a verifier's any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum StandByOverWhy {
    /// They were not in the room, and somebody else was asked.
    HandedOver,
    /// They were asked in somebody's place, who came after all.
    CameAfterAll,
}

/// A session a verifier was told of is not theirs any more.
#[derive(Debug, Clone, Serialize)]
pub struct StandByOver {
    pub frame: Frame,
    pub block: Block,
    pub why: StandByOverWhy,
    pub page: Link,
}

impl Message for StandByOver {
    const NAME: &'static str = "stand_by_over";
    const LIST: List = List::Duty;

    fn samples() -> Vec<StandByOver> {
        let usual = StandByOver {
            frame: sample::frame("Lena Sato"),
            block: Block { from: sample::moment(-1), until: sample::moment(24) },
            why: StandByOverWhy::HandedOver,
            page: sample::link("/verifier"),
        };
        vec![
            StandByOver { why: StandByOverWhy::CameAfterAll, ..usual.clone() },
            StandByOver {
                frame: sample::hostile_frame(),
                why: StandByOverWhy::CameAfterAll,
                ..usual.clone()
            },
            usual,
        ]
    }
}

/// A session for which a verifier was called does not take place at that time.
#[derive(Debug, Clone, Serialize)]
pub struct StandDown {
    pub frame: Frame,
    pub block: Block,
    pub page: Link,
}

impl Message for StandDown {
    const NAME: &'static str = "stand_down";
    const LIST: List = List::Duty;

    fn samples() -> Vec<StandDown> {
        let usual = StandDown {
            frame: sample::frame("Lena Sato"),
            block: Block { from: sample::moment(18), until: sample::moment(43) },
            page: sample::link("/verifier"),
        };
        vec![StandDown { frame: sample::hostile_frame(), ..usual.clone() }, usual]
    }
}

/// To whoever stands in for a manager.
#[derive(Debug, Clone, Serialize)]
pub struct Delegated {
    pub frame: Frame,
    pub manager: Line,
    pub begins: Moment,
    pub ends: Moment,
    pub page: Link,
}

impl Message for Delegated {
    const NAME: &'static str = "delegated";
    const LIST: List = List::Duty;

    fn samples() -> Vec<Delegated> {
        let usual = Delegated {
            frame: sample::frame("Jo Park"),
            manager: Line::new("Dana Weiss"),
            begins: sample::moment(600),
            ends: sample::moment(10_000),
            page: sample::link("/people"),
        };
        vec![
            Delegated {
                frame: sample::hostile_frame(),
                manager: sample::hostile_line(),
                ..usual.clone()
            },
            usual,
        ]
    }
}

/// A privileged role that a second person must confirm.
#[derive(Debug, Clone, Serialize)]
pub struct RolePending {
    pub frame: Frame,
    /// Who would hold the role.
    pub person: Line,
    pub role: Line,
    pub proposed_by: Line,
    pub proposed: Moment,
    pub page: Link,
}

impl Message for RolePending {
    const NAME: &'static str = "role_pending";
    const LIST: List = List::Administration;

    fn samples() -> Vec<RolePending> {
        let usual = RolePending {
            frame: sample::frame("Ada Berg"),
            person: Line::new("Lena Sato"),
            role: Line::new("verifier"),
            proposed_by: Line::new("the roster import of Priya Nair"),
            proposed: sample::moment(-4),
            page: sample::link("/roles"),
        };
        vec![
            RolePending {
                frame: sample::hostile_frame(),
                person: sample::hostile_line(),
                role: sample::hostile_line(),
                proposed_by: sample::hostile_line(),
                ..usual.clone()
            },
            usual,
        ]
    }
}

/// A version of a cadence policy that a second person must confirm.
#[derive(Debug, Clone, Serialize)]
pub struct PolicyPending {
    pub frame: Frame,
    pub policy: Line,
    pub version: u32,
    pub proposed_by: Line,
    pub proposed: Moment,
    /// How many people the draft matches today.
    pub people: u32,
    pub page: Link,
}

impl Message for PolicyPending {
    const NAME: &'static str = "policy_pending";
    const LIST: List = List::Administration;

    fn samples() -> Vec<PolicyPending> {
        let usual = PolicyPending {
            frame: sample::frame("Ada Berg"),
            policy: Line::new("remote-engineering"),
            version: 4,
            proposed_by: Line::new("Priya Nair"),
            proposed: sample::moment(-35),
            people: 148,
            page: sample::link("/policies/remote-engineering/4"),
        };
        vec![
            PolicyPending { people: 1, version: 1, ..usual.clone() },
            PolicyPending {
                frame: sample::hostile_frame(),
                policy: sample::hostile_line(),
                proposed_by: sample::hostile_line(),
                ..usual.clone()
            },
            usual,
        ]
    }
}

/// What raised an alarm.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum OperatorAlarmKind {
    /// Work that used up its attempts.
    DeadWork,
    /// The auditor found an obligation without a timer, a late one, or a broken log.
    FailedAudit,
}

/// One line of an alarm. Ids and codes only, nothing personal.
#[derive(Debug, Clone, Serialize)]
pub struct Alarm {
    /// Stable, kebab-case.
    pub code: Line,
    pub detail: Line,
}

/// Something the operator must look at.
#[derive(Debug, Clone, Serialize)]
pub struct OperatorAlarm {
    pub frame: Frame,
    pub kind: OperatorAlarmKind,
    pub since: Moment,
    /// At most what fits a mail; the rest is counted.
    pub alarms: Vec<Alarm>,
    /// How many more there are than listed.
    pub more: u32,
    pub page: Link,
}

impl Message for OperatorAlarm {
    const NAME: &'static str = "operator_alarm";
    const LIST: List = List::Operation;

    fn samples() -> Vec<OperatorAlarm> {
        let alarm = |code: &str, detail: &str| Alarm {
            code: Line::new(code),
            detail: Line::reason(detail),
        };
        let usual = OperatorAlarm {
            frame: sample::frame("Ada Berg"),
            kind: OperatorAlarmKind::DeadWork,
            since: sample::moment(-6),
            alarms: vec![
                alarm("work-dead", "work 0b7e… (send-notification), gave up after 12 attempts"),
                alarm("work-dead", "work 51aa… (open-room), gave up after 8 attempts"),
            ],
            more: 3,
            page: sample::link("/system"),
        };
        let audit = OperatorAlarm {
            kind: OperatorAlarmKind::FailedAudit,
            alarms: vec![alarm("work-late", "work 7c02… (advance-case), 360 s late")],
            more: 0,
            page: sample::link("/system"),
            ..usual.clone()
        };
        vec![
            OperatorAlarm { alarms: vec![], ..audit.clone() },
            audit,
            OperatorAlarm {
                frame: sample::hostile_frame(),
                alarms: vec![Alarm {
                    code: sample::hostile_line(),
                    detail: sample::hostile_line(),
                }],
                ..usual.clone()
            },
            usual,
        ]
    }
}

/// Why somebody hears of a link group.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum LinkGroupWhy {
    /// It was found in the night.
    New,
    /// People have joined it.
    Grew,
    /// It is still open.
    Waits,
    /// It is a place that many share, and wants a name.
    NeedsSite,
    /// Everybody with the role belongs to it or is in line with its people.
    NobodyCanOpenIt,
}

/// A link group asks for somebody. The mail says how many people, and names nobody.
#[derive(Debug, Clone, Serialize)]
pub struct LinkGroupNotice {
    pub frame: Frame,
    pub number: u64,
    pub people: u32,
    pub why: LinkGroupWhy,
    pub page: Link,
}

impl Message for LinkGroupNotice {
    const NAME: &'static str = "link_group";
    const LIST: List = List::Cases;

    fn samples() -> Vec<LinkGroupNotice> {
        let usual = LinkGroupNotice {
            frame: sample::frame("Sam Okoye"),
            number: 14,
            people: 5,
            why: LinkGroupWhy::New,
            page: sample::link("/links/14"),
        };
        let because = |why| LinkGroupNotice { why, ..usual.clone() };
        vec![
            LinkGroupNotice { frame: sample::hostile_frame(), ..usual.clone() },
            because(LinkGroupWhy::Grew),
            because(LinkGroupWhy::Waits),
            because(LinkGroupWhy::NeedsSite),
            because(LinkGroupWhy::NobodyCanOpenIt),
            usual,
        ]
    }
}

/// Many check-ins failed together.
#[derive(Debug, Clone, Serialize)]
pub struct DisruptionNotice {
    pub frame: Frame,
    pub number: u64,
    /// What they share: "Lisbon area", "one network provider".
    pub shared: Line,
    /// How many people were not seen when this was written.
    pub check_ins: u32,
    pub from: Moment,
    pub until: Moment,
    pub page: Link,
}

impl Message for DisruptionNotice {
    const NAME: &'static str = "disruption_notice";
    const LIST: List = List::Operation;

    fn samples() -> Vec<DisruptionNotice> {
        let usual = DisruptionNotice {
            frame: sample::frame("Priya Nair"),
            number: 88,
            shared: Line::new("the Lisbon area"),
            check_ins: 14,
            from: sample::moment(-62),
            until: sample::moment(-5),
            page: sample::link("/disruptions/88"),
        };
        vec![
            DisruptionNotice {
                frame: sample::hostile_frame(),
                shared: sample::hostile_line(),
                ..usual.clone()
            },
            usual,
        ]
    }
}
