//! `loc-drift`: for weeks the positions have lain far from every declared place.

use super::rule::{Rule, RuleContext, whole};
use crate::judging::finding::{Confidence, Family, Finding, Severity, Threshold};
use crate::time::DAY_MS;
use crate::{msg, sentence};

/// For HR: somebody has moved, and the roster does not know. The person is asked to enter the new
/// address before anybody else is asked anything. Each single position is looked at by
/// `loc-outside-declared`; this one says that it lasts.
pub const RULE: Rule = Rule {
    id: "loc-drift",
    version: 1,
    family: Family::Place,
    severities: &[Severity::Low],
    confidence: Confidence::Derived,
    about: msg!(
        "The middle of the last five places shared, and at least three of them over two weeks \
            or more, lie more than a hundred kilometres outside every declared work place. \
            Approved travel is left out. The person is asked to enter the new address."
    ),
    benign_causes: &[
        msg!("a move that was not entered yet"),
        msg!("a second home"),
        msg!("care for a relative who lives elsewhere"),
    ],
    settled_by: msg!("The new or second home, entered as a work place."),
    thresholds: |s| {
        vec![
            Threshold::new(msg!("far"), s.drift_km.into(), "km"),
            Threshold::new(msg!("sessions"), s.drift_sessions.into(), msg!("sessions")),
            Threshold::new(msg!("days"), s.drift_days.into(), msg!("days")),
        ]
    },
    check,
};

fn check(context: &RuleContext) -> Vec<Finding> {
    let Some(drift) = &context.surroundings.drift else { return vec![] };
    let limit = u32::from(context.settings.drift_km);
    let is_far = |km: u32| km > limit;
    let is_back = drift.positions.first().is_none_or(|now| !is_far(now.km));
    if is_back || !is_far(drift.middle_km) {
        return vec![];
    }
    let far = || drift.positions.iter().filter(|position| is_far(position.km));
    let sessions = far().count() as i64;
    let newest = far().map(|position| position.at).max();
    let oldest = far().map(|position| position.at).min();
    let days = newest.zip(oldest).map_or(0, |(newest, oldest)| newest.since(oldest) / DAY_MS);
    let settings = context.settings;
    if sessions < settings.drift_sessions.into() || days < settings.drift_days.into() {
        return vec![];
    }
    let at = context.readings.at;
    let km = drift.middle_km;
    let evidence = vec![
        whole(msg!("middle_beyond_nearest"), km, "km", msg!("history"), at),
        whole(msg!("sessions"), sessions, msg!("sessions"), msg!("history"), at),
        whole(msg!("over"), days, msg!("days"), msg!("history"), at),
    ];
    let employee = sentence!(
        "For {days} days the places you shared have been about {km} km from the work places we \
         know. If you have moved or work from a second home, please enter it; then this goes away.",
        days,
        km
    );
    let reviewer = sentence!(
        "In {sessions} sessions over {days} days the shared places lay far from every declared one, \
         their middle {km} km outside. The person is asked to enter the new address first.",
        sessions,
        days,
        km
    );
    vec![RULE.finding(context, Severity::Low, evidence, employee, reviewer)]
}

#[cfg(test)]
mod tests {
    use super::super::fixtures::{START, Session, at_home, run};
    use super::*;
    use crate::judging::drift::{Drift, DriftPosition};

    fn session(middle_km: u32, positions: &[(i64, u32)]) -> Session {
        let position =
            |(days, km): &(i64, u32)| DriftPosition { at: START.plus_ms(-days * DAY_MS), km: *km };
        let positions = positions.iter().map(position).collect();
        at_home().around(|s| s.drift = Some(Drift { middle_km, positions }))
    }

    #[test]
    fn examples() {
        for (name, session, raised) in [
            ("moved", session(300, &[(0, 300), (7, 300), (14, 300)]), true),
            ("by a kilometre", session(101, &[(0, 101), (7, 101), (14, 101)]), true),
            ("just near enough", session(100, &[(0, 300), (7, 300), (14, 300)]), false),
            ("each just near enough", session(300, &[(0, 100), (7, 100), (14, 100)]), false),
            ("thirteen days", session(300, &[(0, 300), (7, 300), (13, 300)]), false),
            ("twice only", session(300, &[(0, 300), (60, 300)]), false),
            ("twice among others", session(150, &[(0, 300), (7, 0), (30, 300)]), false),
            ("back home", session(200, &[(0, 0), (7, 300), (14, 300), (30, 300)]), false),
            (
                "once at home between",
                session(220, &[(0, 300), (7, 0), (14, 300), (30, 300), (40, 0)]),
                true,
            ),
            ("no history", at_home(), false),
        ] {
            let found = run(&RULE, &session);
            assert_eq!(!found.is_empty(), raised, "{name}");
            assert!(found.iter().all(|f| f.severity == Severity::Low), "{name}");
        }
    }

    #[test]
    fn the_person_is_asked_to_enter_the_address() {
        let found = &run(&RULE, &session(300, &[(0, 300), (7, 300), (21, 300)]))[0];
        assert!(
            found.sentence_employee.to_string().starts_with("For 21 days"),
            "{}",
            found.sentence_employee
        );
        assert!(found.sentence_employee.to_string().contains("300 km"));
        assert!(found.sentence_reviewer.to_string().contains("3 sessions over 21 days"));
    }
}
