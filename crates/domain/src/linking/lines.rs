//! Addresses as lines: what counts as one line, and what a line of each class can say.

use crate::judging::AccessClass;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// What an observation's line says about where the person was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum LineUse {
    /// A home line: compared in full.
    Home,
    /// A company's line: compared, at a lower weight.
    Business,
    /// Never compared, and still a day on which the person was not at a fixed line of a home: a
    /// mobile line, a listed office.
    Elsewhere,
    /// Says nothing about the place: tunnels, relays, data centres, the employer's own egress.
    Silent,
}

/// The use of a line by its class. A satellite provider gives many homes one IPv4 address and each
/// its own IPv6 network.
pub(super) fn use_of(is_ipv6: bool, class: AccessClass) -> LineUse {
    match class {
        AccessClass::Residential => LineUse::Home,
        AccessClass::Satellite if is_ipv6 => LineUse::Home,
        AccessClass::Business => LineUse::Business,
        AccessClass::Mobile | AccessClass::Satellite => LineUse::Elsewhere,
        AccessClass::Hosting
        | AccessClass::Vpn
        | AccessClass::Tor
        | AccessClass::Relay
        | AccessClass::CorporateEgress
        | AccessClass::Private => LineUse::Silent,
    }
}

/// The class an observation is kept with: what came with it, else private, else what the data packs
/// say. What they call private is more than that (addresses of documentation, for one).
pub fn class_of(
    address: IpAddr,
    given: Option<AccessClass>,
    found: Option<AccessClass>,
) -> Option<AccessClass> {
    let known = given.or_else(|| is_private(address).then_some(AccessClass::Private));
    known.or_else(|| found.filter(|class| *class != AccessClass::Private))
}

/// An IPv4 address written as IPv6 is the IPv4 address.
pub(super) fn plain(address: IpAddr) -> IpAddr {
    address.to_canonical()
}

/// What one line is compared by: the IPv4 address, or the /64 network of an IPv6 one.
pub(super) fn line_bytes(address: IpAddr) -> ([u8; 9], usize) {
    let mut bytes = [0; 9];
    match plain(address) {
        IpAddr::V4(v4) => {
            bytes[0] = 4;
            bytes[1..5].copy_from_slice(&v4.octets());
            (bytes, 5)
        }
        IpAddr::V6(v6) => {
            bytes[0] = 6;
            bytes[1..].copy_from_slice(&v6.octets()[..8]);
            (bytes, 9)
        }
    }
}

/// Addresses that name no line of the internet (RFC 1918, 3927, 4193, 4291, 6598).
pub(super) fn is_private(address: IpAddr) -> bool {
    match plain(address) {
        IpAddr::V4(v4) => {
            let shared = v4.octets()[0] == 100 && v4.octets()[1] & 0xc0 == 64;
            v4.is_private()
                || v4.is_loopback()
                || v4.is_link_local()
                || v4.is_unspecified()
                || shared
        }
        IpAddr::V6(v6) => {
            v6.is_loopback()
                || v6.is_unspecified()
                || v6.is_unique_local()
                || v6.is_unicast_link_local()
        }
    }
}

/// Whether a LAN id can tell one local network from another. Bare IPv4 addresses and ranges
/// (`192.168.1.0/24`) stand in a million homes, and so does what begins with `fe80:`.
pub(super) fn is_telling_lan(lan_id: &str) -> bool {
    let is_ipv4_like =
        lan_id.contains('.') && lan_id.bytes().all(|b| b.is_ascii_digit() || b"./*x-".contains(&b));
    let host = lan_id.split('/').next().unwrap_or("");
    let is_common_v6 = host.parse::<Ipv6Addr>().is_ok_and(|a| {
        a.is_unicast_link_local()
            || a.is_loopback()
            || a.is_unspecified()
            || a.to_ipv4_mapped().is_some()
    });
    !is_ipv4_like && !is_common_v6 && host.parse::<Ipv4Addr>().is_err()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn ipv6_is_one_line_by_64_and_ipv4_by_address() {
        let line = |text: &str| line_bytes(ip(text));
        assert_eq!(line("2001:db8:1:2::5"), line("2001:db8:1:2:ffff::"));
        assert_ne!(line("2001:db8:1:2::5"), line("2001:db8:1:3::5"));
        assert_ne!(line("203.0.113.4"), line("203.0.113.5"));
        assert_eq!(line("::ffff:203.0.113.4"), line("203.0.113.4"));
    }

    #[test]
    fn each_class_has_its_use() {
        use AccessClass::*;
        let uses = [
            (Residential, LineUse::Home),
            (Business, LineUse::Business),
            (Mobile, LineUse::Elsewhere),
            (Satellite, LineUse::Elsewhere),
            (Hosting, LineUse::Silent),
            (Vpn, LineUse::Silent),
            (Tor, LineUse::Silent),
            (Relay, LineUse::Silent),
            (CorporateEgress, LineUse::Silent),
            (Private, LineUse::Silent),
        ];
        assert_eq!(uses.len(), AccessClass::ALL.len());
        for (class, expected) in uses {
            assert_eq!(use_of(false, class), expected, "{class}");
        }
        assert_eq!(use_of(true, Satellite), LineUse::Home);
    }

    #[test]
    fn private_addresses_are_known_and_those_of_documentation_are_not_among_them() {
        for private in
            ["10.1.2.3", "100.64.0.1", "192.168.1.9", "fd00::1", "fe80::1", "::ffff:10.0.0.1"]
        {
            assert!(is_private(ip(private)), "{private}");
        }
        for public in ["203.0.113.4", "100.128.0.1", "2001:db8::1"] {
            assert!(!is_private(ip(public)), "{public}");
        }
    }

    #[test]
    fn a_lan_id_that_everybody_has_is_not_compared() {
        for common in ["192.168.1.0/24", "192.168.1.x", "10.0.0.*", "192.168.1.7", "fe80::1", "::1"]
        {
            assert!(!is_telling_lan(common), "{common}");
        }
        for telling in ["2001:db8:7:1::53", "fd3c:91a2:77b0::/64", "lan-7f21", "a4:91:b1:00:53:1e"]
        {
            assert!(is_telling_lan(telling), "{telling}");
        }
    }
}
