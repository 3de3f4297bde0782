//! A row in which nothing stands out: what judging it costs, beside the raw look-ups that nobody can do without,
//! each asked once and nothing made of the answers.

use super::spread;
use country_boundaries::{BOUNDARIES_ODBL_360X180, CountryBoundaries, LatLon};
use muster_domain::evidence_lines::{EvidenceLine, LookUps};
use muster_domain::judging::evidence::Point;
use muster_domain::judging::network::{NetworkFacts, NoFact};
use muster_domain::time::UtcMillis;
use muster_packs::polygons::Polygons;
use muster_packs::{Kind, Packs};
use serde_json::{Value, json};
use std::hint::black_box;
use std::net::IpAddr;
use tzf_rs::DefaultFinder;

/// A home line somewhere; only its look-ups matter.
const ADDRESS: &str = "73.94.20.17";
/// 2026-07-01T00:00:00Z: the packs the other bench builds are fresh then.
const THEN: UtcMillis = UtcMillis(1_782_864_000_000);

/// Everything about the network is given with the row.
pub fn without_address(rows: usize, clean: &str) -> Value {
    let (line, points) = (read(clean), points(clean));
    let nothing = |_: IpAddr, _: UtcMillis| NetworkFacts::missing(NoFact::NoPack);
    let judged = judged(rows, &line, &nothing);
    let raw = Raw::new();
    let looked_up = spread(rows, || (), |()| points.map(|point| raw.ask(point)).len());
    let regions = spread(rows, || (), |()| points.map(|point| Polygons::shared().region(point)));
    told(judged, looked_up, regions)
}

/// The same row with an address in place of what was given of the network.
pub fn with_address(rows: usize, clean: &str, packs: &Packs) -> Value {
    let mut object: Value = serde_json::from_str(clean).expect("a sample");
    object["network"] = json!({ "ip": ADDRESS });
    let address: IpAddr = ADDRESS.parse().expect("an address");
    let mut points = points(clean);
    let known = packs.look_up(address, THEN);
    points[2] = *known.point.value().expect("the city pack knows it");
    let line = read(&object.to_string());
    let facts = |address: IpAddr, _: UtcMillis| packs.look_up(address, THEN);
    let judged = judged(rows, &line, &facts);
    let raw = Raw::new();
    let tables = |of: &dyn Fn(&muster_packs::Table)| {
        packs.manifests().filter_map(|manifest| packs.table(manifest.kind)).for_each(of);
    };
    let ask = |table: &muster_packs::Table| match table.kind() {
        Kind::City | Kind::Country => drop(black_box(table.place(address))),
        Kind::Asn => drop(black_box(table.network(address))),
        _ => drop(black_box(table.lists(address))),
    };
    let looked_up = spread(
        rows,
        || (),
        |()| {
            tables(&ask);
            points.map(|point| raw.ask(point)).len()
        },
    );
    let made = spread(
        rows,
        || (),
        |()| (facts(address, THEN), points.map(|point| Polygons::shared().region(point))),
    );
    told(judged, looked_up, made)
}

fn told(judged: Value, raw: Value, made: Value) -> Value {
    let ratio =
        judged["p50"].as_f64().unwrap_or(f64::NAN) / raw["p50"].as_f64().unwrap_or(f64::NAN);
    json!({
        "from_read_to_judged_us": judged,
        "raw_look_ups_us": raw,
        "look_ups_with_their_answers_us": made,
        "times_the_raw_look_ups": (ratio * 100.0).round() / 100.0,
    })
}

fn judged(
    rows: usize,
    line: &EvidenceLine,
    address: &dyn Fn(IpAddr, UtcMillis) -> NetworkFacts,
) -> Value {
    let polygons = Polygons::shared();
    let region = |point| polygons.region(point);
    let look_ups = LookUps { region: &region, address };
    let findings = line.clone().evidence(look_ups).assess().findings;
    assert!(findings.iter().all(|finding| !finding.is_active()), "a clean row: {findings:?}");
    spread(rows, || line.clone(), |line| line.evidence(look_ups).assess())
}

fn read(line: &str) -> EvidenceLine {
    EvidenceLine::read(line.as_bytes()).expect("a good line")
}

/// The points a row asks the polygons about, each once: claim, declared place and address.
fn points(line: &str) -> [Point; 3] {
    let line: Value = serde_json::from_str(line).expect("a sample");
    ["claim", "declared", "network"].map(|part| {
        let degrees = |axis: &str| line[part][axis].as_f64().unwrap_or_default();
        Point::from_degrees(degrees("lat"), degrees("lon")).expect("a point")
    })
}

/// The readers below our own, asked as they are.
struct Raw {
    zones: DefaultFinder,
    countries: CountryBoundaries,
}

impl Raw {
    fn new() -> Raw {
        let countries = CountryBoundaries::from_reader(BOUNDARIES_ODBL_360X180);
        Raw { zones: DefaultFinder::new(), countries: countries.expect("boundaries") }
    }

    fn ask(&self, point: Point) {
        let (latitude, longitude) = point.degrees();
        let position = LatLon::new(latitude, longitude).expect("a point");
        black_box(self.countries.ids(position));
        black_box(self.zones.get_tz_name(longitude, latitude));
    }
}
