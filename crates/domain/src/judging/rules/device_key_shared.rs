//! `device-key-shared`: one browser answered for two people.

use super::rule::{Rule, RuleContext, no_thresholds, whole};
use crate::judging::finding::{Confidence, Family, Finding, Severity};
use crate::{msg, sentence};

/// For HR: the browser that signed this answer has signed one of somebody else of the organisation
/// too. Households share computers; one operator of several identities does as well. The key lives in
/// a browser and not in a chip, so it is a question and never a proof.
pub const RULE: Rule = Rule {
    id: "device-key-shared",
    version: 1,
    family: Family::Linkage,
    severities: &[Severity::High],
    confidence: Confidence::Measured,
    about: msg!(
        "The browser that signed this answer has signed an answer of another person of the \
            organisation. Who that is stands nowhere in the finding."
    ),
    benign_causes: &[
        msg!("a computer that a household shares"),
        msg!("a colleague's computer used for once"),
        msg!("a shared computer at work"),
    ],
    settled_by: msg!("Who else works at that computer, and whether IT has given it to both."),
    thresholds: no_thresholds,
    check,
};

fn check(context: &RuleContext) -> Vec<Finding> {
    let Some(standing) = context.surroundings.device.standing else { return vec![] };
    if standing.other_people == 0 {
        return vec![];
    }
    let others = i64::from(standing.other_people);
    let evidence = vec![whole(
        msg!("other_people"),
        others,
        msg!("people"),
        msg!("page"),
        context.readings.at,
    )];
    let employee = msg!(
        "The browser you used has also answered for a colleague. A shared computer \
                    explains this; please tell us."
    );
    let reviewer = match standing.other_people {
        1 => msg!("The browser that signed this answer has signed for one other person.").into(),
        n => sentence!("The browser that signed this answer has signed for {n} other people.", n),
    };
    vec![RULE.finding(context, Severity::High, evidence, employee, reviewer)]
}

#[cfg(test)]
mod tests {
    use super::super::fixtures::{at_home, run};
    use super::*;
    use crate::judging::gathered::{KeyStanding, Unsigned};

    #[test]
    fn examples() {
        for (other_people, raised) in [(0, false), (1, true), (6, true)] {
            for is_new in [false, true] {
                let standing = KeyStanding { is_new, earlier_keys: 1, other_people };
                let session = at_home().around(|s| s.device.standing = Some(standing));
                assert_eq!(!run(&RULE, &session).is_empty(), raised, "{other_people} {is_new}");
            }
        }
        for unsigned in Unsigned::ALL {
            let session = at_home().around(|s| s.device.unsigned = Some(*unsigned));
            assert!(run(&RULE, &session).is_empty(), "a browser that cannot sign is no concern");
        }
    }
}
