//! Draw tokens with their nonces: which one a person had when, and one that waits for its boundary.

use super::schema;
use sea_orm_migration::prelude::*;

/// See the module.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        schema::apply(manager, include_str!("m0007_draw_tokens.sql")).await
    }

    async fn down(&self, _manager: &SchemaManager) -> Result<(), DbErr> {
        Err(DbErr::Migration("tokens are bound to the log and not taken back".into()))
    }
}
