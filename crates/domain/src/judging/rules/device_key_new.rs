//! `device-key-new`: another browser than before.

use super::rule::{Rule, RuleContext, no_thresholds, whole};
use crate::judging::finding::{Confidence, Family, Finding, Severity};
use crate::judging::gathered::Unsigned;
use crate::msg;

/// For HR: the answer was signed by a browser that has not signed for this person before. Browsers
/// forget their key when their data is cleared, so this never counts; it only helps to read other
/// findings. A browser that cannot sign is said to be not measurable.
pub const RULE: Rule = Rule {
    id: "device-key-new",
    version: 1,
    family: Family::Device,
    severities: &[Severity::Info],
    confidence: Confidence::Measured,
    about: msg!(
        "The answer was signed by another browser than the person's earlier ones. It never \
            counts, since a browser whose data was cleared looks the same."
    ),
    benign_causes: &[
        msg!("a browser whose data was cleared"),
        msg!("a new computer, telephone or browser"),
        msg!("a private window"),
    ],
    settled_by: msg!(
        "Nothing is needed. IT can say whether the person has another computer or browser."
    ),
    thresholds: no_thresholds,
    check,
};

fn check(context: &RuleContext) -> Vec<Finding> {
    let device = &context.surroundings.device;
    match (device.standing, device.unsigned) {
        (Some(standing), _) if standing.is_new && standing.earlier_keys > 0 => {
            let keys = i64::from(standing.earlier_keys);
            let evidence = vec![whole(
                msg!("earlier_keys"),
                keys,
                msg!("keys"),
                msg!("page"),
                context.readings.at,
            )];
            let employee = msg!(
                "You answered with another browser than before. That is noted and does \
                            not count."
            );
            let reviewer = msg!("The answer was signed by a browser that is new for this person.");
            vec![RULE.finding(context, Severity::Info, evidence, employee, reviewer)]
        }
        (None, Some(unsigned)) => vec![RULE.not_measurable(context, reason(unsigned))],
        _ => vec![],
    }
}

/// Within a sentence.
fn reason(unsigned: Unsigned) -> &'static str {
    match unsigned {
        Unsigned::NoCrypto => msg!("the browser offers no signatures"),
        Unsigned::NoStorage => msg!("the browser keeps nothing between two visits"),
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixtures::{at_home, run};
    use super::*;
    use crate::judging::finding::FindingStatus;
    use crate::judging::gathered::KeyStanding;

    #[test]
    fn examples() {
        for (is_new, earlier_keys, raised) in
            [(true, 1, true), (true, 0, false), (false, 3, false), (false, 0, false)]
        {
            let standing = KeyStanding { is_new, earlier_keys, other_people: 0 };
            let session = at_home().around(|s| s.device.standing = Some(standing));
            assert_eq!(!run(&RULE, &session).is_empty(), raised, "{is_new} {earlier_keys}");
        }
        assert!(run(&RULE, &at_home()).is_empty(), "nothing gathered, nothing said");
    }

    #[test]
    fn a_browser_that_cannot_sign_is_never_punished() {
        for unsigned in Unsigned::ALL {
            let session = at_home().around(|s| s.device.unsigned = Some(*unsigned));
            let found = run(&RULE, &session);
            assert!(matches!(found[0].status, FindingStatus::NotMeasurable { .. }), "{unsigned}");
        }
    }
}
