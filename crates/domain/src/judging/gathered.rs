//! What the page and the server gathered beside the claim of place: round trips, a second way to us,
//! and what kind of device answered. Shapes only; classes instead of names, and nothing by which a
//! device could be known elsewhere.

use super::network::NetworkFacts;
use super::passkey::{PasskeyAnswer, PasskeyStanding};
use super::surroundings::RoundTrips;
use serde::{Deserialize, Serialize};
use std::net::IpAddr;

words! {
    /// What kind of source the picture came from, by the name of the track in use.
    pub enum CameraClass {
        Ordinary = "ordinary",
        /// A program that presents itself as a camera.
        Virtual = "virtual",
    }
}

words! {
    /// What draws the pages.
    pub enum RendererClass {
        Hardware = "hardware",
        /// The processor draws: no graphics hardware is used.
        Software = "software",
        /// The graphics of a virtual machine.
        VirtualMachine = "virtual_machine",
    }
}

words! {
    /// Why a page could not sign its answer.
    pub enum Unsigned {
        /// The browser offers no signatures.
        NoCrypto = "no_crypto",
        /// The browser keeps nothing: a private window, or storage is off.
        NoStorage = "no_storage",
    }
}

/// What is known of the key that signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeyStanding {
    /// It signed for this person for the first time.
    pub is_new: bool,
    /// Keys of this person that are older than it.
    pub earlier_keys: u32,
    /// Other people for whom the same key signed.
    pub other_people: u32,
}

/// The device that answered.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Device {
    /// Keyed hash of the key's thumbprint, in an attestation only; judging is given the standing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub standing: Option<KeyStanding>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unsigned: Option<Unsigned>,
    /// What became of a passkey, in an attestation only; judging is given how they stand.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub passkey_answer: Option<PasskeyAnswer>,
    /// None where the person never had one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub passkey: Option<PasskeyStanding>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub camera: Option<CameraClass>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub renderer: Option<RendererClass>,
}

words! {
    /// How the address a datagram came from stands to that of the page.
    pub enum Relation {
        /// The same address, or one of the same small network.
        Same = "same",
        Other = "other",
        /// One is IPv4 and the other IPv6: nothing can be compared.
        OtherFamily = "other_family",
    }
}

impl Relation {
    /// Compares two addresses within one family: an IPv4 network of 24 bits or an IPv6 network of 64
    /// bits counts as one, since providers and homes hand out neighbours.
    pub fn of(page: IpAddr, datagram: IpAddr) -> Relation {
        match (page.to_canonical(), datagram.to_canonical()) {
            (IpAddr::V4(one), IpAddr::V4(other)) => {
                Relation::same_if(one.octets()[..3] == other.octets()[..3])
            }
            (IpAddr::V6(one), IpAddr::V6(other)) => {
                Relation::same_if(one.octets()[..8] == other.octets()[..8])
            }
            _ => Relation::OtherFamily,
        }
    }

    fn same_if(is_same: bool) -> Relation {
        if is_same { Relation::Same } else { Relation::Other }
    }
}

/// The way a datagram took to our own STUN responder, beside that of the page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SecondPath {
    pub relation: Relation,
    /// What is known of its address, where it is another one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub network: Option<NetworkFacts>,
}

/// Everything gathered beside the claim.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Gathered {
    pub round_trips: RoundTrips,
    /// Whether our own proxy ended the connection.
    pub is_behind_proxy: bool,
    pub second_path: Option<SecondPath>,
    pub device: Device,
}

impl Gathered {
    /// Whether there is nothing.
    pub fn is_nothing(&self) -> bool {
        *self == Gathered::default()
    }
}

impl SecondPath {
    /// The same with the area of its point.
    pub fn coarse(self) -> SecondPath {
        SecondPath { network: self.network.map(NetworkFacts::coarse), ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbours_are_one_line_and_families_are_not_compared() {
        for (page, datagram, relation) in [
            ("192.0.2.7", "192.0.2.200", Relation::Same),
            ("192.0.2.7", "::ffff:192.0.2.9", Relation::Same),
            ("192.0.2.7", "192.0.3.7", Relation::Other),
            ("2001:db8:1:2::7", "2001:db8:1:2:9::1", Relation::Same),
            ("2001:db8:1:2::7", "2001:db8:1:3::7", Relation::Other),
            ("192.0.2.7", "2001:db8:1:2::7", Relation::OtherFamily),
        ] {
            let found = Relation::of(page.parse().unwrap(), datagram.parse().unwrap());
            assert_eq!(found, relation, "{page} {datagram}");
        }
    }

    #[test]
    fn what_was_kept_before_these_were_gathered_reads_as_nothing() {
        let read: Gathered = serde_json::from_str("{}").unwrap();
        assert!(read.is_nothing());
    }
}
