//! One pack on disk: a folder named after its kind, with a manifest and the file it names. Reading
//! checks both; installing puts the file down first and lets one rename of the manifest decide.

use crate::kind::Kind;
use crate::manifest::{self, FORMAT, Manifest};
use crate::sources::Built;
use crate::table::Table;
use crate::table_file::{self, Damaged};
use jiff::tz::TimeZone;
use muster_domain::time::UtcMillis;
use sha2::{Digest, Sha256};
use std::fs::{self, File};
use std::io::{self, BufReader, BufWriter, Read, Write};
use std::path::{Path, PathBuf};

/// A pack in memory with its manifest.
#[derive(Debug, PartialEq)]
pub struct Pack {
    pub manifest: Manifest,
    pub table: Table,
    /// The first instant of its date, kept because every look-up asks.
    pub(crate) begun: UtcMillis,
}

/// Why a pack was not read or not installed; a sentence for the operator.
#[derive(Debug, thiserror::Error)]
pub enum PackError {
    #[error("{path} cannot be read: {source}")]
    Read { path: PathBuf, source: io::Error },
    #[error("{path} is no manifest of a pack: {detail}")]
    Manifest { path: PathBuf, detail: String },
    #[error(
        "{path} is not the file its manifest describes: it has {found}, the manifest says {wanted}"
    )]
    Differs { path: PathBuf, found: String, wanted: String },
    #[error("{path} is damaged: {damage}")]
    Damaged { path: PathBuf, damage: Damaged },
    #[error("the {kind} pack says of {address} {said}, where its manifest knows {wanted}")]
    LookUp { kind: Kind, address: std::net::IpAddr, said: String, wanted: String },
    #[error(
        "the {kind} pack is of {date}, which lies ahead of today, {today}: set the clock right or take other data"
    )]
    Ahead { kind: Kind, date: jiff::civil::Date, today: jiff::civil::Date },
    #[error("{path} cannot be written: {source}")]
    Write { path: PathBuf, source: io::Error },
}

/// The manifest in a pack's folder; `None` where there is none.
///
/// # Errors
/// It cannot be read or is none.
pub fn read_manifest(folder: &Path) -> Result<Option<Manifest>, PackError> {
    let path = folder.join(manifest::FILE);
    let trouble = |source| PackError::Read { path: path.clone(), source };
    let file = match File::open(&path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(trouble(error)),
    };
    let mut text = Vec::new();
    file.take(manifest::BYTES_MAX).read_to_end(&mut text).map_err(trouble)?;
    parse_manifest(&path, &text).map(Some)
}

/// A manifest out of its text.
///
/// # Errors
/// It is none.
pub fn parse_manifest(path: &Path, text: &[u8]) -> Result<Manifest, PackError> {
    let no_manifest = |detail: String| PackError::Manifest { path: path.to_owned(), detail };
    let manifest: Manifest =
        serde_json::from_slice(text).map_err(|error| no_manifest(error.to_string()))?;
    check_form(path, &manifest)?;
    Ok(manifest)
}

fn check_form(path: &Path, manifest: &Manifest) -> Result<(), PackError> {
    match manifest.fault() {
        Some(detail) => Err(PackError::Manifest { path: path.to_owned(), detail }),
        None => Ok(()),
    }
}

impl Pack {
    /// Reads the pack that a manifest describes and checks that it is that one: kind, length, hash,
    /// form, known look-ups.
    ///
    /// # Errors
    /// See [`PackError`].
    pub fn read(folder: &Path, manifest: Manifest) -> Result<Pack, PackError> {
        let path = folder.join(&manifest.file);
        let trouble = |source| PackError::Read { path: path.clone(), source };
        let file = File::open(&path).map_err(trouble)?;
        let length = file.metadata().map_err(trouble)?.len();
        if length != manifest.bytes {
            let (found, wanted) = (format!("{length} bytes"), format!("{} bytes", manifest.bytes));
            return Err(PackError::Differs { path, found, wanted });
        }
        let mut hashing =
            Hashing { inner: BufReader::with_capacity(1 << 16, file), hash: Sha256::new() };
        let table = table_file::read(manifest.kind, length, &mut hashing)
            .map_err(|damage| PackError::Damaged { path: path.clone(), damage })?;
        let found = hex::encode(hashing.hash.finalize());
        if found != manifest.sha256 {
            let (found, wanted) = (format!("SHA-256 {found}"), manifest.sha256.clone());
            return Err(PackError::Differs { path, found, wanted });
        }
        let pack = Pack { begun: manifest.begun(), manifest, table };
        pack.check_look_ups()?;
        Ok(pack)
    }

    /// Whether the table answers as the source did.
    fn check_look_ups(&self) -> Result<(), PackError> {
        for look_up in &self.manifest.look_ups {
            let said = self.table.value(look_up.address);
            if said != look_up.answer {
                let words = |value: &Option<_>| serde_json::to_string(value).unwrap_or_default();
                return Err(PackError::LookUp {
                    kind: self.manifest.kind,
                    address: look_up.address,
                    said: words(&said),
                    wanted: words(&look_up.answer),
                });
            }
        }
        Ok(())
    }
}

struct Hashing<R> {
    inner: R,
    hash: Sha256,
}

impl<R: Read> Read for Hashing<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(into)?;
        self.hash.update(&into[..count]);
        Ok(count)
    }
}

/// Writes a built pack into `folder`, aside from what is installed there: the file under the name of
/// its hash, the manifest only in the answer.
///
/// # Errors
/// The folder cannot be written.
pub fn write_aside(folder: &Path, built: &Built) -> Result<Manifest, PackError> {
    let trouble = |source| PackError::Write { path: folder.to_owned(), source };
    fs::create_dir_all(folder).map_err(trouble)?;
    let kind = built.table.kind();
    let aside = folder.join(format!("{kind}.new"));
    let file = File::create(&aside).map_err(trouble)?;
    let mut to = HashingWriter {
        inner: BufWriter::with_capacity(1 << 16, file),
        hash: Sha256::new(),
        bytes: 0,
    };
    table_file::write(&built.table, &mut to).map_err(trouble)?;
    let (sha256, bytes) = (hex::encode(to.hash.finalize()), to.bytes);
    let file = to.inner.into_inner().map_err(|error| trouble(error.into_error()))?;
    file.sync_all().map_err(trouble)?;
    let name = file_name(kind, &sha256);
    fs::rename(&aside, folder.join(&name)).map_err(trouble)?;
    let provenance = &built.provenance;
    Ok(Manifest {
        format: FORMAT,
        kind,
        name: provenance.name.clone(),
        source: provenance.source.clone(),
        licence: provenance.licence.clone(),
        attribution: provenance.attribution.clone(),
        date: built.date,
        file: name,
        sha256,
        bytes,
        ranges: built.table.ranges() as u64,
        warn_days: provenance.warn_days,
        void_days: provenance.void_days,
        look_ups: built.look_ups.clone(),
    })
}

/// The name a pack's file has: another content is another file, so an old one stays untouched.
pub fn file_name(kind: Kind, sha256: &str) -> String {
    format!("{kind}-{}.ranges", sha256.get(..16).unwrap_or(sha256))
}

struct HashingWriter<W> {
    inner: W,
    hash: Sha256,
    bytes: u64,
}

impl<W: Write> Write for HashingWriter<W> {
    fn write(&mut self, from: &[u8]) -> io::Result<usize> {
        let count = self.inner.write(from)?;
        self.hash.update(&from[..count]);
        self.bytes += count as u64;
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

/// Refuses data from the future: its age would be a lie.
///
/// # Errors
/// [`PackError::Ahead`]. A day is granted, because a new day begins in the east first.
pub fn check_date(manifest: &Manifest, now: UtcMillis) -> Result<(), PackError> {
    let today = now.date_in(&TimeZone::UTC);
    let is_ahead = today.tomorrow().is_ok_and(|tomorrow| manifest.date > tomorrow);
    match is_ahead {
        true => Err(PackError::Ahead { kind: manifest.kind, date: manifest.date, today }),
        false => Ok(()),
    }
}

/// Makes a pack whose file lies in `folder` already the installed one: checks it as it lies there,
/// then replaces the manifest by one rename, then removes files that nothing names any more. Whatever
/// fails before the rename leaves the old pack in force.
///
/// # Errors
/// See [`PackError`].
pub fn put_in_force(folder: &Path, manifest: Manifest, now: UtcMillis) -> Result<Pack, PackError> {
    let checked = check_form(folder, &manifest)
        .and_then(|()| check_date(&manifest, now))
        .and_then(|()| Pack::read(folder, manifest.clone()));
    let pack = match checked {
        Ok(pack) => pack,
        Err(error) => {
            let is_in_force =
                read_manifest(folder).ok().flatten().is_some_and(|m| m.file == manifest.file);
            if !is_in_force {
                let _ = fs::remove_file(folder.join(&manifest.file));
            }
            return Err(error);
        }
    };
    let trouble = |source| PackError::Write { path: folder.join(manifest::FILE), source };
    let mut text =
        serde_json::to_vec_pretty(&manifest).map_err(|e| trouble(io::Error::other(e)))?;
    text.push(b'\n');
    let aside = folder.join("manifest.json.new");
    let mut file = File::create(&aside).map_err(trouble)?;
    file.write_all(&text).and_then(|()| file.sync_all()).map_err(trouble)?;
    sync_folder(folder).map_err(trouble)?;
    fs::rename(&aside, folder.join(manifest::FILE)).map_err(trouble)?;
    sync_folder(folder).map_err(trouble)?;
    remove_unnamed(folder, &manifest);
    Ok(pack)
}

/// What was renamed is durable once the folder is.
fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

/// A file that cannot be removed is only in the way of disk space.
fn remove_unnamed(folder: &Path, manifest: &Manifest) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let name = name.to_string_lossy();
        let is_ours = name.ends_with(".ranges") || name.ends_with(".new");
        if is_ours && name != manifest.file {
            let _ = fs::remove_file(entry.path());
        }
    }
}
