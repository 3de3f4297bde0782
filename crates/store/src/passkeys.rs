//! Passkeys of people. A credential and its key are compared by keyed hashes; the credential itself lies
//! sealed under the person's key and goes when it is removed.
//!
//! A credential that signs for somebody who has not enrolled it leaves a row that is removed from the start and has
//! no credential in it, so that it counts for both people and is offered to neither.

use crate::entities::passkey::{Column, Entity, Model};
use crate::entities::passkey_question as question;
use crate::{Owner, Place, Store, StoreResult, Tx};
use muster_domain::id::{CheckInId, PersonId};
use muster_domain::judging::passkey::{PasskeyAnswer, PasskeyStanding, PasskeyUse};
use muster_domain::passkey::Credential;
use muster_domain::time::{DAY_MS, UtcMillis};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, sea_query::Condition,
};
use std::collections::BTreeSet;
use uuid::Uuid;

/// What equality is told by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Macs {
    /// Of the credential's id.
    pub credential: String,
    /// Of its public key.
    pub key: String,
}

impl Model {
    /// Whether it is offered and may sign.
    pub fn is_there(&self) -> bool {
        self.removed_ms.is_none()
    }

    /// Whether it was the person's at some time, and did not only sign for them.
    fn was_theirs(&self) -> bool {
        self.removed_ms.is_none_or(|removed| removed > self.added_ms)
    }
}

/// Asks a question that a new credential of this person must answer. Earlier ones are void.
pub async fn ask(tx: &Tx, person: PersonId, challenge: &str) -> StoreResult<()> {
    question::Entity::delete_many()
        .filter(question::Column::PersonId.eq(person.0))
        .exec(&**tx)
        .await?;
    let issued_ms = tx.store().clock().now().0;
    let row = question::Model { challenge: challenge.to_owned(), person_id: person.0, issued_ms };
    crate::insert(tx, row).await
}

/// Uses a question up: `true` once, if this person was asked it at or after `not_before`.
pub async fn take_question(
    tx: &Tx,
    person: PersonId,
    challenge: &str,
    not_before: UtcMillis,
) -> StoreResult<bool> {
    let gone = question::Entity::delete_many()
        .filter(question::Column::Challenge.eq(challenge))
        .filter(question::Column::PersonId.eq(person.0))
        .filter(question::Column::IssuedMs.gte(not_before.0))
        .exec(&**tx)
        .await?;
    Ok(gone.rows_affected == 1)
}

/// A person's passkeys that are there, oldest first.
pub async fn of_person(db: &impl ConnectionTrait, person: PersonId) -> StoreResult<Vec<Model>> {
    Ok(all_of(db, person).await?.into_iter().filter(Model::is_there).collect())
}

/// Those that are not there any more too.
async fn all_of(db: &impl ConnectionTrait, person: PersonId) -> StoreResult<Vec<Model>> {
    Ok(Entity::find()
        .filter(Column::PersonId.eq(person.0))
        .order_by_asc(Column::AddedMs)
        .order_by_asc(Column::Id)
        .all(db)
        .await?)
}

/// A row by its id.
pub async fn find(db: &impl ConnectionTrait, id: Uuid) -> StoreResult<Option<Model>> {
    Ok(Entity::find_by_id(id).one(db).await?)
}

/// Passkeys a person has added since, whether they are still there or not.
pub async fn added_since(
    db: &impl ConnectionTrait,
    person: PersonId,
    since: UtcMillis,
) -> StoreResult<usize> {
    let all = all_of(db, person).await?;
    Ok(all.iter().filter(|row| row.was_theirs() && row.added_ms >= since.0).count())
}

/// Everybody's rows of one credential.
pub async fn with_mac(db: &impl ConnectionTrait, mac: &str) -> StoreResult<Vec<Model>> {
    Ok(Entity::find().filter(Column::Mac.eq(mac)).all(db).await?)
}

fn place(id: Uuid) -> Place<'static> {
    Place { table: "passkey", column: "detail", row: id }
}

/// The credential, where it is still kept.
pub async fn open(
    store: &Store,
    db: &impl ConnectionTrait,
    row: &Model,
) -> StoreResult<Option<Credential>> {
    let Some(sealed) = &row.detail else { return Ok(None) };
    let owner = Owner::Person(PersonId(row.person_id));
    Ok(Some(store.unseal(db, owner, place(row.id), sealed).await?))
}

/// Keeps a credential that the person has not had before.
pub async fn add(
    tx: &Tx,
    person: PersonId,
    macs: Macs,
    credential: &Credential,
    signed_count: u32,
    added_in: Option<CheckInId>,
) -> StoreResult<Model> {
    let id = Uuid::from_bytes(tx.store().entropy().bytes());
    let row = Model {
        id,
        person_id: person.0,
        mac: macs.credential,
        key_mac: macs.key,
        detail: Some(tx.seal(Owner::Person(person), place(id), credential).await?),
        signed_count: i64::from(signed_count),
        added_ms: tx.store().clock().now().0,
        added_in: added_in.map(|id| id.0),
        approved_ms: None,
        approved_by: None,
        last_ms: None,
        removed_ms: None,
    };
    crate::insert(tx, row.clone()).await?;
    Ok(row)
}

/// Notes that somebody else's credential signed for this person.
pub async fn note_foreign(tx: &Tx, person: PersonId, theirs: &Model) -> StoreResult<Uuid> {
    let now = tx.store().clock().now().0;
    let found = Entity::find()
        .filter(Column::PersonId.eq(person.0))
        .filter(Column::Mac.eq(&theirs.mac))
        .one(&**tx)
        .await?;
    if let Some(row) = found {
        let id = row.id;
        crate::save(tx, Model { last_ms: Some(now), ..row }).await?;
        return Ok(id);
    }
    let row = Model {
        id: Uuid::from_bytes(tx.store().entropy().bytes()),
        person_id: person.0,
        mac: theirs.mac.clone(),
        key_mac: theirs.key_mac.clone(),
        detail: None,
        signed_count: 0,
        added_ms: now,
        added_in: None,
        approved_ms: None,
        approved_by: None,
        last_ms: Some(now),
        removed_ms: Some(now),
    };
    let id = row.id;
    crate::insert(tx, row).await?;
    Ok(id)
}

/// It signed.
pub async fn signed(tx: &Tx, row: Model, signed_count: u32) -> StoreResult<()> {
    let last_ms = Some(tx.store().clock().now().0);
    crate::save(tx, Model { signed_count: i64::from(signed_count), last_ms, ..row }).await
}

/// Somebody stands for it.
pub async fn approve(tx: &Tx, row: Model, by: PersonId) -> StoreResult<()> {
    let approved_ms = Some(tx.store().clock().now().0);
    crate::save(tx, Model { approved_ms, approved_by: Some(by.0), ..row }).await
}

/// It is not offered any more, and the credential goes.
pub async fn remove(tx: &Tx, row: Model) -> StoreResult<()> {
    let removed_ms = Some(tx.store().clock().now().0);
    crate::save(tx, Model { removed_ms, detail: None, ..row }).await
}

/// How a person's passkeys stand at a check-in in which this was answered; `None` where they never had one.
pub async fn standing(
    db: &impl ConnectionTrait,
    person: PersonId,
    answer: Option<&PasskeyAnswer>,
    at: UtcMillis,
) -> StoreResult<Option<PasskeyStanding>> {
    let all = all_of(db, person).await?;
    if all.is_empty() {
        return Ok(None);
    }
    let theirs: Vec<&Model> = all.iter().filter(|row| row.was_theirs()).collect();
    let first_approved = theirs.iter().filter_map(|row| row.approved_ms).min();
    let follows = |row: &Model| first_approved.is_some_and(|first| first <= row.added_ms);
    let never_approved = || theirs.iter().filter(|row| row.approved_ms.is_none());
    let waiting = || never_approved().filter(|row| row.is_there());
    let days_ago = |row: &&&Model| u32::try_from((at.0 - row.added_ms) / DAY_MS).unwrap_or(0);
    let signed = answer.and_then(|a| a.passkey).and_then(|id| all.iter().find(|row| row.id == id));
    Ok(Some(PasskeyStanding {
        used: answer.map_or(PasskeyUse::NotAsked, |a| a.used),
        is_synced: answer.is_some_and(|a| a.is_synced),
        count_fell: answer.is_some_and(|a| a.count_fell),
        other_people: match signed {
            Some(row) => other_people(db, row).await?,
            None => 0,
        },
        first_waiting: waiting().filter(|row| !follows(row)).count() as u32,
        waiting: waiting().filter(|row| follows(row)).count() as u32,
        added_days_ago: never_approved().filter(|r| follows(r)).map(|r| days_ago(&r)).collect(),
    }))
}

/// Other people for whom this credential, or its key, has signed. One that was only enrolled proves nothing:
/// without a signature anybody could name somebody else's.
async fn other_people(db: &impl ConnectionTrait, row: &Model) -> StoreResult<u32> {
    let same = Condition::any().add(Column::Mac.eq(&row.mac)).add(Column::KeyMac.eq(&row.key_mac));
    let found = Entity::find()
        .filter(same)
        .filter(Column::PersonId.ne(row.person_id))
        .filter(Column::LastMs.is_not_null())
        .all(db)
        .await?;
    let people: BTreeSet<Uuid> = found.iter().map(|row| row.person_id).collect();
    Ok(people.len() as u32)
}
