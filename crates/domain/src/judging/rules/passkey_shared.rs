//! `passkey-shared`: one passkey signed for two people.

use super::rule::{Rule, RuleContext, no_thresholds, whole};
use crate::judging::finding::{Confidence, Family, Finding, Severity};
use crate::{msg, sentence};

/// For HR: the passkey that signed this answer has signed for somebody else of the organisation too. A
/// shared computer does not explain it: each account on it gets a passkey of its own, and the device asks who
/// is there. It names nobody.
pub const RULE: Rule = Rule {
    id: "passkey-shared",
    version: 1,
    family: Family::Linkage,
    severities: &[Severity::Critical],
    confidence: Confidence::Measured,
    about: msg!(
        "The passkey that signed this answer has signed for another person of the organisation. Who that \
            is stands nowhere in the finding. A shared computer alone does not do this."
    ),
    benign_causes: &[
        msg!("one person on the roster twice"),
        msg!("a test account of somebody who also has their own"),
        msg!("a password manager that was copied from somebody else"),
    ],
    settled_by: msg!(
        "Both people, met one after the other by somebody who sees their devices, and whether the \
                 roster has one person twice."
    ),
    thresholds: no_thresholds,
    check,
};

fn check(context: &RuleContext) -> Vec<Finding> {
    let Some(standing) = &context.surroundings.device.passkey else { return vec![] };
    let others = standing.other_people;
    if others == 0 {
        return vec![];
    }
    let evidence = vec![whole(
        msg!("other_people"),
        others,
        msg!("people"),
        msg!("page"),
        context.readings.at,
    )];
    let employee = msg!(
        "The passkey you used has also signed for a colleague. Please tell us how that came \
                    about."
    );
    let reviewer = match others {
        1 => msg!("The passkey that signed this answer has signed for one other person.").into(),
        n => sentence!("The passkey that signed this answer has signed for {n} other people.", n),
    };
    vec![RULE.finding(context, Severity::Critical, evidence, employee, reviewer)]
}

#[cfg(test)]
mod tests {
    use super::super::fixtures::{at_home, passkey, run};
    use super::*;
    use crate::judging::passkey::PasskeyUse;

    #[test]
    fn examples() {
        for (other_people, raised) in [(0, false), (1, true), (6, true)] {
            let session = at_home().around(|s| {
                s.device.passkey = passkey(|p| p.other_people = other_people);
            });
            assert_eq!(!run(&RULE, &session).is_empty(), raised, "{other_people}");
        }
        for used in [PasskeyUse::NotAsked, PasskeyUse::WentOn, PasskeyUse::NotOffered] {
            let session = at_home().around(|s| s.device.passkey = passkey(|p| p.used = used));
            assert!(run(&RULE, &session).is_empty(), "nobody needs a passkey: {used}");
        }
    }
}
