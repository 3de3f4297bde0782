//! The one row that says what this installation is, and the time it has seen.

use crate::entities::{installation, outage};
use crate::sealed::Owner;
use crate::{StoreError, StoreResult, Tx};
use muster_domain::time::UtcMillis;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};
use uuid::Uuid;

const ROW: i64 = 1;

/// `installation.mode`
pub mod mode {
    /// Draws, plans and renders; sends nothing but sign-in and administrator mail.
    pub const SHADOW: &str = "shadow";
    pub const LIVE: &str = "live";
    /// Draws nobody.
    pub const PAUSED: &str = "paused";
}

/// The installation, if it was set up.
pub async fn find(db: &impl ConnectionTrait) -> StoreResult<Option<installation::Model>> {
    Ok(installation::Entity::find_by_id(ROW).one(db).await?)
}

/// The installation.
pub async fn get(db: &impl ConnectionTrait) -> StoreResult<installation::Model> {
    find(db).await?.ok_or_else(|| StoreError::missing("installation", ROW))
}

/// Sets the installation up: its row and the organisation's key.
pub async fn create(tx: &Tx, name: &str, mode: &str, is_demo: bool) -> StoreResult<()> {
    let store = tx.store();
    let now = store.clock().now();
    tx.create_data_key(Owner::Organisation).await?;
    let row = installation::Model {
        id: ROW,
        organisation: Uuid::from_bytes(store.entropy().bytes()),
        organisation_name: name.to_owned(),
        mode: mode.to_owned(),
        mode_reason: String::new(),
        is_demo,
        created_ms: now.0,
        high_water_ms: now.0,
        pilot: None,
    };
    crate::insert(tx, row).await
}

/// Raises the high-water mark of the clock. Answers what it was before.
pub async fn raise_high_water(tx: &Tx, now: UtcMillis) -> StoreResult<UtcMillis> {
    let mut row = get(&**tx).await?;
    let before = UtcMillis(row.high_water_ms);
    if now > before {
        row.high_water_ms = now.0;
        crate::save(tx, row).await?;
    }
    Ok(before)
}

/// Keeps a span in which the service was not there.
pub async fn keep_outage(tx: &Tx, from: UtcMillis, to: UtcMillis, reason: &str) -> StoreResult<()> {
    let row = outage::Model {
        id: Uuid::from_bytes(tx.store().entropy().bytes()),
        from_ms: from.0,
        to_ms: to.0,
        reason: reason.to_owned(),
    };
    crate::insert(tx, row).await
}

/// Spans in which the service was not there that touch `from..to`.
pub async fn outages(
    db: &impl ConnectionTrait,
    from: UtcMillis,
    to: UtcMillis,
) -> StoreResult<Vec<outage::Model>> {
    Ok(outage::Entity::find()
        .filter(outage::Column::FromMs.lt(to.0))
        .filter(outage::Column::ToMs.gt(from.0))
        .all(db)
        .await?)
}
