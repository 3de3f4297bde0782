//! The file of declared work places.

use super::cells::{self, country, date, number};
use super::fault::{FaultCode, RosterFault, RosterFileKind};
use super::rows::WorkPlace;
use super::table::{self, CELL_CHARACTERS_MAX, Columns, Faults, Record, one_line};
use crate::sentence::Sentence;
use crate::{msg, sentence};
use std::collections::BTreeMap;

const COLUMNS: Columns = Columns {
    required: &["employee_id", "label", "lat", "lon", "radius_km", "country"],
    optional: &["valid_from", "valid_to"],
    attributes: &[],
    may_be_empty: &[],
    cell_characters_max: CELL_CHARACTERS_MAX,
};

const DEGREES: &str = msg!("degrees");

/// Reads the work places. `knows` tells whether an employee id is on the roster.
///
/// # Errors
/// Every fault of the file.
pub fn parse_work_places(
    bytes: &[u8],
    knows: &dyn Fn(&str) -> bool,
) -> Result<Vec<WorkPlace>, Vec<RosterFault>> {
    let mut faults = Faults { file: RosterFileKind::WorkPlaces, list: Vec::new() };
    let mut places = Vec::new();
    let mut seen = BTreeMap::new();
    table::read(bytes, &COLUMNS, &mut faults, |record, faults| {
        let Some(place) = work_place(record, knows, faults) else { return };
        let key = (place.employee_id.clone(), place.label.clone(), place.valid_from);
        if let Some(first) = seen.insert(key, record.line()) {
            let problem = Sentence::as_said(format!(
                "the same person, label and valid_from stand in line {first}"
            ));
            let accepted = "another label or another valid_from";
            faults.add(record.line(), Some("label"), FaultCode::DuplicateRow, problem, accepted);
        }
        places.push(place);
    });
    if faults.list.is_empty() { Ok(places) } else { Err(faults.list) }
}

fn work_place(
    record: &Record<'_>,
    knows: &dyn Fn(&str) -> bool,
    faults: &mut Faults,
) -> Option<WorkPlace> {
    let employee_id = person(record, knows, faults);
    let latitude = cells::read(record, "lat", faults, |c| number(c, -90.0, 90.0, DEGREES));
    let longitude = cells::read(record, "lon", faults, |c| number(c, -180.0, 180.0, DEGREES));
    let radius =
        cells::read(record, "radius_km", faults, |c| number(c, 0.1, 500.0, msg!("kilometres")));
    let country = cells::read(record, "country", faults, country);
    let valid_from = cells::read(record, "valid_from", faults, date);
    let valid_to = cells::read(record, "valid_to", faults, date);
    if let (Some(from), Some(to)) = (valid_from, valid_to) {
        in_order(record, "valid_to", from, to, faults);
    }
    Some(WorkPlace {
        employee_id: employee_id?,
        label: one_line(record.filled("label")?),
        latitude_degrees: latitude?,
        longitude_degrees: longitude?,
        radius_km: radius?,
        country: country?,
        valid_from,
        valid_to,
    })
}

/// The employee id of a line that must name somebody on the roster.
pub(super) fn person(
    record: &Record<'_>,
    knows: &dyn Fn(&str) -> bool,
    faults: &mut Faults,
) -> Option<String> {
    cells::read(record, "employee_id", faults, |cell| {
        if knows(cell) {
            return Ok(cell.to_owned());
        }
        let id = cells::short(cell);
        let problem = Sentence::as_said(format!("nobody on the roster has the employee id `{id}`"));
        Err((FaultCode::UnknownPerson, problem, "an employee_id of the people file".into()))
    })
}

/// Complains where the second date is before the first.
pub(super) fn in_order(
    record: &Record<'_>,
    column: &str,
    from: jiff::civil::Date,
    to: jiff::civil::Date,
    faults: &mut Faults,
) {
    if to >= from {
        return;
    }
    let problem = sentence!(
        "the last day {to} is before the first day {from}",
        to = to.to_string(),
        from = from.to_string()
    );
    let accepted = msg!("the same day or a later one (both days are included)");
    faults.add(record.line_of(column), Some(column), FaultCode::DatesReversed, problem, accepted);
}
