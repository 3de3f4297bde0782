//! The outcome table of a check-in: first row that fits. Also what follows at once: whether a
//! case opens and whether the person is met again. What people later find out belongs to the case.

use super::fault::FaultDecision;
use crate::case::CaseCause;
use crate::check_in::{Assurance, CheckInKind, Fault, Outcome, Presence};
use serde::{Deserialize, Serialize};

words! {
    /// The row that fitted.
    pub enum OutcomeRow {
        AssuranceEscalate = "assurance_escalate",
        CancelledByUs = "cancelled_by_us",
        FormMissing = "form_missing",
        FaultNotTheirs = "fault_not_theirs",
        KnownReason = "known_reason",
        SaidNo = "said_no",
        NobodyCame = "nobody_came",
        AssuranceReview = "assurance_review",
        TechnicalOnTheirSide = "technical_on_their_side",
        AssuranceInconclusive = "assurance_inconclusive",
        Verified = "verified",
    }
}

words! {
    /// What is arranged at once.
    pub enum NextAct {
        /// Nothing; the draw goes on.
        None = "none",
        /// One more check-in, the same or the next working day.
        Recheck = "recheck",
        /// The policy's other way: a call by HR, a look out of the window, in person.
        Alternative = "alternative",
    }
}

/// What the table reads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutcomeInput<'a> {
    pub kind: CheckInKind,
    /// Counts from 1.
    pub attempt: u16,
    pub assurance: Assurance,
    pub presence: Option<Presence>,
    /// Set if the two did not meet, unless that was settled before the time to come had passed.
    pub fault: Option<&'a FaultDecision>,
    pub cancelled_by_us: bool,
    /// They met, and no form came within a day.
    pub form_missing: bool,
    /// An absence or an accepted reason was known before judging.
    pub known_reason: bool,
    /// The person said no in so many words.
    pub said_no: bool,
    /// Inconclusive outcomes directly before this one.
    pub inconclusive_running: u32,
    /// Misses within the time a first miss may be excused in.
    pub misses_before: u32,
}

/// The outcome and what follows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OutcomeDecision {
    pub outcome: Outcome,
    pub row: OutcomeRow,
    /// For `verified`: how firmly the verifier knew the person.
    pub grade: Option<Presence>,
    /// Set if a case opens.
    pub opens_case: Option<CaseCause>,
    pub next: NextAct,
}

/// A re-check that failed through no fault of the person is repeated up to this attempt.
pub const RECHECK_ATTEMPTS_MAX: u16 = 3;

/// The third inconclusive outcome running opens a case.
pub const INCONCLUSIVE_RUNNING_MAX: u32 = 3;

/// Applies the table.
pub fn decide_outcome(input: &OutcomeInput) -> OutcomeDecision {
    let row = first_row(input);
    let outcome = match row {
        OutcomeRow::AssuranceEscalate => Outcome::Escalated,
        OutcomeRow::CancelledByUs | OutcomeRow::FormMissing | OutcomeRow::FaultNotTheirs => {
            Outcome::Void
        }
        OutcomeRow::KnownReason => Outcome::Excused,
        OutcomeRow::SaidNo => Outcome::Refused,
        OutcomeRow::NobodyCame => Outcome::Missed,
        OutcomeRow::AssuranceReview => Outcome::NeedsReview,
        OutcomeRow::TechnicalOnTheirSide | OutcomeRow::AssuranceInconclusive => {
            Outcome::Inconclusive
        }
        OutcomeRow::Verified => Outcome::Verified,
    };
    OutcomeDecision {
        outcome,
        row,
        grade: input.presence.filter(|_| outcome == Outcome::Verified),
        opens_case: opens_case(outcome, input.inconclusive_running),
        next: next_act(outcome, input),
    }
}

fn first_row(input: &OutcomeInput) -> OutcomeRow {
    let technical = input.fault.is_some_and(|f| f.cause.is_person_side_technical());
    let not_theirs = input.fault.is_some_and(|f| f.fault != Fault::Employee) && !technical;
    if input.assurance == Assurance::Escalate {
        return OutcomeRow::AssuranceEscalate;
    }
    if input.cancelled_by_us {
        return OutcomeRow::CancelledByUs;
    }
    if input.form_missing {
        return OutcomeRow::FormMissing;
    }
    if not_theirs {
        return OutcomeRow::FaultNotTheirs;
    }
    if input.known_reason {
        return OutcomeRow::KnownReason;
    }
    if input.said_no {
        return OutcomeRow::SaidNo;
    }
    if input.fault.is_some_and(|f| f.fault == Fault::Employee) {
        return OutcomeRow::NobodyCame;
    }
    if input.assurance == Assurance::Review {
        return OutcomeRow::AssuranceReview;
    }
    if technical {
        return OutcomeRow::TechnicalOnTheirSide;
    }
    if input.assurance == Assurance::Inconclusive {
        return OutcomeRow::AssuranceInconclusive;
    }
    OutcomeRow::Verified
}

fn opens_case(outcome: Outcome, inconclusive_running: u32) -> Option<CaseCause> {
    match outcome {
        Outcome::Missed => Some(CaseCause::Missed),
        Outcome::Refused => Some(CaseCause::Refused),
        Outcome::NeedsReview => Some(CaseCause::NeedsReview),
        Outcome::Escalated => Some(CaseCause::Escalated),
        Outcome::Inconclusive if inconclusive_running + 1 >= INCONCLUSIVE_RUNNING_MAX => {
            Some(CaseCause::InconclusiveRepeated)
        }
        _ => None,
    }
}

/// One re-check after an inconclusive or a first missed check-in, then the other way: never an
/// endless loop.
fn next_act(outcome: Outcome, input: &OutcomeInput) -> NextAct {
    let is_recheck = input.kind == CheckInKind::Recheck;
    match outcome {
        Outcome::Inconclusive | Outcome::Missed if is_recheck => NextAct::Alternative,
        Outcome::Inconclusive if input.inconclusive_running + 1 >= INCONCLUSIVE_RUNNING_MAX => {
            NextAct::Alternative
        }
        Outcome::Missed if input.misses_before > 0 => NextAct::Alternative,
        Outcome::Inconclusive | Outcome::Missed => NextAct::Recheck,
        // A re-check is owed; that we failed to hold it does not settle it.
        Outcome::Void if is_recheck && input.attempt < RECHECK_ATTEMPTS_MAX => NextAct::Recheck,
        Outcome::Void if is_recheck => NextAct::Alternative,
        _ => NextAct::None,
    }
}

#[cfg(test)]
#[path = "outcome_tests.rs"]
mod tests;
