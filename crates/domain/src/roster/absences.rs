//! The file of absences.

use super::cells::{self, date};
use super::fault::{FaultCode, RosterFault, RosterFileKind};
use super::rows::{Absence, AbsenceKind};
use super::table::{self, CELL_CHARACTERS_MAX, Columns, Faults, Record};
use super::work_places::{in_order, person};
use crate::sentence;
use crate::sentence::Sentence;
use std::collections::BTreeMap;

const COLUMNS: Columns = Columns {
    required: &["employee_id", "kind", "from", "to"],
    optional: &[],
    attributes: &[],
    may_be_empty: &[],
    cell_characters_max: CELL_CHARACTERS_MAX,
};

/// Reads the absences. `knows` tells whether an employee id is on the roster. Absences of one
/// person may overlap; the same line twice is a fault.
///
/// # Errors
/// Every fault of the file.
pub fn parse_absences(
    bytes: &[u8],
    knows: &dyn Fn(&str) -> bool,
) -> Result<Vec<Absence>, Vec<RosterFault>> {
    let mut faults = Faults { file: RosterFileKind::Absences, list: Vec::new() };
    let mut absences = Vec::new();
    let mut seen = BTreeMap::new();
    table::read(bytes, &COLUMNS, &mut faults, |record, faults| {
        let Some(absence) = absence(record, knows, faults) else { return };
        if let Some(first) = seen.insert(absence.clone(), record.line()) {
            let problem = Sentence::as_said(format!("the same absence stands in line {first}"));
            faults.add(record.line(), None, FaultCode::DuplicateRow, problem, "every absence once");
        }
        absences.push(absence);
    });
    if faults.list.is_empty() { Ok(absences) } else { Err(faults.list) }
}

fn absence(
    record: &Record<'_>,
    knows: &dyn Fn(&str) -> bool,
    faults: &mut Faults,
) -> Option<Absence> {
    let employee_id = person(record, knows, faults);
    let kind = cells::read(record, "kind", faults, |cell| {
        AbsenceKind::from_code(&cell.to_lowercase()).ok_or_else(|| {
            let known: Vec<&str> = AbsenceKind::ALL.iter().map(|k| k.code()).collect();
            let problem = sentence!("`{cell}` is not a kind of absence", cell = cells::short(cell));
            (FaultCode::UnknownKind, problem, Sentence::as_said(known.join(", ")))
        })
    });
    let from = cells::read(record, "from", faults, date);
    let to = cells::read(record, "to", faults, date);
    if let (Some(from), Some(to)) = (from, to) {
        in_order(record, "to", from, to, faults);
    }
    Some(Absence { employee_id: employee_id?, kind: kind?, from: from?, to: to? })
}
