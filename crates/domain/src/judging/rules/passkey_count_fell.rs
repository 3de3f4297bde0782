//! `passkey-count-fell`: a passkey counts less than the last time.

use super::rule::{Rule, RuleContext, no_thresholds, text};
use crate::judging::finding::{Confidence, Family, Finding, Severity};
use crate::msg;

/// For HR: some passkeys count how often they have signed, and this one counted less than before. A copy
/// does that, and so does a device that was restored. Most passkeys do not count at all, so it never counts.
pub const RULE: Rule = Rule {
    id: "passkey-count-fell",
    version: 1,
    family: Family::Device,
    severities: &[Severity::Info],
    confidence: Confidence::Measured,
    about: msg!(
        "The passkey that signed counts its signatures and counted no more than the last time. It never \
            counts, since restored devices do this."
    ),
    benign_causes: &[
        msg!("a device restored from a copy"),
        msg!("a password manager that keeps a count for each device"),
        msg!("a fault of the device"),
    ],
    settled_by: msg!("Nothing is needed. A new passkey in place of this one settles it."),
    thresholds: no_thresholds,
    check,
};

fn check(context: &RuleContext) -> Vec<Finding> {
    let Some(standing) = &context.surroundings.device.passkey else { return vec![] };
    if !standing.count_fell {
        return vec![];
    }
    let evidence =
        vec![text(msg!("count"), msg!("did not grow"), msg!("device"), context.readings.at)];
    let employee =
        msg!("Your passkey counted no more than the last time. That is noted and does not count.");
    let reviewer = msg!("The passkey counted no more signatures than the last time.");
    vec![RULE.finding(context, Severity::Info, evidence, employee, reviewer)]
}

#[cfg(test)]
mod tests {
    use super::super::fixtures::{at_home, passkey, run};
    use super::*;

    #[test]
    fn examples() {
        for fell in [true, false] {
            let session = at_home().around(|s| s.device.passkey = passkey(|p| p.count_fell = fell));
            assert_eq!(!run(&RULE, &session).is_empty(), fell);
        }
    }
}
