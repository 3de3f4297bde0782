//! `rtt-refutes-claim`: the answer came sooner than light could have brought it.

use super::rule::{Rule, RuleContext, length, milliseconds, whole};
use crate::judging::finding::{Confidence, Family, Finding, Severity, Threshold};
use crate::judging::network::AccessClass;
use crate::judging::readings::{Leg, light_metres_per_ms, reach_metres};
use crate::{msg, sentence};

/// For HR: the page answered our server faster than light in glass fibre can travel to the shared
/// place and back, so the page was nearer to the server than the place says. Delay can be added by
/// anybody and taken away by nobody, so this is physics and not a guess.
pub const RULE: Rule = Rule {
    id: "rtt-refutes-claim",
    version: 1,
    family: Family::Latency,
    severities: &[Severity::Critical],
    confidence: Confidence::Measured,
    about: msg!(
        "The page answered our server sooner than light can travel to the shared place and \
            back, accuracy and slack given. The page was nearer to the server than the shared \
            place says."
    ),
    benign_causes: &[
        msg!(
            "a network in front of our server that answers in its place and is not configured as such"
        ),
        msg!("a wrong place configured for our server"),
    ],
    settled_by: msg!(
        "Whether anything in front of our server answers in its place, then a new check-in \
                 from the place itself."
    ),
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
    let Some((leg, round_trip_us)) = leg_and_round_trip(context) else { return vec![] };
    let settings = context.settings;
    let metres_per_ms = light_metres_per_ms(context.surroundings, settings);
    if !leg.is_beyond(reach_metres(round_trip_us, metres_per_ms, settings)) {
        return vec![];
    }
    let (distance, shortest) = (leg.distance.metres(), leg.shortest_metres());
    let at = context.readings.at;
    let evidence = vec![
        whole(msg!("server_to_claim"), distance, "m", msg!("page"), at),
        whole(msg!("shortest"), shortest, "m", msg!("page"), at),
        whole(msg!("app_min"), round_trip_us, "us", msg!("server"), at),
    ];
    let employee = msg!(
        "Your page answered faster than a signal can travel to the place you shared \
                    and back. Please tell us how you were connected."
    );
    let reviewer = sentence!(
        "The page answered in {answered}; the shared place is at least {shortest} from the server, further than \
         light can go in that time.",
        answered = milliseconds(round_trip_us.into()),
        shortest = length(shortest)
    );
    vec![RULE.finding(context, Severity::Critical, evidence, employee, reviewer)]
}

/// The way to a usable claim and the page's shortest round trip.
pub(super) fn leg_and_round_trip(context: &RuleContext) -> Option<(Leg, u32)> {
    context.readings.leg.zip(context.surroundings.round_trips.app_min_us)
}

/// Whether the line goes over satellites, whose laser links are faster than fibre.
pub(super) fn is_satellite(context: &RuleContext) -> bool {
    let network = context.surroundings.network.as_ref();
    network.and_then(|network| network.class()) == Some(AccessClass::Satellite)
}

#[cfg(test)]
mod tests {
    use super::super::fixtures::{Session, at_home, run, without_place};
    use super::*;
    use crate::judging::evidence::Point;

    /// Home is 5,542 km from here and needs 54.5 ms of fibre, 36.0 ms of vacuum (slack taken off).
    fn measured_at_the_equator(session: Session, app_min_us: u32) -> Session {
        session.around(|s| {
            s.server = Point::from_degrees(2.0, 4.0);
            s.round_trips.app_min_us = Some(app_min_us);
        })
    }

    #[test]
    fn examples() {
        let over = |class| at_home().over(Some(class), None, None);
        for (name, session, us, raised) in [
            ("time enough", at_home(), 60_000, false),
            ("just not enough", at_home(), 54_400, true),
            ("at once", at_home(), 0, true),
            ("a satellite may", over(AccessClass::Satellite), 54_400, false),
            ("and not go faster than light", over(AccessClass::Satellite), 35_000, true),
            ("a gateway does not change physics", over(AccessClass::CorporateEgress), 20_000, true),
            ("no place", without_place(), 1_000, false),
        ] {
            let session = measured_at_the_equator(session, us);
            assert_eq!(!run(&RULE, &session).is_empty(), raised, "{name}");
        }
        let unmeasured = at_home().around(|s| s.server = Point::from_degrees(2.0, 4.0));
        assert!(run(&RULE, &unmeasured).is_empty(), "no round trip is not a round trip of zero");
    }

    #[test]
    fn accuracy_is_taken_in_the_persons_favour() {
        let mut session = measured_at_the_equator(at_home(), 54_400);
        session.claim.as_mut().unwrap().accuracy_metres = Some(5_000);
        assert_eq!(run(&RULE, &session).len(), 1);
        session.surroundings.round_trips.app_min_us = Some(54_440);
        assert!(run(&RULE, &session).is_empty());
        session.claim.as_mut().unwrap().accuracy_metres = Some(30);
        assert_eq!(run(&RULE, &session).len(), 1);
    }
}
