//! What other systems reported about somebody, until a session of theirs was judged with it or two people
//! have withdrawn it.

use crate::entities::external_report::{Column, Entity, Model};
use crate::{Owner, Place, StoreError, StoreResult, Tx};
use muster_domain::id::{CheckInId, PersonId};
use muster_domain::time::UtcMillis;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

/// By the sender's own id, locked.
pub async fn lock_of_sender(tx: &Tx, token: Uuid, sender_id: &str) -> StoreResult<Option<Model>> {
    let found =
        Entity::find().filter(Column::TokenId.eq(token)).filter(Column::SenderId.eq(sender_id));
    Ok(found.lock_exclusive().one(&**tx).await?)
}

/// Where the text for the reviewer lies.
pub fn detail_column(id: Uuid) -> Place<'static> {
    Place { table: "external_report", column: "detail", row: id }
}

/// The text for the reviewer.
pub async fn detail(tx: &Tx, row: &Model) -> StoreResult<Option<String>> {
    let Some(sealed) = &row.detail else { return Ok(None) };
    let owner = Owner::Person(PersonId(row.person_id));
    Ok(Some(tx.unseal(owner, detail_column(row.id), sealed).await?))
}

/// Where the reason lies for which somebody asked to withdraw it.
pub fn reason_column(id: Uuid) -> Place<'static> {
    Place { table: "external_report", column: "withdrawal_reason", row: id }
}

/// Why somebody asked to withdraw it; `None` where nobody did, or the person was erased.
pub async fn reason(tx: &Tx, row: &Model) -> StoreResult<Option<String>> {
    let Some(sealed) = &row.withdrawal_reason else { return Ok(None) };
    let owner = Owner::Person(PersonId(row.person_id));
    match tx.unseal(owner, reason_column(row.id), sealed).await {
        Ok(reason) => Ok(Some(reason)),
        Err(StoreError::Erased) => Ok(None),
        Err(error) => Err(error),
    }
}

/// One, locked for a change.
pub async fn lock(tx: &Tx, id: Uuid) -> StoreResult<Model> {
    let row = Entity::find_by_id(id).lock_exclusive().one(&**tx).await?;
    row.ok_or_else(|| StoreError::missing("report", id))
}

/// Every report that no session has been judged with, withdrawn ones too, the newest first.
pub async fn unjudged(
    db: &impl ConnectionTrait,
    received_since: UtcMillis,
    limit: u64,
) -> StoreResult<Vec<Model>> {
    let found = Entity::find()
        .filter(Column::JudgedIn.is_null())
        .filter(Column::ReceivedMs.gte(received_since.0))
        .order_by_desc(Column::ReceivedMs)
        .order_by_asc(Column::Id);
    Ok(found.limit(limit).all(db).await?)
}

/// Reports about somebody that no session has been judged with and nobody has withdrawn, oldest first.
pub async fn open_of(
    db: &impl ConnectionTrait,
    person: PersonId,
    received_since: UtcMillis,
) -> StoreResult<Vec<Model>> {
    Ok(Entity::find()
        .filter(Column::PersonId.eq(person.0))
        .filter(Column::JudgedIn.is_null())
        .filter(Column::WithdrawnMs.is_null())
        .filter(Column::ReceivedMs.gte(received_since.0))
        .order_by_asc(Column::AtMs)
        .order_by_asc(Column::Id)
        .all(db)
        .await?)
}

/// Those that are open are judged with this check-in.
pub async fn judged_in(tx: &Tx, rows: Vec<Model>, check_in: CheckInId) -> StoreResult<()> {
    for row in rows {
        crate::save(tx, Model { judged_in: Some(check_in.0), ..row }).await?;
    }
    Ok(())
}
