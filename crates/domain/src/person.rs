//! People: who is on the roster, which roles they hold, and the hours in which they may be met.

use crate::id::PersonId;
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
