//! `presence-could-not-tell`: the verifier could not tell.

use super::rule::{Rule, RuleContext, no_thresholds, text};
use crate::check_in::Presence;
use crate::judging::finding::{Confidence, Family, Finding, Severity};
use crate::msg;

/// For HR: no answer either way. It is kept for the record; the fold makes the session inconclusive.
pub const RULE: Rule = Rule {
    id: "presence-could-not-tell",
    version: 1,
    family: Family::Human,
    severities: &[Severity::Info],
    confidence: Confidence::Reported,
    about: msg!(
        "The verifier could not tell whether it was the person. The check-in is inconclusive and is repeated in another way."
    ),
    benign_causes: &[
        msg!("a dark or frozen picture"),
        msg!("a verifier who finds faces hard to compare"),
    ],
    settled_by: msg!(
        "A repeated talk in better light, over a better line, or with the policy's \
                 alternative."
    ),
    thresholds: no_thresholds,
    check,
};

fn check(context: &RuleContext) -> Vec<Finding> {
    let Some(form) = context.form.filter(|f| f.presence == Some(Presence::CouldNotTell)) else {
        return vec![];
    };
    let answer = Presence::CouldNotTell.code();
    let evidence = vec![text(msg!("presence"), answer, msg!("verifier"), form.given_at)];
    let employee = msg!(
        "The verifier could not tell from the picture. That is nobody's fault; we ask once more."
    );
    let reviewer =
        msg!("The verifier could not tell whether it was the person of the reference still.");
    vec![RULE.finding(context, Severity::Info, evidence, employee, reviewer)]
}

#[cfg(test)]
mod tests {
    use super::super::fixtures::{run, with_form};
    use super::*;

    #[test]
    fn examples() {
        for presence in Presence::ALL {
            let session = with_form(|form| form.presence = Some(*presence));
            let expected = *presence == Presence::CouldNotTell;
            assert_eq!(!run(&RULE, &session).is_empty(), expected, "{presence}");
        }
        assert!(run(&RULE, &with_form(|form| form.presence = None)).is_empty());
    }
}
