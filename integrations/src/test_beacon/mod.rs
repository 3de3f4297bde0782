//! The test beacon: every round can be computed by anybody, so it protects nothing. For the demo
//! and for tests; the configuration takes it only with a second word.

use async_trait::async_trait;
use muster_domain::draw::beacon::test_round;
use muster_domain::draw::{BeaconKind, BeaconRound};
use muster_ports::{BeaconPort, PortResult};

/// On the list of providers; configuration writes `test`.
pub const NAME: &str = "test-beacon";

/// The test beacon.
#[derive(Debug, Default, Clone, Copy)]
pub struct TestBeacon;

#[async_trait]
impl BeaconPort for TestBeacon {
    fn kind(&self) -> BeaconKind {
        BeaconKind::Test
    }

    async fn round(&self, round: u64) -> PortResult<BeaconRound> {
        Ok(test_round(round))
    }
}
