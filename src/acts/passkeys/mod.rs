//! Passkeys: a person adds and removes their own, a verifier who watched or HR stands for one, and one signs
//! an answer about place.
//!
//! One that nobody stands for is used like any other and shown as waiting (decision 0053).

mod answer;
mod approval;
mod own;

pub use answer::{Given, Taken, offered, take};
pub use approval::{Word, decide, seen_by_verifier};
pub use own::{Added, Mine, Question, add, mine, question, remove};

use super::{ActError, Context};
use hmac::{Hmac, KeyInit, Mac};
use muster_domain::passkey::{Credential, PasskeyFault};
use muster_messages::t;
use muster_store::passkeys::Macs;
use sha2::{Digest, Sha256};

/// What a credential and its key are known by. The database alone tells of neither which it is.
fn macs(context: &Context, credential: &Credential) -> Macs {
    Macs {
        credential: mac(context, "credential", credential.id.as_bytes()),
        key: mac(context, "key", credential.key.text().as_bytes()),
    }
}

fn mac(context: &Context, of: &str, bytes: &[u8]) -> String {
    hex::encode(keyed(context, of, bytes))
}

/// HMAC under a key outside the database.
fn keyed(context: &Context, of: &str, bytes: &[u8]) -> [u8; 32] {
    let key = Sha256::new()
        .chain_update("muster/passkey/v1/")
        .chain_update(of)
        .chain_update([0])
        .chain_update(context.store.keys().signing_seed())
        .finalize();
    let mac = Hmac::<Sha256>::new_from_slice(&key).expect("HMAC takes a key of any length");
    mac.chain_update(bytes).finalize().into_bytes().into()
}

/// What is said to the person. Nothing of it tells a forger which check was the one.
fn refused(fault: PasskeyFault) -> ActError {
    let sentence = match fault {
        PasskeyFault::NotVerified | PasskeyFault::NotPresent => {
            t!(
                "Your device did not check that it is you, by a PIN, a finger or your face. Set that up on the \
             device, then try again, or go on without a passkey."
            )
        }
        PasskeyFault::OtherAlgorithm => {
            t!(
                "This kind of passkey cannot be used here. Another device can make one that can; you may go on \
             without."
            )
        }
        _ => {
            t!(
                "What your device answered could not be taken, and nothing was recorded. Please try again, or go \
             on without a passkey."
            )
        }
    };
    ActError::invalid("passkey", sentence)
}
