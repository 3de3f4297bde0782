//! What is kept of an observation instead of its values: keyed tags, made under two keys at a time, so
//! that a key can be thrown away after ninety days and what was seen under it still joins what comes
//! next. Which keys there are, and for how long, is the store's.

use super::cells::{Cell, cells_of, squares_within};
use super::hr_keys::plain_key;
use super::keys::Keyer;
pub use super::keys::Tag;
use super::lines::{is_telling_lan, plain};
use super::sites::{Network, Site, SiteKind};
use super::{Fix, Observation};
use crate::judging::evidence::Point;
use std::collections::HashSet;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Fixed bits of the networks an address is kept by, beside its line.
const PREFIX_V4: u8 = 24;
const PREFIX_V6: u8 = 48;
/// An IPv6 line is a network of so many bits.
const LINE_V6: u8 = 64;

/// One observation under one key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tags {
    pub line: Option<Tag>,
    /// The network of 24 bits (IPv4) or 48 (IPv6) around it.
    pub prefix: Option<Tag>,
    /// The squares of both grids, of a precise fix only.
    pub cells: Option<[Tag; 2]>,
    pub lan: Option<Tag>,
    pub device: Option<Tag>,
    /// What HR's records say.
    pub delivery: Option<Tag>,
    pub payroll: Option<Tag>,
}

impl Tags {
    /// Whether there is nothing to compare.
    pub fn is_empty(&self) -> bool {
        *self == Tags::default()
    }

    /// In a fixed order.
    pub fn each(&self) -> [Option<Tag>; 8] {
        let [first, second] = self.cells.map_or([None; 2], |cells| cells.map(Some));
        let Tags { line, prefix, lan, device, delivery, payroll, .. } = *self;
        [line, prefix, first, second, lan, device, delivery, payroll]
    }
}

/// Makes tags under one key.
pub struct Tagger {
    keyer: Keyer,
}

impl Tagger {
    pub fn new(key: &[u8; 32]) -> Tagger {
        Tagger { keyer: Keyer::new(key) }
    }

    /// All tags of one observation.
    pub fn tags(&self, observation: &Observation<'_>) -> Tags {
        let precise = observation.fix.filter(Fix::is_precise);
        let lan = observation.lan_id.filter(|id| is_telling_lan(id));
        let plain = |text: Option<&str>| text.and_then(plain_key);
        Tags {
            line: observation.address.map(|address| self.line(address)),
            prefix: observation.address.map(|address| self.prefix_around(address)),
            cells: precise.map(|fix| cells_of(fix.point).map(|cell| self.keyer.cell(cell))),
            lan: lan.map(|id| self.keyer.lan(id)),
            device: observation.device_key.map(|key| self.keyer.device(key)),
            delivery: plain(observation.delivery).map(|key| self.keyer.delivery(&key)),
            payroll: plain(observation.payroll).map(|key| self.keyer.payroll(&key)),
        }
    }

    /// One tag for all of it: equal observations of one person and day are one.
    pub fn digest(&self, tags: &Tags) -> Tag {
        let each = tags.each().map(Option::unwrap_or_default);
        // what was kept before HR's records were has the digest it had
        let has_hr = tags.delivery.is_some() || tags.payroll.is_some();
        self.keyer.whole(each[..if has_hr { 8 } else { 6 }].as_flattened())
    }

    /// The line of an address.
    pub fn line(&self, address: IpAddr) -> Tag {
        self.keyer.line(address)
    }

    /// The squares that a place lies in.
    pub fn squares(&self, place: Point) -> [Tag; 2] {
        cells_of(place).map(|cell| self.keyer.cell(cell))
    }

    /// A device key.
    pub fn device(&self, key: &str) -> Tag {
        self.keyer.device(key)
    }

    /// A local network.
    pub fn lan(&self, id: &str) -> Tag {
        self.keyer.lan(id)
    }

    fn prefix_around(&self, address: IpAddr) -> Tag {
        let address = plain(address);
        let bits = if address.is_ipv4() { PREFIX_V4 } else { PREFIX_V6 };
        self.keyer.prefix(Network::of(address, bits).expect("no longer than an address"))
    }

    /// The tags whose lines or prefixes lie in a network; none where it is too wide.
    pub fn network(&self, network: Network) -> NetworkTags {
        if network.is_too_wide() {
            return NetworkTags::Prefixes(Vec::new());
        }
        let bits = network.prefix();
        match plain(network.address()) {
            IpAddr::V4(first) if bits <= PREFIX_V4 => {
                let count = 1u32 << (PREFIX_V4 - bits);
                let all = (0..count).map(|n| Ipv4Addr::from(u32::from(first) + (n << 8)));
                NetworkTags::Prefixes(all.map(|a| self.prefix_around(a.into())).collect())
            }
            IpAddr::V4(first) => {
                let count = 1u32 << (32 - bits);
                let all = (0..count).map(|n| Ipv4Addr::from(u32::from(first) + n));
                NetworkTags::Lines(all.map(|a| self.line(a.into())).collect())
            }
            IpAddr::V6(first) if bits <= PREFIX_V6 => {
                let count = 1u128 << (PREFIX_V6 - bits);
                let all = (0..count).map(|n| Ipv6Addr::from(u128::from(first) + (n << 80)));
                NetworkTags::Prefixes(all.map(|a| self.prefix_around(a.into())).collect())
            }
            IpAddr::V6(first) => {
                let count = 1u128 << LINE_V6.saturating_sub(bits);
                let all = (0..count).map(|n| Ipv6Addr::from(u128::from(first) + (n << 64)));
                NetworkTags::Lines(all.map(|a| self.line(a.into())).collect())
            }
        }
    }

    fn square(&self, cell: Cell) -> Tag {
        self.keyer.cell(cell)
    }
}

/// What a network is found by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NetworkTags {
    Prefixes(Vec<Tag>),
    Lines(Vec<Tag>),
}

impl NetworkTags {
    /// The tags, of whichever kind.
    pub fn into_tags(self) -> Vec<Tag> {
        match self {
            NetworkTags::Prefixes(tags) | NetworkTags::Lines(tags) => tags,
        }
    }
}

/// Named sites, as tags of their lines, networks and squares under every key there is.
#[derive(Debug, Default)]
pub struct SiteTags {
    /// Offices and co-working rooms.
    pub(super) places: HashSet<Tag>,
    /// The employer's egress.
    pub(super) egress: HashSet<Tag>,
    /// Delivery addresses.
    pub(super) desks: HashSet<Tag>,
}

impl SiteTags {
    pub fn of(sites: &[Site], taggers: &[Tagger]) -> SiteTags {
        let mut all = SiteTags::default();
        for (site, tagger) in sites.iter().flat_map(|s| taggers.iter().map(move |t| (s, t))) {
            let is_place = site.kind != SiteKind::CorporateEgress;
            let desks = site.delivery.iter().filter_map(|text| plain_key(text));
            all.desks.extend(desks.map(|key| tagger.keyer.delivery(&key)));
            let tags = if is_place { &mut all.places } else { &mut all.egress };
            site.networks.iter().for_each(|n| tags.extend(tagger.network(*n).into_tags()));
            if let Some((centre, radius)) = site.area.filter(|_| is_place) {
                tags.extend(squares_within(centre, radius).map(|cell| tagger.square(cell)));
            }
        }
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn network(text: &str) -> Network {
        text.parse().unwrap()
    }

    #[test]
    fn a_network_finds_the_addresses_in_it_and_no_others() {
        let tagger = Tagger::new(&[3; 32]);
        let cases = [
            ("203.0.112.0/22", "203.0.115.9", "203.0.116.9"),
            ("203.0.113.0/24", "203.0.113.9", "203.0.114.9"),
            ("203.0.113.64/26", "203.0.113.127", "203.0.113.128"),
            ("203.0.113.7", "203.0.113.7", "203.0.113.8"),
            ("2001:db8::/40", "2001:db8:ff:1::2", "2001:db8:100:1::2"),
            ("2001:db8:1:a0::/60", "2001:db8:1:af::2", "2001:db8:1:b0::2"),
            ("2001:db8:1:a0::9", "2001:db8:1:a0::2", "2001:db8:1:a1::2"),
        ];
        for (text, inside, outside) in cases {
            let has = |address: &str| {
                let address: IpAddr = address.parse().unwrap();
                match tagger.network(network(text)) {
                    NetworkTags::Prefixes(tags) => tags.contains(&tagger.prefix_around(address)),
                    NetworkTags::Lines(tags) => tags.contains(&tagger.line(address)),
                }
            };
            assert!(has(inside) && !has(outside), "{text}");
        }
        assert!(network("10.0.0.0/7").is_too_wide() && network("2001::/31").is_too_wide());
        assert!(!network("10.0.0.0/8").is_too_wide() && !network("2001:db8::/32").is_too_wide());
    }
}
