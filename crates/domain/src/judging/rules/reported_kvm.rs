//! `reported-kvm`: another system saw signs of a KVM switch on the work laptop.

use super::external::{SEVERITIES, reported};
use super::rule::{Rule, RuleContext, no_thresholds};
use crate::external::ExternalKind;
use crate::judging::finding::{Confidence, Family, Finding};
use crate::msg;

const KINDS: &[ExternalKind] = &[ExternalKind::KvmHint];

/// For HR: another system saw signs of a KVM switch on the work laptop.
pub const RULE: Rule = Rule {
    id: "reported-kvm",
    version: 1,
    family: Family::External,
    severities: SEVERITIES,
    confidence: Confidence::Imported,
    about: msg!(
        "Another system reports signs of a KVM switch or of keyboard and screen over the network on the work laptop since the last session. It weighs what its sender says, at most high."
    ),
    benign_causes: &[
        msg!("a switch for two computers on one desk"),
        msg!("a docking station or a monitor with a USB hub"),
        msg!("a mistaken detection"),
    ],
    settled_by: msg!(
        "Whose device it is and what it is for, from the person and from the inventory."
    ),
    thresholds: no_thresholds,
    check,
};

fn check(context: &RuleContext) -> Vec<Finding> {
    let employee = msg!(
        "A company system reports a switch for keyboard and screen on your work laptop. A docking station or a shared desk usually explains it; you can tell us."
    );
    let reviewer = msg!("Signs of a KVM switch were seen on the work laptop.");
    reported(context, &RULE, KINDS, employee, reviewer)
}

#[cfg(test)]
mod tests {
    use super::super::external::examples::holds;
    use super::*;

    #[test]
    fn examples() {
        holds(&RULE, KINDS);
    }
}
