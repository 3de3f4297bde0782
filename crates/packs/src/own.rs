//! What the operator says of networks of their own: the ways into the internet that the company
//! runs, and sites where many people work.

use ipnet::IpNet;
use std::net::IpAddr;

/// The operator's own networks and sites.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct OwnNetworks {
    /// The company's way into the internet: proxies, VPN, SASE.
    pub egress: Vec<IpNet>,
    /// Autonomous systems that are wholly the company's.
    pub egress_asn: Vec<u32>,
    pub sites: Vec<Site>,
}

/// A place where several people may work on one line.
#[derive(Debug, Clone, PartialEq)]
pub struct Site {
    /// As reports name it.
    pub id: String,
    pub kind: SiteKind,
    /// Degrees.
    pub latitude: f64,
    pub longitude: f64,
    /// Metres around the point that belong to the site.
    pub radius_m: u32,
    pub networks: Vec<IpNet>,
}

/// What kind of place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SiteKind {
    Office,
    Coworking,
    /// Not a place but the company's own way into the internet, with a point for the map.
    CorporateEgress,
}

impl OwnNetworks {
    /// Whether the address is the company's own way into the internet.
    pub fn is_egress(&self, address: IpAddr) -> bool {
        let of_sites = self.sites.iter().filter(|s| s.kind == SiteKind::CorporateEgress);
        let networks = self.egress.iter().chain(of_sites.flat_map(|s| &s.networks));
        networks.into_iter().any(|network| network.contains(&address))
    }

    /// The site whose line the address is.
    pub fn site(&self, address: IpAddr) -> Option<&Site> {
        self.sites.iter().find(|site| site.networks.iter().any(|n| n.contains(&address)))
    }
}
