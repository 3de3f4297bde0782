//! Thirty days after a check-in only the area of its place is kept (promise P11): in the
//! attestation, in what judging was given, and in findings that quote coordinates (none do: they
//! hold distances).

use crate::engine::Engine;
use muster_domain::id::CheckInId;
use muster_domain::judging::evidence::Claim;
use muster_domain::judging::judge::JudgingInput;
use muster_domain::time::DAY_MS;
use muster_store::audit::Record;
use muster_store::{Owner, Place, StoreError, check_ins, evidence};

/// Days for which the exact place of a check-in is kept.
const EXACT_DAYS: i64 = 30;
/// Attestations made coarse in one transaction.
const BATCH: u64 = 200;

/// Makes every place that has passed its date coarse.
pub(super) async fn places(engine: &Engine) -> anyhow::Result<()> {
    let before = engine.now().plus_ms(-EXACT_DAYS * DAY_MS);
    loop {
        let tx = engine.context.store.begin().await?;
        let due = evidence::exact_attestations(&*tx, before, BATCH).await?;
        if due.is_empty() {
            return Ok(tx.rollback().await?);
        }
        let count = due.len() as i64;
        for mut kept in due {
            let row = check_ins::get(&*tx, CheckInId(kept.check_in_id)).await?;
            let owner = Owner::Person(row.person());
            let place = Place { table: "attestation", column: "claim", row: kept.id };
            match tx.unseal::<Claim>(owner, place, &kept.claim).await {
                Ok(claim) => {
                    kept.claim = tx.seal(owner, place, &claim.coarse()).await?;
                    check_ins::coarsen_judgement(&tx, &row, JudgingInput::coarse).await?;
                }
                // The person was erased: nothing can be read any more, so nothing is exact.
                Err(StoreError::Erased) => {}
                Err(error) => return Err(error.into()),
            }
            kept.coarse = true;
            muster_store::save(&tx, kept).await?;
        }
        Record::new("places-made-coarse").fact("count", count).write(&tx).await?;
        tx.commit().await?;
    }
}
