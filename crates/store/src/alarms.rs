//! Alarms: one row for as long as something the auditor complains of stands. At most one of a code
//! and subject stands at a time, whichever instance saw it.

use crate::entities::alarm::{Column, Entity, Model};
use crate::{StoreResult, Tx};
use muster_domain::time::UtcMillis;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};
use uuid::Uuid;

/// Alarms that stand, oldest first.
pub async fn standing(db: &impl ConnectionTrait) -> StoreResult<Vec<Model>> {
    Ok(Entity::find()
        .filter(Column::EndedMs.is_null())
        .order_by_asc(Column::SinceMs)
        .order_by_asc(Column::Code)
        .order_by_asc(Column::Subject)
        .all(db)
        .await?)
}

/// Raises an alarm unless it stands.
pub async fn raise(
    tx: &Tx,
    code: &str,
    subject: &str,
    detail: &str,
    since: UtcMillis,
) -> StoreResult<bool> {
    let row = Model {
        id: Uuid::from_bytes(tx.store().entropy().bytes()),
        code: code.to_owned(),
        subject: subject.to_owned(),
        detail: detail.to_owned(),
        since_ms: since.0,
        told_ms: None,
        told_times: 0,
        ended_ms: None,
    };
    crate::insert_new(tx, row).await
}

/// When operators were last told of any alarm, standing or ended.
pub async fn last_told(db: &impl ConnectionTrait) -> StoreResult<Option<UtcMillis>> {
    let told = Entity::find()
        .filter(Column::ToldMs.is_not_null())
        .order_by_desc(Column::ToldMs)
        .one(db)
        .await?;
    Ok(told.and_then(|row| row.told_ms).map(UtcMillis))
}
