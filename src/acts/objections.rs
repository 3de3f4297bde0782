//! Objections to outcomes: kept with the date until which an answer is promised, watched, answered by
//! somebody who is neither in the person's line nor the verifier. The outcome stays; what follows from
//! an objection belongs to the case.

use super::notify::{self, About, Notice};
use super::office::{self, Asker};
use super::{ActError, ActResult, Context, receipts};
use crate::acts::cases::standing::{Viewer, may_know_outcome};
use muster_domain::access::Act;
use muster_domain::calendar::HolidayCalendars;
use muster_domain::id::{CheckInId, PersonId};
use muster_domain::time::{DAY_MS, UtcMillis, start_of_day};
use muster_messages::language::tr;
use muster_messages::mail::line::Line;
use muster_messages::mail::{ObjectionNote, ObjectionWhy};
use muster_messages::t;
use muster_store::audit::Record;
use muster_store::entities::{check_in, objection, person};
use muster_store::work::Lane;
use muster_store::{Tx, check_ins, holidays, objections, people};

/// Working days within which an answer is promised.
pub const ANSWER_DAYS: u32 = 5;
/// Days looked ahead for working days; longer closures do not put the answer off.
const DAYS_MAX: u32 = 30;
/// Whoever may answer is reminded again after this time.
const REMIND_MS: i64 = DAY_MS;
/// Answered ones that are shown.
const ANSWERED_MAX: u64 = 50;

/// Keeps an objection beside the word that was handed on.
pub(in crate::acts) async fn keep(
    context: &Context,
    tx: &Tx,
    me: &person::Model,
    id: CheckInId,
    words: &str,
) -> ActResult<()> {
    let calendars = holidays::all(&**tx).await?;
    let due = due(&calendars, me, context.now());
    objections::send(tx, PersonId(me.id), id, words, due).await?;
    Ok(())
}

/// The end of the fifth working day after this one, where the person works.
fn due(calendars: &HolidayCalendars, me: &person::Model, now: UtcMillis) -> UtcMillis {
    let zone = super::context::zone_of(me);
    let mut date = now.date_in(&zone);
    let mut left = ANSWER_DAYS;
    for _ in 0..DAYS_MAX {
        let Ok(next) = date.tomorrow() else { break };
        date = next;
        let is_weekend = date.weekday().to_monday_zero_offset() >= 5;
        let is_holiday =
            me.holidays.as_deref().is_some_and(|code| calendars.is_holiday(code, date));
        if !is_weekend && !is_holiday {
            left -= 1;
        }
        if left == 0 {
            break;
        }
    }
    date.tomorrow().map_or(now, |after| start_of_day(after, &zone))
}

/// Reminds whoever may answer of objections whose date has passed, once a day. Answers how many.
///
/// # Errors
/// Those of the store and of rendering.
pub async fn remind(context: &Context) -> ActResult<usize> {
    let now = context.now();
    let before = now.plus_ms(-REMIND_MS);
    let late = objections::overdue(context.store.read(), now, before).await?;
    for row in &late {
        let tx = context.store.begin().await?;
        let id = CheckInId(row.check_in_id);
        let still = objections::lock(&tx, id).await?.filter(|r| r.answered_ms.is_none());
        let Some(row) = still.filter(|r| r.told_ms.is_none_or(|told| told <= before.0)) else {
            continue;
        };
        let check_in = check_ins::get(&*tx, id).await?;
        let step = format!("objection-waits-{}", now.0 / REMIND_MS);
        for reader in office::holders_of(&tx, Act::ReviewDispute, &[]).await? {
            if may_answer(&tx, PersonId(reader.id), &check_in).await.is_err() {
                continue;
            }
            let page = format!("/objections/{}", row.check_in_id);
            let note = note(context, &reader, ObjectionWhy::Waits, &check_in, &row, &page);
            tell(context, &tx, &reader, &step, &row, &note).await?;
        }
        muster_store::save(&tx, objection::Model { told_ms: Some(now.0), ..row }).await?;
        tx.commit().await?;
    }
    Ok(late.len())
}

/// What one reader may see and answer.
#[derive(Debug, Clone)]
pub struct Seen {
    pub row: objection::Model,
    pub check_in: check_in::Model,
    pub person: person::Model,
}

/// Those without an answer, oldest first, then some that were answered; as far as the reader may
/// know of them and stands outside.
///
/// # Errors
/// Those of the store.
pub async fn list(context: &Context, reader: PersonId) -> ActResult<Vec<Seen>> {
    let db = context.store.read();
    let mut rows = objections::open(db).await?;
    rows.extend(objections::answered(db, ANSWERED_MAX).await?);
    let viewer = Viewer::load(db, reader, rows.iter().map(|row| PersonId(row.person_id))).await?;
    let mut seen = Vec::new();
    for row in rows {
        let check_in = check_ins::get(db, CheckInId(row.check_in_id)).await?;
        let is_outside = viewer.may_review_dispute(check_in.person(), check_in.verifier()).is_ok();
        if is_outside && may_know_outcome(db, &viewer, &check_in).await? {
            let person = people::get(db, PersonId(row.person_id)).await?;
            seen.push(Seen { row, check_in, person });
        }
    }
    Ok(seen)
}

/// Answers one. The person reads it on the page of the check-in.
///
/// # Errors
/// `Forbidden` in the person's line or for the verifier; `Invalid` without an answer; `Conflict` where
/// it is answered already.
pub async fn answer(
    context: &Context,
    actor: PersonId,
    id: CheckInId,
    text: &str,
) -> ActResult<()> {
    let tx = context.store.begin().await?;
    let asker = Asker::load(&tx, Some(actor), Act::ReviewDispute).await?;
    let Some(row) = objections::lock(&tx, id).await? else {
        return Err(muster_store::StoreError::missing("objection", id).into());
    };
    let check_in = check_ins::get(&*tx, id).await?;
    may_answer(&tx, actor, &check_in).await?;
    if row.answered_ms.is_some() {
        return Err(ActError::conflict(t!("This objection is answered already.")));
    }
    let text = answer_text(text)?;
    let person = people::get(&*tx, PersonId(row.person_id)).await?;
    objections::answer(&tx, row.clone(), actor, &text).await?;
    Record::new("objection-answered")
        .by(asker.pseudonym())
        .about(&person)
        .fact("check_in", id.to_string())
        .commit("answer", text)
        .write(&tx)
        .await?;
    if person.state == "active" {
        let page = format!("/check-ins/{id}/done");
        let note = note(context, &person, ObjectionWhy::Answered, &check_in, &row, &page);
        tell(context, &tx, &person, "objection-answered", &row, &note).await?;
    }
    Ok(tx.commit().await?)
}

fn answer_text(text: &str) -> ActResult<String> {
    let text = text.trim();
    if text.split_whitespace().count() < 3 || text.chars().count() > 2000 {
        let said = t!("Write an answer of at least three words and at most 2000 characters.");
        return Err(ActError::invalid("answer", said));
    }
    Ok(text.to_owned())
}

async fn may_answer(tx: &Tx, reader: PersonId, check_in: &check_in::Model) -> ActResult<()> {
    let viewer = Viewer::load(&**tx, reader, [check_in.person()]).await?;
    viewer
        .may_review_dispute(check_in.person(), check_in.verifier())
        .map_err(|denial| ActError::forbidden(tr(denial.sentence())))?;
    match may_know_outcome(&**tx, &viewer, check_in).await? {
        true => Ok(()),
        false => Err(muster_store::StoreError::missing("objection", check_in.id).into()),
    }
}

fn note(
    context: &Context,
    reader: &person::Model,
    why: ObjectionWhy,
    check_in: &check_in::Model,
    row: &objection::Model,
    page: &str,
) -> ObjectionNote {
    notify::worded(context, reader, || ObjectionNote {
        frame: context.frame(reader),
        why,
        number: Line::new(&receipts::number(check_in)),
        sent: context.reader(reader).moment(UtcMillis(row.sent_ms)),
        page: context.page(page),
    })
}

async fn tell(
    context: &Context,
    tx: &Tx,
    reader: &person::Model,
    step: &str,
    row: &objection::Model,
    note: &ObjectionNote,
) -> ActResult<()> {
    let notice = Notice {
        about: About::Office(row.check_in_id),
        step,
        is_first: step == "objection-answered",
        recipient: reader,
        every_channel: false,
        lane: Lane::Digest,
        even_in_shadow: false,
    };
    notify::queue(context, tx, &notice, note).await?;
    Ok(())
}
