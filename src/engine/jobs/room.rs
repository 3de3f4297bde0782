//! Opens the first room of the policy's list that can be had (the built-in one last), and gives
//! it back when the check-in is closed.

use crate::acts::policy;
use crate::engine::Engine;
use crate::engine::job_error::JobError;
use muster_domain::id::{CheckInId, PolicyVersionId};
use muster_ports::{PortError, RoomRequest};
use muster_store::audit::Record;
use muster_store::work::{self, Claim};
use muster_store::{check_ins, people};

/// Always tried last, whether or not the policy names it.
const BUILT_IN: &str = "built-in";

pub(super) async fn open(engine: &Engine, claim: &Claim, id: CheckInId) -> Result<(), JobError> {
    let store = &engine.context.store;
    let check_in = check_ins::get(store.read(), id).await?;
    let policy = policy::load(store.read(), PolicyVersionId(check_in.policy_version_id)).await?;
    let clocks = check_in.clocks();
    let request = RoomRequest {
        check_in: id,
        start: clocks.start,
        end: clocks.grace_end().plus_minutes(check_in.session_minutes),
        token: format!("muster-{id}"),
    };
    let mut wanted: Vec<&str> =
        policy.policy.rooms.iter().map(String::as_str).filter(|r| *r != BUILT_IN).collect();
    wanted.push(BUILT_IN);
    let mut refusal = None;
    for name in wanted {
        let Some(port) = engine.ports.rooms.iter().find(|r| r.name() == name) else { continue };
        if engine.breaker.ask(name, engine.now()).is_err() {
            continue;
        }
        let answer = port.open(&request).await;
        engine.breaker.note(name, answer.is_ok(), engine.now());
        match answer {
            Ok(room) => {
                let tx = store.begin().await?;
                let mut row = check_ins::lock(&tx, id).await?;
                row.room_provider = Some(room.provider.clone());
                row.room_reference = Some(room.reference);
                row.room_url = Some(room.url);
                let person = people::get(&*tx, row.person()).await?;
                muster_store::save(&tx, row).await?;
                Record::new("room-opened")
                    .about(&person)
                    .fact("check_in", id.to_string())
                    .fact("provider", room.provider)
                    .write(&tx)
                    .await?;
                work::complete(&tx, claim).await?;
                return Ok(tx.commit().await?);
            }
            Err(error) => {
                tracing::warn!(room = name, check_in = %id, error = %error, "room refused");
                refusal = Some(JobError::Port { provider: name.to_owned(), error });
            }
        }
    }
    Err(refusal.unwrap_or(JobError::Port {
        provider: "room".to_owned(),
        error: PortError::TryLater {
            not_before: None,
            detail: "no room provider is available".to_owned(),
        },
    }))
}

pub(super) async fn close(engine: &Engine, claim: &Claim, id: CheckInId) -> Result<(), JobError> {
    let store = &engine.context.store;
    let row = check_ins::get(store.read(), id).await?;
    if let (Some(provider), Some(reference)) = (&row.room_provider, &row.room_reference)
        && let Some(port) = engine.ports.rooms.iter().find(|r| r.name() == provider)
    {
        let closed = port.close(reference).await;
        if let Err(error) = closed.or_else(|e| if e == PortError::Gone { Ok(()) } else { Err(e) }) {
            return Err(JobError::Port { provider: provider.clone(), error });
        }
    }
    let tx = store.begin().await?;
    work::complete(&tx, claim).await?;
    Ok(tx.commit().await?)
}
