//! What is held about one person: the employee's own page, and the same as a file that needs no
//! service.

use super::{PageFrame, samples};
use crate::language::tr_text;
use crate::render::Template;
use crate::t;
use serde::Serialize;
use serde_json::Value;

/// `GET /me/data`
#[derive(Debug, Clone, Serialize)]
pub struct MyData {
    pub frame: PageFrame,
    pub classes: Vec<ClassLine>,
    /// What is not in the download, in sentences.
    pub left_out: Vec<String>,
    /// Why something is kept longer than by default.
    pub longer_because: Option<String>,
}

/// One class of data.
#[derive(Debug, Clone, Serialize)]
pub struct ClassLine {
    pub holds: String,
    /// E.g. `30 days after the check-in`.
    pub kept: String,
    pub needed_for: String,
    /// Records of this person.
    pub records: usize,
}

impl Template for MyData {
    const NAME: &'static str = "pages/me/data";

    fn samples() -> Vec<MyData> {
        let line = |holds: &str, kept: &str, needed_for: &str, records| ClassLine {
            holds: holds.to_owned(),
            kept: kept.to_owned(),
            needed_for: needed_for.to_owned(),
            records,
        };
        let usual = MyData {
            frame: samples::employee("My data"),
            classes: vec![
                line(
                    "the exact point you shared",
                    "30 days after the check-in",
                    "looking into what did not fit",
                    1,
                ),
                line(
                    "check-ins and their outcomes",
                    "730 days after the outcome",
                    "showing later that a decision was right",
                    14,
                ),
                line(
                    "sessions and one-time codes",
                    "until they run out",
                    "keeping you signed in",
                    0,
                ),
            ],
            left_out: vec!["Other people are not named.".to_owned()],
            longer_because: None,
        };
        let longer = Some("the limitation period of our country is three years".to_owned());
        vec![usual.clone(), MyData { longer_because: longer, ..usual }]
    }
}

/// The readable export.
#[derive(Debug, Clone, Serialize)]
pub struct PersonalDataFile {
    pub name: String,
    pub organisation: String,
    pub made_at: String,
    pub left_out: Vec<String>,
    pub classes: Vec<FileClass>,
}

/// One class with its records.
#[derive(Debug, Clone, Serialize)]
pub struct FileClass {
    pub holds: String,
    pub kept: String,
    pub needed_for: String,
    pub records: Vec<FileRecord>,
}

/// One record.
#[derive(Debug, Clone, Serialize)]
pub struct FileRecord {
    pub name: String,
    pub fields: Vec<FileField>,
}

/// One field of a record.
#[derive(Debug, Clone, Serialize)]
pub struct FileField {
    pub name: String,
    pub value: String,
}

/// How long a class is kept, in words.
pub fn kept(days: Option<u32>, counted_from: &str) -> String {
    let counted_from = tr_text(counted_from);
    match days {
        Some(days) => t!("{days} days after {counted_from}", days, counted_from),
        None => t!("until {counted_from}", counted_from),
    }
}

impl PersonalDataFile {
    /// From the export as JSON (the shape of `muster person export --json`). What is not there reads
    /// as nothing.
    pub fn of(export: &Value) -> PersonalDataFile {
        let text = |value: &Value, key: &str| value[key].as_str().unwrap_or_default().to_owned();
        let list = |value: &Value, key: &str| value[key].as_array().cloned().unwrap_or_default();
        let class = |class: &Value| FileClass {
            holds: tr_text(&text(class, "holds")),
            kept: kept(
                class["days"].as_u64().and_then(|d| u32::try_from(d).ok()),
                &text(class, "counted_from"),
            ),
            needed_for: tr_text(&text(class, "needed_for")),
            records: list(class, "rows").iter().map(record).collect(),
        };
        PersonalDataFile {
            name: text(export, "name"),
            organisation: text(export, "organisation"),
            made_at: text(export, "made_at"),
            left_out: list(export, "left_out")
                .iter()
                .filter_map(|s| s.as_str().map(tr_text))
                .collect(),
            classes: list(export, "classes").iter().map(class).collect(),
        }
    }
}

fn record(row: &Value) -> FileRecord {
    let mut fields = Vec::new();
    flatten("", &row["fields"], &mut fields);
    FileRecord { name: words(row["record"].as_str().unwrap_or_default()), fields }
}

/// Objects and lists become lines `outer inner`; empty ones and nulls are left out.
fn flatten(name: &str, value: &Value, into: &mut Vec<FileField>) {
    let under = |inner: &str| match name.is_empty() {
        true => words(inner),
        false => format!("{name} {}", words(inner)),
    };
    match value {
        Value::Null => {}
        Value::Object(fields) => {
            fields.iter().for_each(|(inner, value)| flatten(&under(inner), value, into));
        }
        Value::Array(items) => {
            for (i, item) in items.iter().enumerate() {
                flatten(&under(&(i + 1).to_string()), item, into);
            }
        }
        Value::String(text) => {
            into.push(FileField { name: name.to_owned(), value: text.clone() });
        }
        Value::Number(number) if name.ends_with(" ms") || name.ends_with(" at") => {
            let value = number.as_i64().and_then(instant).unwrap_or_else(|| number.to_string());
            let name = name.trim_end_matches(" ms").to_owned();
            into.push(FileField { name, value });
        }
        other => into.push(FileField { name: name.to_owned(), value: other.to_string() }),
    }
}

/// UTC milliseconds of this century as a date and time; None for a span.
fn instant(ms: i64) -> Option<String> {
    const YEAR_2000_MS: i64 = 946_684_800_000;
    let instant = jiff::Timestamp::from_millisecond(ms).ok().filter(|_| ms >= YEAR_2000_MS)?;
    Some(instant.strftime("%Y-%m-%d %H:%M:%S UTC").to_string())
}

fn words(name: &str) -> String {
    name.replace('_', " ")
}

impl Template for PersonalDataFile {
    const NAME: &'static str = "files/personal_data";

    fn samples() -> Vec<PersonalDataFile> {
        vec![PersonalDataFile::of(&serde_json::json!({
            "name": "Jo <b>Example</b>", "organisation": "Acme", "made_at": "2026-12-02T09:00:00Z",
            "left_out": ["Other people are not named."],
            "classes": [{
                "holds": "check-ins and their outcomes", "needed_for": "showing later that a decision was right",
                "days": 730, "counted_from": "the outcome",
                "rows": [{ "record": "check_in", "fields": {
                    "start_ms": 1_796_200_800_000_i64, "verifier_id": "another person", "outcome": "verified",
                    "case_id": null, "detail": { "amount_ms": 900_000, "list": ["a", "b"] },
                } }],
            }],
        }))]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_read_as_dates_and_spans_stay_numbers() {
        let file = &PersonalDataFile::samples()[0];
        let fields: Vec<(&str, &str)> = file.classes[0].records[0]
            .fields
            .iter()
            .map(|f| (f.name.as_str(), f.value.as_str()))
            .collect();
        assert!(fields.contains(&("start", "2026-12-02 08:40:00 UTC")), "{fields:?}");
        assert!(fields.contains(&("detail amount", "900000")), "{fields:?}");
        assert!(fields.contains(&("detail list 2", "b")), "{fields:?}");
        assert!(!fields.iter().any(|(name, _)| *name == "case id"), "an empty field says nothing");
    }

    #[test]
    fn what_somebody_typed_stays_text_in_the_file() {
        let renderer = crate::render::Renderer::new().unwrap();
        let html = renderer.page(&PersonalDataFile::samples()[0]).unwrap();
        assert!(html.contains("Jo &lt;b&gt;Example") && !html.contains("<b>Example"));
    }

    #[test]
    fn how_long_something_is_kept_reads_as_a_sentence() {
        assert_eq!(kept(Some(30), "the check-in"), "30 days after the check-in");
        assert_eq!(kept(None, "the day you leave"), "until the day you leave");
    }
}
