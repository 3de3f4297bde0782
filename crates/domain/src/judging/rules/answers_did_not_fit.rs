//! `answers-did-not-fit`: answers about work or surroundings were wrong.

use super::rule::{Rule, RuleContext, no_thresholds, text};
use crate::judging::evidence::Observation;
use crate::judging::finding::{Confidence, Family, Finding, Severity};
use crate::msg;

const CAUSES: [Observation; 2] = [Observation::KnowledgeWrong, Observation::LocalityWrong];

/// For HR: what should be easy for the person was answered wrongly. Both kinds count as one cause.
pub const RULE: Rule = Rule {
    id: "answers-did-not-fit",
    version: 1,
    family: Family::Human,
    severities: &[Severity::Medium],
    confidence: Confidence::Reported,
    about: msg!(
        "Answers about the person's own recent work or about the surroundings of the declared place were wrong by the verifier's key."
    ),
    benign_causes: &[
        msg!("a newcomer to the place or the team"),
        msg!("a question that was not clear"),
        msg!("a key that was wrong or out of date"),
    ],
    settled_by: msg!(
        "A second talk about the same work, with somebody who shared it, or the \
                 verifier's notes on which answers were wrong."
    ),
    thresholds: no_thresholds,
    check,
};

fn check(context: &RuleContext) -> Vec<Finding> {
    let Some(form) = context.form else { return vec![] };
    let evidence: Vec<_> = CAUSES
        .iter()
        .filter(|cause| form.observations.contains(cause))
        .map(|cause| text(msg!("observation"), cause.code(), msg!("verifier"), form.given_at))
        .collect();
    if evidence.is_empty() {
        return vec![];
    }
    let employee = msg!(
        "An answer about your work or your surroundings was not the one the verifier had. The key can be wrong; tell us if it is."
    );
    let reviewer =
        msg!("Answers about recent work or the surroundings did not fit the verifier's key.");
    vec![RULE.finding(context, Severity::Medium, evidence, employee, reviewer)]
}

#[cfg(test)]
mod tests {
    use super::super::fixtures::{run, with_observation};
    use super::*;

    #[test]
    fn examples() {
        for observation in Observation::ALL {
            let expected = *observation == Observation::KnowledgeWrong
                || *observation == Observation::LocalityWrong;
            let session = with_observation(*observation);
            assert_eq!(!run(&RULE, &session).is_empty(), expected, "{observation}");
        }
    }
}
