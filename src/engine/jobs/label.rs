//! Begins a local date of one zone: closes the dates before it, commits its inputs, plans the
//! next boundary.

use crate::acts::{ActError, draw_token};
use crate::engine::Engine;
use crate::engine::draws;
use crate::engine::job_error::JobError;
use crate::engine::sweeps;
use muster_domain::calendar::PLAN_DELAY_MS;
use muster_domain::time::{start_of_day, zone};
use muster_store::StoreError;
use muster_store::audit::Record;
use muster_store::draws as stored;
use muster_store::jobs::Job;
use muster_store::work::{self, Claim};

pub(super) async fn open(
    engine: &Engine,
    claim: &Claim,
    zone_name: &str,
    label: &str,
) -> Result<(), JobError> {
    let store = &engine.context.store;
    let unreadable = |detail: String| {
        JobError::Act(ActError::Store(StoreError::Unreadable { what: "label", detail }))
    };
    let date: jiff::civil::Date =
        label.parse().map_err(|e: jiff::Error| unreadable(e.to_string()))?;
    let tz = zone(zone_name).ok_or_else(|| unreadable(format!("zone {zone_name}")))?;
    let tomorrow = date.tomorrow().map_err(|e| unreadable(e.to_string()))?;
    let is_committed = stored::boundary(store.read(), zone_name, label).await?.is_some();
    let inputs = if is_committed {
        None
    } else {
        engine
            .close_labels_before(zone_name, label)
            .await
            .map_err(|e| unreadable(format!("{e:#}")))?;
        draw_token::take_into_use(&engine.context, zone_name, label).await?;
        Some(
            draws::inputs(engine, zone_name, date)
                .await
                .map_err(|e| unreadable(format!("{e:#}")))?,
        )
    };
    let tx = store.begin().await?;
    if let Some((inputs, reasons)) = inputs {
        let t = inputs.boundary().t;
        let root = hex::encode(inputs.root());
        let entry = Record::new("draw-inputs")
            .fact("zone", zone_name)
            .fact("label", label)
            .fact("t_ms", t.0)
            .fact("root", root.as_str())
            .fact("chain", inputs.boundary().chain.as_str())
            .fact("people", inputs.people().count() as i64)
            .fact("late", engine.now().0 > t.0 + PLAN_DELAY_MS)
            .fact("locks", "single")
            .write(&tx)
            .await?;
        stored::commit_boundary(&tx, (zone_name, label, t), root, &inputs.to_json(), entry).await?;
        muster_store::reasons::keep(&tx, entry, &reasons).await?;
    }
    let next = Job::OpenLabel { zone: zone_name.to_owned(), label: tomorrow.to_string() };
    next.plan(&tx, start_of_day(tomorrow, &tz)).await?;
    sweeps::calendars::plan(engine, &tx, zone_name, tomorrow).await?;
    work::complete(&tx, claim).await?;
    Ok(tx.commit().await?)
}
