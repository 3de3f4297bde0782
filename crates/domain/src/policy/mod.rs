//! Cadence policies: who is in a pool, how often, when, with how much notice, which evidence, and
//! who is told when something is wrong. Read from one TOML file each, checked, hashed, compared in
//! words, and matched with people. Whether a policy is in force is stored elsewhere; how a cadence
//! becomes a hazard table is the draw's business.

mod assign;
mod change;
mod example;
pub mod filter;
mod parse;
mod satisfiable;
mod section;
mod sections;
#[cfg(test)]
mod tests;

pub use assign::{ActivePolicy, Assigned, Assignment, Overlap, assign, why};
pub use change::{KeyChange, changes, content_hash};
pub use example::policy_example;
pub use filter::{Attributes, Filter};
pub use parse::{ParsedPolicy, PolicyFault, PolicyFaultCode, PolicyKnown, parse_policy};
pub use satisfiable::{PersonWindow, Satisfaction, Unsatisfied, satisfiable_by};

use crate::escalation::EscalationPolicy;
use serde::{Deserialize, Serialize};

words! {
    /// By which law people are drawn.
    pub enum Law {
        /// Per person, by the floored minimum-variance hazard.
        Cadence = "cadence",
        /// Equal chance at every draw. Known, and refused in this release.
        Pool = "pool",
    }
}

words! {
    /// How far ahead the draw looks.
    pub enum Horizon {
        /// One draw per person and local day.
        Day = "day",
        /// One draw per two-hour block. Known, and refused in this release.
        Block = "block",
    }
}

words! {
    /// When the next attempt after a miss or an inconclusive session takes place.
    pub enum Retry {
        SameOrNextDay = "same_or_next_day",
    }
}

words! {
    /// Whether a check-in asks for the device's location.
    pub enum LocationDemand {
        /// Without it the check-in cannot be clear. Refusing it is a recorded answer all the same.
        Required = "required",
        Optional = "optional",
        /// Never asked.
        Off = "off",
    }
}

words! {
    /// Which language verifier and person must have in common.
    pub enum LanguageRule {
        /// At least one of both lists.
        Shared = "shared",
        Any = "any",
    }
}

/// One cadence policy, complete: every default filled in.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CadencePolicy {
    pub name: String,
    /// The filter as written; parsed and validated by `parse_policy`.
    pub applies_to: String,
    pub law: Law,
    /// Where to meet, first choice first.
    pub rooms: Vec<String>,
    pub cadence: Cadence,
    pub clock: Clock,
    pub draw: Draw,
    pub allowance: Allowance,
    pub evidence: EvidenceDemand,
    pub challenges: Challenges,
    pub verifiers: Verifiers,
    pub escalation: EscalationPolicy,
}

/// How often, in eligible days.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cadence {
    /// Wanted mean gap, eligible days, 1 to 520.
    pub mean_gap_days: f64,
    /// For so many days after a draw the hazard is multiplied by `soft_factor`.
    pub soft_gap_days: u32,
    /// 0 to 1.
    pub soft_factor: f64,
    /// No draw on fewer days than this after the last one. Each such day is provably safe.
    pub min_gap_days: u32,
    /// On this day a draw is certain.
    pub max_gap_days: u32,
    /// Smallest hazard as a share of the mean one, 0 to 1.
    pub floor_share: f64,
}

/// The five clocks of a check-in, in minutes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Clock {
    /// Smallest drawn notice.
    pub notice_minutes_min: u16,
    /// Largest drawn notice.
    pub notice_minutes_max: u16,
    /// After the start: joining is in time.
    pub window_minutes: u16,
    /// After the window: joining is late, not missed.
    pub grace_minutes: u16,
    /// Planned length of the talk.
    pub session_minutes: u16,
    /// A verifier's pause between two sessions.
    pub turnaround_minutes: u16,
    pub retry: Retry,
}

impl Clock {
    /// Minutes a working window must have, so that a check-in fits wholly: the announcement (its
    /// row is written two minutes before the largest notice begins), the start on the next
    /// five-minute slot, window, grace and session.
    pub fn span_minutes_max(&self) -> u32 {
        const MARGIN_MINUTES: u32 = 2;
        const SLOT_MINUTES: u32 = 5;
        let lead = u32::from(self.notice_minutes_max) + MARGIN_MINUTES;
        let tail = [self.window_minutes, self.grace_minutes, self.session_minutes];
        lead.next_multiple_of(SLOT_MINUTES) + tail.into_iter().map(u32::from).sum::<u32>()
    }
}

/// The draw of a policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Draw {
    pub horizon: Horizon,
}

/// What a person may take without a reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Allowance {
    /// One-tap *not now* in a calendar quarter.
    pub not_now_per_quarter: u8,
    /// Private blocks declared ahead, minutes in a week.
    pub private_block_minutes_per_week: u16,
}

/// Which evidence a check-in asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EvidenceDemand {
    pub location: LocationDemand,
    /// Metres (95 % radius); a claim less accurate than this is poor and neither clears nor accuses.
    pub accuracy_max_m: u32,
}

/// The drawn live tasks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Challenges {
    pub count: u8,
}

/// What verifiers of this pool's check-ins may be asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Verifiers {
    /// Sessions one verifier has in a day.
    pub daily_cap: u16,
    /// Sessions in a row before a break.
    pub break_after_sessions: u16,
    pub break_minutes: u16,
    pub languages: LanguageRule,
}
