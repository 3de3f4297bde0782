//! From a line to recorded evidence.

use super::LineFault;
use super::check::{self, instant, offset_seconds};
use super::shape::LINE;
use super::special::is_of_the_internet;
use crate::judging::evidence::{Claim, ClaimStatus, DeclaredPlace, Point};
use crate::judging::network::{AccessClass, Fact, NetworkFacts, NoFact};
use crate::judging::recorded::RecordedEvidence;
use crate::judging::region::Region;
use crate::judging::region_code::RegionCode;
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

/// A line of the right shape, read into the product's own types.
#[derive(Debug, Clone)]
pub struct EvidenceLine {
    id: Value,
    /// What the line says itself.
    given: RecordedEvidence,
    /// Looked up for what the line does not say of the network.
    address: Option<IpAddr>,
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
        let id = object.get("id");
        match faults.is_empty() {
            true => {
                let line = Object(Some(&object));
                Ok(EvidenceLine {
                    id: id.cloned().unwrap_or_default(),
                    given: line.given(),
                    address: line.object("network").address(),
                })
            }
            false => fault(id.filter(|id| check::is_id(id)).cloned(), faults.join("; ")),
        }
    }

    /// The line's id, text or whole number.
    pub fn id(&self) -> &Value {
        &self.id
    }

    /// The evidence, with what polygons and packs add to it. What is given wins, field by field.
    pub fn evidence(self, look_ups: LookUps<'_>) -> RecordedEvidence {
        let mut evidence = self.given;
        let located = |point: Option<Point>, region: &mut Region| {
            if let Some(point) = point {
                let given = region.time_zone.take();
                *region = (look_ups.region)(point);
                region.time_zone = given.or(region.time_zone.take());
            }
        };
        let around = &mut evidence.surroundings;
        for place in evidence.declared.iter_mut().chain(&mut around.travel) {
            located(place.point, &mut place.region);
        }
        let claim = &mut evidence.claim;
        located(claim.point.filter(|point| point.is_plausible()), &mut claim.region);
        if let Some(network) = &mut around.network {
            if let Some(address) = self.address {
                network.complete(known_of(address, evidence.at, look_ups));
            }
            located(network.point.value().copied(), &mut around.network_region);
        }
        evidence
    }
}

/// What is known of an address without the line.
fn known_of(address: IpAddr, at: UtcMillis, look_ups: LookUps<'_>) -> NetworkFacts {
    match is_of_the_internet(address) {
        true => (look_ups.address)(address, at),
        false => NetworkFacts {
            class: Fact::given(AccessClass::Private),
            ..NetworkFacts::missing(NoFact::NotListed)
        },
    }
}

/// An object of a checked line; absent and null are the same.
#[derive(Clone, Copy)]
struct Object<'a>(Option<&'a Map<String, Value>>);

impl<'a> Object<'a> {
    /// Everything a line says.
    fn given(self) -> RecordedEvidence {
        let written = self.text("at").unwrap_or_default();
        let at: UtcMillis = instant(written).map(UtcMillis::from).unwrap_or_default();
        let context = self.object("context");
        // The first place is the person's own, also where nothing of it is known.
        let mut declared = vec![self.object("declared").place()];
        declared.extend(context.objects("extra_places").map(Object::place));
        let rtt = self.object("rtt");
        let microseconds = |name| rtt.number(name).map(|ms| (ms * 1_000.0).round() as u32);
        let trips = context.objects("approved_travel");
        let surroundings = Surroundings {
            network: self.get("network").map(|_| self.object("network").facts()),
            server: self.object("server").point(),
            round_trips: RoundTrips {
                tcp_min_us: microseconds("tcp_min_ms"),
                app_min_us: microseconds("app_min_ms"),
            },
            previous: self.object("previous").previous(),
            travel: trips.filter_map(|trip| trip.trip(offset_seconds(written))).collect(),
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
                browser_time_zone: self.text("browser_time_zone").map(str::to_owned),
                ..self.object("claim").claim(at)
            },
            declared,
            surroundings,
            settings: RuleSettings::default(),
        }
    }

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

    fn country(self) -> Option<RegionCode> {
        self.text("country")?.parse().ok()
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

    /// A time zone that stands in for the polygons'.
    fn region(self) -> Region {
        let time_zone = self.text("time_zone").map(|name| name.to_owned().into());
        Region { time_zone, ..Region::default() }
    }

    fn place(self) -> DeclaredPlace {
        DeclaredPlace {
            point: self.point(),
            radius_metres: (self.number("radius_km").unwrap_or(RADIUS_KM) * 1_000.0).ceil() as u32,
            country: self.country(),
            region: self.region(),
            valid_from: None,
            valid_until: None,
        }
    }

    /// A trip; none where half a point makes it impossible to say where it leads.
    fn trip(self, offset_seconds: i32) -> Option<DeclaredPlace> {
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
            ..self.place()
        })
    }

    fn claim(self, at: UtcMillis) -> Claim {
        let status = match self.text("status") {
            Some("ok") => ClaimStatus::Ok,
            Some("denied") => ClaimStatus::Denied,
            Some("unavailable") => ClaimStatus::Unavailable,
            Some("timeout") => ClaimStatus::TimedOut,
            _ => ClaimStatus::NotAsked,
        };
        Claim {
            status,
            point: self.coordinates().map(|(lat, lon)| Point::reported(lat, lon)),
            accuracy_metres: self.accuracy(),
            country: self.country(),
            region: self.region(),
            browser_time_zone: None,
            network: None,
            gathered: Default::default(),
            signature_good: true,
            observed_at: at,
        }
    }

    fn address(self) -> Option<IpAddr> {
        let address: Option<IpAddr> = self.text("ip")?.parse().ok();
        address.map(|address| address.to_canonical())
    }

    /// What the line says of the network.
    fn facts(self) -> NetworkFacts {
        fn given<T>(value: Option<T>) -> Fact<T> {
            value.map_or(Fact::Missing(NoFact::NotAsked), Fact::given)
        }
        NetworkFacts {
            country: given(self.country()),
            point: given(self.point()),
            asn: given(self.number("asn").and_then(|asn| check::whole(Some(asn), u32::MAX))),
            organisation: given(self.text("org").map(str::to_owned)),
            class: given(self.text("class").and_then(AccessClass::from_code)),
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
