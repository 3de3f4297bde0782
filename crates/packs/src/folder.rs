//! What lies in a folder somebody points to: packs of another installation, npm packages, or raw
//! files. It only looks; [`crate::install`] takes.

use crate::kind::Kind;
use crate::manifest::{self, Manifest, date_in};
use crate::pack::{PackError, read_manifest};
use crate::sources::defaults::DefaultSource;
use crate::sources::{RawFile, SourceError, archive, kind_of};
use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

/// One source of a pack.
#[derive(Debug)]
pub enum Found {
    /// A pack with its manifest.
    Pack { folder: PathBuf, manifest: Box<Manifest> },
    /// An npm package of the default sources.
    Package { file: PathBuf, source: &'static DefaultSource, version: String },
    /// Raw files of one kind.
    Raw { kind: Kind, files: Vec<RawFile> },
}

impl Found {
    /// What kind of pack it makes.
    pub fn kind(&self) -> Kind {
        match self {
            Found::Pack { manifest, .. } => manifest.kind,
            Found::Package { source, .. } => source.kind,
            Found::Raw { kind, .. } => *kind,
        }
    }
}

/// Why a folder is not taken.
#[derive(Debug, thiserror::Error)]
pub enum FolderError {
    #[error("{path} cannot be read: {source}")]
    Read { path: PathBuf, source: io::Error },
    #[error(transparent)]
    Pack(#[from] PackError),
    #[error(transparent)]
    Source(#[from] SourceError),
    #[error("{path} holds the {kind} pack twice, as {one} and as {other}: leave one of them")]
    Twice { path: PathBuf, kind: Kind, one: String, other: String },
    #[error(
        "{path} holds nothing to make a pack of. Wanted are packs of another installation (its folder `packs`), \
         npm packages (.tgz), MMDB databases, or text files named after their kind: asn.csv, hosting.txt, \
         vpn.txt, tor.txt, relay.csv, business.txt, mobile.txt"
    )]
    Nothing { path: PathBuf },
}

/// Everything in this folder, one source a kind, in the order of kinds.
///
/// # Errors
/// See [`FolderError`].
pub fn look_into(path: &Path) -> Result<Vec<Found>, FolderError> {
    let packs = packs_in(path)?;
    if !packs.is_empty() {
        return Ok(packs);
    }
    let trouble = |source| FolderError::Read { path: path.to_owned(), source };
    let mut files = Vec::new();
    for entry in std::fs::read_dir(path).map_err(trouble)? {
        let entry = entry.map_err(trouble)?;
        if entry.path().is_file() {
            files.push((entry.file_name().to_string_lossy().into_owned(), entry.path()));
        }
    }
    files.sort();
    let mut raw: BTreeMap<Kind, Vec<RawFile>> = BTreeMap::new();
    let mut packages: BTreeMap<Kind, (PathBuf, &'static DefaultSource, String)> = BTreeMap::new();
    for (name, file) in files {
        if archive::is_archive(&name) {
            if name.to_ascii_lowercase().contains("geolite2") {
                return Err(SourceError::GeoLite2 { file: name }.into());
            }
            let Some((source, version)) = DefaultSource::of_file(&name) else { continue };
            // Of two versions the later.
            let kept = packages.get(&source.kind).and_then(|(_, _, kept)| date_in(kept));
            if kept <= date_in(version) {
                packages.insert(source.kind, (file, source, version.to_owned()));
            }
            continue;
        }
        if kind_by_ending(&name) {
            let bytes = std::fs::read(&file);
            let bytes = bytes.map_err(|source| FolderError::Read { path: file, source })?;
            let file = RawFile { name, bytes };
            if let Some(kind) = kind_of(&file)? {
                raw.entry(kind).or_default().push(file);
            }
        }
    }
    let mut found = Vec::new();
    for kind in Kind::ALL {
        match (raw.remove(&kind), packages.remove(&kind)) {
            (Some(files), Some((package, ..))) => {
                return Err(FolderError::Twice {
                    path: path.to_owned(),
                    kind,
                    one: files.first().map(|f| f.name.clone()).unwrap_or_default(),
                    other: package.display().to_string(),
                });
            }
            (Some(files), None) => found.push(Found::Raw { kind, files: without_numbers(files) }),
            (None, Some((file, source, version))) => {
                found.push(Found::Package { file, source, version });
            }
            (None, None) => {}
        }
    }
    match found.is_empty() {
        true => Err(FolderError::Nothing { path: path.to_owned() }),
        false => Ok(found),
    }
}

/// Packs in this folder, in its folder `packs`, or the one pack that it is.
fn packs_in(path: &Path) -> Result<Vec<Found>, FolderError> {
    let under = path.join("packs");
    let folders =
        Kind::ALL.into_iter().flat_map(|kind| [path.join(kind.code()), under.join(kind.code())]);
    let mut found: Vec<Found> = Vec::new();
    for folder in folders.chain([path.to_owned()]) {
        let Some(manifest) = read_manifest(&folder)? else { continue };
        if let Some(other) = found.iter().find(|f| f.kind() == manifest.kind) {
            let one = match other {
                Found::Pack { folder, .. } => folder.display().to_string(),
                _ => String::new(),
            };
            let other = folder.display().to_string();
            return Err(FolderError::Twice {
                path: path.to_owned(),
                kind: manifest.kind,
                one,
                other,
            });
        }
        found.push(Found::Pack { folder, manifest: Box::new(manifest) });
    }
    Ok(found)
}

/// Files that may be raw data; nothing else is read.
fn kind_by_ending(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let ends = [".mmdb", ".csv", ".txt", ".list", ".netset"];
    name != manifest::FILE && ends.iter().any(|end| name.ends_with(end))
}

/// The project writes the same ranges twice, the second time with addresses as numbers.
fn without_numbers(files: Vec<RawFile>) -> Vec<RawFile> {
    let is_twin = |name: &str| {
        name.strip_suffix("-num.csv")
            .is_some_and(|stem| files.iter().any(|f| f.name == format!("{stem}.csv")))
    };
    let keep: Vec<bool> = files.iter().map(|f| !is_twin(&f.name)).collect();
    files.into_iter().zip(keep).filter_map(|(file, keep)| keep.then_some(file)).collect()
}
