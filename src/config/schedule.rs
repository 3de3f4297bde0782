//! `[schedule]`: cron lines (UTC, with seconds) that wake the sweeps. They only wake: what must
//! happen stands in the work table.

use super::Fault;
use serde::Deserialize;

/// `[schedule]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Schedule {
    /// Finds labels to open and close, keys to reveal, cases without a timer.
    pub sweep: String,
    /// The auditor's pass.
    pub audit: String,
    /// Deletes what has passed its date.
    pub purge: String,
}

impl Default for Schedule {
    fn default() -> Schedule {
        Schedule {
            sweep: "0 * * * * *".to_owned(),
            audit: "30 * * * * *".to_owned(),
            purge: "0 17 3 * * *".to_owned(),
        }
    }
}

impl Schedule {
    pub(super) fn check(&self, faults: &mut Vec<Fault>) {
        for (key, line) in [("sweep", &self.sweep), ("audit", &self.audit), ("purge", &self.purge)]
        {
            if tokio_cron_scheduler::Job::new(line, |_, _| {}).is_err() {
                let accepted =
                    "six fields: second minute hour day month weekday, e.g. `0 */5 * * * *`";
                faults.push(Fault::new(&format!("schedule.{key}"), "is not a cron line", accepted));
            }
        }
    }
}
