//! The claims of a record: names of EAT (RFC 9711) where it has one, JWT's (RFC 7519, RFC 7800) next,
//! and our own for the rest. `docs/place-record.md` lists them.
//!
//! The browser's clock decides nothing: a record is as fresh as the server's question it answers
//! (`eat_nonce`), so a computer with a wrong clock can answer like any other.

use super::jws::{JwsFault, SignedText};
use crate::judging::evidence::{ClaimStatus, Point};
use crate::judging::gathered::{CameraClass, RendererClass};
use crate::passkey::challenge_of;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use std::net::SocketAddr;
use uuid::Uuid;

/// `eat_profile` of these records: a tag URI (RFC 4151).
pub const PROFILE: &str = "tag:muster.example,2026:place/1";

/// Addresses of datagrams that one record may name: one an interface and family.
const REFLEXIVE_MAX: usize = 8;

/// What a record must be an answer to.
#[derive(Debug, Clone, Copy)]
pub struct Expected<'a> {
    /// Our public address, without a slash at the end.
    pub audience: &'a str,
    pub check_in: Uuid,
}

/// Why a record is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RecordFault {
    #[error(transparent)]
    Jws(#[from] JwsFault),
    #[error("its claims cannot be read")]
    Claims,
    #[error("it was made for something else")]
    OtherPurpose,
    #[error("it names another key than the one that signed it")]
    OtherKey,
}

/// A record that is whole and signed by the key it names. Whether its nonce is still open is the
/// caller's to find out.
#[derive(Debug, Clone, PartialEq)]
pub struct PlaceRecord {
    pub nonce: String,
    /// What a passkey signs beside the key: the hash of question and claims.
    pub challenge: [u8; 32],
    /// RFC 7638 thumbprint of the key that signed.
    pub thumbprint: String,
    pub status: ClaimStatus,
    pub point: Option<Point>,
    /// 95 % radius in metres, rounded up.
    pub accuracy_metres: Option<u32>,
    /// As the browser calls it.
    pub time_zone: Option<String>,
    pub camera: Option<CameraClass>,
    pub renderer: Option<RendererClass>,
    /// Addresses the page was told by the STUN responder.
    pub reflexive: Vec<SocketAddr>,
}

#[derive(Deserialize)]
struct Claims {
    eat_profile: String,
    eat_nonce: String,
    aud: String,
    check_in: Uuid,
    cnf: Confirmation,
    loc_status: String,
    location: Option<Location>,
    tz: Option<String>,
    camera: Option<String>,
    renderer: Option<String>,
    #[serde(default)]
    reflexive: Vec<String>,
}

/// RFC 7800, with the member of RFC 9449 for thumbprints.
#[derive(Deserialize)]
struct Confirmation {
    jkt: String,
}

/// RFC 9711, section 4.2.10. Further members are left aside.
#[derive(Deserialize)]
struct Location {
    latitude: f64,
    longitude: f64,
    accuracy: Option<f64>,
}

impl PlaceRecord {
    /// Reads a record that must answer this question.
    ///
    /// # Errors
    /// It was changed, is for another purpose, or its parts contradict each other.
    pub fn read(text: &str, expected: Expected<'_>) -> Result<PlaceRecord, RecordFault> {
        let signed = SignedText::read(text)?;
        let claims: Claims =
            serde_json::from_slice(&signed.payload).map_err(|_| RecordFault::Claims)?;
        let is_ours = claims.eat_profile == PROFILE
            && claims.aud == expected.audience
            && claims.check_in == expected.check_in;
        if !is_ours {
            return Err(RecordFault::OtherPurpose);
        }
        let thumbprint = signed.key.thumbprint();
        if claims.cnf.jkt != thumbprint {
            return Err(RecordFault::OtherKey);
        }
        let status = match claims.loc_status.as_str() {
            "timeout" => ClaimStatus::TimedOut,
            word => ClaimStatus::from_code(word).ok_or(RecordFault::Claims)?,
        };
        if claims.reflexive.len() > REFLEXIVE_MAX {
            return Err(RecordFault::Claims);
        }
        let location = claims.location.filter(|_| status == ClaimStatus::Ok);
        let point = location.as_ref().map(|l| Point::reported(l.latitude, l.longitude));
        let accuracy = location.and_then(|l| l.accuracy).filter(|m| (0.0..=1e8).contains(m));
        let nonce = URL_SAFE_NO_PAD.decode(&claims.eat_nonce).map_err(|_| RecordFault::Claims)?;
        Ok(PlaceRecord {
            nonce: claims.eat_nonce,
            challenge: challenge_of(&nonce, &signed.payload),
            thumbprint,
            status,
            point,
            accuracy_metres: accuracy.map(|m| m.ceil() as u32),
            time_zone: claims.tz,
            camera: claims.camera.as_deref().and_then(CameraClass::from_code),
            renderer: claims.renderer.as_deref().and_then(RendererClass::from_code),
            reflexive: claims.reflexive.iter().filter_map(|a| a.parse().ok()).collect(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::jws::tests::Browser;
    use super::*;
    use serde_json::{Value, json};

    const AUDIENCE: &str = "https://muster.example";

    fn expected() -> Expected<'static> {
        Expected { audience: AUDIENCE, check_in: Uuid::from_u128(7) }
    }

    fn claims(browser: &Browser) -> Value {
        // The thumbprint as the reader works it out.
        let probe = browser.sign(&browser.header(), &json!({}));
        let jkt = SignedText::read(&probe).unwrap().key.thumbprint();
        json!({
            "eat_profile": PROFILE,
            "eat_nonce": "bm9uY2U",
            "aud": AUDIENCE,
            "iat": 1_796_126_400,
            "check_in": Uuid::from_u128(7),
            "cnf": { "jkt": jkt },
            "loc_status": "ok",
            "location": { "latitude": 52.4862, "longitude": 13.4249, "accuracy": 29.3, "age": 1 },
            "tz": "Europe/Berlin",
            "camera": "ordinary",
            "renderer": "software",
            "reflexive": ["198.51.100.7:4711", "[2001:db8::1]:4712", "nonsense"],
        })
    }

    fn read(browser: &Browser, claims: &Value) -> Result<PlaceRecord, RecordFault> {
        PlaceRecord::read(&browser.sign(&browser.header(), claims), expected())
    }

    #[test]
    fn a_record_says_what_the_page_said() {
        let browser = Browser::new();
        let record = read(&browser, &claims(&browser)).unwrap();
        assert_eq!(record.point, Point::from_degrees(52.4862, 13.4249));
        assert_eq!(record.accuracy_metres, Some(30));
        assert_eq!(record.time_zone.as_deref(), Some("Europe/Berlin"));
        assert_eq!(record.camera, Some(CameraClass::Ordinary));
        assert_eq!(record.renderer, Some(RendererClass::Software));
        assert_eq!(record.reflexive.len(), 2);
        assert_eq!(record.nonce, "bm9uY2U");
    }

    #[test]
    fn a_place_without_permission_to_share_it_is_not_taken_along() {
        let browser = Browser::new();
        let mut denied = claims(&browser);
        denied["loc_status"] = json!("denied");
        let record = read(&browser, &denied).unwrap();
        assert_eq!((record.status, record.point), (ClaimStatus::Denied, None));
    }

    #[test]
    fn a_record_for_something_else_or_of_another_key_is_refused() {
        let browser = Browser::new();
        for (name, value, fault) in [
            ("aud", json!("https://other.example"), RecordFault::OtherPurpose),
            ("eat_profile", json!("tag:muster.example,2026:place/2"), RecordFault::OtherPurpose),
            ("check_in", json!(Uuid::from_u128(8)), RecordFault::OtherPurpose),
            ("cnf", json!({ "jkt": "A".repeat(43) }), RecordFault::OtherKey),
            ("loc_status", json!("perhaps"), RecordFault::Claims),
            ("location", json!({ "latitude": "52" }), RecordFault::Claims),
            ("reflexive", json!(vec!["192.0.2.1:9"; 9]), RecordFault::Claims),
        ] {
            let mut changed = claims(&browser);
            changed[name] = value;
            assert_eq!(read(&browser, &changed), Err(fault), "{name}");
        }
        for name in ["eat_nonce", "aud", "check_in", "cnf", "loc_status", "eat_profile"] {
            let mut lacking = claims(&browser);
            lacking.as_object_mut().unwrap().remove(name);
            assert_eq!(read(&browser, &lacking), Err(RecordFault::Claims), "{name}");
        }
    }
}
