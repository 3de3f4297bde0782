//! A CSV file as a table: header checked, every record with its physical line, faults of shape
//! collected. What a cell means is decided by the file that reads the table.

use super::fault::{FaultCode, RosterFault, RosterFileKind, did_you_mean};
use super::lines::{count_lines, source};
use crate::sentence::Sentence;
use crate::{msg, sentence};
use std::collections::BTreeMap;

/// Longest cell of a roster file in characters; more is a quote that was never closed.
pub(super) const CELL_CHARACTERS_MAX: usize = 1_000;

/// Columns of one file.
pub(crate) struct Columns {
    /// The column must be there; a cell must not be empty.
    pub(crate) required: &'static [&'static str],
    pub(crate) optional: &'static [&'static str],
    /// Names accepted besides, and anything starting with `x_`; none where empty.
    pub(crate) attributes: &'static [&'static str],
    /// Required columns whose cells may be empty all the same.
    pub(crate) may_be_empty: &'static [&'static str],
    /// Longest cell in characters.
    pub(crate) cell_characters_max: usize,
}

/// The faults of one file so far.
pub(crate) struct Faults {
    pub(crate) file: RosterFileKind,
    pub(crate) list: Vec<RosterFault>,
}

impl Faults {
    pub(crate) fn add(
        &mut self,
        line: u32,
        column: Option<&str>,
        code: FaultCode,
        problem: impl Into<Sentence>,
        accepted: impl Into<Sentence>,
    ) {
        self.list.push(RosterFault {
            file: self.file,
            line,
            column: column.map(str::to_owned),
            code,
            problem: problem.into(),
            accepted: accepted.into(),
        });
    }
}

/// One record: its cells by column name, and where it stands.
pub(crate) struct Record<'a> {
    pub(super) header: &'a Header,
    pub(super) cells: &'a csv::StringRecord,
    pub(super) line: u32,
}

impl Record<'_> {
    /// Line on which the record begins.
    pub(crate) fn line(&self) -> u32 {
        self.line
    }

    /// The trimmed cell; empty if the column is absent.
    pub(crate) fn cell(&self, column: &str) -> &str {
        self.header.index(column).and_then(|i| self.cells.get(i)).unwrap_or("").trim()
    }

    /// The trimmed cell, or `None` if it is empty or the column is absent.
    pub(crate) fn filled(&self, column: &str) -> Option<&str> {
        Some(self.cell(column)).filter(|c| !c.is_empty())
    }

    /// The physical line on which a cell begins.
    pub(crate) fn line_of(&self, column: &str) -> u32 {
        if !self.cells.as_slice().contains(['\n', '\r']) {
            return self.line;
        }
        let index = self.header.index(column).unwrap_or(0);
        let before: u32 = self.cells.iter().take(index).map(|c| count_lines(c.as_bytes())).sum();
        self.line + before
    }

    /// Filled attribute cells, with line breaks and runs of spaces as one space.
    pub(crate) fn attributes(&self) -> BTreeMap<String, String> {
        let names = self.header.attributes.iter();
        names.filter_map(|n| Some((n.clone(), one_line(self.filled(n)?)))).collect()
    }
}

/// White space of any kind, also quoted line breaks, as single spaces.
pub(crate) fn one_line(cell: &str) -> String {
    cell.split_whitespace().collect::<Vec<_>>().join(" ")
}

pub(super) struct Header {
    /// Name and place; few enough that looking through them beats a map.
    columns: Vec<(String, usize)>,
    attributes: Vec<String>,
    width: usize,
}

impl Header {
    fn index(&self, column: &str) -> Option<usize> {
        self.columns.iter().find(|(name, _)| name == column).map(|(_, i)| *i)
    }
}

/// Reads a file record by record. Records whose shape is wrong are faults and are not passed on;
/// an empty cell of a required column is a fault and the record is still passed on.
pub(crate) fn read(
    bytes: &[u8],
    columns: &Columns,
    faults: &mut Faults,
    mut each: impl FnMut(&Record<'_>, &mut Faults),
) {
    let source = match source(bytes) {
        Ok(source) => source,
        Err(e) => {
            let accepted = "CSV saved as UTF-8 (in Excel: `CSV UTF-8`)";
            let problem = Sentence::as_said(e.problem);
            return faults.add(e.line, None, FaultCode::NotUtf8, problem, accepted);
        }
    };
    let mut lines = Lines::new(source.text, source.lines_before);
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(source.delimiter)
        .has_headers(false)
        .flexible(true)
        .from_reader(source.text.as_bytes());
    let mut cells = csv::StringRecord::new();
    let mut header = None;
    loop {
        match reader.read_record(&mut cells) {
            Ok(true) => {}
            Ok(false) => break,
            Err(e) => {
                let problem = Sentence::as_said(format!("the file cannot be read as CSV: {e}"));
                faults.add(lines.line, None, FaultCode::WrongCellCount, problem, "CSV (RFC 4180)");
                break;
            }
        }
        let line = lines.of_record(cells.position().map_or(0, csv::Position::byte));
        let Some(header) = &header else {
            let Some(read) = header_of(&cells, columns, line, faults) else { return };
            header = Some(read);
            continue;
        };
        if cells.iter().all(|c| c.trim().is_empty()) {
            continue; // spreadsheets leave `;;;;` behind
        }
        let record = Record { header, cells: &cells, line };
        if shape_is_right(&record, columns, faults) {
            each(&record, faults);
        }
    }
    if header.is_none() {
        empty_file(columns, faults);
    }
}

pub(super) fn empty_file(columns: &Columns, faults: &mut Faults) {
    let accepted = first_line(columns);
    faults.add(1, None, FaultCode::EmptyFile, "the file is empty", accepted);
}

/// The header; `None` where a required column is missing, so that no line can be read.
pub(super) fn header_of(
    cells: &csv::StringRecord,
    columns: &Columns,
    line: u32,
    faults: &mut Faults,
) -> Option<Header> {
    let mut header = Header { columns: Vec::new(), attributes: Vec::new(), width: cells.len() };
    let fixed: Vec<&str> = columns.required.iter().chain(columns.optional).copied().collect();
    for (i, cell) in cells.iter().enumerate() {
        let name = cell.trim().to_lowercase();
        let is_attribute = columns.attributes.contains(&name.as_str())
            || (!columns.attributes.is_empty() && is_free_attribute(&name));
        if !is_attribute && !fixed.contains(&name.as_str()) {
            let problem = Sentence::as_said(format!("unknown column `{}`", cell.trim()));
            faults.add(
                line,
                Some(&name),
                FaultCode::UnknownColumn,
                problem,
                accepted_columns(&name, columns),
            );
            continue;
        }
        if header.index(&name).is_some() {
            let problem = Sentence::as_said(format!("the column `{name}` stands twice"));
            faults.add(line, Some(&name), FaultCode::DuplicateColumn, problem, "every column once");
        }
        header.columns.push((name.clone(), i));
        if is_attribute {
            header.attributes.push(name);
        }
    }
    let missing: Vec<&str> =
        columns.required.iter().filter(|n| header.index(n).is_none()).copied().collect();
    for name in &missing {
        let problem = Sentence::as_said(format!("the column `{name}` is missing"));
        faults.add(line, Some(name), FaultCode::MissingColumn, problem, first_line(columns));
    }
    missing.is_empty().then_some(header)
}

fn first_line(columns: &Columns) -> Sentence {
    Sentence::as_said(format!("a first line with the columns {}", columns.required.join(", ")))
}

fn is_free_attribute(name: &str) -> bool {
    name.strip_prefix("x_").is_some_and(|rest| {
        !rest.is_empty() && rest.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
    })
}

fn accepted_columns(name: &str, columns: &Columns) -> Sentence {
    let all: Vec<&str> = columns
        .required
        .iter()
        .chain(columns.optional)
        .chain(columns.attributes)
        .copied()
        .collect();
    let free = if columns.attributes.is_empty() { "" } else { ", or a name starting with x_" };
    did_you_mean(Sentence::as_said(format!("{}{free}", all.join(", "))), name, all)
}

pub(super) fn shape_is_right(record: &Record<'_>, columns: &Columns, faults: &mut Faults) -> bool {
    let width = record.header.width;
    if let Some(long) = record.cells.iter().find(|c| is_too_long(c, columns.cell_characters_max)) {
        let start: String = long.chars().take(20).collect();
        let problem =
            sentence!("a cell that begins with `{start}` does not end", start = one_line(&start));
        let accepted = sentence!(
            "at most {n} characters; a quote opened here may not be closed",
            n = columns.cell_characters_max
        );
        faults.add(record.line, None, FaultCode::UnclosedQuote, problem, accepted);
        return false;
    }
    if record.cells.len() != width {
        let problem = Sentence::as_said(format!("the line has {} cells", record.cells.len()));
        let accepted = Sentence::as_said(format!(
            "{width} cells, as in the first line (quote a cell that contains the delimiter)"
        ));
        faults.add(record.line, None, FaultCode::WrongCellCount, problem, accepted);
        return false;
    }
    let is_control = |c: char| c.is_control() && !matches!(c, '\n' | '\r' | '\t');
    let is_clean = !record.cells.as_slice().contains(is_control);
    for column in record.header.columns.iter().map(|(name, _)| name).filter(|_| !is_clean) {
        if record.cell(column).contains(is_control) {
            let line = record.line_of(column);
            let problem = msg!("the cell contains a control character");
            let accepted = msg!("printable text");
            faults.add(line, Some(column), FaultCode::ControlCharacter, problem, accepted);
            return false;
        }
    }
    let must_be_filled = |c: &&&str| !columns.may_be_empty.contains(*c);
    let required = columns.required.iter().filter(must_be_filled);
    for column in required.filter(|c| record.filled(c).is_none()) {
        let line = record.line_of(column);
        faults.add(
            line,
            Some(column),
            FaultCode::CellMissing,
            "the cell is empty",
            "a value in every line",
        );
    }
    true
}

fn is_too_long(cell: &str, characters_max: usize) -> bool {
    cell.len() > characters_max && cell.chars().count() > characters_max
}

/// Turns byte offsets of records, in rising order, into physical lines. The CSV reader counts a
/// record from the blank lines before it; we count from its first byte.
struct Lines<'a> {
    bytes: &'a [u8],
    at: usize,
    line: u32,
}

impl<'a> Lines<'a> {
    fn new(text: &'a str, lines_before: u32) -> Lines<'a> {
        Lines { bytes: text.as_bytes(), at: 0, line: 1 + lines_before }
    }

    fn of_record(&mut self, byte: u64) -> u32 {
        let mut start = usize::try_from(byte).unwrap_or(usize::MAX).min(self.bytes.len());
        while matches!(self.bytes.get(start), Some(b'\n' | b'\r')) {
            start += 1;
        }
        self.line += count_lines(&self.bytes[self.at..start]);
        self.at = start;
        self.line
    }
}
