//! The calendars that ship with the program. `data/holidays.txt` is indexed once and each calendar
//! is read when it is first asked for: a thousand calendars cost nothing until somebody has one.

use super::HolidayCalendar;
use jiff::civil::Date;
use std::collections::BTreeMap;
use std::sync::OnceLock;

const FILE: &str = include_str!("../../../data/holidays.txt");

/// First and last year the file speaks about.
pub(super) const YEARS: (i16, i16) = (2026, 2030);

/// One calendar as text, and read.
struct Section {
    parent: Option<&'static str>,
    lines: &'static str,
    read: OnceLock<HolidayCalendar>,
}

/// The calendar with this code, in the spelling of the file.
pub(super) fn calendar(code: &str) -> Option<&'static HolidayCalendar> {
    let section = index().get(code)?;
    Some(section.read.get_or_init(|| {
        let base = section.parent.and_then(calendar);
        read(section.lines, base.cloned().unwrap_or_default())
    }))
}

/// Every code in alphabetical order.
pub(super) fn codes() -> impl Iterator<Item = &'static str> {
    index().keys().copied()
}

fn index() -> &'static BTreeMap<&'static str, Section> {
    static INDEX: OnceLock<BTreeMap<&'static str, Section>> = OnceLock::new();
    INDEX.get_or_init(|| {
        let body = FILE.split_once("\n\n").map_or("", |(_, body)| body);
        body.split("\n\n").map(section).collect()
    })
}

fn section(text: &'static str) -> (&'static str, Section) {
    let (head, lines) = text.trim_end().split_once('\n').unwrap_or((text.trim_end(), ""));
    let (code, parent) = match head.split_once(" < ") {
        Some((code, parent)) => (code, Some(parent)),
        None => (head, None),
    };
    (code, Section { parent, lines, read: OnceLock::new() })
}

fn read(lines: &str, base: HolidayCalendar) -> HolidayCalendar {
    let mut days = base.days;
    for line in lines.lines() {
        if let Some(gone) = line.strip_prefix('-') {
            days.remove(&date(gone));
            continue;
        }
        let mut rest = line;
        let mut dates = Vec::new();
        while rest.starts_with(|c: char| c.is_ascii_digit()) {
            let Some((word, more)) = rest.split_once(' ') else { break };
            let is_date = word.len() >= 5 && word.bytes().all(|b| b.is_ascii_digit() || b == b'-');
            if !is_date {
                break; // a name that begins with a number
            }
            match word.len() {
                5 => dates.extend((YEARS.0..=YEARS.1).map(|year| date(&format!("{year}-{word}")))),
                _ => dates.push(date(word)),
            }
            rest = more;
        }
        days.extend(dates.into_iter().map(|date| (date, rest.to_owned())));
    }
    HolidayCalendar { days }
}

fn date(text: &str) -> Date {
    text.parse().expect("every line of the shipped file is read in a test")
}

#[cfg(test)]
mod tests {
    use super::*;
    use sha2::{Digest, Sha256};

    /// All calendars as the package itself would list them: `make_holidays.py --hash` prints the
    /// same figure, computed from the package and not from the file.
    #[test]
    fn every_day_of_every_calendar_is_what_the_source_says() {
        let mut hash = Sha256::new();
        for code in codes() {
            for (date, name) in calendar(code).unwrap().days() {
                hash.update(format!("{code} {date} {name}\n"));
            }
        }
        assert_eq!(hex::encode(hash.finalize()), PACKAGE_SHA256);
    }

    const PACKAGE_SHA256: &str = "8591c4d7ccfce4767adf0314f2cdbced0c16262e0f65495d6d3bd705108c5437";

    #[test]
    fn the_file_is_wide_enough_and_stays_small() {
        let countries = codes().filter(|code| !code.contains('-')).count();
        assert!(countries >= 60, "{countries}");
        assert!(codes().count() - countries >= 300);
        assert!(FILE.len() < 1_500_000);
        for (code, section) in index() {
            assert!(section.parent.is_none_or(|p| index().contains_key(p)), "{code}");
        }
    }
}
