//! What our own probes of the outside found, minute by minute: the ground of every fault.

use crate::entities::probe::{Column, Entity, Model};
use crate::{StoreResult, Tx};
use muster_domain::time::UtcMillis;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};
use uuid::Uuid;

/// Keeps one probe.
pub async fn keep(tx: &Tx, target: &str, at: UtcMillis, ok: bool, detail: &str) -> StoreResult<()> {
    let row = Model {
        id: Uuid::from_bytes(tx.store().entropy().bytes()),
        target: target.to_owned(),
        at_ms: at.0,
        ok,
        detail: detail.to_owned(),
    };
    crate::insert(tx, row).await
}

/// Probes in `from..=to`, oldest first.
pub async fn between(
    db: &impl ConnectionTrait,
    from: UtcMillis,
    to: UtcMillis,
) -> StoreResult<Vec<Model>> {
    Ok(Entity::find()
        .filter(Column::AtMs.gte(from.0))
        .filter(Column::AtMs.lte(to.0))
        .order_by_asc(Column::AtMs)
        .all(db)
        .await?)
}
