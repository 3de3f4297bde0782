//! `presence-different-person`: the verifier is sure to have met somebody else.

use super::rule::{Rule, RuleContext, no_thresholds, text};
use crate::check_in::Presence;
use crate::judging::finding::{Confidence, Family, Finding, Severity};
use crate::msg;

/// For HR: the verifier says that somebody else was on camera. It goes to security alone until a
/// second verifier has looked without knowing the first answer.
pub const RULE: Rule = Rule {
    id: "presence-different-person",
    version: 1,
    family: Family::Human,
    severities: &[Severity::Critical],
    confidence: Confidence::Reported,
    about: msg!(
        "The verifier is sure that the person on camera was somebody else. Nobody outside security hears of it before a second verifier has looked without knowing the first answer."
    ),
    benign_causes: &[
        msg!("a mistake of the verifier, more likely between people who look unlike themselves"),
        msg!("a reference still stored for the wrong person"),
        msg!("a relative who answered the call"),
    ],
    settled_by: msg!(
        "A second, blind look by somebody who does not know the first answer, then a \
                 meeting in person."
    ),
    thresholds: no_thresholds,
    check,
};

fn check(context: &RuleContext) -> Vec<Finding> {
    let Some(form) = context.form.filter(|f| f.presence == Some(Presence::DifferentPerson)) else {
        return vec![];
    };
    let answer = Presence::DifferentPerson.code();
    let evidence = vec![text(msg!("presence"), answer, msg!("verifier"), form.given_at)];
    let employee = msg!(
        "The verifier believed to meet somebody else than the person of your baseline session. A second verifier looks independently."
    );
    let reviewer = msg!(
        "The verifier states that the person met is not the one of the reference still; a second, blind look is due."
    );
    vec![RULE.finding(context, Severity::Critical, evidence, employee, reviewer)]
}

#[cfg(test)]
mod tests {
    use super::super::fixtures::{run, with_form};
    use super::*;

    #[test]
    fn examples() {
        for presence in Presence::ALL {
            let session = with_form(|form| form.presence = Some(*presence));
            let expected = *presence == Presence::DifferentPerson;
            assert_eq!(!run(&RULE, &session).is_empty(), expected, "{presence}");
        }
        assert!(run(&RULE, &with_form(|form| form.presence = None)).is_empty());
    }
}
