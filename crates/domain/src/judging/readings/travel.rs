//! The journey between two attested positions. Never between address positions: those jump.

use super::{ClaimReading, Sources};
use crate::judging::rules::RuleSettings;
use crate::time::{HOUR_MS, MINUTE_MS};

/// From one attested position to the other, whichever was first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Journey {
    /// Between the points, less both accuracies, at least 0.
    pub shortest_metres: i64,
    /// Between the two captures, never negative.
    pub span_ms: i64,
}

/// Positions within a minute count as a minute apart.
const SHORTEST_SPAN_MS: i64 = MINUTE_MS;

impl Journey {
    /// Least speed in whole kilometres an hour.
    pub fn speed_kmh(self) -> i64 {
        self.shortest_metres * HOUR_MS / self.span_ms.max(SHORTEST_SPAN_MS).saturating_mul(1_000)
    }

    /// Further than the least distance and faster than anything that carries people.
    pub fn is_impossible(self, settings: &RuleSettings) -> bool {
        let span = self.span_ms.max(SHORTEST_SPAN_MS);
        let limit = i64::from(settings.travel_impossible_kmh) * 1_000;
        self.shortest_metres > i64::from(settings.travel_min_km) * 1_000
            && self.shortest_metres * HOUR_MS > limit.saturating_mul(span)
    }

    /// Possible, but in less time than a flight takes with what belongs to it.
    pub fn is_tight(self, settings: &RuleSettings) -> bool {
        let cruise = i64::from(settings.travel_cruise_kmh.max(1)) * 1_000;
        let beyond_ms = self.span_ms - i64::from(settings.travel_overhead_minutes) * MINUTE_MS;
        self.shortest_metres > i64::from(settings.travel_tight_km) * 1_000
            && beyond_ms.saturating_mul(cruise) < self.shortest_metres * HOUR_MS
            && !self.is_impossible(settings)
    }
}

pub(super) fn journey(sources: Sources<'_>, claim: Option<ClaimReading<'_>>) -> Option<Journey> {
    let claim = claim?;
    let accuracy = claim.usable_accuracy?;
    let previous = sources.surroundings.previous.as_ref()?;
    let limit = sources.settings.usable_accuracy_metres;
    let before = previous.accuracy_metres.filter(|accuracy| *accuracy <= limit)?;
    if !previous.point.is_plausible() {
        return None;
    }
    let distance = previous.point.metres_to(claim.point);
    Some(Journey {
        shortest_metres: (distance - i64::from(accuracy) - i64::from(before)).max(0),
        span_ms: claim.claim.observed_at.since(previous.at).abs(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn journey(km: i64, minutes: i64) -> Journey {
        Journey { shortest_metres: km * 1_000, span_ms: minutes * MINUTE_MS }
    }

    #[test]
    fn trains_and_flights_are_possible_and_teleporting_is_not() {
        let s = RuleSettings::default();
        for (name, one, impossible, tight) in [
            ("a fast train", journey(300, 60), false, false),
            ("a flight in good time", journey(5_500, 480), false, false),
            ("the same flight, early", journey(5_500, 456), false, true),
            (
                "its exact least time",
                Journey { shortest_metres: 900_000, span_ms: 150 * MINUTE_MS },
                false,
                false,
            ),
            ("a jet", journey(1_000, 60), false, true),
            ("beyond a jet", Journey { shortest_metres: 1_000_001, span_ms: HOUR_MS }, true, false),
            ("at once", journey(101, 0), true, false),
            ("at once and near", journey(100, 0), false, false),
            ("near and quick", journey(500, 31), false, false),
        ] {
            assert_eq!((one.is_impossible(&s), one.is_tight(&s)), (impossible, tight), "{name}");
        }
        assert_eq!(journey(150, 0).speed_kmh(), 9_000);
        assert_eq!(journey(450, 30).speed_kmh(), 900);
    }
}
