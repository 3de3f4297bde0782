//! The distance between two points. What is told, and what is close to a limit, is the geodesic on the
//! ellipsoid; most comparisons are decided before by bounds that cost a tenth of it.

use super::evidence::Point;

/// Between two points.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Distance {
    from: Point,
    to: Point,
    /// In radians, on a sphere with the same latitudes and longitudes.
    angle: f64,
}

/// Least and greatest radius of curvature of the WGS 84 ellipsoid, in metres: along the meridian at the
/// equator, `b²/a`, and everywhere at the poles, `a²/b`.
const CURVATURE_MIN: f64 = 6_335_439.0;
const CURVATURE_MAX: f64 = 6_399_594.0;
/// For rounding to whole metres and the arithmetic of the bounds.
const SLACK_METRES: f64 = 2.0;

impl Distance {
    pub fn between(from: Point, to: Point) -> Distance {
        Distance { from, to, angle: angle(from, to) }
    }

    /// Whole metres along the geodesic.
    pub fn metres(self) -> i64 {
        self.from.metres_to(self.to)
    }

    /// Whether it is more than so many metres: always the same as asking [`Distance::metres`].
    pub fn exceeds(self, limit_metres: i64) -> bool {
        let limit = limit_metres as f64;
        if self.angle * CURVATURE_MIN > limit + SLACK_METRES {
            return true;
        }
        self.angle * CURVATURE_MAX >= limit - SLACK_METRES && self.metres() > limit_metres
    }
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
                let angle = distance.angle;
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
