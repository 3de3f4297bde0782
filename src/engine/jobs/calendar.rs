//! One look at the calendar of somebody who was just told of a check-in. It is the first time that
//! this person's calendar is read for a reason of their own, so it comes after the announcement
//! transaction and never before. A calendar that cannot be read changes nothing: the slot stands.

use super::calendars;
use crate::acts::slot_change::{self, CALENDAR_FULL};
use crate::engine::Engine;
use crate::engine::job_error::JobError;
use muster_domain::calendar::Window;
use muster_domain::check_in::{CheckInKind, CheckInState};
use muster_domain::draw::{SHIELDED_DAYS_MAX, is_taken};
use muster_domain::id::CheckInId;
use muster_domain::time::{MINUTE_MS, UtcMillis};
use muster_store::entities::check_in;
use muster_store::work::{self, Claim};
use muster_store::{StoreError, check_ins, people};

pub(super) async fn read(engine: &Engine, claim: &Claim, id: CheckInId) -> Result<(), JobError> {
    let store = &engine.context.store;
    let row = check_ins::get(store.read(), id).await?;
    let busy = match is_open(&row, engine.now()) {
        true => busy_times(engine, &row).await?,
        false => Vec::new(),
    };
    if !is_taken(UtcMillis(row.start_ms), talk_ms(&row), &busy) {
        let tx = store.begin().await?;
        work::complete(&tx, claim).await?;
        return Ok(tx.commit().await?);
    }
    let unreadable = |e: anyhow::Error| {
        let detail = format!("{e:#}");
        JobError::Act(StoreError::Unreadable { what: "draw", detail }.into())
    };
    let next = engine.next_slot(&row, &busy, talk_ms(&row)).await.map_err(unreadable)?;
    let tx = store.begin().await?;
    let now = check_ins::lock(&tx, id).await?;
    // Moved, called off or begun meanwhile: then this answer is about something else.
    if now.sequence == row.sequence && is_open(&now, engine.now()) {
        slot_change::apply(&engine.context, &tx, now, &next).await?;
    }
    work::complete(&tx, claim).await?;
    Ok(tx.commit().await?)
}

fn is_open(row: &check_in::Model, now: UtcMillis) -> bool {
    let is_ahead = matches!(row.life(), CheckInState::Booking | CheckInState::Announced);
    is_ahead && !crate::acts::check_in::is_over(row) && now.0 < row.start_ms
}

fn talk_ms(row: &check_in::Model) -> i64 {
    (row.session_minutes * MINUTE_MS).max(muster_domain::calendar::windows::SLOT_MS)
}

/// Busy times from now on; none where the calendar cannot be read or has shielded too many days.
async fn busy_times(engine: &Engine, row: &check_in::Model) -> Result<Vec<Window>, JobError> {
    let Some(source) = &engine.ports.busy else { return Ok(Vec::new()) };
    let db = engine.context.store.read();
    if has_shielded_enough(&check_ins::of_person(db, row.person(), 20).await?, row) {
        return Ok(Vec::new());
    }
    let person = people::get(db, row.person()).await?;
    let (from, to) = calendars::day_after(engine.now());
    let questions = calendars::questions(std::slice::from_ref(&person));
    let answer = source.port.busy(&questions, from, to).await.pop();
    match answer {
        Some(Ok(answer)) => Ok(without_own_invitation(answer.busy, row)),
        Some(Err(error)) => {
            tracing::warn!(check_in = %row.id, error = %error, "calendar not read, the slot stands");
            Ok(Vec::new())
        }
        None => Ok(Vec::new()),
    }
}

/// Our own invitation may stand in the calendar already: it spans exactly the check-in.
fn without_own_invitation(mut busy: Vec<Window>, row: &check_in::Model) -> Vec<Window> {
    let start = UtcMillis(row.start_ms);
    let own = Window { start, end: start.plus_minutes(row.session_minutes.max(1)) };
    busy.retain(|w| *w != own);
    busy
}

/// The days shielded by a full calendar directly before this check-in.
fn has_shielded_enough(rows: &[check_in::Model], row: &check_in::Model) -> bool {
    let drawn = rows.iter().filter(|r| r.id != row.id && r.why() == CheckInKind::Drawn);
    let running = drawn.take_while(|r| r.cancel_reason.as_deref() == Some(CALENDAR_FULL));
    running.take(SHIELDED_DAYS_MAX).count() >= SHIELDED_DAYS_MAX
}
