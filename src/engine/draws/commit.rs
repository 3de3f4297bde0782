//! Committing a boundary: root, chains and the round of the beacon enter the log before that round
//! exists; the rows are kept sealed, and the asking for the round becomes work.

use crate::engine::Engine;
use muster_domain::calendar::PLAN_DELAY_MS;
use muster_domain::draw::beacon::{appears_at, round_of};
use muster_domain::draw::{BeaconKind, BoundaryInputs};
use muster_store::audit::Record;
use muster_store::draws::{self, NewBoundary};
use muster_store::jobs::Job;
use muster_store::reasons::Reasons;
use muster_store::{StoreResult, Tx};

/// Commits these inputs in the transaction, and keeps how they came about beside them.
pub(in crate::engine) async fn commit(
    engine: &Engine,
    tx: &Tx,
    zone: &str,
    inputs: &BoundaryInputs,
    reasons: &Reasons,
) -> StoreResult<()> {
    let boundary = inputs.boundary();
    let (label, horizon) = (boundary.label.to_string(), boundary.horizon.to_string());
    let (t, now) = (boundary.t, engine.now());
    let planned = t.plus_ms(PLAN_DELAY_MS);
    let is_late = now > planned;
    // The round of a late commitment is one that nobody knows yet, either.
    let from = if is_late { now } else { t };
    let beacon = engine.ports.beacon.as_ref().map_or(BeaconKind::None, |port| port.kind());
    let round = (beacon != BeaconKind::None).then(|| round_of(from));
    let root = hex::encode(inputs.root());
    let mut record = Record::new("draw-inputs")
        .fact("zone", zone)
        .fact("label", label.as_str())
        .fact("horizon", horizon.as_str())
        .fact("t_ms", t.0)
        .fact("root", root.as_str())
        .fact("chain", boundary.chain.as_str())
        .fact("people", inputs.people().count() as i64)
        .fact("late", is_late)
        .fact("beacon", beacon.code());
    if let Some(round) = round {
        record = record.fact("b_ms", from.0).fact("round", round);
    }
    let entry = record.write(tx).await?;
    let plan_from = round.map_or(planned, |round| appears_at(round).max(planned));
    let rows = inputs.to_json();
    let new = NewBoundary { zone, boundary, beacon, round, plan_from, root, rows: &rows, entry };
    draws::commit_boundary(tx, new).await?;
    muster_store::reasons::keep(tx, entry, reasons).await?;
    if round.is_some() {
        Job::AskBeacon { zone: zone.to_owned(), label, horizon }.plan(tx, plan_from).await?;
    }
    Ok(())
}
