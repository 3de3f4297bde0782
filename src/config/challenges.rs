//! `[challenges]`: cards of the organisation's own, one or several in a TOML file, beside ours.

use super::Fault;
use muster_domain::challenge::Catalogue;
use serde::Deserialize;
use std::path::{Path, PathBuf};

/// A card is a few hundred bytes.
const FILE_BYTES_MAX: u64 = 256 * 1024;

/// `[challenges]`
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Challenges {
    /// Folder of `*.toml` files; without it there are only our cards.
    pub dir: Option<PathBuf>,
}

impl Challenges {
    pub(super) fn check(&self, faults: &mut Vec<Fault>) {
        faults.extend(self.catalogue().err().into_iter().flatten());
    }

    /// Our cards and theirs.
    ///
    /// # Errors
    /// Every fault, with the file and what would be accepted.
    pub fn catalogue(&self) -> Result<Catalogue, Vec<Fault>> {
        let Some(dir) = &self.dir else { return Ok(Catalogue::default()) };
        let files = files(dir).map_err(|fault| vec![fault])?;
        Catalogue::default().with_own(&files).map_err(|faults| {
            let accepted = "cards as in docs/challenges.md";
            let fault = |(file, problem): (String, String)| {
                Fault::new("challenges.dir", &format!("holds {file}: {problem}"), accepted)
            };
            faults.into_iter().map(fault).collect()
        })
    }
}

/// Name and text of every file, in order of their names.
fn files(dir: &Path) -> Result<Vec<(String, String)>, Fault> {
    let fault = |problem: String| {
        let accepted =
            "a folder of .toml files that this user may read; docs/challenges.md shows one";
        Fault::new("challenges.dir", &problem, accepted)
    };
    let listed = std::fs::read_dir(dir)
        .map_err(|e| fault(format!("cannot be read: {}: {e}", dir.display())))?;
    let mut files = Vec::new();
    for entry in listed {
        let path = entry.map_err(|e| fault(format!("cannot be read: {e}")))?.path();
        if path.extension().is_none_or(|e| e != "toml") {
            continue;
        }
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let length = path.metadata().map_or(0, |m| m.len());
        if length > FILE_BYTES_MAX {
            return Err(fault(format!("holds {name} of {length} bytes; 262144 are accepted")));
        }
        let text = std::fs::read_to_string(&path)
            .map_err(|e| fault(format!("holds {name}, which cannot be read: {e}")))?;
        files.push((name, text));
    }
    files.sort();
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;

    const CARD: &str = "[[challenge]]\nid = \"own-badge\"\nclass = \"binding\"\n\
        instruction = \"Hold your badge beside your face.\"\nalternative = \"Show its cord.\"\n\
        seconds = 20\nfor_verifier = \"Ask for the front of it.\"\nlook_for = \"The badge of this year.\"\n\
        defeats = [\"stand_in\"]\n";

    #[test]
    fn own_cards_are_read_and_a_bad_file_says_what_to_change() {
        let dir = tempfile::tempdir().unwrap();
        let challenges = Challenges { dir: Some(dir.path().to_owned()) };
        std::fs::write(dir.path().join("notes.txt"), "not a card").unwrap();
        std::fs::write(dir.path().join("badge.toml"), CARD).unwrap();
        assert!(challenges.catalogue().unwrap().template("own-badge").is_some());
        std::fs::write(dir.path().join("bad.toml"), CARD.replace("20", "500")).unwrap();
        std::fs::write(dir.path().join("worse.toml"), "[[challenge]]\nid = 5\n").unwrap();
        let mut faults = Vec::new();
        challenges.check(&mut faults);
        let text: Vec<String> = faults.iter().map(|f| format!("{f:?}")).collect();
        assert_eq!(text.len(), 2, "{text:?}");
        assert!(text[0].contains("bad.toml") && text[0].contains("10 to 120"), "{text:?}");
        assert!(text[1].contains("worse.toml") && text[1].contains("line"), "{text:?}");
        let gone = Challenges { dir: Some(dir.path().join("nowhere")) };
        assert_eq!(gone.catalogue().unwrap_err().len(), 1);
    }
}
