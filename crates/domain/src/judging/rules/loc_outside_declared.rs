//! `loc-outside-declared`: the whole circle of the claimed place lies outside every declared one.

use super::rule::{Rule, RuleContext, length, no_thresholds, whole};
use crate::judging::finding::{Confidence, Family, Finding, Severity};
use crate::judging::readings::Outside;
use crate::{msg, sentence};

/// For HR: the place the person shared, even at the most favourable reading of its accuracy, lies
/// outside every declared work place, and no approved trip covers it.
pub const RULE: Rule = Rule {
    id: "loc-outside-declared",
    version: 2,
    family: Family::Place,
    severities: &[Severity::High],
    confidence: Confidence::Measured,
    about: msg!(
        "The place shared in the check-in lies outside every declared work place, even if its \
            accuracy is read in the person's favour, and no approved travel covers it."
    ),
    benign_causes: &[
        msg!("travel that was not declared yet"),
        msg!("a recent move"),
        msg!("a device that guesses its place from the network it is on"),
    ],
    // Each declared place brings its own radius, kept as evidence.
    settled_by: msg!(
        "The trip or the new home, entered as a work place or travel notice with its \
                 dates."
    ),
    thresholds: no_thresholds,
    check,
};

fn check(context: &RuleContext) -> Vec<Finding> {
    let Some(outside) = context.readings.outside else { return vec![] };
    if context.readings.undeclared.is_some() {
        return vec![];
    }
    let Outside { distance_metres: distance, radius_metres: radius, accuracy_metres: accuracy } =
        outside;
    let at = context.readings.at;
    let evidence = vec![
        whole(msg!("distance_to_nearest"), distance, "m", msg!("page"), at),
        whole(msg!("accuracy"), accuracy, "m", msg!("page"), at),
        whole(msg!("radius"), radius, "m", msg!("roster"), at),
    ];
    let employee = sentence!(
        "The place you shared is about {distance} from the nearest work place you declared. If you are \
         travelling or have moved, you can declare it.",
        distance = length(distance)
    );
    let reviewer = sentence!(
        "The shared place is {distance} from the nearest declared work place (radius {radius}, accuracy {accuracy}).",
        distance = length(distance),
        radius = length(radius.into()),
        accuracy = length(accuracy.into())
    );
    vec![RULE.finding(context, Severity::High, evidence, employee, reviewer)]
}

#[cfg(test)]
mod tests {
    use super::super::fixtures::{Session, claim_at, home, run};
    use super::*;
    use crate::judging::evidence::{Claim, ClaimStatus, DeclaredPlace, Point};

    /// 0.01 degrees of latitude near 52 degrees north are about 1,113 m.
    fn north_of_home(steps: i32, accuracy: u32) -> Claim {
        claim_at(52_000_000 + steps * 10_000, 4_000_000, accuracy)
    }

    #[test]
    fn examples() {
        let table: Vec<(&str, Claim, Vec<DeclaredPlace>, bool)> = vec![
            ("at home", north_of_home(0, 20), vec![home()], false),
            ("inside the radius", north_of_home(40, 20), vec![home()], false),
            ("60 km away", north_of_home(54, 20), vec![home()], true),
            ("the circle still touches", north_of_home(46, 3_000), vec![home()], false),
            ("too coarse to measure", north_of_home(90, 5_001), vec![home()], false),
            (
                "a trip to that country",
                north_of_home(90, 20),
                vec![home(), DeclaredPlace { point: None, country: "nl".parse().ok(), ..home() }],
                false,
            ),
            (
                "a trip to another country",
                north_of_home(90, 20),
                vec![home(), DeclaredPlace { point: None, country: "PT".parse().ok(), ..home() }],
                true,
            ),
            (
                "not valid any more",
                north_of_home(0, 20),
                vec![
                    DeclaredPlace { valid_until: Some(crate::time::UtcMillis(1)), ..home() },
                    DeclaredPlace { point: Point::from_degrees(10.0, 10.0), ..home() },
                ],
                true,
            ),
            ("nothing declared", north_of_home(90, 20), vec![], false),
            (
                "declined",
                Claim { status: ClaimStatus::Declined, ..north_of_home(90, 20) },
                vec![home()],
                false,
            ),
        ];
        for (name, claim, declared, expected) in table {
            let session = Session { claim: Some(claim), declared, ..Session::default() };
            let found = run(&RULE, &session);
            assert_eq!(!found.is_empty(), expected, "{name}");
        }
    }

    #[test]
    fn the_sentences_carry_a_distance_and_no_coordinate() {
        let session = Session {
            claim: Some(north_of_home(90, 20)),
            declared: vec![home()],
            ..Session::default()
        };
        let found = &run(&RULE, &session)[0];
        assert!(
            found.sentence_reviewer.to_string().contains("100 km"),
            "{}",
            found.sentence_reviewer
        );
        assert!(!serde_json::to_string(found).unwrap().contains("52"));
    }
}
