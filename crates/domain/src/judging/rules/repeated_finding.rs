//! `repeated-finding`: the same medium rule, session after session.

use super::rule::{Rule, RuleContext, text, whole};
use crate::check_in::Outcome;
use crate::judging::finding::{Confidence, Family, Finding, Severity, Threshold};
use crate::{msg, sentence};

/// For HR: one medium rule spoke in three of the last five sessions. One note is nothing; a
/// pattern deserves a look. It counts in the family of the rule it repeats.
pub const RULE: Rule = Rule {
    id: "repeated-finding",
    version: 1,
    // Stands in for the repeated rule's own family, which each finding carries.
    family: Family::Behaviour,
    severities: &[Severity::High],
    confidence: Confidence::Derived,
    about: msg!(
        "The same medium rule spoke in three of the last five sessions, this one included. It \
            counts in the family of the rule it repeats; sessions that were void are passed over."
    ),
    benign_causes: &[msg!(
        "one lasting innocent cause, such as a company network or a second home"
    )],
    settled_by: msg!("What explains the finding that repeats. Settling that one settles this one."),
    thresholds: |s| {
        vec![
            Threshold::new(msg!("hits"), s.repeat_hits.into(), msg!("sessions")),
            Threshold::new(msg!("of_last"), s.repeat_sessions.into(), msg!("sessions")),
        ]
    },
    check,
};

fn check(context: &RuleContext) -> Vec<Finding> {
    let earlier = usize::from(context.settings.repeat_sessions.saturating_sub(1));
    let sessions: Vec<_> =
        context.history.iter().filter(|p| p.outcome != Outcome::Void).take(earlier).collect();
    let mut found: Vec<Finding> = Vec::new();
    for now in context.raised.iter().filter(|f| f.is_active() && f.severity == Severity::Medium) {
        let before = sessions.iter().filter(|p| p.medium_rules.contains(&now.rule_id)).count();
        let known = found.iter().any(|f| f.evidence[0].value.to_string() == now.rule_id);
        if before + 1 < usize::from(context.settings.repeat_hits) || known {
            continue;
        }
        let count = before as i64 + 1;
        let evidence = vec![
            text(msg!("rule"), now.rule_id.clone(), msg!("history"), context.start),
            whole(msg!("sessions"), count, msg!("sessions"), msg!("history"), context.start),
        ];
        let employee = msg!(
            "The same note came up in several of your sessions. There may be one plain \
                        reason; you can tell us."
        );
        let reviewer = sentence!(
            "`{rule_id}` spoke in {count} of the last {repeat_sessions} sessions.",
            count,
            rule_id = now.rule_id.clone(),
            repeat_sessions = context.settings.repeat_sessions
        );
        let finding = RULE.finding(context, Severity::High, evidence, employee, reviewer);
        found.push(Finding { family: now.family, ..finding });
    }
    found
}

#[cfg(test)]
mod tests {
    use super::super::fixtures::{Session, past, run, with_form};
    use super::*;
    use crate::challenge::ChallengeAnswer;
    use crate::judging::evidence::PastSession;

    #[test]
    fn examples() {
        let refused = run(
            &super::super::challenge_refused::RULE,
            &with_form(|form| {
                form.challenges[0].answer = ChallengeAnswer::Refused;
            }),
        );
        assert_eq!(refused[0].severity, Severity::Medium);
        let hit =
            |days| PastSession { medium_rules: vec!["challenge-refused".into()], ..past(days) };
        let void = |days| PastSession { outcome: Outcome::Void, ..past(days) };
        let other =
            |days| PastSession { medium_rules: vec!["scene-did-not-fit".into()], ..past(days) };
        let table = [
            ("second time", vec![hit(1), past(2)], false),
            ("third of five", vec![hit(1), past(2), past(3), hit(4)], true),
            ("third of six", vec![hit(1), past(2), past(3), past(4), hit(5)], false),
            ("void ones are passed over", vec![hit(1), void(2), void(3), past(4), hit(5)], true),
            ("another rule", vec![other(1), other(2)], false),
        ];
        for (name, history, expected) in table {
            let session = Session { history, raised: refused.clone(), ..Session::default() };
            let found = run(&RULE, &session);
            assert_eq!(!found.is_empty(), expected, "{name}");
            assert!(found.iter().all(|f| f.family == Family::Human), "the repeated rule's family");
        }
    }
}
