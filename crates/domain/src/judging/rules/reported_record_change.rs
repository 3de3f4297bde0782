//! `reported-record-change`: a system of HR reports a new address or bank account.

use super::external::{SEVERITIES, reported};
use super::rule::{Rule, RuleContext, no_thresholds};
use crate::external::ExternalKind;
use crate::judging::finding::{Confidence, Family, Finding};
use crate::msg;

const KINDS: &[ExternalKind] = &[ExternalKind::AddressChanged, ExternalKind::BankChanged];

/// For HR: a system of HR reports a new address or bank account.
pub const RULE: Rule = Rule {
    id: "reported-record-change",
    version: 1,
    family: Family::External,
    severities: SEVERITIES,
    confidence: Confidence::Imported,
    about: msg!(
        "A system of HR reports that the address or the bank account of this person changed since the last session. It weighs what its sender says, at most high; people move and change banks."
    ),
    benign_causes: &[
        msg!("a move"),
        msg!("a new bank or a joint account"),
        msg!("a correction of an old mistake"),
    ],
    settled_by: msg!(
        "A talk with the person over a number known from before, and who entered the change."
    ),
    thresholds: no_thresholds,
    check,
};

fn check(context: &RuleContext) -> Vec<Finding> {
    let employee = msg!(
        "HR's records show a new address or bank account of yours. If you did not ask for that, tell us at once."
    );
    let reviewer = msg!("The address or the bank account on record was changed.");
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
