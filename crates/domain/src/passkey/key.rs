//! Public keys of credentials: read from COSE (RFC 9052, RFC 9053, RFC 8230), kept as a JWK (RFC 7517) with
//! its algorithm, so that one key has one text.

use super::PasskeyFault;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ciborium::Value;
use ring::signature::{
    ECDSA_P256_SHA256_ASN1, ED25519, RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents,
    UnparsedPublicKey,
};
use serde::{Deserialize, Serialize};

/// COSE's numbers of the algorithms asked for, best first (`pubKeyCredParams`): ES256, EdDSA, RS256.
pub const ALGORITHMS: [i64; 3] = [-7, -8, -257];

/// Bytes of an RSA modulus: 2048 to 4096 bits.
const MODULUS_BYTES: std::ops::RangeInclusive<usize> = 256..=512;

/// A key, its numbers in base64url.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "alg", deny_unknown_fields)]
pub enum PublicKey {
    /// ECDSA on P-256 with SHA-256.
    #[serde(rename = "ES256")]
    Es256 { x: String, y: String },
    /// Ed25519.
    #[serde(rename = "EdDSA")]
    EdDsa { x: String },
    /// RSASSA-PKCS1-v1_5 with SHA-256: what Windows makes on older chips.
    #[serde(rename = "RS256")]
    Rs256 { n: String, e: String },
}

impl PublicKey {
    /// Reads a COSE key. What is more than the key's own parameters is left aside.
    pub(super) fn of_cose(cose: &Value) -> Result<PublicKey, PasskeyFault> {
        let Value::Map(members) = cose else { return Err(PasskeyFault::NotReadable) };
        let member = |label: i64| {
            let is_it = |(key, _): &&(Value, Value)| *key == Value::Integer(label.into());
            let mut found = members.iter().filter(is_it).map(|(_, value)| value);
            // A label that stands twice could be read in two ways.
            match (found.next(), found.next()) {
                (Some(value), None) => Ok(value),
                _ => Err(PasskeyFault::NotReadable),
            }
        };
        let number = |label| match member(label)? {
            Value::Integer(number) => {
                i64::try_from(*number).map_err(|_| PasskeyFault::OtherAlgorithm)
            }
            _ => Err(PasskeyFault::NotReadable),
        };
        let bytes = |label: i64, length: std::ops::RangeInclusive<usize>| match member(label)? {
            Value::Bytes(bytes) if length.contains(&bytes.len()) => {
                Ok(URL_SAFE_NO_PAD.encode(bytes))
            }
            _ => Err(PasskeyFault::NotReadable),
        };
        // kty (1), alg (3); then crv (-1), x (-2), y (-3), or n (-1), e (-2).
        match (number(1)?, number(3)?) {
            (2, -7) if number(-1)? == 1 => {
                Ok(PublicKey::Es256 { x: bytes(-2, 32..=32)?, y: bytes(-3, 32..=32)? })
            }
            (1, -8) if number(-1)? == 6 => Ok(PublicKey::EdDsa { x: bytes(-2, 32..=32)? }),
            (3, -257) => {
                Ok(PublicKey::Rs256 { n: bytes(-1, MODULUS_BYTES)?, e: bytes(-2, 1..=8)? })
            }
            _ => Err(PasskeyFault::OtherAlgorithm),
        }
    }

    /// Whether this key signed that.
    pub fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        let decoded = |text: &String| URL_SAFE_NO_PAD.decode(text).unwrap_or_default();
        match self {
            PublicKey::Es256 { x, y } => {
                let point = [vec![4], decoded(x), decoded(y)].concat(); // SEC 1, section 2.3.3
                UnparsedPublicKey::new(&ECDSA_P256_SHA256_ASN1, point)
                    .verify(message, signature)
                    .is_ok()
            }
            PublicKey::EdDsa { x } => {
                UnparsedPublicKey::new(&ED25519, decoded(x)).verify(message, signature).is_ok()
            }
            PublicKey::Rs256 { n, e } => RsaPublicKeyComponents { n: decoded(n), e: decoded(e) }
                .verify(&RSA_PKCS1_2048_8192_SHA256, message, signature)
                .is_ok(),
        }
    }

    /// One text a key, to tell whether two are the same.
    pub fn text(&self) -> String {
        serde_json::to_string(self).expect("a key is plain data")
    }
}
