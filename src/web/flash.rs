//! What the last act did, said once: a short-lived cookie signed by us, shown by the next page.

use super::state::Web;
use axum::http::{HeaderValue, header};
use axum::response::Response;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use muster_messages::pages::{Flash, FlashTone};
use sha2::Sha256;

/// Name of the cookie.
pub(super) const COOKIE: &str = "muster-flash";

/// An answer (usually a redirect) whose next page says this.
pub fn with_flash(web: &Web, mut answer: Response, tone: FlashTone, text: &str) -> Response {
    let tone = if tone == FlashTone::Done { 'd' } else { 'a' };
    let value = URL_SAFE_NO_PAD.encode(format!("{tone}{text}"));
    let mac = URL_SAFE_NO_PAD.encode(mac(web, &value).finalize().into_bytes());
    let secure = if web.settings.is_https() { "; Secure" } else { "" };
    let cookie =
        format!("{COOKIE}={value}.{mac}; Path=/; Max-Age=60; HttpOnly; SameSite=Lax{secure}");
    if let Ok(value) = HeaderValue::from_str(&cookie) {
        answer.headers_mut().append(header::SET_COOKIE, value);
    }
    answer
}

/// Reads the cookie's value; `None` unless we signed it.
pub(super) fn read(web: &Web, cookie: &str) -> Option<Flash> {
    let (value, mac_text) = cookie.split_once('.')?;
    mac(web, value).verify_slice(&URL_SAFE_NO_PAD.decode(mac_text).ok()?).ok()?;
    let text = String::from_utf8(URL_SAFE_NO_PAD.decode(value).ok()?).ok()?;
    let tone = if text.starts_with('d') { FlashTone::Done } else { FlashTone::Attention };
    Some(Flash { tone, text: text.get(1..)?.to_owned() })
}

fn mac(web: &Web, value: &str) -> Hmac<Sha256> {
    let mut mac = Hmac::<Sha256>::new_from_slice(&web.key("flash")).expect("any key length");
    mac.update(value.as_bytes());
    mac
}
