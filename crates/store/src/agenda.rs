//! What there is to look at in a round of the engine, by one question instead of one for each table.

use crate::StoreResult;
use sea_orm::{ConnectionTrait, DbErr, FromQueryResult, Statement};

/// Whether there is anything of a kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, FromQueryResult)]
pub struct Agenda {
    /// Check-ins that are owed beside the draw.
    pub has_orders: bool,
    /// Sessions whose verifier fell out, and for which somebody is looked for.
    pub has_calls: bool,
    /// Entries of the log that have no number yet.
    pub has_entries: bool,
}

/// The agenda of this moment.
pub async fn now(db: &impl ConnectionTrait) -> StoreResult<Agenda> {
    let sql = "SELECT \
        EXISTS (SELECT 1 FROM check_in_order WHERE settled_ms IS NULL) AS has_orders, \
        EXISTS (SELECT 1 FROM stand_by_call WHERE settled_ms IS NULL) AS has_calls, \
        EXISTS (SELECT 1 FROM audit_entry WHERE seq IS NULL) AS has_entries";
    let row = db.query_one_raw(Statement::from_string(db.get_database_backend(), sql)).await?;
    let row = row.ok_or_else(|| DbErr::RecordNotFound("the agenda".to_owned()))?;
    Ok(Agenda::from_query_result(&row, "")?)
}
