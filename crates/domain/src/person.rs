//! People: who is on the roster, which roles they hold, and the hours in which they may be met.

use crate::id::PersonId;
use crate::msg;
use serde::{Deserialize, Serialize};

words! {
    /// What a person may do here. Everybody on the roster is an employee.
    pub enum Role {
        Employee = "employee",
        Verifier = "verifier",
        Manager = "manager",
        Hr = "hr",
        Security = "security",
        Auditor = "auditor",
        Admin = "admin",
    }
}

impl Role {
    /// Roles that see or change what belongs to others, and so need a second person to confirm
    /// them. `Manager` follows from having reports and is never granted by hand.
    pub const fn is_privileged(self) -> bool {
        matches!(self, Role::Verifier | Role::Hr | Role::Security | Role::Auditor | Role::Admin)
    }

    /// Whoever holds it, in a word that is translated.
    pub const fn word(self) -> &'static str {
        match self {
            Role::Employee => msg!("employee"),
            Role::Verifier => msg!("verifier"),
            Role::Manager => msg!("manager"),
            Role::Hr => msg!("HR officer"),
            Role::Security => msg!("security officer"),
            Role::Auditor => msg!("auditor"),
            Role::Admin => msg!("administrator"),
        }
    }
}

words! {
    /// What a program may do with its token: one thing.
    pub enum TokenScope {
        /// Bring sign-ins of other systems in, and read nothing.
        Observations = "observations",
        /// Report what another system saw about somebody, signed, and read nothing.
        ExternalFindings = "external_findings",
    }
}

words! {
    /// Whether a person is on the roster today.
    pub enum PersonState {
        Active = "active",
        Left = "left",
    }
}

/// 128 random bits that stand for a person in the draw and nowhere else.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct DrawToken(pub [u8; 16]);

impl DrawToken {
    /// Lower-case hexadecimal, the form in exports.
    pub fn to_hex(self) -> String {
        hex::encode(self.0)
    }

    /// The first 16 bytes of `SHA-256("muster/token/v1" || server nonce || employee nonce)`. Until
    /// the employee has given a nonce, that part is empty. Neither side alone chooses a token that
    /// both had a part in.
    pub fn derive(server: &TokenNonce, employee: Option<&TokenNonce>) -> DrawToken {
        use sha2::{Digest, Sha256};
        let mut hash = Sha256::new_with_prefix("muster/token/v1").chain_update(server.0);
        if let Some(employee) = employee {
            hash.update(employee.0);
        }
        let digest = hash.finalize();
        let mut token = [0; 16];
        token.copy_from_slice(&digest[..16]);
        DrawToken(token)
    }
}

/// 32 random bytes from one of the two sides that make a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct TokenNonce(pub [u8; 32]);

impl TokenNonce {
    /// Lower-case hexadecimal, the form in the log's commitments.
    pub fn to_hex(self) -> String {
        hex::encode(self.0)
    }
}

impl From<TokenNonce> for String {
    fn from(nonce: TokenNonce) -> String {
        nonce.to_hex()
    }
}

impl TryFrom<String> for TokenNonce {
    type Error = hex::FromHexError;
    fn try_from(text: String) -> Result<TokenNonce, hex::FromHexError> {
        let mut bytes = [0; 32];
        hex::decode_to_slice(text, &mut bytes).map(|()| TokenNonce(bytes))
    }
}

impl From<DrawToken> for String {
    fn from(t: DrawToken) -> String {
        t.to_hex()
    }
}

impl TryFrom<String> for DrawToken {
    type Error = hex::FromHexError;
    fn try_from(text: String) -> Result<DrawToken, hex::FromHexError> {
        let mut bytes = [0; 16];
        hex::decode_to_slice(text, &mut bytes).map(|()| DrawToken(bytes))
    }
}

/// What the rest of the product needs to know of a person to speak with or about them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonName {
    pub id: PersonId,
    /// As the person wants to be called.
    pub display_name: String,
    pub email: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The vectors of `docs/draw-format.md`.
    #[test]
    fn a_token_comes_from_both_nonces_and_changes_with_each() {
        let (server, employee) = (TokenNonce([1; 32]), TokenNonce([2; 32]));
        let alone = DrawToken::derive(&server, None);
        let both = DrawToken::derive(&server, Some(&employee));
        assert_eq!(alone.to_hex(), "dbdc76c2031d6886cef199107983b9fd");
        assert_eq!(both.to_hex(), "fc8232b107d899f4a28316afd1c0cf0e");
        assert_ne!(both, DrawToken::derive(&employee, Some(&server)));
    }
}
