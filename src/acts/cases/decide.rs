//! What people do on the way of a case: take it on, write down what they learned, propose how it
//! should end. None of it closes anything, and sending it twice does it once.

use super::standing::{Held, hold};
use super::words::{PROPOSALS, TO_SECURITY, words_of};
use super::{advance, mail};
use crate::acts::{ActError, ActResult, Context, TWICE_MS, policy};
use muster_domain::access::Act;
use muster_domain::case::{CaseState, StoryEvent};
use muster_domain::escalation::RecipientKind;
use muster_domain::id::{CaseId, PersonId, PolicyVersionId};
use muster_domain::time::UtcMillis;
use muster_messages::t;
use muster_store::audit::Record;
use muster_store::entities::cases as row;
use muster_store::{Tx, cases, people};
use sea_orm::ConnectionTrait;

/// Longest text somebody types about a case, in characters.
pub const TEXT_CHARS_MAX: usize = 2_000;

/// *I have this.* The ladder stands still until the acknowledgement lapses.
///
/// # Errors
/// `Missing` where the person may not know of the case; `Conflict` where it is closed or somebody
/// else has it (and the step does not ask everybody).
pub async fn acknowledge(context: &Context, actor: PersonId, id: CaseId) -> ActResult<()> {
    let mut held = hold(context, actor, id, Act::AcknowledgeCase).await?;
    still_open(&held).await?;
    let is_taken = held.case.state == CaseState::Acknowledged.code();
    if is_taken && has_acknowledged(&held, actor).await? {
        return Ok(());
    }
    if is_taken && !everybody_must(&*held.tx, &held.case).await? {
        let name = name_of(&*held.tx, held.case.acknowledged_by).await?;
        return Err(ActError::Conflict(t!("{name} has this case already.", name)));
    }
    if !is_taken {
        held.case.state = CaseState::Acknowledged.code().to_owned();
        held.case.acknowledged_by = Some(actor.0);
        held.case.acknowledged_ms = Some(context.now().0);
        muster_store::save(&held.tx, held.case.clone()).await?;
    }
    let kind = StoryEvent::Acknowledged.code();
    cases::tell(&held.tx, &held.case, kind, Some(actor), None, "").await?;
    record(&held, "case-acknowledged").write(&held.tx).await?;
    advance::replan(context, &held.tx, &held.case).await?;
    held.tx.commit().await?;
    Ok(())
}

/// Adds what somebody learned to the story.
///
/// # Errors
/// `Invalid` where nothing or too much was typed; `Conflict` where the case is closed.
pub async fn comment(context: &Context, actor: PersonId, id: CaseId, text: &str) -> ActResult<()> {
    let held = hold(context, actor, id, Act::CommentCase).await?;
    still_open(&held).await?;
    let text = typed("comment", text)?;
    if was_said(context, &held, StoryEvent::Commented, actor, "", text).await? {
        return Ok(());
    }
    let kind = StoryEvent::Commented.code();
    cases::tell(&held.tx, &held.case, kind, Some(actor), Some(text), "").await?;
    record(&held, "case-commented").commit("text", text).write(&held.tx).await?;
    held.tx.commit().await?;
    Ok(())
}

/// Proposes how the case should go on. Somebody outside the line decides, and gets a mail.
///
/// # Errors
/// `Invalid` for an unknown code or an empty reason; `Conflict` where the case is closed.
pub async fn propose(
    context: &Context,
    actor: PersonId,
    id: CaseId,
    code: &str,
    reason: &str,
) -> ActResult<()> {
    let held = hold(context, actor, id, Act::ProposeOnCase).await?;
    still_open(&held).await?;
    let Some(words) = words_of(&PROPOSALS, code) else {
        return Err(ActError::invalid("proposal", t!("Choose one of the proposals.")));
    };
    let reason = typed("proposal_reason", reason)?;
    if was_said(context, &held, StoryEvent::ResolutionProposed, actor, code, reason).await? {
        return Ok(());
    }
    let kind = StoryEvent::ResolutionProposed.code();
    cases::tell(&held.tx, &held.case, kind, Some(actor), Some(reason), code).await?;
    record(&held, "case-proposed")
        .fact("proposal", code)
        .commit("reason", reason)
        .write(&held.tx)
        .await?;
    let kind = if code == TO_SECURITY { RecipientKind::Security } else { RecipientKind::Hr };
    mail::tell_proposal(context, &held, kind, words).await?;
    held.tx.commit().await?;
    Ok(())
}

/// An entry of the log about this case, by this person.
pub(super) fn record(held: &Held, kind: &'static str) -> Record {
    Record::new(kind)
        .by(Some(held.viewer.person.pseudonym))
        .about(&held.subject)
        .fact("case", held.case.id.to_string())
}

/// Refuses what comes after the end.
pub(super) async fn still_open(held: &Held) -> ActResult<()> {
    if held.case.state != CaseState::Resolved.code() {
        return Ok(());
    }
    Err(ActError::Conflict(closed_by(&held.tx, &held.case).await?))
}

/// Who closed it, as a sentence.
pub(super) async fn closed_by(tx: &Tx, case: &row::Model) -> ActResult<String> {
    Ok(match case.resolved_by {
        Some(_) => {
            let name = name_of(&**tx, case.resolved_by).await?;
            t!("{name} closed this case already.", name)
        }
        None => t!("A later check-in settled this case already.").to_owned(),
    })
}

/// A typed text of a useful length, trimmed.
pub(super) fn typed<'a>(field: &'static str, text: &'a str) -> ActResult<&'a str> {
    let text = text.trim();
    if text.is_empty() {
        return Err(ActError::invalid(field, t!("Write at least one sentence.")));
    }
    if text.chars().count() > TEXT_CHARS_MAX {
        let sentence = t!("Write at most {max} characters.", max = TEXT_CHARS_MAX);
        return Err(ActError::Invalid(vec![(field, sentence)]));
    }
    Ok(text)
}

async fn name_of(db: &impl ConnectionTrait, id: Option<uuid::Uuid>) -> ActResult<String> {
    let Some(id) = id else { return Ok(t!("Somebody").to_owned()) };
    let found = people::find(db, PersonId(id)).await?;
    Ok(found.map_or_else(|| t!("Somebody who has left").to_owned(), |p| p.name))
}

/// Whether this person has answered the newest sending already.
async fn has_acknowledged(held: &Held, actor: PersonId) -> ActResult<bool> {
    if held.case.acknowledged_by == Some(actor.0) {
        return Ok(true);
    }
    let since = held.case.last_step_ms.unwrap_or(held.case.opened_ms);
    let store = held.tx.store();
    let story = cases::story(store, &*held.tx, &held.case).await?;
    Ok(story.iter().any(|line| {
        line.row.kind == StoryEvent::Acknowledged.code()
            && line.row.actor == Some(actor.0)
            && line.row.at_ms >= since
    }))
}

/// Whether the newest sending asks each of its recipients to take the case on.
pub async fn everybody_must(db: &impl ConnectionTrait, case: &row::Model) -> ActResult<bool> {
    let steps = cases::steps(db, CaseId(case.id)).await?;
    let Some(newest) = steps.last() else { return Ok(false) };
    let id = PolicyVersionId(case.policy_version_id);
    let steps = policy::load(db, id).await?.policy.escalation.steps;
    Ok(steps.iter().any(|s| s.recipient.code() == newest.recipient && s.all_must_acknowledge))
}

pub(super) async fn was_said(
    context: &Context,
    held: &Held,
    kind: StoryEvent,
    actor: PersonId,
    detail: &str,
    text: &str,
) -> ActResult<bool> {
    let story = cases::story(&context.store, &*held.tx, &held.case).await?;
    let since: UtcMillis = context.now().plus_ms(-TWICE_MS);
    Ok(story.iter().any(|line| {
        line.row.kind == kind.code()
            && line.row.actor == Some(actor.0)
            && line.row.detail == detail
            && line.row.at_ms >= since.0
            && line.text.as_deref() == Some(text)
    }))
}
