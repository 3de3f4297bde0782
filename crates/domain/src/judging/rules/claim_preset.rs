//! `claim-preset`: the coordinates are a well-known example, or never move on a phone.

use super::rule::{Rule, RuleContext, no_thresholds, text};
use crate::judging::evidence::Point;
use crate::judging::finding::{Confidence, Family, Finding, Severity};
use crate::{msg, sentence};

/// For HR: the shared place is, to the last digit, one that a browser's developer tools offer for
/// trying things out, or a phone reported the very same digits three times, which a receiver never
/// does.
pub const RULE: Rule = Rule {
    id: "claim-preset",
    version: 1,
    family: Family::Claim,
    severities: &[Severity::High],
    confidence: Confidence::Measured,
    about: msg!(
        "The shared coordinates are, to six decimals, an example that a browser's developer \
            tools offer, or a phone reported the very same six decimals in three check-ins."
    ),
    benign_causes: &[
        msg!("a browser left in a developer's test mode"),
        msg!("a managed device with a fixed place set by the employer"),
    ],
    settled_by: msg!("Whether developer tools were open, and another answer from a telephone."),
    thresholds: no_thresholds,
    check,
};

/// Places of the sensors panel of Chromium's developer tools.
const PRESETS: [(&str, Point); 9] = [
    ("Berlin", at(52_520_007, 13_404_954)),
    ("London", at(51_507_351, -127_758)),
    ("Moscow", at(55_755_826, 37_617_300)),
    ("Mountain View", at(37_386_052, -122_083_851)),
    ("Mumbai", at(19_075_984, 72_877_656)),
    ("San Francisco", at(37_774_929, -122_419_416)),
    ("Shanghai", at(31_230_416, 121_473_701)),
    ("Sao Paulo", at(-23_550_520, -46_633_309)),
    ("Tokyo", at(35_689_487, 139_691_706)),
];

/// With this check-in, so many equal positions of a phone are no chance.
const EQUAL_POSITIONS: usize = 3;

const fn at(latitude_e6: i32, longitude_e6: i32) -> Point {
    Point { latitude_e6, longitude_e6 }
}

fn check(context: &RuleContext) -> Vec<Finding> {
    let Some(claim) = context.readings.claim else { return vec![] };
    let preset = PRESETS.iter().find(|(_, point)| *point == claim.point);
    let earlier = &context.surroundings.phone_positions;
    let equal = 1 + earlier.iter().filter(|point| **point == claim.point).count();
    let (kind, reviewer) = match preset {
        Some((name, _)) => (
            msg!("developer tools"),
            sentence!(
                "The shared place is the example `{name}` of a browser's developer tools, to six decimals.",
                name = *name
            ),
        ),
        None if equal >= EQUAL_POSITIONS => (
            msg!("unmoved phone"),
            sentence!(
                "A phone reported the same place to six decimals in {equal} check-ins.",
                equal
            ),
        ),
        None => return vec![],
    };
    let evidence = vec![text(msg!("kind"), kind, msg!("page"), context.readings.at)];
    let employee = msg!(
        "The place your browser sent looks like a fixed example and not like a \
                    measured one. A test mode or a managed device can do this."
    );
    vec![RULE.finding(context, Severity::High, evidence, employee, reviewer)]
}

#[cfg(test)]
mod tests {
    use super::super::fixtures::{Session, at_home, claim_at, run};
    use super::*;

    #[test]
    fn examples() {
        let claiming = |point: Point, accuracy| Session {
            claim: Some(claim_at(point.latitude_e6, point.longitude_e6, accuracy)),
            ..at_home()
        };
        for (name, point) in PRESETS {
            assert_eq!(run(&RULE, &claiming(point, 150)).len(), 1, "{name}");
            assert_eq!(run(&RULE, &claiming(point, 9_000)).len(), 1, "{name}, coarse");
            let beside = at(point.latitude_e6 + 1, point.longitude_e6);
            assert!(run(&RULE, &claiming(beside, 150)).is_empty(), "beside {name}");
        }
        let home = at(52_000_000, 4_000_000);
        let on_a_phone = |earlier: Vec<Point>| at_home().around(|s| s.phone_positions = earlier);
        assert!(run(&RULE, &on_a_phone(vec![home])).is_empty(), "twice is chance");
        assert_eq!(run(&RULE, &on_a_phone(vec![home, home])).len(), 1);
        let moved = at(52_000_001, 4_000_000);
        assert!(run(&RULE, &on_a_phone(vec![home, moved])).is_empty(), "it moved");
        assert!(run(&RULE, &Session { claim: None, ..at_home() }).is_empty());
    }
}
