//! Instants as people read them: "today 14:35 (your time), 20:05 in Pune".
//!
//! Takes the reader's zone, the zone of the person spoken of, and now; reads no clock.

use crate::language::dates;
use crate::t;
use jiff::civil::{Date, Time};
use jiff::tz::{AmbiguousOffset, TimeZone};
use muster_domain::time::UtcMillis;
use serde::Serialize;

/// Who reads, where and when.
#[derive(Debug, Clone)]
pub struct Reader {
    pub zone: TimeZone,
    /// The instant the message is made at; "today" is counted from it.
    pub now: UtcMillis,
}

/// Another person's zone and what to call it.
#[derive(Debug, Clone)]
pub struct SubjectZone {
    pub zone: TimeZone,
    /// E.g. `Pune`; see [`city_of`] where nothing better is known.
    pub city: String,
}

/// One instant in the words of one reader.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Moment {
    /// `today`, `tomorrow`, `yesterday`, `Mon 3 Dec`, or with a year where it is another one.
    pub day: String,
    /// Always the date: `Mon 3 Dec`. For mails read a day later.
    pub date: String,
    /// `14:35`, in an hour that the clocks repeat `01:30 (UTC+1)`.
    pub clock: String,
    /// `today 14:35`.
    pub short: String,
    /// `17:00` when it is today, else `tomorrow 09:00`, `Thu 26 Nov 09:00`.
    pub brief: String,
    /// `today 14:35 (your time), 20:05 in Pune`; the second half only where it differs.
    pub text: String,
    /// `Mon 23 Nov 14:35 (your time), 20:05 in Pune`: the same, good for a mail read later.
    pub full: String,
    /// `2026-11-23T14:35:00Z`.
    pub utc: String,
}

impl Reader {
    /// An instant in the reader's own zone.
    pub fn moment(&self, instant: UtcMillis) -> Moment {
        self.beside(instant, None)
    }

    /// An instant in the reader's zone with the subject's beside it when their clocks differ then.
    pub fn beside(&self, instant: UtcMillis, subject: Option<&SubjectZone>) -> Moment {
        let here = instant.in_zone(&self.zone);
        let today = self.now.date_in(&self.zone);
        let day = day_words(here.date(), today);
        let clock = clock_words(instant, &self.zone);
        let short = format!("{day} {clock}");
        let brief = if here.date() == today { clock.clone() } else { short.clone() };
        let yours = match clock.strip_suffix(')') {
            // "01:30 (UTC+1)" and "(your time)" share one pair of brackets.
            Some(open) => t!("{open}, your time)", open),
            None => t!("{clock} (your time)", clock),
        };
        let mut theirs = String::new();
        if let Some(subject) = subject {
            let there = instant.in_zone(&subject.zone);
            if there.offset() != here.offset() {
                let day = if there.date() == here.date() {
                    String::new()
                } else {
                    format!("{} ", date_words(there.date(), today))
                };
                let clock = clock_words(instant, &subject.zone);
                theirs = t!(", {day}{clock} in {city}", day, clock, city = subject.city);
            }
        }
        let date = date_words(here.date(), today);
        Moment {
            text: format!("{day} {yours}{theirs}"),
            full: format!("{date} {yours}{theirs}"),
            day,
            date,
            clock,
            short,
            brief,
            utc: instant.timestamp().strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
        }
    }
}

/// The city an IANA name stands for: `America/New_York` becomes `New York`; `UTC` if it has none.
pub fn city_of(zone: &TimeZone) -> String {
    let name = zone.iana_name().unwrap_or("UTC");
    name.rsplit('/').next().unwrap_or(name).replace('_', " ")
}

fn day_words(date: Date, today: Date) -> String {
    match date.since(today).map(|span| span.get_days()) {
        Ok(0) => t!("today").to_owned(),
        Ok(1) => t!("tomorrow").to_owned(),
        Ok(-1) => t!("yesterday").to_owned(),
        _ => date_words(date, today),
    }
}

fn date_words(date: Date, today: Date) -> String {
    if date.year() == today.year() { dates::short(date) } else { dates::short_of_year(date) }
}

/// `14:35`, with the offset where the local clock shows this time twice (end of summer time).
fn clock_words(instant: UtcMillis, zone: &TimeZone) -> String {
    let local = instant.in_zone(zone);
    let time: Time = local.time();
    let clock = format!("{:02}:{:02}", time.hour(), time.minute());
    match zone.to_ambiguous_zoned(local.datetime()).offset() {
        AmbiguousOffset::Fold { .. } => {
            let minutes = local.offset().seconds() / 60;
            let sign = if minutes < 0 { '-' } else { '+' };
            let (hours, rest) = (minutes.abs() / 60, minutes.abs() % 60);
            if rest == 0 {
                format!("{clock} (UTC{sign}{hours})")
            } else {
                format!("{clock} (UTC{sign}{hours}:{rest:02})")
            }
        }
        AmbiguousOffset::Unambiguous { .. } | AmbiguousOffset::Gap { .. } => clock,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use muster_domain::time::zone;

    fn at(text: &str) -> UtcMillis {
        text.parse::<jiff::Timestamp>().unwrap().into()
    }

    fn reader(name: &str, now: &str) -> Reader {
        Reader { zone: zone(name).unwrap(), now: at(now) }
    }

    fn pune() -> SubjectZone {
        SubjectZone { zone: zone("Asia/Kolkata").unwrap(), city: "Pune".to_owned() }
    }

    #[test]
    fn the_readers_time_comes_first_and_the_persons_beside_it() {
        let m = reader("Europe/Berlin", "2026-11-23T12:00:00Z")
            .beside(at("2026-11-23T13:35:00Z"), Some(&pune()));
        assert_eq!(m.text, "today 14:35 (your time), 19:05 in Pune");
        assert_eq!(m.full, "Mon 23 Nov 14:35 (your time), 19:05 in Pune");
        assert_eq!((m.short.as_str(), m.brief.as_str()), ("today 14:35", "14:35"));
        assert_eq!((m.date.as_str(), m.utc.as_str()), ("Mon 23 Nov", "2026-11-23T13:35:00Z"));
    }

    #[test]
    fn a_zone_that_shows_the_same_time_is_not_repeated() {
        let madrid = SubjectZone { zone: zone("Europe/Madrid").unwrap(), city: "Madrid".into() };
        let m = reader("Europe/Berlin", "2026-11-23T12:00:00Z")
            .beside(at("2026-11-23T13:35:00Z"), Some(&madrid));
        assert_eq!(m.text, "today 14:35 (your time)");
    }

    #[test]
    fn another_date_on_the_other_side_is_named() {
        let m = reader("America/New_York", "2026-11-23T20:00:00Z")
            .beside(at("2026-11-23T21:00:00Z"), Some(&pune()));
        assert_eq!(m.text, "today 16:00 (your time), Tue 24 Nov 02:30 in Pune");
    }

    #[test]
    fn today_ends_at_the_readers_midnight() {
        let berlin = reader("Europe/Berlin", "2026-12-02T22:50:00Z"); // Wed 2 Dec 23:50
        assert_eq!(berlin.moment(at("2026-12-02T22:59:00Z")).short, "today 23:59");
        assert_eq!(berlin.moment(at("2026-12-02T23:00:00Z")).brief, "tomorrow 00:00");
        assert_eq!(berlin.moment(at("2026-12-01T23:30:00Z")).day, "today");
        assert_eq!(berlin.moment(at("2026-12-01T22:30:00Z")).day, "yesterday");
        assert_eq!(berlin.moment(at("2026-12-07T08:00:00Z")).short, "Mon 7 Dec 09:00");
    }

    #[test]
    fn a_monday_in_december_and_a_date_in_another_year() {
        let lisbon = reader("Europe/Lisbon", "2029-11-20T10:00:00Z");
        assert_eq!(lisbon.moment(at("2029-12-03T09:00:00Z")).short, "Mon 3 Dec 09:00");
        assert_eq!(lisbon.moment(at("2030-01-02T09:00:00Z")).short, "Wed 2 Jan 2030 09:00");
    }

    #[test]
    fn the_day_of_a_clock_change_is_still_today_and_tomorrow() {
        // Berlin leaves summer time on Sun 25 Oct 2026; that day has 25 hours.
        let berlin = reader("Europe/Berlin", "2026-10-24T22:30:00Z"); // Sun 25 Oct 00:30
        assert_eq!(berlin.moment(at("2026-10-25T22:45:00Z")).short, "today 23:45");
        assert_eq!(berlin.moment(at("2026-10-25T23:15:00Z")).short, "tomorrow 00:15");
    }

    #[test]
    fn an_hour_that_comes_twice_says_which_one() {
        let berlin = reader("Europe/Berlin", "2026-10-24T22:30:00Z");
        assert_eq!(
            berlin.moment(at("2026-10-25T00:30:00Z")).text,
            "today 02:30 (UTC+2, your time)"
        );
        assert_eq!(berlin.moment(at("2026-10-25T01:30:00Z")).short, "today 02:30 (UTC+1)");
        // Lord Howe Island turns back by half an hour only.
        let lord_howe = reader("Australia/Lord_Howe", "2026-04-04T10:00:00Z");
        assert_eq!(
            lord_howe.moment(at("2026-04-04T15:15:00Z")).short,
            "tomorrow 01:45 (UTC+10:30)"
        );
    }

    #[test]
    fn offsets_are_compared_at_the_instant_not_in_general() {
        // For two weeks in March New York is in summer time and Berlin is not.
        let new_york = SubjectZone {
            zone: zone("America/New_York").unwrap(),
            city: city_of(&zone("America/New_York").unwrap()),
        };
        let berlin = reader("Europe/Berlin", "2026-03-16T09:00:00Z");
        let m = berlin.beside(at("2026-03-16T14:00:00Z"), Some(&new_york));
        assert_eq!(m.text, "today 15:00 (your time), 10:00 in New York");
        let m = berlin.beside(at("2026-03-30T14:00:00Z"), Some(&new_york));
        assert_eq!(m.text, "Mon 30 Mar 16:00 (your time), 10:00 in New York");
    }
}
