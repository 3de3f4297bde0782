//! Sign-ins of other systems, posted by programs that hold a token for it. Nothing is read back but
//! what became of the rows.

use super::Tries;
use crate::acts::ActError;
use crate::acts::observations::{self, ImportReport, Importer};
use crate::acts::tokens;
use crate::web::errors::{Answer, Fail, problem};
use crate::web::session::Visitor;
use crate::web::session::proxy::rate_subject;
use crate::web::state::Web;
use axum::Json;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::IntoResponse;
use muster_domain::person::TokenScope;
use serde_json::{Map, Value, json};

/// Longest body.
const BYTES_MAX: usize = 16 * 1024 * 1024;
/// The columns of docs/links-format.md, in the order they are handed on.
const COLUMNS: [&str; 12] = [
    "employee_id",
    "at",
    "declared_lat",
    "declared_lon",
    "ip",
    "ip_class",
    "asn",
    "lat",
    "lon",
    "accuracy_m",
    "device_key",
    "lan_id",
];

/// `POST /api/observations`: `text/csv`, or `{"observations": [{...}, ...]}`.
pub(super) async fn take(
    tries: &Tries,
    web: &Web,
    visitor: &Visitor,
    headers: &HeaderMap,
    body: Body,
) -> Answer {
    let text = |name| headers.get(name).and_then(|v| v.to_str().ok()).unwrap_or_default();
    let bearer = text(header::AUTHORIZATION).strip_prefix("Bearer ").unwrap_or_default().trim();
    let token = match tokens::check(&web.context, bearer, TokenScope::Observations).await {
        Ok(token) => token,
        Err(ActError::Forbidden(_)) => {
            let now_ms = web.context.store.clock().monotonic_ms();
            if !tries.take(rate_subject(visitor.client()), now_ms) {
                return Err(Fail::TooMany("Too many tries. Wait a minute.".to_owned()));
            }
            return Err(Fail::NoToken);
        }
        Err(error) => return Err(error.into()),
    };
    let Ok(bytes) = to_bytes(body, BYTES_MAX).await else {
        let title = "A request holds at most 16 MiB; send the rest in another one.";
        return Ok(problem(StatusCode::PAYLOAD_TOO_LARGE, "too-long", title, visitor, Map::new()));
    };
    let kind = text(header::CONTENT_TYPE).split(';').next().unwrap_or_default().trim();
    let csv = match kind {
        "text/csv" => bytes.to_vec(),
        "application/json" => csv_of(&bytes).map_err(Fail::BadRequest)?,
        _ => {
            let title = "Send text/csv or application/json.";
            let status = StatusCode::UNSUPPORTED_MEDIA_TYPE;
            return Ok(problem(status, "unknown-type", title, visitor, Map::new()));
        }
    };
    let is_json = kind == "application/json";
    let who = Importer::Program(Box::new(token));
    let report = observations::import(&web.context, who, std::io::Cursor::new(csv)).await?;
    let told = told(&report, is_json);
    let has_none = report.taken + report.known + report.too_old + report.empty == 0;
    if has_none && !report.faults.is_empty() {
        let title = "None of the rows can be taken.";
        return Ok(problem(
            StatusCode::UNPROCESSABLE_ENTITY,
            "nothing-taken",
            title,
            visitor,
            told,
        ));
    }
    Ok(Json(Value::Object(told)).into_response())
}

fn told(report: &ImportReport, is_json: bool) -> Map<String, Value> {
    let refused: Vec<Value> = report
        .faults
        .iter()
        .map(|fault| {
            let mut row = json!({
                "column": fault.column, "code": fault.code.code(),
                "problem": fault.problem.to_string(), "accepted": fault.accepted.to_string()
            });
            // the first object stands on the line after the header
            match is_json {
                true => row["index"] = fault.line.saturating_sub(2).into(),
                false => row["line"] = fault.line.into(),
            }
            row
        })
        .collect();
    let mut told = Map::new();
    for (name, count) in [
        ("taken", report.taken),
        ("known", report.known),
        ("too_old", report.too_old),
        ("empty", report.empty),
    ] {
        told.insert(name.to_owned(), count.into());
    }
    told.insert("refused".to_owned(), refused.into());
    told
}

/// The same rows as a file, so that both ways in are read by one reader.
fn csv_of(bytes: &[u8]) -> Result<Vec<u8>, String> {
    let shape = || {
        "An object was expected: {\"observations\": [{\"employee_id\": ..., \"at\": ...}]}."
            .to_owned()
    };
    let value: Value = serde_json::from_slice(bytes).map_err(|_| shape())?;
    let rows = value.get("observations").and_then(Value::as_array).ok_or_else(shape)?;
    let mut text = COLUMNS.join(",");
    text.push('\n');
    for (n, row) in rows.iter().enumerate() {
        let fields = row.as_object().ok_or_else(|| format!("observations[{n}] is no object."))?;
        if let Some(name) = fields.keys().find(|name| !COLUMNS.contains(&name.as_str())) {
            let known = COLUMNS.join(", ");
            return Err(format!("observations[{n}] has the field `{name}`; known are {known}."));
        }
        let mut cells = Vec::new();
        for column in COLUMNS {
            let cell = match fields.get(column) {
                None | Some(Value::Null) => String::new(),
                Some(Value::String(text)) => text.clone(),
                Some(Value::Number(number)) => number.to_string(),
                Some(_) => {
                    return Err(format!("observations[{n}].{column} is no text and no number."));
                }
            };
            if cell.chars().any(char::is_control) {
                return Err(format!("observations[{n}].{column} has a control character."));
            }
            cells.push(format!("\"{}\"", cell.replace('"', "\"\"")));
        }
        text += &cells.join(",");
        text.push('\n');
    }
    Ok(text.into_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_becomes_the_file_it_stands_for() {
        let csv = |text: &str| csv_of(text.as_bytes()).map(|b| String::from_utf8(b).unwrap());
        let made =
            csv(r#"{"observations":[{"employee_id":"a","at":"x","lat":1.5,"lan_id":"q\"u,o"}]}"#);
        assert_eq!(
            made.unwrap().lines().nth(1).unwrap(),
            r#""a","x","","","","","","1.5","","","","q""u,o""#
        );
        for (bad, said) in [
            ("[]", "An object was expected"),
            (r#"{"observations":[1]}"#, "observations[0]"),
            (r#"{"observations":[{},{"name":"x"}]}"#, "observations[1] has the field `name`"),
            (r#"{"observations":[{"at":true}]}"#, "observations[0].at"),
            (r#"{"observations":[{"at":"a\nb"}]}"#, "control"),
        ] {
            assert!(csv(bad).unwrap_err().contains(said), "{bad}");
        }
    }
}
