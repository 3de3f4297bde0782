//! Claims due work and runs it: claim in one transaction, call the outside without one, record
//! with the fence in another. A job completes its own claim in the transaction of its effects.

use super::job_error::JobError;
use super::{Engine, jobs, retry};
use crate::acts::ActError;
use futures_util::StreamExt;
use muster_ports::PortError;
use muster_store::StoreError;
use muster_store::jobs::Job;
use muster_store::work::{self, Claim, Lane};

/// Rows claimed at once, and jobs of one lane that run beside each other.
const BATCH: u64 = 50;
const BESIDE: usize = 8;

impl Engine {
    /// Runs what is due in one lane. Answers how many jobs were claimed.
    pub(super) async fn run_lane(&self, lane: Lane) -> anyhow::Result<usize> {
        let store = &self.context.store;
        let claims = work::claim(store, self.instance(), self.now(), lane, BATCH).await?;
        let count = claims.len();
        let running = futures_util::stream::iter(claims).map(|claim| self.run_claim(lane, claim));
        running.buffer_unordered(BESIDE).collect::<()>().await;
        Ok(count)
    }

    async fn run_claim(&self, lane: Lane, claim: Claim) {
        let kind = claim.row.kind.clone();
        let late_ms = self.now().0 - claim.row.due_ms;
        metrics::histogram!("muster_work_late_seconds", "lane" => lane.code())
            .record(late_ms as f64 / 1e3);
        let job = match serde_json::from_str::<Job>(&claim.row.payload) {
            Ok(job) => job,
            Err(error) => {
                let error = PortError::Broken(format!("unreadable payload: {error}"));
                return self.settle(lane, &claim, false, &error).await;
            }
        };
        let result = jobs::run(self, &claim, &job).await;
        let status = if result.is_ok() { "done" } else { "failed" };
        metrics::counter!("muster_work_total", "kind" => kind.clone(), "status" => status)
            .increment(1);
        match result {
            Ok(()) => tracing::debug!(work = %claim.id.0, kind, "done"),
            Err(JobError::Act(ActError::Store(StoreError::Fenced { fence }))) => {
                tracing::warn!(work = %claim.id.0, kind, fence, "somebody else has this work now");
            }
            Err(JobError::Waits { provider, until }) => {
                tracing::debug!(work = %claim.id.0, kind, provider, "put back");
                self.record("put back", &claim, async |tx| {
                    work::put_back(tx, &claim, until, "waits for its provider").await
                })
                .await;
            }
            Err(error) => {
                tracing::warn!(work = %claim.id.0, kind, attempt = claim.row.attempt, error = %error, "not done");
                let cause = match error {
                    JobError::Port { error, .. } => error,
                    other => PortError::Broken(other.to_string()),
                };
                self.settle(lane, &claim, job.never_dies(), &cause).await;
            }
        }
    }

    /// Decides between another attempt and the list of dead work.
    async fn settle(&self, lane: Lane, claim: &Claim, never_dies: bool, cause: &PortError) {
        // A provider that is away may be away for a day: waiting for it is not giving up.
        let is_waiting = matches!(cause, PortError::TryLater { .. } | PortError::Reconnect(_));
        let error: String = cause.to_string().chars().take(500).collect();
        if claim.row.attempt >= retry::ATTEMPTS_MAX && !never_dies && !is_waiting {
            metrics::counter!("muster_work_dead_total").increment(1);
            self.record("buried", claim, async |tx| work::bury(tx, claim, &error).await).await;
            return;
        }
        let due = retry::next_attempt(
            lane,
            claim.row.attempt,
            cause,
            self.now(),
            self.context.store.entropy(),
        );
        self.record("retry", claim, async |tx| work::retry(tx, claim, due, &error).await).await;
    }

    /// A failure to record is logged only: the lease runs out and the work is claimed again.
    async fn record(
        &self,
        what: &str,
        claim: &Claim,
        write: impl AsyncFnOnce(&muster_store::Tx) -> muster_store::StoreResult<()>,
    ) {
        let recorded = async {
            let tx = self.context.store.begin().await?;
            write(&tx).await?;
            tx.commit().await
        };
        if let Err(error) = recorded.await {
            tracing::error!(work = %claim.id.0, what, error = %error, "not recorded");
        }
    }
}
