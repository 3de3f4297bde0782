//! From a line to recorded evidence.

use super::LineFault;
use super::check::{self, instant, offset_seconds};
use super::shape::LINE;
use super::special::is_of_the_internet;
use crate::judging::evidence::{Claim, ClaimStatus, DeclaredPlace, Point};
use crate::judging::network::{AccessClass, Fact, NetworkFacts, NoFact};
use crate::judging::recorded::RecordedEvidence;
use crate::judging::region::Region;
use crate::judging::rules::RuleSettings;
use crate::judging::surroundings::{AttestedPosition, RoundTrips, Surroundings};
use crate::time::{DAY_MS, UtcMillis};
use serde_json::{Map, Value};
use std::net::IpAddr;

/// Radius of a declared place that gives none, in kilometres.
const RADIUS_KM: f64 = 50.0;

/// What is known beyond the line.
#[derive(Clone, Copy)]
pub struct LookUps<'a> {
    /// Where a point lies, by polygons.
    pub region: &'a dyn Fn(Point) -> Region,
    /// What data packs say of an address at an instant.
    pub address: &'a dyn Fn(IpAddr, UtcMillis) -> NetworkFacts,
}

/// A line of the right shape.
#[derive(Debug, Clone)]
pub struct EvidenceLine {
    object: Map<String, Value>,
}

impl EvidenceLine {
    /// Reads one line.
    ///
    /// # Errors
    /// It is no JSON object of the shape in `LINE`; every fault is named.
    pub fn read(line: &[u8]) -> Result<EvidenceLine, LineFault> {
        let fault = |id, sentence| Err(LineFault { id, sentence });
        let object = match serde_json::from_slice::<Value>(line) {
            Ok(Value::Object(object)) => object,
            Ok(_) => return fault(None, "the line must be a JSON object".into()),
            Err(error) => {
                // Where it stopped within the line; that it is line 1 of itself says nothing.
                let column = error.column();
                return fault(None, format!("the line is not JSON (column {column})"));
            }
        };
        let faults = check::faults(&object, LINE);
        match faults.is_empty() {
            true => Ok(EvidenceLine { object }),
            false => {
                let id = object.get("id").filter(|id| check::is_id(id));
                fault(id.cloned(), faults.join("; "))
            }
        }
    }

    /// The line's id, text or whole number.
    pub fn id(&self) -> &Value {
        self.object.get("id").unwrap_or(&Value::Null)
    }

    /// The evidence, with what polygons and packs add to it.
    pub fn evidence(&self, look_ups: LookUps<'_>) -> RecordedEvidence {
        let line = Object(Some(&self.object));
        let written = line.text("at").unwrap_or_default();
        let at: UtcMillis = instant(written).map(UtcMillis::from).unwrap_or_default();
        let context = line.object("context");
        // The first place is the person's own, also where nothing of it is known.
        let mut declared = vec![line.object("declared").place(look_ups)];
        declared.extend(context.objects("extra_places").map(|place| place.place(look_ups)));
        let network = line.object("network");
        let facts = network.0.map(|_| network.facts(at, look_ups));
        let rtt = line.object("rtt");
        let microseconds = |name| rtt.number(name).map(|ms| (ms * 1_000.0).round() as u32);
        let surroundings = Surroundings {
            network_region: facts
                .as_ref()
                .and_then(|facts| facts.point.value())
                .map(|point| (look_ups.region)(*point))
                .unwrap_or_default(),
            network: facts,
            server: line.object("server").point(),
            round_trips: RoundTrips {
                tcp_min_us: microseconds("tcp_min_ms"),
                app_min_us: microseconds("app_min_ms"),
            },
            previous: line.object("previous").previous(),
            travel: context
                .objects("approved_travel")
                .filter_map(|trip| trip.trip(offset_seconds(written), look_ups))
                .collect(),
            corporate_egress_asns: context
                .values("corporate_egress_asn")
                .filter_map(|asn| check::whole(asn.as_f64(), u32::MAX))
                .collect(),
            is_behind_proxy: context.get("trusted_proxy") == Some(&Value::Bool(true)),
            sanctioned_regions: context
                .values("sanctioned_regions")
                .filter_map(|code| code.as_str().map(str::to_ascii_uppercase))
                .collect(),
            ..Surroundings::default()
        };
        RecordedEvidence {
            at,
            claim: Claim {
                browser_time_zone: line.text("browser_time_zone").map(str::to_owned),
                network: None,
                ..line.object("claim").claim(at, look_ups)
            },
            declared,
            surroundings,
            settings: RuleSettings::default(),
        }
    }
}

/// An object of a checked line; absent and null are the same.
#[derive(Clone, Copy)]
struct Object<'a>(Option<&'a Map<String, Value>>);

impl<'a> Object<'a> {
    fn get(self, name: &str) -> Option<&'a Value> {
        self.0?.get(name).filter(|value| !value.is_null())
    }

    fn object(self, name: &str) -> Object<'a> {
        Object(self.get(name).and_then(Value::as_object))
    }

    fn values(self, name: &str) -> impl Iterator<Item = &'a Value> {
        self.get(name).and_then(Value::as_array).into_iter().flatten()
    }

    fn objects(self, name: &str) -> impl Iterator<Item = Object<'a>> {
        self.values(name).map(|value| Object(value.as_object()))
    }

    fn text(self, name: &str) -> Option<&'a str> {
        self.get(name)?.as_str()
    }

    fn number(self, name: &str) -> Option<f64> {
        self.get(name)?.as_f64()
    }

    fn country(self) -> Option<String> {
        self.text("country").map(str::to_ascii_uppercase)
    }

    fn zone(self) -> Option<String> {
        self.text("time_zone").map(str::to_owned)
    }

    /// Both coordinates; half a point is an unknown point.
    fn coordinates(self) -> Option<(f64, f64)> {
        self.number("lat").zip(self.number("lon"))
    }

    fn point(self) -> Option<Point> {
        self.coordinates().and_then(|(lat, lon)| Point::from_degrees(lat, lon))
    }

    /// Rounded up: what is unsure counts for the person.
    fn accuracy(self) -> Option<u32> {
        self.number("accuracy_m").map(|metres| metres.ceil() as u32)
    }

    fn place(self, look_ups: LookUps<'_>) -> DeclaredPlace {
        let point = self.point();
        let region = point.map(|point| (look_ups.region)(point)).unwrap_or_default();
        DeclaredPlace {
            point,
            radius_metres: (self.number("radius_km").unwrap_or(RADIUS_KM) * 1_000.0).ceil() as u32,
            country: self.country(),
            region: region.with_given(None, self.zone()),
            valid_from: None,
            valid_until: None,
        }
    }

    /// A trip; none where half a point makes it impossible to say where it leads.
    fn trip(self, offset_seconds: i32, look_ups: LookUps<'_>) -> Option<DeclaredPlace> {
        let is_half = self.number("lat").is_some() != self.number("lon").is_some();
        let bound = |name, days: i64| {
            let text = self.text(name)?;
            match check::date(text) {
                // A day at the offset that `at` is written with.
                Some(date) => {
                    let midnight = date.to_zoned(jiff::tz::TimeZone::UTC).ok()?.timestamp();
                    let local = UtcMillis::from(midnight).plus_ms(days * DAY_MS - days);
                    Some(local.plus_ms(-i64::from(offset_seconds) * 1_000))
                }
                None => instant(text).map(UtcMillis::from),
            }
        };
        (!is_half).then(|| DeclaredPlace {
            valid_from: bound("from", 0),
            valid_until: bound("to", 1),
            ..self.place(look_ups)
        })
    }

    fn claim(self, at: UtcMillis, look_ups: LookUps<'_>) -> Claim {
        let status = match self.text("status") {
            Some("ok") => ClaimStatus::Ok,
            Some("denied") => ClaimStatus::Denied,
            Some("unavailable") => ClaimStatus::Unavailable,
            Some("timeout") => ClaimStatus::TimedOut,
            _ => ClaimStatus::NotAsked,
        };
        let point = self.coordinates().map(|(lat, lon)| Point::reported(lat, lon));
        let region = point.filter(|p| p.is_plausible()).map(|point| (look_ups.region)(point));
        Claim {
            status,
            point,
            accuracy_metres: self.accuracy(),
            country: self.country(),
            region: region.unwrap_or_default().with_given(None, self.zone()),
            browser_time_zone: None,
            network: None,
            gathered: Default::default(),
            signature_good: true,
            observed_at: at,
        }
    }

    /// What is given wins, field by field; the rest is looked up if there is an address.
    fn facts(self, at: UtcMillis, look_ups: LookUps<'_>) -> NetworkFacts {
        let address = self.text("ip").and_then(|ip| ip.parse::<IpAddr>().ok());
        let known = match address.map(|ip| ip.to_canonical()) {
            None => NetworkFacts::missing(NoFact::NotAsked),
            Some(ip) if !is_of_the_internet(ip) => NetworkFacts {
                class: Fact::given(AccessClass::Private),
                ..NetworkFacts::missing(NoFact::NotListed)
            },
            Some(ip) => (look_ups.address)(ip, at),
        };
        let asn = self.number("asn").and_then(|asn| check::whole(Some(asn), u32::MAX));
        let class = self.text("class").and_then(AccessClass::from_code);
        NetworkFacts {
            country: self.country().map_or(known.country, Fact::given),
            point: self.point().map_or(known.point, Fact::given),
            asn: asn.map_or(known.asn, Fact::given),
            organisation: self
                .text("org")
                .map(str::to_owned)
                .map_or(known.organisation, Fact::given),
            class: class.map_or(known.class, Fact::given),
        }
    }

    fn previous(self) -> Option<AttestedPosition> {
        Some(AttestedPosition {
            at: instant(self.text("at")?)?.into(),
            point: self.point()?,
            accuracy_metres: self.accuracy(),
        })
    }
}
