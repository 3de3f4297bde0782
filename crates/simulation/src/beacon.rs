//! A beacon that follows a script: the test beacon's rounds, as long as it is told to be there.

use async_trait::async_trait;
use muster_domain::draw::beacon::test_round;
use muster_domain::draw::{BeaconKind, BeaconRound};
use muster_ports::{BeaconPort, PortError, PortResult};
use std::sync::Mutex;

/// What the beacon does with the next asking.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BeaconAnswer {
    /// Gives the round.
    Give,
    /// Cannot be reached.
    Away,
    /// Gives another round under the right number.
    Lie,
}

/// A scripted beacon.
#[derive(Debug)]
pub struct ScriptedBeacon {
    state: Mutex<(BeaconAnswer, Vec<u64>)>,
}

impl Default for ScriptedBeacon {
    fn default() -> ScriptedBeacon {
        ScriptedBeacon { state: Mutex::new((BeaconAnswer::Give, Vec::new())) }
    }
}

impl ScriptedBeacon {
    /// From now on, every asking gets this answer.
    pub fn answer_always(&self, answer: BeaconAnswer) {
        self.state.lock().expect("no panic while the script is open").0 = answer;
    }

    /// Every round it was asked for, in order.
    pub fn asked(&self) -> Vec<u64> {
        self.state.lock().expect("no panic while the script is open").1.clone()
    }
}

#[async_trait]
impl BeaconPort for ScriptedBeacon {
    fn kind(&self) -> BeaconKind {
        BeaconKind::Test
    }

    async fn round(&self, round: u64) -> PortResult<BeaconRound> {
        let mut state = self.state.lock().expect("no panic while the script is open");
        state.1.push(round);
        match state.0 {
            BeaconAnswer::Give => Ok(test_round(round)),
            BeaconAnswer::Away => {
                let detail = "nobody answers".to_owned();
                Err(PortError::TryLater { not_before: None, detail })
            }
            BeaconAnswer::Lie => Ok(BeaconRound { round, ..test_round(round + 1) }),
        }
    }
}
