//! Instants and spans as data. An instant is UTC milliseconds, the precision every database we
//! support keeps, so that a record hashes the same after a round trip.

use jiff::tz::{TimeZone, TimeZoneDatabase};
use jiff::{Timestamp, Zoned, civil::Date};
use serde::{Deserialize, Serialize};
use std::sync::LazyLock;

/// Milliseconds of one minute.
pub const MINUTE_MS: i64 = 60_000;
/// Milliseconds of one hour.
pub const HOUR_MS: i64 = 60 * MINUTE_MS;
/// Milliseconds of one day of 24 hours.
pub const DAY_MS: i64 = 24 * HOUR_MS;

/// An instant: milliseconds since 1970-01-01T00:00:00Z.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct UtcMillis(pub i64);

impl UtcMillis {
    /// This instant moved by some milliseconds (negative: earlier).
    pub const fn plus_ms(self, ms: i64) -> UtcMillis {
        UtcMillis(self.0 + ms)
    }

    /// This instant moved by some minutes (negative: earlier).
    pub const fn plus_minutes(self, minutes: i64) -> UtcMillis {
        self.plus_ms(minutes * MINUTE_MS)
    }

    /// Milliseconds from `earlier` to this instant (negative if it is later).
    pub const fn since(self, earlier: UtcMillis) -> i64 {
        self.0 - earlier.0
    }

    /// The same instant in jiff's type, clamped to the years jiff can express.
    pub fn timestamp(self) -> Timestamp {
        Timestamp::from_millisecond(self.0).unwrap_or(if self.0 < 0 {
            Timestamp::MIN
        } else {
            Timestamp::MAX
        })
    }

    /// The instant on a wall clock in `zone`.
    pub fn in_zone(self, zone: &TimeZone) -> Zoned {
        self.timestamp().to_zoned(zone.clone())
    }

    /// The local date in `zone` at this instant: the label of the draw.
    pub fn date_in(self, zone: &TimeZone) -> Date {
        self.in_zone(zone).date()
    }
}

impl From<Timestamp> for UtcMillis {
    fn from(ts: Timestamp) -> UtcMillis {
        UtcMillis(ts.as_millisecond())
    }
}

/// The IANA zone of this name from the bundled database, never the system's, so that all
/// instances agree on the rules. `None` if there is no such zone.
pub fn zone(name: &str) -> Option<TimeZone> {
    static BUNDLED: LazyLock<TimeZoneDatabase> = LazyLock::new(TimeZoneDatabase::bundled);
    BUNDLED.get(name).ok()
}

/// The first instant of a local date (00:00, or the first instant after a gap that swallows it).
pub fn start_of_day(date: Date, zone: &TimeZone) -> UtcMillis {
    date.to_zoned(zone.clone())
        .and_then(|z| z.start_of_day())
        .map(|z| z.timestamp().into())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn midnight_that_does_not_exist_becomes_the_first_instant_after_the_gap() {
        // Lebanon sprang forward at midnight on 2022-03-27.
        let beirut = zone("Asia/Beirut").unwrap();
        let t = start_of_day(date(2022, 3, 27), &beirut);
        assert_eq!(t.in_zone(&beirut).to_string(), "2022-03-27T01:00:00+03:00[Asia/Beirut]");
    }

    #[test]
    fn an_unknown_zone_is_absent() {
        assert!(zone("Europe/Atlantis").is_none());
    }
}
