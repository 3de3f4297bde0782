//! Disruptions: people of one zone who were missing together. One row however many they become.

use crate::entities::disruption::{Column, Entity, Model};
use crate::{StoreResult, Tx};
use muster_domain::time::UtcMillis;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};
use uuid::Uuid;

/// The newest disruption of a zone that touches this time.
pub async fn touching(
    db: &impl ConnectionTrait,
    zone: &str,
    from: UtcMillis,
    until: UtcMillis,
) -> StoreResult<Option<Model>> {
    Ok(Entity::find()
        .filter(Column::Zone.eq(zone))
        .filter(Column::UntilMs.gte(from.0))
        .filter(Column::FromMs.lte(until.0))
        .order_by_desc(Column::No)
        .one(db)
        .await?)
}

/// Begins one, under the next number.
pub async fn begin(
    tx: &Tx,
    zone: &str,
    from: UtcMillis,
    until: UtcMillis,
    now: UtcMillis,
) -> StoreResult<Model> {
    let newest = Entity::find().order_by_desc(Column::No).one(&**tx).await?;
    let row = Model {
        id: Uuid::from_bytes(tx.store().entropy().bytes()),
        no: newest.map_or(1, |row| row.no + 1),
        zone: zone.to_owned(),
        from_ms: from.0,
        until_ms: until.0,
        opened_ms: now.0,
    };
    crate::insert(tx, row.clone()).await?;
    Ok(row)
}

/// By its number.
pub async fn find(db: &impl ConnectionTrait, no: i64) -> StoreResult<Option<Model>> {
    Ok(Entity::find().filter(Column::No.eq(no)).one(db).await?)
}
