//! `technical-repeated`: technical failures on the person's side that keep coming back.

use super::rule::{Rule, RuleContext, whole};
use crate::judging::finding::{Confidence, Family, Finding, Severity, Threshold};
use crate::{msg, sentence};

/// For HR: two technical failures on the person's side among the last five sessions, bounced mail
/// included. A human finds out what is broken, so that a fault is neither a trap nor a way out.
pub const RULE: Rule = Rule {
    id: "technical-repeated",
    version: 1,
    family: Family::Behaviour,
    severities: &[Severity::High],
    confidence: Confidence::Derived,
    about: msg!(
        "Technical failures on the person's side, bounced announcements included, in two of \
            the last five sessions. A human looks what is broken and offers another way."
    ),
    benign_causes: &[
        msg!("a poor line at home"),
        msg!("a full or moved mailbox"),
        msg!("a computer that blocks camera or microphone"),
    ],
    settled_by: msg!("A test of camera, line and mailbox with IT, and one check-in that works."),
    thresholds: |s| {
        vec![
            Threshold::new(msg!("failures"), s.technical_hits.into(), msg!("sessions")),
            Threshold::new(msg!("of_last"), s.repeat_sessions.into(), msg!("sessions")),
        ]
    },
    check,
};

fn check(context: &RuleContext) -> Vec<Finding> {
    if !context.fault.is_some_and(|f| f.cause.counts_as_technical()) {
        return vec![];
    }
    let earlier = usize::from(context.settings.repeat_sessions.saturating_sub(1));
    let before =
        context.history.iter().take(earlier).filter(|past| past.person_side_technical).count();
    if before + 1 < usize::from(context.settings.technical_hits) {
        return vec![];
    }
    let count = before as i64 + 1;
    let evidence = vec![whole(
        msg!("technical_failures"),
        count,
        msg!("sessions"),
        msg!("history"),
        context.start,
    )];
    let employee = msg!(
        "Technical problems on your side came up again. We would like to find out with \
                    you what is broken."
    );
    let reviewer = sentence!(
        "{count} technical failures on the person's side in the last {repeat_sessions} sessions.",
        count,
        repeat_sessions = context.settings.repeat_sessions
    );
    vec![RULE.finding(context, Severity::High, evidence, employee, reviewer)]
}

#[cfg(test)]
mod tests {
    use super::super::fixtures::{Session, past, run};
    use super::*;
    use crate::judging::evidence::PastSession;
    use crate::judging::fault::{FaultCause, FaultDecision};

    fn failed(cause: FaultCause, history: Vec<PastSession>) -> Session {
        let sentence = cause.sentence().into();
        let fault = Some(FaultDecision { fault: cause.fault(), cause, sentence });
        Session { met: false, form: None, fault, history, ..Session::default() }
    }

    #[test]
    fn examples() {
        let bad = |days| PastSession { person_side_technical: true, ..past(days) };
        let tried = FaultCause::AttemptFailed;
        let table = [
            ("the first", failed(tried, vec![past(1), past(2)]), false),
            ("the second of five", failed(tried, vec![past(1), past(2), past(3), bad(4)]), true),
            ("of six", failed(tried, vec![past(1), past(2), past(3), past(4), bad(5)]), false),
            ("a bounce counts", failed(FaultCause::Bounced, vec![bad(1)]), true),
            ("not our outage", failed(FaultCause::RoomDown, vec![bad(1)]), false),
            (
                "attended now",
                Session { history: vec![bad(1), bad(2)], ..Session::default() },
                false,
            ),
        ];
        for (name, session, expected) in table {
            assert_eq!(!run(&RULE, &session).is_empty(), expected, "{name}");
        }
    }
}
