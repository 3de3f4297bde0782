//! Looking at a link group and deciding about it. Each look is an audit entry, and a row for each of
//! its people, who can read it once the hold is over.

use super::overlap::{Told, of_group};
use super::{ids, is_unresolved, may_open};
use crate::acts::office::{self, managers};
use crate::acts::{ActError, ActResult, Context, TWICE_MS};
use muster_domain::access::{Act, any_permits};
use muster_domain::id::PersonId;
use muster_domain::linking::LinkResolution;
use muster_messages::language::tr;
use muster_messages::t;
use muster_store::audit::Record;
use muster_store::entities::{link_event, link_group, link_member, overlap, person};
use muster_store::links::{self, GroupDetail, event, state};
use muster_store::{Tx, overlaps, people};
use sea_orm::ConnectionTrait;
use std::collections::BTreeSet;

/// A group that somebody has opened.
pub struct OpenGroup {
    pub row: link_group::Model,
    pub detail: GroupDetail,
    pub members: Vec<link_member::Model>,
    pub story: Vec<(link_event::Model, Option<String>)>,
    pub reason: Option<String>,
    /// Sessions at one time that were asked for.
    pub overlaps: Vec<Told>,
}

/// One line of the list: whether the reader may open it, and whether meeting several of it at one
/// time waits for their word.
pub struct Listed {
    pub row: link_group::Model,
    pub may_open: bool,
    pub overlap_waits: bool,
}

/// Groups, newest first, without their people. That somebody looked at the list is in the log.
///
/// # Errors
/// `Forbidden`.
pub async fn list(context: &Context, me: PersonId) -> ActResult<Vec<Listed>> {
    const SHOWN_MAX: u64 = 300;
    let tx = context.store.begin().await?;
    let (actor, roles) = reader(&*tx, me, Act::OpenNetworkEvidence).await?;
    let managers = managers(&*tx).await?;
    let proposed = overlaps::proposed(&*tx).await?;
    let mut listed = Vec::new();
    for row in links::recent(&*tx, SHOWN_MAX).await? {
        let members = ids(&links::members(&*tx, row.id).await?);
        let may_open = may_open(me, &roles, &members, &managers).is_ok();
        let waits = |o: &overlap::Model| o.group_id == row.id && o.proposed_by != me.0;
        let overlap_waits = may_open && proposed.iter().any(waits);
        listed.push(Listed { row, may_open, overlap_waits });
    }
    Record::new("link-groups-listed").by(Some(actor.pseudonym)).write(&tx).await?;
    tx.commit().await?;
    Ok(listed)
}

/// Opens one.
///
/// # Errors
/// `Forbidden`; no such group.
pub async fn open(context: &Context, me: PersonId, no: i64) -> ActResult<OpenGroup> {
    let tx = context.store.begin().await?;
    let (row, members, actor) = mine(&tx, me, no, Act::OpenNetworkEvidence).await?;
    let store = &context.store;
    if !links::has_opened(&*tx, row.id, me, row.grew_ms).await? {
        links::tell(&tx, row.id, event::OPENED, Some(me), None, "").await?;
    }
    links::viewed(&tx, row.id, me, &members).await?;
    Record::new("link-group-opened")
        .by(Some(actor.pseudonym))
        .fact("group", row.no)
        .fact("people", members.len() as u64)
        .write(&tx)
        .await?;
    let open = OpenGroup {
        detail: links::detail(store, &*tx, &row).await?,
        story: links::story(store, &*tx, row.id).await?,
        reason: links::reason(store, &*tx, &row).await?,
        overlaps: of_group(context, &tx, row.id).await?,
        members,
        row,
    };
    tx.commit().await?;
    Ok(open)
}

/// Takes a group on.
///
/// # Errors
/// `Forbidden`; `Conflict`: it is closed, or is a site only.
pub async fn acknowledge(context: &Context, me: PersonId, no: i64) -> ActResult<()> {
    let tx = context.store.begin().await?;
    let (mut row, _, actor) = mine(&tx, me, no, Act::OpenNetworkEvidence).await?;
    unresolved(&row)?;
    row.state = state::ACKNOWLEDGED.to_owned();
    row.acknowledged_by = Some(me.0);
    row.acknowledged_ms = Some(context.now().0);
    row.told_ms = context.now().0;
    muster_store::save(&tx, row.clone()).await?;
    links::tell(&tx, row.id, event::ACKNOWLEDGED, Some(me), None, "").await?;
    record(&tx, "link-group-acknowledged", &actor, &row, None).await?;
    Ok(tx.commit().await?)
}

/// Adds what somebody learned; sent twice, it stands once.
///
/// # Errors
/// `Forbidden`; `Invalid`: nothing was written.
pub async fn comment(context: &Context, me: PersonId, no: i64, text: &str) -> ActResult<()> {
    const TEXT_CHARS_MAX: usize = 2_000;
    let text: String = text.trim().chars().take(TEXT_CHARS_MAX).collect();
    if text.is_empty() {
        return Err(ActError::invalid("comment", t!("Write what you learned.")));
    }
    let tx = context.store.begin().await?;
    let (row, _, actor) = mine(&tx, me, no, Act::OpenNetworkEvidence).await?;
    let since = context.now().plus_ms(-TWICE_MS);
    let was_said = links::story(&context.store, &*tx, row.id).await?.iter().any(|(line, said)| {
        line.kind == event::COMMENTED
            && line.actor == Some(me.0)
            && line.at_ms >= since.0
            && said.as_ref() == Some(&text)
    });
    if was_said {
        return Ok(());
    }
    links::tell(&tx, row.id, event::COMMENTED, Some(me), Some(&text), "").await?;
    record(&tx, "link-group-commented", &actor, &row, Some(&text)).await?;
    Ok(tx.commit().await?)
}

/// Closes a group, after it was opened since it last grew, with a reason.
///
/// # Errors
/// `Forbidden`; `Conflict`; `Invalid`: code or reason.
pub async fn resolve(
    context: &Context,
    me: PersonId,
    no: i64,
    code: &str,
    reason: &str,
) -> ActResult<()> {
    let Some(code) = LinkResolution::from_code(code) else {
        return Err(ActError::invalid("resolution", t!("Choose how it ended.")));
    };
    let reason = office::reason(reason).map_err(|_| {
        ActError::invalid("resolution_reason", t!("Write a reason of at least three words."))
    })?;
    let tx = context.store.begin().await?;
    let (mut row, _, actor) = mine(&tx, me, no, Act::ResolveLinks).await?;
    unresolved(&row)?;
    if !links::has_opened(&*tx, row.id, me, row.grew_ms).await? {
        return Err(ActError::conflict(t!("Open the group first, then decide.")));
    }
    row.state = state::RESOLVED.to_owned();
    row.resolution = Some(code.code().to_owned());
    row.resolution_reason = Some(links::seal_reason(&tx, row.id, &reason).await?);
    row.resolved_by = Some(me.0);
    row.resolved_ms = Some(context.now().0);
    muster_store::save(&tx, row.clone()).await?;
    links::tell(&tx, row.id, event::RESOLVED, Some(me), None, code.code()).await?;
    record(&tx, "link-group-resolved", &actor, &row, Some(&reason)).await?;
    Ok(tx.commit().await?)
}

fn unresolved(row: &link_group::Model) -> ActResult<()> {
    match is_unresolved(row) {
        true => Ok(()),
        false => Err(ActError::conflict(t!("Nobody needs to decide about this group."))),
    }
}

async fn record(
    tx: &Tx,
    kind: &'static str,
    actor: &person::Model,
    row: &link_group::Model,
    text: Option<&str>,
) -> ActResult<()> {
    let mut record = Record::new(kind).by(Some(actor.pseudonym)).fact("group", row.no);
    if let Some(code) = &row.resolution {
        record = record.fact("resolution", code.as_str());
    }
    if let Some(text) = text {
        record = record.commit("text", text);
    }
    record.write(tx).await?;
    Ok(())
}

/// Somebody whose role carries this act.
pub(super) async fn reader(
    db: &impl ConnectionTrait,
    me: PersonId,
    act: Act,
) -> ActResult<(person::Model, BTreeSet<muster_domain::person::Role>)> {
    let row = office::active(db, me).await?;
    let roles = people::roles(db, me).await?;
    match any_permits(&roles, act) {
        true => Ok((row, roles)),
        false => {
            Err(ActError::forbidden(tr(muster_domain::access::Denial::RoleMissing.sentence())))
        }
    }
}

pub(super) async fn mine(
    tx: &Tx,
    me: PersonId,
    no: i64,
    act: Act,
) -> ActResult<(link_group::Model, Vec<link_member::Model>, person::Model)> {
    let (actor, roles) = reader(&**tx, me, act).await?;
    let row = links::lock(tx, no).await?;
    let members = links::members(&**tx, row.id).await?;
    may_open(me, &roles, &ids(&members), &managers(&**tx).await?)?;
    Ok((row, members, actor))
}
