//! Escalation policies: who is told of a case, in which order, after which delays.
//!
//! The shape that policies write and cases keep. What the next step of a case is, and when, is
//! computed here from data; the engine stores the answer as a timer.

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
