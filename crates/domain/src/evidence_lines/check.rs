//! Whether a value has the shape it must have. All faults of a line are named at once.

use super::shape::{Field, Shape};
use jiff::Timestamp;
use serde_json::{Map, Value};
use std::net::IpAddr;

/// A value is quoted up to so many characters.
const QUOTED_MAX: usize = 40;

/// The faults of an object: path and what would be accepted.
pub(super) fn faults(object: &Map<String, Value>, fields: &[Field]) -> Vec<String> {
    let mut found = Vec::new();
    check_object(object, fields, "", &mut found);
    found
}

fn check_object(
    object: &Map<String, Value>,
    fields: &[Field],
    within: &str,
    found: &mut Vec<String>,
) {
    for (name, value) in object {
        let path = || format!("{within}{name}");
        match fields.iter().find(|field| field.name == name) {
            Some(field) if value.is_null() && !field.is_required => {}
            Some(field) => check(value, &field.shape, &path, found),
            None => {
                let names: Vec<&str> = fields.iter().map(|field| field.name).collect();
                let path = quoted(&Value::String(path()));
                found.push(format!("there is no field {path}; accepted: {}", names.join(", ")));
            }
        }
    }
    for field in fields.iter().filter(|field| field.is_required) {
        if !object.contains_key(field.name) {
            let accepted = field.shape.accepted();
            found.push(format!("`{within}{}` is missing; accepted: {accepted}", field.name));
        }
    }
}

fn check(value: &Value, shape: &Shape, path: &dyn Fn() -> String, found: &mut Vec<String>) {
    match (shape, value) {
        (Shape::Object(fields), Value::Object(object)) => {
            check_object(object, fields, &format!("{}.", path()), found);
        }
        (Shape::List(items), Value::Array(values)) => {
            for (index, value) in values.iter().enumerate() {
                check(value, items, &|| format!("{}[{index}]", path()), found);
            }
        }
        _ if has_shape(value, shape) => {}
        _ => found.push(format!(
            "`{}` must not be {}; accepted: {}",
            path(),
            quoted(value),
            shape.accepted()
        )),
    }
}

fn has_shape(value: &Value, shape: &Shape) -> bool {
    match (shape, value) {
        (Shape::Flag, Value::Bool(_)) => true,
        (Shape::Id, _) => is_id(value),
        (Shape::Text, Value::String(_)) => true,
        (Shape::Number { min, max }, Value::Number(number)) => {
            number.as_f64().is_some_and(|number| (*min..=*max).contains(&number))
        }
        (Shape::Whole { max }, Value::Number(number)) => whole(number.as_f64(), *max).is_some(),
        (Shape::Instant, Value::String(text)) => instant(text).is_some(),
        (Shape::InstantOrDate, Value::String(text)) => {
            instant(text).is_some() || date(text).is_some()
        }
        (Shape::Country, Value::String(text)) => is_country(text),
        (Shape::RegionCode, Value::String(text)) => is_region_code(text),
        (Shape::Zone, Value::String(text)) => crate::time::zone(text).is_some(),
        (Shape::Address, Value::String(text)) => text.parse::<IpAddr>().is_ok(),
        (Shape::Word(words), Value::String(text)) => words.contains(&text.as_str()),
        _ => false,
    }
}

/// Text or a whole number.
pub(super) fn is_id(value: &Value) -> bool {
    value.is_string() || value.as_f64().is_some_and(|number| number.fract() == 0.0)
}

/// A whole number in range; 5.0 is one, as in JSON Schema.
pub(super) fn whole(number: Option<f64>, max: u32) -> Option<u32> {
    let number = number.filter(|n| n.fract() == 0.0 && (0.0..=f64::from(max)).contains(n));
    number.map(|n| n as u32)
}

/// An instant of RFC 3339, with seconds and offset, and nothing more lenient.
pub(super) fn instant(text: &str) -> Option<Timestamp> {
    let bytes = text.as_bytes();
    let (stamp, rest) = bytes.split_at_checked(19)?;
    let digits = |at: &[usize]| at.iter().all(|&i| stamp[i].is_ascii_digit());
    let is_stamp = digits(&[0, 1, 2, 3, 5, 6, 8, 9, 11, 12, 14, 15, 17, 18])
        && (stamp[4], stamp[7], stamp[13], stamp[16]) == (b'-', b'-', b':', b':')
        && matches!(stamp[10], b'T' | b't' | b' ');
    let offset = match rest.split_first()? {
        (b'.', fraction) => {
            let length = fraction.iter().take_while(|b| b.is_ascii_digit()).count();
            (1..=9).contains(&length).then(|| &fraction[length..])?
        }
        _ => rest,
    };
    let is_offset = match offset {
        [b'Z' | b'z'] => true,
        [b'+' | b'-', a, b, b':', c, d] => [a, b, c, d].iter().all(|b| b.is_ascii_digit()),
        _ => false,
    };
    (is_stamp && is_offset).then(|| text.parse().ok())?
}

/// Seconds east of UTC of an instant's offset as written.
pub(super) fn offset_seconds(instant: &str) -> i32 {
    let number = |text: &str| text.parse::<i32>().unwrap_or(0);
    let Some(offset) = instant.len().checked_sub(6).and_then(|from| instant.get(from..)) else {
        return 0;
    };
    let seconds = || number(&offset[1..3]) * 3_600 + number(&offset[4..6]) * 60;
    match offset.as_bytes()[0] {
        b'+' => seconds(),
        b'-' => -seconds(),
        _ => 0,
    }
}

/// A date such as 2026-06-01.
pub(super) fn date(text: &str) -> Option<jiff::civil::Date> {
    let is_plain = text.len() == 10 && text.bytes().all(|b| b.is_ascii_digit() || b == b'-');
    is_plain.then(|| text.parse().ok())?
}

fn is_country(text: &str) -> bool {
    text.len() == 2 && text.bytes().all(|b| b.is_ascii_alphabetic())
}

fn is_region_code(text: &str) -> bool {
    match text.split_once('-') {
        None => is_country(text),
        Some((country, part)) => {
            let is_part =
                (1..=3).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphanumeric());
            is_country(country) && is_part
        }
    }
}

/// A value as it stands in a sentence, cut short.
fn quoted(value: &Value) -> String {
    let text = match value {
        Value::String(text) => text.clone(),
        Value::Array(_) => return "a list".into(),
        Value::Object(_) => return "an object".into(),
        other => other.to_string(),
    };
    let is_long = text.chars().count() > QUOTED_MAX;
    let cut: String = text.chars().filter(|c| !c.is_control()).take(QUOTED_MAX).collect();
    format!("`{cut}{}`", if is_long { "..." } else { "" })
}
