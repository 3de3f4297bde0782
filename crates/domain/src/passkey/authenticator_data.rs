//! What the authenticator says (WebAuthn Level 3, section 6.1): 37 bytes, then, where one was made, the
//! credential, then extensions. Read to the last byte; anything left over is a fault.

use super::{CREDENTIAL_ID_BYTES_MAX, PasskeyFault, PublicKey, RelyingParty};
use ciborium::Value;

const PRESENT: u8 = 0x01;
const VERIFIED: u8 = 0x04;
const BACKUP_ELIGIBLE: u8 = 0x08;
const BACKED_UP: u8 = 0x10;
const HAS_CREDENTIAL: u8 = 0x40;
const HAS_EXTENSIONS: u8 = 0x80;

/// Longest authenticator data read: a long credential id and a key of RSA leave room for both.
const BYTES_MAX: usize = 4 * 1024;

/// What it says of itself and of the person before it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct AuthenticatorData {
    pub is_synced: bool,
    pub is_backed_up: bool,
    pub count: u32,
    /// Only when one was made.
    pub credential: Option<NewCredential>,
}

/// A credential that was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct NewCredential {
    pub aaguid: [u8; 16],
    pub id: Vec<u8>,
    pub key: PublicKey,
}

impl AuthenticatorData {
    /// Reads it whole and checks what every ceremony must say: our site, somebody present and verified,
    /// flags that fit each other.
    pub fn read(bytes: &[u8], party: &RelyingParty) -> Result<AuthenticatorData, PasskeyFault> {
        if bytes.len() > BYTES_MAX {
            return Err(PasskeyFault::NotReadable);
        }
        let mut rest = bytes;
        if take(&mut rest, 32)? != party.id_hash() {
            return Err(PasskeyFault::OtherParty);
        }
        let flags = take(&mut rest, 1)?[0];
        let count = u32::from_be_bytes(array(take(&mut rest, 4)?)?);
        let is = |flag| flags & flag != 0;
        if !is(PRESENT) {
            return Err(PasskeyFault::NotPresent);
        }
        if !is(VERIFIED) {
            return Err(PasskeyFault::NotVerified);
        }
        // What cannot be copied was not copied (section 6.1.3).
        if is(BACKED_UP) && !is(BACKUP_ELIGIBLE) {
            return Err(PasskeyFault::Flags);
        }
        let credential = match is(HAS_CREDENTIAL) {
            true => Some(new_credential(&mut rest)?),
            false => None,
        };
        if is(HAS_EXTENSIONS) {
            // None was asked for; what comes all the same is a map and says nothing to us.
            match one(&mut rest)? {
                Value::Map(_) => {}
                _ => return Err(PasskeyFault::NotReadable),
            }
        }
        if !rest.is_empty() {
            return Err(PasskeyFault::NotReadable);
        }
        Ok(AuthenticatorData {
            is_synced: is(BACKUP_ELIGIBLE),
            is_backed_up: is(BACKED_UP),
            count,
            credential,
        })
    }
}

fn new_credential(rest: &mut &[u8]) -> Result<NewCredential, PasskeyFault> {
    let aaguid = array(take(rest, 16)?)?;
    let length = usize::from(u16::from_be_bytes(array(take(rest, 2)?)?));
    if !(1..=CREDENTIAL_ID_BYTES_MAX).contains(&length) {
        return Err(PasskeyFault::NotReadable);
    }
    let id = take(rest, length)?.to_vec();
    let key = PublicKey::of_cose(&one(rest)?)?;
    Ok(NewCredential { aaguid, id, key })
}

/// One item of CBOR from the front.
pub(super) fn one(rest: &mut &[u8]) -> Result<Value, PasskeyFault> {
    /// Ours nest three deep; what nests deeper is made to hurt.
    const DEPTH_MAX: usize = 8;
    ciborium::de::from_reader_with_recursion_limit(&mut *rest, DEPTH_MAX)
        .map_err(|_| PasskeyFault::NotReadable)
}

fn take<'a>(rest: &mut &'a [u8], length: usize) -> Result<&'a [u8], PasskeyFault> {
    let (front, after) = rest.split_at_checked(length).ok_or(PasskeyFault::NotReadable)?;
    *rest = after;
    Ok(front)
}

fn array<const N: usize>(bytes: &[u8]) -> Result<[u8; N], PasskeyFault> {
    bytes.try_into().map_err(|_| PasskeyFault::NotReadable)
}
