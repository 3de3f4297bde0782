//! Named leases: which instance may do what only one may do (sequence the log, hold the hit list
//! of a day). The lease names the instance and nothing else.

use crate::entities::{instance, lease};
use crate::{Store, StoreResult, Tx};
use muster_domain::id::InstanceId;
use muster_domain::time::UtcMillis;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect};

/// Takes or renews a lease for `length_ms`. `Some(fence)` if it is ours now.
pub async fn take(
    tx: &Tx,
    name: &str,
    owner: InstanceId,
    length_ms: i64,
) -> StoreResult<Option<i64>> {
    let now = tx.store().lease_ms(&**tx).await?;
    let row = lease::Entity::find_by_id(name).lock_exclusive().one(&**tx).await?;
    let Some(mut row) = row else {
        let row = lease::Model {
            name: name.to_owned(),
            owner: owner.0,
            fence: 1,
            until_ms: now + length_ms,
        };
        return Ok(crate::insert_new(tx, row).await?.then_some(1));
    };
    if row.owner != owner.0 {
        if row.until_ms >= now {
            return Ok(None);
        }
        row.owner = owner.0;
        row.fence += 1;
    }
    row.until_ms = now + length_ms;
    let fence = row.fence;
    crate::save(tx, row).await?;
    Ok(Some(fence))
}

/// Gives every lease of an instance back.
pub async fn release(tx: &Tx, owner: InstanceId) -> StoreResult<()> {
    lease::Entity::delete_many().filter(lease::Column::Owner.eq(owner.0)).exec(&**tx).await?;
    Ok(())
}

/// After a restart of the only process of a SQLite database: no lease counts any more.
pub async fn release_all(tx: &Tx) -> StoreResult<()> {
    lease::Entity::delete_many().exec(&**tx).await?;
    Ok(())
}

/// Registers a running instance, or its heartbeat.
pub async fn beat(store: &Store, id: InstanceId, version: &str) -> StoreResult<()> {
    let now = store.lease_ms(store.read()).await?;
    let beaten = instance::Entity::update_many()
        .col_expr(instance::Column::HeartbeatMs, Expr::value(now))
        .filter(instance::Column::Id.eq(id.0))
        .exec(store.alone())
        .await?;
    if beaten.rows_affected > 0 {
        return Ok(());
    }
    let row = instance::Model {
        id: id.0,
        version: version.to_owned(),
        started_ms: store.clock().now().0,
        heartbeat_ms: now,
        stopped_ms: None,
    };
    let tx = store.begin().await?;
    crate::insert(&tx, row).await?;
    tx.commit().await
}

/// Marks an instance as stopped on purpose.
pub async fn stop(tx: &Tx, id: InstanceId, at: UtcMillis) -> StoreResult<()> {
    if let Some(mut row) = instance::Entity::find_by_id(id.0).one(&**tx).await? {
        row.stopped_ms = Some(at.0);
        crate::save(tx, row).await?;
    }
    Ok(())
}

/// Forgets instances that this process replaces (SQLite: there is only one).
pub async fn forget_instances(tx: &Tx) -> StoreResult<()> {
    instance::Entity::delete_many().exec(&**tx).await?;
    Ok(())
}

/// Instances that neither beat within `silent_ms` nor stopped on purpose.
pub async fn silent(
    db: &impl ConnectionTrait,
    lease_now: i64,
    silent_ms: i64,
) -> StoreResult<Vec<instance::Model>> {
    Ok(instance::Entity::find()
        .filter(instance::Column::StoppedMs.is_null())
        .filter(instance::Column::HeartbeatMs.lt(lease_now - silent_ms))
        .all(db)
        .await?)
}
