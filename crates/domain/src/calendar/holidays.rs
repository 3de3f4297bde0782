//! Public holidays by calendar code, from a dated file that ships inside the program, and calendars
//! an operator adds. A date is a holiday or not; what that means for a person is `eligibility`.

use jiff::civil::Date;
use std::collections::BTreeMap;
use std::sync::OnceLock;

const EMBEDDED: &str = include_str!("../../data/holidays.toml");

/// First and last year the embedded file speaks about.
pub const EMBEDDED_YEARS: (i16, i16) = (2026, 2028);

/// The holidays of one country, subdivision or company.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct HolidayCalendar {
    days: BTreeMap<Date, String>,
}

/// All calendars this installation knows.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct HolidayCalendars {
    by_code: BTreeMap<String, HolidayCalendar>,
}

/// Why a calendar could not be read or added.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum HolidayFault {
    #[error("holiday calendar `{code}`: `{text}` is not a date; write for example 2026-12-24")]
    Date { code: String, text: String },
    #[error(
        "`{code}` is not a calendar code; use 1 to 32 letters, digits and hyphens, such as DE-BE or ACME"
    )]
    Code { code: String },
    #[error(
        "holiday calendar `{code}` exists already; give yours another code, such as {code}-ACME"
    )]
    Taken { code: String },
    #[error("holiday file, {0}")]
    File(String),
}

impl HolidayCalendar {
    /// What the day is called, if it is a holiday.
    pub fn name_on(&self, date: Date) -> Option<&str> {
        self.days.get(&date).map(String::as_str)
    }

    /// True where the date is a holiday.
    pub fn contains(&self, date: Date) -> bool {
        self.days.contains_key(&date)
    }

    /// Every holiday in order of date.
    pub fn days(&self) -> impl Iterator<Item = (Date, &str)> {
        self.days.iter().map(|(date, name)| (*date, name.as_str()))
    }
}

impl HolidayCalendars {
    /// The calendars that ship with the program (see the head of `data/holidays.toml`).
    pub fn embedded() -> HolidayCalendars {
        static PARSED: OnceLock<HolidayCalendars> = OnceLock::new();
        PARSED
            .get_or_init(|| {
                HolidayCalendars::from_toml(EMBEDDED).expect("the embedded file is tested")
            })
            .clone()
    }

    /// Reads a file of tables `[CODE]` with lines `2026-12-24 = "Name"`.
    ///
    /// # Errors
    /// Names the line, or the calendar and the text that is not a date.
    pub fn from_toml(text: &str) -> Result<HolidayCalendars, HolidayFault> {
        let tables: BTreeMap<String, BTreeMap<String, String>> =
            toml::from_str(text).map_err(|e| HolidayFault::File(e.to_string()))?;
        let mut calendars = HolidayCalendars::default();
        for (code, rows) in tables {
            let mut days = Vec::with_capacity(rows.len());
            for (text, name) in rows {
                let date = text
                    .parse()
                    .map_err(|_| HolidayFault::Date { code: code.clone(), text: text.clone() })?;
                days.push((date, name));
            }
            calendars.add(&code, days)?;
        }
        Ok(calendars)
    }

    /// Adds a calendar of the operator's own: dates with the name shown to people.
    ///
    /// # Errors
    /// The code is malformed or in use.
    pub fn add(
        &mut self,
        code: &str,
        days: impl IntoIterator<Item = (Date, String)>,
    ) -> Result<(), HolidayFault> {
        let legal = code.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
        if !legal || code.is_empty() || code.len() > 32 {
            return Err(HolidayFault::Code { code: code.to_owned() });
        }
        if self.by_code.contains_key(code) {
            return Err(HolidayFault::Taken { code: code.to_owned() });
        }
        let calendar = HolidayCalendar { days: days.into_iter().collect() };
        self.by_code.insert(code.to_owned(), calendar);
        Ok(())
    }

    /// The calendar with this code.
    pub fn get(&self, code: &str) -> Option<&HolidayCalendar> {
        self.by_code.get(code)
    }

    /// True where the date is a holiday in that calendar. An unknown code has no holidays: check
    /// codes with `get` when the roster is read.
    pub fn is_holiday(&self, code: &str, date: Date) -> bool {
        self.get(code).is_some_and(|c| c.contains(date))
    }

    /// Every code, in alphabetical order.
    pub fn codes(&self) -> impl Iterator<Item = &str> {
        self.by_code.keys().map(String::as_str)
    }

    /// True where the embedded file speaks about the year of this date; outside it every date looks
    /// like a working day, so the operator must hear of it in time.
    pub fn covers(date: Date) -> bool {
        (EMBEDDED_YEARS.0..=EMBEDDED_YEARS.1).contains(&date.year())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn the_embedded_file_knows_fixed_and_moving_days() {
        let all = HolidayCalendars::embedded();
        for (code, day) in [
            ("DE-BE", date(2026, 3, 8)), // International Women's Day, Berlin only
            ("DE-BY", date(2027, 1, 6)), // Epiphany
            ("US", date(2026, 11, 26)),  // Thanksgiving
            ("GB", date(2028, 4, 14)),   // Good Friday
            ("JP", date(2027, 1, 1)),
            ("IN-MH", date(2026, 5, 1)), // Maharashtra Day
        ] {
            assert!(all.is_holiday(code, day), "{code} {day}");
        }
        assert!(!all.is_holiday("DE", date(2026, 3, 8)));
        assert!(!all.is_holiday("XX", date(2026, 1, 1)));
    }

    #[test]
    fn every_calendar_speaks_about_every_year() {
        let all = HolidayCalendars::embedded();
        assert!(all.codes().count() >= 25);
        // Under martial law Ukraine's holidays are working days: an empty calendar is right.
        assert_eq!(all.get("UA").unwrap().days().count(), 0);
        for code in all.codes().filter(|&code| code != "UA") {
            for year in EMBEDDED_YEARS.0..=EMBEDDED_YEARS.1 {
                let days = all.get(code).unwrap().days().filter(|(d, _)| d.year() == year).count();
                assert!((4..=40).contains(&days), "{code} {year}: {days}");
            }
        }
        assert!(HolidayCalendars::covers(date(2026, 1, 1)));
        assert!(!HolidayCalendars::covers(date(2029, 1, 1)));
    }

    #[test]
    fn an_operator_adds_a_calendar_but_cannot_replace_one() {
        let mut all = HolidayCalendars::embedded();
        all.add("ACME", [(date(2026, 12, 24), "Company day".to_owned())]).unwrap();
        assert_eq!(all.get("ACME").unwrap().name_on(date(2026, 12, 24)), Some("Company day"));
        assert!(all.add("DE", []).unwrap_err().to_string().contains("exists already"));
        assert!(all.add("a b", []).unwrap_err().to_string().contains("calendar code"));
    }

    #[test]
    fn a_bad_date_is_named_with_its_calendar() {
        let fault = HolidayCalendars::from_toml("[ACME]\n24-12 = \"x\"").unwrap_err();
        assert!(fault.to_string().contains("`24-12` is not a date"), "{fault}");
    }
}
