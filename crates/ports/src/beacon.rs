//! A public beacon: rounds of randomness that nobody can know before their instant.

use crate::PortResult;
use async_trait::async_trait;
use muster_domain::draw::{BeaconKind, BeaconRound};

/// Where rounds are fetched. The asker verifies what comes back; an answer is only a claim.
#[async_trait]
pub trait BeaconPort: Send + Sync + 'static {
    /// Which beacon it is; never `none`.
    fn kind(&self) -> BeaconKind;

    /// The round of this number, verified by the provider against the beacon's public key.
    ///
    /// # Errors
    /// `TryLater` where nobody could be reached or the round does not exist yet; `Broken` where
    /// what came back is not that round.
    async fn round(&self, round: u64) -> PortResult<BeaconRound>;
}
