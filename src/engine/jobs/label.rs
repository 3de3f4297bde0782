//! Begins a local date of one zone: closes the dates before it, commits its inputs, plans the
//! next boundary. A label that is drawn in blocks goes on with `block.rs`.

use crate::acts::{ActError, draw_token, zone_change};
use crate::engine::Engine;
use crate::engine::draws::{self, Closed};
use crate::engine::job_error::JobError;
use crate::engine::sweeps;
use jiff::civil::Date;
use muster_domain::draw::Horizon;
use muster_domain::time::{MINUTE_MS, start_of_day, zone};
use muster_store::StoreError;
use muster_store::draws as stored;
use muster_store::jobs::Job;
use muster_store::work::{self, Claim};

/// How long a label is left alone that cannot begin, because an older one cannot close yet.
const LOOK_AGAIN_MS: i64 = MINUTE_MS;

pub(super) async fn open(
    engine: &Engine,
    claim: &Claim,
    zone_name: &str,
    label: &str,
) -> Result<(), JobError> {
    let store = &engine.context.store;
    let date: Date = label.parse().map_err(|e: jiff::Error| unreadable(e))?;
    let tz = zone(zone_name).ok_or_else(|| unreadable(format!("zone {zone_name}")))?;
    let tomorrow = date.tomorrow().map_err(unreadable)?;
    let mut boundaries = Vec::new();
    if stored::boundary(store.read(), zone_name, label, Horizon::Day).await?.is_none() {
        let closed = engine.close_labels_before(zone_name, label).await;
        if closed.map_err(|e| unreadable(format!("{e:#}")))? == Closed::NotYet {
            let until = engine.now().plus_ms(LOOK_AGAIN_MS);
            return Err(JobError::Waits { provider: "the label before".to_owned(), until });
        }
        draw_token::take_into_use(&engine.context, zone_name, label).await?;
        zone_change::take_effect(&engine.context, zone_name, date).await?;
        let broken = |e: anyhow::Error| unreadable(format!("{e:#}"));
        let roster = draws::Roster::of_zone(engine, date, zone_name).await.map_err(broken)?;
        let named = draws::Named::now(engine, date).await.map_err(broken)?;
        for horizon in [Horizon::Day, Horizon::Block(0)] {
            let inputs = draws::inputs(engine, &roster, zone_name, &named, horizon).await;
            boundaries.extend(inputs.map_err(broken)?);
        }
    }
    let tx = store.begin().await?;
    for (inputs, reasons) in &boundaries {
        draws::commit(engine, &tx, zone_name, inputs, reasons).await?;
        if inputs.boundary().horizon == Horizon::Block(0) {
            super::block::plan_next(&tx, zone_name, date, &tz, 0).await?;
        }
    }
    let next = Job::OpenLabel { zone: zone_name.to_owned(), label: tomorrow.to_string() };
    next.plan(&tx, start_of_day(tomorrow, &tz)).await?;
    sweeps::calendars::plan(engine, &tx, zone_name, tomorrow).await?;
    work::complete(&tx, claim).await?;
    Ok(tx.commit().await?)
}

pub(super) fn unreadable(detail: impl ToString) -> JobError {
    let detail = detail.to_string();
    JobError::Act(ActError::Store(StoreError::Unreadable { what: "label", detail }))
}
