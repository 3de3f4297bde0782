//! Exceptions to rules: asked for, confirmed by a second person, ended. Reason and bounds are sealed, as they
//! tell of somebody's life.

use crate::entities::rule_exception::{Column, Entity, Model};
use crate::{Owner, Place, Store, StoreError, StoreResult, Tx};
use muster_domain::id::PersonId;
use muster_domain::judging::exception::{Covered, ExceptionGrant, Only};
use muster_domain::time::UtcMillis;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// `rule_exception.state`
pub mod state {
    pub const PENDING: &str = "pending";
    pub const ACTIVE: &str = "active";
    pub const REFUSED: &str = "refused";
    pub const ENDED: &str = "ended";
}

/// The sealed part.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Detail {
    pub reason: String,
    /// One exception for each of these; empty is everywhere.
    pub only: Vec<Only>,
}

/// Where the sealed column lies.
pub fn detail_column(id: Uuid) -> Place<'static> {
    Place { table: "rule_exception", column: "detail", row: id }
}

/// One exception, opened; `None` where the person was erased.
pub async fn detail(
    store: &Store,
    db: &impl ConnectionTrait,
    row: &Model,
) -> StoreResult<Option<Detail>> {
    let owner = Owner::Person(PersonId(row.person_id));
    match store.unseal(db, owner, detail_column(row.id), &row.detail).await {
        Ok(detail) => Ok(Some(detail)),
        Err(StoreError::Erased) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Locks one for a change.
pub async fn lock(tx: &Tx, id: Uuid) -> StoreResult<Model> {
    let row = Entity::find_by_id(id).lock_exclusive().one(&**tx).await?;
    row.ok_or_else(|| StoreError::missing("exception", id))
}

/// Everything, the newest first.
pub async fn recent(db: &impl ConnectionTrait, limit: u64) -> StoreResult<Vec<Model>> {
    let found = Entity::find().order_by_desc(Column::ProposedMs).order_by_desc(Column::Id);
    Ok(found.limit(limit).all(db).await?)
}

/// Those of a person that wait or are in force.
pub async fn standing_of(db: &impl ConnectionTrait, person: PersonId) -> StoreResult<Vec<Model>> {
    Ok(Entity::find()
        .filter(Column::PersonId.eq(person.0))
        .filter(Column::State.is_in([state::PENDING, state::ACTIVE]))
        .all(db)
        .await?)
}

/// Those that wait or are in force and end before an instant.
pub async fn ending_before(
    db: &impl ConnectionTrait,
    before: UtcMillis,
) -> StoreResult<Vec<Model>> {
    Ok(Entity::find()
        .filter(Column::State.is_in([state::PENDING, state::ACTIVE]))
        .filter(Column::EndsMs.lte(before.0))
        .order_by_asc(Column::EndsMs)
        .all(db)
        .await?)
}

/// What judging is given: exceptions of a person in force at an instant. Words that no rule has any more
/// silence nothing.
pub async fn grants(tx: &Tx, person: PersonId, at: UtcMillis) -> StoreResult<Vec<ExceptionGrant>> {
    let mut grants = Vec::new();
    for row in standing_of(&**tx, person).await? {
        let is_in_force = row.state == state::ACTIVE && row.ends_ms > at.0;
        let Some(covers) = Covered::parse(&row.covers).filter(|_| is_in_force) else { continue };
        let Some(detail) = detail(tx.store(), &**tx, &row).await? else { continue };
        let everywhere = vec![Only::default()];
        let only = if detail.only.is_empty() { everywhere } else { detail.only };
        grants.extend(only.into_iter().map(|only| ExceptionGrant {
            covers: covers.clone(),
            only,
            reason: detail.reason.clone(),
            expires_at: UtcMillis(row.ends_ms),
        }));
    }
    Ok(grants)
}
