//! The two ceremonies: a credential is made (WebAuthn Level 3, section 7.1), and a credential signs
//! (section 7.2). Attestation is not asked for and what comes of it is not looked at: who built the
//! authenticator decides nothing here.

use super::authenticator_data::{AuthenticatorData, NewCredential, one};
use super::client_data::{Ceremony, check};
use super::{PasskeyFault, PublicKey, RelyingParty};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ciborium::Value;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// Longest text a page sends of either.
const TEXT_BYTES_MAX: usize = 32 * 1024;

/// What a page sends when a credential was made. Bytes in base64url.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Registration {
    pub id: String,
    #[serde(rename = "clientDataJSON")]
    pub client_data: String,
    pub attestation_object: String,
}

/// What is kept of a credential.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Credential {
    /// In base64url.
    pub id: String,
    pub key: PublicKey,
    /// Which make of authenticator it says it is; zero where it would rather not.
    pub aaguid: Uuid,
    /// Whether it may live on several devices (flag BE). It never changes.
    pub is_synced: bool,
    /// Whether it did when it was made (flag BS).
    pub is_backed_up: bool,
}

/// A credential that was made for us.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Enrolled {
    pub credential: Credential,
    pub count: u32,
}

impl Registration {
    /// Reads what a page sent.
    ///
    /// # Errors
    /// It is too long or not of this shape.
    pub fn parse(text: &str) -> Result<Registration, PasskeyFault> {
        parsed(text)
    }

    /// The challenge it says it answers, to find the question by. Nothing is proved by it.
    pub fn claimed_challenge(&self) -> Option<String> {
        #[derive(Deserialize)]
        struct Challenge {
            challenge: String,
        }
        let json = decoded(&self.client_data).ok()?;
        Some(serde_json::from_slice::<Challenge>(&json).ok()?.challenge)
    }

    /// The credential, if it was made in answer to this challenge, here, with the person verified.
    ///
    /// # Errors
    /// Which of that is not so.
    pub fn verify(&self, challenge: &[u8], party: &RelyingParty) -> Result<Enrolled, PasskeyFault> {
        check(&decoded(&self.client_data)?, Ceremony::Create, challenge, party)?;
        let object = decoded(&self.attestation_object)?;
        let mut rest = object.as_slice();
        let Value::Map(members) = one(&mut rest)? else { return Err(PasskeyFault::NotReadable) };
        let data = members.into_iter().find(|(key, _)| key.as_text() == Some("authData"));
        let Some((_, Value::Bytes(data))) = data.filter(|_| rest.is_empty()) else {
            return Err(PasskeyFault::NotReadable);
        };
        let said = AuthenticatorData::read(&data, party)?;
        let NewCredential { aaguid, id, key } = said.credential.ok_or(PasskeyFault::NotReadable)?;
        if decoded(&self.id)? != id {
            return Err(PasskeyFault::OtherCredential);
        }
        let credential = Credential {
            id: self.id.clone(),
            key,
            aaguid: Uuid::from_bytes(aaguid),
            is_synced: said.is_synced,
            is_backed_up: said.is_backed_up,
        };
        Ok(Enrolled { credential, count: said.count })
    }
}

/// What a page sends when a credential has signed. Bytes in base64url.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Assertion {
    pub id: String,
    #[serde(rename = "clientDataJSON")]
    pub client_data: String,
    pub authenticator_data: String,
    pub signature: String,
}

impl Assertion {
    /// Reads what a page sent.
    ///
    /// # Errors
    /// It is too long or not of this shape.
    pub fn parse(text: &str) -> Result<Assertion, PasskeyFault> {
        parsed(text)
    }

    /// The id of the credential that signed, by its own word, in bytes.
    ///
    /// # Errors
    /// It is none.
    pub fn credential_id(&self) -> Result<Vec<u8>, PasskeyFault> {
        decoded(&self.id).and_then(|id| match id.is_empty() {
            true => Err(PasskeyFault::NotReadable),
            false => Ok(id),
        })
    }

    /// Whether this credential signed that challenge, here, with the person verified. Answers how often it
    /// has signed by its own count; many always say 0.
    ///
    /// # Errors
    /// Which of that is not so.
    pub fn verify(
        &self,
        credential: &Credential,
        challenge: &[u8],
        party: &RelyingParty,
    ) -> Result<u32, PasskeyFault> {
        if self.id != credential.id {
            return Err(PasskeyFault::OtherCredential);
        }
        let client_data = decoded(&self.client_data)?;
        check(&client_data, Ceremony::Get, challenge, party)?;
        let data = decoded(&self.authenticator_data)?;
        let said = AuthenticatorData::read(&data, party)?;
        let signed = [data.as_slice(), &Sha256::digest(&client_data)].concat();
        if !credential.key.verifies(&signed, &decoded(&self.signature)?) {
            return Err(PasskeyFault::BadSignature);
        }
        match said.is_synced == credential.is_synced {
            true => Ok(said.count),
            false => Err(PasskeyFault::Flags),
        }
    }
}

fn parsed<'a, T: Deserialize<'a>>(text: &'a str) -> Result<T, PasskeyFault> {
    if text.len() > TEXT_BYTES_MAX {
        return Err(PasskeyFault::NotReadable);
    }
    serde_json::from_str(text).map_err(|_| PasskeyFault::NotReadable)
}

fn decoded(text: &str) -> Result<Vec<u8>, PasskeyFault> {
    URL_SAFE_NO_PAD.decode(text).map_err(|_| PasskeyFault::NotReadable)
}
