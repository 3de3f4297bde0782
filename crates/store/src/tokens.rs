//! Tokens of programs, kept as hashes.

use crate::StoreResult;
use crate::entities::api_token::{Column, Entity, Model};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};

/// By the hash of what was sent.
pub async fn by_hash(db: &impl ConnectionTrait, hash: &str) -> StoreResult<Option<Model>> {
    Ok(Entity::find().filter(Column::TokenHash.eq(hash)).one(db).await?)
}

/// Tokens by name, newest first.
pub async fn list(db: &impl ConnectionTrait) -> StoreResult<Vec<Model>> {
    Ok(Entity::find().order_by_desc(Column::CreatedMs).order_by_asc(Column::Name).all(db).await?)
}
