//! The roster: who is employed, where they may work from, when they are away; read from three CSV
//! files and compared with what is known. Reading is complete (every fault of every file at once)
//! and changes nothing; what a difference would do is data, which a person can read first.
//!
//! Who holds a privileged role is not decided here: a file only *requests* one.

mod absences;
pub(crate) mod cells;
mod diff;
#[cfg(test)]
mod example_tests;
mod fault;
mod languages;
mod lines;
mod people;
mod render;
mod rows;
pub(crate) mod stream;
pub(crate) mod table;
#[cfg(test)]
mod tests;
mod work_places;

pub use absences::parse_absences;
pub use diff::{
    DiffLimits, FieldChange, PersonChange, PersonRef, Refusal, RoleChange, RosterDiff,
    RosterSnapshot, SnapshotPerson, diff,
};
pub(crate) use fault::did_you_mean;
pub use fault::{FaultCode, RosterFault, RosterFileKind};
pub use people::{PeopleFile, parse_people};
pub use rows::{Absence, AbsenceKind, RosterPerson, WorkPlace};
pub use work_places::parse_work_places;

use crate::sentence::Sentence;
use std::collections::BTreeSet;

/// Columns beyond the fixed ones that are kept as attributes for policy filters, besides every
/// column whose name starts with `x_`.
pub const ATTRIBUTE_COLUMNS: &[&str] = &[
    "country",
    "cost_center",
    "department",
    "division",
    "employment",
    "location",
    "team",
    "title",
];

/// What the reader must be told, because it is written elsewhere: the grammar of weekly hours and
/// the codes of the holiday calendars.
pub struct Known<'a> {
    /// Whether a text is a weekly hours expression; the error says what is wrong with it.
    pub validate_hours: &'a dyn Fn(&str) -> Result<(), Sentence>,
    /// Codes of the known holiday calendars, as they may stand in the column `holidays`.
    pub holiday_calendars: &'a [&'a str],
}

/// The bytes of an import. A file that is absent leaves what it would describe unchanged.
#[derive(Debug, Clone, Copy)]
pub struct RosterBytes<'a> {
    pub people: &'a [u8],
    pub work_places: Option<&'a [u8]>,
    pub absences: Option<&'a [u8]>,
}

/// An import without faults.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct RosterFile {
    pub people: Vec<RosterPerson>,
    /// `None`: no such file was given, what is known stays.
    pub work_places: Option<Vec<WorkPlace>>,
    /// `None`: no such file was given, what is known stays.
    pub absences: Option<Vec<Absence>>,
}

impl RosterFile {
    /// Names of all attribute columns that somebody fills, for `PolicyKnown::attributes`.
    pub fn attribute_names(&self) -> BTreeSet<String> {
        self.people.iter().flat_map(|p| p.attributes.keys().cloned()).collect()
    }

    /// Employee ids of those who have reports and so hold the role manager.
    pub fn managers(&self) -> BTreeSet<&str> {
        self.people.iter().filter_map(|p| p.manager_id.as_deref()).collect()
    }
}

/// Reads all files of an import.
///
/// # Errors
/// Every fault of every file, in the order of file and line. A work place or absence may name any
/// person whose line stands in the people file, even one with a fault, so that one fault is told once; where the people
/// file could not be read at all, such references are not judged.
pub fn parse_roster(
    bytes: RosterBytes<'_>,
    known: &Known<'_>,
) -> Result<RosterFile, Vec<RosterFault>> {
    let (people, ids, mut faults) = people::read(bytes.people, known);
    let knows = |id: &str| ids.is_empty() || ids.contains(id);
    let work_places = bytes.work_places.map(|b| collect(parse_work_places(b, &knows), &mut faults));
    let absences = bytes.absences.map(|b| collect(parse_absences(b, &knows), &mut faults));
    if faults.is_empty() {
        return Ok(RosterFile { people, work_places, absences });
    }
    Err(faults)
}

fn collect<T>(read: Result<Vec<T>, Vec<RosterFault>>, faults: &mut Vec<RosterFault>) -> Vec<T> {
    read.unwrap_or_else(|more| {
        faults.extend(more);
        Vec::new()
    })
}

type Ids = BTreeSet<String>;
