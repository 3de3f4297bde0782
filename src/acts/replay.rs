//! Stored check-ins judged once more by the rules of this program: what would come out otherwise.
//! Nothing is changed, and nobody is told: a rule is tried, not a person.

use super::{ActResult, Context};
use muster_domain::judging::judge::{Judgement, JudgingInput, judge};
use muster_domain::judging::replay::{Changes, changes};
use muster_domain::time::{DAY_MS, UtcMillis};
use muster_store::audit::Record;
use muster_store::{StoreError, check_ins};
use serde::Serialize;
use uuid::Uuid;

/// A check-in whose judgement would differ.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Replayed {
    pub check_in: Uuid,
    /// The local date it was for.
    pub label: String,
    #[serde(flatten)]
    pub changes: Changes,
}

/// What a replay came to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    pub judged: usize,
    pub changed: usize,
    /// Left out: their exact place has passed its days, and what is left would be judged otherwise for that
    /// alone.
    pub faded: usize,
    /// Judged, and nothing is left of what they were judged on.
    pub without_evidence: usize,
}

/// Judges every check-in that began in `from..to` once more and tells those that would differ. The log
/// says that it was done, for how many.
pub async fn replay(
    context: &Context,
    from: UtcMillis,
    to: UtcMillis,
    mut tell: impl FnMut(&Replayed),
) -> ActResult<Counts> {
    let store = &context.store;
    let faded_before =
        context.now().plus_ms(-i64::from(context.settings.retention.exact_place) * DAY_MS);
    let mut counts = Counts::default();
    for row in check_ins::between(store.read(), from, to).await? {
        if row.outcome.is_none() {
            continue;
        }
        let kept = check_ins::judgement::<JudgingInput, Judgement>(store, store.read(), &row).await;
        let kept = match kept {
            Ok(kept) => kept,
            Err(StoreError::Erased) => None,
            Err(error) => return Err(error.into()),
        };
        let Some((input, was)) = kept else {
            counts.without_evidence += 1;
            continue;
        };
        if input.claim.is_some() && UtcMillis(row.start_ms) < faded_before {
            counts.faded += 1;
            continue;
        }
        counts.judged += 1;
        if let Some(changes) = changes(&was, &judge(&input)) {
            counts.changed += 1;
            tell(&Replayed { check_in: row.id, label: row.label, changes });
        }
    }
    let tx = store.begin().await?;
    Record::new("check-ins-replayed")
        .fact("from_ms", from.0)
        .fact("to_ms", to.0)
        .fact("judged", counts.judged as u64)
        .fact("changed", counts.changed as u64)
        .write(&tx)
        .await?;
    tx.commit().await?;
    Ok(counts)
}
