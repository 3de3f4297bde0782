//! Canonical JSON (RFC 8785) restricted to what a leaf may hold: objects, arrays, strings,
//! booleans, null and integers of at most 53 bits. A float is refused, so that no two
//! implementations can disagree on its spelling.

use serde_json::Value;

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
    write(&value, &mut out)?;
    Ok(out.into_bytes())
}

fn write(value: &Value, out: &mut String) -> Result<(), CanonicalError> {
    match value {
        Value::Null => out.push_str("null"),
        Value::Bool(b) => out.push_str(if *b { "true" } else { "false" }),
        Value::Number(n) => match n.as_i64() {
            Some(i) if (-INTEGER_MAX..=INTEGER_MAX).contains(&i) => out.push_str(&i.to_string()),
            _ => return Err(CanonicalError::Number(n.to_string())),
        },
        Value::String(s) => write_string(s, out),
        Value::Array(items) => {
            out.push('[');
            for (i, item) in items.iter().enumerate() {
                if i > 0 {
                    out.push(',');
                }
                write(item, out)?;
            }
            out.push(']');
        }
        Value::Object(map) => {
            // RFC 8785 section 3.2.3: by UTF-16 code units, not by bytes.
            let mut keys: Vec<&String> = map.keys().collect();
            keys.sort_by(|a, b| a.encode_utf16().cmp(b.encode_utf16()));
            out.push('{');
            for (i, key) in keys.into_iter().enumerate() {
                if i > 0 {
                    out.push(',');
                }
                write_string(key, out);
                out.push(':');
                write(&map[key], out)?;
            }
            out.push('}');
        }
    }
    Ok(())
}

/// serde_json escapes exactly as RFC 8785 section 3.2.2.2 asks.
fn write_string(text: &str, out: &mut String) {
    out.push_str(&Value::from(text).to_string());
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
