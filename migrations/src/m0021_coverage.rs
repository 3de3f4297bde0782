//! Coverage: what is known of when each person was met, kept as a row of its own, so that the table of
//! a hundred thousand people is a read of fifty rows.

use super::schema;
use sea_orm_migration::prelude::*;

/// See the module.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        schema::apply(manager, include_str!("m0021_coverage.sql")).await
    }

    async fn down(&self, _manager: &SchemaManager) -> Result<(), DbErr> {
        Err(DbErr::Migration("what has happened is not undone: restore a backup instead".into()))
    }
}
