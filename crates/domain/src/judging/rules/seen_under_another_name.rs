//! `seen-under-another-name`: the verifier remembers the person under another name.

use super::rule::{Rule, RuleContext, no_thresholds, text};
use crate::judging::evidence::Observation;
use crate::judging::finding::{Confidence, Family, Finding, Severity};
use crate::msg;

/// For HR: a verifier recognises somebody met under another name. Memories err, so it is high and
/// not critical, and needs a second look.
pub const RULE: Rule = Rule {
    id: "seen-under-another-name",
    version: 1,
    family: Family::Linkage,
    severities: &[Severity::High],
    confidence: Confidence::Reported,
    about: msg!(
        "The verifier has met this person under another name before. One memory of one human: a second verifier has to agree before more follows."
    ),
    benign_causes: &[
        msg!("people who look alike"),
        msg!("a change of name"),
        msg!("a mistaken memory, more likely with unfamiliar faces"),
    ],
    settled_by: msg!("A second verifier's independent memory, and the two records side by side."),
    thresholds: no_thresholds,
    check,
};

fn check(context: &RuleContext) -> Vec<Finding> {
    let Some(form) = context.observed(Observation::SeenUnderAnotherName) else {
        return vec![];
    };
    let ticked = Observation::SeenUnderAnotherName.code();
    let evidence = vec![text(msg!("observation"), ticked, msg!("verifier"), form.given_at)];
    let employee = msg!(
        "The verifier believed to have met you under another name. A second verifier looks independently."
    );
    let reviewer = msg!(
        "The verifier believes to have met this person under another name; a second look is due."
    );
    vec![RULE.finding(context, Severity::High, evidence, employee, reviewer)]
}

#[cfg(test)]
mod tests {
    use super::super::fixtures::{run, with_observation};
    use super::*;

    #[test]
    fn examples() {
        for observation in Observation::ALL {
            let expected = *observation == Observation::SeenUnderAnotherName;
            let session = with_observation(*observation);
            assert_eq!(!run(&RULE, &session).is_empty(), expected, "{observation}");
        }
    }
}
