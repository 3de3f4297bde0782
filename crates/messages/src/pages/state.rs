//! States in words first, then colour, then shape: the one place that gives a stored word its
//! label, its tone and its icon.

use crate::t;
use muster_domain::check_in::{CheckInKind, CheckInState, Outcome};
use muster_domain::judging::finding::Severity;
use serde::Serialize;

/// A state as a page shows it. Templates write it with `{{state s}}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StateWord {
    /// What people read.
    pub label: String,
    /// The colour, as a class.
    pub tone: Tone,
    /// The id of the shape in `assets/icons.svg`; two tones never share one.
    pub icon: &'static str,
}

/// The six tones. Red is kept for what needs a human now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Tone {
    /// Green: as it should be.
    Good,
    /// Blue-grey: something is still to come.
    Waiting,
    /// Amber: could not be told.
    Unclear,
    /// Orange: a person should look.
    Review,
    /// Red: a person must act now.
    Urgent,
    /// Grey: over, and nothing follows.
    Quiet,
}

impl StateWord {
    /// A state with the usual shape of its tone.
    pub fn new(label: &str, tone: Tone) -> StateWord {
        let icon = match tone {
            Tone::Good => "verified",
            Tone::Waiting => "waiting",
            Tone::Unclear => "inconclusive",
            Tone::Review => "needs-review",
            Tone::Urgent => "escalated",
            Tone::Quiet => "closed",
        };
        StateWord { label: label.to_owned(), tone, icon }
    }

    fn shaped(label: &str, tone: Tone, icon: &'static str) -> StateWord {
        StateWord { label: label.to_owned(), tone, icon }
    }

    /// An outcome.
    pub fn outcome(outcome: Outcome) -> StateWord {
        match outcome {
            Outcome::Verified => StateWord::new(t!("verified"), Tone::Good),
            Outcome::Inconclusive => StateWord::new(t!("inconclusive"), Tone::Unclear),
            Outcome::Missed => StateWord::shaped(t!("missed"), Tone::Review, "missed"),
            Outcome::Refused => StateWord::shaped(t!("declined"), Tone::Review, "refused"),
            Outcome::NeedsReview => StateWord::new(t!("needs review"), Tone::Review),
            Outcome::Escalated => StateWord::new(t!("escalated"), Tone::Urgent),
            Outcome::Excused => StateWord::shaped(t!("excused"), Tone::Quiet, "excused"),
            Outcome::Void => StateWord::shaped(t!("void"), Tone::Quiet, "void"),
        }
    }

    /// A check-in that has no outcome yet.
    pub fn check_in(state: CheckInState) -> StateWord {
        match state {
            CheckInState::Booking => StateWord::new(t!("being arranged"), Tone::Waiting),
            CheckInState::Announced => StateWord::new(t!("announced"), Tone::Waiting),
            CheckInState::Open => StateWord::new(t!("open now"), Tone::Waiting),
            CheckInState::Live => StateWord::new(t!("live"), Tone::Waiting),
            CheckInState::Judged | CheckInState::Closed => StateWord::new(t!("over"), Tone::Quiet),
        }
    }
}

/// How a page calls a kind of check-in.
pub fn kind_text(kind: CheckInKind) -> &'static str {
    match kind {
        CheckInKind::Drawn => t!("drawn at random"),
        CheckInKind::Recheck => t!("second chance"),
        CheckInKind::Manual => t!("ordered by a person"),
        CheckInKind::Baseline => t!("first session"),
    }
}

/// How a page calls a severity.
pub fn severity_text(severity: Severity) -> &'static str {
    match severity {
        Severity::Info => t!("info"),
        Severity::Low => t!("low"),
        Severity::Medium => t!("medium"),
        Severity::High => t!("high"),
        Severity::Critical => t!("critical"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_outcomes_share_a_shape_so_colour_is_never_the_only_sign() {
        let mut shapes: Vec<_> = Outcome::ALL.iter().map(|o| StateWord::outcome(*o).icon).collect();
        shapes.sort_unstable();
        shapes.dedup();
        assert_eq!(shapes.len(), Outcome::ALL.len());
    }

    #[test]
    fn only_an_escalated_check_in_is_red() {
        for outcome in Outcome::ALL {
            let red = StateWord::outcome(*outcome).tone == Tone::Urgent;
            assert_eq!(red, *outcome == Outcome::Escalated, "{outcome}");
        }
    }
}
