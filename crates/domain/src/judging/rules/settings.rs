//! Thresholds of the rules. Starting values to calibrate, none of them a published result; each
//! finding keeps the values it was judged by.

use serde::{Deserialize, Serialize};

/// Thresholds an organisation may change. Whole numbers, units last.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RuleSettings {
    /// Above this a claim is too coarse to use, in metres (95 % radius).
    pub usable_accuracy_metres: u32,
    /// A second miss within this many days is grave, and may not be excused by the manager.
    pub miss_window_days: u16,
    /// Sessions looked back on by the repeating rules, this one included.
    pub repeat_sessions: u8,
    /// Of those, how many with the same medium rule raise `repeated-finding`.
    pub repeat_hits: u8,
    /// Of those, how many person-side technical failures raise `technical-repeated`.
    pub technical_hits: u8,
    /// Leaving at most this many seconds after a challenge was shown is noted.
    pub leave_after_challenge_seconds: u16,
    /// Coming back within this many minutes takes the note away.
    pub leave_return_minutes: u16,
    /// Challenges with artefacts that make the finding grave.
    pub artefact_challenges_high: u8,
    /// Kinds of challenge refused that make the finding grave.
    pub refused_kinds_high: u8,
    /// Challenges a complete session has answered (done, artefact seen, refused or accommodated).
    pub challenges_required: u8,
}

impl Default for RuleSettings {
    fn default() -> RuleSettings {
        RuleSettings {
            usable_accuracy_metres: 5_000,
            miss_window_days: 60,
            repeat_sessions: 5,
            repeat_hits: 3,
            technical_hits: 2,
            leave_after_challenge_seconds: 60,
            leave_return_minutes: 10,
            artefact_challenges_high: 2,
            refused_kinds_high: 2,
            challenges_required: 3,
        }
    }
}
