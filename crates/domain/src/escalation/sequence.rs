//! A policy's steps as they run for one case: repeats written out, and the two rules that no
//! policy can switch off: somebody outside the line hears by step 2, and an escalated case goes
//! to security and HR, never to the line.

use super::{EscalationPolicy, RecipientKind, Step, default_escalation_policy};
use crate::case::CaseCause;

/// One sending of one step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlannedStep {
    pub step: Step,
    /// Whether it is a repetition of the step before.
    pub is_repeat: bool,
}

/// The sendings of a case of this cause, in order; never empty. While a blind second look is
/// pending, security alone hears of it.
pub fn sequence(
    policy: &EscalationPolicy,
    cause: CaseCause,
    awaits_second_look: bool,
) -> Vec<PlannedStep> {
    let steps = match cause {
        CaseCause::Escalated => outside_steps(policy, awaits_second_look),
        _ => heard_by_step_two(policy.steps.clone()),
    };
    let repeats = |step: Step| {
        let copies = 1 + usize::from(step.repeat);
        (0..copies).map(move |copy| PlannedStep { step: step.clone(), is_repeat: copy > 0 })
    };
    steps.into_iter().flat_map(repeats).collect()
}

/// Security, then HR, then whatever else the policy has for them. A named list may hold people of
/// the line, so it is left to a human here.
fn outside_steps(policy: &EscalationPolicy, security_only: bool) -> Vec<Step> {
    let allowed = |kind: RecipientKind| match security_only {
        true => kind == RecipientKind::Security,
        false => kind.is_outside_the_line(),
    };
    let at_once = |kind| Step { delay_minutes: 0, business_hours: false, ..step_for(policy, kind) };
    let first = [at_once(RecipientKind::Security), at_once(RecipientKind::Hr)];
    let later = policy.steps.iter().filter(|s| s.recipient.is_outside_the_line()).cloned();
    first.into_iter().chain(later).filter(|s| allowed(s.recipient)).collect()
}

fn heard_by_step_two(mut steps: Vec<Step>) -> Vec<Step> {
    if steps.is_empty() {
        return default_escalation_policy().steps;
    }
    if !steps.iter().take(2).any(|s| s.recipient.is_outside_the_line()) {
        let known = EscalationPolicy { steps: steps.clone() };
        steps.insert(1, step_for(&known, RecipientKind::Hr));
    }
    steps
}

/// The policy's own step for this recipient, or the default one.
fn step_for(policy: &EscalationPolicy, kind: RecipientKind) -> Step {
    let default = default_escalation_policy();
    let found = policy.steps.iter().chain(&default.steps).find(|s| s.recipient == kind);
    let step = found.cloned().expect("the default policy has a step for HR and one for security");
    Step { repeat: 0, ..step }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds(steps: &[PlannedStep]) -> Vec<RecipientKind> {
        steps.iter().map(|s| s.step.recipient).collect()
    }

    fn only(kind: RecipientKind) -> EscalationPolicy {
        let mut policy = default_escalation_policy();
        policy.steps.iter_mut().for_each(|s| s.recipient = kind);
        policy
    }

    #[test]
    fn an_escalated_case_goes_to_security_and_hr_and_never_to_the_line() {
        use RecipientKind::{Hr, Manager, Security};
        let planned = sequence(&default_escalation_policy(), CaseCause::Escalated, false);
        assert_eq!(kinds(&planned)[..2], [Security, Hr]);
        assert!(kinds(&planned).iter().all(|k| k.is_outside_the_line()));
        let line = sequence(&only(Manager), CaseCause::Escalated, false);
        assert_eq!(kinds(&line), [Security, Hr]);
    }

    #[test]
    fn until_the_second_look_security_alone_hears_of_a_different_person() {
        let planned = sequence(&only(RecipientKind::Hr), CaseCause::Escalated, true);
        assert_eq!(kinds(&planned), [RecipientKind::Security]);
    }

    #[test]
    fn by_step_two_somebody_outside_the_line_is_told_whatever_the_policy_says() {
        for kind in RecipientKind::ALL {
            let planned = sequence(&only(*kind), CaseCause::Missed, false);
            let steps: Vec<_> = planned.iter().filter(|s| !s.is_repeat).take(2).collect();
            assert!(steps.iter().any(|s| s.step.recipient.is_outside_the_line()), "{kind}");
        }
        let empty = EscalationPolicy { steps: vec![] };
        assert!(!sequence(&empty, CaseCause::Missed, false).is_empty());
    }

    #[test]
    fn repeats_are_written_out() {
        let planned = sequence(&default_escalation_policy(), CaseCause::Missed, false);
        assert_eq!(planned.len(), 5);
        assert!(planned[4].is_repeat);
    }
}
