//! `meeting-not-sighted`: the form says that they met, and nothing else does.

use super::rule::{Rule, RuleContext, no_thresholds, whole};
use crate::judging::finding::{Confidence, Family, Finding, Severity};
use crate::{msg, sentence};

/// For HR: the verifier's form describes a meeting that neither room nor provider saw. It speaks
/// about the session, not about the person: a form must not stand alone.
pub const RULE: Rule = Rule {
    id: "meeting-not-sighted",
    version: 1,
    family: Family::Human,
    severities: &[Severity::Medium],
    confidence: Confidence::Derived,
    about: msg!(
        "The verifier's form says that the two met, but neither the room nor the provider saw \
            them together. It is a question to the verifier, not to the person."
    ),
    benign_causes: &[
        msg!("a provider's report that never came"),
        msg!("a call by other means after the room failed"),
    ],
    settled_by: msg!(
        "The verifier's own word on how and where they met, and the operator's look at \
                 the room."
    ),
    thresholds: no_thresholds,
    check,
};

fn check(context: &RuleContext) -> Vec<Finding> {
    let Some(form) = context.form.filter(|f| f.presence.is_some()) else { return vec![] };
    if context.attendance.met {
        return vec![];
    }
    let seconds = context.attendance.together_ms / 1_000;
    let evidence = vec![whole(msg!("seen_together"), seconds, "s", msg!("room"), form.given_at)];
    let employee = msg!(
        "Our records of the room do not show your meeting. This is a question to us \
                    and the verifier, not to you."
    );
    let reviewer = sentence!(
        "The form says that they met; the room saw them together for {seconds} s.",
        seconds
    );
    vec![RULE.finding(context, Severity::Medium, evidence, employee, reviewer)]
}

#[cfg(test)]
mod tests {
    use super::super::fixtures::{Session, run, with_form};
    use super::*;

    #[test]
    fn examples() {
        assert!(run(&RULE, &Session::default()).is_empty(), "seen by the room");
        let unseen = |mut session: Session| {
            session.attendance.met = false;
            session.attendance.together_ms = 4_000;
            session
        };
        assert_eq!(run(&RULE, &unseen(Session::default())).len(), 1);
        let nobody = with_form(|form| form.presence = None);
        assert!(run(&RULE, &unseen(nobody)).is_empty(), "the form says that nobody came");
    }
}
