//! The jobs: one file each, listed once in `run`. A job completes its own claim in the
//! transaction of its effects; whoever lost the lease in between rolls everything back.

mod announce_state;
mod beacon;
mod block;
mod calendar;
mod calendars;
mod cases;
mod history;
mod label;
mod life;
mod links;
mod notification;
mod probe;
mod reveal;
mod room;
mod stand_by;

pub(super) mod gather;
pub(super) mod judge;

use super::Engine;
use super::job_error::JobError;
use muster_store::jobs::Job;
use muster_store::work::Claim;

/// Runs one claimed job.
pub(super) async fn run(engine: &Engine, claim: &Claim, job: &Job) -> Result<(), JobError> {
    match job {
        Job::OpenLabel { zone, label } => label::open(engine, claim, zone, label).await,
        Job::OpenBlock { zone, label, block } => {
            block::open(engine, claim, zone, label, *block).await
        }
        Job::AskBeacon { zone, label, horizon } => {
            beacon::ask(engine, claim, zone, label, horizon).await
        }
        Job::ReadCalendars { zone, label, batch, again } => {
            calendars::read(engine, claim, zone, label, *batch, *again).await
        }
        Job::ReadCalendar { check_in } => calendar::read(engine, claim, *check_in).await,
        Job::RevealKey { label } => reveal::run(engine, claim, label).await,
        Job::SendNotification { notification } => {
            notification::send(engine, claim, *notification).await
        }
        Job::OpenRoom { check_in } => room::open(engine, claim, *check_in).await,
        Job::CloseRoom { check_in } => room::close(engine, claim, *check_in).await,
        Job::Probe { check_in, .. } => probe::run(engine, claim, *check_in).await,
        Job::OpenCheckIn { check_in } => life::open(engine, claim, *check_in).await,
        Job::SeekVerifier { check_in, .. } => stand_by::seek(engine, claim, *check_in).await,
        Job::Remind { check_in, minute } => life::remind(engine, claim, *check_in, *minute).await,
        Job::CloseWindow { check_in } => life::close_window(engine, claim, *check_in).await,
        Job::CloseForm { check_in } => life::close_form(engine, claim, *check_in).await,
        Job::Judge { check_in } => judge::run(engine, claim, *check_in).await,
        Job::LinkPeople { .. } => links::link(engine, claim).await,
        Job::AdvanceCase { case, .. } => cases::advance(engine, claim, *case).await,
    }
}
