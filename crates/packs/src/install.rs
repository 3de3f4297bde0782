//! Taking packs into a folder of packs: what is built here, and what another installation built.
//! The pack in force stays until the new one lies beside it, whole and checked.

use crate::kind::Kind;
use crate::manifest::Manifest;
use crate::pack::{Pack, PackError, check_date, put_in_force, read_manifest, write_aside};
use crate::sources::Built;
use muster_domain::time::UtcMillis;
use serde::Serialize;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

/// What came of one pack, or would.
#[derive(Debug, Clone, Serialize)]
pub struct Installed {
    pub kind: Kind,
    pub change: Change,
    pub manifest: Manifest,
    /// The date of the pack that was in force before.
    pub before: Option<jiff::civil::Date>,
}

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    Installed,
    /// A dry run: it was checked and not installed.
    WouldInstall,
    /// The same pack is in force already.
    AlreadyThere,
}

/// A folder of packs that is written to, at an instant.
#[derive(Debug, Clone)]
pub struct Installer {
    pub dir: PathBuf,
    pub now: UtcMillis,
    pub dry_run: bool,
}

impl Installer {
    /// The manifest in force.
    ///
    /// # Errors
    /// It cannot be read.
    pub fn in_force(&self, kind: Kind) -> Result<Option<Manifest>, PackError> {
        read_manifest(&self.dir.join(kind.code()))
    }

    /// The pack in force, if it was made from this source and is whole: nothing is to be done.
    pub fn already_there(&self, kind: Kind, source: &str) -> Option<Installed> {
        // A damaged manifest or file is a reason to install again.
        let manifest = self.in_force(kind).ok().flatten().filter(|m| m.source == source)?;
        Pack::read(&self.dir.join(kind.code()), manifest.clone()).ok()?;
        let before = Some(manifest.date);
        Some(Installed { kind, change: Change::AlreadyThere, manifest, before })
    }

    /// Takes a pack that was built here.
    ///
    /// # Errors
    /// See [`PackError`]; then the pack in force is as it was.
    pub fn take_built(&self, built: Built) -> Result<Installed, PackError> {
        let kind = built.table.kind();
        let before = self.before(kind);
        if self.dry_run {
            let aside = Aside::new(&self.dir, kind)?;
            let manifest = write_aside(&aside.0, &built)?;
            drop(built);
            check_date(&manifest, self.now)?;
            Pack::read(&aside.0, manifest.clone())?;
            return Ok(Installed { kind, change: Change::WouldInstall, manifest, before });
        }
        let folder = self.dir.join(kind.code());
        let manifest = write_aside(&folder, &built)?;
        drop(built); // checked from the disk, and never twice in memory
        self.put(&folder, manifest, before)
    }

    /// Takes a pack that lies in another folder with its manifest.
    ///
    /// # Errors
    /// See [`PackError`]; then the pack in force is as it was.
    pub fn take_pack(&self, from: &Path, manifest: Manifest) -> Result<Installed, PackError> {
        let kind = manifest.kind;
        let before = self.before(kind);
        if self.in_force(kind).ok().flatten().as_ref() == Some(&manifest)
            && let Some(same) = self.already_there(kind, &manifest.source)
        {
            return Ok(same);
        }
        check_date(&manifest, self.now)?;
        drop(Pack::read(from, manifest.clone())?);
        if self.dry_run {
            return Ok(Installed { kind, change: Change::WouldInstall, manifest, before });
        }
        let folder = self.dir.join(kind.code());
        copy(&from.join(&manifest.file), &folder, &manifest.file)?;
        self.put(&folder, manifest, before)
    }

    fn put(
        &self,
        folder: &Path,
        manifest: Manifest,
        before: Option<jiff::civil::Date>,
    ) -> Result<Installed, PackError> {
        let kind = manifest.kind;
        put_in_force(folder, manifest.clone(), self.now)?;
        Ok(Installed { kind, change: Change::Installed, manifest, before })
    }

    fn before(&self, kind: Kind) -> Option<jiff::civil::Date> {
        self.in_force(kind).ok().flatten().map(|manifest| manifest.date)
    }
}

/// Copies a file and waits for the disk.
fn copy(from: &Path, folder: &Path, name: &str) -> Result<(), PackError> {
    let aside = folder.join(format!("{name}.new"));
    let copied = || -> io::Result<()> {
        fs::create_dir_all(folder)?;
        io::copy(&mut File::open(from)?, &mut File::create(&aside)?)?;
        File::open(&aside)?.sync_all()?;
        fs::rename(&aside, folder.join(name))
    };
    copied().map_err(|source| PackError::Write { path: folder.join(name), source })
}

/// A folder beside the packs that goes with this value.
struct Aside(PathBuf);

impl Aside {
    fn new(dir: &Path, kind: Kind) -> Result<Aside, PackError> {
        let path = dir.join(format!(".dry-run-{kind}"));
        fs::create_dir_all(&path)
            .map_err(|source| PackError::Write { path: path.clone(), source })?;
        Ok(Aside(path))
    }
}

impl Drop for Aside {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}
