//! Which acts a reader is offered on a case, and the forms they are sent with.

use crate::acts::cases::closing::evidence_seen;
use crate::acts::cases::decide::{TEXT_CHARS_MAX, everybody_must};
use crate::acts::cases::standing::{Viewer, cause, second_look};
use crate::acts::cases::words::{EXCUSES, PROPOSALS, SECOND_LOOKS, resolution};
use crate::web::Fail;
use crate::web::session::Posted;
use muster_domain::access::{Act, CaseFacts};
use muster_domain::case::{CaseCause, CaseState, CloserRelation, ResolutionCode, SecondLook};
use muster_domain::id::CaseId;
use muster_messages::language::tr;
use muster_messages::pages::case::{CaseActs, ResolveForm};
use muster_messages::pages::{Choices, PageFrame, TextArea};
use muster_messages::t;
use muster_store::cases;
use muster_store::entities::{cases as row, check_in, person};
use sea_orm::ConnectionTrait;

/// What was typed and could not be taken.
#[derive(Default)]
pub(super) struct Typed {
    pub faults: Vec<(&'static str, String)>,
    pub form: Option<Posted>,
}

impl Typed {
    /// The faults above the page, each linked to its field.
    pub fn told(&self, mut frame: PageFrame) -> PageFrame {
        const CHOICES: [&str; 4] = ["excuse", "proposal", "second_look", "resolution"];
        for (field, sentence) in &self.faults {
            let id = match CHOICES.contains(field) {
                true => format!("{field}-1"),
                false => (*field).to_owned(),
            };
            frame = frame.with_problem(&id, sentence);
        }
        frame
    }

    fn value(&self, field: &str) -> &str {
        self.form.as_ref().map_or("", |form| form.text(field))
    }

    fn fault(&self, field: &str) -> Option<&str> {
        self.faults.iter().find(|(f, _)| *f == field).map(|(_, sentence)| sentence.as_str())
    }

    fn area(&self, name: &str, label: &str) -> TextArea {
        let area = TextArea { max_length: TEXT_CHARS_MAX as u16, ..TextArea::new(name, label) };
        area.typed(self.value(name), self.fault(name))
    }

    fn choices(&self, name: &str, legend: &str, options: &[(&str, &str, &str)]) -> Choices {
        Choices::one(name, legend, options).chosen(&[self.value(name)], self.fault(name))
    }
}

/// A case as one reader stands to it.
pub(super) struct Standing<'a> {
    pub viewer: &'a Viewer,
    pub facts: &'a CaseFacts,
    pub case: &'a row::Model,
    pub check_in: &'a check_in::Model,
    pub subject: &'a person::Model,
}

/// What the reader may do. Nothing once the case is closed.
pub(super) async fn acts(
    db: &impl ConnectionTrait,
    standing: &Standing<'_>,
    typed: &Typed,
) -> Result<CaseActs, Fail> {
    let Standing { viewer, facts, case, .. } = standing;
    let state = CaseState::from_code(&case.state).unwrap_or(CaseState::Open);
    let nothing = CaseActs {
        acknowledge: false,
        comment: None,
        excuse: None,
        propose: None,
        second_look: None,
        resolve: None,
    };
    if state == CaseState::Resolved {
        return Ok(nothing);
    }
    let is_free = match state {
        CaseState::Acknowledged if case.acknowledged_by == Some(viewer.person.id) => false,
        CaseState::Acknowledged => everybody_must(db, case).await?,
        _ => true,
    };
    let may_close = viewer.may_close(facts, true).is_ok();
    let is_outside = !viewer.shares_a_line_with(facts.person)
        && viewer.relation(facts, standing.check_in) != CloserRelation::Verifier;
    Ok(CaseActs {
        acknowledge: is_free && viewer.may(Act::AcknowledgeCase),
        comment: viewer
            .may(Act::CommentCase)
            .then(|| TextArea { rows: 3, ..typed.area("comment", t!("What did you learn?")) }),
        excuse: (may_close && !is_outside && facts.is_first_plain_miss)
            .then(|| excuse(standing, typed)),
        propose: (!may_close && viewer.may(Act::ProposeOnCase)).then(|| propose(typed)),
        second_look: second_look_form(db, standing, is_outside, typed).await?,
        resolve: match may_close && is_outside {
            true => Some(resolve(db, standing, typed).await?),
            false => None,
        },
    })
}

fn excuse(standing: &Standing<'_>, typed: &Typed) -> (Choices, TextArea) {
    let options = EXCUSES.map(|(code, words)| (code, tr(words), ""));
    let name = &standing.subject.name;
    let hint = t!("One or two sentences. {name} can read them.", name);
    (
        typed.choices("excuse", t!("What excuses it?"), &options),
        typed.area("excuse_reason", t!("How do you know?")).hint(&hint),
    )
}

fn propose(typed: &Typed) -> (Choices, TextArea) {
    let options = PROPOSALS.map(|(code, words)| (code, tr(words), ""));
    let hint = t!("Somebody outside the line decides.");
    (
        typed.choices("proposal", t!("What should happen?"), &options),
        typed.area("proposal_reason", t!("Why?")).hint(hint),
    )
}

async fn second_look_form(
    db: &impl ConnectionTrait,
    standing: &Standing<'_>,
    is_outside: bool,
    typed: &Typed,
) -> Result<Option<(Choices, TextArea)>, Fail> {
    let Standing { viewer, case, check_in, .. } = standing;
    let is_asked = second_look(db, case, check_in).await? == SecondLook::Pending;
    if !is_asked || !is_outside || !viewer.may(Act::TakeBlindLook) {
        return Ok(None);
    }
    if cases::has_opened_evidence(db, CaseId(case.id), viewer.id()).await? {
        return Ok(None);
    }
    let options = SECOND_LOOKS.map(|(code, words)| (code.code(), tr(words), ""));
    Ok(Some((
        typed.choices("second_look", t!("What did you see?"), &options),
        typed.area("second_look_how", t!("How did you look?")),
    )))
}

async fn resolve(
    db: &impl ConnectionTrait,
    standing: &Standing<'_>,
    typed: &Typed,
) -> Result<ResolveForm, Fail> {
    let Standing { viewer, facts, case, check_in, .. } = standing;
    let is_missed = cause(case) == CaseCause::Missed;
    let options: Vec<(&str, &str, &str)> = ResolutionCode::ALL
        .iter()
        .filter(|code| is_missed || **code != ResolutionCode::ExcusedAbsence)
        .map(|code| (code.code(), resolution(*code), ""))
        .collect();
    let blocked_because = if second_look(db, case, check_in).await? == SecondLook::Pending {
        Some(t!("A second, independent look comes first."))
    } else if !evidence_seen(db, viewer, facts, case).await? {
        Some(t!(
            "Open the evidence first: a case like this is closed only by somebody who has seen it."
        ))
    } else {
        None
    };
    Ok(ResolveForm {
        code: typed.choices("resolution", t!("How did it end?"), &options),
        reason: typed
            .area("resolution_reason", t!("Why?"))
            .hint(t!("At least one sentence. It stays with the case.")),
        blocked_because: blocked_because.map(str::to_owned),
    })
}
