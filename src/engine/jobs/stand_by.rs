//! Looks whether the verifier of a session that has begun is in the room.

use crate::acts::stand_by;
use crate::engine::Engine;
use crate::engine::job_error::JobError;
use muster_domain::id::CheckInId;
use muster_store::check_ins;
use muster_store::work::{self, Claim};

pub(super) async fn seek(engine: &Engine, claim: &Claim, id: CheckInId) -> Result<(), JobError> {
    let tx = engine.context.store.begin().await?;
    let row = check_ins::lock(&tx, id).await?;
    stand_by::seek(&engine.context, &tx, row).await?;
    work::complete(&tx, claim).await?;
    Ok(tx.commit().await?)
}
