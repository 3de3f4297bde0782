//! Where the sun stands over a place at an instant.
//!
//! NOAA's solar calculator (J. Meeus, "Astronomical Algorithms", 2nd ed., chapters 22, 25 and 28,
//! low accuracy: about 0.01 degrees between 1800 and 2200). Without refraction, which lifts the sun by
//! 0.6 degrees at the horizon and by less than 0.1 above 10 degrees.

use crate::judging::evidence::Point;
use crate::time::{DAY_MS, UtcMillis};

/// The sun's centre as seen from a place.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sun {
    /// Degrees above the horizon; below it negative.
    pub elevation: f64,
    /// Degrees from north over east.
    pub azimuth: f64,
    /// The highest and the lowest elevation of that day.
    pub highest: f64,
    pub lowest: f64,
}

/// Julian day of 1970-01-01 00:00 UTC, and of J2000.0.
const UNIX_EPOCH_JD: f64 = 2_440_587.5;
const J2000_JD: f64 = 2_451_545.0;

/// The sun over `place` at `at`.
pub fn over(place: Point, at: UtcMillis) -> Sun {
    let (latitude, longitude) = place.degrees();
    let (declination, equation_minutes) = apparent(at);
    let (phi, delta) = (latitude.to_radians(), declination.to_radians());
    let minutes = at.0.rem_euclid(DAY_MS) as f64 / 60_000.0;
    let true_solar = (minutes + equation_minutes + 4.0 * longitude).rem_euclid(1_440.0);
    let hour_angle = (true_solar / 4.0 - 180.0).to_radians();
    let sin_elevation = phi.sin() * delta.sin() + phi.cos() * delta.cos() * hour_angle.cos();
    let east = -delta.cos() * hour_angle.sin();
    let north = phi.cos() * delta.sin() - phi.sin() * delta.cos() * hour_angle.cos();
    Sun {
        elevation: sin_elevation.clamp(-1.0, 1.0).asin().to_degrees(),
        azimuth: east.atan2(north).to_degrees().rem_euclid(360.0),
        highest: 90.0 - (latitude - declination).abs(),
        lowest: (latitude + declination).abs() - 90.0,
    }
}

/// Declination in degrees, and the equation of time in minutes.
fn apparent(at: UtcMillis) -> (f64, f64) {
    let julian_day = at.0 as f64 / DAY_MS as f64 + UNIX_EPOCH_JD;
    let t = (julian_day - J2000_JD) / 36_525.0;
    let mean_longitude = (280.46646 + t * (36_000.769_83 + t * 0.000_303_2)).rem_euclid(360.0);
    let anomaly = (357.529_11 + t * (35_999.050_29 - 0.000_153_7 * t)).to_radians();
    let eccentricity = 0.016_708_634 - t * (0.000_042_037 + 0.000_000_126_7 * t);
    let centre = anomaly.sin() * (1.914_602 - t * (0.004_817 + 0.000_014 * t))
        + (2.0 * anomaly).sin() * (0.019_993 - 0.000_101 * t)
        + (3.0 * anomaly).sin() * 0.000_289;
    let node = (125.04 - 1_934.136 * t).to_radians();
    let apparent_longitude =
        (mean_longitude + centre - 0.005_69 - 0.004_78 * node.sin()).to_radians();
    let mean_obliquity =
        23.0 + (26.0 + (21.448 - t * (46.815 + t * (0.000_59 - t * 0.001_813))) / 60.0) / 60.0;
    let obliquity = (mean_obliquity + 0.002_56 * node.cos()).to_radians();
    let declination = (obliquity.sin() * apparent_longitude.sin()).asin().to_degrees();
    let y = (obliquity / 2.0).tan().powi(2);
    let l0 = mean_longitude.to_radians();
    let equation = y * (2.0 * l0).sin() - 2.0 * eccentricity * anomaly.sin()
        + 4.0 * eccentricity * y * anomaly.sin() * (2.0 * l0).cos()
        - 0.5 * y * y * (4.0 * l0).sin()
        - 1.25 * eccentricity * eccentricity * (2.0 * anomaly).sin();
    (declination, 4.0 * equation.to_degrees())
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    pub(crate) fn at(text: &str) -> UtcMillis {
        UtcMillis(text.parse::<jiff::Timestamp>().unwrap().as_millisecond())
    }

    pub(crate) fn sun(latitude: f64, longitude: f64, text: &str) -> Sun {
        over(Point::from_degrees(latitude, longitude).unwrap(), at(text))
    }

    /// Within 0.3 degrees, on either side of north.
    fn close(a: f64, b: f64) -> bool {
        let apart = (a - b).rem_euclid(360.0);
        apart.min(360.0 - apart) <= 0.3
    }

    /// The first row is the worked example of NREL/TP-560-34302 (Reda and Andreas, 2008, appendix A.5:
    /// 39.872046 without refraction, 194.340241); the others are of libastro 3.7 (VSOP87), which gives
    /// the same for that example.
    #[test]
    fn the_sun_stands_where_published_tables_say() {
        let table = [
            (39.742476, -105.1786, "2003-10-17T19:30:30Z", 39.872, 194.340),
            (38.7223, -9.1393, "2026-11-26T17:20:00Z", -1.381, 243.843),
            (52.52, 13.405, "2026-06-21T12:00:00Z", 59.284, 203.740),
            (-33.8688, 151.2093, "2026-12-21T09:05:00Z", -0.761, 240.795),
            (69.6492, 18.9553, "2026-12-21T10:45:00Z", -3.090, 180.639),
            (69.6492, 18.9553, "2026-06-20T23:00:00Z", 3.119, 3.244),
            (64.8378, -147.7164, "2027-01-15T22:00:00Z", 4.125, 179.922),
            (-36.8509, 174.7645, "2027-07-01T20:00:00Z", 3.542, 57.506),
            (18.5204, 73.8567, "2028-02-29T01:30:00Z", 0.559, 98.444),
            (-77.85, 166.67, "2026-12-21T12:00:00Z", 11.567, 192.018),
        ];
        for (latitude, longitude, when, elevation, azimuth) in table {
            let found = sun(latitude, longitude, when);
            assert!((found.elevation - elevation).abs() <= 0.3, "{when}: {found:?}");
            assert!(close(found.azimuth, azimuth), "{when}: {found:?}");
            assert!(
                found.lowest - 0.3 <= found.elevation && found.elevation <= found.highest + 0.3
            );
        }
        // Nearly overhead a bearing means nothing; the height does.
        assert!((sun(-1.2921, 36.8219, "2026-03-20T09:40:00Z").elevation - 88.791).abs() <= 0.3);
    }

    /// J. Meeus, "Astronomical Algorithms", example 25.a: 13 October 1992, 0h: -7.78507 degrees.
    #[test]
    fn the_declination_is_that_of_the_book() {
        let (declination, _) = apparent(at("1992-10-13T00:00:00Z"));
        assert!((declination - -7.78507).abs() < 0.01, "{declination}");
    }

    #[test]
    fn at_the_poles_nothing_breaks() {
        for latitude in [90.0, -90.0] {
            let found = sun(latitude, 180.0, "2026-06-21T00:00:00Z");
            assert!((found.elevation - 23.43 * latitude.signum()).abs() < 0.1, "{found:?}");
            assert!((found.highest - found.lowest).abs() < 0.001 && found.azimuth.is_finite());
        }
    }
}
