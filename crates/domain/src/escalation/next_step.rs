//! What happens next with a case, and when. Promise P3: as long as a case is not resolved there
//! is always a next instant, and it is not in the past.
//!
//! The ladder stands still while somebody has the case; when that time is over it goes on where
//! it stood. After the last step the last one outside the line is repeated, for ever.

use super::sequence::{PlannedStep, sequence};
use super::{EscalationPolicy, RecipientKind, Step};
use crate::case::{CaseCause, CaseState};
use crate::time::{DAY_MS, UtcMillis};
use std::collections::{BTreeMap, BTreeSet};

/// How a recipient's working time passes: the instant that lies so many of his working minutes
/// after this one (0: the next instant at which he works).
pub type NextWorkingInstant<'a> = &'a dyn Fn(RecipientKind, UtcMillis, u32) -> UtcMillis;

/// The second chance before the first step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Recheck {
    /// None is due; the ladder starts when the case opens.
    NotDue,
    /// Arranged; it will be over at this instant.
    Pending { ends_at: UtcMillis },
    /// Over, and did not verify.
    Failed { at: UtcMillis },
}

/// The facts of a case the ladder depends on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CaseFacts {
    pub cause: CaseCause,
    pub state: CaseState,
    pub opened_at: UtcMillis,
    pub recheck: Recheck,
    /// The verifier named a different person, and nobody has looked a second time yet.
    pub awaits_second_look: bool,
}

/// A sending that has been started.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StepDone {
    /// From 1.
    pub no: u32,
    pub recipient: RecipientKind,
    pub at: UtcMillis,
    /// To how many people it went.
    pub recipients: u32,
}

/// Somebody said *I have this*.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Acknowledgement {
    /// The sending it answers; one that answers none is ignored.
    pub step_no: u32,
    /// Any number that stands for one person within this case.
    pub by: u32,
    pub at: UtcMillis,
}

/// What the case's timer is set to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NextStep {
    /// Step 0: wait for the re-check to be over.
    Recheck { due: UtcMillis },
    /// Send step `no`.
    Send { no: u32, step: Step, is_repeat: bool, due: UtcMillis },
    /// Somebody has it; at this instant the case is open again.
    AcknowledgementLapses { step_no: u32, due: UtcMillis },
    /// The ladder is used up: send the last step outside the line once more, as step `no`.
    Exhausted { no: u32, step: Step, due: UtcMillis },
    /// Resolved: nothing.
    Closed,
}

impl NextStep {
    /// When; none only for a resolved case.
    pub fn due(&self) -> Option<UtcMillis> {
        match self {
            NextStep::Recheck { due }
            | NextStep::Send { due, .. }
            | NextStep::AcknowledgementLapses { due, .. }
            | NextStep::Exhausted { due, .. } => Some(*due),
            NextStep::Closed => None,
        }
    }
}

/// No repetition comes faster than this, in minutes, so that a policy with delay 0 does not flood.
const REPEAT_MINUTES_MIN: u32 = 60;

/// Closures and holidays never put a step off by more than this beyond its delay.
const LONGEST_WAIT_MS: i64 = 14 * DAY_MS;

/// The next step of a case.
pub fn next_step(
    policy: &EscalationPolicy,
    facts: &CaseFacts,
    done: &[StepDone],
    acknowledgements: &[Acknowledgement],
    now: UtcMillis,
    next_working_instant: NextWorkingInstant,
) -> NextStep {
    if facts.state == CaseState::Resolved {
        return NextStep::Closed;
    }
    let working = Working { next_working_instant, now };
    let planned = sequence(policy, facts.cause, facts.awaits_second_look);
    let mut base = match ladder_start(facts, now) {
        Ok(start) => start,
        Err(due) if done.is_empty() => return NextStep::Recheck { due },
        Err(_) => facts.opened_at,
    };
    let last = done.iter().max_by_key(|d| d.no);
    base = last.map_or(base, |d| d.at);
    if facts.state == CaseState::Acknowledged
        && let Some((step_no, lapses)) =
            standing(&planned, policy, done, acknowledgements, &working)
    {
        if lapses > now {
            return NextStep::AcknowledgementLapses { step_no, due: lapses };
        }
        base = base.max(lapses);
    }
    let no = last.map_or(1, |d| d.no.saturating_add(1));
    match planned.get(passed(&planned, done)) {
        Some(PlannedStep { step, is_repeat }) => {
            let floor = if *is_repeat { REPEAT_MINUTES_MIN } else { 0 };
            let due = working.due(step, base, step.delay_minutes.max(floor));
            NextStep::Send { no, step: step.clone(), is_repeat: *is_repeat, due }
        }
        None => {
            let step = last_outside(&planned);
            let due = working.due(&step, base, step.delay_minutes.max(REPEAT_MINUTES_MIN));
            NextStep::Exhausted { no, step, due }
        }
    }
}

/// When the ladder starts, or when the re-check it waits for is over. An escalated case waits for
/// nothing.
fn ladder_start(facts: &CaseFacts, now: UtcMillis) -> Result<UtcMillis, UtcMillis> {
    match facts.recheck {
        _ if facts.cause == CaseCause::Escalated => Ok(facts.opened_at),
        Recheck::NotDue => Ok(facts.opened_at),
        Recheck::Failed { at } => Ok(at.max(facts.opened_at)),
        Recheck::Pending { ends_at } if ends_at > now => Err(ends_at),
        Recheck::Pending { ends_at } => Ok(ends_at.max(facts.opened_at)),
    }
}

/// How many of the planned sendings are behind us. Matched by recipient and in order, so that a
/// policy or a cause that changed on the way skips nobody.
fn passed(planned: &[PlannedStep], done: &[StepDone]) -> usize {
    let mut sent: Vec<&StepDone> = done.iter().collect();
    sent.sort_by_key(|d| d.no);
    let mut place = 0;
    for step in sent {
        if planned.get(place).is_some_and(|p| p.step.recipient == step.recipient) {
            place += 1;
        }
    }
    place
}

fn last_outside(planned: &[PlannedStep]) -> Step {
    let outside = planned.iter().rev().find(|p| p.step.recipient.is_outside_the_line());
    outside.expect("every sequence has a step outside the line").step.clone()
}

/// The acknowledgement that keeps the ladder still the longest, and when it lapses. Each sending
/// can be acknowledged once: pressing the button again buys no more time.
fn standing(
    planned: &[PlannedStep],
    policy: &EscalationPolicy,
    done: &[StepDone],
    acknowledgements: &[Acknowledgement],
    working: &Working,
) -> Option<(u32, UtcMillis)> {
    let step_of = |sent: &StepDone| {
        let own = policy.steps.iter().find(|s| s.recipient == sent.recipient);
        own.or_else(|| planned.iter().map(|p| &p.step).find(|s| s.recipient == sent.recipient))
    };
    let complete_at = |sent: &StepDone, all: bool| -> Option<UtcMillis> {
        let mut first: BTreeMap<u32, UtcMillis> = BTreeMap::new();
        for ack in acknowledgements.iter().filter(|a| a.step_no == sent.no) {
            let at = first.entry(ack.by).or_insert(ack.at);
            *at = ack.at.min(*at);
        }
        let instants: BTreeSet<UtcMillis> = first.values().copied().collect();
        match all {
            true if (first.len() as u32) < sent.recipients => None,
            true => instants.last().copied(),
            false => instants.first().copied(),
        }
    };
    done.iter()
        .filter_map(|sent| {
            let step = step_of(sent)?;
            let at = complete_at(sent, step.all_must_acknowledge)?;
            let minutes = step.acknowledge_timeout_minutes;
            Some((sent.no, working.after(step, at, minutes)))
        })
        .max_by_key(|(no, lapses)| (*lapses, *no))
}

/// Working time as the steps count it.
struct Working<'a> {
    next_working_instant: NextWorkingInstant<'a>,
    now: UtcMillis,
}

impl Working<'_> {
    /// So many minutes after `from`, in the recipient's working hours if the step says so.
    fn after(&self, step: &Step, from: UtcMillis, minutes: u32) -> UtcMillis {
        let plain = from.plus_minutes(i64::from(minutes));
        if !step.business_hours {
            return plain;
        }
        let working = (self.next_working_instant)(step.recipient, from, minutes);
        working.clamp(plain, plain.plus_ms(LONGEST_WAIT_MS))
    }

    /// The same, never in the past: what is overdue goes out now, or as soon as the recipient works.
    fn due(&self, step: &Step, from: UtcMillis, minutes: u32) -> UtcMillis {
        let due = self.after(step, from, minutes);
        if due >= self.now { due } else { self.after(step, self.now, 0) }
    }
}

#[cfg(test)]
#[path = "next_step_tests.rs"]
mod tests;
