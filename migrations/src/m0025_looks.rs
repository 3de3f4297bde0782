//! Indexes for looks at very many people: the last import in a long log, what ended escalated, who has left, who
//! works in a zone. Each holds the few rows of one kind, so that no other query takes it.

use super::schema;
use sea_orm_migration::prelude::*;

/// See the module.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        schema::apply(manager, include_str!("m0025_looks.sql")).await
    }

    async fn down(&self, _manager: &SchemaManager) -> Result<(), DbErr> {
        Err(DbErr::Migration("what has happened is not undone: restore a backup instead".into()))
    }
}
