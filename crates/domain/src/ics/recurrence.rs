//! Recurrence rules (RFC 5545 section 3.3.10) by day, week, month or year, expanded in wall-clock
//! time between two dates. Read: INTERVAL, COUNT, UNTIL, BYDAY, BYMONTHDAY, BYMONTH, BYSETPOS,
//! WKST. Not read: anything finer than a day, BYYEARDAY and BYWEEKNO; such a rule is refused.

use super::{IcsFault, Moment, Property};
use crate::time::UtcMillis;
use jiff::civil::{Date, DateTime, Weekday};
use jiff::tz::TimeZone;
use jiff::{Span, ToSpan};

/// Periods looked at before a rule is given up: a daily one of more than eighty years.
const PERIODS_MAX: i64 = 30_000;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Frequency {
    Daily,
    Weekly,
    Monthly,
    Yearly,
}

/// A rule, read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Recurrence {
    frequency: Frequency,
    interval: i64,
    count: Option<u32>,
    until: Option<Until>,
    /// Ordinal (0: every one) and weekday.
    by_day: Vec<(i8, Weekday)>,
    by_month_day: Vec<i8>,
    by_month: Vec<i8>,
    by_set_position: Vec<i16>,
    week_start: Weekday,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Until {
    Wall(DateTime),
    Utc(UtcMillis),
}

impl Recurrence {
    /// Reads an RRULE.
    ///
    /// # Errors
    /// Names what cannot be read, and what could.
    pub(crate) fn read(property: &Property) -> Result<Recurrence, IcsFault> {
        let bad = |problem: String| IcsFault::at(property.line, problem);
        let mut rule = Recurrence {
            frequency: Frequency::Daily,
            interval: 1,
            count: None,
            until: None,
            by_day: Vec::new(),
            by_month_day: Vec::new(),
            by_month: Vec::new(),
            by_set_position: Vec::new(),
            week_start: Weekday::Monday,
        };
        let mut has_frequency = false;
        for part in property.value.split(';').filter(|p| !p.trim().is_empty()) {
            let (key, value) = part.split_once('=').unwrap_or((part, ""));
            let key = key.trim().to_ascii_uppercase();
            let value = value.trim().to_ascii_uppercase();
            let understood = match key.as_str() {
                "FREQ" => {
                    has_frequency = true;
                    frequency(&value).map(|f| rule.frequency = f)
                }
                "INTERVAL" => {
                    let number = value.parse().ok().filter(|n| (1..=10_000).contains(n));
                    number.map(|n| rule.interval = n)
                }
                "COUNT" => value.parse().ok().map(|n| rule.count = Some(n)),
                "UNTIL" => until(property, &value).map(|u| rule.until = Some(u)),
                "BYDAY" => list(&value, by_day).map(|l| rule.by_day = l),
                "BYMONTHDAY" => list(&value, |t| number(t, 31)).map(|l| rule.by_month_day = l),
                "BYMONTH" => list(&value, |t| t.parse().ok().filter(|m| (1..=12).contains(m)))
                    .map(|l| rule.by_month = l),
                "BYSETPOS" => {
                    let position = |t: &str| t.parse().ok().filter(|n: &i16| *n != 0);
                    list(&value, position).map(|l| rule.by_set_position = l)
                }
                "WKST" => weekday(&value).map(|d| rule.week_start = d),
                _ => None,
            };
            if understood.is_none() {
                return Err(bad(format!(
                    "the repetition `{part}` cannot be read; rules by day, week, month or year with INTERVAL, \
                     COUNT, UNTIL, BYDAY, BYMONTHDAY, BYMONTH and BYSETPOS can"
                )));
            }
        }
        if has_frequency { Ok(rule) } else { Err(bad("a repetition needs FREQ".to_owned())) }
    }

    /// The starts of an event that begins at `first` on the wall clock of `zone`, which lie on dates
    /// from `from` to `to` (both included), in order.
    pub(crate) fn starts(
        &self,
        first: DateTime,
        zone: &TimeZone,
        from: Date,
        to: Date,
    ) -> Vec<DateTime> {
        let mut found = Vec::new();
        let mut seen = 0;
        let mut period = self.period_before(first.date(), from);
        for _ in 0..PERIODS_MAX {
            let Some(dates) = self.dates(first.date(), period) else { break };
            if dates.begins > to {
                break;
            }
            for date in dates.days.into_iter().filter(|d| *d >= first.date()) {
                let start = date.to_datetime(first.time());
                seen += 1;
                if self.count.is_some_and(|count| seen > count) || self.is_past(start, zone) {
                    return found;
                }
                if from <= date && date <= to {
                    found.push(start);
                }
            }
            period += self.interval;
        }
        found
    }

    fn is_past(&self, start: DateTime, zone: &TimeZone) -> bool {
        match &self.until {
            None => false,
            Some(Until::Wall(until)) => start > *until,
            Some(Until::Utc(until)) => super::moments::instant_of(start, zone) > *until,
        }
    }

    /// A rule that counts its occurrences is followed from its first one; any other may begin close
    /// to what is asked for.
    fn period_before(&self, first: Date, from: Date) -> i64 {
        if self.count.is_some() || from <= first {
            return 0;
        }
        let days = i64::from((from - first).get_days());
        let periods = match self.frequency {
            Frequency::Daily => days - 1,
            Frequency::Weekly => days / 7 - 1,
            Frequency::Monthly => days / 31 - 1,
            Frequency::Yearly => days / 366 - 1,
        };
        (periods.max(0) / self.interval) * self.interval
    }

    /// The dates of the n-th period after that of `first`; `None` beyond the calendar.
    fn dates(&self, first: Date, n: i64) -> Option<Period> {
        let (begins, mut days) = match self.frequency {
            Frequency::Daily => {
                let day = first.checked_add(Span::new().try_days(n).ok()?).ok()?;
                (day, vec![day])
            }
            Frequency::Weekly => {
                let back = i64::from(self.week_start.until(first.weekday()));
                let days = n.checked_mul(7)?.checked_sub(back)?;
                let week = first.checked_add(Span::new().try_days(days).ok()?).ok()?;
                let wanted = |d: &Date| match self.by_day.as_slice() {
                    [] => d.weekday() == first.weekday(),
                    days => days.iter().any(|(_, weekday)| *weekday == d.weekday()),
                };
                let days = (0..7).filter_map(|i| week.checked_add(i.days()).ok());
                (week, days.filter(wanted).collect())
            }
            Frequency::Monthly => {
                let month =
                    first.first_of_month().checked_add(Span::new().try_months(n).ok()?).ok()?;
                (month, self.in_month(month, first))
            }
            Frequency::Yearly => {
                let year =
                    first.first_of_year().checked_add(Span::new().try_years(n).ok()?).ok()?;
                (year, self.in_year(year, first))
            }
        };
        if matches!(self.frequency, Frequency::Daily) {
            days.retain(|d| {
                let any = |list: &[(i8, Weekday)]| list.iter().any(|(_, w)| *w == d.weekday());
                (self.by_day.is_empty() || any(&self.by_day)) && self.is_month_day(*d)
            });
        }
        if !self.by_month.is_empty() {
            days.retain(|d| self.by_month.contains(&d.month()));
        }
        if !self.by_set_position.is_empty() {
            let size = days.len() as i16;
            let index = |p: &i16| if *p > 0 { p - 1 } else { size + p };
            let mut chosen: Vec<Date> = self
                .by_set_position
                .iter()
                .filter_map(|p| days.get(usize::try_from(index(p)).ok()?).copied())
                .collect();
            chosen.sort_unstable();
            chosen.dedup();
            days = chosen;
        }
        Some(Period { begins, days })
    }

    fn in_month(&self, month: Date, first: Date) -> Vec<Date> {
        let all = days_between(month, month.last_of_month());
        if self.by_day.is_empty() && self.by_month_day.is_empty() {
            return all.into_iter().filter(|d| d.day() == first.day()).collect();
        }
        let matches =
            |d: &Date| self.is_month_day(*d) && self.is_weekday(*d, month, month.last_of_month());
        all.into_iter().filter(matches).collect()
    }

    fn in_year(&self, year: Date, first: Date) -> Vec<Date> {
        if !self.by_day.is_empty() && self.by_month.is_empty() {
            let (begin, end) = (year, year.last_of_year());
            let matches = |d: &Date| self.is_month_day(*d) && self.is_weekday(*d, begin, end);
            return days_between(begin, end).into_iter().filter(matches).collect();
        }
        let months: Vec<i8> = match (self.by_month.as_slice(), self.by_month_day.as_slice()) {
            ([], []) => vec![first.month()],
            ([], _) => (1..=12).collect(),
            (months, _) => {
                let mut months = months.to_vec();
                months.sort_unstable();
                months
            }
        };
        let firsts = months.into_iter().filter_map(|m| Date::new(year.year(), m, 1).ok());
        firsts.flat_map(|month| self.in_month(month, first)).collect()
    }

    fn is_month_day(&self, date: Date) -> bool {
        let from_end = date.day() - date.days_in_month() - 1;
        let wanted = &self.by_month_day;
        wanted.is_empty() || wanted.iter().any(|d| *d == date.day() || *d == from_end)
    }

    /// Whether the date is one of the wanted weekdays, counted within `begin..=end`.
    fn is_weekday(&self, date: Date, begin: Date, end: Date) -> bool {
        let weeks = |from: Date, to: Date| i64::from((to - from).get_days()) / 7 + 1;
        self.by_day.is_empty()
            || self.by_day.iter().any(|(ordinal, weekday)| {
                *weekday == date.weekday()
                    && match *ordinal {
                        0 => true,
                        n if n > 0 => weeks(begin, date) == i64::from(n),
                        n => weeks(date, end) == -i64::from(n),
                    }
            })
    }
}

struct Period {
    begins: Date,
    days: Vec<Date>,
}

fn days_between(from: Date, to: Date) -> Vec<Date> {
    from.series(1.day()).take_while(|d| *d <= to).collect()
}

fn frequency(text: &str) -> Option<Frequency> {
    match text {
        "DAILY" => Some(Frequency::Daily),
        "WEEKLY" => Some(Frequency::Weekly),
        "MONTHLY" => Some(Frequency::Monthly),
        "YEARLY" => Some(Frequency::Yearly),
        _ => None,
    }
}

fn until(property: &Property, value: &str) -> Option<Until> {
    let line = Property { value: value.to_owned(), ..property.clone() };
    match Moment::one(&line).ok()? {
        Moment::Day(date) => Some(Until::Wall(date.to_datetime(jiff::civil::Time::MAX))),
        Moment::Wall(at, _) => Some(Until::Wall(at)),
        Moment::Utc(at) => Some(Until::Utc(at)),
    }
}

fn list<T>(value: &str, read: impl Fn(&str) -> Option<T>) -> Option<Vec<T>> {
    value.split(',').map(|item| read(item.trim())).collect()
}

fn by_day(text: &str) -> Option<(i8, Weekday)> {
    let (ordinal, name) = text.split_at_checked(text.len().checked_sub(2)?)?;
    let ordinal = if ordinal.is_empty() { 0 } else { number(ordinal, 53)? };
    Some((ordinal, weekday(name)?))
}

fn number(text: &str, max: i8) -> Option<i8> {
    text.parse().ok().filter(|n: &i8| *n != 0 && n.unsigned_abs() <= max.unsigned_abs())
}

fn weekday(text: &str) -> Option<Weekday> {
    let names = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"];
    let at = names.iter().position(|n| *n == text)?;
    Weekday::from_monday_zero_offset(at as i8).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;
    use proptest::prelude::*;

    fn rule(value: &str) -> Result<Recurrence, IcsFault> {
        let (name, value) = ("RRULE".to_owned(), value.to_owned());
        Recurrence::read(&Property { name, parameters: Vec::new(), value, line: 3 })
    }

    fn dates(text: &str, first: Date, from: Date, to: Date) -> Vec<String> {
        let starts = rule(text).unwrap().starts(first.at(9, 0, 0, 0), &TimeZone::UTC, from, to);
        starts.iter().map(|s| s.date().to_string()).collect()
    }

    const YEAR: (Date, Date) = (date(2026, 1, 1), date(2026, 12, 31));

    #[test]
    fn weeks_months_and_years_follow_the_examples_of_the_standard() {
        // RFC 5545 section 3.8.5.3, moved to 2026.
        let cases: [(&str, Date, &[&str]); 8] = [
            ("FREQ=DAILY;COUNT=3", date(2026, 9, 2), &["2026-09-02", "2026-09-03", "2026-09-04"]),
            (
                "FREQ=WEEKLY;INTERVAL=2;COUNT=4;WKST=SU;BYDAY=TU,TH",
                date(2026, 9, 1),
                &["2026-09-01", "2026-09-03", "2026-09-15", "2026-09-17"],
            ),
            (
                "FREQ=MONTHLY;COUNT=3;BYDAY=1FR",
                date(2026, 9, 4),
                &["2026-09-04", "2026-10-02", "2026-11-06"],
            ),
            (
                "FREQ=MONTHLY;BYMONTHDAY=-1;UNTIL=20261231T235959Z",
                date(2026, 10, 31),
                &["2026-10-31", "2026-11-30", "2026-12-31"],
            ),
            (
                "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1;COUNT=2",
                date(2026, 9, 30),
                &["2026-09-30", "2026-10-30"],
            ),
            ("FREQ=YEARLY", date(2020, 12, 24), &["2026-12-24"]),
            ("FREQ=YEARLY;BYDAY=4TH;BYMONTH=11", date(2020, 11, 26), &["2026-11-26"]),
            ("FREQ=YEARLY;BYDAY=-1MO;BYMONTH=5", date(2020, 5, 25), &["2026-05-25"]),
        ];
        for (text, first, expected) in cases {
            assert_eq!(dates(text, first, YEAR.0, YEAR.1), expected, "{text}");
        }
        let leap = dates("FREQ=YEARLY", date(2024, 2, 29), date(2025, 1, 1), date(2032, 12, 31));
        assert_eq!(leap, ["2028-02-29", "2032-02-29"]);
    }

    #[test]
    fn a_rule_that_cannot_be_read_is_named_and_one_that_never_ends_is_bounded() {
        for text in ["FREQ=HOURLY", "FREQ=YEARLY;BYWEEKNO=20", "COUNT=3", "FREQ=DAILY;INTERVAL=0"] {
            assert!(rule(text).unwrap_err().to_string().starts_with("line 3:"), "{text}");
        }
        let never =
            dates("FREQ=MONTHLY;BYMONTHDAY=31;BYMONTH=2", YEAR.0, YEAR.0, date(9999, 12, 1));
        assert!(never.is_empty());
        let old = dates("FREQ=DAILY", date(1970, 1, 1), date(2026, 3, 1), date(2026, 3, 3));
        assert_eq!(old.len(), 3);
    }

    proptest! {
        /// Beginning close to what is asked for gives what following the rule from its first
        /// occurrence gives.
        #[test]
        fn the_short_cut_changes_nothing(
            frequency in prop::sample::select(vec!["DAILY", "WEEKLY", "MONTHLY", "YEARLY"]),
            interval in 1_i64..9, offset in 0_i64..3_000, length in 0_i64..90, day in 0_i64..400,
        ) {
            let first = date(2018, 1, 1).checked_add(day.days()).unwrap();
            let from = first.checked_add(offset.days()).unwrap();
            let to = from.checked_add(length.days()).unwrap();
            let text = format!("FREQ={frequency};INTERVAL={interval}");
            let short = dates(&text, first, from, to);
            let whole = dates(&format!("{text};COUNT=100000"), first, from, to);
            prop_assert_eq!(short, whole);
        }
    }
}
