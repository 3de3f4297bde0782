//! What other systems reported about somebody, until a session of theirs was judged with it.

use crate::entities::external_report::{Column, Entity, Model};
use crate::{Owner, Place, StoreResult, Tx};
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

/// Reports about somebody that no session has been judged with, oldest first.
pub async fn open_of(
    db: &impl ConnectionTrait,
    person: PersonId,
    received_since: UtcMillis,
) -> StoreResult<Vec<Model>> {
    Ok(Entity::find()
        .filter(Column::PersonId.eq(person.0))
        .filter(Column::JudgedIn.is_null())
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
