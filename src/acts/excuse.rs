//! What becomes known between announcement and start: a person who is absent or has left is
//! excused, a verifier who is absent, has left or is no verifier any more has fallen out. Found
//! at once by whoever enters it, and by a sweep each minute, by the same code.

use super::stand_by::{self, fall_out};
use super::{ActResult, Context, check_in as employee};
use muster_domain::draw::HandOverReason;
use muster_domain::id::{CheckInId, PersonId};
use muster_domain::msg;
use muster_domain::person::Role;
use muster_domain::time::UtcMillis;
use muster_store::audit::Record;
use muster_store::entities::{check_in, person};
use muster_store::jobs::Job;
use muster_store::{Tx, check_ins, people};
use sea_orm::ConnectionTrait;

/// `check_in.cancel_reason` of an excused check-in.
pub const ABSENCE: &str = "absence";
/// The same where the person has left.
pub const LEFT: &str = "left";

/// Looks at every announced check-in that has not begun, one transaction each. Answers how many
/// were excused or handed over.
pub async fn sweep(context: &Context) -> ActResult<usize> {
    let mut found = 0;
    for row in ahead(context, context.store.read()).await? {
        if why(context.store.read(), &row).await?.is_none() {
            continue;
        }
        let tx = context.store.begin().await?;
        found += usize::from(look(context, &tx, row.check_in_id()).await?);
        tx.commit().await?;
    }
    Ok(found)
}

/// The same in the transaction that has just changed roster, absences or roles.
pub async fn look_at_all(context: &Context, tx: &Tx) -> ActResult<usize> {
    let mut found = 0;
    for row in ahead(context, &**tx).await? {
        if why(&**tx, &row).await?.is_some() {
            found += usize::from(look(context, tx, row.check_in_id()).await?);
        }
    }
    Ok(found)
}

async fn ahead(context: &Context, db: &impl ConnectionTrait) -> ActResult<Vec<check_in::Model>> {
    let now = context.now().0;
    let mut rows = check_ins::open(db).await?;
    rows.retain(|row| row.start_ms > now && !employee::is_over(row));
    Ok(rows)
}

/// What stands against a check-in.
enum Against {
    Person(&'static str, person::Model),
    Verifier(person::Model),
}

async fn why(db: &impl ConnectionTrait, row: &check_in::Model) -> ActResult<Option<Against>> {
    let person = people::get(db, row.person()).await?;
    if person.state != "active" {
        return Ok(Some(Against::Person(LEFT, person)));
    }
    if is_absent(db, row.person(), &row.label).await? {
        return Ok(Some(Against::Person(ABSENCE, person)));
    }
    let Some(verifier) = row.verifier() else { return Ok(None) };
    let verifier = people::get(db, verifier).await?;
    let is_there = is_available(db, &verifier, UtcMillis(row.start_ms)).await?;
    Ok((!is_there).then_some(Against::Verifier(verifier)))
}

async fn look(context: &Context, tx: &Tx, id: CheckInId) -> ActResult<bool> {
    let row = check_ins::lock(tx, id).await?;
    if employee::is_over(&row) || row.start_ms <= context.now().0 {
        return Ok(false);
    }
    match why(&**tx, &row).await? {
        None => Ok(false),
        Some(Against::Person(cause, person)) => {
            excuse(context, tx, row, &person, cause).await?;
            Ok(true)
        }
        Some(Against::Verifier(verifier)) => {
            let reason = HandOverReason::NotAvailable;
            fall_out(tx, row, Some(&verifier), reason, None).await?;
            Ok(true)
        }
    }
}

/// Calls an announced check-in off for a reason that is known before its start.
async fn excuse(
    context: &Context,
    tx: &Tx,
    mut row: check_in::Model,
    person: &person::Model,
    cause: &'static str,
) -> ActResult<()> {
    let now = context.now();
    row.excused_ms = Some(now.0);
    row.cancel_reason = Some(cause.to_owned());
    row.sequence += 1;
    muster_store::save(tx, row.clone()).await?;
    if cause == ABSENCE {
        let reason = msg!("You are absent on that day.");
        employee::tell_cancelled(context, tx, person, &row, reason).await?;
    }
    stand_by::free_verifier(context, tx, &row).await?;
    Record::new("check-in-excused")
        .about(person)
        .fact("check_in", row.id.to_string())
        .commit("cause", cause)
        .write(tx)
        .await?;
    Job::Judge { check_in: row.check_in_id() }.plan(tx, now).await?;
    Ok(())
}

/// Whether a person has an absence on a local date (`YYYY-MM-DD`).
pub async fn is_absent(db: &impl ConnectionTrait, id: PersonId, label: &str) -> ActResult<bool> {
    let absences = people::absences(db, id).await?;
    Ok(absences.iter().any(|a| a.first_day.as_str() <= label && label <= a.last_day.as_str()))
}

/// Whether somebody is a verifier today and works on the date of this instant in their zone.
pub async fn is_available(
    db: &impl ConnectionTrait,
    verifier: &person::Model,
    at: UtcMillis,
) -> ActResult<bool> {
    let id = PersonId(verifier.id);
    let date = at.date_in(&super::context::zone_of(verifier)).to_string();
    Ok(verifier.state == "active"
        && people::roles(db, id).await?.contains(&Role::Verifier)
        && !is_absent(db, id, &date).await?)
}
