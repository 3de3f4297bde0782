//! What every mail has in common: who reads it, how to check it without clicking, whom to ask.

use super::line::{Line, Link};
use super::times::Moment;
use serde::Serialize;

/// The same in every mail to one reader.
#[derive(Debug, Clone, Serialize)]
pub struct Frame {
    /// The organisation that runs this installation.
    pub organisation: Line,
    /// The reader, as they want to be called.
    pub reader_name: Line,
    /// The first page of the portal.
    portal: Link,
    /// Host of the portal as somebody would type it.
    portal_host: Line,
    /// Whom to ask, and how, without this mail: "the People team, extension 4400".
    pub contact: Line,
}

impl Frame {
    pub fn new(organisation: Line, reader_name: Line, portal: Link, contact: Line) -> Frame {
        let portal_host = Line::new(portal.host());
        Frame { organisation, reader_name, portal, portal_host, contact }
    }

    /// The first page of the portal.
    pub fn portal(&self) -> &Link {
        &self.portal
    }
}

/// A signed checkpoint of the audit log (C2SP signed note), carried so that the reader becomes a
/// witness: whoever holds it can later prove that the log was rewritten.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Checkpoint {
    lines: Vec<String>,
}

/// A note that is not a signed checkpoint.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a checkpoint note has origin, size, root, an empty line and signature lines, all ASCII or an em dash, at most {max} lines; line {line} is not", max = Checkpoint::LINES_MAX)]
pub struct CheckpointError {
    pub line: usize,
}

impl Checkpoint {
    /// Origin, size, root, a few extensions, the gap and the signatures of some witnesses.
    pub const LINES_MAX: usize = 12;

    /// Takes the note as it was signed; the mail repeats it line by line.
    pub fn from_note(note: &str) -> Result<Checkpoint, CheckpointError> {
        let lines: Vec<String> =
            note.trim_end_matches('\n').split('\n').map(str::to_owned).collect();
        let gap = lines.iter().position(String::is_empty);
        if !gap.is_some_and(|gap| gap >= 3 && gap + 1 < lines.len())
            || lines.len() > Self::LINES_MAX
        {
            return Err(CheckpointError { line: lines.len().min(Self::LINES_MAX) });
        }
        let plain = |c: char| c == ' ' || c == '—' || c.is_ascii_graphic();
        match lines.iter().position(|line| !line.chars().all(plain)) {
            Some(at) => Err(CheckpointError { line: at + 1 }),
            None => Ok(Checkpoint { lines }),
        }
    }
}

/// What happens next if nobody acts.
#[derive(Debug, Clone, Serialize)]
pub struct NextStep {
    /// Who is told: "HR", "your own manager".
    pub who: Line,
    pub at: Moment,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_note_is_kept_line_by_line_and_anything_else_is_refused() {
        let note = "muster.example/log\n42\nZm9v\n\n— muster.example/log AAAAAQ==\n";
        assert_eq!(Checkpoint::from_note(note).unwrap().lines.join("\n") + "\n", note);
        assert!(Checkpoint::from_note("muster.example/log\n42\n").is_err());
        assert!(Checkpoint::from_note("muster.example/log\n42\nZm9v\n\n").is_err());
        assert_eq!(
            Checkpoint::from_note("a\n1\n\u{202E}x\n\n— a b\n").unwrap_err(),
            CheckpointError { line: 3 }
        );
    }
}
