//! `[programme]`: what must have happened before somebody is drawn for the first time.

use super::Fault;
use serde::Deserialize;

/// The longest time a first, supervised session may be waited for.
const DEADLINE_DAYS_MAX: u16 = 365;

/// `[programme]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Programme {
    /// Days after joining from which a newcomer is drawn although the first, supervised session has
    /// not taken place. 0: from the first day.
    pub baseline_deadline_days: u16,
}

impl Default for Programme {
    fn default() -> Programme {
        Programme { baseline_deadline_days: 14 }
    }
}

impl Programme {
    pub(super) fn check(&self, faults: &mut Vec<Fault>) {
        if self.baseline_deadline_days > DEADLINE_DAYS_MAX {
            let accepted = "days from 0 to 365";
            faults.push(Fault::new("programme.baseline_deadline_days", "is too long", accepted));
        }
    }
}
