//! The cookies: an opaque session token, a name for the browser (so that a sign-in code is good
//! only where it was asked for), and the address that was typed.

use crate::web::state::Web;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::Response;
use axum_extra::extract::CookieJar;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// The session's token.
pub(crate) const SESSION: &str = "muster";
/// The browser's random name.
pub(crate) const BROWSER: &str = "muster-browser";
/// The address typed at sign-in, until the code is typed.
pub(crate) const ADDRESS: &str = "muster-address";
/// The language chosen before signing in.
pub(crate) const LANGUAGE: &str = "muster-language";

/// The value of one of our cookies, if it was sent.
pub(crate) fn read(web: &Web, headers: &HeaderMap, name: &str) -> Option<String> {
    let jar = CookieJar::from_headers(headers);
    let value = jar.get(&full_name(web, name))?.value().to_owned();
    // Nothing of ours is longer; what is was not written by us.
    (value.len() <= 512).then_some(value)
}

/// Sets one of our cookies; `None` seconds: until the browser closes.
pub(crate) fn set(web: &Web, answer: &mut Response, name: &str, value: &str, seconds: Option<u32>) {
    let age = seconds.map(|s| format!("; Max-Age={s}")).unwrap_or_default();
    let secure = if web.settings.is_https() { "; Secure" } else { "" };
    let name = full_name(web, name);
    let cookie = format!("{name}={value}; Path=/{age}; HttpOnly; SameSite=Lax{secure}");
    if let Ok(value) = HeaderValue::from_str(&cookie) {
        answer.headers_mut().append(header::SET_COOKIE, value);
    }
}

/// Takes one of our cookies away.
pub(crate) fn clear(web: &Web, answer: &mut Response, name: &str) {
    set(web, answer, name, "", Some(0));
}

/// 256 random bits as text.
pub(crate) fn fresh(web: &Web) -> String {
    URL_SAFE_NO_PAD.encode(web.context.store.entropy().bytes::<32>())
}

/// `__Host-`: the browser then refuses the cookie from a subdomain, another path or plain HTTP.
fn full_name(web: &Web, name: &str) -> String {
    let prefix = if web.settings.is_https() { "__Host-" } else { "" };
    format!("{prefix}{name}")
}
