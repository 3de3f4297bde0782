//! Thresholds of the rules. Starting values to calibrate, none of them a published result; each
//! finding keeps the values it was judged by.

use crate::policy::PasskeyDemand;
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
    /// Clocks apart by this many minutes raise `tz-mismatch-minor`.
    pub clock_minor_minutes: u16,
    /// Clocks apart by this many minutes raise `tz-mismatch`.
    pub clock_apart_minutes: u16,
    /// An address in another country within this many kilometres counts as a border matter.
    pub border_km: u16,
    /// Within one country, an address further from the claim than this many kilometres is noted.
    pub address_far_km: u16,
    /// How far an address's position may be wrong before light refutes it, in kilometres.
    pub address_error_km: u16,
    /// Way there and back that light in fibre makes possible in a millisecond of round trip: two
    /// thirds of the speed of light, halved, in metres.
    pub fibre_metres_per_ms: u32,
    /// The same in vacuum, for satellites with laser links.
    pub vacuum_metres_per_ms: u32,
    /// What a measured round trip may be too short by, in microseconds.
    pub round_trip_slack_us: u16,
    /// Application over TCP round trip by this many milliseconds raises `rtt-split`.
    pub split_ms: u16,
    /// By this many, `rtt-split-large`.
    pub split_large_ms: u16,
    /// A round trip above this many tenths of the fibre floor, plus the base of its kind of line,
    /// is long.
    pub excess_tenths: u16,
    /// The base in milliseconds.
    pub excess_base_ms: u16,
    pub excess_base_mobile_ms: u16,
    pub excess_base_satellite_ms: u16,
    /// Below this many kilometres, both accuracies taken off, no journey is looked at.
    pub travel_min_km: u16,
    /// Faster than this many kilometres an hour is not a journey.
    pub travel_impossible_kmh: u16,
    /// From this many kilometres on a journey may be tight.
    pub travel_tight_km: u16,
    /// Cruising speed of an airliner in kilometres an hour.
    pub travel_cruise_kmh: u16,
    /// What any flight takes besides, in minutes.
    pub travel_overhead_minutes: u16,
    /// Further than this many kilometres outside every declared place counts as drifted.
    pub drift_km: u16,
    /// Of the last positions, how many must have drifted.
    pub drift_sessions: u8,
    /// Over how many days at least.
    pub drift_days: u16,
    /// Days after joining in which rules that compare somebody with their own past only learn.
    pub learning_days: u16,
    /// They have learnt enough after so many check-ins, too.
    pub learning_sessions: u16,
    /// A passkey that nobody approved is new for so many days.
    pub passkey_new_days: u16,
    /// So many of them make the finding grave.
    pub passkeys_new_high: u8,
    /// What the policy says of passkeys that may be on several devices.
    pub passkey: PasskeyDemand,
    /// Rules that people gave one level less, by id.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub demoted: Vec<String>,
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
            clock_minor_minutes: 30,
            clock_apart_minutes: 180,
            border_km: 100,
            address_far_km: 1_000,
            address_error_km: 100,
            fibre_metres_per_ms: 99_930,
            vacuum_metres_per_ms: 149_900,
            round_trip_slack_us: 1_000,
            split_ms: 20,
            split_large_ms: 80,
            excess_tenths: 25,
            excess_base_ms: 60,
            excess_base_mobile_ms: 120,
            excess_base_satellite_ms: 650,
            travel_min_km: 100,
            travel_impossible_kmh: 1_000,
            travel_tight_km: 500,
            travel_cruise_kmh: 900,
            travel_overhead_minutes: 90,
            drift_km: 100,
            drift_sessions: 3,
            drift_days: 14,
            learning_days: 14,
            learning_sessions: 10,
            passkey_new_days: 30,
            passkeys_new_high: 2,
            passkey: PasskeyDemand::Any,
            demoted: Vec::new(),
        }
    }
}
