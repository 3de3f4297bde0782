//! Addresses that are not of the internet: private networks, loopback, documentation, multicast and
//! what is reserved. Source: the IANA special-purpose address registries (RFC 6890 and its updates),
//! entries that are not globally reachable; multicast (RFC 5771, RFC 4291); class E (RFC 1112).

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

const V4: [([u8; 4], u32); 15] = [
    ([0, 0, 0, 0], 8),       // this network
    ([10, 0, 0, 0], 8),      // private
    ([100, 64, 0, 0], 10),   // shared by carriers, RFC 6598
    ([127, 0, 0, 0], 8),     // loopback
    ([169, 254, 0, 0], 16),  // link local
    ([172, 16, 0, 0], 12),   // private
    ([192, 0, 0, 0], 24),    // protocol assignments
    ([192, 0, 2, 0], 24),    // documentation
    ([192, 88, 99, 0], 24),  // once relays of 6to4, reserved since
    ([192, 168, 0, 0], 16),  // private
    ([198, 18, 0, 0], 15),   // benchmarks
    ([198, 51, 100, 0], 24), // documentation
    ([203, 0, 113, 0], 24),  // documentation
    ([224, 0, 0, 0], 4),     // multicast
    ([240, 0, 0, 0], 4),     // reserved, broadcast
];

const V6: [([u16; 8], u32); 14] = [
    ([0, 0, 0, 0, 0, 0, 0, 0], 96), // unspecified, loopback, once "compatible"
    ([0x64, 0xff9b, 1, 0, 0, 0, 0, 0], 48), // translation within a network
    ([0x100, 0, 0, 0, 0, 0, 0, 0], 64), // discard
    ([0x100, 0, 0, 1, 0, 0, 0, 0], 64), // dummy prefix
    ([0x2001, 2, 0, 0, 0, 0, 0, 0], 48), // benchmarks
    ([0x2001, 0x10, 0, 0, 0, 0, 0, 0], 28), // once ORCHID
    ([0x2001, 0xdb8, 0, 0, 0, 0, 0, 0], 32), // documentation
    ([0x3fff, 0, 0, 0, 0, 0, 0, 0], 20), // documentation
    ([0x5f00, 0, 0, 0, 0, 0, 0, 0], 16), // segment routing
    ([0xfc00, 0, 0, 0, 0, 0, 0, 0], 7), // private
    ([0xfe80, 0, 0, 0, 0, 0, 0, 0], 10), // link local
    ([0xfec0, 0, 0, 0, 0, 0, 0, 0], 10), // once site local
    ([0xff00, 0, 0, 0, 0, 0, 0, 0], 8), // multicast
    ([0, 0, 0, 0, 0, 0xffff, 0, 0], 96), // mapped IPv4; unwrapped before
];

/// The address itself; an IPv4 address that came mapped into IPv6 (`::ffff:a.b.c.d`) unwrapped.
pub fn unwrapped(address: IpAddr) -> IpAddr {
    address.to_canonical()
}

/// Whether the address is private, reserved or otherwise not of the internet.
pub fn is_special(address: IpAddr) -> bool {
    match unwrapped(address) {
        IpAddr::V4(address) => V4.iter().any(|(network, length)| {
            let network = u32::from(Ipv4Addr::from(*network));
            (u32::from(address) ^ network) >> (32 - length) == 0
        }),
        IpAddr::V6(address) => V6.iter().any(|(network, length)| {
            let network = u128::from(Ipv6Addr::from(*network));
            (u128::from(address) ^ network) >> (128 - length) == 0
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn special(text: &str) -> bool {
        is_special(text.parse().unwrap())
    }

    #[test]
    fn edges_of_private_and_shared_ranges() {
        for inside in [
            "10.0.0.0",
            "10.255.255.255",
            "100.64.0.0",
            "100.127.255.255",
            "172.16.0.0",
            "172.31.255.255",
            "192.168.0.1",
            "127.0.0.1",
            "169.254.1.1",
            "203.0.113.9",
            "255.255.255.255",
            "224.0.0.1",
            "::",
            "::1",
            "fd12::1",
            "fe80::1",
            "2001:db8::1",
            "ff02::1",
            "::ffff:10.0.0.1",
        ] {
            assert!(special(inside), "{inside}");
        }
        for outside in [
            "9.255.255.255",
            "11.0.0.0",
            "100.63.255.255",
            "100.128.0.0",
            "172.15.255.255",
            "172.32.0.0",
            "192.167.255.255",
            "192.169.0.0",
            "223.255.255.255",
            "8.8.8.8",
            "2001:4860:4860::8888",
            "2a02::1",
            "::ffff:8.8.8.8",
        ] {
            assert!(!special(outside), "{outside}");
        }
    }
}
