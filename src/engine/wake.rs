//! Keeps an instance turning: each second, at every nudge, and when cron wakes a sweep.
//!
//! Every lane has a loop of its own, so that a slow mail server never holds up an escalation.

use super::{Engine, sweeps};
use crate::config::Schedule;
use muster_store::work::Lane;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Notify;
use tokio_cron_scheduler::{Job, JobScheduler};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// The longest pause between two looks at the work table.
const TURN: Duration = Duration::from_secs(1);

impl Engine {
    /// Runs until `stop`; work that was begun is finished first.
    pub async fn run(
        self: Arc<Self>,
        schedule: &Schedule,
        stop: CancellationToken,
    ) -> anyhow::Result<()> {
        let cron = self.clone().wake_by_cron(schedule).await?;
        sweeps::all(&self).await?;
        let tasks = TaskTracker::new();
        for lane in Lane::ALL {
            let engine = self.clone();
            tasks.spawn(engine.repeat(stop.clone(), async move |e| {
                // A look is a read; a claim would be a write transaction each second.
                match e.due_lanes().await?.contains(&lane) {
                    true => e.run_lane(lane).await,
                    false => Ok(0),
                }
            }));
        }
        let engine = self.clone();
        tasks.spawn(engine.repeat(stop.clone(), async |e| {
            if !e.guard_clock().await? {
                return Ok(0);
            }
            let (agenda, entries) = (e.agenda().await?, e.context.store.entries());
            let announced = e.announce_due(agenda).await?;
            Ok(announced + e.sequence_after(entries, agenda).await?)
        }));
        tasks.close();
        tasks.wait().await;
        drop(cron);
        self.stop().await?;
        Ok(())
    }

    /// Repeats one kind of round; an error is logged and the next round tries again.
    async fn repeat(
        self: Arc<Self>,
        stop: CancellationToken,
        round: impl AsyncFn(&Engine) -> anyhow::Result<usize>,
    ) {
        let nudge = self.context.store.work_added();
        while !stop.is_cancelled() {
            let nudged = nudge.notified();
            match round(&self).await {
                Ok(0) => {}
                Ok(_) => continue,
                Err(error) => tracing::error!(error = format!("{error:#}"), "round failed"),
            }
            tokio::select! {
                () = nudged => {}
                () = tokio::time::sleep(TURN) => {}
                () = stop.cancelled() => {}
            }
        }
    }

    /// Cron only wakes; what a sweep finds goes through the work table.
    async fn wake_by_cron(self: Arc<Self>, schedule: &Schedule) -> anyhow::Result<JobScheduler> {
        let cron = JobScheduler::new().await?;
        let sweep: Sweep = |e| Box::pin(async move { sweeps::all(&e).await });
        let audit: Sweep = |e| Box::pin(async move { e.audit_and_beat().await.map(drop) });
        let purge: Sweep = |e| Box::pin(async move { sweeps::purge(&e).await });
        for (name, line, run) in [
            ("sweep", &schedule.sweep, sweep),
            ("audit", &schedule.audit, audit),
            ("purge", &schedule.purge, purge),
        ] {
            let waker = Arc::new(Notify::new());
            let woken = waker.clone();
            cron.add(Job::new(line.as_str(), move |_, _| waker.notify_one())?).await?;
            let engine = Arc::downgrade(&self);
            tokio::spawn(async move {
                loop {
                    woken.notified().await;
                    let Some(engine) = engine.upgrade() else { return };
                    if let Err(error) = run(engine).await {
                        tracing::error!(sweep = name, error = format!("{error:#}"), "sweep failed");
                    }
                }
            });
        }
        cron.start().await?;
        Ok(cron)
    }
}

type Sweep = fn(Arc<Engine>) -> std::pin::Pin<Box<dyn Future<Output = anyhow::Result<()>> + Send>>;
