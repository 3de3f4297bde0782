//! `opinions-differ`: the second verifier met the person whom the first one doubted.

use super::rule::{Rule, RuleContext, no_thresholds, text};
use crate::check_in::Presence;
use crate::judging::finding::{Confidence, Family, Finding, Severity};
use crate::msg;

/// For HR: two verifiers looked in one talk and did not agree. Doubt that a second look resolves is
/// noted only; where the first one thought of somebody else, a human looks at it.
pub const RULE: Rule = Rule {
    id: "opinions-differ",
    version: 1,
    family: Family::Human,
    severities: &[Severity::High, Severity::Low],
    confidence: Confidence::Reported,
    about: msg!(
        "A verifier doubted during the talk and asked for a second opinion; the second verifier, who did not know the doubt, had none. A doubt alone is low; having thought of somebody else is high."
    ),
    benign_causes: &[
        msg!("poor light or a poor camera at the beginning of the talk"),
        msg!("a changed appearance"),
        msg!("people find faces from elsewhere hard to tell apart"),
    ],
    settled_by: msg!("Another talk with a third verifier who knows neither answer."),
    thresholds: no_thresholds,
    check,
};

fn check(context: &RuleContext) -> Vec<Finding> {
    let Some(form) = context.form else { return vec![] };
    let Some(first) = form.first_opinion else { return vec![] };
    let severity = match first.presence {
        Presence::DifferentPerson => Severity::High,
        Presence::NotConfirmed => Severity::Low,
        Presence::Confirmed | Presence::LivePersonSeen | Presence::CouldNotTell => return vec![],
    };
    let Some(second) = form.presence else { return vec![] };
    if !matches!(second, Presence::Confirmed | Presence::LivePersonSeen) {
        return vec![];
    }
    let said = |name, presence: Presence, at| text(name, presence.code(), msg!("verifier"), at);
    let evidence = vec![
        said(msg!("first opinion"), first.presence, first.given_at),
        said(msg!("second opinion"), second, form.given_at),
    ];
    let employee = msg!(
        "Two verifiers looked in this check-in, independently of each other. The second one had no doubt."
    );
    let reviewer = msg!(
        "The first verifier doubted and asked for a second opinion; the second one, who did not know that, had no doubt."
    );
    vec![RULE.finding(context, severity, evidence, employee, reviewer)]
}

#[cfg(test)]
mod tests {
    use super::super::fixtures::{START, run, with_form};
    use super::*;
    use crate::judging::evidence::FirstOpinion;

    #[test]
    fn examples() {
        for first in Presence::ALL {
            for second in Presence::ALL {
                let session = with_form(|form| {
                    form.presence = Some(*second);
                    form.first_opinion = Some(FirstOpinion { presence: *first, given_at: START });
                });
                let found = run(&RULE, &session);
                let is_met = matches!(second, Presence::Confirmed | Presence::LivePersonSeen);
                let expected = match first {
                    Presence::DifferentPerson if is_met => Some(Severity::High),
                    Presence::NotConfirmed if is_met => Some(Severity::Low),
                    _ => None,
                };
                assert_eq!(found.first().map(|f| f.severity), expected, "{first} {second}");
            }
        }
        let alone = with_form(|form| form.presence = Some(Presence::Confirmed));
        assert!(run(&RULE, &alone).is_empty());
    }
}
