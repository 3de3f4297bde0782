//! `travel-tight`: two attested positions that only a very quick flight joins.

use super::impossible_travel::{evidence, span};
use super::rule::{Rule, RuleContext, length};
use crate::judging::finding::{Confidence, Family, Finding, Severity, Threshold};
use crate::{msg, sentence};

/// For HR: the place shared now and the one before can be joined only by a flight without the time
/// that flights take besides. It happens; it counts a little.
pub const RULE: Rule = Rule {
    id: "travel-tight",
    version: 1,
    family: Family::Travel,
    severities: &[Severity::Medium],
    confidence: Confidence::Derived,
    about: msg!(
        "Two shared places can be joined only by a flight in less time than a flight takes with \
            the way to the airport and through it."
    ),
    benign_causes: &[
        msg!("a short connection caught"),
        msg!("a shared place that is a little off"),
    ],
    settled_by: msg!("The journey in the person's words: which train or flight it was."),
    thresholds: |s| {
        vec![
            Threshold::new(msg!("distance"), s.travel_tight_km.into(), "km"),
            Threshold::new(msg!("cruise"), s.travel_cruise_kmh.into(), "km/h"),
            Threshold::new(msg!("overhead"), s.travel_overhead_minutes.into(), "min"),
        ]
    },
    check,
};

fn check(context: &RuleContext) -> Vec<Finding> {
    let journey = context.readings.journey.filter(|j| j.is_tight(context.settings));
    let Some(journey) = journey else { return vec![] };
    let employee = msg!(
        "The place you shared and the one before are far apart for the time between \
                    them. A quick flight explains this."
    );
    let reviewer = sentence!(
        "At least {distance} in {span} since the last attested place.",
        distance = length(journey.shortest_metres),
        span = span(journey)
    );
    vec![RULE.finding(context, Severity::Medium, evidence(context, journey), employee, reviewer)]
}

#[cfg(test)]
mod tests {
    use super::super::fixtures::{START, at_home, run};
    use super::*;
    use crate::judging::evidence::Point;
    use crate::judging::surroundings::AttestedPosition;

    #[test]
    fn examples() {
        // 1,112 km: at least 67 minutes by jet, and 164 with the airport.
        for (minutes, raised) in [(300, false), (165, false), (160, true), (70, true), (60, false)]
        {
            let session = at_home().around(|s| {
                s.previous = Some(AttestedPosition {
                    at: START.plus_minutes(-minutes),
                    point: Point::from_degrees(42.0, 4.0).unwrap(),
                    accuracy_metres: Some(30),
                });
            });
            assert_eq!(!run(&RULE, &session).is_empty(), raised, "{minutes} min");
        }
    }
}
