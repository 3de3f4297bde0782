//! The demo clock: runs like a watch, and is stepped *through* every due instant when somebody
//! presses +5 min, +30 min or +1 day. What is due at an instant is done at that instant.

use super::World;
use crate::engine::sweeps;
use muster_domain::time::{DAY_MS, UtcMillis};
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// How often the running clock looks for something due.
const LOOK: Duration = Duration::from_millis(400);
/// The farthest one press may go.
const STEP_MAX_MS: i64 = 7 * DAY_MS;

impl World {
    /// Moves the clock by `ms`, stopping at every due instant on the way.
    pub async fn step(&self, ms: i64) -> anyhow::Result<()> {
        let _stepping = self.stepping.lock().await;
        let target = self.context.now().plus_ms(ms.clamp(0, STEP_MAX_MS));
        self.settle().await?;
        while let Some(next) = self.engine.next_instant().await?.filter(|n| *n <= target) {
            self.move_to(next);
            self.settle().await?;
        }
        self.move_to(target);
        self.settle().await?;
        // No cron wakes the demo: keys that became public meanwhile are looked for here.
        sweeps::all(&self.engine).await?;
        self.settle().await
    }

    /// Lets the clock run until `stop`.
    pub async fn keep_running(&self, stop: CancellationToken) {
        while !stop.is_cancelled() {
            if let Ok(_stepping) = self.stepping.try_lock()
                && let Err(error) = self.settle().await
            {
                tracing::error!(error = format!("{error:#}"), "the demo's round failed");
            }
            tokio::select! {
                () = tokio::time::sleep(LOOK) => {}
                () = stop.cancelled() => {}
            }
        }
    }

    /// Does everything that is due now, by the engine and by the people the visitor does not play.
    async fn settle(&self) -> anyhow::Result<()> {
        loop {
            self.engine.drain().await?;
            if self.residents_act().await? == 0 {
                return Ok(());
            }
        }
    }

    /// Never back: a due instant may lie a moment behind the running clock.
    fn move_to(&self, instant: UtcMillis) {
        let now = self.context.now();
        if instant > now {
            self.clock.advance_ms(instant.since(now));
        }
    }
}
