//! Requests that change something come from our own pages: the browser says so itself
//! (`Sec-Fetch-Site`, `Origin`), and the form carries a token bound to the session.

use crate::web::errors::Fail;
use crate::web::state::Web;
use axum::http::{HeaderMap, header};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// The token of every form of a session (or, before sign-in, of a browser).
pub(crate) fn token(web: &Web, bound_to: &str) -> String {
    let mac = mac(web, bound_to).finalize().into_bytes();
    URL_SAFE_NO_PAD.encode(mac)
}

/// Whether a form's token is the one of this session or browser, in constant time.
pub(crate) fn is_token(web: &Web, bound_to: &str, sent: &str) -> bool {
    URL_SAFE_NO_PAD.decode(sent).is_ok_and(|sent| mac(web, bound_to).verify_slice(&sent).is_ok())
}

/// Refuses what another site sent. A browser too old to say anything is held by the token.
pub(crate) fn check_origin(headers: &HeaderMap, host: &str) -> Result<(), Fail> {
    let text = |name: &str| headers.get(name).and_then(|v| v.to_str().ok());
    if let Some(site) = text("sec-fetch-site")
        && !matches!(site, "same-origin" | "none")
    {
        return Err(refusal());
    }
    let Some(origin) = text(header::ORIGIN.as_str()) else { return Ok(()) };
    let authority = origin.strip_prefix("https://").or_else(|| origin.strip_prefix("http://"));
    match authority.is_some_and(|a| a.eq_ignore_ascii_case(host)) {
        true => Ok(()),
        false => Err(refusal()),
    }
}

/// The answer to a request that is not from one of our pages.
fn refusal() -> Fail {
    Fail::forbidden(
        "This was not sent from one of our own pages. Open the page and send it from there.",
    )
}

fn mac(web: &Web, bound_to: &str) -> Hmac<Sha256> {
    let mut mac = Hmac::<Sha256>::new_from_slice(&web.key("csrf")).expect("any key length");
    mac.update(bound_to.as_bytes());
    mac
}
