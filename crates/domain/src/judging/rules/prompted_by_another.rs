//! `prompted-by-another`: somebody else gave the answers.

use super::rule::{Rule, RuleContext, no_thresholds, text};
use crate::judging::evidence::Observation;
use crate::judging::finding::{Confidence, Family, Finding, Severity};
use crate::msg;

/// For HR: help from out of the picture that was not agreed beforehand.
pub const RULE: Rule = Rule {
    id: "prompted-by-another",
    version: 1,
    family: Family::Human,
    severities: &[Severity::Low],
    confidence: Confidence::Reported,
    about: msg!(
        "Somebody out of the picture gave the answers, and no assistance was agreed. A note only; it never changes the result."
    ),
    benign_causes: &[
        msg!("a family member who helped"),
        msg!("an interpreter or carer who was not registered"),
    ],
    settled_by: msg!(
        "Whether an interpreter or carer was there, to be recorded as agreed assistance."
    ),
    thresholds: no_thresholds,
    check,
};

fn check(context: &RuleContext) -> Vec<Finding> {
    let Some(form) = context.observed(Observation::Prompted).filter(|f| !f.assistance_agreed)
    else {
        return vec![];
    };
    let ticked = Observation::Prompted.code();
    let evidence = vec![text(msg!("observation"), ticked, msg!("verifier"), form.given_at)];
    let employee = msg!(
        "The verifier noted that somebody helped you answer. If you need assistance, it can be agreed in advance."
    );
    let reviewer = msg!("Somebody out of the picture gave answers; no assistance was agreed.");
    vec![RULE.finding(context, Severity::Low, evidence, employee, reviewer)]
}

#[cfg(test)]
mod tests {
    use super::super::fixtures::{run, with_form, with_observation};
    use super::*;

    #[test]
    fn examples() {
        for observation in Observation::ALL {
            let expected = *observation == Observation::Prompted;
            let session = with_observation(*observation);
            assert_eq!(!run(&RULE, &session).is_empty(), expected, "{observation}");
        }
    }

    #[test]
    fn help_that_was_agreed_is_not_noted() {
        let session = with_form(|form| {
            form.observations.push(Observation::Prompted);
            form.assistance_agreed = true;
        });
        assert!(run(&RULE, &session).is_empty());
    }
}
