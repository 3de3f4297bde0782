//! The sections of a policy file: keys, defaults and ranges, one function a section.

use super::section::{PolicyFaultCode, Section};
use super::{
    Allowance, Cadence, Challenges, Clock, Draw, EvidenceDemand, Horizon, LanguageRule,
    LocationDemand, PasskeyDemand, Pool, Retry, Verifiers,
};
use crate::draw::Period;
use crate::escalation::{EscalationPolicy, RecipientKind, Step};
use crate::sentence::Sentence;
use crate::{msg, sentence};

/// Largest maximum gap and so the length of a hazard table: ten working years.
const GAP_DAYS_MAX: u32 = 2_600;

/// A larger notice leaves time to hand the laptop over: warned about.
const NOTICE_MINUTES_WISE: u16 = 60;

/// The cadence; `None` where the wanted mean is missing or faulty. What is allowed and unwise about
/// it, the law says.
pub(super) fn cadence(s: Section<'_>) -> Option<Cadence> {
    let mean_range = 1.0..=520.0;
    if s.value("mean_gap_days").is_none() {
        s.missing(
            "mean_gap_days",
            msg!("the wanted mean gap in eligible days, a number from 1 to 520"),
        );
    }
    let mean = s.number("mean_gap_days", mean_range);
    let soft_gap_days = s.whole("soft_gap_days", 0, 0..=GAP_DAYS_MAX);
    let soft_factor = s.number("soft_factor", 0.0..=1.0).unwrap_or(0.25);
    let min_gap_days = s.whole("min_gap_days", 0, 0..=GAP_DAYS_MAX);
    let wanted_max = mean.map_or(1, |m| whole_days(4.0 * m));
    let max_gap_days = s.whole("max_gap_days", wanted_max, 1..=GAP_DAYS_MAX);
    let floor_share = s.number("floor_share", 0.0..=1.0).unwrap_or(0.92);
    let cadence = mean.map(|mean_gap_days| Cadence {
        mean_gap_days,
        soft_gap_days,
        soft_factor,
        min_gap_days,
        max_gap_days,
        floor_share,
    });
    if let Some(cadence) = &cadence {
        contradictions(&s, cadence, wanted_max);
    }
    s.finish();
    cadence
}

fn contradictions(s: &Section<'_>, c: &Cadence, wanted_max: u32) {
    let contradiction = PolicyFaultCode::Contradiction;
    if f64::from(c.max_gap_days) < c.mean_gap_days {
        let problem = sentence!(
            "the largest gap {max} is below the mean gap {mean}",
            max = c.max_gap_days,
            mean = c.mean_gap_days.to_string()
        );
        s.fault(
            "max_gap_days",
            contradiction,
            problem,
            sentence!("4 x mean_gap_days = {wanted}, or nothing", wanted = wanted_max),
        );
    }
    if f64::from(c.min_gap_days) > c.mean_gap_days {
        let problem = sentence!(
            "the smallest gap {min} is above the mean gap {mean}",
            min = c.min_gap_days,
            mean = c.mean_gap_days.to_string()
        );
        s.fault(
            "min_gap_days",
            contradiction,
            problem,
            msg!("0 (nobody is ever provably safe), or below the mean"),
        );
    }
    if c.soft_gap_days >= c.max_gap_days {
        let problem = sentence!(
            "the soft gap {soft} reaches the largest gap {max}",
            soft = c.soft_gap_days,
            max = c.max_gap_days
        );
        s.fault("soft_gap_days", contradiction, problem, msg!("fewer days than max_gap_days"));
    }
}

/// Days rounded to the next whole one, 1 to the longest table.
fn whole_days(days: f64) -> u32 {
    (1..=GAP_DAYS_MAX).find(|d| f64::from(*d) >= days).unwrap_or(GAP_DAYS_MAX)
}

/// The pool; `None` where the rate is missing or faulty.
pub(super) fn pool(s: Section<'_>) -> Option<Pool> {
    if s.value("rate").is_none() {
        s.missing("rate", msg!("the expected draws a person and period, a number such as 0.5"));
    }
    let rate = s.number("rate", 0.01..=250.0);
    let period = s.word("period", Period::ALL, Period::code).unwrap_or(Period::Year);
    s.finish();
    rate.map(|rate| Pool { rate, period })
}

pub(super) fn clock(s: Section<'_>, warnings: &mut Vec<Sentence>) -> Clock {
    let [notice_minutes_min, notice_minutes_max] = s.span("notice_minutes", [15, 30], 5..=480);
    if notice_minutes_max > NOTICE_MINUTES_WISE {
        warnings.push(sentence!(
            "policy.clock.notice_minutes: a notice of {minutes} minutes leaves time to fetch somebody else; 15 to \
             30 is usual, and more than {wise} is unwise.",
            minutes = notice_minutes_max,
            wise = NOTICE_MINUTES_WISE
        ));
    }
    let clock = Clock {
        notice_minutes_min,
        notice_minutes_max,
        window_minutes: s.whole("window_minutes", 10, 1..=120),
        grace_minutes: s.whole("grace_minutes", 5, 0..=60),
        session_minutes: s.whole("session_minutes", 5, 5..=60),
        turnaround_minutes: s.whole("turnaround_minutes", 5, 0..=60),
        retry: s.word("retry", Retry::ALL, Retry::code).unwrap_or(Retry::SameOrNextDay),
    };
    s.finish();
    clock
}

pub(super) fn draw(s: Section<'_>) -> Draw {
    let horizon = s.word("horizon", Horizon::ALL, Horizon::code).unwrap_or(Horizon::Day);
    s.finish();
    Draw { horizon }
}

pub(super) fn allowance(s: Section<'_>) -> Allowance {
    let allowance = Allowance {
        not_now_per_quarter: s.whole("not_now_per_quarter", 2, 0..=12),
        private_block_minutes_per_week: s.whole("private_block_minutes_per_week", 120, 0..=600),
    };
    s.finish();
    allowance
}

pub(super) fn evidence(s: Section<'_>, warnings: &mut Vec<Sentence>) -> EvidenceDemand {
    let location = s.word("location", LocationDemand::ALL, LocationDemand::code);
    let demand = EvidenceDemand {
        location: location.unwrap_or(LocationDemand::Required),
        accuracy_max_m: s.whole("accuracy_max_m", 5_000, 50..=50_000),
        passkey: s
            .word("passkey", PasskeyDemand::ALL, PasskeyDemand::code)
            .unwrap_or(PasskeyDemand::Any),
    };
    if demand.location == LocationDemand::Off {
        warnings.push(sentence!(
            "policy.evidence.location = \"off\": where somebody works is never asked, so a laptop that was sent \
             on cannot be noticed; \"optional\" asks and lets people decline."
        ));
    }
    s.finish();
    demand
}

pub(super) fn challenges(s: Section<'_>) -> Challenges {
    let challenges = Challenges { count: s.whole("count", 3, 1..=5) };
    s.finish();
    challenges
}

pub(super) fn verifiers(s: Section<'_>) -> Verifiers {
    let languages = s.word("languages", LanguageRule::ALL, LanguageRule::code);
    let verifiers = Verifiers {
        daily_cap: s.whole("daily_cap", 12, 1..=60),
        break_after_sessions: s.whole("break_after_sessions", 4, 1..=60),
        break_minutes: s.whole("break_minutes", 15, 0..=120),
        languages: languages.unwrap_or(LanguageRule::Shared),
    };
    s.finish();
    verifiers
}

/// The steps written, or the default ones: the manager after half an hour, HR after four working
/// hours, security after a working day.
pub(super) fn escalation(s: Section<'_>) -> EscalationPolicy {
    let written: Option<Vec<Option<Step>>> =
        s.sections("steps").map(|sections| sections.into_iter().map(step).collect());
    let is_whole = written.iter().flatten().all(Option::is_some);
    let steps = written.map_or_else(default_steps, |steps| steps.into_iter().flatten().collect());
    let policy = EscalationPolicy { steps };
    let leaves_the_line =
        |step: &Step| matches!(step.recipient, RecipientKind::Hr | RecipientKind::Security);
    if policy.steps.is_empty() && is_whole {
        let accepted = msg!("at least one [[policy.escalation.steps]]");
        s.fault(
            "steps",
            PolicyFaultCode::Contradiction,
            msg!("there is no step that can be taken"),
            accepted,
        );
    } else if is_whole && !policy.steps.iter().take(2).any(leaves_the_line) {
        let problem = msg!("nobody outside the person's line is told by step 2");
        let accepted = msg!("recipient = \"hr\" or \"security\" in step 1 or step 2");
        s.fault("steps", PolicyFaultCode::Contradiction, problem, accepted);
    }
    s.finish();
    policy
}

fn default_steps() -> Vec<Step> {
    use RecipientKind::{Hr, Manager, Security};
    let steps = [(30, Manager), (240, Hr), (480, Security)];
    steps.map(|(delay_minutes, recipient)| default_step(delay_minutes, recipient)).to_vec()
}

fn default_step(delay_minutes: u32, recipient: RecipientKind) -> Step {
    Step {
        delay_minutes,
        recipient,
        named: Vec::new(),
        business_hours: true,
        repeat: 0,
        acknowledge_timeout_minutes: 480,
        all_must_acknowledge: false,
    }
}

/// One step; `None` where the recipient is missing or faulty.
fn step(s: Section<'_>) -> Option<Step> {
    const WEEK_MINUTES: u32 = 7 * 24 * 60;
    if s.value("delay_minutes").is_none() {
        s.missing(
            "delay_minutes",
            msg!("minutes after the previous step, a whole number from 0 to 10080"),
        );
    }
    if s.value("recipient").is_none() {
        s.missing("recipient", msg!("manager, managers_manager, hr, security or named"));
    }
    let delay = s.whole("delay_minutes", 0, 0..=WEEK_MINUTES);
    let recipient = s.word("recipient", RecipientKind::ALL, RecipientKind::code);
    let named = s.texts("named").unwrap_or_default();
    let is_named = recipient == Some(RecipientKind::Named);
    if is_named && named.is_empty() {
        s.missing("named", msg!("a list of employee ids, because recipient = \"named\""));
    }
    if recipient.is_some() && !is_named && !named.is_empty() {
        let problem = msg!("`named` stands beside another recipient");
        s.fault(
            "named",
            PolicyFaultCode::Contradiction,
            problem,
            msg!("nothing, or recipient = \"named\""),
        );
    }
    let business_hours = s.truth("business_hours", true);
    let repeat = s.whole("repeat", 0, 0..=10);
    let timeout = s.whole("acknowledge_timeout_minutes", 480, 15..=WEEK_MINUTES);
    let all_must_acknowledge = s.truth("all_must_acknowledge", false);
    s.finish();
    Some(Step {
        delay_minutes: delay,
        recipient: recipient?,
        named,
        business_hours,
        repeat,
        acknowledge_timeout_minutes: timeout,
        all_must_acknowledge,
    })
}
