//! Reports that wait for a session, for security: what each will do, and taking one back that was sent
//! by mistake. As an exception does, that needs two people, since it keeps evidence from counting.

use super::{Senders, WAITS_DAYS, since};
use crate::acts::cases::standing::Viewer;
use crate::acts::{ActError, ActResult, Context, office};
use muster_domain::access::{Act, Denial};
use muster_domain::external::ExternalKind;
use muster_domain::id::PersonId;
use muster_domain::judging::Severity;
use muster_domain::time::{DAY_MS, UtcMillis};
use muster_messages::language::tr;
use muster_messages::t;
use muster_store::audit::Record;
use muster_store::entities::{external_report, person};
use muster_store::external_reports::{self as rows, reason_column};
use muster_store::{Owner, StoreError, Tx, people, rule_records};
use uuid::Uuid;

/// Reports listed at once.
const LISTED_MAX: u64 = 200;

/// One report that no session has been judged with.
pub struct Waiting {
    pub row: external_report::Model,
    pub person: person::Model,
    pub kind: ExternalKind,
    /// The name of the token it was signed with.
    pub sender: String,
    /// What it will count as, if nothing changes before.
    pub severity: Severity,
    /// Until when it waits for a session.
    pub until: UtcMillis,
    /// Whether the reader asked to withdraw it.
    pub is_mine: bool,
}

/// One of them, opened.
pub struct Opened {
    pub waiting: Waiting,
    /// What the sender wrote for the reviewer.
    pub detail: Option<String>,
    /// Why somebody asked to withdraw it.
    pub reason: Option<String>,
}

/// Every report that waits or was withdrawn while it did, the newest first. What concerns the reader or
/// their own line is not there, so that nobody is warned. That somebody looked is in the log.
///
/// # Errors
/// `Forbidden`.
pub async fn list(context: &Context, me: PersonId) -> ActResult<Vec<Waiting>> {
    let tx = context.store.begin().await?;
    let mut viewer = reader(&tx, me).await?;
    let found = rows::unjudged(&*tx, since(context), LISTED_MAX).await?;
    viewer.ask_about(&*tx, found.iter().map(|row| PersonId(row.person_id))).await?;
    let (senders, lowered) = (Senders::load(&tx).await?, lowered(&tx).await?);
    let mut listed = Vec::new();
    for row in found {
        if viewer.shares_a_line_with(PersonId(row.person_id)) {
            continue;
        }
        listed.extend(waiting(&tx, &viewer, row, &senders, &lowered).await?);
    }
    Record::new("external-reports-listed")
        .by(Some(viewer.person.pseudonym))
        .fact("reports", listed.len() as u64)
        .write(&tx)
        .await?;
    tx.commit().await?;
    Ok(listed)
}

/// Opens one. The look is an entry that the person can find.
///
/// # Errors
/// `Forbidden`; `Missing` also where it concerns the reader or their own line; `Conflict` where a
/// session has been judged with it.
pub async fn open(context: &Context, me: PersonId, id: Uuid) -> ActResult<Opened> {
    let tx = context.store.begin().await?;
    let (viewer, row) = held(context, &tx, me, id).await?;
    let (senders, lowered) = (Senders::load(&tx).await?, lowered(&tx).await?);
    let (detail, reason) = (rows::detail(&tx, &row).await?, rows::reason(&tx, &row).await?);
    let waiting = waiting(&tx, &viewer, row, &senders, &lowered).await?;
    let waiting = waiting.ok_or_else(|| StoreError::missing("report", id))?;
    record(&tx, "external-report-opened", &viewer, &waiting.row).await?.write(&tx).await?;
    tx.commit().await?;
    Ok(Opened { waiting, detail, reason })
}

/// Asks to withdraw one. It counts as before until a second person of security agrees.
///
/// # Errors
/// As [`open`]; `Invalid`: the reason; `Conflict` where it is asked for already.
pub async fn ask(context: &Context, me: PersonId, id: Uuid, reason: &str) -> ActResult<()> {
    let reason = office::reason(reason)?;
    let tx = context.store.begin().await?;
    let (viewer, row) = held(context, &tx, me, id).await?;
    if row.asked_by.is_some() {
        return Err(ActError::conflict(t!("Somebody has asked to withdraw this report already.")));
    }
    let owner = Owner::Person(PersonId(row.person_id));
    let row = external_report::Model {
        asked_by: Some(me.0),
        asked_ms: Some(context.now().0),
        withdrawal_reason: Some(tx.seal(owner, reason_column(id), &reason).await?),
        ..row
    };
    muster_store::save(&tx, row.clone()).await?;
    let record = record(&tx, "external-report-withdrawal-asked", &viewer, &row).await?;
    record.commit("reason", reason).write(&tx).await?;
    Ok(tx.commit().await?)
}

/// Withdraws one that somebody else asked to withdraw: no session will be judged with it.
///
/// # Errors
/// As [`open`]; `Forbidden` for whoever asked; `Conflict` where nobody asks for it.
pub async fn agree(context: &Context, me: PersonId, id: Uuid) -> ActResult<()> {
    let tx = context.store.begin().await?;
    let (viewer, row) = held(context, &tx, me, id).await?;
    is_asked(&row)?;
    if row.asked_by == Some(me.0) {
        return Err(ActError::forbidden(tr(Denial::SamePerson.sentence())));
    }
    let row = external_report::Model {
        withdrawn_by: Some(me.0),
        withdrawn_ms: Some(context.now().0),
        ..row
    };
    muster_store::save(&tx, row.clone()).await?;
    record(&tx, "external-report-withdrawn", &viewer, &row).await?.write(&tx).await?;
    Ok(tx.commit().await?)
}

/// Lets it count after all. Whoever asked may do so, too.
///
/// # Errors
/// As [`open`]; `Conflict` where nobody asks to withdraw it.
pub async fn keep(context: &Context, me: PersonId, id: Uuid) -> ActResult<()> {
    let tx = context.store.begin().await?;
    let (viewer, row) = held(context, &tx, me, id).await?;
    is_asked(&row)?;
    let row =
        external_report::Model { asked_by: None, asked_ms: None, withdrawal_reason: None, ..row };
    muster_store::save(&tx, row.clone()).await?;
    record(&tx, "external-report-kept", &viewer, &row).await?.write(&tx).await?;
    Ok(tx.commit().await?)
}

async fn reader(tx: &Tx, me: PersonId) -> ActResult<Viewer> {
    let viewer = Viewer::load(&**tx, me, []).await?;
    match viewer.may(Act::HandleReports) {
        true => Ok(viewer),
        false => Err(ActError::forbidden(tr(Denial::RoleMissing.sentence()))),
    }
}

/// A report that still waits and does not concern the reader's line, locked.
async fn held(
    context: &Context,
    tx: &Tx,
    me: PersonId,
    id: Uuid,
) -> ActResult<(Viewer, external_report::Model)> {
    let mut viewer = reader(tx, me).await?;
    let row = rows::lock(tx, id).await?;
    viewer.ask_about(&**tx, [PersonId(row.person_id)]).await?;
    let is_over = row.received_ms < since(context).0;
    if is_over || viewer.shares_a_line_with(PersonId(row.person_id)) {
        return Err(StoreError::missing("report", id).into());
    }
    match row.judged_in {
        None => Ok((viewer, row)),
        Some(_) => Err(ActError::conflict(t!("A session has been judged with this report."))),
    }
}

fn is_asked(row: &external_report::Model) -> ActResult<()> {
    match (row.asked_by, row.withdrawn_ms) {
        (Some(_), None) => Ok(()),
        (None, _) => Err(ActError::conflict(t!("Nobody asks to withdraw this report."))),
        (_, Some(_)) => Err(ActError::conflict(t!("This report is withdrawn already."))),
    }
}

/// Rules that people gave a lower level.
async fn lowered(tx: &Tx) -> ActResult<Vec<String>> {
    Ok(rule_records::demotions(&**tx).await?.into_iter().map(|row| row.rule_id).collect())
}

/// `None` for what today's words do not know and for whoever has left: no session is judged with it.
async fn waiting(
    tx: &Tx,
    viewer: &Viewer,
    row: external_report::Model,
    senders: &Senders,
    lowered: &[String],
) -> ActResult<Option<Waiting>> {
    let kind = ExternalKind::from_code(&row.kind);
    let Some((kind, severity)) = kind.zip(Severity::from_code(&row.severity)) else {
        return Ok(None);
    };
    let person = people::get(&**tx, PersonId(row.person_id)).await?;
    if person.state != "active" {
        return Ok(None);
    }
    let is_lowered = lowered.iter().any(|rule| rule == kind.rule_id());
    Ok(Some(Waiting {
        person,
        kind,
        sender: senders.name(row.token_id),
        severity: severity.lowered_if(is_lowered),
        until: UtcMillis(row.received_ms).plus_ms(WAITS_DAYS * DAY_MS),
        is_mine: row.asked_by == Some(viewer.person.id),
        row,
    }))
}

async fn record(
    tx: &Tx,
    kind: &'static str,
    viewer: &Viewer,
    row: &external_report::Model,
) -> ActResult<Record> {
    let subject = people::get(&**tx, PersonId(row.person_id)).await?;
    Ok(Record::new(kind)
        .by(Some(viewer.person.pseudonym))
        .about(&subject)
        .fact("report", row.id.to_string()))
}
