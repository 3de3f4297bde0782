//! `loc-accuracy-poor`: the claim is too coarse to say anything.

use super::rule::{Rule, RuleContext, length, whole};
use crate::judging::finding::{Confidence, Family, Finding, Severity, Threshold};
use crate::{msg, sentence};

/// For HR: the device knew its place only roughly, so that it neither clears nor contradicts.
/// Where the policy demands the place, the session is inconclusive and is asked again.
pub const RULE: Rule = Rule {
    id: "loc-accuracy-poor",
    version: 1,
    family: Family::Claim,
    severities: &[Severity::Low],
    confidence: Confidence::Measured,
    about: msg!(
        "The device knew its place only roughly, so the shared place neither fits nor \
            contradicts. Where the policy asks for the place, the check-in is inconclusive."
    ),
    benign_causes: &[msg!("a desktop computer without Wi-Fi"), msg!("indoors, far from a window")],
    settled_by: msg!(
        "Another answer with Wi-Fi or satellite reception switched on, or from a \
                 telephone."
    ),
    thresholds: |s| {
        vec![Threshold::new(msg!("usable_accuracy"), s.usable_accuracy_metres.into(), "m")]
    },
    check,
};

fn check(context: &RuleContext) -> Vec<Finding> {
    let Some(claim) = context.claim.filter(|c| c.valid_point().is_some()) else { return vec![] };
    let accuracy = claim.accuracy_metres.unwrap_or(u32::MAX);
    if accuracy <= context.settings.usable_accuracy_metres {
        return vec![];
    }
    let evidence = vec![whole(msg!("accuracy"), accuracy, "m", msg!("page"), claim.observed_at)];
    let reviewer = match claim.accuracy_metres {
        Some(metres) => sentence!(
            "The accuracy of the shared place is {accuracy}.",
            accuracy = length(metres.into())
        ),
        None => msg!("The shared place came without an accuracy.").into(),
    };
    let employee = msg!(
        "Your device knew its place only roughly, so we could not use it. A phone or \
                    Wi-Fi usually helps."
    );
    vec![RULE.finding(context, Severity::Low, evidence, employee, reviewer)]
}

#[cfg(test)]
mod tests {
    use super::super::fixtures::{Session, claim_at, run};
    use super::*;
    use crate::judging::evidence::Claim;

    #[test]
    fn examples() {
        let claim = |accuracy| claim_at(52_000_000, 4_000_000, accuracy);
        let table = [
            ("fine", claim(30), false),
            ("at the limit", claim(5_000), false),
            ("above it", claim(5_001), true),
            ("none given", Claim { accuracy_metres: None, ..claim(0) }, true),
            ("bad signature", Claim { signature_good: false, ..claim(90_000) }, false),
        ];
        for (name, claim, expected) in table {
            let session = Session { claim: Some(claim), ..Session::default() };
            assert_eq!(!run(&RULE, &session).is_empty(), expected, "{name}");
        }
    }
}
