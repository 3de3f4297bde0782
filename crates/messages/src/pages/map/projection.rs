//! The globe on a sheet: azimuthal equidistant about the middle of the picture, so that neither the 180th
//! meridian nor a pole is a place where anything is cut. Only the far side of the globe would be; what
//! lies there is drawn in towards a rim that no picture reaches. Distances from the middle are true to half
//! a percent, which is for looking: numbers come from the ellipsoid.

/// Mean radius of the earth in metres.
const EARTH_METRES: f64 = 6_371_008.8;
/// Beyond this angle from the middle nothing has a place of its own.
const RIM: f64 = 150.0 * std::f64::consts::PI / 180.0;
/// The rim is followed in steps of this many radians.
const RIM_STEP: f64 = 0.05;

/// A place on the sheet in metres from the middle, y downwards.
pub(super) type Spot = (f64, f64);

/// A projection about one point.
#[derive(Debug, Clone, Copy)]
pub(super) struct Projection {
    middle_longitude: f64,
    sin_middle: f64,
    cos_middle: f64,
}

/// A ring on the sheet.
#[derive(Debug, Clone)]
pub(super) struct Ring {
    pub spots: Vec<Spot>,
    /// Whether what it encloses on the globe lies outside it on the sheet: it goes round the far side.
    pub is_inside_out: bool,
}

impl Projection {
    /// About this latitude and longitude in degrees.
    pub(super) fn about((latitude, longitude): (f64, f64)) -> Projection {
        let (sin_middle, cos_middle) = latitude.to_radians().sin_cos();
        Projection { middle_longitude: longitude.to_radians(), sin_middle, cos_middle }
    }

    /// Angle from the middle, and bearing clockwise from north, in radians.
    fn polar(&self, (latitude, longitude): (f64, f64)) -> (f64, f64) {
        let (sin, cos) = latitude.to_radians().sin_cos();
        let (sin_east, cos_east) = (longitude.to_radians() - self.middle_longitude).sin_cos();
        let east = cos * sin_east;
        let north = self.cos_middle * sin - self.sin_middle * cos * cos_east;
        let towards = self.sin_middle * sin + self.cos_middle * cos * cos_east;
        (east.hypot(north).atan2(towards), east.atan2(north))
    }

    /// The place of a point on the sheet; a point of the far side is drawn in to the rim.
    pub(super) fn spot(&self, degrees: (f64, f64)) -> Spot {
        let (angle, bearing) = self.polar(degrees);
        on_sheet(angle.min(RIM), bearing)
    }

    /// A line; along the rim it keeps to the rim.
    pub(super) fn line(&self, points: &[(f64, f64)]) -> Vec<Spot> {
        let mut spots = Vec::with_capacity(points.len());
        let mut before: Option<(f64, f64)> = None;
        for point in points {
            let (angle, bearing) = self.polar(*point);
            if let Some((angle_before, bearing_before)) = before
                && (angle > RIM || angle_before > RIM)
            {
                along_the_rim(&mut spots, bearing_before, bearing);
            }
            spots.push(on_sheet(angle.min(RIM), bearing));
            before = Some((angle, bearing));
        }
        spots
    }

    /// A ring whose inside lies to its right on the globe.
    pub(super) fn ring(&self, points: &[(f64, f64)]) -> Ring {
        let closed: Vec<(f64, f64)> = points.iter().chain(points.first()).copied().collect();
        // The area between the ring and the middle, positive where it is walked clockwise. A ring that is
        // walked the other way round holds what lies outside it, the far point with it.
        let polar: Vec<(f64, f64)> = closed.iter().map(|p| self.polar(*p)).collect();
        let piece = |pair: &[(f64, f64)]| {
            let mean_cos = f64::midpoint(pair[0].0.cos(), pair[1].0.cos());
            (1.0 - mean_cos) * short_turn(pair[0].1, pair[1].1)
        };
        let area: f64 = polar.windows(2).map(piece).sum();
        Ring { is_inside_out: area < 0.0, spots: self.line(&closed) }
    }
}

/// The short way round from one bearing to another, clockwise positive: a line between two neighbouring
/// points passes the far point of the globe on that side.
fn short_turn(from: f64, to: f64) -> f64 {
    use std::f64::consts::{PI, TAU};
    (to - from + PI).rem_euclid(TAU) - PI
}

fn on_sheet(angle: f64, bearing: f64) -> Spot {
    let (sin, cos) = bearing.sin_cos();
    (EARTH_METRES * angle * sin, -EARTH_METRES * angle * cos)
}

fn along_the_rim(spots: &mut Vec<Spot>, from: f64, to: f64) {
    let turn = short_turn(from, to);
    let steps = (turn.abs() / RIM_STEP) as u32;
    for step in 1..=steps {
        spots.push(on_sheet(RIM, from + turn * f64::from(step) / f64::from(steps + 1)));
    }
}

/// The middle of some points given as latitude and longitude; of two that face each other, the first.
pub(super) fn middle(points: &[(f64, f64)]) -> (f64, f64) {
    let vector = |&(latitude, longitude): &(f64, f64)| {
        let (sin, cos) = latitude.to_radians().sin_cos();
        let (sin_l, cos_l) = longitude.to_radians().sin_cos();
        (cos * cos_l, cos * sin_l, sin)
    };
    let sum = points
        .iter()
        .map(vector)
        .fold((0.0, 0.0, 0.0), |s: (f64, f64, f64), v| (s.0 + v.0, s.1 + v.1, s.2 + v.2));
    let across = sum.0.hypot(sum.1);
    if across.hypot(sum.2) < 1e-6 {
        return points.first().copied().unwrap_or((0.0, 0.0));
    }
    (sum.2.atan2(across).to_degrees(), sum.1.atan2(sum.0).to_degrees())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn far(spot: Spot) -> f64 {
        spot.0.hypot(spot.1)
    }

    #[test]
    fn neighbours_across_the_180th_meridian_are_neighbours() {
        let suva = Projection::about((-18.1, 178.4));
        let (x, y) = suva.spot((-18.1, -179.6));
        assert!((211_000.0..212_000.0).contains(&x) && y.abs() < 2_000.0, "{x} {y}");
    }

    #[test]
    fn round_a_pole_every_direction_is_away_from_it() {
        let pole = Projection::about((90.0, 0.0));
        for longitude in [-180.0, -90.0, 0.0, 90.0, 180.0] {
            assert!((far(pole.spot((80.0, longitude))) - 1_111_950.0).abs() < 10.0);
        }
    }

    #[test]
    fn a_ring_round_the_far_side_is_inside_out_and_keeps_off_the_middle() {
        // A cap of 20 degrees round the south pole, walked with the pole to the right: eastwards.
        let cap: Vec<(f64, f64)> = (0..36).map(|i| (-70.0, f64::from(i) * 10.0 - 180.0)).collect();
        let from_north = Projection::about((85.0, 40.0)).ring(&cap);
        assert!(from_north.is_inside_out);
        assert!(from_north.spots.iter().all(|s| far(*s) > 1.6e7), "all of it lies at the rim");
        let from_near = Projection::about((-60.0, 40.0)).ring(&cap);
        assert!(!from_near.is_inside_out);
    }

    #[test]
    fn an_island_on_the_far_side_is_not_inside_out() {
        let island = [(-40.0, 176.0), (-41.0, 177.0), (-42.0, 175.0)];
        let ring = Projection::about((45.0, 2.0)).ring(&island);
        assert!(!ring.is_inside_out && ring.spots.iter().all(|s| far(*s) > 1.6e7));
    }

    #[test]
    fn the_middle_of_two_points_lies_between_them() {
        let (latitude, longitude) = middle(&[(10.0, 179.0), (10.0, -179.0)]);
        assert!((latitude - 10.0).abs() < 0.01 && (longitude.abs() - 180.0).abs() < 1e-6);
        assert_eq!(middle(&[(0.0, 0.0), (0.0, 180.0)]), (0.0, 0.0));
    }
}
