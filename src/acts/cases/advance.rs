//! The ladder of a case. Promise P3: as long as a case is not resolved, one `AdvanceCase` job of
//! it is waiting. The next step's timer is written with the step and never waits for a delivery.

use super::mail;
use super::recipients::{self, WorkingTime};
use crate::acts::policy;
use crate::acts::{ActResult, Context};
use muster_domain::case::{CaseCause, CaseState, StoryEvent};
use muster_domain::check_in::Presence;
use muster_domain::escalation::{
    Acknowledgement, CaseFacts, EscalationPolicy, NextStep, Recheck, RecipientKind, Step, StepDone,
    next_step,
};
use muster_domain::id::{CaseId, CheckInId, PersonId, PolicyVersionId};
use muster_domain::time::{DAY_MS, UtcMillis};
use muster_store::audit::Record;
use muster_store::entities::{case_event, case_step, cases as row};
use muster_store::jobs::Job;
use muster_store::{Tx, cases, check_ins, orders, people};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};

/// A case that waits for a re-check goes on after this time even if the re-check never ended.
const RECHECK_WAIT_MS: i64 = 3 * DAY_MS;

/// Withdraws the case's timer and plans the next one from the facts as they are now.
pub async fn replan(context: &Context, tx: &Tx, case: &row::Model) -> ActResult<()> {
    let mut case = case.clone();
    let old = Job::AdvanceCase { case: CaseId(case.id), turn: case.turn as u32 };
    old.withdraw(tx, "planned anew").await?;
    let (next, _) = next(context, tx, &case, context.now()).await?;
    let due = next.due();
    if let Some(due) = due {
        case.turn += 1;
        let job = Job::AdvanceCase { case: CaseId(case.id), turn: case.turn as u32 };
        job.plan(tx, due).await?;
    }
    case.next_step_ms = due.map(|d| d.0);
    muster_store::save(tx, case).await?;
    Ok(())
}

/// Takes the step that is due, if it still is, and plans the one after it.
pub async fn advance(context: &Context, tx: &Tx, id: CaseId) -> ActResult<()> {
    let mut case = cases::lock(tx, id).await?;
    let now = context.now();
    let (next, policy) = next(context, tx, &case, now).await?;
    if next.due().is_none_or(|due| due > now) {
        return replan(context, tx, &case).await;
    }
    match next {
        NextStep::Send { no, step, is_repeat, .. } => {
            send(context, tx, &mut case, &policy, no, &step, is_repeat).await?;
        }
        NextStep::Exhausted { no, step, .. } => {
            send(context, tx, &mut case, &policy, no, &step, true).await?;
        }
        NextStep::AcknowledgementLapses { .. } => lapse(tx, &mut case).await?,
        NextStep::Recheck { .. } | NextStep::Closed => {}
    }
    replan(context, tx, &case).await
}

async fn lapse(tx: &Tx, case: &mut row::Model) -> ActResult<()> {
    case.state = CaseState::Open.code().to_owned();
    muster_store::save(tx, case.clone()).await?;
    cases::tell(tx, case, StoryEvent::AcknowledgementLapsed.code(), None, None, "").await?;
    Ok(())
}

async fn send(
    context: &Context,
    tx: &Tx,
    case: &mut row::Model,
    policy: &EscalationPolicy,
    no: u32,
    step: &Step,
    is_repeat: bool,
) -> ActResult<()> {
    if case.state == CaseState::Acknowledged.code() {
        lapse(tx, case).await?;
    }
    let subject = people::get(&**tx, PersonId(case.person_id)).await?;
    let told = recipients::of(context, tx, step.recipient, Some(step), &subject).await?;
    let now = context.now();
    let taken = case_step::Model {
        case_id: case.id,
        no: i64::from(no),
        recipient: step.recipient.code().to_owned(),
        recipients: told.len() as i64,
        at_ms: now.0,
    };
    if !muster_store::insert_new(tx, taken).await? {
        return Ok(());
    }
    case.step = i64::from(no);
    case.last_step_ms = Some(now.0);
    muster_store::save(tx, case.clone()).await?;
    cases::tell(tx, case, StoryEvent::StepSent.code(), None, None, step.recipient.code()).await?;
    Record::new("case-step")
        .about(&subject)
        .fact("case", case.id.to_string())
        .fact("no", i64::from(no))
        .fact("recipient", step.recipient.code())
        .fact("recipients", told.len() as i64)
        .write(tx)
        .await?;
    if told.is_empty() {
        tracing::error!(
            case = case.no,
            "nobody could be told: no manager, HR, security or administrator"
        );
    }
    let (after, _) = next_of(context, tx, case, policy, now).await?;
    mail::tell(context, tx, case, &subject, &told, step, no, is_repeat, &after).await
}

/// What comes next as of `now`: one reading of the clock for one decision, because a step that is
/// due now would else lie in the past of its own plan.
async fn next(
    context: &Context,
    tx: &Tx,
    case: &row::Model,
    now: UtcMillis,
) -> ActResult<(NextStep, EscalationPolicy)> {
    let policy =
        policy::load(&**tx, PolicyVersionId(case.policy_version_id)).await?.policy.escalation;
    next_of(context, tx, case, &policy, now).await
}

async fn next_of(
    context: &Context,
    tx: &Tx,
    case: &row::Model,
    policy: &EscalationPolicy,
    now: UtcMillis,
) -> ActResult<(NextStep, EscalationPolicy)> {
    let subject = people::get(&**tx, PersonId(case.person_id)).await?;
    let working = WorkingTime::load(context, tx, &policy.steps, &subject).await?;
    let done = steps_done(tx, case).await?;
    let facts = facts(tx, case).await?;
    let acknowledgements = acknowledgements(tx, case, &done).await?;
    let after =
        |kind: RecipientKind, from: UtcMillis, minutes: u32| working.after(kind, from, minutes);
    let next = next_step(policy, &facts, &done, &acknowledgements, now, &after);
    Ok((next, policy.clone()))
}

async fn facts(tx: &Tx, case: &row::Model) -> ActResult<CaseFacts> {
    let check_in = check_ins::get(&**tx, CheckInId(case.check_in_id)).await?;
    let is_different = check_in.presence.as_deref() == Some(Presence::DifferentPerson.code());
    let looked = events(tx, case, StoryEvent::SecondLookGiven).await?;
    Ok(CaseFacts {
        cause: CaseCause::from_code(&case.cause).unwrap_or(CaseCause::NeedsReview),
        state: CaseState::from_code(&case.state).unwrap_or(CaseState::Open),
        opened_at: UtcMillis(case.opened_ms),
        recheck: recheck(tx, case).await?,
        awaits_second_look: is_different && looked.is_empty(),
    })
}

async fn recheck(tx: &Tx, case: &row::Model) -> ActResult<Recheck> {
    if case.waits_for.is_some() {
        let asked = orders::of_case(&**tx, case.id).await?.map_or(case.opened_ms, |o| o.created_ms);
        return Ok(Recheck::Pending { ends_at: UtcMillis(asked + RECHECK_WAIT_MS) });
    }
    let failed = events(tx, case, StoryEvent::RecheckFailed).await?;
    Ok(match failed.last() {
        Some(event) => Recheck::Failed { at: UtcMillis(event.at_ms) },
        None => Recheck::NotDue,
    })
}

async fn steps_done(tx: &Tx, case: &row::Model) -> ActResult<Vec<StepDone>> {
    let steps = cases::steps(&**tx, CaseId(case.id)).await?;
    let done = steps.iter().filter_map(|s| {
        Some(StepDone {
            no: s.no as u32,
            recipient: RecipientKind::from_code(&s.recipient)?,
            at: UtcMillis(s.at_ms),
            recipients: s.recipients as u32,
        })
    });
    Ok(done.collect())
}

/// Every *I have this*, each for the newest sending before it.
async fn acknowledgements(
    tx: &Tx,
    case: &row::Model,
    done: &[StepDone],
) -> ActResult<Vec<Acknowledgement>> {
    let mut people: Vec<uuid::Uuid> = Vec::new();
    let mut acknowledgements = Vec::new();
    for event in events(tx, case, StoryEvent::Acknowledged).await? {
        let Some(actor) = event.actor else { continue };
        let by = people.iter().position(|p| *p == actor).unwrap_or_else(|| {
            people.push(actor);
            people.len() - 1
        });
        let answered =
            done.iter().filter(|d| d.at.0 <= event.at_ms).map(|d| d.no).max().unwrap_or(0);
        acknowledgements.push(Acknowledgement {
            step_no: answered,
            by: by as u32,
            at: UtcMillis(event.at_ms),
        });
    }
    Ok(acknowledgements)
}

async fn events(tx: &Tx, case: &row::Model, kind: StoryEvent) -> ActResult<Vec<case_event::Model>> {
    Ok(case_event::Entity::find()
        .filter(case_event::Column::CaseId.eq(case.id))
        .filter(case_event::Column::Kind.eq(kind.code()))
        .order_by_asc(case_event::Column::AtMs)
        .all(&**tx)
        .await?)
}
