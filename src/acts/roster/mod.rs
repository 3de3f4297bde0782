//! The roster as acts: import three files in one transaction, change one person by hand, and confirm
//! or turn down the roles a file asked for. Reading and comparing are the domain's; here rows change.

mod apply;
mod by_hand;
mod roles;
mod snapshot;
#[cfg(test)]
mod tests;

pub use by_hand::{
    COLUMNS, Held, Typed, add_absence, edit_person, end_absence, held, keep_place, open_places,
    version_of,
};
pub use roles::{confirm_role, reject_role};
pub use snapshot::{BY_HAND, Snapshot, attributes_of, place, roster_person};

use super::office::Asker;
use super::policy::{self, Reassigned};
use super::{ActError, ActResult, Context, excuse};
use muster_domain::access::Act;
use muster_domain::calendar::{HolidayCalendars, WeeklyHours};
use muster_domain::id::PersonId;
use muster_domain::person::Role;
use muster_domain::roster::{
    DiffLimits, Known, Refusal, RosterBytes, RosterDiff, RosterFile, diff, parse_roster,
};
use muster_domain::sentence::Sentence;
use muster_store::Tx;
use muster_store::audit::Record;
use sha2::{Digest, Sha256};

/// How to import.
#[derive(Debug, Clone, Copy, Default)]
pub struct ImportOptions {
    /// Says what would change and changes nothing.
    pub dry_run: bool,
    pub limits: DiffLimits,
}

/// What an import did, or would do.
#[derive(Debug, Clone, Default, serde::Serialize)]
pub struct ImportReport {
    pub diff: RosterDiff,
    /// Whether it was applied: no dry run, no refusal, something to change.
    pub applied: bool,
    /// People two policies match; each stays in the policy he was in.
    pub overlaps: Vec<muster_domain::policy::Overlap>,
}

/// Imports the roster.
///
/// # Errors
/// `Invalid` with every fault of every file; `Forbidden`; `Conflict` where the roster changed while
/// the files were read. A refusal of the diff is no error: it stands in the report, unapplied.
pub async fn import(
    context: &Context,
    actor: Option<PersonId>,
    bytes: RosterBytes<'_>,
    options: ImportOptions,
) -> ActResult<ImportReport> {
    check_right(context, actor).await?;
    let calendars = muster_store::holidays::all(context.store.read()).await?;
    let file = read(&calendars, bytes)?;
    let mut before = snapshot::load(&context.store).await?;
    before.adopt(&file);
    let mut diff = diff(&before.roster, &file, options.limits);
    diff.refusals.extend(nobody_left(&before, &diff));
    let is_to_apply = !options.dry_run && diff.refusals.is_empty() && !diff.is_empty();
    if !is_to_apply {
        return Ok(ImportReport { diff, ..ImportReport::default() });
    }
    let tx = context.store.begin().await?;
    let asker = Asker::load(&tx, actor, Act::ImportRoster).await?;
    before.is_current(&tx).await?;
    apply::apply(context, &tx, &asker, &before, &file, &diff).await?;
    let reassigned = policy::reassign(context, &tx).await?;
    record(&tx, &asker, &bytes, &diff, &reassigned).await?;
    excuse::look_at_all(context, &tx).await?;
    roles::tell_confirmers(context, &tx, &asker, &diff.roles_requested).await?;
    tx.commit().await?;
    Ok(ImportReport { diff, applied: true, overlaps: reassigned.overlaps })
}

/// Also a dry run shows the roster, so the right comes first.
async fn check_right(context: &Context, actor: Option<PersonId>) -> ActResult<()> {
    let tx = context.store.begin().await?;
    Asker::load(&tx, actor, Act::ImportRoster).await?;
    tx.rollback().await?;
    Ok(())
}

/// Reads all files, with every fault.
fn read(calendars: &HolidayCalendars, bytes: RosterBytes<'_>) -> ActResult<RosterFile> {
    let codes: Vec<&str> = calendars.codes().collect();
    let known = Known { validate_hours: &valid_hours, holiday_calendars: &codes };
    let mut file = parse_roster(bytes, &known).map_err(|faults| {
        ActError::Invalid(faults.iter().map(|f| (f.file.code(), f.to_string())).collect())
    })?;
    for person in &mut file.people {
        person.email = person.email.to_lowercase();
        person.second_email = person.second_email.as_ref().map(|e| e.to_lowercase());
    }
    Ok(file)
}

fn valid_hours(text: &str) -> Result<(), Sentence> {
    text.parse::<WeeklyHours>().map(|_| ()).map_err(|fault| fault.sentence())
}

/// An import must not take the last administrator away: nobody could confirm another.
fn nobody_left(before: &Snapshot, diff: &RosterDiff) -> Option<Refusal> {
    let is_admin =
        |p: &&muster_domain::roster::SnapshotPerson| p.person.roles.contains(&Role::Admin);
    let stays = |id: &str| {
        let leaves = diff.left.iter().any(|l| l.employee_id == id);
        let removed = |c: &&muster_domain::roster::RoleChange| {
            c.person.employee_id == id && c.role == Role::Admin
        };
        !leaves && !diff.roles_removed.iter().any(|c| removed(&c))
    };
    let mut admins = before.roster.people.iter().filter(is_admin).peekable();
    admins.peek()?;
    if admins.any(|p| stays(&p.person.employee_id)) {
        return None;
    }
    let sentence = "Nobody would be administrator any more, and nobody could confirm the next one. \
                    Write admin into the column roles of somebody who is.";
    Some(Refusal { code: "no-administrator-left", sentence: sentence.into() })
}

async fn record(
    tx: &Tx,
    asker: &Asker,
    bytes: &RosterBytes<'_>,
    diff: &RosterDiff,
    reassigned: &Reassigned,
) -> ActResult<()> {
    let hash = |bytes: &[u8]| hex::encode(Sha256::digest(bytes));
    let mut record = Record::new("roster-imported")
        .by(asker.pseudonym())
        .fact("via", asker.via())
        .fact("people_sha256", hash(bytes.people));
    if let Some(places) = bytes.work_places {
        record = record.fact("work_places_sha256", hash(places));
    }
    if let Some(absences) = bytes.absences {
        record = record.fact("absences_sha256", hash(absences));
    }
    record
        .fact("joined", diff.joined.len())
        .fact("left", diff.left.len())
        .fact("changed", diff.changed.len())
        .fact("unchanged", diff.unchanged)
        .fact("roles_requested", diff.roles_requested.len())
        .fact("roles_removed", diff.roles_removed.len())
        .fact("work_places_added", diff.work_places_added.len())
        .fact("work_places_removed", diff.work_places_removed.len())
        .fact("absences_added", diff.absences_added.len())
        .fact("absences_removed", diff.absences_removed.len())
        .fact("in_a_policy", reassigned.assigned)
        .fact("in_two_policies", reassigned.overlaps.len())
        .write(tx)
        .await?;
    Ok(())
}
