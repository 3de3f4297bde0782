//! The headers of every answer. Nothing inline, nothing from elsewhere, nothing framed; camera,
//! microphone and place on the check-in and room pages only, passkeys where one is made or signs.

use super::router::{Passkeys, Rule};
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};

/// Features that no page ever needs.
const NEVER: &str = "accelerometer=(), autoplay=(self), bluetooth=(), display-capture=(), fullscreen=(self), gyroscope=(), hid=(), magnetometer=(), midi=(), payment=(), screen-wake-lock=(), serial=(), usb=(), xr-spatial-tracking=()";

/// Adds what the handler has not set itself. `host` is the `Host` that was accepted.
pub(super) fn secure(headers: &mut HeaderMap, host: &str, rule: &Rule, is_https: bool) {
    let socket = if is_https { "wss" } else { "ws" };
    // 'self' covers the room's socket in current browsers; older ones want it by name.
    let policy = format!(
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self' {socket}://{host}; img-src 'self' blob:; media-src 'self' blob:; frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    );
    let allowed = |is_needed: bool| if is_needed { "(self)" } else { "()" };
    let own = allowed(rule.needs_devices);
    let (make, sign) =
        (allowed(rule.passkeys == Passkeys::Make), allowed(rule.passkeys == Passkeys::Sign));
    let permissions = format!(
        "camera={own}, microphone={own}, geolocation={own}, publickey-credentials-create={make}, publickey-credentials-get={sign}, {NEVER}"
    );
    let add = |headers: &mut HeaderMap, name: HeaderName, value: &str| {
        if let Ok(value) = HeaderValue::from_str(value) {
            headers.entry(name).or_insert(value);
        }
    };
    add(headers, header::CONTENT_SECURITY_POLICY, &policy);
    add(headers, HeaderName::from_static("permissions-policy"), &permissions);
    add(headers, HeaderName::from_static("cross-origin-opener-policy"), "same-origin");
    add(headers, HeaderName::from_static("cross-origin-embedder-policy"), "require-corp");
    add(headers, HeaderName::from_static("cross-origin-resource-policy"), "same-origin");
    // Our own forms need the path they came from, other sites get nothing.
    add(headers, header::REFERRER_POLICY, "same-origin");
    add(headers, header::CACHE_CONTROL, "no-store");
    add(headers, header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    add(headers, header::X_FRAME_OPTIONS, "DENY");
    if is_https {
        let year = "max-age=31536000; includeSubDomains";
        add(headers, header::STRICT_TRANSPORT_SECURITY, year);
    }
}
