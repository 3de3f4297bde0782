//! Reads `people.csv` and `verifiers.csv`: every fault at once, nothing guessed.

use super::{SLOTS, policy, range, token};
use crate::calendar::SlotRange;
use crate::draw::{PersonRow, VerifierRow};
use crate::roster::table::{Columns, Faults, Record, read};
use crate::roster::{FaultCode, RosterFault, RosterFileKind};
use crate::sentence::Sentence;
use jiff::civil::date;
use std::collections::HashMap;

const PEOPLE: Columns = Columns {
    required: &["person_id", "manager_vid", "last_vid", "windows"],
    optional: &[],
    attributes: &[],
    may_be_empty: &["manager_vid", "last_vid", "windows"],
    cell_characters_max: CELL_CHARACTERS_MAX,
};

const VERIFIERS: Columns = Columns {
    required: &["verifier_id", "windows"],
    optional: &[],
    attributes: &[],
    may_be_empty: &["windows"],
    cell_characters_max: CELL_CHARACTERS_MAX,
};

/// Every second slot of a day as a window of its own has 1,132 characters.
const CELL_CHARACTERS_MAX: usize = 4_000;

const ACCEPTED: &str = "first-end;first-end;... with 0 <= first < end <= 288, or nothing at all";

/// A file's rows with their ids, and its faults.
type Rows<T> = (Vec<(String, T)>, Vec<RosterFault>);

pub(super) fn people(bytes: &[u8]) -> Rows<PersonRow> {
    let policy = policy().policy;
    each(bytes, RosterFileKind::People, &PEOPLE, "person_id", |id, record, slots| PersonRow {
        block: None,
        class: None,
        excluded: verifier(record.cell("manager_vid")).into_iter().collect(),
        k: 1,
        languages: Vec::new(),
        last_verifier: verifier(record.cell("last_vid")),
        policy,
        slots,
        token: token("person", id),
    })
}

pub(super) fn verifiers(bytes: &[u8]) -> Rows<VerifierRow> {
    each(bytes, RosterFileKind::Verifiers, &VERIFIERS, "verifier_id", |id, _, slots| VerifierRow {
        breaks: None,
        label: date(2027, 1, 1),
        languages: Vec::new(),
        sessions_max: SLOTS,
        slots,
        verifier: token("verifier", id),
    })
}

/// Empty and -1 mean none.
fn verifier(cell: &str) -> Option<crate::person::DrawToken> {
    (!matches!(cell, "" | "-1")).then(|| token("verifier", cell))
}

fn each<T>(
    bytes: &[u8],
    file: RosterFileKind,
    columns: &Columns,
    id_column: &str,
    mut row: impl FnMut(&str, &Record<'_>, Vec<SlotRange>) -> T,
) -> Rows<T> {
    let mut faults = Faults { file, list: Vec::new() };
    let mut rows = Vec::new();
    let mut lines: HashMap<String, u32> = HashMap::new();
    read(bytes, columns, &mut faults, |record, faults| {
        let id = record.cell(id_column);
        let line = record.line_of(id_column);
        if let Some(before) = lines.get(id) {
            let problem = Sentence::as_said(format!("`{id}` stands on line {before} already"));
            faults.add(line, Some(id_column), FaultCode::DuplicateId, problem, "every id once");
        }
        lines.entry(id.to_owned()).or_insert(line);
        match windows(record.cell("windows")) {
            Ok(slots) => rows.push((id.to_owned(), row(id, record, slots))),
            Err(problem) => {
                let line = record.line_of("windows");
                let problem = Sentence::as_said(problem);
                faults.add(line, Some("windows"), FaultCode::BadWindow, problem, ACCEPTED);
            }
        }
    });
    (rows, faults.list)
}

/// Windows in any order; those that touch or overlap are joined.
fn windows(cell: &str) -> Result<Vec<SlotRange>, String> {
    let mut pairs = Vec::new();
    for window in cell.split(';').map(str::trim).filter(|_| !cell.is_empty()) {
        pairs.push(pair(window)?);
    }
    pairs.sort_unstable();
    let mut joined: Vec<(u16, u16)> = Vec::with_capacity(pairs.len());
    for (first, end) in pairs {
        match joined.last_mut() {
            Some((_, last)) if first <= *last => *last = end.max(*last),
            _ => joined.push((first, end)),
        }
    }
    Ok(joined.into_iter().map(|(first, end)| range(first, end)).collect())
}

fn pair(window: &str) -> Result<(u16, u16), String> {
    let slot = |text: &str| {
        let text = text.trim();
        let is_number = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
        is_number.then(|| text.parse::<u16>().ok()).flatten()
    };
    let read = window.split_once('-').and_then(|(a, b)| Some((slot(a)?, slot(b)?)));
    let Some((first, end)) = read else {
        return Err(format!("`{window}` is not a window"));
    };
    if first >= end {
        return Err(format!("the window `{window}` is empty: its end is not after its first slot"));
    }
    if end > SLOTS {
        return Err(format!("the window `{window}` ends after the day's {SLOTS} slots"));
    }
    Ok((first, end))
}
