//! Places and networks that the operator has named: what is seen there is nobody's home.

use super::Fix;
use super::hr_keys::plain_key;
use super::lines::plain;
use crate::judging::evidence::Point;
use serde::{Deserialize, Serialize};
use std::collections::{HashMap, HashSet};
use std::net::IpAddr;
use std::str::FromStr;

words! {
    /// What a site is.
    pub enum SiteKind {
        Office = "office",
        CoWorking = "coworking",
        /// Addresses through which people reach the internet from anywhere.
        CorporateEgress = "corporate_egress",
    }
}

/// One row of the sites file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Site {
    pub site_id: String,
    pub kind: SiteKind,
    /// Centre and radius in metres.
    pub area: Option<(Point, f64)>,
    pub networks: Vec<Network>,
    /// Delivery addresses, as HR's records spell them: a freight desk, an office.
    #[serde(default)]
    pub delivery: Vec<String>,
}

/// A range of addresses (CIDR, RFC 4632): the address with all bits after the prefix zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Network {
    address: IpAddr,
    prefix: u8,
}

impl Network {
    /// The network of this address. `None` if the prefix is longer than the address.
    pub fn of(address: IpAddr, prefix: u8) -> Option<Network> {
        let address = match address {
            IpAddr::V4(v4) if prefix <= 32 => {
                let mask = u32::MAX.checked_shl(32 - u32::from(prefix)).unwrap_or(0);
                IpAddr::V4((u32::from(v4) & mask).into())
            }
            IpAddr::V6(v6) if prefix <= 128 => {
                let mask = u128::MAX.checked_shl(128 - u32::from(prefix)).unwrap_or(0);
                IpAddr::V6((u128::from(v6) & mask).into())
            }
            _ => return None,
        };
        Some(Network { address, prefix })
    }

    /// Bits that are fixed.
    pub const fn prefix(self) -> u8 {
        self.prefix
    }

    /// Its first address.
    pub const fn address(self) -> IpAddr {
        self.address
    }

    /// Whether it is wider than observations that are kept can be compared with.
    pub const fn is_too_wide(self) -> bool {
        self.prefix < if self.address.is_ipv4() { 8 } else { 32 }
    }

    /// Family and the first 24 or 48 bits.
    pub(super) fn prefix_bytes(self) -> [u8; 7] {
        let mut bytes = [0; 7];
        match self.address {
            IpAddr::V4(v4) => {
                bytes[0] = 4;
                bytes[1..4].copy_from_slice(&v4.octets()[..3]);
            }
            IpAddr::V6(v6) => {
                bytes[0] = 6;
                bytes[1..].copy_from_slice(&v6.octets()[..6]);
            }
        }
        bytes
    }
}

impl FromStr for Network {
    type Err = ();

    /// `203.0.113.0/24`, `2001:db8::/32`, or one address. Bits after the prefix are ignored.
    fn from_str(text: &str) -> Result<Network, ()> {
        let (address, prefix) = match text.split_once('/') {
            Some((address, prefix)) => (address, Some(prefix.parse().map_err(|_| ())?)),
            None => (text, None),
        };
        let address: IpAddr = address.parse().map_err(|_| ())?;
        let whole = if address.is_ipv4() { 32 } else { 128 };
        Network::of(address, prefix.unwrap_or(whole)).ok_or(())
    }
}

/// All sites, so that a million observations can be asked about.
#[derive(Debug, Default)]
pub struct Sites {
    /// Offices and co-working rooms, by every whole degree their circle may touch.
    areas: HashMap<(i32, i32), Vec<(Point, f64)>>,
    places: Networks,
    egress: Networks,
    desks: HashSet<String>,
}

#[derive(Debug, Default)]
struct Networks {
    known: HashSet<Network>,
    /// The prefix lengths there are: few, so each address is looked up once a length.
    v4_prefixes: Vec<u8>,
    v6_prefixes: Vec<u8>,
}

impl Networks {
    fn insert(&mut self, network: Network) {
        let prefixes = match network.address {
            IpAddr::V4(_) => &mut self.v4_prefixes,
            IpAddr::V6(_) => &mut self.v6_prefixes,
        };
        if !prefixes.contains(&network.prefix) {
            prefixes.push(network.prefix);
        }
        self.known.insert(network);
    }

    fn contain(&self, address: IpAddr) -> bool {
        let address = plain(address);
        let prefixes = if address.is_ipv4() { &self.v4_prefixes } else { &self.v6_prefixes };
        prefixes
            .iter()
            .filter_map(|p| Network::of(address, *p))
            .any(|network| self.known.contains(&network))
    }
}

/// Metres of a degree of latitude, at least (WGS 84: 110,574 m at the equator).
const DEGREE_METRES: f64 = 110_574.0;

impl Sites {
    pub fn new(sites: &[Site]) -> Sites {
        let mut all = Sites::default();
        for site in sites {
            let is_place = site.kind != SiteKind::CorporateEgress;
            let networks = if is_place { &mut all.places } else { &mut all.egress };
            site.networks.iter().for_each(|n| networks.insert(*n));
            all.desks.extend(site.delivery.iter().filter_map(|text| plain_key(text)));
            if let Some(area) = site.area.filter(|_| is_place) {
                all.insert_area(area);
            }
        }
        all
    }

    fn insert_area(&mut self, (centre, radius): (Point, f64)) {
        // a fix may lie outside by its accuracy and still be inside
        let reach = (radius + super::ACCURACY_METRES_MAX) / DEGREE_METRES;
        let latitude = f64::from(centre.latitude_e6) / 1e6;
        let longitude = f64::from(centre.longitude_e6) / 1e6;
        let (south, north) = ((latitude - reach).floor() as i32, (latitude + reach).floor() as i32);
        let widest = (latitude.abs() + reach).min(89.0).to_radians().cos();
        let across = (reach / widest).min(180.0);
        let west = (longitude - across).floor() as i32;
        let east = (longitude + across).floor() as i32;
        for y in south..=north {
            for x in west..=east.min(west + 359) {
                let bucket = (y, (x + 180).rem_euclid(360) - 180);
                self.areas.entry(bucket).or_default().push((centre, radius));
            }
        }
    }

    /// Whether the address belongs to a listed office or co-working room.
    pub(super) fn is_place(&self, address: IpAddr) -> bool {
        self.places.contain(address)
    }

    /// Whether parcels for this address go to a named site.
    pub(super) fn is_desk(&self, plain: &str) -> bool {
        self.desks.contains(plain)
    }

    /// Whether the address is listed as the employer's egress.
    pub(super) fn is_egress(&self, address: IpAddr) -> bool {
        self.egress.contain(address)
    }

    /// Whether a precise fix may lie at a listed office or co-working room: distance less accuracy
    /// is at most the radius.
    pub(super) fn cover(&self, fix: &Fix) -> bool {
        let accuracy = fix.accuracy_metres.unwrap_or(0.0);
        let degree = |e6: i32| e6.div_euclid(1_000_000);
        // 180 degrees east lie in the bucket of 180 degrees west
        let x = (degree(fix.point.longitude_e6) + 180).rem_euclid(360) - 180;
        let near = self.areas.get(&(degree(fix.point.latitude_e6), x));
        near.is_some_and(|areas| {
            areas
                .iter()
                .any(|(centre, radius)| fix.point.metres_to(*centre) as f64 - accuracy <= *radius)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fix(latitude: f64, longitude: f64, accuracy: f64) -> Fix {
        let point = Point::from_degrees(latitude, longitude).unwrap();
        Fix { point, accuracy_metres: Some(accuracy) }
    }

    fn site(kind: SiteKind, latitude: f64, longitude: f64, radius: f64, ip: &[&str]) -> Site {
        Site {
            site_id: "s".into(),
            kind,
            area: Some((Point::from_degrees(latitude, longitude).unwrap(), radius)),
            networks: ip.iter().map(|n| n.parse().unwrap()).collect(),
            delivery: Vec::new(),
        }
    }

    #[test]
    fn networks_hold_their_addresses_and_no_others() {
        let office = site(
            SiteKind::Office,
            0.5,
            0.5,
            10.0,
            &["203.0.113.64/26", "2001:db8:5::/48", "192.0.2.1"],
        );
        let sites = Sites::new(&[office]);
        let is_place = |ip: &str| sites.is_place(ip.parse().unwrap());
        for inside in
            ["203.0.113.64", "203.0.113.127", "2001:db8:5:ffff::1", "192.0.2.1", "::ffff:192.0.2.1"]
        {
            assert!(is_place(inside), "{inside}");
        }
        for outside in ["203.0.113.63", "203.0.113.128", "2001:db8:6::1", "192.0.2.2"] {
            assert!(!is_place(outside), "{outside}");
        }
        assert!(!sites.is_egress("203.0.113.64".parse().unwrap()));
        assert!("203.0.113.0/33".parse::<Network>().is_err() && "x".parse::<Network>().is_err());
        assert!(
            "2001:db8::/129".parse::<Network>().is_err() && "1.2.3.4/".parse::<Network>().is_err()
        );
        let all: Network = "9.9.9.9/0".parse().unwrap();
        assert_eq!(Some(all), Network::of("0.0.0.0".parse().unwrap(), 0));
    }

    #[test]
    fn a_circle_covers_what_lies_in_it_less_the_accuracy() {
        let sites = Sites::new(&[site(SiteKind::CoWorking, 51.0, 7.0, 200.0, &[])]);
        assert!(sites.cover(&fix(51.0017, 7.0, 0.0))); // 189 m north
        assert!(!sites.cover(&fix(51.0019, 7.0, 5.0))); // 211 m
        assert!(sites.cover(&fix(51.0019, 7.0, 20.0)));
        assert!(sites.cover(&fix(50.9995, 6.9995, 0.0)), "over a whole degree");
    }

    #[test]
    fn circles_reach_over_the_antimeridian_and_egress_has_none() {
        let sites = Sites::new(&[site(SiteKind::Office, -17.0, 179.9999, 500.0, &[])]);
        assert!(sites.cover(&fix(-17.0, -179.9999, 1.0)) && sites.cover(&fix(-17.0, 180.0, 1.0)));
        let egress =
            Sites::new(&[site(SiteKind::CorporateEgress, 51.0, 7.0, 500.0, &["192.0.2.0/24"])]);
        assert!(!egress.cover(&fix(51.0, 7.0, 1.0)));
        assert!(egress.is_egress("192.0.2.77".parse().unwrap()));
        let wide = Sites::new(&[site(SiteKind::Office, 0.0, 0.0, 20_100_000.0, &[])]);
        assert!(wide.cover(&fix(-80.0, 170.0, 1.0)), "the whole earth");
    }
}
