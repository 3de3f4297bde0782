//! Numbers committed audit entries and signs a checkpoint over them. One instance at a time.

use super::Engine;
use muster_store::{audit, leases};

/// How long the sequencer's lease lasts; it is renewed by every round that has something to do.
const LEASE_MS: i64 = 10_000;
/// Entries numbered in one transaction.
const BATCH: u64 = 1_000;

impl Engine {
    /// Numbers what is new. Answers 1 if a checkpoint was signed, else 0.
    pub(super) async fn sequence(&self) -> anyhow::Result<usize> {
        let store = &self.context.store;
        let tx = store.begin().await?;
        // SQLite has one writer at a time, which is as good as a lease.
        if store.is_shared()
            && leases::take(&tx, "sequencer", self.instance(), LEASE_MS).await?.is_none()
        {
            tx.rollback().await?;
            return Ok(0);
        }
        let checkpoint = audit::sequence(&tx, &self.context.signing, BATCH).await?;
        tx.commit().await?;
        Ok(usize::from(checkpoint.is_some()))
    }
}
