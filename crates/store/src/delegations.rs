//! Who stands in for a manager, and whether that is ahead, running or over. The state is kept, not
//! computed, so that a question about rights needs no clock: a sweep changes it, with an entry.

use crate::entities::delegation::{Column, Entity, Model};
use crate::entities::person;
use crate::{StoreError, StoreResult, Tx};
use muster_domain::id::PersonId;
use muster_domain::time::UtcMillis;
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
};
use uuid::Uuid;

/// `delegation.state`
pub mod state {
    pub const AHEAD: &str = "ahead";
    pub const RUNNING: &str = "running";
    pub const ENDED: &str = "ended";
}

impl Model {
    /// Whose people.
    pub fn manager(&self) -> PersonId {
        PersonId(self.manager_id)
    }

    /// Who stands in.
    pub fn delegate(&self) -> PersonId {
        PersonId(self.delegate_id)
    }
}

/// One, which must exist, locked until the transaction ends.
pub async fn lock(tx: &Tx, id: Uuid) -> StoreResult<Model> {
    let found = Entity::find_by_id(id).lock_exclusive().one(&**tx).await?;
    found.ok_or_else(|| StoreError::missing("delegation", id))
}

/// Those of one manager that are not over, the earliest first.
pub async fn of_manager(db: &impl ConnectionTrait, manager: PersonId) -> StoreResult<Vec<Model>> {
    Ok(Entity::find()
        .filter(Column::ManagerId.eq(manager.0))
        .filter(Column::State.ne(state::ENDED))
        .order_by_asc(Column::BeginsMs)
        .all(db)
        .await?)
}

/// The managers somebody stands in for now.
pub async fn running_for(db: &impl ConnectionTrait, delegate: PersonId) -> StoreResult<Vec<Model>> {
    Ok(Entity::find()
        .filter(Column::DelegateId.eq(delegate.0))
        .filter(Column::State.eq(state::RUNNING))
        .order_by_asc(Column::BeginsMs)
        .all(db)
        .await?)
}

/// Who stands in for a manager now.
pub async fn running_of(
    db: &impl ConnectionTrait,
    manager: PersonId,
) -> StoreResult<Option<Model>> {
    Ok(Entity::find()
        .filter(Column::ManagerId.eq(manager.0))
        .filter(Column::State.eq(state::RUNNING))
        .one(db)
        .await?)
}

/// The newest of everybody, those that are not over first.
pub async fn recent(db: &impl ConnectionTrait, limit: u64) -> StoreResult<Vec<Model>> {
    let open = Entity::find().filter(Column::State.ne(state::ENDED));
    let mut found = open.order_by_asc(Column::BeginsMs).limit(limit).all(db).await?;
    let over = Entity::find().filter(Column::State.eq(state::ENDED));
    let rest = limit.saturating_sub(found.len() as u64);
    found.extend(over.order_by_desc(Column::EndedMs).limit(rest).all(db).await?);
    Ok(found)
}

/// Those whose moment to begin or to end has come, and those of somebody who is not on the roster any more.
pub async fn due(db: &impl ConnectionTrait, now: UtcMillis) -> StoreResult<Vec<Model>> {
    let active = || {
        sea_orm::sea_query::Query::select()
            .column(person::Column::Id)
            .from(person::Entity)
            .and_where(crate::people::is_active())
            .take()
    };
    let begins =
        Condition::all().add(Column::State.eq(state::AHEAD)).add(Column::BeginsMs.lte(now.0));
    let due = Condition::any()
        .add(begins)
        .add(Column::EndsMs.lte(now.0))
        .add(Column::DelegateId.not_in_subquery(active()))
        .add(Column::ManagerId.not_in_subquery(active()));
    Ok(Entity::find()
        .filter(Column::State.ne(state::ENDED))
        .filter(due)
        .order_by_asc(Column::BeginsMs)
        .all(db)
        .await?)
}
