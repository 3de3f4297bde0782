//! Link groups: people joined by what their check-ins and sign-ins have in common (a line, a spot, a
//! local network, a device key), each join explained. From observations to edges to groups; nothing
//! here knows a name or a language, and nothing decides about a person. `docs/links-format.md` has
//! every condition with its number, decisions 0031 and 0032 the reasons.

mod cells;
mod days;
mod evidence;
mod files;
mod groups;
mod hr_keys;
mod identity;
mod indicator;
mod kept;
mod keys;
mod ledger;
mod lines;
mod many_homes;
mod pairs;
mod reasons;
mod sentence;
mod sets;
mod sites;
mod tags;
#[cfg(test)]
mod tests;
mod traces;

pub use files::{read_numbered, read_observations, read_sites};
pub use groups::{Edge, Group, LinkReport, TooCommon};
pub use identity::continued;
pub use indicator::Indicator;
pub use kept::{KeptLedger, KeptObservation};
pub use ledger::Ledger;
pub use lines::class_of;
pub use reasons::{LinkResolution, Reason, ReasonKind};
pub use sites::{Network, Site, SiteKind, Sites};
pub use tags::{NetworkTags, SiteTags, Tag, Tagger, Tags};

use crate::judging::AccessClass;
use crate::judging::evidence::Point;
use crate::time::UtcMillis;
use std::net::IpAddr;

/// UTC dates that are looked at; the last is that of the newest observation (issue "Evidence").
pub const WINDOW_DAYS: i64 = 180;

/// A value that more people share is a site's and no home's, and so is a larger group.
pub const GROUP_PEOPLE_MAX: usize = 30;

/// No machine and no local network has so many users: such a value says nothing, and is told.
pub const COMMON_PEOPLE_MIN: usize = 1_000;

/// One sighting of one person, at a check-in or at an imported sign-in. `None` is unknown.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Observation<'a> {
    pub employee_id: &'a str,
    pub at: UtcMillis,
    /// The work place declared for that day.
    pub declared: Option<Point>,
    pub address: Option<IpAddr>,
    /// The address's class, where it came with the observation.
    pub class: Option<AccessClass>,
    /// Autonomous system number; no condition uses it.
    pub asn: Option<u32>,
    /// The place the device claimed.
    pub fix: Option<Fix>,
    pub device_key: Option<&'a str>,
    /// A fingerprint of the local network.
    pub lan_id: Option<&'a str>,
    /// Where HR has the laptop delivered, or a key of it.
    pub delivery: Option<&'a str>,
    /// The account that HR pays into, or a key of it.
    pub payroll: Option<&'a str>,
}

/// A claimed place.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Fix {
    pub point: Point,
    /// 95 % radius in metres.
    pub accuracy_metres: Option<f64>,
}

/// A fix that is less accurate says nothing about a spot.
const ACCURACY_METRES_MAX: f64 = 100.0;

impl Fix {
    /// Whether the fix can name a spot: a plausible place with an accuracy of at most 100 m.
    pub fn is_precise(&self) -> bool {
        let is_near = self.accuracy_metres.is_some_and(|m| m <= ACCURACY_METRES_MAX);
        is_near && self.point.is_plausible()
    }
}
