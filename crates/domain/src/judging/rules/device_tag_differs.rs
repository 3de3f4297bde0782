//! `device-tag-differs`: the device shown carries another tag.

use super::rule::{Rule, RuleContext, no_thresholds, text};
use crate::judging::evidence::Observation;
use crate::judging::finding::{Confidence, Family, Finding, Severity};
use crate::msg;

/// For HR: the device in the picture is not the one that was handed out, by its tag.
pub const RULE: Rule = Rule {
    id: "device-tag-differs",
    version: 1,
    family: Family::Human,
    severities: &[Severity::Medium],
    confidence: Confidence::Reported,
    about: msg!(
        "The tag on the work device shown to the camera was another than the one on record for the person."
    ),
    benign_causes: &[
        msg!("a replaced or borrowed device that is not on record yet"),
        msg!("a misread tag"),
    ],
    settled_by: msg!(
        "IT's list of devices: whether the computer was exchanged or the tag replaced."
    ),
    thresholds: no_thresholds,
    check,
};

fn check(context: &RuleContext) -> Vec<Finding> {
    let Some(form) = context.observed(Observation::DeviceTagDiffers) else {
        return vec![];
    };
    let ticked = Observation::DeviceTagDiffers.code();
    let evidence = vec![text(msg!("observation"), ticked, msg!("verifier"), form.given_at)];
    let employee = msg!(
        "The tag on the device you showed is not the one we have on record. A recent replacement explains it."
    );
    let reviewer = msg!("The tag on the device shown differs from the one on record.");
    vec![RULE.finding(context, Severity::Medium, evidence, employee, reviewer)]
}

#[cfg(test)]
mod tests {
    use super::super::fixtures::{run, with_observation};
    use super::*;

    #[test]
    fn examples() {
        for observation in Observation::ALL {
            let expected = *observation == Observation::DeviceTagDiffers;
            let session = with_observation(*observation);
            assert_eq!(!run(&RULE, &session).is_empty(), expected, "{observation}");
        }
    }
}
