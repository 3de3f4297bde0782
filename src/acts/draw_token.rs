//! Draw tokens: made of a nonce of the server, committed in the log when a person joins, and, from
//! the first sign-in on, of a nonce that the employee's own browser made. Neither side alone
//! chooses the token, and a change counts from the next boundary of the person's zone.

use super::{ActError, ActResult, Context};
use muster_domain::id::{EntryId, PersonId};
use muster_domain::person::TokenNonce;
use muster_messages::t;
use muster_store::audit::{self, Record};
use muster_store::draw_tokens::{self, Nonces};
use muster_store::entities::person;
use muster_store::{DataKey, Owner, StoreError, Tx, people};
use std::collections::HashMap;
use uuid::Uuid;

/// The nonces somebody new begins with.
pub fn fresh(context: &Context) -> Nonces {
    Nonces { server: TokenNonce(context.store.entropy().bytes()), employee: None }
}

/// Somebody who joins, with the nonces of a new token or none where the old one is kept.
pub struct Joined<'a> {
    pub person: &'a person::Model,
    pub nonces: Option<Nonces>,
    /// Log pseudonym of the manager.
    pub manager: Option<Uuid>,
}

/// Binds the tokens of people who join to the log. `keys` are the data keys of these people.
///
/// # Errors
/// A person without a data key.
pub async fn bind(
    context: &Context,
    tx: &Tx,
    (actor, via): (Option<Uuid>, &str),
    joined: &[Joined<'_>],
    keys: &HashMap<Uuid, DataKey>,
) -> ActResult<()> {
    let records = joined.iter().map(|j| {
        let mut record = Record::new("person-joined")
            .by(actor)
            .about(j.person)
            .fact("via", via)
            .fact("returned", j.nonces.is_none())
            .commit_to_open("token", hex::encode(&j.person.draw_token))
            .commit_to_open("manager", j.manager.map(|m| m.to_string()));
        if let Some(nonces) = j.nonces {
            record = record.commit_to_open("server_nonce", nonces.server.to_hex());
        }
        record
    });
    let entries = audit::write_all(tx, records.collect(), keys).await?;
    let mut rows = Vec::new();
    for (joined, entry) in joined.iter().zip(entries) {
        let Some(nonces) = joined.nonces else { continue };
        let key = keys.get(&joined.person.id).ok_or(StoreError::Erased)?;
        rows.push(row(context, joined.person, &nonces, key, entry, true)?);
    }
    muster_store::insert_all(tx, rows).await?;
    Ok(())
}

/// Mixes the nonce of the employee's own browser into the token, once. `k` is kept; the new token
/// is used from the next boundary of the person's zone.
///
/// # Errors
/// `Conflict` where a nonce was given before, or the person is not on the roster.
pub async fn give_nonce(context: &Context, me: PersonId, nonce: TokenNonce) -> ActResult<()> {
    let tx = context.store.begin().await?;
    let me = people::get(&*tx, me).await?;
    if me.state != "active" {
        return Err(ActError::conflict(t!("You are not on the roster.")));
    }
    let tokens = draw_tokens::of_person(&*tx, PersonId(me.id)).await?;
    if tokens.iter().any(|t| t.has_employee_nonce) {
        return Err(ActError::conflict(t!("Your own part is in your token already.")));
    }
    let Some(first) = tokens.first() else {
        return Err(ActError::conflict(t!(
            "Your token was not bound to the log, so it stays as it is."
        )));
    };
    let before = draw_tokens::nonces(&context.store, &*tx, first).await?;
    let nonces = Nonces { employee: Some(nonce), ..before };
    let entry = Record::new("draw-token-changed")
        .by(Some(me.pseudonym))
        .about(&me)
        .commit_to_open("token", nonces.token().to_hex())
        .commit_to_open("employee_nonce", nonce.to_hex())
        .write(&tx)
        .await?;
    let key = context.store.data_key(&*tx, Owner::Person(PersonId(me.id))).await?;
    let row = row(context, &me, &nonces, &key, entry, false)?;
    muster_store::insert(&tx, row).await?;
    tx.commit().await?;
    Ok(())
}

/// Takes tokens that wait into use for a label that begins in this zone, where a checkpoint covers
/// their entries. Call it after older labels of the zone are closed and before rows are made.
pub async fn take_into_use(context: &Context, zone: &str, label: &str) -> ActResult<()> {
    let waiting = draw_tokens::waiting_in(context.store.read(), zone).await?;
    if waiting.is_empty() {
        return Ok(());
    }
    let tx = context.store.begin().await?;
    for (row, person) in waiting {
        if audit::is_covered(&*tx, EntryId(row.entry_id)).await? {
            draw_tokens::use_from(&tx, row, person, label).await?;
        }
    }
    tx.commit().await?;
    Ok(())
}

fn row(
    context: &Context,
    person: &person::Model,
    nonces: &Nonces,
    key: &DataKey,
    entry: EntryId,
    is_used: bool,
) -> ActResult<muster_store::entities::draw_token::Model> {
    let place = draw_tokens::nonces_column(entry);
    let sealed = key.seal(nonces, place, context.store.entropy())?;
    let used_from = is_used.then(|| "joining".to_owned());
    let id = PersonId(person.id);
    Ok(draw_tokens::row(id, nonces, sealed.bytes, entry, context.now().0, used_from))
}
