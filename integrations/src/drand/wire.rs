//! drand's JSON of one round (HTTP API v1, `/{chain hash}/public/{round}`).

use muster_domain::draw::BeaconRound;
use muster_ports::{PortError, PortResult};
use serde::Deserialize;

/// `randomness` is left aside: it is the hash of the signature, and is computed here.
#[derive(Deserialize)]
struct Round {
    round: u64,
    signature: String,
}

/// Reads a relay's answer; nothing in it is believed yet.
pub(super) fn read(body: &[u8]) -> PortResult<BeaconRound> {
    let not = |what: &str| PortError::Broken(format!("a relay's answer is not a round: {what}"));
    let read: Round = serde_json::from_slice(body).map_err(|_| not("no such JSON"))?;
    let signature = hex::decode(&read.signature).map_err(|_| not("signature"))?;
    Ok(BeaconRound { round: read.round, signature })
}
