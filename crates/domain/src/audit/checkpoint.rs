//! A signed checkpoint: size and root of the log at one moment, in the form of a C2SP
//! tlog-checkpoint (a signed note). Whoever keeps one can later prove that nothing before it was
//! changed, dropped or put back.

use super::tree::Hash;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use ed25519_dalek::{Signature, Signer, Verifier, VerifyingKey};
use sha2::{Digest, Sha256};

/// Algorithm byte of Ed25519 in a signed note.
const ED25519: u8 = 1;

/// A checkpoint that is not what it says.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CheckpointError {
    #[error("not a checkpoint: {0}")]
    Malformed(&'static str),
    #[error("no signature by {0} over this checkpoint")]
    NotSigned(String),
}

/// The key that signs this installation's checkpoints, with its name (the log's origin).
pub struct SigningKey {
    origin: String,
    key: ed25519_dalek::SigningKey,
}

impl SigningKey {
    /// A key from its 32-byte seed.
    pub fn new(origin: &str, seed: &[u8; 32]) -> SigningKey {
        SigningKey { origin: origin.to_owned(), key: ed25519_dalek::SigningKey::from_bytes(seed) }
    }

    /// The log's origin line.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// The public half, for verifiers.
    pub fn public(&self) -> [u8; 32] {
        self.key.verifying_key().to_bytes()
    }

    /// Signs size and root.
    pub fn sign(&self, size: u64, root: Hash) -> Checkpoint {
        let text = format!("{}\n{size}\n{}\n", self.origin, STANDARD.encode(root));
        Checkpoint { size, root, note: self.sign_note(&text) }
    }

    /// Signs a text that ends with a line break as a signed note (C2SP signed-note). Whatever is
    /// not a checkpoint must not begin with the log's origin line.
    pub fn sign_note(&self, text: &str) -> String {
        let mut signature = key_id(&self.origin, &self.public()).to_vec();
        signature.extend(self.key.sign(text.as_bytes()).to_bytes());
        format!("{text}\n\u{2014} {} {}\n", self.origin, STANDARD.encode(signature))
    }
}

/// Size and root of the log, with the note that proves them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    pub size: u64,
    pub root: Hash,
    /// The complete signed note.
    pub note: String,
}

impl Checkpoint {
    /// Reads a note and checks that `public` signed it under the name `origin`.
    pub fn verify(
        note: &str,
        origin: &str,
        public: &[u8; 32],
    ) -> Result<Checkpoint, CheckpointError> {
        use CheckpointError::Malformed;
        let (text, signatures) = note.split_once("\n\n").ok_or(Malformed("no blank line"))?;
        let text = format!("{text}\n");
        let mut lines = text.lines();
        if lines.next() != Some(origin) {
            return Err(Malformed("another origin"));
        }
        let size = lines.next().and_then(|s| s.parse().ok()).ok_or(Malformed("no size"))?;
        let root = lines
            .next()
            .and_then(|s| STANDARD.decode(s).ok())
            .and_then(|b| Hash::try_from(b).ok())
            .ok_or(Malformed("no root hash"))?;
        let key = VerifyingKey::from_bytes(public).map_err(|_| Malformed("not a public key"))?;
        let id = key_id(origin, public);
        let signed = signatures.lines().any(|line| {
            let Some(rest) = line.strip_prefix("\u{2014} ") else { return false };
            let Some((name, encoded)) = rest.split_once(' ') else { return false };
            let Ok(bytes) = STANDARD.decode(encoded) else { return false };
            let Some((by, signature)) = bytes.split_at_checked(4) else { return false };
            let Ok(signature) = Signature::from_slice(signature) else { return false };
            name == origin && by == id && key.verify(text.as_bytes(), &signature).is_ok()
        });
        if !signed {
            return Err(CheckpointError::NotSigned(origin.to_owned()));
        }
        Ok(Checkpoint { size, root, note: note.to_owned() })
    }

    /// Sixteen hexadecimal digits of the root, short enough for a mail's last line.
    pub fn short(&self) -> String {
        format!("{}.{}", self.size, hex::encode(&self.root[..8]))
    }
}

/// First four bytes of `SHA-256(name || 0x0A || algorithm || public key)` (C2SP signed-note).
fn key_id(name: &str, public: &[u8; 32]) -> [u8; 4] {
    let digest = Sha256::new()
        .chain_update(name)
        .chain_update([b'\n', ED25519])
        .chain_update(public)
        .finalize();
    [digest[0], digest[1], digest[2], digest[3]]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_checkpoint_verifies_and_an_edited_one_does_not() {
        let key = SigningKey::new("muster.example/log", &[7; 32]);
        let signed = key.sign(42, [9; 32]);
        let read = Checkpoint::verify(&signed.note, key.origin(), &key.public()).unwrap();
        assert_eq!(read, signed);

        let edited = signed.note.replacen("42", "41", 1);
        assert!(Checkpoint::verify(&edited, key.origin(), &key.public()).is_err());
        let stranger = SigningKey::new(key.origin(), &[8; 32]);
        assert!(Checkpoint::verify(&signed.note, key.origin(), &stranger.public()).is_err());
    }
}
