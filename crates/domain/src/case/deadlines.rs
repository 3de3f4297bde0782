//! By when a case should have moved. Late is shown and counted; it never closes a case.

use super::CaseCause;
use crate::time::{DAY_MS, HOUR_MS, UtcMillis};
use serde::{Deserialize, Serialize};

/// Instants that pages show and the queue is sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CaseDeadlines {
    /// Somebody should have it.
    pub acknowledge_by: UtcMillis,
    /// It should be closed.
    pub resolve_by: UtcMillis,
    /// Until then the person can dispute a closed case.
    pub dispute_days: u16,
    /// A dispute is answered within this many days.
    pub dispute_answer_days: u16,
}

/// The deadlines of a case opened at this instant.
pub fn case_deadlines(cause: CaseCause, opened_at: UtcMillis) -> CaseDeadlines {
    let (acknowledge_hours, resolve_days) = match cause {
        CaseCause::Escalated => (4, 3),
        CaseCause::NeedsReview | CaseCause::Refused => (24, 7),
        CaseCause::Missed | CaseCause::InconclusiveRepeated => (48, 14),
    };
    CaseDeadlines {
        acknowledge_by: opened_at.plus_ms(acknowledge_hours * HOUR_MS),
        resolve_by: opened_at.plus_ms(resolve_days * DAY_MS),
        dispute_days: 30,
        dispute_answer_days: 14,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn graver_cases_are_due_sooner_and_nothing_is_due_to_be_closed_before_it_is_taken() {
        let due = |cause| case_deadlines(cause, UtcMillis(0));
        assert!(due(CaseCause::Escalated).resolve_by < due(CaseCause::NeedsReview).resolve_by);
        assert!(due(CaseCause::NeedsReview).resolve_by < due(CaseCause::Missed).resolve_by);
        for cause in CaseCause::ALL {
            assert!(due(*cause).acknowledge_by < due(*cause).resolve_by);
        }
    }
}
