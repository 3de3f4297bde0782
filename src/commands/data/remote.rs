//! `muster data update` over the network: from the npm registry, from lists the operator named, from
//! a server that hands out packs.

use super::fetch;
use super::update::{DOWNLOADS, Run};
use crate::config::ListSection;
use anyhow::{Context as _, ensure};
use jiff::civil::Date;
use muster_integrations::http::Http;
use muster_integrations::npm::NpmRegistry;
use muster_packs::Kind;
use muster_packs::install::Installed;
use muster_packs::manifest::{self, Attribution};
use muster_packs::pack::parse_manifest;
use muster_packs::sources::defaults::{DEFAULTS, DefaultSource};
use muster_packs::sources::{Provenance, RawFile};
use std::path::Path;
use url::Url;

impl Run {
    pub(super) async fn take_sources(&mut self, http: &Http) -> anyhow::Result<()> {
        for source in &DEFAULTS {
            let taken = self.take_registry(http, source).await;
            self.note(source.kind.code(), taken);
        }
        let lists: Vec<(Kind, ListSection)> =
            self.packs.lists().map(|(kind, list)| (kind, list.clone())).collect();
        for (kind, list) in lists {
            let taken = self.take_list(http, kind, &list).await;
            self.note(kind.code(), taken);
        }
        Ok(())
    }

    async fn take_registry(
        &mut self,
        http: &Http,
        source: &'static DefaultSource,
    ) -> anyhow::Result<Installed> {
        let registry = NpmRegistry::new(self.packs.registry.clone());
        let version = registry.latest(http, source.package).await;
        let version = version.map_err(|e| fetch::explained(e, source.package))?;
        if let Some(same) =
            self.installer.already_there(source.kind, &source.source(&version.version))
        {
            return Ok(same);
        }
        let folder = match &self.options.keep {
            Some(keep) => keep.clone(),
            None => self.installer.dir.join(DOWNLOADS),
        };
        std::fs::create_dir_all(&folder)
            .with_context(|| format!("cannot make {}", folder.display()))?;
        let file = folder.join(source.file(&version.version));
        fetch::package(http, &version, &file, &mut self.progress).await?;
        let taken = self.take_package(source, &version.version, &file);
        if self.options.keep.is_none() {
            let _ = std::fs::remove_file(&file);
        }
        taken
    }

    async fn take_list(
        &mut self,
        http: &Http,
        kind: Kind,
        list: &ListSection,
    ) -> anyhow::Result<Installed> {
        let (mut files, mut dates) = (Vec::new(), Vec::new());
        for url in &list.urls {
            let (bytes, date) = fetch::list(http, url).await?;
            files.push(RawFile { name: url.to_string(), bytes });
            dates.push(date);
        }
        // As old as its oldest part; where a server does not say, of the day it was fetched.
        let said: Option<Vec<Date>> = dates.into_iter().collect();
        let today = self.installer.now.date_in(&jiff::tz::TimeZone::UTC);
        let date = self.options.date.or(said.and_then(|d| d.into_iter().min())).unwrap_or(today);
        let hosts = list.urls.first().and_then(|url| url.host_str()).unwrap_or_default();
        let text = if list.attribution.is_empty() { hosts } else { &list.attribution };
        let provenance = Provenance {
            name: format!("{text}, {}", kind.summary()),
            source: list.urls.iter().map(Url::as_str).collect::<Vec<_>>().join(" "),
            licence: list.licence.clone(),
            attribution: vec![Attribution::new(text, &list.attribution_url)],
            date: Some(date),
            date_otherwise: None,
            warn_days: self.packs.warn_days,
            void_days: self.packs.void_days,
        };
        self.take_files(kind, &files, provenance)
    }

    /// Packs that another installation serves: its folder of packs behind a web server.
    pub(super) async fn take_server(&mut self, http: &Http, mut url: Url) -> anyhow::Result<()> {
        if !url.path().ends_with('/') {
            url.set_path(&format!("{}/", url.path()));
        }
        let mut found = 0;
        for kind in Kind::ALL {
            let at = url.join(&format!("{kind}/{}", manifest::FILE))?;
            let Some(text) = fetch::manifest(http, &at).await? else { continue };
            found += 1;
            let taken = self.take_manifest(http, kind, &at, &text).await;
            self.note(kind.code(), taken);
        }
        ensure!(
            found > 0,
            "there is no pack at {url}: wanted are addresses such as {url}city/manifest.json, as a web server in \
             front of another installation's folder `packs` gives them"
        );
        Ok(())
    }

    async fn take_manifest(
        &mut self,
        http: &Http,
        kind: Kind,
        at: &Url,
        text: &[u8],
    ) -> anyhow::Result<Installed> {
        let manifest = parse_manifest(Path::new(at.as_str()), text)?;
        ensure!(manifest.kind == kind, "{at} is of a {} pack", manifest.kind);
        let is_same = self.installer.in_force(kind).ok().flatten().as_ref() == Some(&manifest);
        if let Some(same) = self.installer.already_there(kind, &manifest.source).filter(|_| is_same)
        {
            return Ok(same);
        }
        let folder = self.installer.dir.join(DOWNLOADS).join(kind.code());
        std::fs::create_dir_all(&folder)
            .with_context(|| format!("cannot make {}", folder.display()))?;
        let file = folder.join(&manifest.file);
        fetch::pack(http, at.join(&manifest.file)?, &file, &mut self.progress).await?;
        let taken = self.installer.take_pack(&folder, manifest);
        let _ = std::fs::remove_dir_all(&folder);
        Ok(taken?)
    }
}
