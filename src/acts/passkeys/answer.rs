//! A passkey signs an answer about place: who may be asked, and what is made of what was signed.

use super::{mac, refused};
use crate::acts::{ActError, ActResult, Context};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use muster_domain::id::PersonId;
use muster_domain::judging::passkey::{PasskeyAnswer, PasskeyUse};
use muster_domain::passkey::{Assertion, RelyingParty};
use muster_messages::t;
use muster_store::entities::person;
use muster_store::{Tx, passkeys};

/// What the page says of a passkey.
#[derive(Debug, Clone, Default)]
pub enum Given {
    /// Nothing: an old page or browser, or one that could not sign at all.
    #[default]
    Nothing,
    /// The person went on without.
    WentOn,
    /// One signed.
    Signed {
        /// What the page sent, as it came.
        sent: String,
        /// What it must have signed: the hash of question and claims.
        challenge: [u8; 32],
        party: RelyingParty,
    },
}

/// What is kept of it.
#[derive(Debug, Clone, Default)]
pub struct Taken {
    /// `None` where the person has no passkey.
    pub answer: Option<PasskeyAnswer>,
    /// What was sent, if it was good.
    pub assertion: Option<String>,
}

/// The credentials a person may sign with, in base64url.
pub async fn offered(context: &Context, who: PersonId) -> ActResult<Vec<String>> {
    Ok(super::mine(context, who).await?.into_iter().map(|one| one.credential.id).collect())
}

/// Looks at what was given, in the transaction that keeps the answer.
///
/// # Errors
/// `Invalid` with a sentence for the person where what was signed does not fit. Somebody else's passkey
/// is taken like an own one, without a word; judging is told of it.
pub async fn take(
    context: &Context,
    tx: &Tx,
    me: &person::Model,
    given: &Given,
) -> ActResult<Taken> {
    let (sent, challenge, party) = match given {
        Given::Signed { sent, challenge, party } => (sent, challenge, party),
        Given::Nothing => return without(tx, me, PasskeyUse::NotOffered).await,
        Given::WentOn => return without(tx, me, PasskeyUse::WentOn).await,
    };
    let assertion = Assertion::parse(sent).map_err(refused)?;
    // The same bytes in one spelling only.
    let id = URL_SAFE_NO_PAD.encode(assertion.credential_id().map_err(refused)?);
    let known = passkeys::with_mac(&**tx, &mac(context, "credential", id.as_bytes())).await?;
    let there = || known.iter().filter(|row| row.is_there());
    let found = there().find(|row| row.person_id == me.id).or_else(|| there().next());
    let Some(row) = found else { return Err(unknown()) };
    let Some(credential) = passkeys::open(&context.store, &**tx, row).await? else {
        return Err(unknown());
    };
    let count = assertion.verify(&credential, challenge, party).map_err(refused)?;
    let before = row.signed_count;
    // Many never count and always say 0 (WebAuthn Level 3, section 7.2, step 22).
    let counts = count != 0 || before != 0;
    let passkey = match row.person_id == me.id {
        true => {
            passkeys::signed(tx, row.clone(), count).await?;
            row.id
        }
        false => passkeys::note_foreign(tx, PersonId(me.id), row).await?,
    };
    let answer = PasskeyAnswer {
        used: PasskeyUse::Used,
        passkey: Some(passkey),
        is_synced: credential.is_synced,
        count_fell: counts && i64::from(count) <= before,
    };
    Ok(Taken { answer: Some(answer), assertion: Some(sent.clone()) })
}

async fn without(tx: &Tx, me: &person::Model, used: PasskeyUse) -> ActResult<Taken> {
    if passkeys::of_person(&**tx, PersonId(me.id)).await?.is_empty() {
        return Ok(Taken::default());
    }
    let answer = PasskeyAnswer { used, passkey: None, is_synced: false, count_fell: false };
    Ok(Taken { answer: Some(answer), assertion: None })
}

fn unknown() -> ActError {
    ActError::invalid(
        "passkey",
        t!("This passkey is not known here any more. Please try another one, or go on without."),
    )
}
