//! `left-after-challenge`: gone soon after a challenge was shown, and not back.

use super::rule::{Rule, RuleContext, whole};
use crate::judging::finding::{Confidence, Family, Finding, Severity, Threshold};
use crate::time::MINUTE_MS;
use crate::{msg, sentence};

/// For HR: the person left the room shortly after a challenge was shown and did not come back.
/// Coming back, or having answered every challenge, takes it away.
pub const RULE: Rule = Rule {
    id: "left-after-challenge",
    version: 1,
    family: Family::Behaviour,
    severities: &[Severity::High],
    confidence: Confidence::Measured,
    about: msg!(
        "The person left the room shortly after an unanswered challenge was shown and did not \
            come back. A second, completed session clears it."
    ),
    benign_causes: &[
        msg!("a dropped connection"),
        msg!("a power cut"),
        msg!("an emergency at home"),
    ],
    settled_by: msg!("What happened to the line at that moment, and a second talk to its end."),
    thresholds: |s| {
        vec![
            Threshold::new(msg!("leave_within"), s.leave_after_challenge_seconds.into(), "s"),
            Threshold::new(msg!("return_within"), s.leave_return_minutes.into(), "min"),
        ]
    },
    check,
};

fn check(context: &RuleContext) -> Vec<Finding> {
    let Some(form) = context.form else { return vec![] };
    let settings = context.settings;
    let answered = |c: &crate::judging::evidence::ChallengeReport| c.answer.is_answer();
    let open = form.challenges.iter().filter(|c| !answered(c)).map(|c| c.revealed_at).max();
    let (Some(shown), Some(last)) = (open, context.attendance.employee.last()) else {
        return vec![];
    };
    let back_by = last.until.plus_ms(i64::from(settings.leave_return_minutes) * MINUTE_MS);
    let after_ms = last.until.since(shown);
    let soon = (0..=i64::from(settings.leave_after_challenge_seconds) * 1_000).contains(&after_ms);
    // Leaving together with the verifier ends the session; it is not walking out.
    let verifier_stayed = context.attendance.verifier.iter().any(|s| s.until > last.until);
    if !soon || !verifier_stayed || context.judged_at < back_by {
        return vec![];
    }
    let seconds = after_ms / 1_000;
    let evidence = vec![whole(msg!("left_after"), seconds, "s", msg!("room"), last.until)];
    let employee = msg!(
        "You left the room shortly after a challenge was shown and did not come back. \
                    If the connection dropped, your receipt says so."
    );
    let reviewer = sentence!(
        "Left the room {seconds} s after a challenge was shown; did not return.",
        seconds
    );
    vec![RULE.finding(context, Severity::High, evidence, employee, reviewer)]
}

#[cfg(test)]
mod tests {
    use super::super::fixtures::{START, Session, run, with_form};
    use super::*;
    use crate::challenge::ChallengeAnswer;
    use crate::judging::attendance::Stay;

    fn left(second: i64, verifier_until: i64, answer: ChallengeAnswer) -> Session {
        let mut session = with_form(|form| form.challenges[2].answer = answer);
        let stay = |s: i64| Stay { from: START, until: START.plus_ms(s * 1_000) };
        session.attendance.employee = vec![stay(second)];
        session.attendance.verifier = vec![stay(verifier_until)];
        session
    }

    #[test]
    fn examples() {
        let technical = ChallengeAnswer::Technical;
        let table = [
            ("walked out", left(150, 300, technical), true),
            ("a minute and a second later", left(181, 300, technical), false),
            ("all answered", left(150, 300, ChallengeAnswer::Done), false),
            ("the verifier ended it", left(150, 150, technical), false),
            ("still time to come back", left(150 + 11 * 60, 3_000, technical), false),
        ];
        for (name, session, expected) in table {
            assert_eq!(!run(&RULE, &session).is_empty(), expected, "{name}");
        }
    }
}
