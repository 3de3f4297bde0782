//! What can be wrong with a roster file, said so that the writer of the file can mend it: file,
//! line, column, what is wrong, what would be accepted. No fault is raised or judged here.

use crate::sentence;
use crate::sentence::{Sentence, as_text};
use serde::Serialize;

words! {
    /// Which file.
    pub enum RosterFileKind {
        People = "people",
        WorkPlaces = "work_places",
        Absences = "absences",
        /// Of a plan made from files.
        Verifiers = "verifiers",
        /// Of `muster links`.
        Observations = "observations",
        /// Of `muster links`.
        Sites = "sites",
    }
}

words! {
    /// The stable code of a fault in a roster file. Never reused.
    pub enum FaultCode {
        NotUtf8 = "not-utf8",
        EmptyFile = "empty-file",
        UnknownColumn = "unknown-column",
        MissingColumn = "missing-column",
        DuplicateColumn = "duplicate-column",
        WrongCellCount = "wrong-cell-count",
        UnclosedQuote = "unclosed-quote",
        CellMissing = "cell-missing",
        CellTooLong = "cell-too-long",
        ControlCharacter = "control-character",
        BadEmployeeId = "bad-employee-id",
        DuplicateEmployeeId = "duplicate-employee-id",
        BadEmail = "bad-email",
        DuplicateEmail = "duplicate-email",
        DuplicateId = "duplicate-id",
        BadWindow = "bad-window",
        UnknownManager = "unknown-manager",
        ManagerLoop = "manager-loop",
        UnknownRole = "unknown-role",
        RoleNotGranted = "role-not-granted",
        UnknownLanguage = "unknown-language",
        UnknownZone = "unknown-zone",
        BadHours = "bad-hours",
        UnknownHolidays = "unknown-holidays",
        UnknownPerson = "unknown-person",
        BadNumber = "bad-number",
        BadCountry = "bad-country",
        BadDate = "bad-date",
        DatesReversed = "dates-reversed",
        UnknownKind = "unknown-kind",
        DuplicateRow = "duplicate-row",
        BadInstant = "bad-instant",
        BadAddress = "bad-address",
        BadNetwork = "bad-network",
        NotAllowed = "not-allowed",
        TooManyFaults = "too-many-faults",
    }
}

/// One fault. `Display` is one line for a terminal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RosterFault {
    pub file: RosterFileKind,
    /// Physical line of the file, from 1; a cell after a quoted line break counts it.
    pub line: u32,
    /// Name of the column as in the documentation; `None` where the whole line or file is meant.
    pub column: Option<String>,
    pub code: FaultCode,
    /// What is wrong, with the offending text.
    #[serde(serialize_with = "as_text")]
    pub problem: Sentence,
    /// What would be accepted instead.
    #[serde(serialize_with = "as_text")]
    pub accepted: Sentence,
}

impl std::fmt::Display for RosterFault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} file, line {}", self.file.code().replace('_', " "), self.line)?;
        if let Some(column) = &self.column {
            write!(f, ", column {column}")?;
        }
        write!(f, ": {}; accepted: {} [{}]", self.problem, self.accepted, self.code)
    }
}

/// The candidate nearest to a mistyped word, if one is near enough to be meant.
fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let word = word.to_lowercase();
    let limit = 1 + word.chars().count() / 4;
    candidates
        .into_iter()
        .map(|c| (edit_distance(&word, &c.to_lowercase()), c))
        .filter(|(distance, _)| *distance <= limit)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, c)| c)
}

/// What would be accepted, with the candidate nearest to a mistyped word.
pub(crate) fn did_you_mean<'a>(
    accepted: Sentence,
    word: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Sentence {
    match nearest(word, candidates) {
        Some(near) => sentence!("{accepted} (did you mean `{near}`?)", accepted, near),
        None => accepted,
    }
}

/// Levenshtein distance in characters.
fn edit_distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let substituted = diagonal + usize::from(x != *y);
            diagonal = row[j + 1];
            row[j + 1] = substituted.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn the_nearest_word_is_offered_only_when_it_is_near() {
        assert_eq!(nearest("verifer", ["verifier", "hr"]), Some("verifier"));
        assert_eq!(nearest("zebra", ["verifier", "hr"]), None);
        assert_eq!(
            nearest("Europe/Berln", ["Europe/Berlin", "Europe/Dublin"]),
            Some("Europe/Berlin")
        );
    }
}
