//! `challenge-refused`: a challenge and its alternative were declined.

use super::rule::{Rule, RuleContext, text, whole};
use crate::challenge::{ChallengeAnswer, ChallengeClass};
use crate::judging::finding::{Confidence, Family, Finding, Severity, Threshold};
use crate::{msg, sentence};
use std::collections::BTreeSet;

/// For HR: the person declined a challenge and its alternative. One kind is a note; declining two
/// different kinds is serious, because then no equal way was left.
pub const RULE: Rule = Rule {
    id: "challenge-refused",
    version: 1,
    family: Family::Human,
    severities: &[Severity::Medium, Severity::High],
    confidence: Confidence::Reported,
    about: msg!(
        "The person declined a challenge and its alternative. Declining one kind is medium, \
            declining two different kinds is high. What an accommodation covers is never counted."
    ),
    benign_causes: &[
        msg!("an accommodation that is not registered yet"),
        msg!("a task that felt improper or was not understood"),
        msg!("other people in the room"),
    ],
    settled_by: msg!(
        "What kept the person from it, and whether an alternative or an accommodation \
                 should be recorded."
    ),
    thresholds: |s| {
        vec![Threshold::new(msg!("refused_kinds_high"), s.refused_kinds_high.into(), msg!("kinds"))]
    },
    check,
};

fn check(context: &RuleContext) -> Vec<Finding> {
    let Some(form) = context.form else { return vec![] };
    let kinds: BTreeSet<ChallengeClass> = form
        .challenges
        .iter()
        .filter(|c| c.answer == ChallengeAnswer::Refused)
        .map(|c| c.class)
        .collect();
    if kinds.is_empty() {
        return vec![];
    }
    let grave = kinds.len() >= usize::from(context.settings.refused_kinds_high);
    let severity = if grave { Severity::High } else { Severity::Medium };
    let names: Vec<&str> = kinds.iter().map(|k| k.code()).collect();
    let evidence = vec![
        whole(
            msg!("kinds_refused"),
            names.len() as i64,
            msg!("kinds"),
            msg!("verifier"),
            form.given_at,
        ),
        text(msg!("kinds"), names.join(", "), msg!("verifier"), form.given_at),
    ];
    let employee = msg!(
        "You declined a challenge and its alternative. If one is hard for you, you can \
                    tell HR once and it will not be drawn again."
    );
    let reviewer = sentence!("Declined, with the alternative: {kinds}.", kinds = names.join(", "));
    vec![RULE.finding(context, severity, evidence, employee, reviewer)]
}

#[cfg(test)]
mod tests {
    use super::super::fixtures::{report, run, with_form};
    use super::*;

    #[test]
    fn examples() {
        use ChallengeAnswer::{Accommodated, Refused};
        use ChallengeClass::{Face, Scene};
        let table = [
            ("none", vec![], None),
            ("accommodated", vec![(Face, Accommodated), (Scene, Accommodated)], None),
            ("one", vec![(Face, Refused)], Some(Severity::Medium)),
            ("twice the same kind", vec![(Face, Refused); 2], Some(Severity::Medium)),
            ("two kinds", vec![(Face, Refused), (Scene, Refused)], Some(Severity::High)),
        ];
        for (name, answers, expected) in table {
            let session = with_form(|form| {
                form.challenges = answers.iter().map(|(c, a)| report("t", *c, *a)).collect();
            });
            assert_eq!(run(&RULE, &session).first().map(|f| f.severity), expected, "{name}");
        }
    }
}
