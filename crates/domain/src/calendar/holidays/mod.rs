//! Public holidays by calendar code: those that ship with the program (`shipped`) and calendars an
//! operator adds (read from files by `import`). A date is a holiday or not; what that means for a
//! person is `eligibility`.

mod import;
mod shipped;

pub use import::{ImportFault, read_csv, read_ics};

use jiff::civil::Date;
use std::collections::BTreeMap;

/// First and last year the calendars that ship with the program speak about.
pub const SHIPPED_YEARS: (i16, i16) = shipped::YEARS;

/// The holidays of one country, subdivision or company.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct HolidayCalendar {
    days: BTreeMap<Date, String>,
}

/// All calendars this installation knows. Cheap to make and to clone.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct HolidayCalendars {
    own: BTreeMap<String, HolidayCalendar>,
}

/// Why a calendar could not be added.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum HolidayFault {
    #[error(
        "`{code}` is not a calendar code; use 1 to 32 letters, digits and hyphens, such as DE-BE or ACME"
    )]
    Code { code: String },
    #[error("`{code}` ships with Muster; give your calendar another code, such as {code}-ACME")]
    Taken { code: String },
    #[error("there is no holiday calendar `{code}`{near}")]
    Unknown { code: String, near: String },
}

impl HolidayCalendar {
    /// A calendar of these days. A date that comes twice keeps both names.
    pub fn new(days: impl IntoIterator<Item = (Date, String)>) -> HolidayCalendar {
        let mut calendar = HolidayCalendar::default();
        for (date, name) in days {
            match calendar.days.get_mut(&date) {
                Some(known) if *known != name => *known = format!("{known}; {name}"),
                Some(_) => {}
                None => drop(calendar.days.insert(date, name)),
            }
        }
        calendar
    }

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

    /// The last holiday it knows.
    pub fn last(&self) -> Option<Date> {
        self.days.keys().next_back().copied()
    }
}

impl HolidayCalendars {
    /// The calendars that ship with the program (see the head of `data/holidays.txt`).
    pub fn embedded() -> HolidayCalendars {
        HolidayCalendars::default()
    }

    /// Adds a calendar of the operator's own; one of the same code is replaced. With `base` it also
    /// has the days of that calendar, which must be there already.
    ///
    /// # Errors
    /// The code is malformed or ships with the program, or `base` is unknown.
    pub fn add(
        &mut self,
        code: &str,
        base: Option<&str>,
        calendar: HolidayCalendar,
    ) -> Result<(), HolidayFault> {
        check_code(code)?;
        let base = match base {
            Some(base) => {
                let found = self.get(base).filter(|_| base != code);
                let Some(found) = found else { return Err(self.unknown(base)) };
                found.clone()
            }
            None => HolidayCalendar::default(),
        };
        let own = calendar.days.into_iter().chain(base.days);
        self.own.insert(code.to_owned(), HolidayCalendar::new(own));
        Ok(())
    }

    /// The calendar with this code.
    pub fn get(&self, code: &str) -> Option<&HolidayCalendar> {
        self.own.get(code).or_else(|| shipped::calendar(code))
    }

    /// True where the date is a holiday in that calendar. An unknown code has no holidays: check
    /// codes with `get` when the roster is read.
    pub fn is_holiday(&self, code: &str, date: Date) -> bool {
        self.get(code).is_some_and(|c| c.contains(date))
    }

    /// Every code, in alphabetical order.
    pub fn codes(&self) -> impl Iterator<Item = &str> {
        let mut codes: Vec<&str> = self.own.keys().map(String::as_str).collect();
        for code in shipped::codes() {
            codes.push(code);
        }
        codes.sort_unstable();
        codes.into_iter()
    }

    /// The last date this calendar speaks about: the end of the shipped years, or the last day of a
    /// calendar of the operator's own. After it every date looks like a working day, so somebody
    /// must hear of it in time.
    pub fn speaks_until(&self, code: &str) -> Option<Date> {
        let end = Date::new(SHIPPED_YEARS.1, 12, 31).ok()?;
        match self.own.get(code) {
            Some(own) => own.last().map(|last| last.min(end)),
            None => shipped::calendar(code).map(|_| end),
        }
    }

    /// The refusal of a code nobody knows, with the nearest that is known.
    pub fn unknown(&self, code: &str) -> HolidayFault {
        let upper = code.to_ascii_uppercase();
        let country = upper.split('-').next().unwrap_or_default();
        let near = match (self.get(&upper), self.get(country)) {
            (Some(_), _) => format!("; did you mean {upper}?"),
            (None, Some(_)) => format!("; did you mean {country} or one of its parts?"),
            (None, None) => String::new(),
        };
        HolidayFault::Unknown { code: code.to_owned(), near }
    }
}

/// Whether an operator's own calendar may have this code.
///
/// # Errors
/// It is malformed or ships with the program.
pub fn check_code(code: &str) -> Result<(), HolidayFault> {
    let legal = code.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    if !legal || code.is_empty() || code.len() > 32 {
        return Err(HolidayFault::Code { code: code.to_owned() });
    }
    let is_shipped = shipped::codes().any(|known| known.eq_ignore_ascii_case(code));
    if is_shipped {
        return Err(HolidayFault::Taken { code: code.to_owned() });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    /// Codes of rosters that were written for the first edition of the file.
    const EARLIER: &str = "AU AU-NSW AU-QLD AU-VIC BR BR-RJ BR-SP CA CA-BC CA-ON CA-QC DE DE-BE DE-BW DE-BY \
        DE-HE DE-HH DE-NW DE-SN ES ES-MD FR GB GB-ENG GB-NIR GB-SCT IE IN IN-DL IN-KA IN-MH IT JP KE MX NG NL \
        NZ NZ-AUK PH PL PT SG UA US US-CA US-NY US-TX US-WA ZA";

    #[test]
    fn the_shipped_file_knows_fixed_and_moving_days() {
        let all = HolidayCalendars::embedded();
        for (code, day) in [
            ("DE-BE", date(2026, 3, 8)), // International Women's Day, Berlin only
            ("DE-BY", date(2027, 1, 6)), // Epiphany
            ("US", date(2026, 11, 26)),  // Thanksgiving
            ("GB", date(2028, 4, 14)),   // Good Friday
            ("JP", date(2027, 1, 1)),
            ("IN-MH", date(2026, 5, 1)), // Maharashtra Day
            ("BR-SP", date(2030, 7, 9)),
        ] {
            assert!(all.is_holiday(code, day), "{code} {day}");
        }
        assert!(!all.is_holiday("DE", date(2026, 3, 8)));
        assert!(!all.is_holiday("XX", date(2026, 1, 1)));
    }

    #[test]
    fn codes_of_earlier_rosters_still_work_in_every_year() {
        let all = HolidayCalendars::embedded();
        for code in EARLIER.split_whitespace().filter(|&code| code != "UA") {
            for year in SHIPPED_YEARS.0..=SHIPPED_YEARS.1 {
                let days = all.get(code).unwrap().days().filter(|(d, _)| d.year() == year).count();
                assert!((4..=40).contains(&days), "{code} {year}: {days}");
            }
        }
        // Under martial law Ukraine's holidays are working days: an empty calendar is right.
        assert_eq!(all.get("UA").unwrap().days().count(), 0);
        assert_eq!(all.speaks_until("DE-BE"), Some(date(2030, 12, 31)));
    }

    #[test]
    fn an_operator_adds_a_calendar_that_builds_on_another_but_cannot_replace_a_shipped_one() {
        let mut all = HolidayCalendars::embedded();
        let days = || HolidayCalendar::new([(date(2026, 12, 24), "Company day".to_owned())]);
        all.add("ACME", Some("DE-BE"), days()).unwrap();
        assert_eq!(all.get("ACME").unwrap().name_on(date(2026, 12, 24)), Some("Company day"));
        assert!(all.is_holiday("ACME", date(2026, 3, 8)), "the days of Berlin come along");
        assert_eq!(all.speaks_until("ACME"), Some(date(2030, 12, 26)));
        all.add("ACME", None, days()).unwrap();
        assert!(!all.is_holiday("ACME", date(2026, 3, 8)), "the newer one counts");
        let says = |fault: HolidayFault| fault.to_string();
        assert!(says(all.add("DE", None, days()).unwrap_err()).contains("ships with Muster"));
        assert!(says(all.add("de-be", None, days()).unwrap_err()).contains("ships with Muster"));
        assert!(says(all.add("a b", None, days()).unwrap_err()).contains("calendar code"));
        assert!(says(all.add("X", Some("de-be"), days()).unwrap_err()).contains("DE-BE?"));
        assert!(says(all.add("X", Some("FR-XYZ"), days()).unwrap_err()).contains("FR or one"));
        assert!(all.codes().any(|code| code == "ACME"));
    }
}
