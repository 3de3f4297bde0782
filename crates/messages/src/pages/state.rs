//! States in words first, then colour, then shape: the one place that gives a stored word its
//! label, its tone and its icon.

use muster_domain::check_in::{CheckInKind, CheckInState, Outcome};
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
            Outcome::Verified => StateWord::new("verified", Tone::Good),
            Outcome::Inconclusive => StateWord::new("inconclusive", Tone::Unclear),
            Outcome::Missed => StateWord::shaped("missed", Tone::Review, "missed"),
            Outcome::Refused => StateWord::shaped("declined", Tone::Review, "refused"),
            Outcome::NeedsReview => StateWord::new("needs review", Tone::Review),
            Outcome::Escalated => StateWord::new("escalated", Tone::Urgent),
            Outcome::Excused => StateWord::shaped("excused", Tone::Quiet, "excused"),
            Outcome::Void => StateWord::shaped("void", Tone::Quiet, "void"),
        }
    }

    /// A check-in that has no outcome yet.
    pub fn check_in(state: CheckInState) -> StateWord {
        match state {
            CheckInState::Booking => StateWord::new("being arranged", Tone::Waiting),
            CheckInState::Announced => StateWord::new("announced", Tone::Waiting),
            CheckInState::Open => StateWord::new("open now", Tone::Waiting),
            CheckInState::Live => StateWord::new("live", Tone::Waiting),
            CheckInState::Judged | CheckInState::Closed => StateWord::new("over", Tone::Quiet),
        }
    }
}

/// How a page calls a kind of check-in.
pub fn kind_text(kind: CheckInKind) -> &'static str {
    match kind {
        CheckInKind::Drawn => "drawn at random",
        CheckInKind::Recheck => "second chance",
        CheckInKind::Manual => "ordered by a person",
        CheckInKind::Baseline => "first session",
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
