//! `reported-identity-risk`: the identity provider calls a sign-in of this person risky.

use super::external::{SEVERITIES, reported};
use super::rule::{Rule, RuleContext, no_thresholds};
use crate::external::ExternalKind;
use crate::judging::finding::{Confidence, Family, Finding};
use crate::msg;

const KINDS: &[ExternalKind] = &[ExternalKind::IdentityRisk];

/// For HR: the identity provider calls a sign-in of this person risky.
pub const RULE: Rule = Rule {
    id: "reported-identity-risk",
    version: 1,
    family: Family::External,
    severities: SEVERITIES,
    confidence: Confidence::Imported,
    about: msg!(
        "The identity provider reports a risk with a sign-in of this person since the last session. It weighs what its sender says, at most high; such reports are often noise."
    ),
    benign_causes: &[
        msg!("a new phone or browser"),
        msg!("travel or a company network"),
        msg!("a password that leaked elsewhere"),
    ],
    settled_by: msg!(
        "What the identity provider saw, and whether the person knows the sign-in as their own."
    ),
    thresholds: no_thresholds,
    check,
};

fn check(context: &RuleContext) -> Vec<Finding> {
    let employee = msg!(
        "The sign-in system reports something unusual about one of your sign-ins. A new device or a trip usually explains it; you can tell us."
    );
    let reviewer = msg!("The identity provider reports a risk with a sign-in.");
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
