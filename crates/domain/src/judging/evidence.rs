//! What a check-in gathers for its rules: the claim of place, the declared places, the verifier's
//! form, what came before. Shapes and plain geometry only; judging of it is in `rules`.

use super::distance::Distance;
use super::gathered::{Gathered, SecondPath};
use super::network::NetworkFacts;
use super::region::Region;
use super::region_code::RegionCode;
use crate::challenge::{ChallengeAnswer, ChallengeClass};
use crate::check_in::{Outcome, Presence};
use crate::time::UtcMillis;
use geographiclib_rs::{DirectGeodesic, Geodesic, InverseGeodesic};
use serde::{Deserialize, Serialize};
use std::sync::LazyLock;

/// A point on the WGS 84 ellipsoid in millionths of a degree (about 0.1 m), as whole numbers so
/// that a stored point reads back exactly.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Point {
    pub latitude_e6: i32,
    pub longitude_e6: i32,
}

/// Its series are worked out once.
static WGS84: LazyLock<Geodesic> = LazyLock::new(Geodesic::wgs84);

impl Point {
    /// The point at these degrees; `None` outside -90..=90, -180..=180 or for what is no number.
    pub fn from_degrees(latitude: f64, longitude: f64) -> Option<Point> {
        let valid = (-90.0..=90.0).contains(&latitude) && (-180.0..=180.0).contains(&longitude);
        valid.then(|| Point {
            latitude_e6: (latitude * 1e6).round() as i32,
            longitude_e6: (longitude * 1e6).round() as i32,
        })
    }

    /// The point at these degrees as a device reported them, also where they cannot be a place: what
    /// is out of range stays out of range, whatever rounding does.
    pub fn reported(latitude: f64, longitude: f64) -> Point {
        let e6 = |degrees: f64, limit: f64| match (degrees * 1e6).round() as i32 {
            rounded if degrees > limit => rounded.max((limit * 1e6) as i32 + 1),
            rounded if degrees < -limit => rounded.min((-limit * 1e6) as i32 - 1),
            rounded => rounded,
        };
        Point { latitude_e6: e6(latitude, 90.0), longitude_e6: e6(longitude, 180.0) }
    }

    /// Latitude and longitude in degrees.
    pub fn degrees(self) -> (f64, f64) {
        (f64::from(self.latitude_e6) / 1e6, f64::from(self.longitude_e6) / 1e6)
    }

    /// The nearest corner of a grid of 0.05 degrees (about 5 km): what is kept after thirty days.
    pub fn coarse(self) -> Point {
        const GRID_E6: i32 = 50_000;
        let snap = |e6: i32| (e6 + GRID_E6 / 2).div_euclid(GRID_E6) * GRID_E6;
        Point { latitude_e6: snap(self.latitude_e6), longitude_e6: snap(self.longitude_e6) }
    }

    /// Whether the numbers can be a place: in range and not the zero point that broken receivers
    /// report (both within 0.01 degrees of zero).
    pub fn is_plausible(self) -> bool {
        let (latitude, longitude) =
            (self.latitude_e6.unsigned_abs(), self.longitude_e6.unsigned_abs());
        let in_range = latitude <= 90_000_000 && longitude <= 180_000_000;
        in_range && !(latitude <= 10_000 && longitude <= 10_000)
    }

    /// The distance to another point, to be measured or compared.
    pub fn distance_to(self, other: Point) -> Distance {
        Distance::between(self, other)
    }

    /// Geodesic distance in whole metres (C. F. F. Karney, "Algorithms for geodesics", J. Geod.
    /// 87, 2013; WGS 84).
    pub fn metres_to(self, other: Point) -> i64 {
        let ((lat1, lon1), (lat2, lon2)) = (self.degrees(), other.degrees());
        let metres: f64 = WGS84.inverse(lat1, lon1, lat2, lon2);
        metres.round() as i64
    }

    /// Latitude and longitude in degrees of the point that lies so many metres from here along the
    /// geodesic that begins at this bearing, in degrees clockwise from north.
    pub fn degrees_at(self, bearing: f64, metres: f64) -> (f64, f64) {
        let (latitude, longitude) = self.degrees();
        WGS84.direct(latitude, longitude, bearing, metres)
    }
}

words! {
    /// What came of asking for the place.
    pub enum ClaimStatus {
        Ok = "ok",
        /// The person chose not to say.
        Declined = "declined",
        /// The browser's permission was refused.
        Denied = "denied",
        /// The device found no position.
        Unavailable = "unavailable",
        TimedOut = "timed_out",
        /// Never answered.
        NotAsked = "not_asked",
    }
}

/// The claim of place out of an attestation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Claim {
    pub status: ClaimStatus,
    pub point: Option<Point>,
    /// 95 % radius in metres (W3C Geolocation).
    pub accuracy_metres: Option<u32>,
    /// The country that came with the claim; it overrides the polygons'.
    pub country: Option<RegionCode>,
    /// Where the point lies, by polygons.
    #[serde(default)]
    pub region: Region,
    /// IANA name of the time zone the browser keeps, also where no place was shared; legacy names
    /// are as good.
    #[serde(default)]
    pub browser_time_zone: Option<String>,
    /// What was known of the line the answer came over, when it came; judging takes it from here to
    /// the surroundings. The address itself is kept nowhere.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub network: Option<NetworkFacts>,
    /// What page and server gathered beside it; judging takes it from here to the surroundings, too.
    #[serde(default, skip_serializing_if = "Gathered::is_nothing")]
    pub gathered: Gathered,
    /// Whether the attestation's signature and nonce were good.
    pub signature_good: bool,
    pub observed_at: UtcMillis,
}

impl Claim {
    /// The same claim without its exact place.
    pub fn coarse(self) -> Claim {
        let point = self.point.map(Point::coarse);
        Claim {
            point,
            accuracy_metres: None,
            network: self.network.map(NetworkFacts::coarse),
            gathered: Gathered {
                second_path: self.gathered.second_path.map(SecondPath::coarse),
                ..self.gathered
            },
            ..self
        }
    }

    /// The same claim without any place: that one was given, and when.
    pub fn without_place(self) -> Claim {
        Claim {
            point: None,
            accuracy_metres: None,
            country: None,
            region: Region::default(),
            network: None,
            gathered: Gathered::default(),
            ..self
        }
    }

    /// The countries the claim lies in: the one that came with it, else the polygons'.
    pub fn countries(&self) -> &[RegionCode] {
        self.country.as_ref().map_or(&self.region.countries, std::slice::from_ref)
    }

    /// The point, if the claim may be used at all: given, plausible, properly signed.
    pub fn valid_point(&self) -> Option<Point> {
        let given = self.status == ClaimStatus::Ok && self.signature_good;
        self.point.filter(|p| given && p.is_plausible())
    }
}

/// A declared place or an approved travel notice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeclaredPlace {
    /// None for a travel notice that names only a country.
    pub point: Option<Point>,
    /// Tolerance around the point in metres.
    pub radius_metres: u32,
    /// As declared.
    pub country: Option<RegionCode>,
    /// Where the point lies, by polygons, with a declared time zone where there is one.
    #[serde(default)]
    pub region: Region,
    pub valid_from: Option<UtcMillis>,
    pub valid_until: Option<UtcMillis>,
}

impl DeclaredPlace {
    /// The countries of the place: the declared one, else the polygons'.
    pub fn countries(&self) -> &[RegionCode] {
        self.country.as_ref().map_or(&self.region.countries, std::slice::from_ref)
    }

    /// Whether the place may be worked from at this instant.
    pub fn is_valid_at(&self, at: UtcMillis) -> bool {
        self.valid_from.is_none_or(|from| from <= at)
            && self.valid_until.is_none_or(|until| at <= until)
    }
}

words! {
    /// Evidence a policy can demand.
    pub enum RequiredEvidence {
        Location = "location",
        Challenges = "challenges",
    }
}

words! {
    /// What a verifier may tick besides presence and challenges. Closed on purpose: there is no
    /// word for mood, accent or looks, and none for other people in the picture.
    pub enum Observation {
        /// Answers about recent work were wrong.
        KnowledgeWrong = "knowledge_wrong",
        /// Answers about the surroundings were wrong.
        LocalityWrong = "locality_wrong",
        /// The room or the device shown was not the one described.
        SceneConflict = "scene_conflict",
        /// The tag on the work device was another than the one on record.
        DeviceTagDiffers = "device_tag_differs",
        /// Many people were speaking in calls nearby.
        ManyVoices = "many_voices",
        /// Somebody out of the picture gave the answers.
        Prompted = "prompted",
        /// The verifier has met this person under another name.
        SeenUnderAnotherName = "seen_under_another_name",
    }
}

/// How one drawn challenge went.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChallengeReport {
    /// The template of the catalogue.
    pub template: String,
    pub class: ChallengeClass,
    pub answer: ChallengeAnswer,
    /// Ticks, for `artefact_seen` only.
    pub artefacts: Vec<crate::challenge::Artefact>,
    /// When it was shown to both.
    pub revealed_at: UtcMillis,
}

/// What the verifier recorded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VerifierForm {
    /// None: the verifier says that the person did not come.
    pub presence: Option<Presence>,
    pub challenges: Vec<ChallengeReport>,
    pub observations: Vec<Observation>,
    /// Somebody assisted as agreed (an interpreter, a carer), so prompting is not noted.
    pub assistance_agreed: bool,
    pub given_at: UtcMillis,
    /// Where the form is a second opinion: what the first verifier thought.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_opinion: Option<FirstOpinion>,
}

/// What a verifier thought who asked for a second opinion, before it was given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FirstOpinion {
    pub presence: Presence,
    pub given_at: UtcMillis,
}

/// What an earlier check-in of the same person left behind for the rules.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PastSession {
    /// Its start.
    pub start: UtcMillis,
    pub outcome: Outcome,
    /// Whether it failed for a technical reason on the person's side, bounces included.
    pub person_side_technical: bool,
    /// Whether it was missed with fault employee and without notice.
    pub missed_without_notice: bool,
    /// Rules that raised an active finding of severity medium.
    pub medium_rules: Vec<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances_follow_karney() {
        // JFK to LHR, the worked example of the GeographicLib documentation: 5551759.400 m.
        let jfk = Point::from_degrees(40.6, -73.8).unwrap();
        let lhr = Point::from_degrees(51.6, -0.5).unwrap();
        assert_eq!(jfk.metres_to(lhr), 5_551_759);
        assert_eq!(jfk.metres_to(jfk), 0);
    }

    #[test]
    fn what_lies_at_a_distance_is_that_far_away() {
        for (lat, lon) in [(52.5, 13.4), (-17.7, 179.9), (89.9, 0.0)] {
            let here = Point::from_degrees(lat, lon).unwrap();
            for (bearing, metres) in [(0.0, 25_000), (135.0, 3_000_000), (271.5, 12_000_000)] {
                let (lat, lon) = here.degrees_at(bearing, f64::from(metres));
                let there = Point::from_degrees(lat, lon).unwrap();
                assert!(
                    (here.metres_to(there) - i64::from(metres)).abs() <= 1,
                    "{bearing} {metres}"
                );
            }
        }
    }

    #[test]
    fn a_coarse_point_lies_on_the_grid_and_within_half_a_step() {
        for (lat, lon) in [(52.4862, 13.4249), (-12.05, -77.04), (0.024, -0.026), (-0.02, 179.99)] {
            let exact = Point::from_degrees(lat, lon).unwrap();
            let coarse = exact.coarse();
            assert_eq!((coarse.latitude_e6 % 50_000, coarse.longitude_e6 % 50_000), (0, 0));
            assert!((coarse.latitude_e6 - exact.latitude_e6).abs() <= 25_000);
            assert!((coarse.longitude_e6 - exact.longitude_e6).abs() <= 25_000);
        }
    }

    #[test]
    fn a_point_that_cannot_be_is_refused() {
        assert!(Point::from_degrees(90.1, 0.0).is_none());
        assert!(Point::from_degrees(f64::NAN, 0.0).is_none());
        assert!(!Point { latitude_e6: 10_000, longitude_e6: -10_000 }.is_plausible());
        assert!(Point { latitude_e6: 10_001, longitude_e6: 0 }.is_plausible());
        for (latitude, longitude) in [(90.000_000_1, 0.0), (-1e300, 5.0), (1.0, -180.000_000_4)] {
            assert!(!Point::reported(latitude, longitude).is_plausible(), "{latitude} {longitude}");
        }
        let pole = Point::reported(90.0, -180.0);
        assert_eq!((pole.is_plausible(), pole.degrees()), (true, (90.0, -180.0)));
    }
}
