//! Compares who was seen where. Over very many observations that takes longer than a lease, so the
//! lease is renewed meanwhile; whoever lost it all the same keeps nothing.

use crate::acts::links::nightly;
use crate::engine::Engine;
use crate::engine::job_error::JobError;
use muster_store::work::{self, Claim, LEASE_MS};
use std::time::Duration;

pub(super) async fn link(engine: &Engine, claim: &Claim) -> Result<(), JobError> {
    let context = &engine.context;
    let mut every = tokio::time::interval(Duration::from_millis(LEASE_MS as u64 / 3));
    every.tick().await; // the first is at once
    let mut comparing = std::pin::pin!(nightly::compare(context));
    let report = loop {
        tokio::select! {
            report = &mut comparing => break report?,
            _ = every.tick() => {
                let tx = context.store.begin().await?;
                work::renew(&tx, claim).await?;
                tx.commit().await?;
            }
        }
    };
    let tx = context.store.begin().await?;
    let night = nightly::keep(context, &tx, &report).await?;
    work::complete(&tx, claim).await?;
    tx.commit().await?;
    tracing::info!(
        groups = night.groups,
        new = night.new,
        grown = night.grown,
        "people are linked"
    );
    Ok(())
}
