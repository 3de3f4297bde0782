//! Dates and numbers in the language spoken.

use super::{Language, current, tr};
use crate::t;
use jiff::civil::Date;
use muster_domain::msg;

const WEEKDAYS: [&str; 7] = [
    msg!("Monday"),
    msg!("Tuesday"),
    msg!("Wednesday"),
    msg!("Thursday"),
    msg!("Friday"),
    msg!("Saturday"),
    msg!("Sunday"),
];
const SHORT_WEEKDAYS: [&str; 7] =
    [msg!("Mon"), msg!("Tue"), msg!("Wed"), msg!("Thu"), msg!("Fri"), msg!("Sat"), msg!("Sun")];
const MONTHS: [&str; 12] = [
    msg!("January"),
    msg!("February"),
    msg!("March"),
    msg!("April"),
    msg!("May"),
    msg!("June"),
    msg!("July"),
    msg!("August"),
    msg!("September"),
    msg!("October"),
    msg!("November"),
    msg!("December"),
];
const SHORT_MONTHS: [&str; 12] = [
    msg!("Jan"),
    msg!("Feb"),
    msg!("Mar"),
    msg!("Apr"),
    msg!("May"),
    msg!("Jun"),
    msg!("Jul"),
    msg!("Aug"),
    msg!("Sep"),
    msg!("Oct"),
    msg!("Nov"),
    msg!("Dec"),
];

fn of_weekday(names: [&'static str; 7], date: Date) -> &'static str {
    tr(names[usize::from(date.weekday().to_monday_zero_offset().unsigned_abs())])
}

fn of_month(names: [&'static str; 12], date: Date) -> &'static str {
    tr(names[usize::from(date.month().unsigned_abs()) - 1])
}

/// `Mon`
pub fn short_weekday(date: Date) -> &'static str {
    of_weekday(SHORT_WEEKDAYS, date)
}

/// `December`
pub fn month(date: Date) -> &'static str {
    of_month(MONTHS, date)
}

/// `Dec`
pub fn short_month(date: Date) -> &'static str {
    of_month(SHORT_MONTHS, date)
}

/// `Mon 3 Dec`
pub fn short(date: Date) -> String {
    let (weekday, day, month) = (short_weekday(date), date.day(), short_month(date));
    t!("{weekday} {day} {month}", weekday, day, month)
}

/// `Thu 3 Dec 2026`
pub fn short_of_year(date: Date) -> String {
    let (weekday, day, month) = (short_weekday(date), date.day(), short_month(date));
    t!("{weekday} {day} {month} {year}", weekday, day, month, year = date.year())
}

/// `3 Dec 2026`
pub fn short_with_year(date: Date) -> String {
    t!("{day} {month} {year}", day = date.day(), month = short_month(date), year = date.year())
}

/// `3 December`
pub fn long_without_year(date: Date) -> String {
    t!("{day} {month}", day = date.day(), month = month(date))
}

/// `3 December 2026`
pub fn long(date: Date) -> String {
    t!("{day} {month} {year}", day = date.day(), month = month(date), year = date.year())
}

/// `Monday 3 December`
pub fn long_with_weekday(date: Date) -> String {
    let (weekday, day, month) = (of_weekday(WEEKDAYS, date), date.day(), month(date));
    t!("{weekday} {day} {month}", weekday, day, month)
}

/// A number that is written with a decimal point, as the language writes it.
pub fn decimal(number: &str) -> String {
    match current() {
        Language::English => number.to_owned(),
        Language::German => number.replace('.', ","),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::language::within;
    use jiff::civil::date;

    #[test]
    fn a_date_reads_as_it_is_spoken() {
        let day = date(2026, 12, 3);
        assert_eq!(short(day), "Thu 3 Dec");
        assert_eq!(short_of_year(day), "Thu 3 Dec 2026");
        assert_eq!(short_with_year(day), "3 Dec 2026");
        assert_eq!(long_without_year(day), "3 December");
        assert_eq!(long(day), "3 December 2026");
        assert_eq!(long_with_weekday(day), "Thursday 3 December");
        let months = |of: fn(Date) -> &'static str| (1..=12).map(move |m| of(date(2026, m, 1)));
        let english = (1..=12).map(|m| date(2026, m, 1).strftime("%B %b").to_string());
        let spoken =
            months(month).zip(months(short_month)).map(|(long, short)| format!("{long} {short}"));
        assert!(spoken.eq(english));
    }

    #[test]
    fn a_decimal_mark_is_that_of_the_language() {
        assert_eq!(decimal("1.5"), "1.5");
        assert_eq!(within(Language::German, || decimal("1.5")), "1,5");
    }
}
