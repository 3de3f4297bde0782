//! A software authenticator: makes passkeys and signs with them as a browser would send it, and says whatever a
//! test wants it to say. Of its own code, so that ours is not its own judge; the real peer is Chromium's virtual
//! authenticator in `tests/browser`.

#![allow(dead_code, reason = "stories and unit tests use different parts of it")]

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use ciborium::Value as Cbor;
use ring::rand::SystemRandom;
use ring::signature::{
    ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair, RSA_PKCS1_SHA256,
    RsaKeyPair, RsaPublicKeyComponents,
};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

pub const PRESENT: u8 = 0x01;
pub const VERIFIED: u8 = 0x04;
pub const SYNCED: u8 = 0x08;
pub const BACKED_UP: u8 = 0x10;
const HAS_CREDENTIAL: u8 = 0x40;
pub const HAS_EXTENSIONS: u8 = 0x80;

enum Pair {
    Es256(EcdsaKeyPair),
    EdDsa(Ed25519KeyPair),
    Rs256(Box<RsaKeyPair>),
}

/// One credential and what holds it.
pub struct Authenticator {
    pub id: Vec<u8>,
    pair: Pair,
    random: SystemRandom,
}

/// What it says in one ceremony. The default is honest.
#[derive(Clone)]
pub struct Said {
    pub challenge: Vec<u8>,
    pub origin: String,
    pub rp_id: String,
    pub kind: Option<&'static str>,
    /// Further members of the client data.
    pub client: Value,
    pub flags: u8,
    pub count: u32,
    /// Bytes after the authenticator data.
    pub tail: Vec<u8>,
    /// Bytes taken off its end.
    pub cut: usize,
    /// Instead of the true COSE key.
    pub cose: Option<Cbor>,
}

impl Said {
    pub fn to(challenge: &[u8], origin: &str) -> Said {
        let host = origin.split_once("://").unwrap().1;
        Said {
            challenge: challenge.to_vec(),
            origin: origin.to_owned(),
            rp_id: host.split(':').next().unwrap().to_owned(),
            kind: None,
            client: json!({ "crossOrigin": false }),
            flags: PRESENT | VERIFIED,
            count: 0,
            tail: Vec::new(),
            cut: 0,
            cose: None,
        }
    }

    fn client_data(&self, kind: &str) -> String {
        let mut data = json!({
            "type": self.kind.unwrap_or(kind), "challenge": text(&self.challenge), "origin": self.origin,
        });
        let more = self.client.as_object().unwrap().clone();
        data.as_object_mut().unwrap().extend(more);
        data.to_string()
    }

    fn authenticator_data(&self, credential: &[u8]) -> Vec<u8> {
        let has = if credential.is_empty() { 0 } else { HAS_CREDENTIAL };
        let mut data = Sha256::digest(&self.rp_id).to_vec();
        data.push(self.flags | has);
        data.extend(self.count.to_be_bytes());
        data.extend(credential);
        data.extend(&self.tail);
        data.truncate(data.len() - self.cut);
        data
    }
}

fn text(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

fn number(n: i64) -> Cbor {
    Cbor::Integer(n.into())
}

pub fn cose(members: &[(i64, Cbor)]) -> Cbor {
    Cbor::Map(members.iter().map(|(label, value)| (number(*label), value.clone())).collect())
}

impl Authenticator {
    /// On P-256, as nearly all are.
    pub fn new() -> Authenticator {
        let random = SystemRandom::new();
        let kind = &ECDSA_P256_SHA256_ASN1_SIGNING;
        let key = EcdsaKeyPair::generate_pkcs8(kind, &random).unwrap();
        let pair = EcdsaKeyPair::from_pkcs8(kind, key.as_ref(), &random).unwrap();
        Authenticator::of(Pair::Es256(pair))
    }

    pub fn ed25519() -> Authenticator {
        let key = Ed25519KeyPair::generate_pkcs8(&SystemRandom::new()).unwrap();
        Authenticator::of(Pair::EdDsa(Ed25519KeyPair::from_pkcs8(key.as_ref()).unwrap()))
    }

    /// With a key that was made for this file and guards nothing.
    pub fn rsa() -> Authenticator {
        let key = STANDARD.decode(RSA.replace(' ', "")).unwrap();
        Authenticator::of(Pair::Rs256(Box::new(RsaKeyPair::from_pkcs8(&key).unwrap())))
    }

    fn of(pair: Pair) -> Authenticator {
        let random = SystemRandom::new();
        let id: [u8; 16] = ring::rand::generate(&random).unwrap().expose();
        Authenticator { id: id.to_vec(), pair, random }
    }

    pub fn id(&self) -> String {
        text(&self.id)
    }

    fn cose(&self) -> Cbor {
        match &self.pair {
            Pair::Es256(pair) => {
                let point = pair.public_key().as_ref();
                let (x, y) = (point[1..33].to_vec(), point[33..].to_vec());
                cose(&[
                    (1, number(2)),
                    (3, number(-7)),
                    (-1, number(1)),
                    (-2, Cbor::Bytes(x)),
                    (-3, Cbor::Bytes(y)),
                ])
            }
            Pair::EdDsa(pair) => {
                let x = pair.public_key().as_ref().to_vec();
                cose(&[(1, number(1)), (3, number(-8)), (-1, number(6)), (-2, Cbor::Bytes(x))])
            }
            Pair::Rs256(pair) => {
                let key = RsaPublicKeyComponents::<Vec<u8>>::from(pair.public());
                cose(&[
                    (1, number(3)),
                    (3, number(-257)),
                    (-1, Cbor::Bytes(key.n)),
                    (-2, Cbor::Bytes(key.e)),
                ])
            }
        }
    }

    /// What the page sends when a credential was made.
    pub fn create(&self, said: &Said) -> String {
        let mut credential = vec![0; 16];
        credential.extend(u16::try_from(self.id.len()).unwrap().to_be_bytes());
        credential.extend(&self.id);
        let key = said.cose.clone().unwrap_or_else(|| self.cose());
        ciborium::into_writer(&key, &mut credential).unwrap();
        let object = Cbor::Map(vec![
            (Cbor::Text("fmt".into()), Cbor::Text("none".into())),
            (Cbor::Text("attStmt".into()), Cbor::Map(vec![])),
            (Cbor::Text("authData".into()), Cbor::Bytes(said.authenticator_data(&credential))),
        ]);
        let mut bytes = Vec::new();
        ciborium::into_writer(&object, &mut bytes).unwrap();
        json!({
            "id": self.id(),
            "clientDataJSON": text(said.client_data("webauthn.create")),
            "attestationObject": text(bytes),
        })
        .to_string()
    }

    /// What the page sends when it has signed.
    pub fn get(&self, said: &Said) -> String {
        let client_data = said.client_data("webauthn.get");
        let data = said.authenticator_data(&[]);
        let signed = [data.as_slice(), &Sha256::digest(&client_data)].concat();
        json!({
            "id": self.id(),
            "clientDataJSON": text(&client_data),
            "authenticatorData": text(&data),
            "signature": text(self.sign(&signed)),
        })
        .to_string()
    }

    fn sign(&self, message: &[u8]) -> Vec<u8> {
        match &self.pair {
            Pair::Es256(pair) => pair.sign(&self.random, message).unwrap().as_ref().to_vec(),
            Pair::EdDsa(pair) => pair.sign(message).as_ref().to_vec(),
            Pair::Rs256(pair) => {
                let mut signature = vec![0; pair.public().modulus_len()];
                pair.sign(&RSA_PKCS1_SHA256, &self.random, message, &mut signature).unwrap();
                signature
            }
        }
    }
}

const RSA: &str = "MIIEvgIBADANBgkqhkiG9w0BAQEFAASCBKgwggSkAgEAAoIBAQDbIZ90xgtTevnpH54OI5YdHq79V55+vBnDBvYPZJQddAJV \
    JE64irNQTv7wFFsndCMbvufqzRoProtuPo6PaeB2lZmIQeZK+trw9tRXM6SQxB0uVLTTQ7jrFKoinz4hSJhXmtI2U1oG3/Ot \
    esXdcJol6TkTchVvZYAYI7UWEyuI6gGtWDHFJ28ZvNZXc3+cx7EPtI6omdfIOisr7HS3loi05Mz3Z2bMjEfh362V1GDNrmkE \
    AMdg0CJwRy8beYvatsll6jPInZ/yryetwvKfMeZJhpUjtiKOadPybRPbYC6f+OY45nyZKTzOsKBh0WjYxp5m+XlOJ9uQHffM \
    LcABKxYJAgMBAAECggEAC/WWDwi2+geiZ4l49hMVoIG58awsQ4TvEACLgdQOrFvWO8DXRgWV2zpwefhWcD0LpHpDDILEmxn+ \
    1JW38JZJ8JbiEfhswedWdyO1e4vfPaJiaFKpqsUNrNDMJ0cTHDxqyg8yTVI3vdvPoAZtEZSRaSPFIG1Pw6xhtQ+P1MRXkil/ \
    ar5EnK8EqBidAJOFCgpyCKeivpF3mDk3446yU77Ip3nd5C199FBp92jOsYhXZxZ+veGy3Bcep24QJJ/kcRjA7pK3JFDrmhC/ \
    TSKEZM3J+lWLCf23727bT1VwdxPF84GpVK+V4aztuOTLWafwvCrcx28YC+E15SblJDAnbWPwnQKBgQD5B7oL3/On4UtFJhbQ \
    Hy3nwYknikykx8amS1XYqniMSiJrUs17zCfAQ4UHLUX2ewPjWCoiYO8n1Cbo4KTpqdwgz2tijqKREJrt5KJHbGjLeGQDCb/e \
    Ic0PT9WCpGxtTC+3HUCN9mm7QtRm7yS+YVyHvXux45CvQD4ZLEx4QfWxFQKBgQDhQ6ydv5TFgy7DqAdzhpWTeZo5NRUgs3zM \
    MsQsnZ2k74/p7vBDA81Gch68W2uLvB5t9BiVBJqolU+h/canc8d0+l2OW1jqIZfgZiMCvtLattSQmI6LfFsCth0en+EpduJx \
    cxS9pJrL1ZRiEcLhGuGHx8s5Bed6A8VwJSV2qPoGJQKBgQD4ij2knF8RrkjxOpKKJJQsOXwpel4EF16rmYSUOY8WdOblNj7e \
    z2LdAIZEI2swFJZM0DE9HoGRvqsWwR3WFzEbjege9TxKi8gUpZtQrWHpsL4gShq0GAgQwBzXxkJw0xjMKOXEyam8u3ZBRWvm \
    lkVDNFm/sN82CWfwt8WaQDp2AQKBgQDAniRw8wucZFLNfNV6RF+MLhPgzPIW90NEPDigydmt2ibd6rFJLGwPy69acnWgk6gV \
    bv7CFaDFfH8OTjjaoNaxwQ/UlWmPMlBy0gMn6tHTsThLuBdTUG9l/yEhOabH1N9GERhwHNs8ZpGt1fAkmd61QvMT/Gd1Xtop \
    zameMFkyfQKBgHAHFlL8pt6GJN1u2ZhTqLQaFj79O5d40QR5dBY745m7QtwctNAepnIOXAPMiUa1vwow9U+bfebPUCY4QwwV \
    Ts/6pZHbkHEWaxhdPxcTvtGA8x2nnzwgoBk+zQjQz0DDcZjyU//kJJfqGdG66fVK7xLDUcWm3A/czyXoEpATuvEi";
