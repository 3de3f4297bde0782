//! `scene-did-not-fit`: what was shown was not what was described.

use super::rule::{Rule, RuleContext, no_thresholds, text};
use crate::judging::evidence::Observation;
use crate::judging::finding::{Confidence, Family, Finding, Severity};
use crate::msg;

/// For HR: room or device shown differ from the description. Never the sky, never other people.
pub const RULE: Rule = Rule {
    id: "scene-did-not-fit",
    version: 1,
    family: Family::Human,
    severities: &[Severity::Medium],
    confidence: Confidence::Reported,
    about: msg!(
        "What the camera showed of the room or the device was not what the person described. Light outside alone is never noted, and neither are other people."
    ),
    benign_causes: &[
        msg!("a room tidied or changed"),
        msg!("working from another room today"),
        msg!("a virtual background left on"),
    ],
    settled_by: msg!("A second look at the room, with the person describing it anew."),
    thresholds: no_thresholds,
    check,
};

fn check(context: &RuleContext) -> Vec<Finding> {
    let Some(form) = context.observed(Observation::SceneConflict) else {
        return vec![];
    };
    let ticked = Observation::SceneConflict.code();
    let evidence = vec![text(msg!("observation"), ticked, msg!("verifier"), form.given_at)];
    let employee = msg!(
        "What your camera showed did not fit what was described. If you work from another room today, that explains it."
    );
    let reviewer = msg!("The verifier noted that the scene shown was not the one described.");
    vec![RULE.finding(context, Severity::Medium, evidence, employee, reviewer)]
}

#[cfg(test)]
mod tests {
    use super::super::fixtures::{run, with_observation};
    use super::*;

    #[test]
    fn examples() {
        for observation in Observation::ALL {
            let expected = *observation == Observation::SceneConflict;
            let session = with_observation(*observation);
            assert_eq!(!run(&RULE, &session).is_empty(), expected, "{observation}");
        }
    }
}
