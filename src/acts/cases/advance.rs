//! The ladder of a case: here only that a closed case waits for nothing.

use crate::acts::{ActResult, Context};
use muster_domain::case::CaseState;
use muster_store::Tx;
use muster_store::entities::cases as row;

/// Withdraws the case's timer and plans the next one from the facts as they are now.
pub async fn replan(_: &Context, tx: &Tx, case: &row::Model) -> ActResult<()> {
    let mut case = case.clone();
    if case.state == CaseState::Resolved.code() {
        case.next_step_ms = None;
    }
    muster_store::save(tx, case).await?;
    Ok(())
}
