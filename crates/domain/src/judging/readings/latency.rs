//! What light allows. An attacker can add delay and never take any away, so a short round trip is
//! proof and a long one a hint.
//!
//! In fibre light goes about two thirds of 299.792 km/ms, so one millisecond of round trip spans
//! at most 99.93 km one way; in vacuum 149.90 km (half the speed of light).

use super::{ClaimReading, Sources};
use crate::judging::network::{AccessClass, NetworkFacts};
use crate::judging::rules::RuleSettings;
use crate::judging::surroundings::Surroundings;

/// The way from the measuring server to a usable claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Leg {
    pub distance_metres: i64,
    /// The distance less the claim's accuracy, which is taken in the person's favour.
    pub shortest_metres: i64,
}

pub(super) fn leg(sources: Sources<'_>, claim: Option<ClaimReading<'_>>) -> Option<Leg> {
    let claim = claim?;
    let accuracy = claim.usable_accuracy?;
    let distance_metres = sources.surroundings.server?.metres_to(claim.point);
    Some(Leg { distance_metres, shortest_metres: distance_metres - i64::from(accuracy) })
}

/// Whether a distance is further than a round trip can span, the slack given.
pub(crate) fn exceeds_light(
    distance_metres: i64,
    round_trip_us: u32,
    metres_per_ms: u32,
    settings: &RuleSettings,
) -> bool {
    let us = i64::from(round_trip_us) + i64::from(settings.round_trip_slack_us);
    distance_metres * 1_000 > i64::from(metres_per_ms) * us
}

/// How far light can have come in the page's shortest round trip, in metres: what lies further away is
/// refuted. `None` where nothing was measured.
pub fn light_reach_metres(around: &Surroundings, settings: &RuleSettings) -> Option<i64> {
    let us = i64::from(around.round_trips.app_min_us?) + i64::from(settings.round_trip_slack_us);
    Some(i64::from(light_metres_per_ms(around, settings)) * us / 1_000)
}

/// Over satellites with laser links light goes through vacuum, else through fibre.
pub(crate) fn light_metres_per_ms(around: &Surroundings, settings: &RuleSettings) -> u32 {
    match around.network.as_ref().and_then(NetworkFacts::class) {
        Some(AccessClass::Satellite) => settings.vacuum_metres_per_ms,
        _ => settings.fibre_metres_per_ms,
    }
}

/// The shortest round trip that light in fibre allows over a distance, in microseconds.
pub(crate) fn fibre_floor_us(distance_metres: i64, settings: &RuleSettings) -> i64 {
    distance_metres * 1_000 / i64::from(settings.fibre_metres_per_ms.max(1))
}

/// Whether a round trip is longer than so many tenths of the fibre floor plus a base.
pub(crate) fn exceeds_detour(
    distance_metres: i64,
    round_trip_us: u32,
    base_ms: u16,
    settings: &RuleSettings,
) -> bool {
    let beyond_us = i64::from(round_trip_us) - i64::from(base_ms) * 1_000;
    let fibre = i64::from(settings.fibre_metres_per_ms);
    beyond_us * fibre * 10 > i64::from(settings.excess_tenths) * distance_metres * 1_000
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bounds_are_those_of_light() {
        let s = RuleSettings::default();
        // 999.3 km are the reach of 9 ms and 1 ms of slack in fibre.
        assert!(!exceeds_light(999_300, 9_000, s.fibre_metres_per_ms, &s));
        assert!(exceeds_light(999_301, 9_000, s.fibre_metres_per_ms, &s));
        assert!(!exceeds_light(1_499_000, 9_000, s.vacuum_metres_per_ms, &s));
        assert!(exceeds_light(1_499_001, 9_000, s.vacuum_metres_per_ms, &s));
        assert_eq!(fibre_floor_us(999_300, &s), 10_000);
        // 2.5 times 10 ms and 60 ms make 85 ms.
        assert!(!exceeds_detour(999_300, 85_000, s.excess_base_ms, &s));
        assert!(exceeds_detour(999_300, 85_001, s.excess_base_ms, &s));
        let half_way_round = 20_003_931;
        assert!(!exceeds_light(half_way_round, u32::MAX, s.fibre_metres_per_ms, &s));
        assert!(exceeds_detour(half_way_round, u32::MAX, u16::MAX, &s));
    }

    #[test]
    fn the_disc_of_light_ends_where_a_claim_is_refuted() {
        let s = RuleSettings::default();
        let mut around = Surroundings::default();
        assert_eq!(light_reach_metres(&around, &s), None);
        around.round_trips.app_min_us = Some(9_000);
        for (class, reach) in [(None, 999_300), (Some(AccessClass::Satellite), 1_499_000)] {
            around.network = class.map(|class| {
                let unknown = NetworkFacts::missing(crate::judging::NoFact::NoPack);
                NetworkFacts { class: crate::judging::Fact::given(class), ..unknown }
            });
            let speed = light_metres_per_ms(&around, &s);
            assert_eq!(light_reach_metres(&around, &s), Some(reach));
            assert!(
                !exceeds_light(reach, 9_000, speed, &s)
                    && exceeds_light(reach + 1, 9_000, speed, &s)
            );
        }
    }

    #[test]
    fn the_thresholds_are_the_speed_of_light_in_whole_metres() {
        let light_metres_per_ms = 299_792.458;
        let s = RuleSettings::default();
        assert_eq!(
            (light_metres_per_ms / 3.0 / 10.0_f64).round() * 10.0,
            f64::from(s.fibre_metres_per_ms)
        );
        assert_eq!(
            (light_metres_per_ms / 2.0 / 10.0_f64).round() * 10.0,
            f64::from(s.vacuum_metres_per_ms)
        );
    }
}
