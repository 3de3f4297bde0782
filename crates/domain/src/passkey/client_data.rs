//! What the browser itself says of a ceremony (WebAuthn Level 3, section 5.8.1): JSON that the
//! authenticator signs by its hash. Members we do not know are left aside, as the standard asks.

use super::{PasskeyFault, RelyingParty};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use subtle::ConstantTimeEq;

/// Longest client data read. Browsers send about 250 bytes.
const BYTES_MAX: usize = 4 * 1024;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ClientData {
    #[serde(rename = "type")]
    kind: String,
    challenge: String,
    origin: String,
    #[serde(default)]
    cross_origin: Option<bool>,
    top_origin: Option<String>,
}

/// Which of the two ceremonies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ceremony {
    Create,
    Get,
}

/// Checks that the browser answered this question, on our page, and not inside somebody else's.
pub(super) fn check(
    json: &[u8],
    ceremony: Ceremony,
    challenge: &[u8],
    party: &RelyingParty,
) -> Result<(), PasskeyFault> {
    if json.len() > BYTES_MAX {
        return Err(PasskeyFault::NotReadable);
    }
    let data: ClientData = serde_json::from_slice(json).map_err(|_| PasskeyFault::NotReadable)?;
    let kind = match ceremony {
        Ceremony::Create => "webauthn.create",
        Ceremony::Get => "webauthn.get",
    };
    if data.kind != kind {
        return Err(PasskeyFault::OtherType);
    }
    let signed = URL_SAFE_NO_PAD.decode(&data.challenge).map_err(|_| PasskeyFault::NotReadable)?;
    if !bool::from(signed.ct_eq(challenge)) {
        return Err(PasskeyFault::OtherChallenge);
    }
    if data.origin != party.origin() {
        return Err(PasskeyFault::OtherOrigin);
    }
    // Our pages are never framed, so neither of these has an honest cause.
    if data.cross_origin == Some(true) || data.top_origin.is_some() {
        return Err(PasskeyFault::CrossOrigin);
    }
    Ok(())
}
