//! An instant as a page shows it: in the reader's zone, with the other person's beside it.

use crate::language::dates;
use crate::t;
use jiff::{Zoned, tz::TimeZone};
use muster_domain::time::UtcMillis;
use serde::Serialize;

/// One instant, ready to show. Templates write it with `{{moment at}}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Moment {
    /// RFC 3339 in UTC, for `<time datetime>`.
    pub iso: String,
    /// In the reader's zone: `today 14:35`, `Tue 3 Mar 14:35`, `3 Mar 2025 14:35`.
    pub text: String,
    /// The same instant where the other person is: `20:05 in Pune`.
    pub beside: Option<String>,
}

impl Moment {
    /// The instant for a reader in `zone`, worded relative to `now`.
    pub fn new(at: UtcMillis, now: UtcMillis, zone: &TimeZone) -> Moment {
        let (local, today) = (at.in_zone(zone), now.in_zone(zone));
        let clock = local.strftime("%H:%M");
        let date = local.date();
        let text = match days_between(&today, &local) {
            0 => t!("today {clock}", clock),
            1 => t!("tomorrow {clock}", clock),
            -1 => t!("yesterday {clock}", clock),
            n if n.abs() < 180 => format!("{} {clock}", dates::short(date)),
            _ => format!("{} {clock}", dates::short_with_year(date)),
        };
        Moment { iso: at.timestamp().to_string(), text, beside: None }
    }

    /// Adds the same instant in `zone`, named by the place people would say. Nothing is added
    /// where both clocks show the same.
    pub fn beside(
        mut self,
        at: UtcMillis,
        reader: &TimeZone,
        zone: &TimeZone,
        place: &str,
    ) -> Moment {
        let (here, there) = (at.in_zone(reader), at.in_zone(zone));
        if here.offset() == there.offset() {
            return self;
        }
        let clock = there.strftime("%H:%M");
        self.beside = Some(match days_between(&here, &there) {
            0 => t!("{clock} in {place}", clock, place),
            1 => t!("{clock} the next day in {place}", clock, place),
            _ => t!("{clock} the day before in {place}", clock, place),
        });
        self
    }
}

/// A span of milliseconds in words, rounded down to what a person plans with: `18 h`, `12 min`.
pub fn span_text(ms: i64) -> String {
    let minutes = ms.abs() / 60_000;
    match minutes {
        0 => t!("less than a minute").to_owned(),
        1..=119 => format!("{minutes} min"),
        120..=2879 => format!("{} h", minutes / 60),
        _ => t!("{n} days", n = minutes / 1440),
    }
}

fn days_between(from: &Zoned, to: &Zoned) -> i32 {
    from.date().until(to.date()).map(|span| span.get_days()).unwrap_or(i32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use muster_domain::time::{DAY_MS, HOUR_MS, zone};

    const NOW: UtcMillis = UtcMillis(1_772_528_400_000); // 2026-03-03T09:00:00Z

    #[test]
    fn a_time_is_told_in_the_readers_zone_with_the_other_persons_beside_it() {
        let (berlin, pune) = (zone("Europe/Berlin").unwrap(), zone("Asia/Kolkata").unwrap());
        let at = NOW.plus_ms(2 * HOUR_MS);
        let moment = Moment::new(at, NOW, &berlin).beside(at, &berlin, &pune, "Pune");
        assert_eq!(moment.text, "today 12:00");
        assert_eq!(moment.beside.as_deref(), Some("16:30 in Pune"));
        assert_eq!(moment.iso, "2026-03-03T11:00:00Z");
    }

    #[test]
    fn the_day_is_named_when_it_is_near_and_dated_when_it_is_not() {
        let berlin = zone("Europe/Berlin").unwrap();
        let text = |ms| Moment::new(NOW.plus_ms(ms), NOW, &berlin).text;
        assert_eq!(text(DAY_MS), "tomorrow 10:00");
        assert_eq!(text(-DAY_MS), "yesterday 10:00");
        assert_eq!(text(3 * DAY_MS), "Fri 6 Mar 10:00");
        assert_eq!(text(-300 * DAY_MS), "7 May 2025 11:00");
    }

    #[test]
    fn the_same_clock_is_not_shown_twice() {
        let (berlin, paris) = (zone("Europe/Berlin").unwrap(), zone("Europe/Paris").unwrap());
        assert_eq!(
            Moment::new(NOW, NOW, &berlin).beside(NOW, &berlin, &paris, "Paris").beside,
            None
        );
    }

    #[test]
    fn a_date_across_midnight_says_so() {
        let (denver, pune) = (zone("America/Denver").unwrap(), zone("Asia/Kolkata").unwrap());
        let at = NOW.plus_ms(12 * HOUR_MS);
        let moment = Moment::new(at, NOW, &denver).beside(at, &denver, &pune, "Pune");
        assert_eq!(moment.beside.as_deref(), Some("02:30 the next day in Pune"));
    }

    #[test]
    fn spans_read_like_speech() {
        assert_eq!(span_text(18 * HOUR_MS), "18 h");
        assert_eq!(span_text(59_000), "less than a minute");
        assert_eq!(span_text(-3 * DAY_MS), "3 days");
    }
}
