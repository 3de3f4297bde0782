//! Opening the evidence of a case: an act that the person it is about can see. What was opened is
//! then read here and nowhere else, family by family as the reader's roles allow.

use super::cases::standing::{Held, Viewer, facts_of, hold};
use super::{ActError, ActResult, Context};
use muster_domain::access::Act;
use muster_domain::case::StoryEvent;
use muster_domain::id::{CaseId, CheckInId, PersonId};
use muster_domain::judging::finding::{Disposition, Family, Finding};
use muster_domain::judging::judge::{Judgement, JudgingInput};
use muster_domain::judging::rules;
use muster_domain::msg;
use muster_domain::time::UtcMillis;
use muster_messages::language::tr;
use muster_messages::t;
use muster_store::audit::Record;
use muster_store::entities::{cases as row, check_in, evidence_view, person};
use muster_store::{Owner, Place, StoreError, cases, check_ins, evidence};
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
        .map_err(|denial| ActError::forbidden(tr(denial.sentence())))?;
    if !exists(&*held.tx, held.check_in.check_in_id()).await? && !held.facts.is_serious() {
        return Err(ActError::conflict(t!("Nothing was measured in this check-in.")));
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
    let depth = if sees_network { Depth::Network } else { Depth::Values };
    Ok(Some(kept(context, db, check_in.check_in_id(), depth).await?))
}

/// How much of the evidence somebody may read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Depth {
    /// What did not fit, without what was measured: the line of management.
    Sentences,
    /// Place, device and what the verifier saw.
    Values,
    /// Addresses, network paths and what light allows, too.
    Network,
}

impl Depth {
    const fn code(self) -> &'static str {
        match self {
            Depth::Sentences => "sentences",
            Depth::Values => "values",
            Depth::Network => "network",
        }
    }
}

/// The evidence of one case, as one reader may read it.
pub struct Seen {
    pub case: row::Model,
    pub check_in: check_in::Model,
    pub subject: person::Model,
    pub depth: Depth,
    pub findings: Vec<Finding>,
    /// What judging was given and said; `None` for the line, and where nothing is left of it.
    pub judged: Option<(JudgingInput, Judgement)>,
    /// Whether only the area of the place is left.
    pub is_area_only: bool,
}

/// Looks at the evidence of a case. Every look is an audit entry, and the person can see who looked.
///
/// # Errors
/// `Missing` where the person may not know of the case; `Forbidden` without a right to any of it;
/// `Conflict` where it has to be opened first.
pub async fn see(context: &Context, actor: PersonId, id: CaseId) -> ActResult<Seen> {
    let held = hold(context, actor, id, Act::ViewCase).await?;
    let (viewer, facts, store) = (&held.viewer, &held.facts, &context.store);
    let depth = match viewer.may_open_evidence(Act::OpenEvidence, facts) {
        Ok(()) if opened_at(&*held.tx, id, actor).await?.is_none() => {
            return Err(ActError::conflict(t!("Open the evidence on the page of the case first.")));
        }
        Ok(()) => match viewer.may_open_evidence(Act::OpenNetworkEvidence, facts) {
            Ok(()) => Depth::Network,
            Err(_) => Depth::Values,
        },
        Err(denial) => match viewer.may_read_findings(facts) {
            Ok(()) => Depth::Sentences,
            Err(_) => return Err(ActError::forbidden(tr(denial.sentence()))),
        },
    };
    let about = held.check_in.check_in_id();
    let findings = kept(context, &*held.tx, about, depth).await?;
    let judged = match depth {
        Depth::Sentences => None,
        _ => match check_ins::judgement(store, &*held.tx, &held.check_in).await {
            Err(StoreError::Erased) => None,
            found => found?,
        },
    };
    let attested = evidence::attestation(&*held.tx, about).await?;
    let is_area_only = attested.is_none_or(|a| a.coarse);
    let view = evidence_view::Model {
        case_id: held.case.id,
        viewer: actor.0,
        subject: held.case.person_id,
        at_ms: context.now().0,
    };
    muster_store::insert_new(&held.tx, view).await?;
    Record::new("evidence-viewed")
        .by(Some(held.viewer.person.pseudonym))
        .about(&held.subject)
        .fact("case", held.case.id.to_string())
        .fact("check_in", held.check_in.id.to_string())
        .fact("depth", depth.code())
        .write(&held.tx)
        .await?;
    let Held { tx, case, subject, check_in, .. } = held;
    tx.commit().await?;
    Ok(Seen { case, check_in, subject, depth, findings, judged, is_area_only })
}

/// The findings of a check-in down to a depth, the gravest first, with what was said of them since.
async fn kept(
    context: &Context,
    db: &impl ConnectionTrait,
    check_in: CheckInId,
    depth: Depth,
) -> ActResult<Vec<Finding>> {
    let mut findings = Vec::new();
    for kept in evidence::findings(db, check_in).await? {
        if depth < Depth::Network && is_network(&kept.family) {
            continue;
        }
        let owner = Owner::Person(PersonId(kept.person_id));
        let place = Place { table: "finding", column: "detail", row: kept.id };
        let mut finding: Finding = match context.store.unseal(db, owner, place, &kept.detail).await
        {
            Err(StoreError::Erased) => continue,
            found => found?,
        };
        finding.disposition =
            Disposition::from_code(&kept.disposition).unwrap_or(Disposition::None);
        if depth == Depth::Sentences {
            let about = rules::rule(&finding.rule_id).map(|rule| rule.about);
            let gone = msg!("A rule of an earlier version of the program spoke.");
            finding.sentence_reviewer = about.unwrap_or(gone).into();
            finding.evidence.clear();
            finding.thresholds.clear();
        }
        findings.push(finding);
    }
    findings.sort_by(|a, b| b.severity.cmp(&a.severity).then(a.rule_id.cmp(&b.rule_id)));
    Ok(findings)
}

/// A family we do not know is treated as network evidence.
fn is_network(family: &str) -> bool {
    use Family::{Latency, Linkage, Path};
    Family::from_code(family).is_none_or(|f| matches!(f, Path | Latency | Linkage))
}
