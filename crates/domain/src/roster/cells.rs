//! What one cell may hold: ids, e-mail addresses, numbers in a range, dates, country codes. Pure
//! checks; each failure is a code, what is wrong and what would be accepted.

use super::fault::FaultCode;
use super::table::{Faults, Record};
use crate::sentence;
use crate::sentence::{Sentence, word};
use jiff::civil::Date;
use std::borrow::Cow;

/// A cell that is wrong: its code, what is wrong, what would be accepted.
pub(crate) type Wrong = (FaultCode, Sentence, Sentence);

/// Reads one cell with `check`; a wrong one becomes a fault and `None`. Empty is `None` without
/// a fault: a required column has already complained.
pub(crate) fn read<T>(
    record: &Record<'_>,
    column: &str,
    faults: &mut Faults,
    check: impl FnOnce(&str) -> Result<T, Wrong>,
) -> Option<T> {
    match check(record.filled(column)?) {
        Ok(value) => Some(value),
        Err((code, problem, accepted)) => {
            faults.add(record.line_of(column), Some(column), code, problem, accepted);
            None
        }
    }
}

pub(crate) fn employee_id(cell: &str) -> Result<String, Wrong> {
    let is_right = cell.len() <= 64
        && cell.bytes().all(|b| b.is_ascii_alphanumeric() || b"._@+-".contains(&b))
        && cell.bytes().any(|b| b.is_ascii_alphanumeric());
    if is_right {
        return Ok(cell.to_owned());
    }
    Err((
        FaultCode::BadEmployeeId,
        sentence!("`{cell}` is not an employee id", cell = short(cell)),
        sentence!("1 to 64 letters a-z, digits and . _ @ + -"),
    ))
}

/// An address of RFC 5321 in its plain form: no quoted local part, no literal, a dotted host.
pub(super) fn email(cell: &str) -> Result<String, Wrong> {
    if is_email(cell) {
        return Ok(cell.to_owned());
    }
    Err((
        FaultCode::BadEmail,
        sentence!("`{cell}` is not an e-mail address", cell = short(cell)),
        sentence!("name@company.example (a host name with other letters in its xn-- form)"),
    ))
}

fn is_email(text: &str) -> bool {
    let Some((local, host)) = text.split_once('@') else { return false };
    let atom = |b: u8| b.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~".contains(&b);
    let local_is_right = local.len() <= 64
        && local.split('.').all(|part| !part.is_empty() && part.bytes().all(atom));
    let label = |l: &str| {
        (1..=63).contains(&l.len())
            && l.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
            && !l.starts_with('-')
            && !l.ends_with('-')
    };
    local_is_right && text.len() <= 254 && host.contains('.') && host.split('.').all(label)
}

/// A number in a closed range. A decimal comma is understood, as files with `;` have it.
pub(crate) fn number(cell: &str, min: f64, max: f64, unit: &'static str) -> Result<f64, Wrong> {
    let accepted = || {
        sentence!(
            "a number from {min} to {max} ({unit})",
            min = min.to_string(),
            max = max.to_string(),
            unit = word(unit)
        )
    };
    let wrong = |problem: Sentence| (FaultCode::BadNumber, problem, accepted());
    let is_plain = cell.bytes().all(|b| b.is_ascii_digit() || b"+-.,".contains(&b));
    let with_point =
        if cell.contains(',') { cell.replace(',', ".").into() } else { Cow::Borrowed(cell) };
    let value = with_point.parse::<f64>().ok().filter(|_| is_plain);
    let value =
        value.ok_or_else(|| wrong(sentence!("`{cell}` is not a number", cell = short(cell))))?;
    if (min..=max).contains(&value) {
        return Ok(value);
    }
    Err(wrong(sentence!("{number} is out of range", number = value.to_string())))
}

pub(super) fn country(cell: &str) -> Result<String, Wrong> {
    if cell.len() == 2 && cell.bytes().all(|b| b.is_ascii_alphabetic()) {
        return Ok(cell.to_ascii_uppercase());
    }
    Err((
        FaultCode::BadCountry,
        sentence!("`{cell}` is not a country code", cell = short(cell)),
        sentence!("two letters of ISO 3166-1, such as DE"),
    ))
}

/// `YYYY-MM-DD`, from 1990 to 2199.
pub(super) fn date(cell: &str) -> Result<Date, Wrong> {
    let has_shape = cell.len() == 10 && cell.bytes().all(|b| b.is_ascii_digit() || b == b'-');
    let date = cell.parse::<Date>().ok().filter(|d| has_shape && (1990..2200).contains(&d.year()));
    date.ok_or_else(|| {
        (
            FaultCode::BadDate,
            sentence!("`{cell}` is not a date", cell = short(cell)),
            sentence!("a date YYYY-MM-DD such as 2026-11-23, from 1990 to 2199"),
        )
    })
}

/// A list in one cell: words parted by spaces, commas, semicolons or bars.
pub(super) fn list(cell: &str) -> impl Iterator<Item = &str> {
    cell.split(|c: char| c.is_whitespace() || matches!(c, ',' | ';' | '|'))
        .filter(|w| !w.is_empty())
}

/// A cell as it may be repeated in a sentence: one line, at most 40 characters.
pub(crate) fn short(cell: &str) -> String {
    let line = super::table::one_line(cell);
    if line.chars().count() <= 40 {
        return line;
    }
    line.chars().take(40).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_that_a_mail_server_would_refuse_are_refused_here() {
        for good in ["a@b.example", "o'neil+x@mail.acme.example", "=1@acme.example"] {
            assert!(is_email(good), "{good}");
        }
        for bad in [
            "",
            "a",
            "a@b",
            "a@@b.example",
            "a b@c.example",
            ".a@c.example",
            "a@-c.example",
            "a@c..example",
            "a@c.example\nBcc: x@y.example",
            "å@c.example",
        ] {
            assert!(!is_email(bad), "{bad}");
        }
    }

    #[test]
    fn numbers_take_a_decimal_comma_and_no_infinity() {
        assert_eq!(number("52,5", -90.0, 90.0, "degrees").ok(), Some(52.5));
        assert!(number("inf", -90.0, 90.0, "degrees").is_err());
        assert!(number("1e3", 0.0, 9999.0, "km").is_err());
        assert!(number("90.01", -90.0, 90.0, "degrees").is_err());
    }

    #[test]
    fn dates_have_one_spelling() {
        assert!(date("2026-11-23").is_ok());
        for bad in
            ["23.11.2026", "2026-02-30", "2026-1-1", "20261123", "1889-01-01", "2026-11-23T00:00"]
        {
            assert!(date(bad).is_err(), "{bad}");
        }
    }
}
