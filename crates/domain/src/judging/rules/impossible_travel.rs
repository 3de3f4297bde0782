//! `impossible-travel`: two attested positions that no journey joins.

use super::rule::{Rule, RuleContext, length, whole};
use crate::judging::finding::{Confidence, Family, Finding, Severity, Threshold};
use crate::judging::readings::Journey;
use crate::{msg, sentence};

/// For HR: the place shared now and the one shared before are so far apart, for the time between
/// them, that no airliner flies it. Positions of addresses are never used for this, and an approved
/// trip does not excuse it: it excuses a place, not a speed.
pub const RULE: Rule = Rule {
    id: "impossible-travel",
    version: 1,
    family: Family::Travel,
    severities: &[Severity::Critical],
    confidence: Confidence::Derived,
    about: msg!(
        "Two shared places are further apart, for the time between them, than any airliner \
            flies. Approved travel excuses a place, not a speed."
    ),
    benign_causes: &[
        msg!("a device that guesses its place from the network it is on"),
        msg!("two devices, one of which stayed behind"),
    ],
    settled_by: msg!(
        "Which of the two positions is wrong: a ticket, a stamp, or a new check-in from \
                 where the person is now."
    ),
    thresholds: |s| {
        vec![
            Threshold::new(msg!("distance"), s.travel_min_km.into(), "km"),
            Threshold::new(msg!("speed"), s.travel_impossible_kmh.into(), "km/h"),
        ]
    },
    check,
};

fn check(context: &RuleContext) -> Vec<Finding> {
    let journey = context.readings.journey.filter(|j| j.is_impossible(context.settings));
    let Some(journey) = journey else { return vec![] };
    let employee = msg!(
        "The place you shared and the one before are too far apart for the time \
                    between them. A device that guesses its place can do this."
    );
    let reviewer = sentence!(
        "At least {distance} in {span} since the last attested place: {speed_kmh} km/h.",
        distance = length(journey.shortest_metres),
        span = span(journey),
        speed_kmh = journey.speed_kmh()
    );
    vec![RULE.finding(context, Severity::Critical, evidence(context, journey), employee, reviewer)]
}

/// Distance, span and speed.
pub(super) fn evidence(
    context: &RuleContext,
    journey: Journey,
) -> Vec<crate::judging::finding::EvidenceItem> {
    let at = context.readings.at;
    vec![
        whole(msg!("shortest"), journey.shortest_metres, "m", msg!("page"), at),
        whole(msg!("span"), journey.span_ms / 1_000, "s", msg!("history"), at),
        whole(msg!("speed"), journey.speed_kmh(), "km/h", msg!("history"), at),
    ]
}

/// The span for a reader.
pub(super) fn span(journey: Journey) -> String {
    super::rule::hours(journey.span_ms / 60_000)
}

#[cfg(test)]
mod tests {
    use super::super::fixtures::{START, Session, at_home, claim_at, home, run, without_place};
    use super::*;
    use crate::judging::evidence::{DeclaredPlace, Point};
    use crate::judging::surroundings::AttestedPosition;

    fn before(session: Session, minutes: i64, point: (f64, f64), accuracy: Option<u32>) -> Session {
        session.around(|s| {
            s.previous = Some(AttestedPosition {
                at: START.plus_minutes(-minutes),
                point: Point::from_degrees(point.0, point.1).unwrap(),
                accuracy_metres: accuracy,
            });
        })
    }

    #[test]
    fn examples() {
        // 334 km south of home; 1,112 km south of it.
        let (south, far) = ((49.0, 4.0), (42.0, 4.0));
        let coarse = Session { claim: Some(claim_at(52_000_000, 4_000_000, 9_000)), ..at_home() };
        let trip = DeclaredPlace { point: None, country: None, ..home() };
        let approved = at_home().around(|s| s.travel = vec![trip]);
        for (name, session, raised) in [
            ("a train", before(at_home(), 90, south, Some(30)), false),
            ("too fast", before(at_home(), 19, south, Some(30)), true),
            ("a flight", before(at_home(), 180, far, Some(30)), false),
            ("at the same moment", before(at_home(), 0, south, Some(30)), true),
            ("the later one first", before(at_home(), -19, south, Some(30)), true),
            ("an approved trip", before(approved, 19, south, Some(30)), true),
            ("accuracy before not known", before(at_home(), 19, south, None), false),
            ("accuracy before too coarse", before(at_home(), 19, south, Some(5_001)), false),
            ("accuracy now too coarse", before(coarse, 19, south, Some(30)), false),
            ("before was nowhere", before(at_home(), 19, (0.0, 0.0), Some(30)), false),
            ("no place now", before(without_place(), 19, south, Some(30)), false),
            ("nothing before", at_home(), false),
        ] {
            assert_eq!(!run(&RULE, &session).is_empty(), raised, "{name}");
        }
    }

    #[test]
    fn the_antimeridian_is_no_wall() {
        let fiji = Session { claim: Some(claim_at(-16_800_000, 179_990_000, 30)), ..at_home() };
        let across = before(fiji, 1, (-16.8, -179.99), Some(30));
        assert!(run(&RULE, &across).is_empty(), "two kilometres");
    }
}
