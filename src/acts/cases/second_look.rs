//! The second, blind look that a `different_person` needs before anybody outside security hears of
//! it. Blind: whoever has met the person or has opened the evidence cannot give it.

use super::advance;
use super::decide::{record, still_open, typed};
use super::standing::{hold, second_look};
use super::words::SECOND_LOOKS;
use crate::acts::{ActError, ActResult, Context};
use muster_domain::access::{Act, Denial};
use muster_domain::case::{SecondLook, StoryEvent};
use muster_domain::check_in::Presence;
use muster_domain::id::{CaseId, PersonId};
use muster_messages::language::tr;
use muster_messages::t;
use muster_store::cases;

/// Records what a second person saw.
///
/// # Errors
/// `Forbidden` where the person is not blind or in the line; `Invalid` for an unknown answer or no
/// words; `Conflict` where none is asked for or it was given.
pub async fn give_second_look(
    context: &Context,
    actor: PersonId,
    id: CaseId,
    answer: &str,
    how: &str,
) -> ActResult<()> {
    let held = hold(context, actor, id, Act::TakeBlindLook).await?;
    still_open(&held).await?;
    match second_look(&*held.tx, &held.case, &held.check_in).await? {
        SecondLook::Pending => {}
        SecondLook::NotNeeded => {
            return Err(ActError::conflict(t!("This case does not need a second look.")));
        }
        SecondLook::Given if was_given_by(context, &held, actor, answer).await? => return Ok(()),
        SecondLook::Given => {
            return Err(ActError::conflict(t!("The second look was given already.")));
        }
    }
    if held.viewer.shares_a_line_with(held.facts.person) {
        return Err(ActError::forbidden(tr(Denial::OwnLine.sentence())));
    }
    if held.check_in.verifier() == Some(actor) {
        return Err(ActError::forbidden(tr(Denial::WasTheVerifier.sentence())));
    }
    if cases::has_opened_evidence(&*held.tx, id, actor).await? {
        let sentence = t!("You have opened the evidence, so your look is not blind any more. \
             Somebody else has to take it.");
        return Err(ActError::forbidden(sentence));
    }
    let known = Presence::from_code(answer).filter(|p| SECOND_LOOKS.iter().any(|(k, _)| k == p));
    let Some(answer) = known else {
        return Err(ActError::invalid("second_look", t!("Choose what you saw.")));
    };
    let how = typed("second_look_how", how)?;
    let kind = StoryEvent::SecondLookGiven.code();
    cases::tell(&held.tx, &held.case, kind, Some(actor), Some(how), answer.code()).await?;
    record(&held, "case-second-look").commit("answer", answer.code()).write(&held.tx).await?;
    advance::replan(context, &held.tx, &held.case).await?;
    held.tx.commit().await?;
    Ok(())
}

async fn was_given_by(
    context: &Context,
    held: &super::standing::Held,
    actor: PersonId,
    answer: &str,
) -> ActResult<bool> {
    let story = cases::story(&context.store, &*held.tx, &held.case).await?;
    Ok(story.iter().any(|line| {
        line.row.kind == StoryEvent::SecondLookGiven.code()
            && line.row.actor == Some(actor.0)
            && line.row.detail == answer
    }))
}
