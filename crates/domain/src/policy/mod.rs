//! Cadence policies: who is in a pool, how often, when, with how much notice, which evidence, and
//! who is told when something is wrong. Read from one TOML file each, checked, linted, hashed,
//! compared in words, and matched with people. Whether a policy is in force is stored elsewhere; how
//! a law becomes a hazard table is the draw's business.

mod assign;
mod change;
mod example;
pub mod filter;
mod lint;
mod parse;
mod satisfiable;
mod section;
mod sections;
#[cfg(test)]
mod tests;

pub use assign::{ActivePolicy, Assigned, Assignment, Overlap, assign, why};
pub use change::{KeyChange, changes, content_hash};
pub use example::{policy_example, policy_example_of};
pub use filter::{Attributes, Filter, FilterFault};
pub use lint::{LINTED_PEOPLE, Lint, VerifierMinutes, lint};
pub use parse::{ParsedPolicy, PolicyFault, PolicyFaultCode, PolicyKnown, parse_policy};
pub use satisfiable::{PersonWindow, Satisfaction, Unsatisfied, satisfiable_by};

use crate::draw::{CadenceLaw, DrawLaw, LawRefusal, Period, PoolLaw};
use crate::escalation::EscalationPolicy;
use crate::sentence;
use crate::sentence::Sentence;
use serde::{Deserialize, Serialize};

words! {
    /// By which law people are drawn.
    pub enum Law {
        /// Per person, by the floored minimum-variance hazard.
        Cadence = "cadence",
        /// Equal chance at every draw.
        Pool = "pool",
    }
}

words! {
    /// How far ahead the draw looks.
    pub enum Horizon {
        /// One draw per person and local day.
        Day = "day",
        /// One draw per two-hour block of announcements.
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
    /// What is said of a passkey that may be on several devices.
    pub enum PasskeyDemand {
        /// Nothing.
        Any = "any",
        /// It is noted.
        BoundPreferred = "bound_preferred",
        /// It is a light finding.
        Bound = "bound",
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
    /// Under the law `cadence`, and only there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cadence: Option<Cadence>,
    /// Under the law `pool`, and only there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pool: Option<Pool>,
    pub clock: Clock,
    pub draw: Draw,
    pub allowance: Allowance,
    pub evidence: EvidenceDemand,
    pub challenges: Challenges,
    pub verifiers: Verifiers,
    pub escalation: EscalationPolicy,
}

impl CadencePolicy {
    /// The law of the draw with its settings.
    ///
    /// # Errors
    /// The section of the law is missing, which `parse_policy` never lets pass.
    pub fn draw_law(&self) -> Result<DrawLaw, LawRefusal> {
        let missing = || {
            LawRefusal(sentence!("the section [policy.{law}] is missing", law = self.law.code()))
        };
        match self.law {
            Law::Cadence => self.cadence.map(|c| DrawLaw::Cadence(c.into())),
            Law::Pool => self.pool.map(|p| DrawLaw::Pool(p.into())),
        }
        .ok_or_else(missing)
    }

    /// How often, as people say it: one sentence.
    pub fn how_often(&self) -> Sentence {
        match (self.law, self.cadence, self.pool) {
            (Law::Cadence, Some(c), _) => sentence!(
                "About one check-in in {mean} working days, never more than {max} apart.",
                mean = c.mean_gap_days.to_string(),
                max = c.max_gap_days
            ),
            (Law::Pool, _, Some(p)) => p.how_often(),
            _ => sentence!("How often is not written."),
        }
    }
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

impl From<Cadence> for CadenceLaw {
    fn from(c: Cadence) -> CadenceLaw {
        CadenceLaw {
            mean_gap_days: c.mean_gap_days,
            soft_gap_days: c.soft_gap_days,
            soft_factor: c.soft_factor,
            min_gap_days: c.min_gap_days,
            max_gap_days: Some(c.max_gap_days),
            floor_share: c.floor_share,
        }
    }
}

/// How often, as a rate of the whole pool.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pool {
    /// Expected draws a person and period.
    pub rate: f64,
    pub period: Period,
}

impl Pool {
    fn how_often(&self) -> Sentence {
        let rate = self.rate.to_string();
        match self.period {
            Period::Week => sentence!(
                "About {rate} check-ins a week, with the same chance on every working day.",
                rate
            ),
            Period::Month => sentence!(
                "About {rate} check-ins a month, with the same chance on every working day.",
                rate
            ),
            Period::Quarter => sentence!(
                "About {rate} check-ins a quarter, with the same chance on every working day.",
                rate
            ),
            Period::Year => sentence!(
                "About {rate} check-ins a year, with the same chance on every working day.",
                rate
            ),
        }
    }
}

impl From<Pool> for PoolLaw {
    fn from(p: Pool) -> PoolLaw {
        PoolLaw { rate: p.rate, period: p.period }
    }
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
    /// Minutes for which one check-in keeps a verifier: the talk and the pause after it.
    pub fn occupancy_minutes(&self) -> u32 {
        u32::from(self.session_minutes) + u32::from(self.turnaround_minutes)
    }

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
    /// Left out where it is the default, so that versions written before it was known keep their names.
    #[serde(default = "any_passkey", skip_serializing_if = "is_any_passkey")]
    pub passkey: PasskeyDemand,
}

const fn any_passkey() -> PasskeyDemand {
    PasskeyDemand::Any
}

fn is_any_passkey(demand: &PasskeyDemand) -> bool {
    *demand == PasskeyDemand::Any
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
