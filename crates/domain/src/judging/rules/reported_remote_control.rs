//! `reported-remote-control`: another system saw a tool for remote control on the work laptop.

use super::external::{SEVERITIES, reported};
use super::rule::{Rule, RuleContext, no_thresholds};
use crate::external::ExternalKind;
use crate::judging::finding::{Confidence, Family, Finding};
use crate::msg;

const KINDS: &[ExternalKind] = &[ExternalKind::RemoteControlTool];

/// For HR: another system saw a tool for remote control on the work laptop.
pub const RULE: Rule = Rule {
    id: "reported-remote-control",
    version: 1,
    family: Family::External,
    severities: SEVERITIES,
    confidence: Confidence::Imported,
    about: msg!(
        "Another system reports that a tool for remote control was seen on the work laptop since the last session. It weighs what its sender says, at most high, and alone it never escalates."
    ),
    benign_causes: &[
        msg!("help of the own IT department"),
        msg!("a tool that was installed for one meeting"),
        msg!("a mistaken detection"),
    ],
    settled_by: msg!(
        "Which program it was, who started it and why, from the person and from the help desk."
    ),
    thresholds: no_thresholds,
    check,
};

fn check(context: &RuleContext) -> Vec<Finding> {
    let employee = msg!(
        "A company system reports a tool for remote control on your work laptop. Help by IT usually explains it; you can tell us."
    );
    let reviewer = msg!("A tool for remote control was seen on the work laptop.");
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
