//! What earlier check-ins of somebody leave for the next judgement: how they went, the newest position,
//! and how far the last ones lay from home. Of a place that has faded only the area is there, and of
//! one past that date nothing.

use crate::engine::Engine;
use crate::engine::job_error::JobError;
use muster_domain::judging::evidence::{Claim, PastSession};
use muster_domain::judging::finding::Family;
use muster_domain::judging::judge::{Judgement, JudgingInput};
use muster_domain::judging::surroundings::AttestedPosition;
use muster_domain::time::UtcMillis;
use muster_store::entities::check_in;
use muster_store::{Tx, check_ins};

/// Earlier check-ins that rules may look at.
const HISTORY_MAX: u64 = 12;

/// Earlier sessions.
#[derive(Debug, Default)]
pub(super) struct History {
    /// Newest first.
    pub sessions: Vec<PastSession>,
    /// The newest exact position. One that was made coarse has no accuracy any more and is none.
    pub previous: Option<AttestedPosition>,
    /// Claims of place that were accepted, exact or coarse, newest first.
    pub accepted: Vec<Claim>,
}

impl History {
    /// Of the check-ins before this one.
    pub(super) async fn before(
        engine: &Engine,
        tx: &Tx,
        row: &check_in::Model,
    ) -> Result<History, JobError> {
        let before = UtcMillis(row.start_ms);
        let mut history = History::default();
        for earlier in check_ins::judged_of_person(&**tx, row.person(), before, HISTORY_MAX).await?
        {
            let store = &engine.context.store;
            let kept = check_ins::judgement::<JudgingInput, Judgement>(store, &**tx, &earlier);
            let Some((input, judgement)) = kept.await? else { continue };
            history.sessions.push(judgement.as_past(UtcMillis(earlier.start_ms)));
            let Some(claim) = input.claim else { continue };
            history.previous = history.previous.or_else(|| attested_position(&claim));
            if is_accepted(&judgement) {
                history.accepted.push(claim);
            }
        }
        Ok(history)
    }
}

fn attested_position(claim: &Claim) -> Option<AttestedPosition> {
    Some(AttestedPosition {
        at: claim.observed_at,
        point: claim.valid_point()?,
        accuracy_metres: Some(claim.accuracy_metres?),
    })
}

/// Whether no rule spoke about the answer itself: too coarse, made up, missing.
fn is_accepted(judgement: &Judgement) -> bool {
    judgement.findings.iter().all(|finding| finding.family != Family::Claim)
}
