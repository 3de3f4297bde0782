//! Takes the step of a case that is due.

use crate::acts;
use crate::engine::Engine;
use crate::engine::job_error::JobError;
use muster_domain::id::CaseId;
use muster_store::work::{self, Claim};

pub(super) async fn advance(engine: &Engine, claim: &Claim, case: CaseId) -> Result<(), JobError> {
    let tx = engine.context.store.begin().await?;
    acts::cases::advance::advance(&engine.context, &tx, case).await?;
    work::complete(&tx, claim).await?;
    Ok(tx.commit().await?)
}
