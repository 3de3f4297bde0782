//! Asks the beacon for the round that a boundary committed to, and decides the boundary's salt in one
//! transaction: by the round, or, after long and repeated asking, as a single lock with its reason.
//! Once decided it never changes, on whatever instance and however late the round arrives.

use super::label::unreadable;
use crate::engine::Engine;
use crate::engine::job_error::JobError;
use muster_domain::draw::{BEACON_WAIT_MS, BeaconKind, BeaconRound, Horizon};
use muster_ports::PortError;
use muster_store::audit::Record;
use muster_store::draws::{self, salt};
use muster_store::entities::draw_boundary;
use muster_store::work::{self, Claim};

/// From one asking to the next.
const ASK_AGAIN_MS: i64 = 20_000;
/// Askings that failed before a boundary becomes single lock, so that a service that comes back
/// before its network does has a chance.
const ASKINGS_MIN: i64 = 10;

pub(super) async fn ask(
    engine: &Engine,
    claim: &Claim,
    zone: &str,
    label: &str,
    horizon: &str,
) -> Result<(), JobError> {
    let store = &engine.context.store;
    let horizon: Horizon = horizon.to_owned().try_into().map_err(unreadable)?;
    let row = draws::boundary(store.read(), zone, label, horizon).await?;
    let row = row.ok_or_else(|| unreadable(format!("no boundary of {zone} {label}")))?;
    if row.salt != salt::WAITING {
        let tx = store.begin().await?;
        work::complete(&tx, claim).await?;
        return Ok(tx.commit().await?);
    }
    match fetch(engine, &row).await {
        Ok((answer, randomness)) => {
            let record = decision("draw-beacon", &row)
                .fact("signature", hex::encode(&answer.signature))
                .fact("randomness", hex::encode(randomness));
            decide(engine, claim, &row, Some(answer.signature), record).await
        }
        Err(reason) => {
            let waited_ms = engine.now().0 - row.plan_ms;
            if waited_ms >= BEACON_WAIT_MS && claim.row.attempt >= ASKINGS_MIN {
                tracing::warn!(zone, label, reason, "no round of the beacon: single lock");
                let record = decision("draw-single-lock", &row).fact("reason", reason);
                return decide(engine, claim, &row, None, record).await;
            }
            let tx = store.begin().await?;
            let again = engine.now().plus_ms(ASK_AGAIN_MS);
            work::retry(&tx, claim, again, &reason).await?;
            Ok(tx.commit().await?)
        }
    }
}

/// The round, verified here whatever the provider has done; else a reason that names no address.
async fn fetch(
    engine: &Engine,
    row: &draw_boundary::Model,
) -> Result<(BeaconRound, [u8; 32]), String> {
    let kind: BeaconKind = row.beacon.parse()?;
    let port = engine.ports.beacon.as_ref().filter(|port| port.kind() == kind);
    let port = port.ok_or("this beacon is not configured any more")?;
    let wanted = row.round.ok_or("the boundary names no round")? as u64;
    let answer = port.round(wanted).await.map_err(|error| match error {
        PortError::TryLater { detail, .. } => detail,
        other => other.to_string(),
    })?;
    let randomness = kind.verify(wanted, &answer).map_err(|fault| fault.to_string())?;
    Ok((answer, randomness))
}

fn decision(kind: &'static str, row: &draw_boundary::Model) -> Record {
    Record::new(kind)
        .fact("zone", row.zone.as_str())
        .fact("label", row.label.as_str())
        .fact("horizon", row.horizon.as_str())
        .fact("beacon", row.beacon.as_str())
        .fact("round", row.round)
}

async fn decide(
    engine: &Engine,
    claim: &Claim,
    row: &draw_boundary::Model,
    signature: Option<Vec<u8>>,
    record: Record,
) -> Result<(), JobError> {
    let tx = engine.context.store.begin().await?;
    if draws::decide_salt(&tx, row, signature).await? {
        record.write(&tx).await?;
    }
    work::complete(&tx, claim).await?;
    Ok(tx.commit().await?)
}
