//! `missed-without-notice`: nobody came, the fault was the person's, and no word before.

use super::rule::{Rule, RuleContext, whole};
use crate::check_in::Fault;
use crate::judging::finding::{Confidence, Family, Finding, Severity, Threshold};
use crate::time::DAY_MS;
use crate::{msg, sentence};

/// For HR: a plain miss. The first is medium and is met with a second chance; another within the
/// window is high. Moves and *not now* within the allowance are never counted.
pub const RULE: Rule = Rule {
    id: "missed-without-notice",
    version: 1,
    family: Family::Behaviour,
    severities: &[Severity::Medium, Severity::High],
    confidence: Confidence::Derived,
    about: msg!(
        "Nobody came, the announcement had arrived in time, our side was working, and no word \
            was given before. The first is medium; another within the window is high. What lies \
            within a person's allowance is never counted."
    ),
    benign_causes: &[
        msg!("sickness or leave that is not entered yet"),
        msg!("a power cut or an outage at home"),
        msg!("a message that was not read in time"),
    ],
    settled_by: msg!(
        "What happened at that hour, in the person's words; leave or sickness that was \
                 not entered."
    ),
    thresholds: |s| vec![Threshold::new(msg!("window"), s.miss_window_days.into(), msg!("days"))],
    check,
};

fn check(context: &RuleContext) -> Vec<Finding> {
    let theirs = context.fault.is_some_and(|f| f.fault == Fault::Employee);
    if !theirs || context.notice_given {
        return vec![];
    }
    let since = context.start.plus_ms(-i64::from(context.settings.miss_window_days) * DAY_MS);
    let before = context
        .history
        .iter()
        .filter(|past| past.missed_without_notice && past.start >= since)
        .count() as i64;
    let severity = if before > 0 { Severity::High } else { Severity::Medium };
    let evidence = vec![whole(
        msg!("misses_before"),
        before,
        msg!("check-ins"),
        msg!("history"),
        context.start,
    )];
    let employee = msg!(
        "You were not seen at the check-in, and we had no word before. If something \
                    came up, you can explain it here."
    );
    let reviewer = sentence!(
        "Nobody came and no word was given; {before} such misses before it in the window.",
        before
    );
    vec![RULE.finding(context, severity, evidence, employee, reviewer)]
}

#[cfg(test)]
mod tests {
    use super::super::fixtures::{Session, past, run};
    use super::*;
    use crate::judging::evidence::PastSession;
    use crate::judging::fault::{FaultCause, FaultDecision};

    fn missed(cause: FaultCause, history: Vec<PastSession>) -> Session {
        let sentence = cause.sentence().into();
        Session {
            met: false,
            form: None,
            fault: Some(FaultDecision { fault: cause.fault(), cause, sentence }),
            history,
            ..Session::default()
        }
    }

    fn miss(days: i64) -> PastSession {
        PastSession { missed_without_notice: true, ..past(days) }
    }

    #[test]
    fn examples() {
        let table = [
            ("attended", Session::default(), None),
            ("first", missed(FaultCause::NobodyCame, vec![past(3)]), Some(Severity::Medium)),
            ("too late", missed(FaultCause::CameTooLate, vec![]), Some(Severity::Medium)),
            ("second", missed(FaultCause::NobodyCame, vec![miss(60)]), Some(Severity::High)),
            ("long ago", missed(FaultCause::NobodyCame, vec![miss(61)]), Some(Severity::Medium)),
            ("room down", missed(FaultCause::RoomDown, vec![miss(3)]), None),
            ("tried", missed(FaultCause::AttemptFailed, vec![]), None),
        ];
        for (name, session, expected) in table {
            assert_eq!(run(&RULE, &session).first().map(|f| f.severity), expected, "{name}");
        }
        let told = Session { notice_given: true, ..missed(FaultCause::NobodyCame, vec![]) };
        assert!(run(&RULE, &told).is_empty(), "with notice");
    }
}
