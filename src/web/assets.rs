//! Style sheet, scripts and shapes, embedded in the binary. Each has its content's hash as ETag;
//! a browser asks again and is told that nothing changed.

use super::errors::{Answer, Fail};
use axum::body::Body;
use axum::extract::Path;
use axum::http::{HeaderMap, Response, StatusCode, header};
use axum::response::IntoResponse;
use muster_messages::language::{Language, keys};
use rust_embed::RustEmbed;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

#[derive(RustEmbed)]
#[folder = "assets"]
struct Files;

/// `GET /assets/{*path}`
pub(super) async fn asset(Path(path): Path<String>, headers: HeaderMap) -> Answer {
    let kind = kind_of(&path).ok_or(Fail::NotFound)?;
    let content = match path.strip_prefix("words/").and_then(|name| name.strip_suffix(".js")) {
        Some(code) => words(code).ok_or(Fail::NotFound)?.into_bytes(),
        None => Files::get(&path).ok_or(Fail::NotFound)?.data.into_owned(),
    };
    let etag = format!("\"{}\"", hex::encode(&Sha256::digest(&content)[..16]));
    let known = headers.get(header::IF_NONE_MATCH).and_then(|v| v.to_str().ok());
    let is_known = known.is_some_and(|k| k.split(',').any(|tag| tag.trim() == etag));
    let (status, body) = match is_known {
        true => (StatusCode::NOT_MODIFIED, Body::empty()),
        false => (StatusCode::OK, Body::from(content)),
    };
    let answer = Response::builder()
        .status(status)
        .header(header::CONTENT_TYPE, kind)
        .header(header::ETAG, etag)
        .header(header::CACHE_CONTROL, "no-cache")
        .body(body)
        .map_err(|e| Fail::Broken(e.to_string()))?;
    Ok(answer.into_response())
}

/// `words/de.js`: what the scripts say, in a language that is not English, as a module.
fn words(code: &str) -> Option<String> {
    let known = Language::from_code(code)?.catalogue()?;
    let mut said = BTreeMap::new();
    for path in Files::iter().filter(|path| path.ends_with(".js")) {
        let script = Files::get(&path)?;
        for english in keys::of_script(&String::from_utf8_lossy(&script.data)) {
            if let Some(text) = known.get(&english) {
                said.insert(english, text);
            }
        }
    }
    Some(format!("export default {};\n", serde_json::to_string(&said).ok()?))
}

/// The closed list of what is served; anything else in the folder is not.
fn kind_of(path: &str) -> Option<&'static str> {
    Some(match path.rsplit_once('.')?.1 {
        "css" => "text/css; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "svg" => "image/svg+xml",
        _ => return None,
    })
}
