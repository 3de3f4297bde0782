//! Escalation policies: who is told of a case, in which order, after which delays.
//!
//! The shape that policies write and cases keep. What the next step of a case is, and when, is
//! computed here from data; the engine stores the answer as a timer.

mod defaults;
mod next_step;
mod sequence;

pub use defaults::default_escalation_policy;
pub use next_step::{
    Acknowledgement, CaseFacts, NextStep, NextWorkingInstant, Recheck, StepDone, next_step,
};
pub use sequence::{PlannedStep, sequence};

use serde::{Deserialize, Serialize};

words! {
    /// Which kind of recipient a step names. Who that is for one case is looked up when the step runs.
    pub enum RecipientKind {
        /// The person's manager, or his delegate while he is absent.
        Manager = "manager",
        /// The manager's manager.
        ManagersManager = "managers_manager",
        /// Everybody with the role HR.
        Hr = "hr",
        /// Everybody with the role security.
        Security = "security",
        /// People named by employee id in the step.
        Named = "named",
    }
}

impl RecipientKind {
    /// Whether the step reaches somebody outside the person's own line. A named list does not
    /// count: nobody can tell from a policy where its people stand.
    pub const fn is_outside_the_line(self) -> bool {
        matches!(self, RecipientKind::Hr | RecipientKind::Security)
    }
}

/// One step. Step 0 of every case is the re-check and is not written in a policy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// Minutes after the previous step (for the first: after the re-check has ended without a
    /// verified check-in, or at once where no re-check is due).
    pub delay_minutes: u32,
    pub recipient: RecipientKind,
    /// Employee ids, for `named` only.
    #[serde(default)]
    pub named: Vec<String>,
    /// Whether the delay counts only the recipient's working hours, and the message waits for them.
    #[serde(default = "yes")]
    pub business_hours: bool,
    /// How many further times this step is sent before the next one, with the same delay between.
    #[serde(default)]
    pub repeat: u8,
    /// Minutes after which an acknowledgement without a resolution lapses and the case is open again.
    #[serde(default = "one_working_day")]
    pub acknowledge_timeout_minutes: u32,
    /// Whether every recipient must acknowledge, not just one.
    #[serde(default)]
    pub all_must_acknowledge: bool,
}

const fn yes() -> bool {
    true
}

const fn one_working_day() -> u32 {
    8 * 60
}

/// The steps of one policy, in order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EscalationPolicy {
    pub steps: Vec<Step>,
}

impl EscalationPolicy {
    /// Everything that is wrong with the policy, each with the key and what would be accepted.
    pub fn faults(&self) -> Vec<String> {
        let mut faults = Vec::new();
        if self.steps.is_empty() {
            faults.push("`steps` is empty; at least one step is needed".to_owned());
        }
        for (i, step) in self.steps.iter().enumerate() {
            let is_named = step.recipient == RecipientKind::Named;
            if is_named == step.named.is_empty() {
                faults.push(format!(
                    "`steps[{i}].named` goes with recipient `named`, and needs at least one \
                     employee id there"
                ));
            }
            if step.acknowledge_timeout_minutes == 0 {
                faults.push(format!(
                    "`steps[{i}].acknowledge_timeout_minutes` is 0; at least 1 is accepted"
                ));
            }
        }
        let early = self.steps.iter().take(2);
        if !self.steps.is_empty() && !early.into_iter().any(|s| s.recipient.is_outside_the_line()) {
            faults.push(
                "`steps`: one of the first two must name `hr` or `security`, so that somebody \
                 outside the line hears of every case"
                    .to_owned(),
            );
        }
        faults
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_policy_is_without_fault() {
        assert_eq!(default_escalation_policy().faults(), Vec::<String>::new());
    }

    #[test]
    fn a_policy_that_stays_in_the_line_is_refused_with_all_its_faults() {
        let mut policy = default_escalation_policy();
        for step in &mut policy.steps {
            step.recipient = RecipientKind::Manager;
        }
        policy.steps[1].named = vec!["E7".into()];
        policy.steps[0].acknowledge_timeout_minutes = 0;
        assert_eq!(policy.faults().len(), 3);
        assert_eq!(EscalationPolicy { steps: vec![] }.faults().len(), 1);
    }
}
