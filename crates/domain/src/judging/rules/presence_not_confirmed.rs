//! `presence-not-confirmed`: the verifier could not confirm the person.

use super::rule::{Rule, RuleContext, no_thresholds, text};
use crate::check_in::Presence;
use crate::judging::finding::{Confidence, Family, Finding, Severity};
use crate::msg;

/// For HR: the verifier compared the live picture with the reference still and did not confirm it.
/// A human looks again before anything else happens.
pub const RULE: Rule = Rule {
    id: "presence-not-confirmed",
    version: 1,
    family: Family::Human,
    severities: &[Severity::High],
    confidence: Confidence::Reported,
    about: msg!(
        "The verifier met somebody live and could not confirm that it was the person of the reference still."
    ),
    benign_causes: &[
        msg!("poor light or a poor camera"),
        msg!("a changed appearance"),
        msg!("an old or poor reference still"),
    ],
    settled_by: msg!(
        "Another talk with another verifier, or a newer picture of reference taken in \
                 person."
    ),
    thresholds: no_thresholds,
    check,
};

fn check(context: &RuleContext) -> Vec<Finding> {
    let Some(form) = context.form.filter(|f| f.presence == Some(Presence::NotConfirmed)) else {
        return vec![];
    };
    let answer = Presence::NotConfirmed.code();
    let evidence = vec![text(msg!("presence"), answer, msg!("verifier"), form.given_at)];
    let employee = msg!(
        "The verifier could not confirm that the person on camera is the one of your baseline session. Light, camera or a changed look can cause this."
    );
    let reviewer = msg!("The verifier could not confirm the person against the reference still.");
    vec![RULE.finding(context, Severity::High, evidence, employee, reviewer)]
}

#[cfg(test)]
mod tests {
    use super::super::fixtures::{run, with_form};
    use super::*;

    #[test]
    fn examples() {
        for presence in Presence::ALL {
            let session = with_form(|form| form.presence = Some(*presence));
            let expected = *presence == Presence::NotConfirmed;
            assert_eq!(!run(&RULE, &session).is_empty(), expected, "{presence}");
        }
        assert!(run(&RULE, &with_form(|form| form.presence = None)).is_empty());
    }
}
