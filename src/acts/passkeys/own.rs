//! One's own passkeys: the question a new one answers, adding, looking, removing.

use super::{keyed, macs, refused};
use crate::acts::{ActError, ActResult, Context, check_in as employee};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use muster_domain::check_in::CheckInState;
use muster_domain::id::{CheckInId, PersonId};
use muster_domain::passkey::{Credential, Registration, RelyingParty};
use muster_domain::time::DAY_MS;
use muster_messages::t;
use muster_store::audit::Record;
use muster_store::entities::{passkey, person};
use muster_store::{StoreError, Tx, check_ins, passkeys, people};
use uuid::Uuid;

/// Passkeys of one person: each device they have, and room for a spare.
const PASSKEYS_MAX: usize = 8;
/// Added in a day, removed ones included: more is a page in a loop.
const ADDED_A_DAY_MAX: usize = 20;
/// Minutes for which the question of a new one is open.
const QUESTION_MINUTES: i64 = 10;

/// What a page needs to have one made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// In base64url, as all of these.
    pub challenge: String,
    /// Random to whoever has no key of ours: a device shows it to nobody and may keep it for ever.
    pub user: String,
    /// Credentials the person has already, so that one device makes one.
    pub known: Vec<String>,
}

/// Asks for a new one.
pub async fn question(context: &Context, me: &person::Model) -> ActResult<Question> {
    let challenge = URL_SAFE_NO_PAD.encode(context.store.entropy().bytes::<32>());
    let tx = context.store.begin().await?;
    has_room(context, &tx, me).await?;
    passkeys::ask(&tx, PersonId(me.id), &challenge).await?;
    let known = ids(context, &tx, PersonId(me.id)).await?;
    tx.commit().await?;
    let user = URL_SAFE_NO_PAD.encode(keyed(context, "user", me.id.as_bytes()));
    Ok(Question { challenge, user, known })
}

async fn ids(context: &Context, tx: &Tx, who: PersonId) -> ActResult<Vec<String>> {
    let mut ids = Vec::new();
    for row in passkeys::of_person(&**tx, who).await? {
        ids.extend(passkeys::open(&context.store, &**tx, &row).await?.map(|c| c.id));
    }
    Ok(ids)
}

async fn has_room(context: &Context, tx: &Tx, me: &person::Model) -> ActResult<()> {
    let who = PersonId(me.id);
    if passkeys::of_person(&**tx, who).await?.len() >= PASSKEYS_MAX {
        return Err(ActError::conflict(t!("You have eight passkeys. Remove one first.")));
    }
    let since = context.now().plus_ms(-DAY_MS);
    match passkeys::added_since(&**tx, who, since).await? < ADDED_A_DAY_MAX {
        true => Ok(()),
        false => {
            Err(ActError::TooMany(t!("That was enough for a day. Try again tomorrow.").to_owned()))
        }
    }
}

/// One that was added.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Added {
    pub id: Uuid,
    /// Whether it was in a talk, so that the verifier can stand for it.
    pub in_talk: bool,
}

/// Adds one. Made in the room of one's own check-in while both are there, it is noted as such, so that the
/// verifier can stand for it.
///
/// # Errors
/// `Invalid` with a sentence for the person where what the device answered does not fit.
pub async fn add(
    context: &Context,
    me: &person::Model,
    party: &RelyingParty,
    sent: &str,
    during: Option<CheckInId>,
) -> ActResult<Added> {
    let registration = Registration::parse(sent).map_err(refused)?;
    let tx = context.store.begin().await?;
    let (who, now) = (PersonId(me.id), context.now());
    people::lock(&tx, who).await?;
    has_room(context, &tx, me).await?;
    let challenge = registration.claimed_challenge().unwrap_or_default();
    let not_before = now.plus_minutes(-QUESTION_MINUTES);
    if !passkeys::take_question(&tx, who, &challenge, not_before).await? {
        return Err(ActError::invalid(
            "passkey",
            t!("This page lay open too long, or another one was opened. Please try again."),
        ));
    }
    let asked = URL_SAFE_NO_PAD.decode(&challenge).unwrap_or_default();
    let enrolled = registration.verify(&asked, party).map_err(refused)?;
    let macs = macs(context, &enrolled.credential);
    let known = passkeys::with_mac(&*tx, &macs.credential).await?;
    if known.iter().any(|row| row.person_id == me.id) {
        return Err(ActError::invalid(
            "passkey",
            t!("This passkey was here before. Let your device make a new one."),
        ));
    }
    let in_room = match during {
        Some(id) => in_room(context, &tx, me, id).await?,
        None => None,
    };
    let (is_synced, count) = (enrolled.credential.is_synced, enrolled.count);
    let row = passkeys::add(&tx, who, macs, &enrolled.credential, count, in_room).await?;
    let mut record = Record::new("passkey-added")
        .by(Some(me.pseudonym))
        .about(me)
        .fact("passkey", row.id.to_string())
        .fact("synced", is_synced);
    if let Some(id) = in_room {
        record = record.fact("check_in", id.to_string());
    }
    record.write(&tx).await?;
    tx.commit().await?;
    Ok(Added { id: row.id, in_talk: in_room.is_some() })
}

/// The check-in, while both are in its room.
async fn in_room(
    context: &Context,
    tx: &Tx,
    me: &person::Model,
    id: CheckInId,
) -> ActResult<Option<CheckInId>> {
    let row = check_ins::find(&**tx, id).await?.filter(|row| row.person_id == me.id);
    let is_live = |row: &muster_store::entities::check_in::Model| {
        row.life() == CheckInState::Live && employee::is_room_open(row, context.now())
    };
    Ok(row.filter(is_live).map(|row| row.check_in_id()))
}

/// One of one's own.
#[derive(Debug, Clone)]
pub struct Mine {
    pub row: passkey::Model,
    pub credential: Credential,
}

/// A person's passkeys, oldest first.
pub async fn mine(context: &Context, who: PersonId) -> ActResult<Vec<Mine>> {
    let db = context.store.read();
    let mut all = Vec::new();
    for row in passkeys::of_person(db, who).await? {
        if let Some(credential) = passkeys::open(&context.store, db, &row).await? {
            all.push(Mine { row, credential });
        }
    }
    Ok(all)
}

/// Removes one of one's own.
///
/// # Errors
/// There is none of that id, or it was removed before.
pub async fn remove(context: &Context, me: &person::Model, id: Uuid) -> ActResult<()> {
    let tx = context.store.begin().await?;
    let found = passkeys::find(&*tx, id).await?;
    let row = found.filter(|row| row.person_id == me.id && row.is_there());
    let row = row.ok_or_else(|| StoreError::missing("passkey", id))?;
    let was_approved = row.approved_ms.is_some();
    passkeys::remove(&tx, row).await?;
    Record::new("passkey-removed")
        .by(Some(me.pseudonym))
        .about(me)
        .fact("passkey", id.to_string())
        .fact("was_approved", was_approved)
        .write(&tx)
        .await?;
    Ok(tx.commit().await?)
}
