//! All installed packs, and the one question asked of them: what is known of this address?

use crate::kind::Kind;
use crate::line_classes;
use crate::manifest::{Freshness, Manifest, age_days};
use crate::own::OwnNetworks;
use crate::pack::{Pack, PackError, read_manifest};
use crate::special;
use crate::table::Table;
use muster_domain::judging::{AccessClass, Fact, NetworkFacts, NoFact};
use muster_domain::time::UtcMillis;
use std::collections::BTreeMap;
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// See the module. Reading is done by [`Packs::open`]; a look-up touches memory only.
#[derive(Debug, Clone, Default)]
pub struct Packs {
    /// Without one there are no packs, and none will come.
    dir: Option<PathBuf>,
    packs: BTreeMap<Kind, Arc<Pack>>,
    faults: BTreeMap<Kind, String>,
    /// The manifests that were found, of damaged packs too: those are read again when theirs changes.
    found: BTreeMap<Kind, Manifest>,
    own: OwnNetworks,
}

/// How old one installed pack is.
#[derive(Debug, Clone)]
pub struct PackAge<'a> {
    pub manifest: &'a Manifest,
    /// Whole days.
    pub age_days: u32,
    pub freshness: Freshness,
}

impl Packs {
    /// Reads the packs of this folder. What is missing is missing, what is damaged is left out and
    /// named by [`Packs::faults`].
    pub fn open(dir: &Path) -> Packs {
        Packs::unread(dir).reopened()
    }

    /// The packs of this folder, of which none is read yet: a holder reads them at its first refresh.
    pub fn unread(dir: &Path) -> Packs {
        Packs { dir: Some(dir.to_owned()), ..Packs::default() }
    }

    fn folder(&self, kind: Kind) -> Option<PathBuf> {
        Some(self.dir.as_ref()?.join(kind.code()))
    }

    /// The same with the operator's own networks.
    pub fn with_own(mut self, own: OwnNetworks) -> Packs {
        self.own = own;
        self
    }

    /// The operator's own networks and sites.
    pub fn own(&self) -> &OwnNetworks {
        &self.own
    }

    /// The folder anew. A pack whose manifest is the same stays in memory as it is.
    pub fn reopened(&self) -> Packs {
        let mut packs = BTreeMap::new();
        let mut faults = BTreeMap::new();
        let mut found = BTreeMap::new();
        for kind in Kind::ALL {
            match self.read(kind, &mut found) {
                Ok(Some(pack)) => drop(packs.insert(kind, pack)),
                Ok(None) => {}
                Err(error) => drop(faults.insert(kind, error.to_string())),
            }
        }
        Packs { dir: self.dir.clone(), packs, faults, found, own: self.own.clone() }
    }

    fn read(
        &self,
        kind: Kind,
        found: &mut BTreeMap<Kind, Manifest>,
    ) -> Result<Option<Arc<Pack>>, PackError> {
        let Some(folder) = self.folder(kind) else { return Ok(None) };
        let mut last = None;
        // An update between the two readings takes the file away that the first one named.
        for _ in 0..3 {
            let Some(manifest) = read_manifest(&folder)? else { return Ok(None) };
            found.insert(kind, manifest.clone());
            if manifest.kind != kind {
                let detail = format!("it is of a {} pack", manifest.kind);
                return Err(PackError::Manifest { path: folder, detail });
            }
            if let Some(pack) = self.packs.get(&kind).filter(|pack| pack.manifest == manifest) {
                return Ok(Some(pack.clone()));
            }
            match Pack::read(&folder, manifest) {
                Ok(pack) => return Ok(Some(Arc::new(pack))),
                Err(error) => last = Some(error),
            }
        }
        last.map_or(Ok(None), Err)
    }

    /// Whether another manifest lies in the folder than when it was read.
    pub fn is_stale(&self) -> bool {
        Kind::ALL.into_iter().any(|kind| {
            let found = self.folder(kind).and_then(|folder| read_manifest(&folder).ok().flatten());
            found.as_ref() != self.found.get(&kind)
        })
    }

    /// Whether both hold the very same packs in memory.
    pub fn is_same(&self, other: &Packs) -> bool {
        self.packs.len() == other.packs.len()
            && self.faults == other.faults
            && self.packs.iter().zip(&other.packs).all(|(a, b)| Arc::ptr_eq(a.1, b.1))
    }

    /// The table of a kind, whatever its age.
    pub fn table(&self, kind: Kind) -> Option<&Table> {
        self.packs.get(&kind).map(|pack| &pack.table)
    }

    /// Whether both hold this kind's pack, and hold it once in memory.
    pub fn shares(&self, other: &Packs, kind: Kind) -> bool {
        match (self.packs.get(&kind), other.packs.get(&kind)) {
            (Some(one), Some(other)) => Arc::ptr_eq(one, other),
            _ => false,
        }
    }

    /// What is wrong with packs that were found and could not be read.
    pub fn faults(&self) -> &BTreeMap<Kind, String> {
        &self.faults
    }

    /// Manifests of the packs in force, in the order of kinds.
    pub fn manifests(&self) -> impl Iterator<Item = &Manifest> {
        self.packs.values().map(|pack| &pack.manifest)
    }

    /// The packs in force with their age at this instant.
    pub fn freshness(&self, at: UtcMillis) -> Vec<PackAge<'_>> {
        let age = |manifest| PackAge {
            age_days: Manifest::age_days(manifest, at),
            freshness: Manifest::freshness(manifest, at),
            manifest,
        };
        self.manifests().map(age).collect()
    }

    /// Bytes that the tables hold in memory.
    pub fn bytes(&self) -> usize {
        self.packs.values().map(|pack| pack.table.bytes()).sum()
    }

    /// Whether a pack of this kind gives evidence at this instant; else why not. A rule that needs a
    /// list (is it a VPN?) is not measurable without it, even where another list gave a class.
    pub fn usable(&self, kind: Kind, at: UtcMillis) -> Result<(), NoFact> {
        self.at(kind, at).map(drop)
    }

    fn at(&self, kind: Kind, at: UtcMillis) -> Result<Dated<'_>, NoFact> {
        let pack = self.packs.get(&kind).ok_or(NoFact::NoPack)?;
        let age_days = age_days(pack.begun, at);
        let freshness = pack.manifest.freshness_of(age_days);
        match freshness {
            Freshness::Void => Err(NoFact::PackTooOld),
            _ => Ok(Dated { pack, age_days, is_old: freshness == Freshness::Old }),
        }
    }

    /// What is known of this address at this instant.
    pub fn look_up(&self, ip: IpAddr, at: UtcMillis) -> NetworkFacts {
        let ip = special::unwrapped(ip);
        if special::is_special(ip) {
            return NetworkFacts {
                country: Fact::Missing(NoFact::NotListed),
                point: Fact::Missing(NoFact::NotListed),
                asn: Fact::Missing(NoFact::NotListed),
                organisation: Fact::Missing(NoFact::NotListed),
                class: Fact::given(AccessClass::Private),
            };
        }
        let city = self.at(Kind::City, at);
        let place = fact(&city, |pack| pack.table.place(ip));
        let country_of = |place: &crate::table::Place| place.country?.code().parse().ok();
        let of_country_pack = fact(&self.at(Kind::Country, at), |pack| {
            pack.table.place(ip).as_ref().and_then(country_of)
        });
        let country = match of_country_pack {
            Fact::Known { .. } => of_country_pack,
            Fact::Missing(why) => match and_then(&place, country_of) {
                Fact::Missing(NoFact::NoPack) => Fact::Missing(why),
                of_city_pack => of_city_pack,
            },
        };
        let point =
            and_then(&place, |place| Some(place.spot.filter(|_| !place.is_centre)?.point()));
        let network = fact(&self.at(Kind::Asn, at), |pack| pack.table.network(ip));
        let asn = and_then(&network, |(asn, _)| Some(*asn));
        let organisation =
            and_then(&network, |(_, name)| (!name.is_empty()).then(|| (*name).to_owned()));
        let class = self.class(ip, at, &asn);
        NetworkFacts { country, point, asn, organisation, class }
    }

    /// The first that fits: own egress, Tor, VPN, relay, data centre (list, then network), satellite
    /// and mobile (list, then network), business; else residential, as old as the oldest pack that was asked.
    fn class(&self, ip: IpAddr, at: UtcMillis, asn: &Fact<u32>) -> Fact<AccessClass> {
        let is_own = asn.value().is_some_and(|asn| self.own.egress_asn.contains(asn));
        if is_own || self.own.is_egress(ip) {
            return Fact::given(AccessClass::CorporateEgress);
        }
        let by_network = match asn {
            Fact::Known { value, age_days, is_old } => {
                line_classes::class_of(*value).map(|class| (class, *age_days, *is_old))
            }
            Fact::Missing(_) => None,
        };
        let by_network = |class: AccessClass| by_network.filter(|(found, ..)| *found == class);
        for kind in [Kind::Tor, Kind::Vpn, Kind::Relay, Kind::Hosting, Kind::Mobile, Kind::Business]
        {
            let Some(class) = kind.class() else { continue };
            if kind == Kind::Mobile
                && let Some((value, age_days, is_old)) = by_network(AccessClass::Satellite)
            {
                return Fact::Known { value, age_days, is_old };
            }
            if let Ok(dated) = self.at(kind, at)
                && dated.pack.table.lists(ip)
            {
                return Fact::Known {
                    value: class,
                    age_days: dated.age_days,
                    is_old: dated.is_old,
                };
            }
            if let Some((value, age_days, is_old)) = by_network(class) {
                return Fact::Known { value, age_days, is_old };
            }
        }
        self.residential(at)
    }

    /// "On no list" needs a list: at least one pack that tells classes.
    fn residential(&self, at: UtcMillis) -> Fact<AccessClass> {
        let (mut oldest, mut is_old, mut is_too_old) = (None, false, false);
        for kind in Kind::LISTS.into_iter().chain([Kind::Asn]) {
            match self.at(kind, at) {
                Ok(dated) => {
                    oldest = oldest.max(Some(dated.age_days));
                    is_old |= dated.is_old;
                }
                Err(why) => is_too_old |= why == NoFact::PackTooOld,
            }
        }
        let Some(age_days) = oldest else {
            return Fact::Missing(if is_too_old { NoFact::PackTooOld } else { NoFact::NoPack });
        };
        Fact::Known { value: AccessClass::Residential, age_days, is_old }
    }
}

/// A pack that gives evidence, with its age at the time.
struct Dated<'a> {
    pack: &'a Pack,
    age_days: u32,
    is_old: bool,
}

/// What a pack says, or why nothing is known.
fn fact<'a, T>(
    dated: &Result<Dated<'a>, NoFact>,
    ask: impl FnOnce(&'a Pack) -> Option<T>,
) -> Fact<T> {
    match dated {
        Err(why) => Fact::Missing(*why),
        Ok(Dated { pack, age_days, is_old }) => match ask(pack) {
            Some(value) => Fact::Known { value, age_days: *age_days, is_old: *is_old },
            None => Fact::Missing(NoFact::NotListed),
        },
    }
}

/// A part of a fact, which may not be there.
fn and_then<T, U>(fact: &Fact<T>, part: impl FnOnce(&T) -> Option<U>) -> Fact<U> {
    match fact {
        Fact::Missing(why) => Fact::Missing(*why),
        Fact::Known { value, age_days, is_old } => match part(value) {
            Some(value) => Fact::Known { value, age_days: *age_days, is_old: *is_old },
            None => Fact::Missing(NoFact::NotListed),
        },
    }
}
