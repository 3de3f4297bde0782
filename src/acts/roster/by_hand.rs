//! One person changed by hand: fields, work places, absences. What was typed is read by the grammar
//! of the files and made true by the same code as an import, so the log says the same of both; one
//! entry more says who typed it. Nobody changes their own entry.

use super::snapshot::{self, BY_HAND, Snapshot};
use super::{apply, valid_hours};
use crate::acts::office::{self, Asker};
use crate::acts::{ActError, ActResult, Context, excuse, policy};
use muster_domain::access::{Act, Denial};
use muster_domain::calendar::HolidayCalendars;
use muster_domain::id::PersonId;
use muster_domain::roster::{
    ATTRIBUTE_COLUMNS, Absence, DiffLimits, FaultCode, Known, RosterDiff, RosterFault, RosterFile,
    RosterPerson, RosterSnapshot, WorkPlace, diff, parse_absences, parse_people, parse_work_places,
};
use muster_messages::language::{say, tr};
use muster_messages::t;
use muster_store::audit::Record;
use muster_store::entities::person;
use muster_store::people::OpenPlace;
use muster_store::{Tx, holidays, people};
use serde::Serialize;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use uuid::Uuid;

/// The fields of a person that are typed, by the names of the columns. Attributes come beside them.
pub const COLUMNS: [&str; 8] =
    ["name", "email", "second_email", "manager_id", "zone", "hours", "holidays", "languages"];

/// What a form holds: column and text.
pub type Typed = [(String, String)];

/// One person as the roster has them now.
pub struct Held {
    pub row: person::Model,
    pub person: RosterPerson,
    /// Stands in the form, so that a change meanwhile is seen.
    pub version: String,
}

/// A short digest of something stored: another digest is another state.
pub fn version_of(what: &impl Serialize) -> String {
    let bytes = serde_json::to_vec(what).expect("rows of a roster are plain data");
    hex::encode(&Sha256::digest(bytes)[..8])
}

/// The person as a form shows them. Nothing is locked.
///
/// # Errors
/// `Conflict` where the person is not on the roster.
pub async fn held(context: &Context, who: PersonId) -> ActResult<Held> {
    let db = context.store.read();
    let row = office::active(db, who).await?;
    let manager = match row.manager_id {
        Some(id) => people::find(db, PersonId(id)).await?.filter(|m| m.state == "active"),
        None => None,
    };
    let manager = manager.map(|m| m.employee_id);
    let roles = people::role_rows_of(db, who).await?;
    let held = roles.iter().filter_map(|r| muster_domain::person::Role::from_code(&r.role));
    let person = snapshot::roster_person(&row, manager, held.collect())?;
    let version = version_of(&person);
    Ok(Held { row, person, version })
}

/// One edit under way: the person locked, and what is known of them.
struct Edit<'a> {
    context: &'a Context,
    tx: Tx,
    asker: Asker,
    row: person::Model,
    before: Snapshot,
}

impl Edit<'_> {
    async fn begin<'a>(
        context: &'a Context,
        actor: PersonId,
        act: Act,
        who: PersonId,
    ) -> ActResult<Edit<'a>> {
        let tx = context.store.begin().await?;
        let asker = Asker::load(&tx, Some(actor), act).await?;
        if actor == who {
            return Err(ActError::forbidden(tr(Denial::OwnMatter.sentence())));
        }
        office::active(&*tx, who).await?;
        let row = people::lock(&tx, who).await?;
        let before = snapshot::of_one(&context.store, &tx, &row).await?;
        Ok(Edit { context, tx, asker, row, before })
    }

    /// Makes true what differs from `file`, which says everything about this person or nothing.
    async fn end(mut self, known: RosterSnapshot, file: &RosterFile) -> ActResult<bool> {
        let diff = diff(&known, file, DiffLimits::default());
        if diff.is_empty() {
            self.tx.rollback().await?;
            return Ok(false);
        }
        self.before.roster = known;
        let (context, tx) = (self.context, &self.tx);
        apply::apply(context, tx, &self.asker, &self.before, file, &diff).await?;
        if !diff.changed.is_empty() {
            policy::reassign(context, tx).await?;
        }
        self.record(&diff).await?;
        excuse::look_at_all(context, &self.tx).await?;
        self.tx.commit().await?;
        Ok(true)
    }

    async fn record(&self, diff: &RosterDiff) -> ActResult<()> {
        let fields = diff.changed.iter().flat_map(|c| &c.fields);
        let fields: Vec<&str> =
            fields.map(|f| f.field.as_str()).filter(|f| *f != BY_HAND).collect();
        let record = Record::new("person-edited")
            .by(self.asker.pseudonym())
            .about(&self.row)
            .fact("via", self.asker.via())
            .fact("fields", fields.join(" "))
            .fact("work_places_added", diff.work_places_added.len())
            .fact("work_places_removed", diff.work_places_removed.len())
            .fact("absences_added", diff.absences_added.len())
            .fact("absences_removed", diff.absences_removed.len());
        record.write(&self.tx).await?;
        Ok(())
    }
}

/// Changes fields of one person. Answers whether anything was different. Roles are asked for in the
/// file, since a second person confirms them.
///
/// # Errors
/// `Forbidden` without the right or about oneself; `Invalid` with a sentence for each field, and for
/// `version` where somebody else changed the person since the form was opened.
pub async fn edit_person(
    context: &Context,
    actor: PersonId,
    who: PersonId,
    version: &str,
    typed: &Typed,
) -> ActResult<bool> {
    let edit = Edit::begin(context, actor, Act::ImportRoster, who).await?;
    let [stored] = edit.before.roster.people.as_slice() else {
        return Err(ActError::conflict(t!("This person is not on the roster.")));
    };
    let mut shown = stored.person.clone();
    shown.roles.extend(stored.roles_pending.iter().copied());
    if version != version_of(&shown) {
        return Err(stale());
    }
    let calendars = holidays::all(&*edit.tx).await?;
    let mut person = read_person(&edit, &calendars, typed)?;
    person.roles = shown.roles;
    if stored.outside_file {
        person.attributes.insert(BY_HAND.to_owned(), "yes".to_owned());
    }
    let known = RosterSnapshot { people: vec![stored.clone()], ..RosterSnapshot::default() };
    let file = RosterFile { people: vec![person], ..RosterFile::default() };
    edit.end(known, &file).await
}

/// What was typed, without roles, which are not typed.
fn read_person(
    edit: &Edit<'_>,
    calendars: &HolidayCalendars,
    typed: &Typed,
) -> ActResult<RosterPerson> {
    let codes: Vec<&str> = calendars.codes().collect();
    let known = Known { validate_hours: &valid_hours, holiday_calendars: &codes };
    let mut faults = Vec::new();
    let wanted = typed.iter().find(|(name, _)| name == "manager_id").map_or("", |(_, t)| t.trim());
    let manager = match wanted {
        "" => None,
        wanted => manager(edit, wanted).map_err(|said| faults.push(("manager_id", said))).ok(),
    };
    let line: Vec<(String, String)> =
        with_id(edit, typed).into_iter().filter(|(name, _)| name != "manager_id").collect();
    let mut person =
        match parse_people(&csv_of(&line), &known) {
            Ok(file) => file.people.into_iter().next().ok_or_else(|| {
                ActError::invalid("name", t!("Fill in the fields of this person."))
            })?,
            Err(wrong) => {
                faults.extend(wrong.iter().map(sentence));
                return Err(ActError::Invalid(faults));
            }
        };
    person.email = person.email.to_lowercase();
    person.second_email = person.second_email.map(|e| e.to_lowercase());
    faults.extend(taken(edit, &person));
    person.manager_id = manager;
    match faults.is_empty() {
        true => Ok(person),
        false => Err(ActError::Invalid(faults)),
    }
}

fn stale() -> ActError {
    ActError::invalid(
        "version",
        t!(
            "Somebody else changed this entry while you were typing. What you typed is kept: compare it with what stands beside the fields, and save again."
        ),
    )
}

/// Who is meant, by employee id or address, and whether the line would lead back to the person.
fn manager(edit: &Edit<'_>, wanted: &str) -> Result<String, String> {
    let rows = &edit.before.rows;
    let by_address = || rows.values().find(|p| p.email == wanted.to_lowercase());
    let Some(found) = rows.get(wanted).or_else(by_address) else {
        return Err(t!("Nobody on the roster has this employee id or address.").to_owned());
    };
    let by_id: BTreeMap<Uuid, Option<Uuid>> = rows.values().map(|p| (p.id, p.manager_id)).collect();
    let above = |id: PersonId| by_id.get(&id.0).copied().flatten().map(PersonId);
    let own = PersonId(edit.row.id);
    if found.id == own.0 || muster_domain::access::in_line_of(own, PersonId(found.id), &above) {
        return Err(t!(
            "{manager} reports to {name}, so the line would lead back to itself.",
            manager = found.name,
            name = edit.row.name
        ));
    }
    Ok(found.employee_id.clone())
}

/// Addresses that somebody else has.
fn taken(edit: &Edit<'_>, person: &RosterPerson) -> Vec<(&'static str, String)> {
    let others = || edit.before.rows.values().filter(|p| p.id != edit.row.id);
    let is_taken = |address: &str| {
        others().any(|p| p.email == address || p.second_email.as_deref() == Some(address))
    };
    let said = || t!("Somebody else on the roster has this address.").to_owned();
    let mut faults = Vec::new();
    if is_taken(&person.email) {
        faults.push(("email", said()));
    }
    if person.second_email.as_deref().is_some_and(is_taken) {
        faults.push(("second_email", said()));
    }
    faults
}

/// The work places of a person, with their points. To look is an entry in the log.
///
/// # Errors
/// `Forbidden`; `Conflict` where the person is not on the roster.
pub async fn open_places(
    context: &Context,
    actor: PersonId,
    who: PersonId,
) -> ActResult<Vec<OpenPlace>> {
    let tx = context.store.begin().await?;
    let asker = Asker::load(&tx, Some(actor), Act::EditWorkPlaces).await?;
    let row = office::active(&*tx, who).await?;
    let places = people::places(&context.store, &*tx, who).await?;
    if !places.is_empty() {
        let record = Record::new("work-places-viewed").by(asker.pseudonym()).about(&row);
        record.fact("places", places.len()).write(&tx).await?;
    }
    tx.commit().await?;
    Ok(places)
}

/// Adds a work place, or corrects the one with this row id; `version` is that of the stored one.
///
/// # Errors
/// As of [`edit_person`]; `Conflict` where the place is gone.
pub async fn keep_place(
    context: &Context,
    actor: PersonId,
    who: PersonId,
    old: Option<(Uuid, &str)>,
    typed: &Typed,
) -> ActResult<bool> {
    let edit = Edit::begin(context, actor, Act::EditWorkPlaces, who).await?;
    let known = edit.before.roster.work_places.clone();
    let identity = |p: &WorkPlace| (p.employee_id.clone(), p.label.clone(), p.valid_from);
    let mut places = known.clone();
    if let Some((id, version)) = old {
        let is_it = |p: &&WorkPlace| edit.before.places.get(&identity(p)) == Some(&id);
        let Some(stored) = known.iter().find(is_it) else {
            return Err(ActError::conflict(t!("This place was corrected or removed meanwhile.")));
        };
        if version != version_of(stored) {
            return Err(stale());
        }
        places.retain(|p| identity(p) != identity(stored));
    }
    let line = with_id(&edit, typed);
    let read = parse_work_places(&csv_of(&line), &|_| true);
    let Some(place) = read.map_err(|wrong| invalid(&wrong))?.into_iter().next() else {
        return Err(ActError::invalid("label", t!("Fill in the fields of this place.")));
    };
    if places.iter().any(|p| identity(p) == identity(&place)) {
        let said =
            t!("A place of this name with this first day stands here already. Correct that one.");
        return Err(ActError::invalid("label", said));
    }
    places.push(place);
    let known = RosterSnapshot { work_places: known, ..RosterSnapshot::default() };
    let file = RosterFile { work_places: Some(places), ..RosterFile::default() };
    edit.end(known, &file).await
}

/// Enters an absence.
///
/// # Errors
/// `Forbidden`; `Invalid` with a sentence for each field.
pub async fn add_absence(
    context: &Context,
    actor: PersonId,
    who: PersonId,
    typed: &Typed,
) -> ActResult<bool> {
    let edit = Edit::begin(context, actor, Act::EditAbsences, who).await?;
    let line = with_id(&edit, typed);
    let read = parse_absences(&csv_of(&line), &|_| true);
    let Some(absence) = read.map_err(|wrong| invalid(&wrong))?.into_iter().next() else {
        return Err(ActError::invalid("from", t!("Fill in the days of this absence.")));
    };
    let mut absences = edit.before.roster.absences.clone();
    if absences.contains(&absence) {
        return Err(ActError::invalid("from", t!("This absence is entered already.")));
    }
    absences.push(absence);
    with_absences(edit, absences).await
}

/// Gives an absence another last day, or takes it back where none is given.
///
/// # Errors
/// `Forbidden`; `Invalid` for a day that cannot be read or lies before the first; `Conflict` where it
/// is gone.
pub async fn end_absence(
    context: &Context,
    actor: PersonId,
    who: PersonId,
    id: Uuid,
    last_day: Option<&str>,
) -> ActResult<bool> {
    let edit = Edit::begin(context, actor, Act::EditAbsences, who).await?;
    let stored = edit.before.absences.iter().find(|(_, row)| **row == id).map(|(a, _)| a.clone());
    let Some(stored) = stored else {
        return Err(ActError::conflict(t!("This absence was changed or taken back meanwhile.")));
    };
    let mut absences = edit.before.roster.absences.clone();
    absences.retain(|a| *a != stored);
    if let Some(typed) = last_day {
        let to: jiff::civil::Date = typed
            .trim()
            .parse()
            .map_err(|_| ActError::invalid("last_day", t!("Write the last day as 2026-12-24.")))?;
        if to < stored.from {
            let said =
                t!("The first day is {day}; the last one cannot lie before it.", day = stored.from);
            return Err(ActError::Invalid(vec![("last_day", said)]));
        }
        let changed = Absence { to, ..stored };
        if !absences.contains(&changed) {
            absences.push(changed);
        }
    }
    with_absences(edit, absences).await
}

async fn with_absences(edit: Edit<'_>, absences: Vec<Absence>) -> ActResult<bool> {
    let known = edit.before.roster.absences.clone();
    let known = RosterSnapshot { absences: known, ..RosterSnapshot::default() };
    let file = RosterFile { absences: Some(absences), ..RosterFile::default() };
    edit.end(known, &file).await
}

fn with_id(edit: &Edit<'_>, typed: &Typed) -> Vec<(String, String)> {
    let own = [("employee_id".to_owned(), edit.row.employee_id.clone())];
    own.into_iter().chain(typed.iter().cloned()).collect()
}

/// A file of one line, as the readers of files take it.
fn csv_of(cells: &[(String, String)]) -> Vec<u8> {
    let quoted = |text: &str| format!("\"{}\"", text.trim().replace('"', "\"\""));
    let line = |of: &dyn Fn(&(String, String)) -> String| -> String {
        cells.iter().map(of).collect::<Vec<_>>().join(",")
    };
    format!("{}\n{}\n", line(&|c| c.0.clone()), line(&|c| quoted(&c.1))).into_bytes()
}

fn invalid(faults: &[RosterFault]) -> ActError {
    ActError::Invalid(faults.iter().map(sentence).collect())
}

/// A fault of the file of one line as a sentence beside its field.
fn sentence(fault: &RosterFault) -> (&'static str, String) {
    const PLACES: [&str; 6] = ["label", "lat", "lon", "radius_km", "country", "valid_from"];
    const OTHERS: [&str; 4] = ["valid_to", "kind", "from", "to"];
    let column = fault.column.as_deref().unwrap_or_default();
    let named = COLUMNS.iter().chain(&PLACES).chain(&OTHERS).chain(ATTRIBUTE_COLUMNS);
    let field = named.copied().find(|name| *name == column).unwrap_or("attributes");
    if fault.code == FaultCode::CellMissing {
        return (field, t!("Fill this in: it cannot stay empty.").to_owned());
    }
    let said = say(&fault.problem);
    let mut problem = said.chars();
    let first = problem.next().map(|c| c.to_uppercase().to_string()).unwrap_or_default();
    let text = t!(
        "{problem}. What is accepted: {accepted}.",
        problem = format!("{first}{}", problem.as_str()),
        accepted = say(&fault.accepted)
    );
    // Backquotes are for terminals.
    (field, text.replace('`', "'"))
}
