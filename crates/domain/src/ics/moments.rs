//! Dates, times and durations of iCalendar (RFC 5545 sections 3.3.4 to 3.3.6), and what they are as
//! instants for the owner of the calendar.

use super::{IcsFault, Property};
use crate::time::{DAY_MS, UtcMillis, zone};
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;

/// A point in time as it is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Moment {
    /// A whole day.
    Day(Date),
    /// Wall-clock time in a zone; `None` where the text leaves it open (floating).
    Wall(DateTime, Option<String>),
    Utc(UtcMillis),
}

impl Moment {
    /// Reads the values of a property: one, or several separated by commas (EXDATE, RDATE). Of a
    /// period its start is taken.
    ///
    /// # Errors
    /// A value is neither a date nor a date with time.
    pub(crate) fn all(property: &Property) -> Result<Vec<Moment>, IcsFault> {
        let zone = property.parameter("TZID").map(str::to_owned);
        let values = property.value.split(',').map(str::trim);
        values
            .map(|text| {
                let start = text.split('/').next().unwrap_or(text);
                Moment::parse(start, zone.clone()).ok_or_else(|| {
                    let problem =
                        format!("`{text}` is not a date such as 20261224 or 20261224T090000Z");
                    IcsFault::at(property.line, problem)
                })
            })
            .collect()
    }

    /// As [`Moment::all`] for a property that has one value.
    ///
    /// # Errors
    /// The same.
    pub(crate) fn one(property: &Property) -> Result<Moment, IcsFault> {
        Ok(Moment::all(property)?.swap_remove(0))
    }

    fn parse(text: &str, zone: Option<String>) -> Option<Moment> {
        let (day, time) = match text.split_once(['T', 't']) {
            Some((day, time)) => (day, Some(time)),
            None => (text, None),
        };
        let date = parse_date(day)?;
        let Some(time) = time else { return Some(Moment::Day(date)) };
        let (digits, is_utc) = match time.strip_suffix(['Z', 'z']) {
            Some(digits) => (digits, true),
            None => (time, false),
        };
        let [hour, minute, second] = pairs(digits)?;
        // A leap second is the second before it.
        let at = date.to_datetime(jiff::civil::Time::new(hour, minute, second.min(59), 0).ok()?);
        if !is_utc {
            return Some(Moment::Wall(at, zone));
        }
        Some(Moment::Utc(at.to_zoned(TimeZone::UTC).ok()?.timestamp().into()))
    }

    /// True for a whole day.
    pub(crate) fn is_day(&self) -> bool {
        matches!(self, Moment::Day(_))
    }

    /// Its wall clock and the zone that belongs to it. `owner` stands in where none is written, and
    /// where a name is not one of the IANA database (mail programs write names of their own).
    pub(crate) fn wall(&self, owner: &TimeZone) -> (DateTime, TimeZone) {
        match self {
            Moment::Day(date) => (date.to_datetime(jiff::civil::Time::midnight()), owner.clone()),
            Moment::Wall(at, name) => {
                let named = name.as_deref().and_then(known_zone);
                (*at, named.unwrap_or_else(|| owner.clone()))
            }
            Moment::Utc(at) => (at.in_zone(&TimeZone::UTC).datetime(), TimeZone::UTC),
        }
    }

    /// The instant it is for this owner.
    pub(crate) fn instant(&self, owner: &TimeZone) -> UtcMillis {
        let (at, zone) = self.wall(owner);
        instant_of(at, &zone)
    }
}

/// Wall clock to instant: a time that does not exist is read with the offset before the gap, one
/// that comes twice is the first (RFC 5545 section 3.3.5).
pub(crate) fn instant_of(at: DateTime, zone: &TimeZone) -> UtcMillis {
    zone.to_timestamp(at).map(UtcMillis::from).unwrap_or_default()
}

/// Some programs put a path before the name: `/mozilla.org/20050126_1/Europe/Berlin`.
fn known_zone(name: &str) -> Option<TimeZone> {
    let parts: Vec<&str> = name.split('/').collect();
    let tails = (0..parts.len()).map(|from| parts[from..].join("/"));
    tails.filter(|tail| !tail.is_empty()).find_map(|tail| zone(&tail))
}

fn parse_date(text: &str) -> Option<Date> {
    let (year, rest) = text.split_at_checked(4)?;
    let (month, day) = rest.split_at_checked(2)?;
    let is_plain = text.len() == 8 && text.bytes().all(|b| b.is_ascii_digit());
    let [year, month, day] = [year, month, day].map(|t| t.parse::<i16>().ok());
    if !is_plain {
        return None;
    }
    Date::new(year?, i8::try_from(month?).ok()?, i8::try_from(day?).ok()?).ok()
}

fn pairs(text: &str) -> Option<[i8; 3]> {
    let is_plain = text.len() == 6 && text.bytes().all(|b| b.is_ascii_digit());
    let pair = |from: usize| text.get(from..from + 2)?.parse().ok();
    if is_plain { Some([pair(0)?, pair(2)?, pair(4)?]) } else { None }
}

/// A duration in milliseconds, as in `PT1H30M` or `P1W`; days are taken as 24 hours.
pub(super) fn duration_ms(text: &str) -> Option<i64> {
    const UNITS_MAX: i64 = 1_000_000;
    let text = text.trim();
    if text.starts_with('-') {
        return None;
    }
    let rest = text.trim_start_matches('+').strip_prefix(['P', 'p'])?;
    let (mut total, mut amount, mut is_time, mut has_unit) = (0_i64, None::<i64>, false, false);
    for c in rest.chars().map(|c| c.to_ascii_uppercase()) {
        if let Some(digit) = c.to_digit(10) {
            let next = amount.unwrap_or(0) * 10 + i64::from(digit);
            amount = Some(next).filter(|n| *n <= UNITS_MAX);
            amount?;
            continue;
        }
        let unit = match (c, is_time) {
            ('T', false) if amount.is_none() => {
                is_time = true;
                continue;
            }
            ('W', false) => 7 * DAY_MS,
            ('D', false) => DAY_MS,
            ('H', true) => 3_600_000,
            ('M', true) => 60_000,
            ('S', true) => 1_000,
            _ => return None,
        };
        total += amount.take()? * unit;
        has_unit = true;
    }
    (amount.is_none() && has_unit).then_some(total)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn property(parameters: &[(&str, &str)], value: &str) -> Property {
        let parameters = parameters.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned()));
        let (name, value) = ("DTSTART".to_owned(), value.to_owned());
        Property { name, parameters: parameters.collect(), value, line: 7 }
    }

    #[test]
    fn a_moment_is_read_in_the_zone_that_is_meant() {
        let lisbon = zone("Europe/Lisbon").unwrap();
        let at = |parameters: &[(&str, &str)], value: &str| {
            let moment = Moment::one(&property(parameters, value)).unwrap();
            moment.instant(&lisbon).timestamp().to_string()
        };
        assert_eq!(at(&[], "20261201T090000Z"), "2026-12-01T09:00:00Z");
        assert_eq!(at(&[], "20260701T090000"), "2026-07-01T08:00:00Z", "floating: the owner's");
        let berlin = [("TZID", "Europe/Berlin")];
        assert_eq!(at(&berlin, "20261201T090000"), "2026-12-01T08:00:00Z");
        let long = [("TZID", "/mozilla.org/20050126_1/Europe/Berlin")];
        assert_eq!(at(&long, "20261201T090000"), "2026-12-01T08:00:00Z");
        let own = [("TZID", "W. Europe Standard Time")];
        assert_eq!(at(&own, "20261201T090000"), "2026-12-01T09:00:00Z", "unknown: the owner's");
        assert_eq!(at(&[("VALUE", "DATE")], "20260701"), "2026-06-30T23:00:00Z");
        // The gap of 29 March 2026 and the fold of 25 October 2026 in Berlin.
        assert_eq!(at(&berlin, "20260329T023000"), "2026-03-29T01:30:00Z");
        assert_eq!(at(&berlin, "20261025T023000"), "2026-10-25T00:30:00Z");
    }

    #[test]
    fn what_is_no_moment_is_named_with_its_line() {
        for value in ["", "2026-12-24", "20261332", "20261224T9", "20261224T250000", "x"] {
            let fault = Moment::one(&property(&[], value)).unwrap_err().to_string();
            assert!(fault.starts_with("line 7:") && fault.contains("20261224"), "{value}: {fault}");
        }
        let two = Moment::all(&property(&[], "20261224,20261225")).unwrap();
        assert_eq!(two.len(), 2);
    }

    #[test]
    fn durations_are_read_or_refused() {
        assert_eq!(duration_ms("PT1H30M"), Some(5_400_000));
        assert_eq!(duration_ms("P1W"), Some(7 * DAY_MS));
        assert_eq!(duration_ms("P1DT2H"), Some(DAY_MS + 7_200_000));
        for text in ["", "P", "PT", "1H", "PT1X", "-PT1H", "P1", "PT99999999999H", "PTT1H"] {
            assert_eq!(duration_ms(text), None, "{text}");
        }
    }
}
