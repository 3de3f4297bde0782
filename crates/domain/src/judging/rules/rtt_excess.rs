//! `rtt-excess`: the answer took much longer than the way to the place explains.

use super::rtt_refutes_claim::leg_and_round_trip;
use super::rule::{Rule, RuleContext, length, milliseconds, whole};
use crate::judging::finding::{Confidence, Family, Finding, Severity, Threshold};
use crate::judging::network::AccessClass;
use crate::judging::readings::{detour_metres, fibre_floor_us};
use crate::{msg, sentence};

/// For HR: the page answered much later than the way to the shared place and back explains, even
/// with detours and a slow line. A detour over another country can do this, and so can a full
/// line; it counts only a little.
pub const RULE: Rule = Rule {
    id: "rtt-excess",
    version: 1,
    family: Family::Path,
    severities: &[Severity::Medium],
    confidence: Confidence::Measured,
    about: msg!(
        "The page answered much later than the way to the shared place and back explains, even \
            with detours and a slow line."
    ),
    benign_causes: &[
        msg!("a busy line or weak Wi-Fi"),
        msg!("a rural, mobile or satellite line"),
        msg!("a VPN that the employer prescribes"),
    ],
    settled_by: msg!(
        "What the line goes through: a satellite, a company gateway, a busy home. Another \
                 line for comparison."
    ),
    thresholds: |s| {
        vec![
            Threshold::new(msg!("factor"), s.excess_tenths.into(), msg!("tenths")),
            Threshold::new(msg!("base"), s.excess_base_ms.into(), "ms"),
            Threshold::new(msg!("base_mobile"), s.excess_base_mobile_ms.into(), "ms"),
            Threshold::new(msg!("base_satellite"), s.excess_base_satellite_ms.into(), "ms"),
        ]
    },
    check,
};

fn check(context: &RuleContext) -> Vec<Finding> {
    let Some((leg, us)) = leg_and_round_trip(context) else { return vec![] };
    let is_egress = context.surroundings.network.is_some() && context.readings.address.is_none();
    let settings = context.settings;
    let base_ms = match context.readings.address.and_then(|address| address.class()) {
        Some(AccessClass::Mobile) => settings.excess_base_mobile_ms,
        Some(AccessClass::Satellite) => settings.excess_base_satellite_ms,
        _ => settings.excess_base_ms,
    };
    if is_egress || leg.distance.exceeds(detour_metres(us, base_ms, settings)) {
        return vec![];
    }
    let (at, distance) = (context.readings.at, leg.distance.metres());
    let floor_us = fibre_floor_us(distance, settings);
    let evidence = vec![
        whole(msg!("server_to_claim"), distance, "m", msg!("page"), at),
        whole(msg!("app_min"), us, "us", msg!("server"), at),
        whole(msg!("floor"), floor_us, "us", msg!("server"), at),
    ];
    let employee = msg!(
        "Your page answered slowly for the place you shared. A busy line or a VPN \
                    usually explains this."
    );
    let reviewer = sentence!(
        "The page answered in {answered}; over {distance} to the shared place light needs {needed}.",
        answered = milliseconds(us.into()),
        distance = length(distance),
        needed = milliseconds(floor_us)
    );
    vec![RULE.finding(context, Severity::Medium, evidence, employee, reviewer)]
}

#[cfg(test)]
mod tests {
    use super::super::fixtures::{Session, at_home, run, without_place};
    use super::*;
    use crate::judging::evidence::Point;

    #[test]
    fn examples() {
        // The server stands 334 km from home: 3.3 ms, times 2.5, plus the base.
        let measured = |session: Session, us| {
            session.around(|s| {
                s.server = Point::from_degrees(55.0, 4.0);
                s.round_trips.app_min_us = Some(us);
            })
        };
        let over = |class| at_home().over(Some(class), None, None);
        for (name, session, us, raised) in [
            ("near and quick", at_home(), 12_000, false),
            ("slow, but possible", at_home(), 68_000, false),
            ("too slow", at_home(), 69_000, true),
            ("a phone may be slower", over(AccessClass::Mobile), 128_000, false),
            ("to a point", over(AccessClass::Mobile), 129_000, true),
            ("a satellite slower still", over(AccessClass::Satellite), 658_000, false),
            ("to a point", over(AccessClass::Satellite), 659_000, true),
            ("the employer's gateway", over(AccessClass::CorporateEgress), 900_000, false),
            ("no place", without_place(), 900_000, false),
        ] {
            assert_eq!(!run(&RULE, &measured(session, us)).is_empty(), raised, "{name} {us}");
        }
    }
}
