//! What verifiers are told by mail: be ready, come now, it is somebody else's, it is off. Times
//! only; names stand on the page, from the join window on.

use crate::acts::notify::{self, About, Notice};
use crate::acts::{ActResult, Context};
use muster_messages::mail::{Block, StandBy, StandByOver, StandByOverWhy, StandDown};
use muster_store::entities::{check_in, person};
use muster_store::work::Lane;
use muster_store::{Tx, people};

/// Asks a verifier to be ready for a session, in somebody's place or as drawn.
pub async fn call_verifier(
    context: &Context,
    tx: &Tx,
    row: &check_in::Model,
    verifier: &person::Model,
    step: &str,
    in_place: bool,
) -> ActResult<()> {
    let message = notify::worded(context, verifier, || StandBy {
        in_place,
        at_once: in_place && context.now().0 >= row.start_ms,
        ..called(context, row, verifier)
    });
    let notice = notice(row, verifier, step, true);
    notify::queue(context, tx, &notice, &message).await?;
    Ok(())
}

/// Asks a verifier to come into a talk and give a second opinion.
pub(super) async fn call_second(
    context: &Context,
    tx: &Tx,
    row: &check_in::Model,
    verifier: &person::Model,
    step: &str,
) -> ActResult<()> {
    let message = notify::worded(context, verifier, || StandBy {
        second_opinion: true,
        at_once: true,
        ..called(context, row, verifier)
    });
    let notice = notice(row, verifier, step, true);
    notify::queue(context, tx, &notice, &message).await?;
    Ok(())
}

fn called(context: &Context, row: &check_in::Model, verifier: &person::Model) -> StandBy {
    StandBy {
        frame: context.frame(verifier),
        blocks: vec![block(context, row, verifier)],
        called: true,
        in_place: false,
        second_opinion: false,
        at_once: false,
        page: context.page("/verifier"),
    }
}

/// Tells whoever holds the session that it does not take place.
pub async fn free_verifier(context: &Context, tx: &Tx, row: &check_in::Model) -> ActResult<()> {
    let Some(verifier) = row.verifier() else { return Ok(()) };
    let verifier = people::get(&**tx, verifier).await?;
    let message = notify::worded(context, &verifier, || StandDown {
        frame: context.frame(&verifier),
        block: block(context, row, &verifier),
        page: context.page("/verifier"),
    });
    notify::queue(context, tx, &notice(row, &verifier, "stand-down", false), &message).await?;
    Ok(())
}

pub(super) async fn tell_handed_over(
    context: &Context,
    tx: &Tx,
    row: &check_in::Model,
    late: &person::Model,
    attempt: i64,
) -> ActResult<()> {
    let step = format!("handed-over-{attempt}");
    tell(context, tx, row, late, &step, StandByOverWhy::HandedOver).await
}

pub(super) async fn tell_came_after_all(
    context: &Context,
    tx: &Tx,
    row: &check_in::Model,
    displaced: &person::Model,
) -> ActResult<()> {
    tell(context, tx, row, displaced, "came-after-all", StandByOverWhy::CameAfterAll).await
}

async fn tell(
    context: &Context,
    tx: &Tx,
    row: &check_in::Model,
    verifier: &person::Model,
    step: &str,
    why: StandByOverWhy,
) -> ActResult<()> {
    let message = notify::worded(context, verifier, || StandByOver {
        frame: context.frame(verifier),
        block: block(context, row, verifier),
        why,
        page: context.page("/verifier"),
    });
    notify::queue(context, tx, &notice(row, verifier, step, false), &message).await?;
    Ok(())
}

fn block(context: &Context, row: &check_in::Model, verifier: &person::Model) -> Block {
    let (reader, clocks) = (context.reader(verifier), row.clocks());
    let until = clocks.grace_end().plus_minutes(row.session_minutes);
    Block { from: reader.moment(clocks.start), until: reader.moment(until) }
}

fn notice<'a>(
    row: &check_in::Model,
    verifier: &'a person::Model,
    step: &'a str,
    is_first: bool,
) -> Notice<'a> {
    Notice {
        about: About::CheckIn(row.id),
        step,
        is_first,
        recipient: verifier,
        every_channel: false,
        lane: Lane::Announcement,
        even_in_shadow: false,
    }
}
