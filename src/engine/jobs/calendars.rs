//! Reads the busy times of one batch of people. A calendar that cannot be read keeps its last
//! reading; nothing here ever holds up a draw.

use crate::acts::ActError;
use crate::engine::Engine;
use crate::engine::job_error::JobError;
use crate::engine::sweeps::calendars;
use muster_domain::id::PersonId;
use muster_domain::time::UtcMillis;
use muster_ports::BusyQuestion;
use muster_store::audit::Record;
use muster_store::entities::person;
use muster_store::work::{self, Claim};
use muster_store::{StoreError, busy};

pub(super) async fn read(
    engine: &Engine,
    claim: &Claim,
    zone: &str,
    label: &str,
    batch: u32,
    again: bool,
) -> Result<(), JobError> {
    let store = &engine.context.store;
    let unreadable = |detail: String| {
        JobError::Act(ActError::Store(StoreError::Unreadable { what: "label", detail }))
    };
    let date = label.parse().map_err(|e: jiff::Error| unreadable(e.to_string()))?;
    let (from, to) = calendars::span(zone, date).ok_or_else(|| unreadable(zone.to_owned()))?;
    let mut people = calendars::batch(store.read(), zone, batch).await?;
    if again {
        people = unread(engine, people).await?;
    }
    let answers = match (&engine.ports.busy, people.is_empty()) {
        // A reading after the boundary counts for nothing.
        (Some(source), false) if engine.now() < from => {
            source.port.busy(&questions(&people), from, to).await
        }
        _ => Vec::new(),
    };
    let (mut failed, mut not_understood) = (0_i64, 0);
    let asked = answers.len();
    let tx = store.begin().await?;
    for (person, answer) in people.iter().zip(answers) {
        let id = PersonId(person.id);
        match answer {
            Ok(answer) => {
                not_understood += answer.not_understood as i64;
                busy::keep(&tx, id, &answer.busy, (from, to)).await?;
            }
            Err(error) => {
                failed += 1;
                busy::note_failure(&tx, id, &error.to_string()).await?;
            }
        }
    }
    if asked > 0 {
        if failed > 0 {
            tracing::warn!(zone, label, batch, failed, "calendars that could not be read");
        }
        Record::new("busy-times-read")
            .fact("zone", zone)
            .fact("label", label)
            .fact("batch", batch)
            .fact("people", asked as i64)
            .fact("failed", failed)
            .fact("events_not_understood", not_understood)
            .write(&tx)
            .await?;
    }
    work::complete(&tx, claim).await?;
    Ok(tx.commit().await?)
}

/// Those whose last reading failed.
async fn unread(
    engine: &Engine,
    people: Vec<person::Model>,
) -> Result<Vec<person::Model>, JobError> {
    let mut unread = Vec::new();
    for person in people {
        let known = busy::of(engine.context.store.read(), PersonId(person.id)).await?;
        if known.is_none_or(|row| row.failed_ms.is_some()) {
            unread.push(person);
        }
    }
    Ok(unread)
}

/// What the provider is asked.
pub(super) fn questions(people: &[person::Model]) -> Vec<BusyQuestion> {
    let question =
        |p: &person::Model| BusyQuestion { address: p.email.clone(), zone: p.zone.clone() };
    people.iter().map(question).collect()
}

/// As `UtcMillis`, the span of one day's talk that a single reading looks at.
pub(super) const fn day_after(now: UtcMillis) -> (UtcMillis, UtcMillis) {
    (now, now.plus_ms(muster_domain::time::DAY_MS))
}
