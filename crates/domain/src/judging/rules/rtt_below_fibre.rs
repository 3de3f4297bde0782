//! `rtt-below-fibre`: a satellite line was faster than fibre, as laser links may be.

use super::rtt_refutes_claim::{is_satellite, leg_and_round_trip};
use super::rule::{Rule, RuleContext, length, milliseconds, whole};
use crate::judging::finding::{Confidence, Family, Finding, Severity, Threshold};
use crate::judging::readings::reach_metres;
use crate::{msg, sentence};

/// For HR: a satellite line answered faster than glass fibre could, but not faster than light in
/// space. It is possible, so it is only written down.
pub const RULE: Rule = Rule {
    id: "rtt-below-fibre",
    version: 1,
    family: Family::Latency,
    severities: &[Severity::Info],
    confidence: Confidence::Measured,
    about: msg!(
        "Over a satellite line the page answered faster than glass fibre allows, but not faster \
            than light in space. That is possible; it is only written down."
    ),
    benign_causes: &[msg!("satellites that pass data on by laser")],
    settled_by: msg!("Nothing is needed: satellites with laser links are that fast."),
    thresholds: |s| {
        vec![
            Threshold::new(msg!("fibre"), s.fibre_metres_per_ms.into(), "m/ms"),
            Threshold::new(msg!("vacuum"), s.vacuum_metres_per_ms.into(), "m/ms"),
            Threshold::new(msg!("slack"), s.round_trip_slack_us.into(), "us"),
        ]
    },
    check,
};

fn check(context: &RuleContext) -> Vec<Finding> {
    let Some((leg, us)) = leg_and_round_trip(context) else { return vec![] };
    let s = context.settings;
    let beyond = |metres_per_ms| leg.is_beyond(reach_metres(us, metres_per_ms, s));
    if !is_satellite(context) || !beyond(s.fibre_metres_per_ms) || beyond(s.vacuum_metres_per_ms) {
        return vec![];
    }
    let (at, shortest) = (context.readings.at, leg.shortest_metres());
    let evidence = vec![
        whole(msg!("shortest"), shortest, "m", msg!("page"), at),
        whole(msg!("app_min"), us, "us", msg!("server"), at),
    ];
    let employee =
        msg!("Your satellite line was very fast. That is possible and only written down.");
    let reviewer = sentence!(
        "Over a satellite line the page answered in {answered} from at least {shortest}: faster than fibre, not \
         faster than light.",
        answered = milliseconds(us.into()),
        shortest = length(shortest)
    );
    vec![RULE.finding(context, Severity::Info, evidence, employee, reviewer)]
}

#[cfg(test)]
mod tests {
    use super::super::fixtures::{at_home, run};
    use super::*;
    use crate::judging::evidence::Point;
    use crate::judging::network::AccessClass;

    #[test]
    fn examples() {
        for (class, us, raised) in [
            (AccessClass::Satellite, 60_000, false),
            (AccessClass::Satellite, 45_000, true),
            (AccessClass::Satellite, 35_000, false),
            (AccessClass::Residential, 45_000, false),
        ] {
            let session = at_home().over(Some(class), None, None).around(|s| {
                s.server = Point::from_degrees(2.0, 4.0);
                s.round_trips.app_min_us = Some(us);
            });
            assert_eq!(!run(&RULE, &session).is_empty(), raised, "{class} {us}");
        }
    }
}
