//! The kinds of pack there are. A closed list: a kind is a folder's name, a configuration key and a
//! step in the order of classes.

use muster_domain::judging::AccessClass;
use muster_domain::msg;
use serde::{Deserialize, Serialize};
use std::fmt;

/// Days after which a pack is called old, unless its manifest says otherwise.
pub const WARN_DAYS: u32 = 90;
/// Days after which a pack gives no evidence, unless its manifest says otherwise.
pub const VOID_DAYS: u32 = 180;

/// What a pack tells of an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// Country, and where in it.
    City,
    /// Country alone; asked before the city pack.
    Country,
    /// Autonomous system and who runs it.
    Asn,
    /// Ranges of data centres.
    Hosting,
    /// Ranges of VPN services.
    Vpn,
    /// Tor exits.
    Tor,
    /// Published privacy relays.
    Relay,
    /// Lines of offices and other businesses.
    Business,
    /// Ranges of mobile networks.
    Mobile,
}

impl Kind {
    /// All of them, in the order in which they are shown.
    pub const ALL: [Kind; 9] = [
        Kind::City,
        Kind::Country,
        Kind::Asn,
        Kind::Hosting,
        Kind::Vpn,
        Kind::Tor,
        Kind::Relay,
        Kind::Business,
        Kind::Mobile,
    ];

    /// The kinds that are lists of ranges.
    pub const LISTS: [Kind; 6] =
        [Kind::Hosting, Kind::Vpn, Kind::Tor, Kind::Relay, Kind::Business, Kind::Mobile];

    /// As folders, manifests and configuration write it.
    pub const fn code(self) -> &'static str {
        match self {
            Kind::City => "city",
            Kind::Country => "country",
            Kind::Asn => "asn",
            Kind::Hosting => "hosting",
            Kind::Vpn => "vpn",
            Kind::Tor => "tor",
            Kind::Relay => "relay",
            Kind::Business => "business",
            Kind::Mobile => "mobile",
        }
    }

    /// The kind with this code.
    pub fn from_code(code: &str) -> Option<Kind> {
        Kind::ALL.into_iter().find(|kind| kind.code() == code)
    }

    /// The class of what stands on a list; `None` for a kind that is no list.
    pub const fn class(self) -> Option<AccessClass> {
        Some(match self {
            Kind::Hosting => AccessClass::Hosting,
            Kind::Vpn => AccessClass::Vpn,
            Kind::Tor => AccessClass::Tor,
            Kind::Relay => AccessClass::Relay,
            Kind::Business => AccessClass::Business,
            Kind::Mobile => AccessClass::Mobile,
            Kind::City | Kind::Country | Kind::Asn => return None,
        })
    }

    /// What it tells, for people.
    pub const fn summary(self) -> &'static str {
        match self {
            Kind::City => msg!("country and place of an address"),
            Kind::Country => msg!("country of an address"),
            Kind::Asn => msg!("who runs the network of an address"),
            Kind::Hosting => msg!("addresses of data centres"),
            Kind::Vpn => msg!("addresses of VPN services"),
            Kind::Tor => msg!("Tor exits"),
            Kind::Relay => msg!("published privacy relays"),
            Kind::Business => msg!("lines of businesses"),
            Kind::Mobile => msg!("mobile networks"),
        }
    }

    pub(crate) const fn number(self) -> u32 {
        match self {
            Kind::City => 1,
            Kind::Country => 2,
            Kind::Asn => 3,
            Kind::Hosting => 4,
            Kind::Vpn => 5,
            Kind::Tor => 6,
            Kind::Relay => 7,
            Kind::Business => 8,
            Kind::Mobile => 9,
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}
