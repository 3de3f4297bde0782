//! Runs schema text on either database.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::DatabaseBackend;

/// Runs every statement (separated by `;` at a line's end) after replacing `{uuid}` and `{blob}`.
pub(crate) async fn apply(manager: &SchemaManager<'_>, text: &str) -> Result<(), DbErr> {
    let postgres = manager.get_database_backend() == DatabaseBackend::Postgres;
    let (uuid, blob) = if postgres { ("UUID", "BYTEA") } else { ("BLOB", "BLOB") };
    let text = text.replace("{uuid}", uuid).replace("{blob}", blob);
    for statement in text.split(";\n").map(str::trim).filter(|s| !s.is_empty()) {
        manager.get_connection().execute_unprepared(statement).await?;
    }
    Ok(())
}
