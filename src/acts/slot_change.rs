//! The calendar of somebody who was told of a check-in does not take its slot: it gets the next one,
//! or the day counts as shielded. Every refused slot is an audit entry; the draw's state stays.

use super::announce::{self, INVITATION, Reason};
use super::notify::{self, About, Notice};
use super::{ActResult, Context, stand_by};
use muster_domain::check_in::{CheckInKind, CheckInState};
use muster_domain::draw::{NextSlot, Selection};
use muster_domain::id::{CheckInId, PersonId, PolicyVersionId};
use muster_domain::time::{MINUTE_MS, UtcMillis};
use muster_messages::mail::line::Line;
use muster_messages::mail::{
    Block, CheckInTimes, InvitationCancelled, InvitationUpdate, StandDown,
};
use muster_messages::t;
use muster_store::audit::Record;
use muster_store::entities::{check_in, person};
use muster_store::jobs::Job;
use muster_store::work::Lane;
use muster_store::{Tx, busy, orders, people};

/// `check_in.cancel_reason` of a day that the person's calendar shielded.
pub const CALENDAR_FULL: &str = "calendar_full";

/// Does what was decided about a locked check-in that is still ahead.
pub async fn apply(
    context: &Context,
    tx: &Tx,
    row: check_in::Model,
    next: &NextSlot,
) -> ActResult<()> {
    let person = people::get(&**tx, row.person()).await?;
    for (no, slot) in (1_i64..).zip(&next.refused) {
        busy::refuse(tx, row.check_in_id(), row.person(), *slot, busy::reason::BUSY).await?;
        Record::new("check-in-slot-refused")
            .about(&person)
            .fact("check_in", row.id.to_string())
            .fact("kind", row.kind.as_str())
            .fact("label", row.label.as_str())
            .fact("no", no)
            .fact("reason", busy::reason::BUSY)
            .commit("start_ms", slot.0)
            .write(tx)
            .await?;
    }
    metrics::counter!("muster_slots_refused_total").increment(next.refused.len() as u64);
    match &next.selection {
        Some(selection) => change(context, tx, row, &person, selection).await,
        None => shield(context, tx, row, &person).await,
    }
}

async fn change(
    context: &Context,
    tx: &Tx,
    mut row: check_in::Model,
    person: &person::Model,
    selection: &Selection,
) -> ActResult<()> {
    let previous = row.clone();
    let verifier = people::by_token(&**tx, selection.verifier).await?;
    row.start_ms = selection.slot.0;
    row.announce_ms = selection.slot.0 - i64::from(selection.notice_minutes) * MINUTE_MS;
    row.verifier_id = verifier.as_ref().map(|v| v.id);
    row.sequence += 1;
    // The first word of the new time has yet to be accepted.
    row.state = CheckInState::Booking.code().to_owned();
    muster_store::save(tx, row.clone()).await?;
    announce::replan(tx, &row).await?;
    stand_by::begin_anew(tx, row.check_in_id()).await?;

    let policy = super::policy::load(&**tx, PolicyVersionId(row.policy_version_id)).await?;
    let reason = reason(context, tx, &row).await?;
    let reader = context.reader(person);
    let words = announce::invitation(context, tx, person, &policy.policy, &reason, &row);
    let invitation = notify::wording(context, person, words).await?;
    let update = notify::worded(context, person, || InvitationUpdate {
        invitation,
        previous_start: reader.moment(UtcMillis(previous.start_ms)),
        reason: Line::new(t!("Your calendar shows something else at the first time.")),
    });
    let step = format!("{INVITATION}-update-{}", row.sequence);
    tell(context, tx, &row, &step, person, &update).await?;
    if row.verifier_id != previous.verifier_id {
        stand_down(context, tx, &previous).await?;
    }
    announce::tell_verifier(context, tx, verifier.as_ref(), &row).await?;
    Record::new("check-in-slot-changed")
        .about(person)
        .fact("check_in", row.id.to_string())
        .fact("kind", row.kind.as_str())
        .fact("label", row.label.as_str())
        .fact("sequence", row.sequence)
        .commit("start_ms", row.start_ms)
        .commit("verifier", verifier.as_ref().map(|v| hex::encode(&v.draw_token)))
        .write(tx)
        .await?;
    Ok(())
}

/// No slot of the day is left that the calendar takes: nobody is asked for anything, and the hit
/// has counted all the same.
async fn shield(
    context: &Context,
    tx: &Tx,
    mut row: check_in::Model,
    person: &person::Model,
) -> ActResult<()> {
    let now = context.now();
    row.excused_ms = Some(now.0);
    row.cancel_reason = Some(CALENDAR_FULL.to_owned());
    row.sequence += 1;
    muster_store::save(tx, row.clone()).await?;
    let message = notify::worded(context, person, || InvitationCancelled {
        frame: context.frame(person),
        code: Line::new(&row.code),
        page: context.page(&format!("/check-ins/{}", row.id)),
        times: CheckInTimes::new(&row.clocks(), &context.reader(person)),
        reason: Line::new(t!("Your calendar has no free time left for it today.")),
        invite: Some(announce::calendar_invite(context, person, &row)),
    });
    tell(context, tx, &row, "cancelled", person, &message).await?;
    stand_down(context, tx, &row).await?;
    Record::new("check-in-shielded")
        .about(person)
        .fact("check_in", row.id.to_string())
        .fact("kind", row.kind.as_str())
        .fact("label", row.label.as_str())
        .write(tx)
        .await?;
    Job::Judge { check_in: row.check_in_id() }.plan(tx, now).await?;
    Ok(())
}

/// The verifier who was called is not needed at that time.
async fn stand_down(context: &Context, tx: &Tx, row: &check_in::Model) -> ActResult<()> {
    let Some(verifier) = row.verifier() else { return Ok(()) };
    let verifier = people::get(&**tx, verifier).await?;
    let reader = context.reader(&verifier);
    let clocks = row.clocks();
    let until = clocks.grace_end().plus_minutes(row.session_minutes);
    let message = notify::worded(context, &verifier, || StandDown {
        frame: context.frame(&verifier),
        block: Block { from: reader.moment(clocks.start), until: reader.moment(until) },
        page: context.page("/verifier"),
    });
    let step = format!("stand-down-{}", row.sequence);
    let notice = Notice { every_channel: false, ..notice(row, &step, &verifier) };
    notify::queue(context, tx, &notice, &message).await?;
    Ok(())
}

async fn tell<M: muster_messages::mail::Message>(
    context: &Context,
    tx: &Tx,
    row: &check_in::Model,
    step: &str,
    person: &person::Model,
    message: &M,
) -> ActResult<()> {
    notify::queue(context, tx, &notice(row, step, person), message).await?;
    Ok(())
}

fn notice<'a>(row: &check_in::Model, step: &'a str, recipient: &'a person::Model) -> Notice<'a> {
    Notice {
        about: About::CheckIn(row.id),
        step,
        is_first: false,
        recipient,
        every_channel: true,
        lane: Lane::Announcement,
        even_in_shadow: false,
    }
}

async fn reason(context: &Context, tx: &Tx, row: &check_in::Model) -> ActResult<Reason> {
    if row.why() == CheckInKind::Drawn {
        return Ok(Reason::Drawn);
    }
    match orders::of_check_in(&**tx, CheckInId(row.id)).await? {
        Some(order) => announce::reason_of(context, tx, &order).await,
        None => Ok(Reason::Manual {
            ordered_by: PersonId(row.ordered_by.unwrap_or_default()),
            ordered_by_name: String::new(),
            reason: String::new(),
        }),
    }
}
