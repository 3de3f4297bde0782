//! Begins a later block of a label: commits its inputs and plans the next one. Nothing here looks
//! at what earlier blocks have drawn.

use super::label::unreadable;
use crate::engine::Engine;
use crate::engine::draws;
use crate::engine::job_error::JobError;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use muster_domain::draw::{Blocks, Horizon};
use muster_domain::id::EntryId;
use muster_domain::time::{start_of_day, zone};
use muster_store::draws as stored;
use muster_store::jobs::Job;
use muster_store::work::{self, Claim};
use muster_store::{Store, StoreResult, Tx, audit};

/// The log is numbered every second.
const LOOK_AGAIN_MS: i64 = 1_000;

pub(super) async fn open(
    engine: &Engine,
    claim: &Claim,
    zone_name: &str,
    label: &str,
    block: u8,
) -> Result<(), JobError> {
    let store = &engine.context.store;
    let date: Date = label.parse().map_err(|e: jiff::Error| unreadable(e))?;
    let tz = zone(zone_name).ok_or_else(|| unreadable(format!("zone {zone_name}")))?;
    let horizon = Horizon::Block(block);
    // Plans are made in the order of the log, where a label's blocks must stand as they begin.
    if block > 0 && !is_in_log(store, zone_name, label, block - 1).await? {
        let until = engine.now().plus_ms(LOOK_AGAIN_MS);
        return Err(JobError::Waits { provider: "the log".to_owned(), until });
    }
    let inputs = match stored::boundary(store.read(), zone_name, label, horizon).await? {
        Some(_) => None,
        None => {
            let broken = |e: anyhow::Error| unreadable(format!("{e:#}"));
            let roster = draws::Roster::of_zone(engine, date, zone_name).await.map_err(broken)?;
            let named = draws::Named::now(engine, date).await.map_err(broken)?;
            let inputs = draws::inputs(engine, &roster, zone_name, &named, horizon).await;
            inputs.map_err(broken)?
        }
    };
    let tx = store.begin().await?;
    if let Some((inputs, reasons)) = inputs {
        draws::commit(engine, &tx, zone_name, &inputs, &reasons).await?;
    }
    plan_next(&tx, zone_name, date, &tz, block).await?;
    work::complete(&tx, claim).await?;
    Ok(tx.commit().await?)
}

/// Whether the inputs of a block have their number in the log.
async fn is_in_log(store: &Store, zone: &str, label: &str, block: u8) -> StoreResult<bool> {
    match stored::boundary(store.read(), zone, label, Horizon::Block(block)).await? {
        Some(row) => audit::is_covered(store.read(), EntryId(row.entry_id)).await,
        None => Ok(false),
    }
}

/// Plans the block after this one, if the label has one.
pub(super) async fn plan_next(
    tx: &Tx,
    zone_name: &str,
    date: Date,
    tz: &TimeZone,
    block: u8,
) -> StoreResult<()> {
    let first = start_of_day(date, tz);
    let end = date.tomorrow().map_or(first, |tomorrow| start_of_day(tomorrow, tz));
    let (blocks, next) = (Blocks::of(first, end), block + 1);
    if next >= blocks.count() {
        return Ok(());
    }
    let job = Job::OpenBlock { zone: zone_name.to_owned(), label: date.to_string(), block: next };
    job.plan(tx, blocks.start(next)).await?;
    Ok(())
}
