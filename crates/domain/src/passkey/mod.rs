//! Passkeys (W3C Web Authentication): what a browser answers when one is made, and when one signs.
//!
//! A relying party of our own, since ours signs a claim and not a random number: the challenge is the hash of
//! question and answer together (`challenge_of`). No I/O: whose a credential is, and whether the question is
//! still open, is the caller's. Why not a library: decision 0052.

mod authenticator_data;
mod ceremony;
mod client_data;
mod key;

pub use ceremony::{Assertion, Credential, Enrolled, Registration};
pub use key::{ALGORITHMS, PublicKey};

use sha2::{Digest, Sha256};

/// Longest credential id (WebAuthn Level 3, section 4, "Credential ID").
pub const CREDENTIAL_ID_BYTES_MAX: usize = 1_023;

/// What a browser must have been talking to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RelyingParty {
    /// Scheme, host and, where it is not the scheme's own, port.
    origin: String,
    /// The host alone.
    id: String,
}

impl RelyingParty {
    /// By the scheme of our address and the host that was asked, e.g. `muster.acme.example:8443`.
    pub fn new(is_https: bool, host: &str) -> RelyingParty {
        let (scheme, own_port) = if is_https { ("https", ":443") } else { ("http", ":80") };
        let host = host.to_ascii_lowercase();
        let host = host.strip_suffix(own_port).unwrap_or(&host);
        let id = match host.rsplit_once(':') {
            Some((name, port)) if port.bytes().all(|b| b.is_ascii_digit()) => name,
            _ => host,
        };
        RelyingParty { origin: format!("{scheme}://{host}"), id: id.to_owned() }
    }

    /// As browsers write it.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// What credentials are bound to.
    pub fn id(&self) -> &str {
        &self.id
    }

    fn id_hash(&self) -> [u8; 32] {
        Sha256::digest(&self.id).into()
    }
}

/// The challenge for a claim: SHA-256 over the bytes of the question's nonce and those of the claim, so that
/// one gesture signs both.
pub fn challenge_of(nonce: &[u8], claim: &[u8]) -> [u8; 32] {
    Sha256::new().chain_update(nonce).chain_update(claim).finalize().into()
}

/// Why what a browser sent is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PasskeyFault {
    #[error("it cannot be read")]
    NotReadable,
    #[error("it is an answer to another kind of question")]
    OtherType,
    #[error("it answers another question")]
    OtherChallenge,
    #[error("it was made on another site")]
    OtherOrigin,
    #[error("it was made inside a page of another site")]
    CrossOrigin,
    #[error("it is bound to another site")]
    OtherParty,
    #[error("nobody was there when it was made")]
    NotPresent,
    #[error("the device did not check who used it")]
    NotVerified,
    #[error("its flags contradict each other")]
    Flags,
    #[error("its kind of key is not accepted")]
    OtherAlgorithm,
    #[error("it is another credential than it says")]
    OtherCredential,
    #[error("its signature does not fit")]
    BadSignature,
}

#[cfg(test)]
mod tests;
