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
use muster_domain::judging::finding::{EvidenceValue, Finding, FindingStatus, Severity};
use muster_domain::time::UtcMillis;
use muster_messages::language::{say, tr, tr_text};
use muster_messages::pages::case::{CasePage, Evidence, EvidenceFact, FindingView};
use muster_messages::pages::{Bounds, StateWord, Tone, kind_text, severity_text, span_text};
use muster_messages::t;
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
    let viewer = Viewer::load(db, me.id(), [PersonId(case.person_id)]).await?;
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
    let title = t!("Case {no}", no = case.no);
    let frame = web.frame(&me.visitor, &title, "/cases").await;
    let when_more = t!("The check-in was {kind}.", kind = kind_words(check_in.why()));
    Ok(CasePage {
        frame: typed.told(frame),
        id: case.id.to_string(),
        number: case.no as u64,
        headline: headline(cause(&case), &subject.name),
        state: state_word(&case),
        owner: owner(web, me, &case).await?,
        when: zoned.beside(UtcMillis(check_in.start_ms), &subject),
        when_more,
        known: known(db, &case, &reader, &zone).await?,
        may_explain: explanations(advised).iter().map(|e| sentence(tr(e))).collect(),
        what_next: advice(advised).iter().map(|a| tr(a)).collect::<Vec<_>>().join(" "),
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
            let how = code.map_or_else(
                || t!("closed").to_owned(),
                |c| t!("closed: {how}", how = resolution(c)),
            );
            StateWord::new(&how, Tone::Quiet)
        }
        Some(CaseState::Acknowledged) => StateWord::new(t!("acknowledged"), Tone::Waiting),
        _ if cause(case) == CaseCause::Escalated => StateWord::new(t!("escalated"), Tone::Urgent),
        _ => StateWord::new(t!("open"), Tone::Review),
    }
}

async fn owner(web: &Web, me: &SignedIn, case: &row::Model) -> Result<String, Fail> {
    let db = web.context.store.read();
    Ok(match CaseState::from_code(&case.state) {
        Some(CaseState::Resolved) if case.resolved_by.is_none() => {
            t!("A later check-in settled this").to_owned()
        }
        Some(CaseState::Resolved) if case.resolved_by == Some(me.person.id) => {
            t!("You closed this").to_owned()
        }
        Some(CaseState::Resolved) => {
            let name = person_name(db, case.resolved_by).await?;
            t!("{name} closed this", name)
        }
        Some(CaseState::Acknowledged) if case.acknowledged_by == Some(me.person.id) => {
            t!("You have this").to_owned()
        }
        Some(CaseState::Acknowledged) => {
            let name = person_name(db, case.acknowledged_by).await?;
            t!("{name} has this", name)
        }
        _ => t!("Nobody has this yet").to_owned(),
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
            ms if ms > 0 => {
                let (moment, span) = (zoned.moment(at).text, span_text(ms));
                t!("{moment} (in {span})", moment, span)
            }
            _ => t!("now").to_owned(),
        }
    });
    Ok(match outlook(web.context.store.read(), case, check_in).await? {
        Outlook::Nothing => None,
        Outlook::Recheck => {
            let told = t!("A second chance comes first. Nobody is asked for anything until then.");
            Some(told.to_owned())
        }
        Outlook::OpensAgain => Some(match when {
            Some(when) => t!("It opens again {when} if it is not closed.", when),
            None => t!("It opens again if it is not closed.").to_owned(),
        }),
        Outlook::Tells(kind) => Some(match (who(kind), when) {
            (who, Some(when)) => t!("If nobody acts, {who} will be told {when}.", who, when),
            (who, None) => t!("If nobody acts, {who} will be told.", who),
        }),
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
            true => t!("It is read by HR and security, not by the line of management.").to_owned(),
            false => tr(denial.sentence()).to_owned(),
        };
        return Ok(view);
    }
    if !facts.is_serious() && !evidence_view::exists(db, check_in.check_in_id()).await? {
        view.state = "none";
        view.note = t!("Nothing was measured in this check-in.").to_owned();
        return Ok(view);
    }
    let Some(findings) = evidence_view::read(&web.context, viewer, case, check_in).await? else {
        view.note =
            t!("Opening it is written to the log, and the person can see that you did, and when.")
                .to_owned();
        if second_look(db, case, check_in).await? == SecondLook::Pending {
            view.note += " ";
            view.note +=
                t!("A second, blind look is still to come: whoever opens this now cannot take it.");
        }
        return Ok(view);
    };
    let at = evidence_view::opened_at(db, CaseId(case.id), viewer.id()).await?;
    view.state = "open";
    view.opened = at.map(|at| t!("You opened it {moment}.", moment = zoned.moment(at).text));
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
        let source = tr_text(&item.source);
        EvidenceFact {
            name: tr_text(&item.name),
            value: format!("{} {}", value(&item.value), tr_text(&item.unit)).trim().to_owned(),
            source: match item.data_age_days {
                Some(days) => t!("{source}, data {days} days old", source, days),
                None => source,
            },
            observed: zoned.moment(item.observed_at),
        }
    });
    FindingView {
        rule_id: found.rule_id.clone(),
        severity: StateWord::new(severity_text(found.severity), tone),
        sentence: say(&found.sentence_reviewer),
        benign_causes: found.benign_causes.iter().map(|cause| tr_text(cause)).collect(),
        facts: facts.collect(),
        status: match &found.status {
            FindingStatus::Active => t!("active").to_owned(),
            FindingStatus::Suppressed { reason, expires_at } => {
                t!("not counted until {date}: {reason}", date = zoned.date(*expires_at), reason)
            }
            FindingStatus::NotMeasurable { reason } => {
                t!("not measurable: {reason}", reason = tr_text(reason))
            }
            FindingStatus::Learning { until } => {
                t!("learning until {date}: does not count yet", date = zoned.date(*until))
            }
        },
    }
}

fn value(value: &EvidenceValue) -> String {
    match value {
        EvidenceValue::Flag(true) => t!("yes").to_owned(),
        EvidenceValue::Flag(false) => t!("no").to_owned(),
        EvidenceValue::Text(text) => tr_text(text),
        EvidenceValue::Whole(number) => number.to_string(),
    }
}

fn bounds(viewer: &Viewer, standing: &Standing<'_>) -> Bounds {
    if viewer.is_in_line_of(standing.facts.person) {
        return Bounds::of_manager();
    }
    if !viewer.may(Act::ResolveCase) {
        return Bounds::new(
            &[t!("Read the case and, once you open it, its evidence.")],
            &[t!("Take it on, write into it or close it.")],
        );
    }
    Bounds::new(
        &[
            t!("See the findings, once you open them."),
            t!("Close the case with a code and a reason."),
        ],
        &[
            t!("Decide about a person's work, pay or access here."),
            t!("Tell the line of management what the evidence says."),
        ],
    )
}

fn kind_words(kind: CheckInKind) -> &'static str {
    match kind {
        CheckInKind::Recheck => t!("a second chance"),
        CheckInKind::Baseline => t!("the first session"),
        other => kind_text(other),
    }
}

fn sentence(phrase: &str) -> String {
    let mut chars = phrase.chars();
    let first = chars.next().map(|c| c.to_uppercase().collect::<String>()).unwrap_or_default();
    format!("{first}{}.", chars.as_str())
}
