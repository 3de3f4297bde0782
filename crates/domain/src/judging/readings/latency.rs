//! What light allows. An attacker can add delay and never take any away, so a short round trip is
//! proof and a long one a hint.
//!
//! In fibre light goes about two thirds of 299.792 km/ms, so one millisecond of round trip spans
//! at most 99.93 km one way; in vacuum 149.90 km (half the speed of light).

use super::{ClaimReading, Sources};
use crate::judging::distance::Distance;
use crate::judging::network::{AccessClass, NetworkFacts};
use crate::judging::rules::RuleSettings;
use crate::judging::surroundings::Surroundings;

/// The way from the measuring server to a usable claim.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Leg {
    pub distance: Distance,
    /// Of the claim; it is taken in the person's favour.
    pub accuracy_metres: u32,
}

impl Leg {
    /// The distance less the claim's accuracy.
    pub fn shortest_metres(self) -> i64 {
        self.distance.metres() - i64::from(self.accuracy_metres)
    }

    /// Whether even the shortest way is further than light reaches.
    pub(crate) fn is_beyond(self, reach_metres: i64) -> bool {
        self.distance.exceeds(reach_metres + i64::from(self.accuracy_metres))
    }
}

pub(super) fn leg(sources: Sources<'_>, claim: Option<ClaimReading<'_>>) -> Option<Leg> {
    let claim = claim?;
    let accuracy_metres = claim.usable_accuracy?;
    let distance = sources.surroundings.server?.distance_to(claim.point);
    Some(Leg { distance, accuracy_metres })
}

/// How far a round trip can span at most, the slack given, in metres.
pub(crate) fn reach_metres(round_trip_us: u32, metres_per_ms: u32, settings: &RuleSettings) -> i64 {
    let us = i64::from(round_trip_us) + i64::from(settings.round_trip_slack_us);
    i64::from(metres_per_ms) * us / 1_000
}

/// How far light can have come in the page's shortest round trip, in metres: what lies further away is
/// refuted. `None` where nothing was measured.
pub fn light_reach_metres(around: &Surroundings, settings: &RuleSettings) -> Option<i64> {
    let us = around.round_trips.app_min_us?;
    Some(reach_metres(us, light_metres_per_ms(around, settings), settings))
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

/// The longest distance over which a round trip is more than so many tenths of the fibre floor plus a
/// base, in metres; negative where no distance is too short for it.
pub(crate) fn detour_metres(round_trip_us: u32, base_ms: u16, settings: &RuleSettings) -> i64 {
    let beyond_us = i64::from(round_trip_us) - i64::from(base_ms) * 1_000;
    let spanned = beyond_us * i64::from(settings.fibre_metres_per_ms) * 10;
    (spanned - 1).div_euclid(i64::from(settings.excess_tenths.max(1)) * 1_000)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::judging::evidence::Point;

    #[test]
    fn the_bounds_are_those_of_light() {
        let s = RuleSettings::default();
        // 999.3 km are the reach of 9 ms and 1 ms of slack in fibre.
        assert_eq!(reach_metres(9_000, s.fibre_metres_per_ms, &s), 999_300);
        assert_eq!(reach_metres(9_000, s.vacuum_metres_per_ms, &s), 1_499_000);
        assert_eq!(fibre_floor_us(999_300, &s), 10_000);
        // 2.5 times 10 ms and 60 ms make 85 ms.
        assert!(detour_metres(85_000, s.excess_base_ms, &s) < 999_300);
        assert!(detour_metres(85_001, s.excess_base_ms, &s) >= 999_300);
        assert!(
            detour_metres(60_000, s.excess_base_ms, &s) < 0,
            "not even at the server's own place"
        );
        let half_way_round = 20_003_931;
        assert!(reach_metres(u32::MAX, s.fibre_metres_per_ms, &s) >= half_way_round);
        assert!(detour_metres(u32::MAX, u16::MAX, &s) >= half_way_round);
    }

    #[test]
    fn the_disc_of_light_ends_where_a_claim_is_refuted() {
        let s = RuleSettings::default();
        let mut around = Surroundings::default();
        let here = Point::from_degrees(41.88, -87.63).unwrap();
        let there = |metres: i64| {
            let (latitude, longitude) = here.degrees_at(70.0, metres as f64);
            Point::from_degrees(latitude, longitude).unwrap()
        };
        assert_eq!(light_reach_metres(&around, &s), None);
        around.round_trips.app_min_us = Some(9_000);
        for (class, reach) in [(None, 999_300), (Some(AccessClass::Satellite), 1_499_000)] {
            around.network = class.map(|class| {
                let unknown = NetworkFacts::missing(crate::judging::NoFact::NoPack);
                NetworkFacts { class: crate::judging::Fact::given(class), ..unknown }
            });
            assert_eq!(light_reach_metres(&around, &s), Some(reach));
            let leg = Leg { distance: here.distance_to(there(reach)), accuracy_metres: 0 };
            assert!(!leg.is_beyond(reach) && leg.is_beyond(reach - 2));
            let unsure = Leg { accuracy_metres: 50, ..leg };
            assert!(!unsure.is_beyond(reach - 50) && unsure.is_beyond(reach - 52));
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
