//! A browser that signs: a key, and records of a place as the page makes them.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use muster_domain::attestation::PROFILE;
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use uuid::Uuid;

pub struct BrowserKey {
    pair: EcdsaKeyPair,
    random: SystemRandom,
}

fn text(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

impl BrowserKey {
    pub fn new() -> BrowserKey {
        let random = SystemRandom::new();
        let kind = &ECDSA_P256_SHA256_FIXED_SIGNING;
        let key = EcdsaKeyPair::generate_pkcs8(kind, &random).unwrap();
        BrowserKey { pair: EcdsaKeyPair::from_pkcs8(kind, key.as_ref(), &random).unwrap(), random }
    }

    fn jwk(&self) -> Value {
        let point = self.pair.public_key().as_ref();
        json!({ "kty": "EC", "crv": "P-256", "x": text(&point[1..33]), "y": text(&point[33..]) })
    }

    /// RFC 7638.
    pub fn thumbprint(&self) -> String {
        let (x, y) = (self.jwk()["x"].clone(), self.jwk()["y"].clone());
        text(Sha256::digest(format!(r#"{{"crv":"P-256","kty":"EC","x":{x},"y":{y}}}"#)))
    }

    /// The claims of a page in this check-in, at this point.
    pub fn claims(&self, check_in: Uuid, nonce: &str, (lat, lon): (f64, f64)) -> Value {
        json!({
            "eat_profile": PROFILE, "eat_nonce": nonce, "aud": "http://localhost:8080",
            "iat": 1, "check_in": check_in, "cnf": { "jkt": self.thumbprint() },
            "loc_status": "ok", "tz": "Europe/Lisbon",
            "location": { "latitude": lat, "longitude": lon, "accuracy": 30, "age": 0 },
        })
    }

    /// A record with these claims.
    pub fn sign(&self, claims: &Value) -> String {
        let header = json!({ "alg": "ES256", "typ": "eat+jwt", "jwk": self.jwk() });
        let signed = format!("{}.{}", text(header.to_string()), text(claims.to_string()));
        let signature = self.pair.sign(&self.random, signed.as_bytes()).unwrap();
        format!("{signed}.{}", text(signature))
    }
}
