//! Publishes the chain keys of a label that has been closed in every zone for seven days.

use crate::acts::ActError;
use crate::engine::Engine;
use crate::engine::draws;
use crate::engine::job_error::JobError;
use muster_store::StoreError;
use muster_store::audit::Record;
use muster_store::entities::draw_reveal;
use muster_store::work::{self, Claim};

pub(super) async fn run(engine: &Engine, claim: &Claim, label: &str) -> Result<(), JobError> {
    let unreadable = |detail: String| {
        JobError::Act(ActError::Store(StoreError::Unreadable { what: "draw chain", detail }))
    };
    let date: jiff::civil::Date =
        label.parse().map_err(|e: jiff::Error| unreadable(e.to_string()))?;
    let keys = draws::chain_keys(engine, date).await.map_err(|e| unreadable(format!("{e:#}")))?;
    let tx = engine.context.store.begin().await?;
    for (chain, key) in keys {
        let row = draw_reveal::Model {
            chain_id: chain,
            label: label.to_owned(),
            chain_key: key.clone(),
            revealed_ms: engine.now().0,
        };
        if muster_store::insert_new(&tx, row).await? {
            Record::new("draw-key-revealed")
                .fact("chain", chain.to_string())
                .fact("label", label)
                .fact("key", key)
                .write(&tx)
                .await?;
        }
    }
    work::complete(&tx, claim).await?;
    Ok(tx.commit().await?)
}
