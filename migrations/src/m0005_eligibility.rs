//! When a person can be drawn: calendars of the operator's own, private blocks, busy times, the
//! reasons of a day, and slots that were refused after their announcement.

use super::schema;
use sea_orm_migration::prelude::*;

/// See the module.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        schema::apply(manager, include_str!("m0005_eligibility.sql")).await
    }

    async fn down(&self, _manager: &SchemaManager) -> Result<(), DbErr> {
        Err(DbErr::Migration(
            "declared blocks would be lost: restore a backup from before instead".into(),
        ))
    }
}
