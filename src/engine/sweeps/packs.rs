//! Data packs that were installed while the service runs are taken within a minute. Reading them
//! takes a second or two of a thread of its own; look-ups go on with the old ones meanwhile.

use crate::engine::Engine;

/// Swaps the packs if a manifest in their folder has changed.
pub(super) async fn take_new(engine: &Engine) -> anyhow::Result<()> {
    let holder = engine.context.packs.clone();
    let reading = holder.clone();
    if !tokio::task::spawn_blocking(move || reading.refresh()).await? {
        return Ok(());
    }
    let packs = holder.packs();
    for pack in packs.freshness(engine.now()) {
        let (kind, date) = (pack.manifest.kind.code(), pack.manifest.date.to_string());
        tracing::info!(kind, date, age_days = pack.age_days, "data pack in force");
    }
    for (kind, fault) in packs.faults() {
        tracing::warn!(kind = kind.code(), fault, "data pack left out");
    }
    Ok(())
}
