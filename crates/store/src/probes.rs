//! What our own probes of the outside found, minute by minute: the ground of every fault.

use crate::entities::probe::{Column, Entity, Model};
use crate::{StoreResult, Tx};
use muster_domain::time::UtcMillis;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};
use uuid::Uuid;

/// What one look found.
#[derive(Debug)]
pub struct Probe<'a> {
    pub target: &'a str,
    pub ok: bool,
    pub detail: &'a str,
}

/// Keeps the probes of one moment.
pub async fn keep(tx: &Tx, at: UtcMillis, found: &[Probe<'_>]) -> StoreResult<()> {
    let row = |probe: &Probe<'_>| Model {
        id: Uuid::from_bytes(tx.store().entropy().bytes()),
        target: probe.target.to_owned(),
        at_ms: at.0,
        ok: probe.ok,
        detail: probe.detail.to_owned(),
    };
    crate::insert_all(tx, found.iter().map(row).collect()).await
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
