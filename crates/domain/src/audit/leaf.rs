//! One leaf of the log: what happened, by whom, to whom, with personal values present only as
//! salted commitments. Destroying the salts (they live under the person's key) makes the values
//! unrecoverable and leaves every proof valid.

use super::canonical::{self, CanonicalError};
use crate::time::UtcMillis;
use hmac::{Hmac, KeyInit, Mac};
use serde::Serialize;
use serde_json::{Map, Value};
use sha2::Sha256;
use uuid::Uuid;

/// The longest canonical leaf in bytes (C2SP tlog-tiles entry bundles use a u16 length).
pub const LEAF_BYTES_MAX: usize = 65_535;

/// A leaf that cannot enter the log.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LeafError {
    #[error(transparent)]
    Canonical(#[from] CanonicalError),
    #[error("the entry has {0} bytes; at most {LEAF_BYTES_MAX} fit")]
    TooLong(usize),
}

/// What enters the log. `actor` and `subject` are pseudonyms of the log, never draw tokens.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Leaf {
    /// Format version.
    pub v: u8,
    pub at_ms: UtcMillis,
    /// Kebab-case, never reused.
    pub kind: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub actor: Option<Uuid>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subject: Option<Uuid>,
    /// Nothing personal.
    pub facts: Map<String, Value>,
    /// Field name to `HMAC-SHA256(salt, canonical value)` in hexadecimal.
    pub commitments: Map<String, Value>,
}

impl Leaf {
    /// A leaf without facts.
    pub fn new(at_ms: UtcMillis, kind: &str) -> Leaf {
        Leaf {
            v: 1,
            at_ms,
            kind: kind.to_owned(),
            actor: None,
            subject: None,
            facts: Map::new(),
            commitments: Map::new(),
        }
    }

    /// The canonical bytes whose hash is the leaf of the tree.
    pub fn to_bytes(&self) -> Result<Vec<u8>, LeafError> {
        let bytes = canonical::to_bytes(self)?;
        if bytes.len() > LEAF_BYTES_MAX {
            return Err(LeafError::TooLong(bytes.len()));
        }
        Ok(bytes)
    }
}

/// A commitment to one value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Commitment {
    pub salt: [u8; 32],
    pub mac: [u8; 32],
}

impl Commitment {
    /// `HMAC-SHA256(salt, canonical value)`.
    pub fn to<T: Serialize>(value: &T, salt: [u8; 32]) -> Result<Commitment, CanonicalError> {
        let mut mac =
            Hmac::<Sha256>::new_from_slice(&salt).expect("HMAC takes a key of any length");
        mac.update(&canonical::to_bytes(value)?);
        Ok(Commitment { salt, mac: mac.finalize().into_bytes().into() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_leaf_has_the_same_bytes_whatever_the_order_of_its_facts() {
        let mut a = Leaf::new(UtcMillis(1_700_000_000_000), "check-in-announced");
        let mut b = a.clone();
        a.facts.insert("kind".into(), "drawn".into());
        a.facts.insert("attempt".into(), 1.into());
        b.facts.insert("attempt".into(), 1.into());
        b.facts.insert("kind".into(), "drawn".into());
        assert_eq!(a.to_bytes(), b.to_bytes());
        assert_eq!(
            String::from_utf8(a.to_bytes().unwrap()).unwrap(),
            r#"{"at_ms":1700000000000,"commitments":{},"facts":{"attempt":1,"kind":"drawn"},"kind":"check-in-announced","v":1}"#
        );
    }

    #[test]
    fn a_leaf_that_does_not_fit_is_refused() {
        let mut leaf = Leaf::new(UtcMillis(0), "x");
        leaf.facts.insert("long".into(), "y".repeat(LEAF_BYTES_MAX).into());
        assert!(matches!(leaf.to_bytes(), Err(LeafError::TooLong(_))));
    }
}
