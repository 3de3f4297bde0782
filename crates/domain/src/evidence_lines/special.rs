//! Addresses that are not of the internet: private, shared, reserved, for documentation. No data
//! is needed to know them.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Whether an address can be reached over the internet, by the special-purpose registries of IANA
/// (RFC 6890 and its updates).
pub fn is_of_the_internet(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(v4) => !is_special_v4(v4),
        IpAddr::V6(v6) => !is_special_v6(v6),
    }
}

fn is_special_v4(address: Ipv4Addr) -> bool {
    const SPECIAL: [(u32, u32); 15] = [
        (0x0000_0000, 8),  // this network
        (0x0a00_0000, 8),  // private
        (0x6440_0000, 10), // shared by carriers, 100.64.0.0
        (0x7f00_0000, 8),  // this host
        (0xa9fe_0000, 16), // link, 169.254.0.0
        (0xac10_0000, 12), // private
        (0xc000_0000, 24), // protocol assignments
        (0xc000_0200, 24), // documentation
        (0xc058_6300, 24), // 6to4 relays, retired
        (0xc0a8_0000, 16), // private
        (0xc612_0000, 15), // benchmarks
        (0xc633_6400, 24), // documentation
        (0xcb00_7100, 24), // documentation
        (0xe000_0000, 4),  // multicast
        (0xf000_0000, 4),  // reserved, broadcast
    ];
    let bits = u32::from(address);
    SPECIAL.iter().any(|(network, length)| (bits ^ network) >> (32 - length) == 0)
}

fn is_special_v6(address: Ipv6Addr) -> bool {
    let [first, second, ..] = address.segments();
    // Only 2000::/3 is given out; the documentation ranges and the retired 6to4 lie in it.
    let is_given_out = first >> 13 == 1;
    let is_documentation = (first, second) == (0x2001, 0xdb8) || first == 0x3fff && second < 0x1000;
    let is_protocol = first == 0x2001 && second < 0x200;
    !is_given_out || is_documentation || is_protocol
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn special_ranges_end_where_the_registry_says() {
        for (address, public) in [
            ("9.255.255.255", true),
            ("10.0.0.0", false),
            ("11.0.0.0", true),
            ("100.63.255.255", true),
            ("100.64.0.1", false),
            ("100.128.0.0", true),
            ("127.0.0.1", false),
            ("169.254.1.1", false),
            ("172.15.255.255", true),
            ("172.16.0.0", false),
            ("172.32.0.0", true),
            ("192.0.2.1", false),
            ("192.168.1.1", false),
            ("198.17.255.255", true),
            ("198.18.0.0", false),
            ("198.20.0.0", true),
            ("203.0.113.255", false),
            ("203.0.114.0", true),
            ("223.255.255.255", true),
            ("224.0.0.1", false),
            ("255.255.255.255", false),
            ("8.8.8.8", true),
            ("::ffff:192.168.1.1", false),
            ("::ffff:8.8.8.8", true),
            ("::1", false),
            ("fe80::1", false),
            ("fd00::1", false),
            ("2001:db8::1", false),
            ("2001:4860:4860::8888", true),
            ("2a02::1", true),
            ("ff02::1", false),
        ] {
            assert_eq!(is_of_the_internet(address.parse().unwrap()), public, "{address}");
        }
    }
}
