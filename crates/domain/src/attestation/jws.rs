//! JWS in its compact form (RFC 7515), signed with ES256 (RFC 7518, section 3.4), the public key in
//! its header as a JWK (RFC 7517). One algorithm and one curve: nothing is negotiated.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::signature::{ECDSA_P256_SHA256_FIXED, UnparsedPublicKey};
use serde::Deserialize;
use sha2::{Digest, Sha256};

/// Longest record read. Ours have about 1,200 bytes.
const BYTES_MAX: usize = 8 * 1024;

/// What the header says it is (RFC 9711, section 9.2, without `application/`).
const TYPE: &str = "eat+jwt";

/// Why a text is no record of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum JwsFault {
    #[error("it is not a signed record")]
    NotReadable,
    #[error("it is signed in a way that is not accepted")]
    OtherKind,
    #[error("its signature does not fit what it says")]
    BadSignature,
}

/// A public key of a browser: the point on P-256.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DeviceKey {
    x: [u8; 32],
    y: [u8; 32],
}

impl DeviceKey {
    /// The JWK thumbprint (RFC 7638, SHA-256) in base64url.
    pub fn thumbprint(&self) -> String {
        let text = |bytes| URL_SAFE_NO_PAD.encode(bytes);
        let members = format!(
            r#"{{"crv":"P-256","kty":"EC","x":"{}","y":"{}"}}"#,
            text(self.x),
            text(self.y)
        );
        URL_SAFE_NO_PAD.encode(Sha256::digest(members))
    }

    fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        let mut point = [4; 65]; // an uncompressed point (SEC 1, section 2.3.3)
        point[1..33].copy_from_slice(&self.x);
        point[33..].copy_from_slice(&self.y);
        UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point).verify(message, signature).is_ok()
    }
}

/// A payload whose signature fits the key it came with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedText {
    pub key: DeviceKey,
    pub payload: Vec<u8>,
}

#[derive(Deserialize)]
struct Header {
    alg: String,
    typ: String,
    jwk: Jwk,
    /// Extensions that must be understood: we know none.
    crit: Option<serde_json::Value>,
}

#[derive(Deserialize)]
struct Jwk {
    kty: String,
    crv: String,
    x: String,
    y: String,
    /// A private key has no business here.
    d: Option<serde_json::Value>,
}

impl SignedText {
    /// Reads a record and checks its signature with the key in its own header.
    ///
    /// # Errors
    /// It cannot be read, names another algorithm, or was changed after it was signed.
    pub fn read(text: &str) -> Result<SignedText, JwsFault> {
        if text.len() > BYTES_MAX {
            return Err(JwsFault::NotReadable);
        }
        let (signed, signature) = text.rsplit_once('.').ok_or(JwsFault::NotReadable)?;
        let (header, payload) = signed.split_once('.').ok_or(JwsFault::NotReadable)?;
        let header: Header =
            serde_json::from_slice(&decoded(header)?).map_err(|_| JwsFault::NotReadable)?;
        let payload = decoded(payload)?;
        let key = header.key()?;
        match key.verifies(signed.as_bytes(), &decoded(signature)?) {
            true => Ok(SignedText { key, payload }),
            false => Err(JwsFault::BadSignature),
        }
    }
}

impl Header {
    fn key(&self) -> Result<DeviceKey, JwsFault> {
        let jwk = &self.jwk;
        let is_ours = self.alg == "ES256" && self.typ == TYPE && self.crit.is_none();
        let is_public_point = jwk.kty == "EC" && jwk.crv == "P-256" && jwk.d.is_none();
        if !(is_ours && is_public_point) {
            return Err(JwsFault::OtherKind);
        }
        let coordinate = |text| {
            <[u8; 32]>::try_from(decoded(text)?.as_slice()).map_err(|_| JwsFault::NotReadable)
        };
        Ok(DeviceKey { x: coordinate(&jwk.x)?, y: coordinate(&jwk.y)? })
    }
}

fn decoded(text: &str) -> Result<Vec<u8>, JwsFault> {
    URL_SAFE_NO_PAD.decode(text).map_err(|_| JwsFault::NotReadable)
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use ring::rand::SystemRandom;
    use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};

    /// A browser's key, and what it signs.
    pub(in crate::attestation) struct Browser(EcdsaKeyPair, SystemRandom);

    impl Browser {
        pub fn new() -> Browser {
            let random = SystemRandom::new();
            let kind = &ECDSA_P256_SHA256_FIXED_SIGNING;
            let key = EcdsaKeyPair::generate_pkcs8(kind, &random).unwrap();
            Browser(EcdsaKeyPair::from_pkcs8(kind, key.as_ref(), &random).unwrap(), random)
        }

        pub fn jwk(&self) -> serde_json::Value {
            let point = self.0.public_key().as_ref();
            let text = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
            serde_json::json!({
                "kty": "EC", "crv": "P-256", "x": text(&point[1..33]), "y": text(&point[33..])
            })
        }

        pub fn sign(&self, header: &serde_json::Value, payload: &serde_json::Value) -> String {
            let text = |value: &serde_json::Value| URL_SAFE_NO_PAD.encode(value.to_string());
            let signed = format!("{}.{}", text(header), text(payload));
            let signature = self.0.sign(&self.1, signed.as_bytes()).unwrap();
            format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
        }

        pub fn header(&self) -> serde_json::Value {
            serde_json::json!({ "alg": "ES256", "typ": TYPE, "jwk": self.jwk() })
        }
    }

    /// RFC 7515, appendix A.3: key and signature made by somebody else.
    #[test]
    fn the_signature_of_the_rfc_is_good_and_its_thumbprint_is_the_right_one() {
        let coordinate = |text| <[u8; 32]>::try_from(decoded(text).unwrap()).unwrap();
        let key = DeviceKey {
            x: coordinate("f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU"),
            y: coordinate("x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"),
        };
        let signed = "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ";
        let signature = decoded(
            "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q",
        )
        .unwrap();
        assert!(key.verifies(signed.as_bytes(), &signature));
        assert!(!key.verifies(signed.replace("joe", "jim").as_bytes(), &signature[..63]));
        assert!(!key.verifies(&signed.as_bytes()[1..], &signature));
        // Worked out with Python's hashlib over the canonical members.
        assert_eq!(key.thumbprint(), "oKIywvGUpTVTyxMQ3bwIIeQUudfr_CkLMjCE19ECD-U");
    }

    #[test]
    fn a_record_reads_back_and_any_change_is_seen() {
        let browser = Browser::new();
        let payload = serde_json::json!({ "eat_nonce": "n", "location": { "latitude": 1.5 } });
        let text = browser.sign(&browser.header(), &payload);
        let read = SignedText::read(&text).unwrap();
        assert_eq!(serde_json::from_slice::<serde_json::Value>(&read.payload).unwrap(), payload);
        assert_eq!(read.key.thumbprint().len(), 43);
        // Another payload under the same signature, and a bit changed anywhere.
        let parts: Vec<&str> = text.split('.').collect();
        let moved = URL_SAFE_NO_PAD.encode(payload.to_string().replace("1.5", "9.5"));
        let altered = format!("{}.{moved}.{}", parts[0], parts[2]);
        assert_eq!(SignedText::read(&altered), Err(JwsFault::BadSignature));
        for at in (0..text.len()).step_by(7) {
            let mut bytes = text.clone().into_bytes();
            bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
            let changed = String::from_utf8(bytes).unwrap();
            assert!(SignedText::read(&changed).is_err(), "byte {at}");
        }
    }

    #[test]
    fn a_signature_by_another_key_than_the_one_shown_is_refused() {
        let (browser, other) = (Browser::new(), Browser::new());
        let text = browser.sign(&other.header(), &serde_json::json!({}));
        assert_eq!(SignedText::read(&text), Err(JwsFault::BadSignature));
    }

    #[test]
    fn no_other_algorithm_is_taken() {
        let browser = Browser::new();
        let payload = serde_json::json!({});
        for (key, value) in [
            ("alg", serde_json::json!("none")),
            ("alg", serde_json::json!("HS256")),
            ("alg", serde_json::json!("es256")),
            ("typ", serde_json::json!("JWT")),
            ("crit", serde_json::json!(["b64"])),
        ] {
            let mut header = browser.header();
            header[key] = value;
            let text = browser.sign(&header, &payload);
            assert_eq!(SignedText::read(&text), Err(JwsFault::OtherKind), "{header}");
        }
        let mut header = browser.header();
        header["jwk"]["d"] = serde_json::json!("AAAA");
        let text = browser.sign(&header, &payload);
        assert_eq!(SignedText::read(&text), Err(JwsFault::OtherKind));
        for text in ["", ".", "..", "a.b.c", "e30.e30.", &"a".repeat(9_000)] {
            assert_eq!(SignedText::read(text), Err(JwsFault::NotReadable), "{text:.20}");
        }
    }
}
