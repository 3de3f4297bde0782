//! Slow scans, woken by cron, that find what an event should have started, by the same code: a
//! zone without a label ahead, a key that is due for its reveal, rows that have passed their date.

pub(super) mod calendars;
mod links;
mod packs;
mod places;

use super::Engine;
use muster_domain::calendar::PLAN_DELAY_MS;
use muster_domain::draw::Horizon;
use muster_domain::time::{DAY_MS, UtcMillis, start_of_day, zone};
use muster_store::audit::Record;
use muster_store::jobs::Job;
use muster_store::{busy, draws, holdings, people, sessions, work};
use std::collections::BTreeSet;

/// Days after a label has closed everywhere at which its key is revealed.
const REVEAL_DAYS: i64 = 7;
/// Days for which finished work is kept; what it meant lives in domain tables.
const DONE_DAYS: i64 = 30;

/// Everything that is looked for each minute.
pub async fn all(engine: &Engine) -> anyhow::Result<()> {
    labels(engine).await?;
    crate::acts::setup::renew_anchor_if_due(&engine.context).await?;
    crate::acts::excuse::sweep(&engine.context).await?;
    reveals(engine).await?;
    crate::acts::notices::send_due(&engine.context).await?;
    links::plan(engine).await?;
    crate::acts::exceptions::sweep(&engine.context).await?;
    crate::acts::baseline::book_due(&engine.context).await?;
    crate::acts::objections::remind(&engine.context).await?;
    crate::acts::coverage::refresh(&engine.context).await?;
    crate::acts::delegations::sweep(&engine.context).await?;
    packs::take_new(engine).await?;
    measure(engine).await?;
    Ok(engine.context.store.release_memory().await?)
}

/// What an operator watches: how much is due in each lane, and how late the oldest is.
async fn measure(engine: &Engine) -> anyhow::Result<()> {
    let store = &engine.context.store;
    for lane in work::backlog(store.read(), engine.now()).await? {
        let name = lane.lane.code();
        metrics::gauge!("muster_work_due", "lane" => name).set(lane.due as f64);
        metrics::gauge!("muster_work_oldest_seconds", "lane" => name)
            .set(lane.oldest_ms as f64 / 1_000.0);
    }
    let open = muster_store::check_ins::count_open(store.read()).await?;
    metrics::gauge!("muster_check_ins_open").set(open as f64);
    Ok(())
}

/// Every zone with people has a label ahead. A zone that is new begins with its next midnight:
/// nobody is drawn for a day whose inputs were not committed when it began.
pub async fn labels(engine: &Engine) -> anyhow::Result<()> {
    let store = &engine.context.store;
    let now = engine.now();
    for name in people::zones(store.read()).await? {
        let Some(tz) = zone(&name) else { continue };
        let today = now.date_in(&tz);
        let today_is_open =
            draws::boundary(store.read(), &name, &today.to_string(), Horizon::Day).await?.is_some();
        let begins_now = now.since(start_of_day(today, &tz)) <= PLAN_DELAY_MS;
        let label = if begins_now && !today_is_open { today } else { today.tomorrow()? };
        let tx = store.begin().await?;
        let job = Job::OpenLabel { zone: name.clone(), label: label.to_string() };
        job.plan(&tx, start_of_day(label, &tz)).await?;
        calendars::plan(engine, &tx, &name, label).await?;
        tx.commit().await?;
    }
    Ok(())
}

/// Keys of labels that have been closed in every zone for seven days. A key opens every earlier
/// label, so none leaves while a zone has yet to begin that label or one before it.
pub async fn reveals(engine: &Engine) -> anyhow::Result<()> {
    let store = &engine.context.store;
    let revealed: BTreeSet<String> =
        draws::reveals(store.read()).await?.into_iter().map(|r| r.label).collect();
    let next_to_begin = labels_to_begin(engine).await?.into_iter().next();
    for (label, closed) in draws::closed_labels(store.read()).await? {
        if next_to_begin.as_ref().is_some_and(|next| *next <= label) {
            break;
        }
        let due = UtcMillis(closed.0 + REVEAL_DAYS * DAY_MS);
        if revealed.contains(&label) || due > engine.now() {
            continue;
        }
        let tx = store.begin().await?;
        Job::RevealKey { label }.plan(&tx, due).await?;
        tx.commit().await?;
    }
    Ok(())
}

/// Labels that some zone has yet to begin.
async fn labels_to_begin(engine: &Engine) -> anyhow::Result<BTreeSet<String>> {
    let mut labels = BTreeSet::new();
    for payload in work::open_payloads(engine.context.store.read(), "open-label").await? {
        if let Job::OpenLabel { label, .. } = serde_json::from_str(&payload)? {
            labels.insert(label);
        }
    }
    Ok(labels)
}

/// Deletes what has passed the days of its class (`muster_domain::retention`), coarsens and forgets
/// places, erases former employees.
pub async fn purge(engine: &Engine) -> anyhow::Result<()> {
    let (context, now) = (&engine.context, engine.now());
    places::coarsen(engine).await?;
    places::forget(engine).await?;
    let purged = holdings::purge(&context.store, now, &context.settings.retention).await?;
    let erased = crate::acts::personal_data::erase_due(context).await?;
    let tx = context.store.begin().await?;
    work::purge_done(&tx, now.plus_ms(-DONE_DAYS * DAY_MS)).await?;
    busy::forget_unread(&tx).await?;
    sessions::purge(&tx, now).await?;
    muster_store::baselines::forget_left(&tx).await?;
    if !purged.is_empty() {
        let tables: serde_json::Map<String, serde_json::Value> =
            purged.iter().map(|p| (p.table.to_owned(), p.rows.into())).collect();
        Record::new("retention-applied").fact("rows", tables).write(&tx).await?;
    }
    tx.commit().await?;
    context.store.empty_log().await?;
    let rows: u64 = purged.iter().map(|p| p.rows).sum();
    tracing::info!(rows, erased, "what had passed its date is deleted");
    Ok(())
}
