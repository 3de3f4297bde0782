//! The distance between two points. What is told, and what is close to a limit, is the geodesic on the
//! ellipsoid; most comparisons are decided before by bounds that cost a tenth of it, and most of those by
//! bounds that need no trigonometry.

use super::evidence::Point;

/// Between two points.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Distance {
    from: Point,
    to: Point,
}

/// Least and greatest radius of curvature of the WGS 84 ellipsoid, in metres: along the meridian at the
/// equator, `b²/a`, and everywhere at the poles, `a²/b`.
const CURVATURE_MIN: f64 = 6_335_439.0;
const CURVATURE_MAX: f64 = 6_399_594.0;
/// For rounding to whole metres and the arithmetic of the bounds.
const SLACK_METRES: f64 = 2.0;

impl Distance {
    pub fn between(from: Point, to: Point) -> Distance {
        Distance { from, to }
    }

    /// Whole metres along the geodesic.
    pub fn metres(self) -> i64 {
        self.from.metres_to(self.to)
    }

    /// Whether it is more than so many metres: always the same as asking [`Distance::metres`].
    pub fn exceeds(self, limit_metres: i64) -> bool {
        let limit = limit_metres as f64;
        let (above, below) = (limit + SLACK_METRES, limit - SLACK_METRES);
        let (north, east) = steps(self.from, self.to);
        if north * CURVATURE_MIN > above {
            return true;
        }
        let longest_squared = (north * north + east * east) * CURVATURE_MAX * CURVATURE_MAX;
        if below > 0.0 && longest_squared < below * below {
            return false;
        }
        let angle = angle(self.from, self.to);
        if angle * CURVATURE_MIN > above {
            return true;
        }
        angle * CURVATURE_MAX >= below && self.metres() > limit_metres
    }
}

/// Differences of latitude and, the short way round, of longitude, in radians. No way is shorter than the first of
/// them at the least curvature; the straight line on a flat map of them is a way, and not longer than it looks there
/// at the greatest, since a degree of longitude is never longer on the ground.
fn steps(from: Point, to: Point) -> (f64, f64) {
    const TURN_E6: u32 = 360_000_000;
    let north = to.latitude_e6.abs_diff(from.latitude_e6);
    let east = to.longitude_e6.abs_diff(from.longitude_e6);
    let radians = |e6: u32| f64::from(e6) * (std::f64::consts::PI / 180e6);
    (radians(north), radians(east.min(TURN_E6.saturating_sub(east))))
}

/// By haversines. A step on the ellipsoid is `√(M²dφ² + N²cos²φ dλ²)` and one on the unit sphere the same without
/// the radii of curvature M and N, so every way, and with it the shortest, is as many metres as its
/// angle times something between the least and the greatest of them.
fn angle(from: Point, to: Point) -> f64 {
    let ((lat1, lon1), (lat2, lon2)) = (from.degrees(), to.degrees());
    let half_sine_squared = |degrees: f64| (degrees.to_radians() / 2.0).sin().powi(2);
    let level = lat1.to_radians().cos() * lat2.to_radians().cos();
    let haversine = half_sine_squared(lat2 - lat1) + level * half_sine_squared(lon2 - lon1);
    2.0 * haversine.sqrt().min(1.0).asin()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn point() -> impl Strategy<Value = Point> {
        // Poles, equator and the date line as often as anywhere else.
        let edge = |limit: i32| prop_oneof![Just(-limit), Just(0), Just(limit), -limit..=limit];
        (edge(90_000_000), edge(180_000_000))
            .prop_map(|(latitude_e6, longitude_e6)| Point { latitude_e6, longitude_e6 })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(3_000))]

        #[test]
        fn comparing_is_the_same_as_measuring(
            from in point(),
            to in point(),
            near in -60_000_i32..60_000,
            (north, east) in (-3_000_000_i32..3_000_000, -3_000_000_i32..3_000_000),
            by in prop_oneof![-3_i64..=3, -200_000_i64..200_000],
        ) {
            let beside = Point {
                latitude_e6: (from.latitude_e6 + north + near).clamp(-90_000_000, 90_000_000),
                longitude_e6: (from.longitude_e6 + east).clamp(-180_000_000, 180_000_000),
            };
            for distance in [Distance::between(from, to), Distance::between(from, beside)] {
                let metres = distance.metres();
                let limit = metres + by;
                prop_assert_eq!(distance.exceeds(limit), metres > limit, "{:?} {}", distance, limit);
                let angle = angle(distance.from, distance.to);
                let (low, high) = (angle * CURVATURE_MIN, angle * CURVATURE_MAX);
                let exact = metres as f64;
                prop_assert!(low <= exact + 1.0 && exact <= high + 1.0, "{low} {exact} {high}");
            }
        }
    }

    #[test]
    fn a_point_is_no_distance_from_itself() {
        let here = Point::from_degrees(52.5, 13.4).unwrap();
        let none = Distance::between(here, here);
        assert!(!none.exceeds(0) && none.exceeds(-1));
    }
}
