//! From a point to its country, subdivision and time zone, by polygons built into the program.
//!
//! Time zones: timezone-boundary-builder, through `tzf-rs`. Countries: the boundaries of the JOSM
//! project, through `country-boundaries`. Both are © OpenStreetMap contributors, Open Database
//! License 1.0, unmodified. Borders are simplified: within some hundred metres of one, the answer
//! may be the neighbour's.

use country_boundaries::{BOUNDARIES_ODBL_360X180, CountryBoundaries, LatLon, ReadError};
use muster_domain::judging::evidence::Point;
use muster_domain::judging::region::Region;
use muster_domain::judging::region_code::{RegionCode, RegionCodes};
use std::borrow::Cow;
use std::sync::LazyLock;
use tzf_rs::DefaultFinder;

/// What must be said wherever answers of these polygons are shown.
pub const ATTRIBUTION: &str = "Time zones and countries: © OpenStreetMap contributors, ODbL 1.0";

/// Both sets of polygons, expanded in memory.
pub struct Polygons {
    zones: DefaultFinder,
    countries: CountryBoundaries,
}

static SHARED: LazyLock<Polygons> =
    LazyLock::new(|| Polygons::built_in().expect("the built-in polygons, which every test reads"));

impl Polygons {
    /// The built-in polygons, read at the first call. They are constant data of the program.
    pub fn shared() -> &'static Polygons {
        &SHARED
    }

    fn built_in() -> Result<Polygons, ReadError> {
        let countries = CountryBoundaries::from_reader(BOUNDARIES_ODBL_360X180)?;
        Ok(Polygons { zones: DefaultFinder::new(), countries })
    }

    /// The release of the time-zone polygons, such as `2026f`.
    pub fn zones_release(&self) -> &str {
        self.zones.data_version()
    }

    /// What the polygons say of a point. Several countries where borders are disputed; none at sea
    /// and at the poles, where the time zone is that of the longitude or of the nearest base. Empty for a point outside the range of
    /// coordinates.
    pub fn region(&'static self, point: Point) -> Region {
        let (latitude, longitude) = point.degrees();
        let Ok(position) = LatLon::new(latitude, longitude) else { return Region::default() };
        let ids = self.countries.ids(position);
        let (mut countries, mut subdivisions) = (RegionCodes::new(), RegionCodes::new());
        for code in ids.iter().filter_map(|id| id.parse::<RegionCode>().ok()) {
            if code.is_country() { countries.push(code) } else { subdivisions.push(code) }
        }
        // Where two countries claim a subdivision, its code names the second one.
        for country in subdivisions.iter().map(|part| part.country()) {
            if !countries.contains(&country) {
                countries.push(country);
            }
        }
        let zone = self.zones.get_tz_name(longitude, latitude);
        let time_zone = (!zone.is_empty()).then_some(Cow::Borrowed(zone));
        Region { countries, subdivisions, time_zone }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn region(latitude: f64, longitude: f64) -> Region {
        Polygons::shared().region(Point::from_degrees(latitude, longitude).unwrap())
    }

    #[test]
    fn known_places_are_where_the_atlas_has_them() {
        for (place, latitude, longitude, country, subdivision, zone) in [
            ("Phoenix", 33.4484, -112.074, "US", Some("US-AZ"), "America/Phoenix"),
            ("Minneapolis", 44.9778, -93.265, "US", Some("US-MN"), "America/Chicago"),
            ("Amsterdam", 52.3676, 4.9041, "NL", None, "Europe/Amsterdam"),
            ("Vaals", 50.7706, 6.0183, "NL", None, "Europe/Amsterdam"),
            ("Aachen", 50.7753, 6.0839, "DE", None, "Europe/Berlin"),
            ("Kolkata", 22.5726, 88.3639, "IN", Some("IN-WB"), "Asia/Kolkata"),
            ("Kathmandu", 27.7172, 85.324, "NP", None, "Asia/Kathmandu"),
            ("Pyongyang", 39.0392, 125.7625, "KP", None, "Asia/Pyongyang"),
            ("Dandong", 40.1292, 124.3947, "CN", Some("CN-LN"), "Asia/Shanghai"),
            ("Suva", -18.1248, 178.4501, "FJ", None, "Pacific/Fiji"),
            ("Apia", -13.8507, -171.7514, "WS", None, "Pacific/Apia"),
        ] {
            let found = region(latitude, longitude);
            assert_eq!(found.countries.as_slice(), [country], "{place}");
            assert_eq!(found.time_zone.as_deref(), Some(zone), "{place}");
            if let Some(subdivision) = subdivision {
                assert!(found.subdivisions.iter().any(|s| *s == subdivision), "{place}: {found:?}");
            }
        }
    }

    #[test]
    fn a_disputed_place_has_several_countries_and_the_sea_none() {
        let simferopol = region(44.9521, 34.1024);
        assert_eq!(simferopol.countries.as_slice(), ["RU", "UA"]);
        assert_eq!(simferopol.subdivisions.as_slice(), ["UA-43"]);
        let atlantic = region(40.0, -40.0);
        assert!(atlantic.countries.is_empty());
        assert_eq!(atlantic.time_zone.as_deref(), Some("Etc/GMT+3"));
    }

    #[test]
    fn every_id_of_the_boundaries_is_a_code() {
        let polygons = Polygons::shared();
        for (latitude, longitude) in
            (-90..=90).flat_map(|lat| (-180..=180).map(move |lon| (lat, lon)))
        {
            let at = LatLon::new(f64::from(latitude), f64::from(longitude)).unwrap();
            for id in polygons.countries.ids(at) {
                let code: RegionCode = id.parse().unwrap();
                assert_eq!(code.as_str(), id);
            }
        }
    }

    #[test]
    fn every_corner_of_the_map_answers_and_what_is_off_it_is_unknown() {
        for (latitude, longitude) in
            [(90.0, 0.0), (-90.0, 180.0), (0.0, 180.0), (0.0, -180.0), (90.0, -180.0)]
        {
            let found = region(latitude, longitude);
            let zone = found.time_zone.unwrap_or_else(|| panic!("{latitude}, {longitude}"));
            assert!(muster_domain::time::zone(&zone).is_some(), "{zone}");
        }
        let off = Point { latitude_e6: 91_000_000, longitude_e6: 0 };
        assert_eq!(Polygons::shared().region(off), Region::default());
    }

    #[test]
    fn every_zone_of_the_polygons_is_known_to_our_time_zone_rules() {
        for name in Polygons::shared().zones.timezonenames() {
            assert!(muster_domain::time::zone(name).is_some(), "{name}");
        }
        assert!(!Polygons::shared().zones_release().is_empty());
    }
}
