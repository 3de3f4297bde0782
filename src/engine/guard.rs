//! The wall clock may jump. A jump back freezes what is due until time has caught up, so that
//! nothing fires twice; a jump forward of more than five minutes is an outage, kept as such, so
//! that past windows become `void` with fault `service` and nobody is blamed for our absence.

use super::Engine;
use muster_domain::time::{MINUTE_MS, UtcMillis};
use muster_store::{audit::Record, installation, leases};

/// A gap between two rounds that counts as an outage.
const OUTAGE_MS: i64 = 5 * MINUTE_MS;
/// How often the high-water mark is written; what lies between is at most one outage too short.
const MARK_MS: i64 = 15_000;

/// What this process has seen of the clock.
#[derive(Debug, Default)]
pub(super) struct ClockGuard {
    seen: Option<UtcMillis>,
    marked: UtcMillis,
}

impl Engine {
    /// Whether work may be done at the present instant.
    pub(super) async fn guard_clock(&self) -> anyhow::Result<bool> {
        let now = self.now();
        let mut guard = self.guard.lock().await;
        if guard.seen.is_some_and(|seen| now < seen) {
            tracing::warn!(
                behind_ms = guard.seen.map(|s| s.since(now)),
                "the clock went back: waiting"
            );
            return Ok(false);
        }
        if guard.seen == Some(now) {
            return Ok(true);
        }
        if guard.seen.is_some() && now.since(guard.marked) < MARK_MS {
            guard.seen = Some(now);
            return Ok(true);
        }
        let store = &self.context.store;
        // Whoever shares the mark with nobody knows what it says.
        let before = match guard.seen {
            Some(_) if !store.is_shared() => guard.marked,
            _ => installation::high_water(store.read()).await?,
        };
        if now < before {
            tracing::warn!(
                behind_ms = before.since(now),
                "the clock is behind the database: waiting"
            );
            return Ok(false);
        }
        if now.since(before) > OUTAGE_MS && !self.is_stepped() {
            self.keep_outage(before, now).await?;
        }
        installation::raise_high_water(store.alone(), now).await?;
        leases::beat(store, self.instance(), env!("CARGO_PKG_VERSION")).await?;
        guard.seen = Some(now);
        guard.marked = now;
        Ok(true)
    }

    async fn keep_outage(&self, from: UtcMillis, to: UtcMillis) -> anyhow::Result<()> {
        let tx = self.context.store.begin().await?;
        let reason = "the service was not running, or its clock jumped";
        installation::keep_outage(&tx, from, to, reason).await?;
        Record::new("service-outage")
            .fact("from_ms", from.0)
            .fact("to_ms", to.0)
            .write(&tx)
            .await?;
        installation::raise_high_water(&*tx, to).await?;
        tx.commit().await?;
        tracing::warn!(from_ms = from.0, to_ms = to.0, "the service was away: catching up");
        Ok(())
    }

    /// Whether somebody moves the clock through every due instant (demo, tests): then time
    /// between two instants is not an outage, because nothing was due in it.
    pub(super) fn is_stepped(&self) -> bool {
        self.context.settings.is_clock_stepped
    }
}
