//! Opening the evidence of a case: an act that the person it is about can see. What was opened is
//! then read here and nowhere else, family by family as the reader's roles allow.

use super::cases::standing::{Viewer, facts_of, hold};
use super::{ActError, ActResult, Context};
use muster_domain::access::Act;
use muster_domain::case::StoryEvent;
use muster_domain::id::{CaseId, CheckInId, PersonId};
use muster_domain::judging::finding::{Family, Finding};
use muster_domain::time::UtcMillis;
use muster_store::audit::Record;
use muster_store::entities::{cases as row, check_in, evidence_view};
use muster_store::{Owner, Place, cases, evidence};
use sea_orm::{ConnectionTrait, EntityTrait};

/// Opens the evidence for one person. Opening it again changes nothing.
///
/// # Errors
/// `Missing` where the person may not know of the case; `Forbidden` in his own line or without a
/// role; `Conflict` where there is nothing to open.
pub async fn open_evidence(context: &Context, actor: PersonId, id: CaseId) -> ActResult<()> {
    let held = hold(context, actor, id, Act::ViewCase).await?;
    held.viewer
        .may_open_evidence(Act::OpenEvidence, &held.facts)
        .map_err(|denial| ActError::forbidden(denial.sentence()))?;
    if !exists(&*held.tx, held.check_in.check_in_id()).await? && !held.facts.is_serious() {
        return Err(ActError::conflict("Nothing was measured in this check-in."));
    }
    let view = evidence_view::Model {
        case_id: held.case.id,
        viewer: actor.0,
        subject: held.case.person_id,
        at_ms: context.now().0,
    };
    if !muster_store::insert_new(&held.tx, view).await? {
        return Ok(());
    }
    let kind = StoryEvent::EvidenceOpened.code();
    cases::tell(&held.tx, &held.case, kind, Some(actor), None, "").await?;
    Record::new("evidence-opened")
        .by(Some(held.viewer.person.pseudonym))
        .about(&held.subject)
        .fact("case", held.case.id.to_string())
        .fact("check_in", held.check_in.id.to_string())
        .write(&held.tx)
        .await?;
    held.tx.commit().await?;
    Ok(())
}

/// Whether a check-in left anything that could be opened.
pub async fn exists(db: &impl ConnectionTrait, id: CheckInId) -> ActResult<bool> {
    if !evidence::findings(db, id).await?.is_empty() {
        return Ok(true);
    }
    Ok(evidence::attestation(db, id).await?.is_some() || evidence::form(db, id).await?.is_some())
}

/// When this person opened the evidence of this case.
pub async fn opened_at(
    db: &impl ConnectionTrait,
    case: CaseId,
    viewer: PersonId,
) -> ActResult<Option<UtcMillis>> {
    let view = evidence_view::Entity::find_by_id((case.0, viewer.0)).one(db).await?;
    Ok(view.map(|v| UtcMillis(v.at_ms)))
}

/// The findings of a case as this reader may read them; `None` until the reader has opened them.
/// Addresses, network paths and links between people are security's alone.
pub async fn read(
    context: &Context,
    viewer: &Viewer,
    case: &row::Model,
    check_in: &check_in::Model,
) -> ActResult<Option<Vec<Finding>>> {
    let db = context.store.read();
    let facts = facts_of(db, case, check_in).await?;
    let is_allowed = viewer.may_open_evidence(Act::OpenEvidence, &facts).is_ok();
    if !is_allowed || opened_at(db, CaseId(case.id), viewer.id()).await?.is_none() {
        return Ok(None);
    }
    let sees_network = viewer.may_open_evidence(Act::OpenNetworkEvidence, &facts).is_ok();
    let mut findings = Vec::new();
    for kept in evidence::findings(db, check_in.check_in_id()).await? {
        if !sees_network && is_network(&kept.family) {
            continue;
        }
        let owner = Owner::Person(PersonId(kept.person_id));
        let place = Place { table: "finding", column: "detail", row: kept.id };
        let finding: Finding = context.store.unseal(db, owner, place, &kept.detail).await?;
        findings.push(finding);
    }
    findings.sort_by(|a, b| b.severity.cmp(&a.severity).then(a.rule_id.cmp(&b.rule_id)));
    Ok(Some(findings))
}

/// A family we do not know is treated as network evidence.
fn is_network(family: &str) -> bool {
    use Family::{Latency, Linkage, Path};
    Family::from_code(family).is_none_or(|f| matches!(f, Path | Latency | Linkage))
}
