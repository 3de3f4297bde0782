//! Opening a case, and what the end of its re-check means for it.

use super::advance;
use crate::acts::{ActResult, Context};
use muster_domain::case::{CaseCause, CaseState, ResolutionCode, StoryEvent};
use muster_domain::check_in::Outcome;
use muster_domain::id::{CaseId, PersonId};
use muster_store::audit::Record;
use muster_store::entities::{cases as row, check_in, person};
use muster_store::{Tx, cases};

/// What opens a case.
pub struct NewCase<'a> {
    pub person: &'a person::Model,
    pub cause: CaseCause,
    pub check_in: &'a check_in::Model,
    /// The order of the re-check it waits for, if one is due.
    pub waits_for: Option<uuid::Uuid>,
    pub first_plain_miss: bool,
}

/// Opens a case, or adds to the open one of the same person and cause.
pub async fn open(context: &Context, tx: &Tx, new: &NewCase<'_>) -> ActResult<row::Model> {
    let person = PersonId(new.person.id);
    if let Some(open) = cases::open_of(&**tx, person, new.cause.code()).await? {
        let mut case = cases::lock(tx, CaseId(open.id)).await?;
        let detail = new.check_in.id.to_string();
        cases::tell(tx, &case, StoryEvent::Opened.code(), None, None, &detail).await?;
        case.check_in_id = new.check_in.id;
        case.first_plain_miss = false;
        muster_store::save(tx, case.clone()).await?;
        return Ok(case);
    }
    let store = &context.store;
    let mut case = row::Model {
        id: CaseId::from_random(store.entropy().bytes()).0,
        no: cases::next_no(tx).await?,
        person_id: new.person.id,
        cause: new.cause.code().to_owned(),
        state: CaseState::Open.code().to_owned(),
        check_in_id: new.check_in.id,
        policy_version_id: new.check_in.policy_version_id,
        waits_for: new.waits_for,
        first_plain_miss: new.first_plain_miss,
        step: 0,
        turn: 0,
        last_step_ms: None,
        next_step_ms: None,
        acknowledged_by: None,
        acknowledged_ms: None,
        resolution: None,
        resolution_reason: None,
        resolved_by: None,
        resolved_ms: None,
        opened_ms: context.now().0,
    };
    muster_store::insert(tx, case.clone()).await?;
    let detail = new.check_in.id.to_string();
    cases::tell(tx, &case, StoryEvent::Opened.code(), None, None, &detail).await?;
    if new.waits_for.is_some() {
        cases::tell(tx, &case, StoryEvent::RecheckArranged.code(), None, None, "").await?;
    }
    Record::new("case-opened")
        .about(new.person)
        .fact("case", case.id.to_string())
        .fact("cause", case.cause.as_str())
        .fact("check_in", detail)
        .write(tx)
        .await?;
    advance::replan(context, tx, &case).await?;
    case = cases::lock(tx, CaseId(case.id)).await?;
    Ok(case)
}

/// The re-check of a case has an outcome. A verified one settles a plain miss; anything else
/// starts the ladder. Another re-check may be owed because we failed to hold this one.
pub async fn recheck_ended(
    context: &Context,
    tx: &Tx,
    id: CaseId,
    outcome: Outcome,
    owed_again: Option<uuid::Uuid>,
) -> ActResult<()> {
    let mut case = cases::lock(tx, id).await?;
    if case.state == CaseState::Resolved.code() {
        return Ok(());
    }
    if let Some(order) = owed_again {
        case.waits_for = Some(order);
        muster_store::save(tx, case.clone()).await?;
        return advance::replan(context, tx, &case).await;
    }
    case.waits_for = None;
    let is_settled =
        outcome == Outcome::Verified && case.cause == CaseCause::Missed.code() && case.step == 0;
    if !is_settled {
        muster_store::save(tx, case.clone()).await?;
        let event = match outcome {
            Outcome::Verified => StoryEvent::RecheckVerified,
            _ => StoryEvent::RecheckFailed,
        };
        cases::tell(tx, &case, event.code(), None, None, outcome.code()).await?;
        return advance::replan(context, tx, &case).await;
    }
    case.state = CaseState::Resolved.code().to_owned();
    case.resolution = Some(ResolutionCode::IdentityConfirmedLater.code().to_owned());
    case.resolved_ms = Some(context.now().0);
    muster_store::save(tx, case.clone()).await?;
    cases::tell(tx, &case, StoryEvent::RecheckVerified.code(), None, None, "").await?;
    cases::tell(
        tx,
        &case,
        StoryEvent::Resolved.code(),
        None,
        None,
        ResolutionCode::IdentityConfirmedLater.code(),
    )
    .await?;
    let person = muster_store::people::get(&**tx, PersonId(case.person_id)).await?;
    Record::new("case-resolved")
        .about(&person)
        .fact("case", case.id.to_string())
        .fact("code", ResolutionCode::IdentityConfirmedLater.code())
        .fact("by", "re-check")
        .write(tx)
        .await?;
    advance::replan(context, tx, &case).await
}

/// The re-check a case waits for will not take place; its ladder starts now.
pub async fn stop_waiting(context: &Context, tx: &Tx, id: CaseId, why: &str) -> ActResult<()> {
    let mut case = cases::lock(tx, id).await?;
    case.waits_for = None;
    muster_store::save(tx, case.clone()).await?;
    cases::tell(tx, &case, StoryEvent::RecheckFailed.code(), None, None, why).await?;
    advance::replan(context, tx, &case).await
}
