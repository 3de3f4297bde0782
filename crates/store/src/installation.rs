//! The one row that says what this installation is, and the time it has seen.

use crate::entities::{installation, live_since, outage};
use crate::sealed::Owner;
use crate::{StoreError, StoreResult, Tx, Whose};
use muster_domain::id::PersonId;
use muster_domain::time::UtcMillis;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect};
use std::collections::BTreeMap;
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

/// The high-water mark of the clock.
pub async fn high_water(db: &impl ConnectionTrait) -> StoreResult<UtcMillis> {
    let mark = installation::Entity::find().select_only();
    let mark: Option<i64> =
        mark.column(installation::Column::HighWaterMs).into_tuple().one(db).await?;
    Ok(UtcMillis(mark.ok_or_else(|| StoreError::missing("installation", ROW))?))
}

/// Raises the high-water mark of the clock; never lowers it.
pub async fn raise_high_water(db: &impl ConnectionTrait, now: UtcMillis) -> StoreResult<()> {
    use installation::Column::HighWaterMs;
    // This column alone: the row also says whether the programme is paused.
    installation::Entity::update_many()
        .col_expr(HighWaterMs, Expr::value(now.0))
        .filter(HighWaterMs.lt(now.0))
        .exec(db)
        .await?;
    Ok(())
}

/// Since when the programme is live for people, where that was not always so.
pub async fn live_since(
    db: &impl ConnectionTrait,
    whose: Whose<'_>,
) -> StoreResult<BTreeMap<PersonId, UtcMillis>> {
    let theirs = whose.filter(live_since::Column::PersonId);
    let rows = live_since::Entity::find().filter(theirs).all(db).await?;
    Ok(rows.into_iter().map(|r| (PersonId(r.person_id), UtcMillis(r.since_ms))).collect())
}

/// The programme is live for these people from then on.
pub async fn begin_live(tx: &Tx, people: &[PersonId], since: UtcMillis) -> StoreResult<()> {
    let row = |id: &PersonId| live_since::Model { person_id: id.0, since_ms: since.0 };
    crate::save_all(tx, people.iter().map(row).collect()).await
}

/// The programme is not for these people any more.
pub async fn end_live(tx: &Tx, people: &[PersonId]) -> StoreResult<()> {
    const IDS_MAX: usize = 500;
    for ids in people.chunks(IDS_MAX) {
        live_since::Entity::delete_many()
            .filter(live_since::Column::PersonId.is_in(ids.iter().map(|id| id.0)))
            .exec(&**tx)
            .await?;
    }
    Ok(())
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
