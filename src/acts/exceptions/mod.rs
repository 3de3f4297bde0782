//! Exceptions: one person asks that a rule shall not count for somebody, another confirms, and it ends by
//! itself. It could hide a farm, so nobody does either for themselves or in their own line.

mod asking;
mod ending;

pub use asking::{Asked, propose};
pub use ending::{confirm, end, refuse, sweep};

use super::cases::standing::Viewer;
use super::{ActError, ActResult, Context, notify};
use muster_domain::access::{Act, Denial};
use muster_domain::id::PersonId;
use muster_domain::judging::exception::Covered;
use muster_domain::judging::finding::Family;
use muster_messages::language::tr;
use muster_messages::mail::ExceptionWord;
use muster_messages::mail::line::Line;
use muster_messages::t;
use muster_store::audit::Record;
use muster_store::entities::{person, rule_exception};
use muster_store::rule_exceptions::{self, Detail};
use muster_store::{StoreResult, Tx, people};

/// One exception as somebody reads it.
pub struct Listed {
    pub row: rule_exception::Model,
    pub person: person::Model,
    /// `None` where the person was erased.
    pub detail: Option<Detail>,
    /// Whether the reader may confirm it, and turn it down or end it.
    pub may_confirm: bool,
    pub may_end: bool,
}

/// Rows of the list.
const SHOWN_MAX: u64 = 400;

/// Every exception, newest first, but for those of people in the reader's own line. That somebody looked is
/// in the log, as a reason tells of somebody's life.
///
/// # Errors
/// `Forbidden`.
pub async fn list(context: &Context, me: PersonId) -> ActResult<Vec<Listed>> {
    let tx = context.store.begin().await?;
    let rows = rule_exceptions::recent(&*tx, SHOWN_MAX).await?;
    let viewer = Viewer::load(&*tx, me, rows.iter().map(|row| PersonId(row.person_id))).await?;
    if !viewer.may(Act::ViewExceptions) {
        return Err(ActError::forbidden(tr(Denial::RoleMissing.sentence())));
    }
    let mut listed = Vec::new();
    for row in rows {
        let id = PersonId(row.person_id);
        let Some(person) = people::find(&*tx, id).await? else { continue };
        if viewer.shares_a_line_with(id) {
            continue;
        }
        let may_end = viewer.may_except(Act::EndException, id).is_ok();
        let is_other = row.owner != me.0;
        listed.push(Listed {
            may_confirm: is_other && viewer.may_except(Act::ConfirmException, id).is_ok(),
            may_end,
            detail: rule_exceptions::detail(&context.store, &*tx, &row).await?,
            person,
            row,
        });
    }
    Record::new("exceptions-listed")
        .by(Some(viewer.person.pseudonym))
        .fact("exceptions", listed.len() as u64)
        .write(&tx)
        .await?;
    tx.commit().await?;
    Ok(listed)
}

/// What is covered, as people read it.
pub fn covered_words(covers: &str) -> String {
    match Covered::parse(covers) {
        Some(Covered::Rule(id)) => t!("The rule {id}", id),
        Some(Covered::Family(family)) => {
            t!("Every rule of “{family}”", family = tr(Family::name(family)))
        }
        None => t!("{covers} (a rule that is gone)", covers),
    }
}

/// An exception with the transaction that changes it.
struct Held {
    tx: Tx,
    row: rule_exception::Model,
    viewer: Viewer,
    subject: person::Model,
}

/// Locks an exception for an act of somebody who may do it. One of their own line is not there for them.
async fn hold(context: &Context, actor: PersonId, id: uuid::Uuid, act: Act) -> ActResult<Held> {
    let tx = context.store.begin().await?;
    let row = rule_exceptions::lock(&tx, id).await?;
    let person = PersonId(row.person_id);
    let viewer = Viewer::load(&*tx, actor, [person]).await?;
    viewer.may_except(act, person).map_err(|denial| ActError::forbidden(tr(denial.sentence())))?;
    let subject = people::get(&*tx, person).await?;
    Ok(Held { tx, row, viewer, subject })
}

fn record(row: &rule_exception::Model, subject: &person::Model, kind: &'static str) -> Record {
    Record::new(kind)
        .about(subject)
        .fact("exception", row.id.to_string())
        .fact("covers", row.covers.clone())
        .fact("ends_ms", row.ends_ms)
}

fn letter(
    context: &Context,
    recipient: &person::Model,
    row: &rule_exception::Model,
    subject: &person::Model,
    owner: Option<&str>,
    waits: bool,
) -> ExceptionWord {
    let reader = context.reader(recipient);
    notify::worded(context, recipient, || ExceptionWord {
        frame: context.frame(recipient),
        person: Line::new(&subject.name),
        covers: Line::new(&covered_words(&row.covers)),
        proposed_by: Line::new(owner.unwrap_or_else(|| t!("somebody who has left"))),
        ends: reader.moment(muster_domain::time::UtcMillis(row.ends_ms)),
        waits,
        page: context.page("/exceptions"),
    })
}

async fn name_of(tx: &Tx, id: uuid::Uuid) -> StoreResult<Option<String>> {
    let found = people::find(&**tx, PersonId(id)).await?;
    Ok(found.map(|p| p.name))
}
