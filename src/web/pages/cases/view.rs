//! The page of one case, as one reader may read it.

use super::offered::{self, Standing, Typed};
use super::story;
use crate::acts::cases::outlook::{Outlook, outlook};
use crate::acts::cases::standing::{Viewer, cause, facts_of, second_look};
use crate::acts::cases::words::{advised_as, headline, resolution};
use crate::acts::cases::{advice, explanations, known, who};
use crate::acts::evidence_view;
use crate::web::session::SignedIn;
use crate::web::{Fail, Web, Zoned, person_name};
use muster_domain::access::Act;
use muster_domain::case::{CaseCause, CaseState, ResolutionCode, SecondLook};
use muster_domain::check_in::CheckInKind;
use muster_domain::id::{CaseId, CheckInId, PersonId};
use muster_domain::judging::finding::{Finding, FindingStatus, Severity};
use muster_domain::time::UtcMillis;
use muster_messages::pages::case::{CasePage, Evidence, EvidenceFact, FindingView};
use muster_messages::pages::{Bounds, StateWord, Tone, kind_text, span_text};
use muster_store::entities::{cases as row, check_in};
use muster_store::{cases, check_ins, people};

/// Builds the page. A case the reader may not know of is not there.
pub(super) async fn page(
    web: &Web,
    me: &SignedIn,
    id: CaseId,
    typed: &Typed,
) -> Result<CasePage, Fail> {
    let db = web.context.store.read();
    let case = Fail::unless_found(cases::find(db, id).await?)?;
    let viewer = Viewer::load(db, me.id()).await?;
    let check_in = check_ins::get(db, CheckInId(case.check_in_id)).await?;
    let facts = facts_of(db, &case, &check_in).await?;
    if !viewer.may_view(&facts) {
        return Err(Fail::NotFound);
    }
    let subject = people::get(db, PersonId(case.person_id)).await?;
    let standing = Standing {
        viewer: &viewer,
        facts: &facts,
        case: &case,
        check_in: &check_in,
        subject: &subject,
    };
    let zoned = web.zoned(me);
    let reader = web.context.reader(&me.person);
    let zone = web.context.subject_zone(&subject);
    let advised = advised_as(cause(&case));
    let frame = web.frame(&me.visitor, &format!("Case {}", case.no), "/cases").await;
    Ok(CasePage {
        frame: typed.told(frame),
        id: case.id.to_string(),
        number: case.no as u64,
        headline: headline(cause(&case), &subject.name),
        state: state_word(&case),
        owner: owner(web, me, &case).await?,
        when: zoned.beside(UtcMillis(check_in.start_ms), &subject),
        when_more: format!("The check-in was {}.", kind_words(check_in.why())),
        known: known(db, &case, &reader, &zone).await?,
        may_explain: explanations(advised).iter().map(|e| sentence(e)).collect(),
        what_next: advice(advised).join(" "),
        next_step: next_step(web, &zoned, &case, &check_in).await?,
        acts: offered::acts(db, &standing, typed).await?,
        evidence: evidence(web, &standing, &zoned).await?,
        story: story::story(web, &standing, &zoned).await?,
        bounds: bounds(&viewer, &standing),
    })
}

/// A case's state in words.
pub(in crate::web::pages) fn state_word(case: &row::Model) -> StateWord {
    match CaseState::from_code(&case.state) {
        Some(CaseState::Resolved) => {
            let code = case.resolution.as_deref().and_then(ResolutionCode::from_code);
            let how = code.map_or("closed".to_owned(), |c| format!("closed: {}", resolution(c)));
            StateWord::new(&how, Tone::Quiet)
        }
        Some(CaseState::Acknowledged) => StateWord::new("acknowledged", Tone::Waiting),
        _ if cause(case) == CaseCause::Escalated => StateWord::new("escalated", Tone::Urgent),
        _ => StateWord::new("open", Tone::Review),
    }
}

async fn owner(web: &Web, me: &SignedIn, case: &row::Model) -> Result<String, Fail> {
    let db = web.context.store.read();
    Ok(match CaseState::from_code(&case.state) {
        Some(CaseState::Resolved) if case.resolved_by.is_none() => {
            "A later check-in settled this".to_owned()
        }
        Some(CaseState::Resolved) if case.resolved_by == Some(me.person.id) => {
            "You closed this".to_owned()
        }
        Some(CaseState::Resolved) => {
            format!("{} closed this", person_name(db, case.resolved_by).await?)
        }
        Some(CaseState::Acknowledged) if case.acknowledged_by == Some(me.person.id) => {
            "You have this".to_owned()
        }
        Some(CaseState::Acknowledged) => {
            format!("{} has this", person_name(db, case.acknowledged_by).await?)
        }
        _ => "Nobody has this yet".to_owned(),
    })
}

/// What happens if nobody acts, and when.
pub(super) async fn next_step(
    web: &Web,
    zoned: &Zoned,
    case: &row::Model,
    check_in: &check_in::Model,
) -> Result<Option<String>, Fail> {
    let when = case.next_step_ms.map(|ms| {
        let at = UtcMillis(ms);
        match at.since(zoned.now) {
            ms if ms > 0 => format!("{} (in {})", zoned.moment(at).text, span_text(ms)),
            _ => "now".to_owned(),
        }
    });
    let when = when.map(|w| format!(" {w}")).unwrap_or_default();
    Ok(match outlook(web.context.store.read(), case, check_in).await? {
        Outlook::Nothing => None,
        Outlook::Recheck => {
            Some("A second chance comes first. Nobody is asked for anything until then.".to_owned())
        }
        Outlook::OpensAgain => Some(format!("It opens again{when} if it is not closed.")),
        Outlook::Tells(kind) => Some(format!("If nobody acts, {} will be told{when}.", who(kind))),
    })
}

async fn evidence(web: &Web, standing: &Standing<'_>, zoned: &Zoned) -> Result<Evidence, Fail> {
    let db = web.context.store.read();
    let Standing { viewer, facts, case, check_in, .. } = standing;
    let mut view = Evidence { state: "closed", note: String::new(), ..Evidence::default() };
    if let Err(denial) = viewer.may_open_evidence(Act::OpenEvidence, facts) {
        view.state = "not_for_you";
        view.may_read = viewer.may_read_findings(facts).is_ok()
            && evidence_view::exists(db, check_in.check_in_id()).await?;
        view.note = match viewer.is_in_line_of(facts.person) {
            true => "It is read by HR and security, not by the line of management.".to_owned(),
            false => denial.sentence().to_owned(),
        };
        return Ok(view);
    }
    if !facts.is_serious() && !evidence_view::exists(db, check_in.check_in_id()).await? {
        view.state = "none";
        view.note = "Nothing was measured in this check-in.".to_owned();
        return Ok(view);
    }
    let Some(findings) = evidence_view::read(&web.context, viewer, case, check_in).await? else {
        view.note =
            "Opening it is written to the log, and the person can see that you did, and when."
                .to_owned();
        if second_look(db, case, check_in).await? == SecondLook::Pending {
            view.note +=
                " A second, blind look is still to come: whoever opens this now cannot take it.";
        }
        return Ok(view);
    };
    let at = evidence_view::opened_at(db, CaseId(case.id), viewer.id()).await?;
    view.state = "open";
    view.opened = at.map(|at| format!("You opened it {}.", zoned.moment(at).text));
    view.may_read = true;
    let without_facts = |f: &Finding| FindingView { facts: Vec::new(), ..finding(f, zoned) };
    view.findings = findings.iter().map(without_facts).collect();
    Ok(view)
}

pub(super) fn finding(found: &Finding, zoned: &Zoned) -> FindingView {
    let tone = match found.severity {
        Severity::Critical => Tone::Urgent,
        Severity::High => Tone::Review,
        Severity::Medium => Tone::Unclear,
        Severity::Low | Severity::Info => Tone::Quiet,
    };
    let facts = found.evidence.iter().map(|item| {
        let age = item.data_age_days.map(|d| format!(", data {d} days old")).unwrap_or_default();
        EvidenceFact {
            name: item.name.clone(),
            value: format!("{} {}", item.value, item.unit).trim().to_owned(),
            source: format!("{}{age}", item.source),
            observed: zoned.moment(item.observed_at),
        }
    });
    FindingView {
        rule_id: found.rule_id.clone(),
        severity: StateWord::new(found.severity.code(), tone),
        sentence: found.sentence_reviewer.clone(),
        benign_causes: found.benign_causes.clone(),
        facts: facts.collect(),
        status: match &found.status {
            FindingStatus::Active => "active".to_owned(),
            FindingStatus::Suppressed { reason, expires_at } => {
                format!("not counted until {}: {reason}", zoned.date(*expires_at))
            }
            FindingStatus::NotMeasurable { reason } => format!("not measurable: {reason}"),
            FindingStatus::Learning { until } => {
                format!("learning until {}: does not count yet", zoned.date(*until))
            }
        },
    }
}

fn bounds(viewer: &Viewer, standing: &Standing<'_>) -> Bounds {
    if viewer.is_in_line_of(standing.facts.person) {
        return Bounds::of_manager();
    }
    if !viewer.may(Act::ResolveCase) {
        return Bounds::new(
            &["Read the case and, once you open it, its evidence."],
            &["Take it on, write into it or close it."],
        );
    }
    Bounds::new(
        &["See the findings, once you open them.", "Close the case with a code and a reason."],
        &[
            "Decide about a person's work, pay or access here.",
            "Tell the line of management what the evidence says.",
        ],
    )
}

fn kind_words(kind: CheckInKind) -> &'static str {
    match kind {
        CheckInKind::Recheck => "a second chance",
        CheckInKind::Baseline => "the first session",
        other => kind_text(other),
    }
}

fn sentence(phrase: &str) -> String {
    let mut chars = phrase.chars();
    let first = chars.next().map(|c| c.to_uppercase().collect::<String>()).unwrap_or_default();
    format!("{first}{}.", chars.as_str())
}
