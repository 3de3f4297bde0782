//! `[packs]`: data packs, where they come from, and the company's own networks and sites.

use super::{Fault, Faults, Server, environment, raw};
use muster_integrations::fault::is_private_transport;
use muster_integrations::npm::REGISTRY;
use muster_packs::kind::{VOID_DAYS, WARN_DAYS};
use muster_packs::{IpNet, Kind, OwnNetworks, Site, SiteKind};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use url::Url;

/// The longest time data may count, in days.
const DAYS_MAX: u32 = 3_650;

/// `[packs]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Packs {
    /// Folder of the packs; without it `packs` in the data folder.
    pub dir: Option<PathBuf>,
    /// The npm registry that `muster data update` asks.
    pub registry: Url,
    /// Days after which a new pack is called old.
    pub warn_days: u32,
    /// Days after which a new pack gives no evidence.
    pub void_days: u32,
    /// The company's own ways into the internet, as networks.
    pub egress: Vec<String>,
    /// The same as numbers of autonomous systems.
    pub egress_asn: Vec<u32>,
    pub sites: Vec<SiteSection>,
    /// Lists of ranges by kind, fetched with the packs.
    pub lists: BTreeMap<String, ListSection>,
}

/// `[[packs.sites]]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SiteSection {
    pub id: String,
    /// `office`, `coworking` or `corporate_egress`.
    pub kind: String,
    /// Degrees.
    pub latitude: f64,
    pub longitude: f64,
    /// Metres.
    pub radius_m: u32,
    #[serde(default)]
    pub networks: Vec<String>,
}

/// `[packs.lists.KIND]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ListSection {
    pub urls: Vec<Url>,
    /// As its publisher states it.
    pub licence: String,
    /// Whom to thank; without it the host of the first address.
    #[serde(default)]
    pub attribution: String,
    /// Where those words link to.
    #[serde(default)]
    pub attribution_url: String,
}

impl Default for Packs {
    fn default() -> Packs {
        Packs {
            dir: None,
            registry: Url::parse(REGISTRY).expect("an address of ours"),
            warn_days: WARN_DAYS,
            void_days: VOID_DAYS,
            egress: Vec::new(),
            egress_asn: Vec::new(),
            sites: Vec::new(),
            lists: BTreeMap::new(),
        }
    }
}

impl Packs {
    pub(super) fn check(&self, faults: &mut Vec<Fault>) {
        const SECURE: &str = "an https address, or http on this machine";
        if !is_private_transport(&self.registry) {
            faults.push(Fault::new("packs.registry", "is not a secure address", SECURE));
        }
        let is_ordered = self.warn_days <= self.void_days && self.void_days <= DAYS_MAX;
        if !is_ordered {
            let accepted = "days from 0 to 3650, warn_days not more than void_days";
            faults.push(Fault::new("packs.void_days", "does not fit to packs.warn_days", accepted));
        }
        let mut networks = |key: String, texts: &[String]| {
            for text in texts.iter().filter(|text| text.parse::<IpNet>().is_err()) {
                let accepted = "a network such as 198.51.100.0/24 or 2001:db8:1::/48";
                faults.push(Fault::new(&key, &format!("`{text}` is no network"), accepted));
            }
        };
        networks("packs.egress".to_owned(), &self.egress);
        for (i, site) in self.sites.iter().enumerate() {
            networks(format!("packs.sites[{i}].networks"), &site.networks);
        }
        for (i, site) in self.sites.iter().enumerate() {
            if site_kind(&site.kind).is_none() {
                let key = format!("packs.sites[{i}].kind");
                let accepted = "office, coworking or corporate_egress";
                faults.push(Fault::new(&key, "is not known", accepted));
            }
            let is_on_earth = site.latitude.abs() <= 90.0 && site.longitude.abs() <= 180.0;
            if !is_on_earth {
                let key = format!("packs.sites[{i}].latitude");
                let accepted = "degrees: latitude -90 to 90, longitude -180 to 180";
                faults.push(Fault::new(&key, "is no place", accepted));
            }
        }
        for (code, list) in &self.lists {
            let key = format!("packs.lists.{code}");
            if list_kind(code).is_none() {
                let accepted = "hosting, vpn, tor, relay, business or mobile";
                faults.push(Fault::new(&key, "is no kind of list", accepted));
            }
            let links = ["https://", "http://"].iter().any(|s| list.attribution_url.starts_with(s));
            if !list.attribution_url.is_empty() && !links {
                let accepted = "an http or https address, or nothing";
                let key = format!("{key}.attribution_url");
                faults.push(Fault::new(&key, "is no web address", accepted));
            }
            if list.urls.is_empty() || !list.urls.iter().all(is_private_transport) {
                faults.push(Fault::new(&format!("{key}.urls"), "cannot be asked", SECURE));
            }
        }
    }

    /// The company's own networks and sites; what [`Packs::check`] refuses is left out.
    pub fn own(&self) -> OwnNetworks {
        let networks = |texts: &[String]| texts.iter().filter_map(|t| t.parse().ok()).collect();
        let site = |site: &SiteSection| {
            Some(Site {
                id: site.id.clone(),
                kind: site_kind(&site.kind)?,
                latitude: site.latitude,
                longitude: site.longitude,
                radius_m: site.radius_m,
                networks: networks(&site.networks),
            })
        };
        OwnNetworks {
            egress: networks(&self.egress),
            egress_asn: self.egress_asn.clone(),
            sites: self.sites.iter().filter_map(site).collect(),
        }
    }

    pub(super) fn folder(&self, server: &Server) -> PathBuf {
        self.dir.clone().unwrap_or_else(|| server.data_dir.join(PACKS_FOLDER))
    }

    /// Lists to fetch, by kind.
    pub fn lists(&self) -> impl Iterator<Item = (Kind, &ListSection)> {
        self.lists.iter().filter_map(|(code, list)| Some((list_kind(code)?, list)))
    }
}

/// What commands need that work without an installation: `[packs]`, and the folder of the packs.
#[derive(Debug, Clone)]
pub struct PacksAlone {
    pub packs: Packs,
    pub dir: PathBuf,
}

impl PacksAlone {
    /// Reads the file (if there is one) and the environment; other sections are left aside.
    ///
    /// # Errors
    /// Every fault of the section.
    pub fn load(file: Option<&Path>, data_dir: Option<&Path>) -> Result<PacksAlone, Faults> {
        #[derive(Deserialize)]
        struct Part {
            #[serde(default)]
            server: Server,
            #[serde(default)]
            packs: Packs,
        }
        let part: Part =
            raw(file, environment())?.try_deserialize().map_err(|e| Faults::of_config(&e))?;
        let mut faults = Vec::new();
        part.packs.check(&mut faults);
        if !faults.is_empty() {
            return Err(Faults(faults));
        }
        let dir = match data_dir {
            Some(data_dir) => data_dir.join(PACKS_FOLDER),
            None => part.packs.folder(&part.server),
        };
        Ok(PacksAlone { packs: part.packs, dir })
    }
}

/// The folder of packs in a data folder.
pub const PACKS_FOLDER: &str = "packs";

fn list_kind(code: &str) -> Option<Kind> {
    Kind::from_code(code).filter(|kind| kind.class().is_some())
}

fn site_kind(text: &str) -> Option<SiteKind> {
    match text {
        "office" => Some(SiteKind::Office),
        "coworking" => Some(SiteKind::Coworking),
        "corporate_egress" => Some(SiteKind::CorporateEgress),
        _ => None,
    }
}
