//! `[stun]`: our own STUN responder, so that a datagram's way to us can be compared with the page's.

use super::Fault;
use serde::Deserialize;
use std::net::SocketAddr;

/// `[stun]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Stun {
    /// UDP address to listen on, e.g. `0.0.0.0:3478`. No proxy may stand in between.
    pub listen: SocketAddr,
    /// Host and port that browsers reach it by, e.g. `muster.acme.example:3478`.
    pub public: String,
}

impl Stun {
    pub(super) fn check(&self, faults: &mut Vec<Fault>) {
        let is_address = self.public.rsplit_once(':').is_some_and(|(host, port)| {
            let is_bare_ipv6 = host.contains(':') && !host.starts_with('[');
            !host.is_empty()
                && !is_bare_ipv6
                && !host.contains(|c: char| c.is_whitespace() || c == '/')
                && port.parse::<u16>().is_ok_and(|port| port > 0)
        });
        if !is_address {
            let accepted = "HOST:PORT as browsers reach it, e.g. muster.acme.example:3478";
            faults.push(Fault::new("stun.public", "is no address", accepted));
        }
    }
}
