//! `[room]`: how the built-in room connects two browsers.

use super::Fault;
use serde::Deserialize;

/// One STUN or TURN server.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IceServer {
    /// `stun:host:port` or `turn:host:port?transport=udp`.
    pub urls: Vec<String>,
    /// The shared secret of coturn's REST convention, for TURN.
    pub static_auth_secret: Option<secrecy::SecretString>,
}

/// `[room]`
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Room {
    pub ice_servers: Vec<IceServer>,
    /// Whether media must pass a TURN server, so that the ends do not learn each other's address.
    pub relay_only: bool,
}

impl Room {
    pub(super) fn check(&self, faults: &mut Vec<Fault>) {
        let mut has_turn = false;
        for (i, server) in self.ice_servers.iter().enumerate() {
            for url in &server.urls {
                has_turn |= url.starts_with("turn:") || url.starts_with("turns:");
                let known = ["stun:", "stuns:", "turn:", "turns:"];
                if !known.iter().any(|scheme| url.starts_with(scheme)) {
                    let key = format!("room.ice_servers[{i}].urls");
                    faults.push(Fault::new(
                        &key,
                        "is of an unknown kind",
                        "stun:HOST:PORT or turn:HOST:PORT",
                    ));
                }
            }
        }
        if self.relay_only && !has_turn {
            let problem = "nobody could connect: there is no TURN server";
            faults.push(Fault::new(
                "room.relay_only",
                problem,
                "a turn: address in room.ice_servers",
            ));
        }
    }
}
