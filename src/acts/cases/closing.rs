//! Closing a case: with a code of the closed list and a typed reason, by somebody who may, after
//! looking (promise P10). The outcome of the check-in stays as it was judged.

use super::decide::{closed_by, record, typed, was_said};
use super::standing::{Held, Viewer, cause, hold, second_look};
use super::words::{EXCUSES, resolution, words_of};
use super::{advance, mail};
use crate::acts::notify::{self, About, Notice};
use crate::acts::{ActError, ActResult, Context, evidence_view};
use muster_domain::access::{Act, CaseFacts, Denial};
use muster_domain::case::{
    CaseCause, CaseState, ResolutionCode, ResolutionRefusal, ResolutionRequest, StoryEvent,
    may_resolve,
};
use muster_domain::id::{CaseId, CheckInId, PersonId};
use muster_domain::judging::finding::Disposition;
use muster_messages::language::tr;
use muster_messages::mail::CaseResolved;
use muster_messages::mail::line::Line;
use muster_messages::t;
use muster_store::entities::cases as row;
use muster_store::work::Lane;
use muster_store::{Owner, Place, cases, notifications, people, rule_records};
use sea_orm::ConnectionTrait;
use std::collections::BTreeSet;

/// Excuses a first plain miss: the one closing a manager has.
///
/// # Errors
/// `Forbidden` where it is no first plain miss; `Invalid` for an unknown code or too short a reason;
/// `Conflict` where it is closed already.
pub async fn excuse(
    context: &Context,
    actor: PersonId,
    id: CaseId,
    code: &str,
    reason: &str,
) -> ActResult<()> {
    let held = hold(context, actor, id, Act::ExcuseFirstMiss).await?;
    if was_said(context, &held, StoryEvent::Excused, actor, code, reason.trim()).await? {
        return Ok(());
    }
    if !(held.case.first_plain_miss && cause(&held.case) == CaseCause::Missed) {
        let sentence = tr(ResolutionRefusal::OutsideTheLineOnly.sentence());
        return Err(ActError::forbidden(sentence));
    }
    if words_of(&EXCUSES, code).is_none() {
        return Err(ActError::invalid("excuse", t!("Choose what excuses it.")));
    }
    let fields = Fields { code: "excuse", reason: "excuse_reason" };
    let closing = Closing { code: ResolutionCode::ExcusedAbsence, detail: code, reason };
    close(context, held, actor, &closing, fields).await
}

/// Closes a case.
///
/// # Errors
/// `Forbidden`, `Conflict` or `Invalid` with everything that stands against it, in words.
pub async fn resolve(
    context: &Context,
    actor: PersonId,
    id: CaseId,
    code: &str,
    reason: &str,
) -> ActResult<()> {
    let held = hold(context, actor, id, Act::ViewCase).await?;
    let Some(code) = ResolutionCode::from_code(code) else {
        return Err(ActError::invalid("resolution", t!("Choose how the case ended.")));
    };
    // With another reason it is not the same form sent twice, and the reason would be lost.
    if was_said(context, &held, StoryEvent::Resolved, actor, code.code(), reason.trim()).await? {
        return Ok(());
    }
    let fields = Fields { code: "resolution", reason: "resolution_reason" };
    let closing = Closing { code, detail: code.code(), reason };
    close(context, held, actor, &closing, fields).await
}

struct Closing<'a> {
    code: ResolutionCode,
    /// Kept in the story.
    detail: &'a str,
    reason: &'a str,
}

/// The fields of the form, for what was typed wrong.
struct Fields {
    code: &'static str,
    reason: &'static str,
}

async fn close(
    context: &Context,
    mut held: Held,
    actor: PersonId,
    closing: &Closing<'_>,
    fields: Fields,
) -> ActResult<()> {
    check(&held, closing, &fields).await?;
    let reason = typed(fields.reason, closing.reason)?.to_owned();
    let owner = Owner::Person(PersonId(held.case.person_id));
    let place = Place { table: "cases", column: "resolution_reason", row: held.case.id };
    held.case.state = CaseState::Resolved.code().to_owned();
    held.case.resolution = Some(closing.code.code().to_owned());
    held.case.resolution_reason = Some(held.tx.seal(owner, place, &reason).await?);
    held.case.resolved_by = Some(actor.0);
    held.case.resolved_ms = Some(context.now().0);
    muster_store::save(&held.tx, held.case.clone()).await?;
    let disposition = closing.code.disposition();
    if disposition != Disposition::None {
        let about = CheckInId(held.case.check_in_id);
        rule_records::dispose(&held.tx, about, disposition).await?;
    }
    let event = match fields.code {
        "excuse" => StoryEvent::Excused,
        _ => StoryEvent::Resolved,
    };
    let (tx, case) = (&held.tx, &held.case);
    cases::tell(tx, case, event.code(), Some(actor), Some(&reason), closing.detail).await?;
    record(&held, "case-resolved")
        .fact("code", closing.code.code())
        .commit("reason", reason)
        .write(tx)
        .await?;
    tell_everybody(context, &held, closing.code).await?;
    advance::replan(context, tx, case).await?;
    held.tx.commit().await?;
    Ok(())
}

/// Everything that stands against it, at once.
async fn check(held: &Held, closing: &Closing<'_>, fields: &Fields) -> ActResult<()> {
    let cause = cause(&held.case);
    let relation = held.viewer.relation(&held.facts, &held.check_in);
    let seen = evidence_seen(&*held.tx, &held.viewer, &held.facts, &held.case).await?;
    let request = ResolutionRequest {
        cause,
        state: CaseState::from_code(&held.case.state).unwrap_or(CaseState::Open),
        code: closing.code,
        reason: closing.reason,
        closer: relation,
        evidence_opened: seen,
        misses_before: u32::from(!held.case.first_plain_miss),
        second_look: second_look(&*held.tx, &held.case, &held.check_in).await?,
    };
    match may_resolve(&request) {
        Ok(()) => held.viewer.may_close(&held.facts, seen).map_err(refused),
        Err(against) => Err(refusal(held, &against, fields).await?),
    }
}

/// Whether whoever closes has looked, or there is nothing he could have looked at. A manager who
/// excuses a plain miss has no evidence to open; in a serious case there is no way round it.
pub async fn evidence_seen(
    db: &impl ConnectionTrait,
    viewer: &Viewer,
    facts: &CaseFacts,
    case: &row::Model,
) -> ActResult<bool> {
    if cases::has_opened_evidence(db, CaseId(case.id), viewer.id()).await? {
        return Ok(true);
    }
    if facts.is_serious() {
        return Ok(false);
    }
    if viewer.is_in_line_of(facts.person) {
        return Ok(true);
    }
    Ok(!evidence_view::exists(db, CheckInId(case.check_in_id)).await?)
}

fn refused(denial: Denial) -> ActError {
    match denial {
        Denial::EvidenceNotOpened => ActError::conflict(tr(denial.sentence())),
        other => ActError::forbidden(tr(other.sentence())),
    }
}

async fn refusal(
    held: &Held,
    against: &[ResolutionRefusal],
    fields: &Fields,
) -> ActResult<ActError> {
    use ResolutionRefusal as Refusal;
    if against.contains(&Refusal::AlreadyResolved) {
        return Ok(ActError::Conflict(closed_by(&held.tx, &held.case).await?));
    }
    let field = |refusal: &Refusal| match refusal {
        Refusal::ReasonTooShort => Some(fields.reason),
        Refusal::CodeNotForCause => Some(fields.code),
        _ => None,
    };
    let typed: Vec<(&'static str, String)> =
        against.iter().filter_map(|r| Some((field(r)?, tr(r.sentence()).to_owned()))).collect();
    if typed.len() == against.len() {
        return Ok(ActError::Invalid(typed));
    }
    let can_change = |r: &&Refusal| {
        field(r).is_some() || matches!(r, Refusal::EvidenceNotOpened | Refusal::SecondLookPending)
    };
    let sentences: Vec<&str> = against.iter().map(|r| tr(r.sentence())).collect();
    let sentence = sentences.join(" ");
    Ok(match against.iter().all(|r| can_change(&r)) {
        true => ActError::Conflict(sentence),
        false => ActError::Forbidden(sentence),
    })
}

/// Whoever was told of the case hears that it is closed; the typed reason stays on the page.
async fn tell_everybody(context: &Context, held: &Held, code: ResolutionCode) -> ActResult<()> {
    let (tx, case) = (&held.tx, &held.case);
    let sent = notifications::about(&**tx, About::Case(case.id).code(), case.id).await?;
    let told: BTreeSet<uuid::Uuid> = sent.iter().map(|n| n.recipient).collect();
    let checkpoint = mail::checkpoint(context, tx).await?;
    let is_escalated = cause(case) == CaseCause::Escalated;
    for id in told {
        let found = people::find(&**tx, PersonId(id)).await?.filter(|p| p.state == "active");
        let Some(recipient) = found.filter(|p| p.id != held.viewer.person.id) else { continue };
        let letter = notify::worded(context, &recipient, || CaseResolved {
            frame: context.frame(&recipient),
            number: case.no as u64,
            person: (!is_escalated).then(|| Line::new(&held.subject.name)),
            resolution: Line::new(resolution(code)),
            resolved_by: Line::new(&held.viewer.person.name),
            resolved: context.reader(&recipient).moment(context.now()),
            page: context.page(&format!("/cases/{}", case.id)),
            checkpoint: checkpoint.clone(),
        });
        let notice = Notice {
            about: About::Case(case.id),
            step: "resolved",
            is_first: false,
            recipient: &recipient,
            every_channel: false,
            lane: Lane::Escalation,
            even_in_shadow: false,
        };
        notify::queue(context, tx, &notice, &letter).await?;
    }
    Ok(())
}
