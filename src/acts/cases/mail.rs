//! The mails of a case: to the people a step reaches, never with evidence, the name only inside.

use super::standing::{Held, Viewer};
use super::{facts, recipients};
use crate::acts::notify::{self, About, Notice};
use crate::acts::{ActError, ActResult, Context};
use muster_domain::case::{CaseCause, StoryEvent};
use muster_domain::escalation::{NextStep, RecipientKind, Step};
use muster_domain::id::{CheckInId, PersonId};
use muster_domain::msg;
use muster_domain::time::UtcMillis;
use muster_messages::language::tr;
use muster_messages::mail::line::Line;
use muster_messages::mail::{
    self as messages, CaseHrSecurity, CaseManager, CaseProposed, CaseReminder, SeriousReader,
};
use muster_messages::t;
use muster_store::entities::{cases as row, person};
use muster_store::work::Lane;
use muster_store::{StoreError, Tx, audit, cases, check_ins, delegations, people};

/// Queues the mail of one step to everybody it reaches.
#[expect(
    clippy::too_many_arguments,
    reason = "one step, told once; a struct would have one caller"
)]
pub(super) async fn tell(
    context: &Context,
    tx: &Tx,
    case: &row::Model,
    subject: &person::Model,
    told: &[person::Model],
    step: &Step,
    no: u32,
    is_repeat: bool,
    after: &NextStep,
) -> ActResult<()> {
    let checkpoint = checkpoint(context, tx).await?;
    let key = format!("step-{no}");
    for recipient in told {
        let notice = Notice {
            about: About::Case(case.id),
            step: &key,
            is_first: no == 1,
            recipient,
            every_channel: true,
            lane: Lane::Escalation,
            even_in_shadow: false,
        };
        let letter =
            Letter { context, tx, case, subject, recipient, step, after, checkpoint: &checkpoint };
        notify::wording(context, recipient, letter.queue(&notice, is_repeat)).await?;
    }
    Ok(())
}

/// Tells those who may decide of a proposal: outside the line of the person, never whoever
/// proposes. Where nobody of this kind is left, the next kind that may close hears it.
pub(super) async fn tell_proposal(
    context: &Context,
    held: &Held,
    kind: RecipientKind,
    words: &'static str,
) -> ActResult<()> {
    let (tx, case) = (&held.tx, &held.case);
    let story = cases::story(&context.store, &**tx, case).await?;
    let proposed = StoryEvent::ResolutionProposed.code();
    let key = format!("proposed-{}", story.iter().filter(|l| l.row.kind == proposed).count());
    let checkpoint = checkpoint(context, tx).await?;
    let is_escalated = CaseCause::from_code(&case.cause) == Some(CaseCause::Escalated);
    for recipient in deciders(context, held, kind).await? {
        let letter = notify::worded(context, &recipient, || CaseProposed {
            frame: context.frame(&recipient),
            number: case.no as u64,
            person: (!is_escalated).then(|| Line::new(&held.subject.name)),
            proposal: Line::new(tr(words)),
            proposed_by: Line::new(&held.viewer.person.name),
            proposed: context.reader(&recipient).moment(context.now()),
            page: context.page(&format!("/cases/{}", case.id)),
            checkpoint: checkpoint.clone(),
        });
        let notice = Notice {
            about: About::Case(case.id),
            step: &key,
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

async fn deciders(
    context: &Context,
    held: &Held,
    kind: RecipientKind,
) -> ActResult<Vec<person::Model>> {
    let next = if kind == RecipientKind::Hr { RecipientKind::Security } else { RecipientKind::Hr };
    for kind in [kind, next] {
        let mut found = Vec::new();
        for person in recipients::of(context, &held.tx, kind, None, &held.subject).await? {
            let about = held.facts.person;
            let viewer = Viewer::load(&*held.tx, PersonId(person.id), [about]).await?;
            if !viewer.shares_a_line_with(about)
                && viewer.id() != held.viewer.id()
                && viewer.may_close(&held.facts, true).is_ok()
            {
                found.push(person);
            }
        }
        if !found.is_empty() {
            return Ok(found);
        }
    }
    Ok(Vec::new())
}

/// The newest checkpoint, so that every reader of a case mail becomes a witness. Before the very
/// first one is signed, the empty log is.
pub async fn checkpoint(context: &Context, tx: &Tx) -> ActResult<messages::Checkpoint> {
    let note = match audit::checkpoint(&**tx).await? {
        Some(checkpoint) => checkpoint.note,
        None => context.signing.sign(0, muster_domain::audit::root_of([])).note,
    };
    messages::Checkpoint::from_note(&note).map_err(|e| {
        ActError::Store(StoreError::Unreadable { what: "checkpoint", detail: e.to_string() })
    })
}

struct Letter<'a> {
    context: &'a Context,
    tx: &'a Tx,
    case: &'a row::Model,
    subject: &'a person::Model,
    recipient: &'a person::Model,
    step: &'a Step,
    after: &'a NextStep,
    checkpoint: &'a messages::Checkpoint,
}

impl Letter<'_> {
    async fn queue(&self, notice: &Notice<'_>, is_repeat: bool) -> ActResult<()> {
        let (context, tx) = (self.context, self.tx);
        match (CaseCause::from_code(&self.case.cause), is_repeat) {
            (_, true) => notify::queue(context, tx, notice, &self.reminder()).await?,
            (Some(CaseCause::Escalated), false) => {
                notify::queue(context, tx, notice, &self.serious()).await?
            }
            _ => notify::queue(context, tx, notice, &self.manager().await?).await?,
        };
        Ok(())
    }

    fn act_by(&self) -> UtcMillis {
        self.after.due().unwrap_or(self.context.now())
    }

    fn next_step(&self) -> Option<messages::NextStep> {
        let (NextStep::Send { step, due, .. } | NextStep::Exhausted { step, due, .. }) = self.after
        else {
            return None;
        };
        let at = self.context.reader(self.recipient).moment(*due);
        Some(messages::NextStep { who: Line::new(who(step.recipient)), at })
    }

    fn page(&self) -> messages::line::Link {
        self.context.page(&format!("/cases/{}", self.case.id))
    }

    /// Why this reader: a manager's step may reach who stands in for them.
    async fn reason(&self) -> ActResult<messages::Reason> {
        let is_of_line =
            matches!(self.step.recipient, RecipientKind::Manager | RecipientKind::ManagersManager);
        let is_above =
            people::line_of(&**self.tx, self.subject).await?.contains(&PersonId(self.recipient.id));
        let stands_in = delegations::running_for(&**self.tx, PersonId(self.recipient.id)).await?;
        Ok(match is_of_line && !is_above && !stands_in.is_empty() {
            true => messages::Reason::Delegate,
            false => self.step.recipient.into(),
        })
    }

    async fn manager(&self) -> ActResult<CaseManager> {
        let reader = self.context.reader(self.recipient);
        let zone = self.context.subject_zone(self.subject);
        let check_in = check_ins::get(&**self.tx, CheckInId(self.case.check_in_id)).await?;
        let cause = match CaseCause::from_code(&self.case.cause) {
            Some(CaseCause::Missed) => messages::CaseCause::Missed,
            Some(CaseCause::Refused) => messages::CaseCause::Refused,
            Some(CaseCause::InconclusiveRepeated) => messages::CaseCause::Inconclusive,
            _ => messages::CaseCause::NeedsReview,
        };
        let known = facts::known(&**self.tx, self.case, &reader, &zone).await?;
        Ok(CaseManager {
            frame: self.context.frame(self.recipient),
            number: self.case.no as u64,
            cause,
            reason: self.reason().await?,
            person: Line::new(&self.subject.name),
            check_in: reader.beside(UtcMillis(check_in.start_ms), Some(&zone)),
            act_by: reader.moment(self.act_by()),
            known: known.iter().map(|s| Line::new(s)).collect(),
            explanations: lines(explanations(cause)),
            advice: lines(advice(cause)),
            next_step: self.next_step(),
            page: self.page(),
            checkpoint: self.checkpoint.clone(),
        })
    }

    fn serious(&self) -> CaseHrSecurity {
        let reader = self.context.reader(self.recipient);
        CaseHrSecurity {
            frame: self.context.frame(self.recipient),
            number: self.case.no as u64,
            reader: match self.step.recipient {
                RecipientKind::Hr => SeriousReader::Hr,
                _ => SeriousReader::Security,
            },
            opened: reader.moment(UtcMillis(self.case.opened_ms)),
            act_by: reader.moment(self.act_by()),
            next_step: self.next_step(),
            page: self.page(),
            checkpoint: self.checkpoint.clone(),
        }
    }

    fn reminder(&self) -> CaseReminder {
        let reader = self.context.reader(self.recipient);
        let is_escalated = self.case.cause == CaseCause::Escalated.code();
        CaseReminder {
            frame: self.context.frame(self.recipient),
            number: self.case.no as u64,
            acknowledged: None,
            acknowledged_by: None,
            first_told: reader.moment(UtcMillis(self.case.opened_ms)),
            person: (!is_escalated).then(|| Line::new(&self.subject.name)),
            act_by: reader.moment(self.act_by()),
            next_step: self.next_step(),
            page: self.page(),
            checkpoint: self.checkpoint.clone(),
        }
    }
}

/// As a sentence names them.
pub fn who(kind: RecipientKind) -> &'static str {
    match kind {
        RecipientKind::Manager => t!("the manager"),
        RecipientKind::ManagersManager => t!("the manager's manager"),
        RecipientKind::Hr => t!("HR"),
        RecipientKind::Security => t!("security"),
        RecipientKind::Named => t!("the people named in the policy"),
    }
}

fn lines(texts: &[&'static str]) -> Vec<Line> {
    texts.iter().map(|text| Line::new(tr(text))).collect()
}

/// Innocent explanations, each a short phrase, marked with [`msg!`].
pub fn explanations(cause: messages::CaseCause) -> &'static [&'static str] {
    match cause {
        messages::CaseCause::Missed => &[
            msg!("leave not yet entered"),
            msg!("a power cut or no connection"),
            msg!("an urgent call or a family matter"),
        ],
        messages::CaseCause::Refused => &[
            msg!("a worry about privacy"),
            msg!("an accommodation that is not on record yet"),
            msg!("a bad moment"),
        ],
        messages::CaseCause::Inconclusive => &[
            msg!("an old camera or a slow line"),
            msg!("a browser that blocks the page"),
            msg!("a device that gives no place"),
        ],
        messages::CaseCause::NeedsReview => &[
            msg!("a trip that was not declared"),
            msg!("a private VPN"),
            msg!("a misunderstanding in the talk"),
        ],
    }
}

/// What to do, in order, one sentence each, marked with [`msg!`].
pub fn advice(cause: messages::CaseCause) -> &'static [&'static str] {
    match cause {
        messages::CaseCause::Missed => &[
            msg!("Call them on a number you already had, not on one from a new message."),
            msg!("Do not ask for proof by chat."),
            msg!(
                "Write on the page what you learned, or excuse the miss if there was a good reason."
            ),
        ],
        messages::CaseCause::Refused => &[
            msg!("Ask them in a call what stood in the way; nobody must give a medical reason."),
            msg!("HR can arrange another way to confirm identity."),
        ],
        messages::CaseCause::Inconclusive => &[
            msg!("Ask them whether camera, sound and network work for other calls."),
            msg!("HR can arrange a phone call or a meeting in person instead."),
        ],
        messages::CaseCause::NeedsReview => &[
            msg!("Add what you know on the page; HR or security decides."),
            msg!("Do not confront them: what did not fit often has an innocent cause."),
        ],
    }
}
