//! The clocks of one check-in: it opens, whoever is missing gets a friendly word, window and
//! grace end, and at last the verifier's form is too late.

use crate::acts::notify::{self, About, Notice};
use crate::engine::Engine;
use crate::engine::job_error::JobError;
use muster_domain::check_in::CheckInState;
use muster_domain::id::CheckInId;
use muster_domain::judging::attendance::{AttendanceSettings, fold_attendance};
use muster_messages::mail::line::Line;
use muster_messages::mail::{CheckInTimes, NotStartedYet};
use muster_store::entities::check_in;
use muster_store::jobs::Job;
use muster_store::work::{self, Claim, Lane};
use muster_store::{Tx, check_ins, evidence, people};

pub(super) async fn open(engine: &Engine, claim: &Claim, id: CheckInId) -> Result<(), JobError> {
    let tx = engine.context.store.begin().await?;
    let mut row = check_ins::lock(&tx, id).await?;
    if matches!(row.life(), CheckInState::Booking | CheckInState::Announced) {
        row.state = CheckInState::Open.code().to_owned();
        muster_store::save(&tx, row).await?;
    }
    work::complete(&tx, claim).await?;
    Ok(tx.commit().await?)
}

/// To the person who has not come yet; at the start also to the verifier who is not there.
pub(super) async fn remind(
    engine: &Engine,
    claim: &Claim,
    id: CheckInId,
    minute: u16,
) -> Result<(), JobError> {
    let context = &engine.context;
    let tx = context.store.begin().await?;
    let row = check_ins::lock(&tx, id).await?;
    let sightings = evidence::attendance(&*tx, id).await?;
    let is_waited_for =
        !is_over(&row) && !sightings.iter().any(|s| s.who == "employee" && s.kind == "joined");
    if is_waited_for {
        let person = people::get(&*tx, row.person()).await?;
        let reminder = notify::worded(context, &person, || NotStartedYet {
            frame: context.frame(&person),
            code: Line::new(&row.code),
            page: context.page(&format!("/check-ins/{id}")),
            times: CheckInTimes::new(&row.clocks(), &context.reader(&person)),
            minutes_since_start: minute,
        });
        let step = format!("reminder-{minute}");
        let notice = Notice {
            about: About::CheckIn(row.id),
            step: &step,
            is_first: false,
            recipient: &person,
            every_channel: true,
            lane: Lane::Announcement,
            even_in_shadow: false,
        };
        notify::queue(context, &tx, &notice, &reminder).await?;
    }
    work::complete(&tx, claim).await?;
    Ok(tx.commit().await?)
}

/// Window and grace have passed: without a meeting there is nothing to wait for.
pub(super) async fn close_window(
    engine: &Engine,
    claim: &Claim,
    id: CheckInId,
) -> Result<(), JobError> {
    let tx = engine.context.store.begin().await?;
    let row = check_ins::lock(&tx, id).await?;
    if !is_over(&row) && !is_meeting(engine, &tx, &row).await? {
        Job::Judge { check_in: id }.plan(&tx, engine.now()).await?;
    }
    work::complete(&tx, claim).await?;
    Ok(tx.commit().await?)
}

/// They may have met, and no form came within a day.
pub(super) async fn close_form(
    engine: &Engine,
    claim: &Claim,
    id: CheckInId,
) -> Result<(), JobError> {
    let tx = engine.context.store.begin().await?;
    let row = check_ins::lock(&tx, id).await?;
    if !is_over(&row) {
        Job::Judge { check_in: id }.plan(&tx, engine.now()).await?;
    }
    work::complete(&tx, claim).await?;
    Ok(tx.commit().await?)
}

fn is_over(row: &check_in::Model) -> bool {
    matches!(row.life(), CheckInState::Judged | CheckInState::Closed)
}

/// Whether both are together now, or were long enough to have met: then the form is waited for.
async fn is_meeting(engine: &Engine, tx: &Tx, row: &check_in::Model) -> Result<bool, JobError> {
    if row.life() == CheckInState::Live {
        return Ok(true);
    }
    let events = super::gather::sightings(tx, row.check_in_id()).await?;
    let settings = AttendanceSettings::default();
    Ok(fold_attendance(&events, &row.clocks(), &settings, engine.now()).met)
}
