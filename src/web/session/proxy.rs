//! The address a request came from. Only what our own proxies say is believed: the rightmost
//! address of `X-Forwarded-For` that is not a trusted proxy.

use axum::http::HeaderMap;
use std::net::IpAddr;

/// The client's address. `peer` is whoever holds the connection.
pub(crate) fn client_address(peer: IpAddr, headers: &HeaderMap, trusted: &[IpAddr]) -> IpAddr {
    let peer = peer.to_canonical();
    if !trusted.contains(&peer) {
        return peer;
    }
    let lines: Vec<&str> =
        headers.get_all("x-forwarded-for").iter().filter_map(|v| v.to_str().ok()).collect();
    let hops = lines.iter().flat_map(|line| line.split(',')).map(str::trim).collect::<Vec<_>>();
    let mut client = peer;
    for hop in hops.into_iter().rev() {
        let Ok(address) = hop.parse::<IpAddr>() else { return client };
        client = address.to_canonical();
        if !trusted.contains(&client) {
            return client;
        }
    }
    client
}

/// Whom a rate limit counts: an IPv4 address, or an IPv6 network of 64 bits, since one household
/// is given at least that many addresses (RFC 6177).
pub(crate) fn rate_subject(client: IpAddr) -> String {
    match client {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            format!("{a:x}:{b:x}:{c:x}:{d:x}::/64")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_address_of_the_same_household_is_the_same_client() {
        assert_eq!(rate_subject(ip("203.0.113.5")), "203.0.113.5");
        assert_eq!(rate_subject(ip("2001:db8:1:2::7")), rate_subject(ip("2001:db8:1:2:9::1")));
        assert_ne!(rate_subject(ip("2001:db8:1:2::7")), rate_subject(ip("2001:db8:1:3::7")));
    }

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    fn forwarded(value: &'static str) -> HeaderMap {
        HeaderMap::from_iter([("x-forwarded-for".parse().unwrap(), value.parse().unwrap())])
    }

    #[test]
    fn a_stranger_cannot_choose_his_own_address() {
        let headers = forwarded("10.0.0.9");
        assert_eq!(client_address(ip("203.0.113.5"), &headers, &[]), ip("203.0.113.5"));
    }

    #[test]
    fn the_rightmost_address_that_is_not_ours_counts() {
        let trusted = [ip("10.0.0.1"), ip("10.0.0.2")];
        let headers = forwarded("198.51.100.1, 203.0.113.5, 10.0.0.2");
        assert_eq!(client_address(ip("10.0.0.1"), &headers, &trusted), ip("203.0.113.5"));
        let mapped = client_address(ip("::ffff:10.0.0.1"), &forwarded("203.0.113.5"), &trusted);
        assert_eq!(mapped, ip("203.0.113.5"));
    }

    #[test]
    fn rubbish_ends_the_chain_at_the_last_address_that_was_one() {
        let trusted = [ip("10.0.0.1")];
        let headers = forwarded("198.51.100.1, unknown");
        assert_eq!(client_address(ip("10.0.0.1"), &headers, &trusted), ip("10.0.0.1"));
    }
}
