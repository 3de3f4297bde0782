//! `passkey-not-used`: one is enrolled, and the answer came without it.

use super::rule::{Rule, RuleContext, no_thresholds, text};
use crate::judging::finding::{Confidence, Family, Finding, Severity};
use crate::judging::passkey::PasskeyUse;
use crate::msg;

/// For HR: the person has a passkey and the answer about place was not signed with it. Anybody may go on
/// without: a device is lost, or this is another browser. It never counts; it helps to read other findings.
pub const RULE: Rule = Rule {
    id: "passkey-not-used",
    version: 1,
    family: Family::Device,
    severities: &[Severity::Info, Severity::Low],
    confidence: Confidence::Reported,
    about: msg!(
        "The person has a passkey and the answer came without it. Everybody may go on without, so it \
            never counts."
    ),
    benign_causes: &[
        msg!("the device with the passkey is lost, broken or at home"),
        msg!("another browser or computer than usual"),
        msg!("a browser that knows no passkeys"),
        msg!("the window of the browser was closed by mistake"),
    ],
    settled_by: msg!(
        "Nothing is needed. The verifier sees the person; a new passkey can be added in the talk."
    ),
    thresholds: no_thresholds,
    check,
};

fn check(context: &RuleContext) -> Vec<Finding> {
    let Some(standing) = &context.surroundings.device.passkey else { return vec![] };
    let (severity, why, reviewer) = match standing.used {
        PasskeyUse::Used | PasskeyUse::NotAsked => return vec![],
        PasskeyUse::WentOn => (
            Severity::Low,
            msg!("the person went on without"),
            msg!("The person went on without their passkey."),
        ),
        PasskeyUse::NotOffered => (
            Severity::Info,
            msg!("the page could not ask for it"),
            msg!("The page could not ask for the person's passkey."),
        ),
    };
    let evidence = vec![text(msg!("passkey"), why, msg!("page"), context.readings.at)];
    let employee = msg!("You answered without your passkey. That is allowed and does not count.");
    vec![RULE.finding(context, severity, evidence, employee, reviewer)]
}

#[cfg(test)]
mod tests {
    use super::super::fixtures::{at_home, passkey, run};
    use super::*;

    #[test]
    fn examples() {
        for (used, severity) in [
            (PasskeyUse::Used, None),
            (PasskeyUse::NotAsked, None),
            (PasskeyUse::WentOn, Some(Severity::Low)),
            (PasskeyUse::NotOffered, Some(Severity::Info)),
        ] {
            let session = at_home().around(|s| s.device.passkey = passkey(|p| p.used = used));
            let found = run(&RULE, &session);
            assert_eq!(found.first().map(|f| f.severity), severity, "{used}");
        }
    }
}
