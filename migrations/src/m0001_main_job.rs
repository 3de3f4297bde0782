//! The main job: roster, policies, draw, check-ins, cases, messages, work, audit.

use super::schema;
use sea_orm_migration::prelude::*;

/// See the module.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        schema::apply(manager, include_str!("m0001_main_job.sql")).await
    }

    async fn down(&self, _manager: &SchemaManager) -> Result<(), DbErr> {
        Err(DbErr::Migration("the first migration is not undone: restore a backup instead".into()))
    }
}
