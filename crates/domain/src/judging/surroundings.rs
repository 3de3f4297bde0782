//! What a check-in gathers around the claim of place: the line it came over, round trips, the
//! position before, approved travel, and what the organisation configured.
//! Shapes only. Everything is optional: absent is unknown, and a rule then says nothing.

use super::drift::Drift;
use super::evidence::{DeclaredPlace, Point};
use super::gathered::{Device, Gathered, SecondPath};
use super::network::NetworkFacts;
use super::region::Region;
use crate::external::ExternalReport;
use crate::time::UtcMillis;
use serde::{Deserialize, Serialize};

/// The shortest round trips seen. Delay can be added and never removed, so only minima count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RoundTrips {
    /// Of the TCP connection's other end (`tcpi_min_rtt`), in microseconds.
    pub tcp_min_us: Option<u32>,
    /// Of the page, by echoes that the server timed, in microseconds.
    pub app_min_us: Option<u32>,
}

/// A position that an earlier check-in attested.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AttestedPosition {
    /// When it was captured.
    pub at: UtcMillis,
    pub point: Point,
    /// 95 % radius in metres.
    pub accuracy_metres: Option<u32>,
}

/// Everything around the claim. The default knows nothing.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Surroundings {
    /// The line the page was loaded over; none where no address was recorded.
    pub network: Option<NetworkFacts>,
    /// Where the address's point lies, by polygons.
    pub network_region: Region,
    /// Where the measuring server stands.
    pub server: Option<Point>,
    pub round_trips: RoundTrips,
    /// The attested position before this one (or after it: only the span counts).
    pub previous: Option<AttestedPosition>,
    /// Trips somebody approved. They excuse place, country and clock, never speed.
    pub travel: Vec<DeclaredPlace>,
    /// Autonomous systems that are the employer's own way into the internet.
    pub corporate_egress_asns: Vec<u32>,
    /// Whether our own proxy ends the TCP connection, so that its round trip is not the page's.
    pub is_behind_proxy: bool,
    /// ISO 3166-1 alpha-2 or ISO 3166-2 codes from which nobody may work.
    pub sanctioned_regions: Vec<String>,
    /// Positions of earlier check-ins made on a phone, if this one was made on one too.
    pub phone_positions: Vec<Point>,
    /// How far the last positions lie from everything declared; distances only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub drift: Option<Drift>,
    /// The way a datagram took to us, where one arrived.
    pub second_path: Option<SecondPath>,
    /// The device that answered.
    pub device: Device,
    /// What other systems reported since the last session.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub reports: Vec<ExternalReport>,
}

impl Surroundings {
    /// The same with what page and server gathered.
    pub fn with(self, gathered: Gathered) -> Surroundings {
        Surroundings {
            round_trips: gathered.round_trips,
            is_behind_proxy: gathered.is_behind_proxy,
            second_path: gathered.second_path,
            device: gathered.device,
            ..self
        }
    }

    /// The same without exact places: what is kept after thirty days.
    pub fn coarse(mut self) -> Surroundings {
        if let Some(previous) = &mut self.previous {
            previous.point = previous.point.coarse();
            previous.accuracy_metres = None;
        }
        self.network = self.network.map(NetworkFacts::coarse);
        self.second_path = self.second_path.map(SecondPath::coarse);
        self.phone_positions.clear();
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_known_reads_from_an_empty_object() {
        let read: Surroundings = serde_json::from_str("{}").unwrap();
        assert_eq!(read, Surroundings::default());
    }

    #[test]
    fn coarse_surroundings_hold_no_exact_point() {
        use crate::judging::network::{Fact, NoFact};
        let exact = Point { latitude_e6: 52_486_213, longitude_e6: 13_424_911 };
        let network =
            NetworkFacts { point: Fact::given(exact), ..NetworkFacts::missing(NoFact::NotAsked) };
        let coarse = Surroundings {
            network: Some(network),
            previous: Some(AttestedPosition {
                at: UtcMillis(5),
                point: exact,
                accuracy_metres: Some(20),
            }),
            phone_positions: vec![exact],
            ..Surroundings::default()
        }
        .coarse();
        let kept = serde_json::to_string(&coarse).unwrap();
        assert!(!kept.contains("52486213") && !kept.contains("13424911"), "{kept}");
        assert!(kept.contains("52500000"), "{kept}");
    }
}
