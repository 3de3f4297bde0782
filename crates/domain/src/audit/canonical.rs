//! Canonical JSON (RFC 8785) restricted to what a leaf may hold: objects, arrays, strings,
//! booleans, null and integers of at most 53 bits. A float is refused, so that no two
//! implementations can disagree on its spelling.

use serde_json::Value;
use std::fmt::Write as _;

/// A value that has no canonical form here.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CanonicalError {
    #[error("{0} is not an integer between -(2^53-1) and 2^53-1; write larger numbers as strings")]
    Number(String),
    #[error("{0}")]
    Serialize(String),
}

const INTEGER_MAX: i64 = (1 << 53) - 1;

/// The canonical bytes of anything serde can write.
pub fn to_bytes<T: serde::Serialize>(value: &T) -> Result<Vec<u8>, CanonicalError> {
    let value =
        serde_json::to_value(value).map_err(|e| CanonicalError::Serialize(e.to_string()))?;
    let mut out = String::new();
    write_value(&value, &mut out)?;
    Ok(out.into_bytes())
}

fn write_value(value: &Value, out: &mut String) -> Result<(), CanonicalError> {
    match value {
        Value::Null => out.push_str("null"),
        Value::Bool(b) => out.push_str(if *b { "true" } else { "false" }),
        Value::Number(n) => match n.as_i64() {
            Some(i) if (-INTEGER_MAX..=INTEGER_MAX).contains(&i) => {
                let _ = write!(out, "{i}"); // into a string, which takes everything
            }
            _ => return Err(CanonicalError::Number(n.to_string())),
        },
        Value::String(s) => write_string(s, out),
        Value::Array(items) => {
            out.push('[');
            for (i, item) in items.iter().enumerate() {
                if i > 0 {
                    out.push(',');
                }
                write_value(item, out)?;
            }
            out.push(']');
        }
        Value::Object(map) => {
            // RFC 8785 section 3.2.3: by UTF-16 code units, which is by bytes only within ASCII.
            let mut members: Vec<(&String, &Value)> = map.iter().collect();
            match members.iter().all(|(key, _)| key.is_ascii()) {
                true => members.sort_unstable_by_key(|(key, _)| *key),
                false => members.sort_by(|a, b| a.0.encode_utf16().cmp(b.0.encode_utf16())),
            }
            out.push('{');
            for (i, (key, member)) in members.into_iter().enumerate() {
                if i > 0 {
                    out.push(',');
                }
                write_string(key, out);
                out.push(':');
                write_value(member, out)?;
            }
            out.push('}');
        }
    }
    Ok(())
}

/// serde_json escapes exactly as RFC 8785 section 3.2.2.2 asks; most texts need no escape.
fn write_string(text: &str, out: &mut String) {
    if text.bytes().any(|b| b < 0x20 || b == b'"' || b == b'\\') {
        out.push_str(&Value::from(text).to_string());
    } else {
        out.push('"');
        out.push_str(text);
        out.push('"');
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn keys_are_sorted_by_utf16_units_and_control_characters_are_short() {
        let value = json!({"\u{10000}": 1, "\u{e000}": 2, "a": "\u{8}\n\u{1f}\"é/"});
        let text = String::from_utf8(to_bytes(&value).unwrap()).unwrap();
        // U+10000 is the surrogate pair d800 dc00 and sorts before U+E000.
        assert_eq!(text, "{\"a\":\"\\b\\n\\u001f\\\"é/\",\"\u{10000}\":1,\"\u{e000}\":2}");
    }

    #[test]
    fn a_float_or_a_large_integer_is_refused() {
        assert!(to_bytes(&json!({"x": 1.5})).is_err());
        assert!(to_bytes(&json!(9_007_199_254_740_992_i64)).is_err());
        assert!(to_bytes(&json!(9_007_199_254_740_991_i64)).is_ok());
    }
}
