//! The escalation policy of a cadence policy that names none.

use super::{EscalationPolicy, RecipientKind, Step};

/// Manager at once, HR after four working hours, the manager's manager after a working day,
/// security a working day later; then HR and security stay with it.
pub fn default_escalation_policy() -> EscalationPolicy {
    let step = |recipient, delay_minutes, repeat| Step {
        delay_minutes,
        recipient,
        named: Vec::new(),
        business_hours: true,
        repeat,
        acknowledge_timeout_minutes: super::one_working_day(),
        all_must_acknowledge: false,
    };
    EscalationPolicy {
        steps: vec![
            step(RecipientKind::Manager, 0, 0),
            step(RecipientKind::Hr, 4 * 60, 0),
            step(RecipientKind::ManagersManager, 8 * 60, 0),
            step(RecipientKind::Security, 8 * 60, 1),
        ],
    }
}
