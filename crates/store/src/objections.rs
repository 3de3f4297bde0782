//! Objections to outcomes and their answers; both texts sealed under the person's key.

use crate::entities::objection::{Column, Entity, Model};
use crate::sealed::{Owner, Place};
use crate::{Store, StoreResult, Tx};
use muster_domain::id::{CheckInId, PersonId};
use muster_domain::time::UtcMillis;
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
};
use uuid::Uuid;

/// Keeps an objection. Answers whether it is the first to this check-in.
pub async fn send(
    tx: &Tx,
    person: PersonId,
    check_in: CheckInId,
    words: &str,
    due: UtcMillis,
) -> StoreResult<bool> {
    let row = Model {
        check_in_id: check_in.0,
        person_id: person.0,
        words: tx
            .seal(Owner::Person(person), column("words", check_in.0), &words.to_owned())
            .await?,
        sent_ms: tx.store().clock().now().0,
        due_ms: due.0,
        told_ms: None,
        answer: None,
        answered_by: None,
        answered_ms: None,
    };
    crate::insert_new(tx, row).await
}

/// The objection to this check-in.
pub async fn find(db: &impl ConnectionTrait, id: CheckInId) -> StoreResult<Option<Model>> {
    Ok(Entity::find_by_id(id.0).one(db).await?)
}

/// The same, locked until the transaction ends.
pub async fn lock(tx: &Tx, id: CheckInId) -> StoreResult<Option<Model>> {
    Ok(Entity::find_by_id(id.0).lock_exclusive().one(&**tx).await?)
}

/// Those without an answer, the one that waits longest first.
pub async fn open(db: &impl ConnectionTrait) -> StoreResult<Vec<Model>> {
    let open = Entity::find().filter(Column::AnsweredMs.is_null());
    Ok(open.order_by_asc(Column::SentMs).all(db).await?)
}

/// Those that were answered, newest first.
pub async fn answered(db: &impl ConnectionTrait, limit: u64) -> StoreResult<Vec<Model>> {
    let answered = Entity::find().filter(Column::AnsweredMs.is_not_null());
    Ok(answered.order_by_desc(Column::AnsweredMs).limit(limit).all(db).await?)
}

/// Those whose date has passed without an answer, and of which nobody was told since `told_before`.
pub async fn overdue(
    db: &impl ConnectionTrait,
    now: UtcMillis,
    told_before: UtcMillis,
) -> StoreResult<Vec<Model>> {
    let is_due =
        Condition::any().add(Column::ToldMs.is_null()).add(Column::ToldMs.lte(told_before.0));
    Ok(Entity::find()
        .filter(Column::AnsweredMs.is_null())
        .filter(Column::DueMs.lte(now.0))
        .filter(is_due)
        .all(db)
        .await?)
}

/// Writes the answer.
pub async fn answer(tx: &Tx, row: Model, by: PersonId, text: &str) -> StoreResult<()> {
    let owner = Owner::Person(PersonId(row.person_id));
    let sealed = tx.seal(owner, column("answer", row.check_in_id), &text.to_owned()).await?;
    let now = tx.store().clock().now().0;
    let (answer, answered_by, answered_ms) = (Some(sealed), Some(by.0), Some(now));
    crate::save(tx, Model { answer, answered_by, answered_ms, ..row }).await
}

/// What was objected, and the answer.
pub async fn texts(
    store: &Store,
    db: &impl ConnectionTrait,
    row: &Model,
) -> StoreResult<(String, Option<String>)> {
    let owner = Owner::Person(PersonId(row.person_id));
    let words = store.unseal(db, owner, column("words", row.check_in_id), &row.words).await?;
    let answer = match &row.answer {
        Some(sealed) => {
            Some(store.unseal(db, owner, column("answer", row.check_in_id), sealed).await?)
        }
        None => None,
    };
    Ok((words, answer))
}

fn column(column: &'static str, row: Uuid) -> Place<'static> {
    Place { table: "objection", column, row }
}
