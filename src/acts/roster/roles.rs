//! The second person: confirms or turns down a privileged role that a roster asked for. Never
//! whoever asked, never whoever would hold it.

use crate::acts::notify::{self, Notice};
use crate::acts::office::{Asker, active, holders_of, second_person};
use crate::acts::{ActError, ActResult, Context, policy};
use muster_domain::access::Act;
use muster_domain::id::PersonId;
use muster_domain::person::Role;
use muster_domain::roster::RoleChange;
use muster_messages::language::tr;
use muster_messages::mail::RolePending;
use muster_messages::mail::line::Line;
use muster_messages::t;
use muster_store::Tx;
use muster_store::audit::Record;
use muster_store::entities::{person, person_role};
use muster_store::people::{self, role_state};
use muster_store::work::Lane;

/// Puts a requested role into force.
///
/// # Errors
/// `Forbidden` where the actor may not confirm roles, asked for this one or would hold it;
/// `Conflict` where nothing waits.
pub async fn confirm_role(
    context: &Context,
    actor: PersonId,
    person: PersonId,
    role: Role,
) -> ActResult<()> {
    let tx = context.store.begin().await?;
    let (by, about, mut row) = pending(&tx, actor, person, role).await?;
    row.state = role_state::ACTIVE.to_owned();
    row.confirmed_by = Some(by.id);
    row.confirmed_ms = Some(context.now().0);
    muster_store::save(&tx, row).await?;
    record(&tx, "role-confirmed", &by, &about, role).await?;
    // A policy may ask for roles.
    policy::reassign(context, &tx).await?;
    tx.commit().await?;
    Ok(())
}

/// Turns a requested role down; the next import that still asks for it asks again.
///
/// # Errors
/// As for [`confirm_role`].
pub async fn reject_role(
    context: &Context,
    actor: PersonId,
    person: PersonId,
    role: Role,
) -> ActResult<()> {
    let tx = context.store.begin().await?;
    let (by, about, _) = pending(&tx, actor, person, role).await?;
    people::remove_role(&tx, person, role).await?;
    record(&tx, "role-rejected", &by, &about, role).await?;
    tx.commit().await?;
    Ok(())
}

async fn pending(
    tx: &Tx,
    actor: PersonId,
    person: PersonId,
    role: Role,
) -> ActResult<(person::Model, person::Model, person_role::Model)> {
    let row = people::role(&**tx, person, role).await?;
    let requested_by = row.as_ref().and_then(|r| r.requested_by);
    let by = second_person(tx, actor, Act::ConfirmRole, requested_by, Some(person)).await?;
    let row = row.filter(|r| r.state == role_state::PENDING);
    let row = row.ok_or_else(|| ActError::conflict(t!("This role does not wait for anybody.")))?;
    Ok((by, active(&**tx, person).await?, row))
}

async fn record(
    tx: &Tx,
    kind: &'static str,
    by: &person::Model,
    about: &person::Model,
    role: Role,
) -> ActResult<()> {
    let record = Record::new(kind).by(Some(by.pseudonym)).about(about);
    record.fact("role", role.code()).write(tx).await?;
    Ok(())
}

/// One mail a confirmer and import, however many roles it asked for.
pub(super) async fn tell_confirmers(
    context: &Context,
    tx: &Tx,
    asker: &Asker,
    requested: &[RoleChange],
) -> ActResult<()> {
    let Some(first) = requested.first() else { return Ok(()) };
    let about = notify::fresh_subject(context);
    for recipient in holders_of(tx, Act::ConfirmRole, &[asker.id()]).await? {
        let message = notify::worded(context, &recipient, || RolePending {
            frame: context.frame(&recipient),
            person: Line::new(&person(first, requested.len() - 1)),
            role: Line::new(&role(first, requested.len() - 1)),
            proposed_by: Line::new(&t!("the roster import of {name}", name = asker.name())),
            proposed: context.reader(&recipient).moment(context.now()),
            page: context.page("/roster"),
        });
        let notice = Notice {
            about,
            step: "role-pending",
            is_first: true,
            recipient: &recipient,
            every_channel: false,
            lane: Lane::Digest,
            even_in_shadow: true,
        };
        notify::queue(context, tx, &notice, &message).await?;
    }
    Ok(())
}

fn person(first: &RoleChange, more: usize) -> String {
    match (&first.person.name, more) {
        (name, 0) => name.clone(),
        (name, more) => t!("{named} and {more} more", named = name, more),
    }
}

fn role(first: &RoleChange, more: usize) -> String {
    match more {
        0 => tr(first.role.word()).to_owned(),
        _ => t!("{role} and others", role = tr(first.role.word())),
    }
}
