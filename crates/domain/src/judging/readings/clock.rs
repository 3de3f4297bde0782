//! The browser's clock against the clock of a place, by UTC offset at the instant and never by
//! name: browsers still report Asia/Calcutta, and Phoenix keeps two neighbours' time by season.

use super::place::trip_fits;
use super::{ClaimReading, Sources};
use crate::time::{UtcMillis, zone};

/// The difference between the browser's clock and that of the claim, else of the declared place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClockReading {
    /// In minutes, never negative.
    pub apart_minutes: u32,
    /// Of the browser, in minutes east of UTC.
    pub browser_offset_minutes: i32,
    /// Of the place.
    pub place_offset_minutes: i32,
    /// The person is on an approved trip and the computer still keeps a declared place's time.
    pub is_excused: bool,
    /// Compared with a claim, not with the declared place.
    pub is_of_claim: bool,
}

pub(super) fn reading(
    sources: Sources<'_>,
    claim: Option<ClaimReading<'_>>,
) -> Option<ClockReading> {
    let browser_zone = sources.claim?.browser_time_zone.as_deref()?;
    let browser = offset_seconds(browser_zone, sources.at)?;
    let place_zone = match claim {
        Some(claim) => &claim.claim.region.time_zone,
        None => &sources.declared().next()?.region.time_zone,
    };
    let place = match place_zone.as_deref()? {
        same if same == browser_zone => browser,
        other => offset_seconds(other, sources.at)?,
    };
    let is_travelling =
        || sources.travel().any(|trip| claim.is_none_or(|claim| trip_fits(trip, claim)));
    let is_declared_time = || {
        let mut zones =
            sources.declared().filter_map(|declared| declared.region.time_zone.as_deref());
        zones.any(|zone| offset_seconds(zone, sources.at) == Some(browser))
    };
    Some(ClockReading {
        apart_minutes: (browser - place).unsigned_abs() / 60,
        browser_offset_minutes: browser / 60,
        place_offset_minutes: place / 60,
        is_excused: is_travelling() && is_declared_time(),
        is_of_claim: claim.is_some(),
    })
}

/// How many minutes the clocks of two zones differ at an instant; `None` if one is unknown.
pub fn clock_difference(one: &str, other: &str, at: UtcMillis) -> Option<u32> {
    let difference = offset_seconds(one, at)? - offset_seconds(other, at)?;
    Some(difference.unsigned_abs() / 60)
}

/// Seconds east of UTC.
fn offset_seconds(zone_name: &str, at: UtcMillis) -> Option<i32> {
    Some(zone(zone_name)?.to_offset(at.timestamp()).seconds())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> UtcMillis {
        text.parse::<jiff::Timestamp>().unwrap().into()
    }

    #[test]
    fn offsets_are_those_of_the_instant_and_legacy_names_work() {
        let (summer, winter) = (at("2026-07-01T12:00:00Z"), at("2026-01-15T12:00:00Z"));
        for (one, other, in_summer, in_winter) in [
            ("America/Phoenix", "America/Los_Angeles", 0, 60),
            ("America/Phoenix", "America/Denver", 60, 0),
            ("Asia/Calcutta", "Asia/Kolkata", 0, 0),
            ("Europe/Kiev", "Europe/Kyiv", 0, 0),
            ("Asia/Saigon", "Asia/Ho_Chi_Minh", 0, 0),
            ("Asia/Kathmandu", "Asia/Kolkata", 15, 15),
            ("Pacific/Kiritimati", "Pacific/Niue", 25 * 60, 25 * 60),
            ("Europe/London", "America/New_York", 300, 300),
        ] {
            assert_eq!(clock_difference(one, other, summer), Some(in_summer), "{one} {other}");
            assert_eq!(clock_difference(other, one, winter), Some(in_winter), "{one} {other}");
        }
        // Two weeks of March: the United States have changed their clocks and Europe has not.
        let between = at("2026-03-20T12:00:00Z");
        assert_eq!(clock_difference("Europe/London", "America/New_York", between), Some(240));
        assert_eq!(clock_difference("Mars/Olympus", "Etc/UTC", summer), None);
    }
}
