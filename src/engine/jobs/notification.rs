//! Hands one message to its provider. The Message-ID stood in the row before the first attempt,
//! so a repeated delivery after an ambiguous answer is recognised as the same mail.

use super::announce_state;
use crate::engine::Engine;
use crate::engine::job_error::JobError;
use muster_domain::id::{CheckInId, NotificationId};
use muster_ports::PortError;
use muster_store::check_ins;
use muster_store::entities::notification;
use muster_store::notifications::{self, state};
use muster_store::work::{self, Claim};
use std::time::Duration;

/// The breaker's name of the mail provider.
const MAIL: &str = "mail";
/// A call takes at most this long: under half a lease.
const CALL_MAX: Duration = Duration::from_secs(12);

pub(super) async fn send(
    engine: &Engine,
    claim: &Claim,
    id: NotificationId,
) -> Result<(), JobError> {
    let store = &engine.context.store;
    let row = notifications::get(store.read(), id).await?;
    if row.state != state::QUEUED {
        let tx = store.begin().await?;
        work::complete(&tx, claim).await?;
        return Ok(tx.commit().await?);
    }
    if is_too_late(engine, &row).await? {
        return withdraw(engine, claim, id).await;
    }
    let mail = match notifications::open_mail(store, store.read(), &row).await {
        // The person was erased meanwhile: there is nobody to tell.
        Err(muster_store::StoreError::Erased) => return withdraw(engine, claim, id).await,
        mail => mail?,
    };
    let now = engine.now();
    if let Err(until) = engine.breaker.ask(MAIL, now) {
        return Err(JobError::Waits { provider: MAIL.to_owned(), until });
    }
    let answer = tokio::time::timeout(CALL_MAX, engine.ports.mail.send(&mail)).await;
    let answer = answer.unwrap_or_else(|_| {
        Err(PortError::TryLater { not_before: None, detail: "no answer in time".to_owned() })
    });
    let is_up = !matches!(
        answer,
        Err(PortError::TryLater { .. } | PortError::Reconnect(_) | PortError::Broken(_))
    );
    engine.breaker.note(MAIL, is_up, now);
    let mut row = row;
    row.attempts = claim.row.attempt;
    row.first_attempt_ms = row.first_attempt_ms.or(Some(now.0));
    match answer {
        Ok(receipt) => {
            row.state = state::ACCEPTED.to_owned();
            row.response = receipt.response.chars().take(200).collect();
            row.accepted_ms = Some(engine.now().0);
        }
        Err(PortError::Refused(reason)) => {
            row.state = state::REFUSED.to_owned();
            row.response = reason.chars().take(200).collect();
            row.bounced_ms = Some(engine.now().0);
        }
        Err(PortError::Gone) => {
            row.state = state::REFUSED.to_owned();
            row.bounced_ms = Some(engine.now().0);
        }
        Err(error) => return Err(JobError::Port { provider: MAIL.to_owned(), error }),
    }
    let tx = store.begin().await?;
    work::complete(&tx, claim).await?;
    if row.state == state::ACCEPTED {
        announce_state::accepted(&tx, &row).await?;
    }
    muster_store::save(&tx, row).await?;
    Ok(tx.commit().await?)
}

async fn withdraw(engine: &Engine, claim: &Claim, id: NotificationId) -> Result<(), JobError> {
    let tx = engine.context.store.begin().await?;
    let mut row = notifications::get(&*tx, id).await?;
    row.state = state::WITHDRAWN.to_owned();
    muster_store::save(&tx, row).await?;
    work::complete(&tx, claim).await?;
    Ok(tx.commit().await?)
}

/// Whether it calls a verifier, first or in somebody's place.
fn is_call(step: &str) -> bool {
    step.starts_with("stand-by")
}

/// Whether the message asks for something that can no longer be done: an invitation or a reminder
/// of a check-in that is over only confuses.
async fn is_too_late(engine: &Engine, row: &notification::Model) -> Result<bool, JobError> {
    let asks = row.step == "invitation" || row.step.starts_with("reminder") || is_call(&row.step);
    if row.about != "check-in" || !asks {
        return Ok(false);
    }
    let check_in = check_ins::find(engine.context.store.read(), CheckInId(row.about_id)).await?;
    Ok(check_in.is_none_or(|c| c.outcome.is_some()))
}
