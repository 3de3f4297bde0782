//! The texts of one language, from its PO file.

use rust_embed::RustEmbed;
use std::collections::BTreeMap;

/// `languages/` at the root of the tree; read from disk in debug builds, embedded otherwise.
#[derive(RustEmbed)]
#[folder = "../../languages"]
struct Files;

/// English text to the text of one language.
#[derive(Debug, Default)]
pub struct Catalogue {
    texts: BTreeMap<Box<str>, Box<str>>,
}

/// A language file that could not be read.
#[derive(Debug, thiserror::Error)]
#[error("not a PO file: {0}")]
pub struct CatalogueError(String);

impl Catalogue {
    /// The catalogue that is part of the program. A test reads every one, so that a file that
    /// cannot be read is found before; such a language would be shown in English.
    pub(super) fn embedded(code: &str) -> Catalogue {
        let file = Files::get(&format!("{code}.po")).map(|file| file.data.into_owned());
        Catalogue::read(&file.unwrap_or_default()).unwrap_or_default()
    }

    /// Reads a PO file. Entries that are empty or marked fuzzy do not count.
    pub fn read(file: &[u8]) -> Result<Catalogue, CatalogueError> {
        let read = polib::po_file::parse_from_reader(file);
        let read = read.map_err(|e| CatalogueError(e.to_string()))?;
        let mut texts = BTreeMap::new();
        for entry in read.messages().filter(|entry| entry.is_translated() && !entry.is_fuzzy()) {
            let text = entry.msgstr().map_err(|e| CatalogueError(format!("{e:?}")))?;
            texts.insert(entry.msgid().into(), text.into());
        }
        Ok(Catalogue { texts })
    }

    /// The text for an English one.
    pub fn get(&self, english: &str) -> Option<&str> {
        self.texts.get(english).map(|text| &**text)
    }

    /// All pairs, by English text.
    pub fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        self.texts.iter().map(|(english, text)| (&**english, &**text))
    }
}
