//! `background-many-voices`: many calls were heard nearby.

use super::rule::{Rule, RuleContext, no_thresholds, text};
use crate::judging::evidence::Observation;
use crate::judging::finding::{Confidence, Family, Finding, Severity};
use crate::msg;

/// For HR: a background like a call centre. Alone it means nothing.
pub const RULE: Rule = Rule {
    id: "background-many-voices",
    version: 1,
    family: Family::Human,
    severities: &[Severity::Low],
    confidence: Confidence::Reported,
    about: msg!(
        "Many people were heard speaking in calls nearby. A note only; it never changes the result."
    ),
    benign_causes: &[
        msg!("a co-working space or a cafe"),
        msg!("an office or a family working from home"),
    ],
    settled_by: msg!(
        "Nothing is needed. Where other findings stand beside it: where the person was \
                 working at that time."
    ),
    thresholds: no_thresholds,
    check,
};

fn check(context: &RuleContext) -> Vec<Finding> {
    let Some(form) = context.observed(Observation::ManyVoices) else {
        return vec![];
    };
    let ticked = Observation::ManyVoices.code();
    let evidence = vec![text(msg!("observation"), ticked, msg!("verifier"), form.given_at)];
    let employee = msg!("The verifier heard many calls nearby. This is only a note.");
    let reviewer = msg!("The verifier heard many people speaking in calls nearby.");
    vec![RULE.finding(context, Severity::Low, evidence, employee, reviewer)]
}

#[cfg(test)]
mod tests {
    use super::super::fixtures::{run, with_observation};
    use super::*;

    #[test]
    fn examples() {
        for observation in Observation::ALL {
            let expected = *observation == Observation::ManyVoices;
            let session = with_observation(*observation);
            assert_eq!(!run(&RULE, &session).is_empty(), expected, "{observation}");
        }
    }
}
