//! Looks at ourselves, the room and the mail at one moment of a check-in: the ground of every
//! fault. A probe that fails is an answer, not an error.

use crate::engine::Engine;
use crate::engine::job_error::JobError;
use muster_domain::id::CheckInId;
use muster_domain::judging::fault::ProbeTarget;
use muster_ports::PortResult;
use muster_store::work::{self, Claim};
use muster_store::{
    check_ins,
    probes::{self, Probe},
};
use std::time::Duration;

const PROBE_MAX: Duration = Duration::from_secs(5);

pub(super) async fn run(engine: &Engine, claim: &Claim, id: CheckInId) -> Result<(), JobError> {
    let store = &engine.context.store;
    let check_in = check_ins::get(store.read(), id).await?;
    let mail = within(engine.ports.mail.check()).await;
    let provider = check_in.room_provider.as_deref().unwrap_or("built-in");
    let room = match engine.ports.rooms.iter().find(|r| r.name() == provider) {
        Some(room) => within(room.check()).await,
        None => (false, format!("no room provider {provider}")),
    };
    let now = engine.now();
    let tx = store.begin().await?;
    // That this row can be written is the probe of ourselves.
    let found = [
        Probe { target: ProbeTarget::Service.code(), ok: true, detail: "" },
        Probe { target: ProbeTarget::Mail.code(), ok: mail.0, detail: &mail.1 },
        Probe { target: ProbeTarget::Room.code(), ok: room.0, detail: &room.1 },
    ];
    probes::keep(&tx, now, &found).await?;
    work::complete(&tx, claim).await?;
    Ok(tx.commit().await?)
}

async fn within(check: impl Future<Output = PortResult<()>>) -> (bool, String) {
    match tokio::time::timeout(PROBE_MAX, check).await {
        Ok(Ok(())) => (true, String::new()),
        Ok(Err(error)) => (false, error.to_string()),
        Err(_) => (false, "no answer in time".to_owned()),
    }
}
