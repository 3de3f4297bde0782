//! What is kept of a place (promise P11): the exact point for the days of its class, then its area,
//! then nothing; in the attestation and in what judging was given. Findings quote no coordinates,
//! they hold distances.

use crate::engine::Engine;
use muster_domain::id::CheckInId;
use muster_domain::judging::evidence::Claim;
use muster_domain::judging::judge::JudgingInput;
use muster_domain::time::{DAY_MS, UtcMillis};
use muster_store::audit::Record;
use muster_store::entities::{attestation, check_in};
use muster_store::evidence::KeptPlace;
use muster_store::{Owner, Place, StoreError, Tx, check_ins, evidence};

/// Attestations looked at in one transaction.
const BATCH: u64 = 200;

/// Makes every place coarse that has passed the days of an exact one.
pub(super) async fn coarsen(engine: &Engine) -> anyhow::Result<()> {
    let days = engine.context.settings.retention.exact_place;
    while batch(engine, KeptPlace::Exact, days, "places-made-coarse").await? {}
    Ok(())
}

/// Forgets every place that has passed the days of an area.
pub(super) async fn forget(engine: &Engine) -> anyhow::Result<()> {
    let days = engine.context.settings.retention.place_area;
    while batch(engine, KeptPlace::Any, days, "places-forgotten").await? {}
    Ok(())
}

/// One transaction. Answers whether there was anything.
async fn batch(
    engine: &Engine,
    kept: KeptPlace,
    days: u32,
    kind: &'static str,
) -> anyhow::Result<bool> {
    let before: UtcMillis = engine.now().plus_ms(-i64::from(days) * DAY_MS);
    let tx = engine.context.store.begin().await?;
    let due = evidence::attestations_before(&*tx, kept, before, BATCH).await?;
    if due.is_empty() {
        tx.rollback().await?;
        return Ok(false);
    }
    let count = due.len() as i64;
    for attested in due {
        match kept {
            KeptPlace::Exact => make_coarse(&tx, attested).await?,
            KeptPlace::Any => make_unknown(&tx, attested).await?,
        }
    }
    Record::new(kind).fact("count", count).write(&tx).await?;
    tx.commit().await?;
    Ok(true)
}

async fn make_coarse(tx: &Tx, mut attested: attestation::Model) -> anyhow::Result<()> {
    let row = check_ins::get(&**tx, CheckInId(attested.check_in_id)).await?;
    let owner = Owner::Person(row.person());
    let place = Place { table: "attestation", column: "claim", row: attested.id };
    match tx.unseal::<Claim>(owner, place, &attested.claim).await {
        Ok(claim) => {
            attested.claim = tx.seal(owner, place, &claim.coarse()).await?;
            change_judgements(tx, &row, JudgingInput::coarse).await?;
        }
        // The person was erased: nothing can be read any more, so nothing is exact.
        Err(StoreError::Erased) => {}
        Err(error) => return Err(error.into()),
    }
    // The record holds the exact point and cannot be made coarse without breaking its signature.
    attested.record = None;
    attested.passkey = None;
    attested.coarse = true;
    Ok(muster_store::save(tx, attested).await?)
}

async fn make_unknown(tx: &Tx, attested: attestation::Model) -> anyhow::Result<()> {
    let row = check_ins::get(&**tx, CheckInId(attested.check_in_id)).await?;
    match change_judgements(tx, &row, JudgingInput::without_place).await {
        Ok(()) | Err(StoreError::Erased) => {}
        Err(error) => return Err(error.into()),
    }
    Ok(evidence::delete_attestation(tx, attested.id).await?)
}

/// Changes what judging was given for this check-in, and for those after it that compared with its
/// place: a place does not live on in the next judgement.
async fn change_judgements(
    tx: &Tx,
    row: &check_in::Model,
    change: fn(JudgingInput) -> JudgingInput,
) -> Result<(), StoreError> {
    check_ins::coarsen_judgement(tx, row, change).await?;
    let session_minutes = i64::from(row.clocks().session_minutes);
    let end = row.clocks().grace_end().plus_minutes(session_minutes);
    for later in check_ins::judged_after(&**tx, row.person(), UtcMillis(row.start_ms)).await? {
        let since = |mut input: JudgingInput| {
            if input.surroundings.previous.as_ref().is_some_and(|previous| previous.at <= end) {
                input.surroundings.previous = change(input.clone()).surroundings.previous;
            }
            input
        };
        check_ins::coarsen_judgement(tx, &later, since).await?;
    }
    Ok(())
}
