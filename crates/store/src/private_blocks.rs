//! Private blocks: sealed, since when somebody does not want to be met is their own matter.

use crate::entities::private_block::{Column, Entity, Model};
use crate::sealed::{DataKey, Owner, Place, Sealed};
use crate::{Store, StoreResult, Tx, Whose};
use muster_domain::calendar::PrivateBlock;
use muster_domain::id::PersonId;
use muster_domain::time::UtcMillis;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};
use std::collections::BTreeMap;
use uuid::Uuid;

/// One block with its row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenBlock {
    pub id: Uuid,
    pub block: PrivateBlock,
    pub added: UtcMillis,
}

/// The blocks of one person, oldest first.
pub async fn of(
    store: &Store,
    db: &impl ConnectionTrait,
    person: PersonId,
) -> StoreResult<Vec<OpenBlock>> {
    let rows = Entity::find()
        .filter(Column::PersonId.eq(person.0))
        .order_by_asc(Column::AddedMs)
        .order_by_asc(Column::Id)
        .all(db)
        .await?;
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let key = store.data_key(db, Owner::Person(person)).await?;
    rows.iter().map(|row| open(row, &key)).collect()
}

/// Blocks by person.
pub async fn all(
    store: &Store,
    db: &impl ConnectionTrait,
    whose: Whose<'_>,
) -> StoreResult<BTreeMap<PersonId, Vec<OpenBlock>>> {
    let rows = Entity::find().filter(whose.filter(Column::PersonId)).all(db).await?;
    let keys = store.data_keys_of(db, rows.iter().map(|row| row.person_id)).await?;
    let mut blocks: BTreeMap<PersonId, Vec<OpenBlock>> = BTreeMap::new();
    for row in rows {
        // Without a key the person was erased, and so were the blocks.
        let Some(key) = keys.get(&row.person_id) else { continue };
        blocks.entry(PersonId(row.person_id)).or_default().push(open(&row, key)?);
    }
    Ok(blocks)
}

/// Keeps a block. Answers its id.
pub async fn add(tx: &Tx, person: PersonId, block: &PrivateBlock) -> StoreResult<Uuid> {
    let id = Uuid::from_bytes(tx.store().entropy().bytes());
    let row = Model {
        id,
        person_id: person.0,
        detail: tx.seal(Owner::Person(person), column(id), block).await?,
        added_ms: tx.store().clock().now().0,
    };
    crate::insert(tx, row).await?;
    Ok(id)
}

/// Removes a block of this person. Answers whether it was there.
pub async fn remove(tx: &Tx, person: PersonId, id: Uuid) -> StoreResult<bool> {
    let removed = Entity::delete_many()
        .filter(Column::Id.eq(id))
        .filter(Column::PersonId.eq(person.0))
        .exec(&**tx)
        .await?;
    Ok(removed.rows_affected == 1)
}

fn open(row: &Model, key: &DataKey) -> StoreResult<OpenBlock> {
    let block = Sealed::<PrivateBlock>::from(row.detail.clone()).open(key, column(row.id))?;
    Ok(OpenBlock { id: row.id, block, added: UtcMillis(row.added_ms) })
}

fn column(row: Uuid) -> Place<'static> {
    Place { table: "private_block", column: "detail", row }
}
