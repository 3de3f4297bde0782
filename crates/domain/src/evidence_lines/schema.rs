//! The JSON Schema (2020-12) of one line, from the table.
//!
//! It says less than the reader in three places that a pattern cannot reach: whether a time zone
//! exists, whether a date does, and whether an address is one.

use super::shape::{Field, LINE, Shape};
use serde_json::{Map, Value, json};

/// The schema of one line.
pub fn schema() -> Value {
    let mut schema = object(LINE);
    schema.insert("$schema".into(), "https://json-schema.org/draft/2020-12/schema".into());
    schema.insert("title".into(), "One line of evidence for muster assess".into());
    Value::Object(schema)
}

fn object(fields: &[Field]) -> Map<String, Value> {
    let properties: Map<String, Value> = fields
        .iter()
        .map(|field| {
            let mut property = shape(&field.shape, !field.is_required);
            property.insert("description".into(), field.about.into());
            (field.name.to_owned(), Value::Object(property))
        })
        .collect();
    let required: Vec<&str> = fields.iter().filter(|f| f.is_required).map(|f| f.name).collect();
    let mut schema = Map::new();
    schema.insert("type".into(), "object".into());
    schema.insert("properties".into(), properties.into());
    if !required.is_empty() {
        schema.insert("required".into(), required.into());
    }
    schema.insert("additionalProperties".into(), false.into());
    schema
}

fn shape(shape: &Shape, may_be_null: bool) -> Map<String, Value> {
    let text = |pattern: &str| json!({ "type": "string", "pattern": pattern });
    let mut schema = match shape {
        Shape::Id => json!({ "type": ["string", "integer"] }),
        Shape::Instant => text(&format!("^{DATE}{TIME}$")),
        Shape::InstantOrDate => text(&format!("^{DATE}({TIME})?$")),
        Shape::Number { min, max } => {
            let mut number = json!({ "type": "number" });
            for (key, limit, absent) in [("minimum", min, f64::MIN), ("maximum", max, f64::MAX)] {
                if *limit != absent {
                    number[key] = json!(limit);
                }
            }
            number
        }
        Shape::Whole { max } => json!({ "type": "integer", "minimum": 0, "maximum": max }),
        Shape::Flag => json!({ "type": "boolean" }),
        Shape::Text | Shape::Zone | Shape::Address => json!({ "type": "string" }),
        Shape::Country => text("^[A-Za-z]{2}$"),
        Shape::RegionCode => text("^[A-Za-z]{2}(-[A-Za-z0-9]{1,3})?$"),
        Shape::Word(words) => json!({ "type": "string", "enum": words }),
        Shape::Object(fields) => Value::Object(object(fields)),
        Shape::List(items) => json!({ "type": "array", "items": self::shape(items, false) }),
    };
    if may_be_null {
        let types = match schema["type"].take() {
            Value::Array(types) => types,
            one => vec![one],
        };
        schema["type"] = types.into_iter().chain(["null".into()]).collect();
        if let Some(Value::Array(words)) = schema.get_mut("enum") {
            words.push(Value::Null);
        }
    }
    match schema {
        Value::Object(schema) => schema,
        _ => Map::new(),
    }
}

const DATE: &str = "[0-9]{4}-[0-9]{2}-[0-9]{2}";
const TIME: &str = "[Tt ][0-9]{2}:[0-9]{2}:[0-9]{2}(\\.[0-9]{1,9})?([Zz]|[+-][0-9]{2}:[0-9]{2})";
