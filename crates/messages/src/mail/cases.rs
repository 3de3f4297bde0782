//! Mails about a case. The person's name stands inside only; what a place, an address or a
//! device showed stands on the page only, where opening it is recorded.

use super::frame::{Checkpoint, Frame, NextStep};
use super::line::{Line, Link};
use super::times::Moment;
use super::{List, Message, sample};
use muster_domain::check_in::Outcome;
use muster_domain::escalation::RecipientKind;
use serde::Serialize;

/// What opened the case, as far as a mail says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum CaseCause {
    Missed,
    Refused,
    NeedsReview,
    /// The third inconclusive check-in running.
    Inconclusive,
}

impl CaseCause {
    /// The cause an outcome gives to a case whose mail may name the person. `None` for outcomes
    /// that open no case, and for `escalated`, whose mail is [`CaseHrSecurity`].
    pub const fn of(outcome: Outcome) -> Option<CaseCause> {
        match outcome {
            Outcome::Missed => Some(CaseCause::Missed),
            Outcome::Refused => Some(CaseCause::Refused),
            Outcome::NeedsReview => Some(CaseCause::NeedsReview),
            Outcome::Inconclusive => Some(CaseCause::Inconclusive),
            Outcome::Escalated | Outcome::Verified | Outcome::Excused | Outcome::Void => None,
        }
    }
}

/// Why this reader got the mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    Manager,
    ManagersManager,
    /// Stands in for an absent manager.
    Delegate,
    Hr,
    Security,
    /// Named in the escalation policy.
    Named,
}

impl From<RecipientKind> for Reason {
    /// Who stands in is known only when the recipient is looked up, so no kind gives that reason.
    fn from(kind: RecipientKind) -> Reason {
        match kind {
            RecipientKind::Manager => Reason::Manager,
            RecipientKind::ManagersManager => Reason::ManagersManager,
            RecipientKind::Hr => Reason::Hr,
            RecipientKind::Security => Reason::Security,
            RecipientKind::Named => Reason::Named,
        }
    }
}

/// A case that a manager, or at a later step HR, can take on.
#[derive(Debug, Clone, Serialize)]
pub struct CaseManager {
    pub frame: Frame,
    pub number: u64,
    pub cause: CaseCause,
    pub reason: Reason,
    /// The person the case is about.
    pub person: Line,
    /// When the check-in was to start, with the person's own time beside.
    pub check_in: Moment,
    /// When the next step is taken if nobody acts: the time in the subject.
    pub act_by: Moment,
    /// Sentences, each a measured fact with its time. No coordinates, addresses or linkage.
    pub known: Vec<Line>,
    /// Innocent explanations, each a short phrase.
    pub explanations: Vec<Line>,
    /// What to do, in order, one sentence each.
    pub advice: Vec<Line>,
    pub next_step: Option<NextStep>,
    pub page: Link,
    pub checkpoint: Checkpoint,
}

impl Message for CaseManager {
    const NAME: &'static str = "case_manager";
    const LIST: List = List::Cases;

    fn samples() -> Vec<CaseManager> {
        let lines = |texts: &[&str]| texts.iter().map(|t| Line::reason(t)).collect::<Vec<_>>();
        let usual = CaseManager {
            frame: sample::frame("Tom Weber"),
            number: 2031,
            cause: CaseCause::Missed,
            reason: Reason::Manager,
            person: Line::new("Maria Olsen"),
            check_in: sample::beside_lisbon(-97),
            act_by: sample::moment(168),
            known: lines(&[
                "The mail was accepted at 12:12, the calendar entry at 12:13.",
                "Our room and our mail were up at 12:35 and at 13:20.",
                "The re-check at 13:20 was missed too. There is no reply yet.",
            ]),
            explanations: lines(&[
                "Leave that is not entered yet",
                "A power cut or a lost connection",
                "A calendar that was blocked or not looked at",
            ]),
            advice: lines(&[
                "Call Maria on a number you already had. Do not ask for proof by chat.",
                "Write down on the page what you learned.",
            ]),
            next_step: Some(NextStep { who: Line::new("HR"), at: sample::moment(19 * 60 + 48) }),
            page: sample::link("/cases/2031"),
            checkpoint: sample::checkpoint(),
        };
        let with = |cause, reason| CaseManager { cause, reason, ..usual.clone() };
        vec![
            usual.clone(),
            with(CaseCause::Refused, Reason::Delegate),
            with(CaseCause::NeedsReview, Reason::Hr),
            with(CaseCause::Inconclusive, Reason::ManagersManager),
            with(CaseCause::Missed, Reason::Security),
            CaseManager {
                reason: Reason::Named,
                known: vec![],
                explanations: vec![],
                advice: vec![],
                next_step: None,
                ..usual.clone()
            },
            CaseManager {
                frame: sample::hostile_frame(),
                person: sample::hostile_line(),
                known: vec![sample::hostile_line(), Line::reason(&sample::hostile())],
                explanations: vec![sample::hostile_line()],
                advice: vec![sample::hostile_line()],
                next_step: Some(NextStep { who: sample::hostile_line(), at: sample::moment(60) }),
                ..usual
            },
        ]
    }
}

/// Which of the two first readers of a serious case this is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SeriousReader {
    Hr,
    Security,
}

/// A case with outcome `escalated`. Neither name nor evidence: both are on the page.
#[derive(Debug, Clone, Serialize)]
pub struct CaseHrSecurity {
    pub frame: Frame,
    pub number: u64,
    pub reader: SeriousReader,
    pub opened: Moment,
    pub act_by: Moment,
    pub next_step: Option<NextStep>,
    pub page: Link,
    pub checkpoint: Checkpoint,
}

impl Message for CaseHrSecurity {
    const NAME: &'static str = "case_hr_security";
    const LIST: List = List::Cases;

    fn samples() -> Vec<CaseHrSecurity> {
        let usual = CaseHrSecurity {
            frame: sample::frame("Ines Duarte"),
            number: 2044,
            reader: SeriousReader::Security,
            opened: sample::moment(-1),
            act_by: sample::moment(59),
            next_step: Some(NextStep {
                who: Line::new("the head of security"),
                at: sample::moment(59),
            }),
            page: sample::link("/cases/2044"),
            checkpoint: sample::checkpoint(),
        };
        vec![
            CaseHrSecurity { reader: SeriousReader::Hr, next_step: None, ..usual.clone() },
            CaseHrSecurity {
                frame: sample::hostile_frame(),
                next_step: Some(NextStep { who: sample::hostile_line(), at: sample::moment(59) }),
                ..usual.clone()
            },
            usual,
        ]
    }
}

/// A case that is still open: an acknowledgement ran out, or the step is repeated.
#[derive(Debug, Clone, Serialize)]
pub struct CaseReminder {
    pub frame: Frame,
    pub number: u64,
    /// When somebody took the case on, if that acknowledgement has now run out.
    pub acknowledged: Option<Moment>,
    /// Who took it on; "You" where it was the reader.
    pub acknowledged_by: Option<Line>,
    pub first_told: Moment,
    /// Absent in a serious case.
    pub person: Option<Line>,
    pub act_by: Moment,
    pub next_step: Option<NextStep>,
    pub page: Link,
    pub checkpoint: Checkpoint,
}

impl Message for CaseReminder {
    const NAME: &'static str = "case_reminder";
    const LIST: List = List::Cases;

    fn samples() -> Vec<CaseReminder> {
        let usual = CaseReminder {
            frame: sample::frame("Tom Weber"),
            number: 2031,
            acknowledged: Some(sample::moment(-240)),
            acknowledged_by: Some(Line::new("You")),
            first_told: sample::moment(-250),
            person: Some(Line::new("Maria Olsen")),
            act_by: sample::moment(168),
            next_step: Some(NextStep { who: Line::new("HR"), at: sample::moment(168) }),
            page: sample::link("/cases/2031"),
            checkpoint: sample::checkpoint(),
        };
        vec![
            usual.clone(),
            CaseReminder { acknowledged: None, acknowledged_by: None, ..usual.clone() },
            CaseReminder {
                acknowledged: None,
                acknowledged_by: None,
                person: None,
                next_step: None,
                ..usual.clone()
            },
            CaseReminder {
                frame: sample::hostile_frame(),
                acknowledged_by: Some(sample::hostile_line()),
                person: Some(sample::hostile_line()),
                next_step: Some(NextStep { who: sample::hostile_line(), at: sample::moment(168) }),
                ..usual
            },
        ]
    }
}

/// A case is closed. The typed reason stays on the page.
#[derive(Debug, Clone, Serialize)]
pub struct CaseResolved {
    pub frame: Frame,
    pub number: u64,
    /// Absent in a serious case.
    pub person: Option<Line>,
    /// The resolution code in words: "explained: leave was entered late".
    pub resolution: Line,
    pub resolved_by: Line,
    pub resolved: Moment,
    pub page: Link,
    pub checkpoint: Checkpoint,
}

impl Message for CaseResolved {
    const NAME: &'static str = "case_resolved";
    const LIST: List = List::Cases;

    fn samples() -> Vec<CaseResolved> {
        let usual = CaseResolved {
            frame: sample::frame("Tom Weber"),
            number: 2031,
            person: Some(Line::new("Maria Olsen")),
            resolution: Line::new("Explained: leave was entered late"),
            resolved_by: Line::new("Priya Nair, HR"),
            resolved: sample::moment(-3),
            page: sample::link("/cases/2031"),
            checkpoint: sample::checkpoint(),
        };
        vec![
            CaseResolved { person: None, ..usual.clone() },
            CaseResolved {
                frame: sample::hostile_frame(),
                person: Some(sample::hostile_line()),
                resolution: sample::hostile_line(),
                resolved_by: sample::hostile_line(),
                ..usual.clone()
            },
            usual,
        ]
    }
}

/// Somebody who may not close a case proposes how it should go on. The typed reason stays on the
/// page.
#[derive(Debug, Clone, Serialize)]
pub struct CaseProposed {
    pub frame: Frame,
    pub number: u64,
    /// Absent in a serious case.
    pub person: Option<Line>,
    /// The proposal in words: "Close it: it is explained".
    pub proposal: Line,
    pub proposed_by: Line,
    pub proposed: Moment,
    pub page: Link,
    pub checkpoint: Checkpoint,
}

impl Message for CaseProposed {
    const NAME: &'static str = "case_proposed";
    const LIST: List = List::Cases;

    fn samples() -> Vec<CaseProposed> {
        let usual = CaseProposed {
            frame: sample::frame("Priya Nair"),
            number: 2031,
            person: Some(Line::new("Maria Olsen")),
            proposal: Line::new("Close it: it is explained"),
            proposed_by: Line::new("Tom Weber"),
            proposed: sample::moment(-3),
            page: sample::link("/cases/2031"),
            checkpoint: sample::checkpoint(),
        };
        vec![
            CaseProposed { person: None, ..usual.clone() },
            CaseProposed {
                frame: sample::hostile_frame(),
                person: Some(sample::hostile_line()),
                proposal: sample::hostile_line(),
                proposed_by: sample::hostile_line(),
                ..usual.clone()
            },
            usual,
        ]
    }
}
