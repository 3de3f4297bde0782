//! Named sites: one list at a time is in force; another waits for a second person.

use crate::entities::site_list::{Column, Entity, Model};
use crate::{Owner, Place, Store, StoreResult, Tx};
use muster_domain::linking::Site;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};

/// `site_list.state`
pub mod state {
    pub const PENDING: &str = "pending";
    pub const ACTIVE: &str = "active";
    pub const RETIRED: &str = "retired";
}

/// Where the sealed column of a list lies.
pub fn sites_column(id: uuid::Uuid) -> Place<'static> {
    Place { table: "site_list", column: "sites", row: id }
}

/// The list in this state, the newest if there were several.
pub async fn in_state(db: &impl ConnectionTrait, state: &str) -> StoreResult<Option<Model>> {
    let found = Entity::find().filter(Column::State.eq(state));
    Ok(found.order_by_desc(Column::Version).one(db).await?)
}

/// The number of the next list.
pub async fn next_version(tx: &Tx) -> StoreResult<i64> {
    let newest = Entity::find().order_by_desc(Column::Version).one(&**tx).await?;
    Ok(newest.map_or(1, |row| row.version + 1))
}

/// A list, opened.
pub async fn open(store: &Store, db: &impl ConnectionTrait, row: &Model) -> StoreResult<Vec<Site>> {
    store.unseal(db, Owner::Organisation, sites_column(row.id), &row.sites).await
}

/// The sites in force.
pub async fn active(store: &Store, db: &impl ConnectionTrait) -> StoreResult<Vec<Site>> {
    match in_state(db, state::ACTIVE).await? {
        None => Ok(Vec::new()),
        Some(row) => open(store, db, &row).await,
    }
}
