//! Every way in which an answer may not fit, each against an honest one that differs in that alone.

use super::*;
use ciborium::Value as Cbor;
use serde_json::json;

#[path = "../../../../tests/support/authenticator.rs"]
mod authenticator;
use authenticator::{
    Authenticator, BACKED_UP, HAS_EXTENSIONS, PRESENT, SYNCED, Said, VERIFIED, cose,
};

const ORIGIN: &str = "https://muster.acme.example:8443";

fn party() -> RelyingParty {
    RelyingParty::new(true, "muster.acme.example:8443")
}

fn honest() -> Said {
    Said::to(&challenge_of(b"nonce", b"claim"), ORIGIN)
}

fn enrol(authenticator: &Authenticator, said: &Said) -> Result<Enrolled, PasskeyFault> {
    let challenge = challenge_of(b"nonce", b"claim");
    Registration::parse(&authenticator.create(said))?.verify(&challenge, &party())
}

fn assert_by(
    credential: &Credential,
    authenticator: &Authenticator,
    said: &Said,
) -> Result<u32, PasskeyFault> {
    let challenge = challenge_of(b"nonce", b"claim");
    Assertion::parse(&authenticator.get(said))?.verify(credential, &challenge, &party())
}

/// Made and signed by Chromium 156 and its virtual authenticator on `http://localhost:8099`, over 32 bytes of 7.
#[test]
fn what_a_browser_made_and_signed_is_taken_there_and_nowhere_else() {
    let recorded: serde_json::Value = serde_json::from_str(include_str!("chromium.json")).unwrap();
    let (here, challenge) = (RelyingParty::new(false, "localhost:8099"), [7; 32]);
    for alg in ["ES256", "EdDSA", "RS256"] {
        let made = Registration::parse(&recorded[alg]["made"].to_string()).unwrap();
        let enrolled = made.verify(&challenge, &here).unwrap();
        assert!(enrolled.credential.key.text().contains(alg) && enrolled.count == 1);
        assert!(!enrolled.credential.is_synced);
        let signed = Assertion::parse(&recorded[alg]["got"].to_string()).unwrap();
        assert_eq!(signed.verify(&enrolled.credential, &challenge, &here), Ok(2), "{alg}");
        let elsewhere = RelyingParty::new(false, "localhost:8080");
        assert_eq!(made.verify(&challenge, &elsewhere), Err(PasskeyFault::OtherOrigin));
        let other = signed.verify(&enrolled.credential, &[8; 32], &here);
        assert_eq!(other, Err(PasskeyFault::OtherChallenge));
    }
}

/// What was said differently, and the fault of it.
fn lies() -> Vec<(&'static str, Said, PasskeyFault)> {
    use PasskeyFault::*;
    let but = |change: &dyn Fn(&mut Said)| {
        let mut said = honest();
        change(&mut said);
        said
    };
    vec![
        (
            "another site",
            but(&|s| s.origin = "https://muster.acme.example.evil.example".into()),
            OtherOrigin,
        ),
        ("another port", but(&|s| s.origin = "https://muster.acme.example".into()), OtherOrigin),
        (
            "another scheme",
            but(&|s| s.origin = "http://muster.acme.example:8443".into()),
            OtherOrigin,
        ),
        ("another relying party", but(&|s| s.rp_id = "acme.example".into()), OtherParty),
        ("the other ceremony", but(&|s| s.kind = Some("payment.get")), OtherType),
        (
            "another nonce",
            but(&|s| s.challenge = challenge_of(b"other", b"claim").to_vec()),
            OtherChallenge,
        ),
        (
            "another claim",
            but(&|s| s.challenge = challenge_of(b"nonce", b"other").to_vec()),
            OtherChallenge,
        ),
        ("no challenge", but(&|s| s.challenge.clear()), OtherChallenge),
        ("within another site", but(&|s| s.client = json!({ "crossOrigin": true })), CrossOrigin),
        (
            "below another site",
            but(&|s| s.client = json!({ "topOrigin": "https://evil.example" })),
            CrossOrigin,
        ),
        ("nobody there", but(&|s| s.flags = VERIFIED), NotPresent),
        ("nobody verified", but(&|s| s.flags = PRESENT), NotVerified),
        ("copied though it cannot be", but(&|s| s.flags |= BACKED_UP), Flags),
        ("bytes after the end", but(&|s| s.tail = vec![0]), NotReadable),
        ("a byte short", but(&|s| s.cut = 1), NotReadable),
        ("half of it", but(&|s| s.cut = 20), NotReadable),
        ("extensions that are not there", but(&|s| s.flags |= HAS_EXTENSIONS), NotReadable),
        (
            "extensions that are no map",
            but(&|s| {
                s.flags |= HAS_EXTENSIONS;
                s.tail = vec![0x01];
            }),
            NotReadable,
        ),
        (
            "extensions without an end",
            but(&|s| {
                s.flags |= HAS_EXTENSIONS;
                s.tail = vec![0xbf; 2_000];
            }),
            NotReadable,
        ),
    ]
}

#[test]
fn each_kind_of_key_is_made_and_signs() {
    for (authenticator, text) in [
        (Authenticator::new(), "ES256"),
        (Authenticator::ed25519(), "EdDSA"),
        (Authenticator::rsa(), "RS256"),
    ] {
        let made = enrol(&authenticator, &honest()).unwrap();
        assert!(made.credential.key.text().contains(&format!("\"alg\":\"{text}\"")));
        assert_eq!(made.credential.id, authenticator.id());
        assert!(!made.credential.is_synced && !made.credential.is_backed_up);
        let said = Said { count: 7, ..honest() };
        assert_eq!(assert_by(&made.credential, &authenticator, &said), Ok(7), "{text}");
        // What is kept reads back as the same credential.
        let kept = serde_json::to_string(&made.credential).unwrap();
        let kept: Credential = serde_json::from_str(&kept).unwrap();
        assert_eq!(assert_by(&kept, &authenticator, &honest()), Ok(0), "{text}");
    }
    assert_eq!(ALGORITHMS, [-7, -8, -257]);
}

#[test]
fn whatever_does_not_fit_is_refused_when_one_is_made() {
    let authenticator = Authenticator::new();
    assert!(enrol(&authenticator, &honest()).is_ok());
    for (what, said, fault) in lies() {
        assert_eq!(enrol(&authenticator, &said), Err(fault), "{what}");
    }
    let get = Said { kind: Some("webauthn.get"), ..honest() };
    assert_eq!(enrol(&authenticator, &get), Err(PasskeyFault::OtherType));
}

#[test]
fn whatever_does_not_fit_is_refused_when_one_signs() {
    let authenticator = Authenticator::new();
    let made = enrol(&authenticator, &honest()).unwrap().credential;
    assert!(assert_by(&made, &authenticator, &honest()).is_ok());
    for (what, said, fault) in lies() {
        assert_eq!(assert_by(&made, &authenticator, &said), Err(fault), "{what}");
    }
    let create = Said { kind: Some("webauthn.create"), ..honest() };
    assert_eq!(assert_by(&made, &authenticator, &create), Err(PasskeyFault::OtherType));
}

#[test]
fn another_key_another_credential_and_a_changed_byte_are_seen() {
    let (mine, other) = (Authenticator::new(), Authenticator::new());
    let made = enrol(&mine, &honest()).unwrap().credential;
    assert_eq!(assert_by(&made, &other, &honest()), Err(PasskeyFault::OtherCredential));
    let taken_over = Credential { id: other.id(), ..made.clone() };
    assert_eq!(assert_by(&taken_over, &other, &honest()), Err(PasskeyFault::BadSignature));
    let sent: serde_json::Value = serde_json::from_str(&mine.get(&honest())).unwrap();
    let verify = |sent: &serde_json::Value| {
        let challenge = challenge_of(b"nonce", b"claim");
        Assertion::parse(&sent.to_string())?.verify(&made, &challenge, &party())
    };
    assert_eq!(verify(&sent), Ok(0));
    for member in ["clientDataJSON", "authenticatorData", "signature"] {
        let whole = sent[member].as_str().unwrap();
        for at in (0..whole.len()).step_by(5) {
            let mut bytes = whole.as_bytes().to_vec();
            bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
            let mut changed = sent.clone();
            changed[member] = json!(String::from_utf8(bytes).unwrap());
            assert!(verify(&changed).is_err(), "{member} at {at}");
        }
    }
}

#[test]
fn a_credential_that_began_bound_stays_bound() {
    let authenticator = Authenticator::new();
    let bound = enrol(&authenticator, &honest()).unwrap().credential;
    let synced = Said { flags: PRESENT | VERIFIED | SYNCED | BACKED_UP, ..honest() };
    assert_eq!(assert_by(&bound, &authenticator, &synced), Err(PasskeyFault::Flags));
    let made = enrol(&authenticator, &synced).unwrap().credential;
    assert!(made.is_synced && made.is_backed_up);
    assert!(assert_by(&made, &authenticator, &synced).is_ok());
    assert_eq!(assert_by(&made, &authenticator, &honest()), Err(PasskeyFault::Flags));
    // Synced and not copied yet is what a new one often is.
    let eligible = Said { flags: PRESENT | VERIFIED | SYNCED, ..honest() };
    assert!(assert_by(&made, &authenticator, &eligible).is_ok());
}

#[test]
fn other_algorithms_and_malformed_keys_are_refused() {
    let number = |n: i64| Cbor::Integer(n.into());
    let bytes = |n: usize| Cbor::Bytes(vec![7; n]);
    let ec = |alg, curve, x, y| {
        cose(&[
            (1, number(2)),
            (3, number(alg)),
            (-1, number(curve)),
            (-2, bytes(x)),
            (-3, bytes(y)),
        ])
    };
    for (what, key, fault) in [
        ("ES384", ec(-35, 2, 48, 48), PasskeyFault::OtherAlgorithm),
        ("another curve under ES256", ec(-7, 2, 32, 32), PasskeyFault::OtherAlgorithm),
        ("a short coordinate", ec(-7, 1, 31, 32), PasskeyFault::NotReadable),
        (
            "RSA with SHA-1",
            cose(&[(1, number(3)), (3, number(-65_535)), (-1, bytes(256)), (-2, bytes(3))]),
            PasskeyFault::OtherAlgorithm,
        ),
        (
            "a small modulus",
            cose(&[(1, number(3)), (3, number(-257)), (-1, bytes(128)), (-2, bytes(3))]),
            PasskeyFault::NotReadable,
        ),
        (
            "a symmetric key",
            cose(&[(1, number(4)), (3, number(5)), (-1, bytes(32))]),
            PasskeyFault::OtherAlgorithm,
        ),
        (
            "one label twice",
            cose(&[
                (1, number(2)),
                (3, number(-7)),
                (3, number(-8)),
                (-1, number(1)),
                (-2, bytes(32)),
                (-3, bytes(32)),
            ]),
            PasskeyFault::NotReadable,
        ),
        ("no map", number(1), PasskeyFault::NotReadable),
        (
            "a key in layers",
            (0..40).fold(number(1), |inner, _| Cbor::Array(vec![inner])),
            PasskeyFault::NotReadable,
        ),
    ] {
        let said = Said { cose: Some(key), ..honest() };
        assert_eq!(enrol(&Authenticator::new(), &said), Err(fault), "{what}");
    }
}

#[test]
fn what_is_not_of_the_shape_is_not_read() {
    for text in ["", "{}", "[]", r#"{"id":"AA","clientDataJSON":"AA"}"#, &"x".repeat(40_000)] {
        assert_eq!(Registration::parse(text).err(), Some(PasskeyFault::NotReadable));
        assert_eq!(Assertion::parse(text).err(), Some(PasskeyFault::NotReadable));
    }
    let mut long = Authenticator::new();
    long.id = vec![1; CREDENTIAL_ID_BYTES_MAX + 1];
    assert_eq!(enrol(&long, &honest()), Err(PasskeyFault::NotReadable));
    long.id.pop();
    assert!(enrol(&long, &honest()).is_ok());
}

#[test]
fn a_relying_party_is_its_host_and_its_origin() {
    for (is_https, host, origin, id) in [
        (true, "muster.acme.example", "https://muster.acme.example", "muster.acme.example"),
        (true, "Muster.Acme.Example:443", "https://muster.acme.example", "muster.acme.example"),
        (true, "muster.acme.example:80", "https://muster.acme.example:80", "muster.acme.example"),
        (false, "anna.localhost:8080", "http://anna.localhost:8080", "anna.localhost"),
        (false, "localhost:80", "http://localhost", "localhost"),
    ] {
        let party = RelyingParty::new(is_https, host);
        assert_eq!((party.origin(), party.id()), (origin, id));
    }
}
