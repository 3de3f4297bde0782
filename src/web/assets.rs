//! Style sheet, scripts and shapes, embedded in the binary. Each has its content's hash as ETag;
//! a browser asks again and is told that nothing changed.

use super::errors::{Answer, Fail};
use axum::body::Body;
use axum::extract::Path;
use axum::http::{HeaderMap, Response, StatusCode, header};
use axum::response::IntoResponse;
use rust_embed::RustEmbed;

#[derive(RustEmbed)]
#[folder = "assets"]
struct Files;

/// `GET /assets/{*path}`
pub(super) async fn asset(Path(path): Path<String>, headers: HeaderMap) -> Answer {
    let (Some(file), Some(kind)) = (Files::get(&path), kind_of(&path)) else {
        return Err(Fail::NotFound);
    };
    let etag = format!("\"{}\"", hex::encode(&file.metadata.sha256_hash()[..16]));
    let known = headers.get(header::IF_NONE_MATCH).and_then(|v| v.to_str().ok());
    let is_known = known.is_some_and(|k| k.split(',').any(|tag| tag.trim() == etag));
    let (status, body) = match is_known {
        true => (StatusCode::NOT_MODIFIED, Body::empty()),
        false => (StatusCode::OK, Body::from(file.data.into_owned())),
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

/// The closed list of what is served; anything else in the folder is not.
fn kind_of(path: &str) -> Option<&'static str> {
    Some(match path.rsplit_once('.')?.1 {
        "css" => "text/css; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "svg" => "image/svg+xml",
        _ => return None,
    })
}
