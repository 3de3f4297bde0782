//! What a timer a person would cost: tokio-cron-scheduler accepting one-shot jobs.

use crate::Sizes;
use crate::probe::resident_bytes;
use serde_json::{Value, json};
use std::time::{Duration, Instant};
use tokio_cron_scheduler::{Job, JobScheduler};

pub fn measure(sizes: &Sizes, day_seconds_per_person: Option<f64>) -> anyhow::Result<Value> {
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    let mut rows = Vec::new();
    for &jobs in sizes.jobs {
        let before = resident_bytes();
        let seconds = runtime.block_on(accept(jobs))?;
        let each = seconds / jobs as f64;
        rows.push(json!({
            "jobs": jobs,
            "seconds": seconds,
            "seconds_per_job": each,
            "resident_bytes_per_job": (resident_bytes() - before) / jobs as f64,
            "ratio_to_daily_draw": day_seconds_per_person.map(|day| each / day),
        }));
    }
    Ok(json!({ "tokio_cron_scheduler_one_shot": rows, "bar_ratio_min": 30 }))
}

/// Jobs spread over a week that begins in an hour: none comes due while we measure.
async fn accept(jobs: usize) -> anyhow::Result<f64> {
    let scheduler = JobScheduler::new().await?;
    scheduler.start().await?;
    let begun = Instant::now();
    for n in 0..jobs {
        let wait = Duration::from_secs(3_600 + (n as u64 * 7_919) % 604_800);
        scheduler.add(Job::new_one_shot(wait, |_, _| {})?).await?;
    }
    Ok(begun.elapsed().as_secs_f64())
}
