//! How far the last positions of somebody lie from everything they declared: worked out once a session, from
//! what is still known of the sessions before. Distances are kept and never the places, so that a
//! position does not outlive its date in a later session (decision 0056).

use super::evidence::{Claim, DeclaredPlace, Point};
use super::readings::covers;
use crate::time::UtcMillis;
use serde::{Deserialize, Serialize};

/// Positions that are looked at, this one included.
pub const POSITIONS_MAX: usize = 5;
/// What is left of an older position may be off by half a step of its grid in both directions.
const AREA_METRES: u32 = 4_000;

/// Whole kilometres beyond the nearest declared place, its radius and every doubt taken off.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Drift {
    /// Of the middle of all positions.
    pub middle_km: u32,
    /// Of each, newest first.
    pub positions: Vec<DriftPosition>,
}

/// One position.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DriftPosition {
    pub at: UtcMillis,
    pub km: u32,
}

impl Drift {
    /// Of this session's claim and the accepted ones before it, newest first. `None` where this session
    /// has no position, or nothing with a point is declared. What lies on an approved trip is left out.
    pub fn of(
        now: Option<&Claim>,
        before: &[Claim],
        declared: &[DeclaredPlace],
        travel: &[DeclaredPlace],
    ) -> Option<Drift> {
        let now = now?;
        let declared: Vec<&DeclaredPlace> =
            declared.iter().filter(|place| place.is_valid_at(now.observed_at)).collect();
        let is_away = |claim: &Claim, point: Point| {
            let is_there = |trip: &DeclaredPlace| {
                trip.is_valid_at(claim.observed_at) && covers(trip, claim, point, doubt(claim))
            };
            !travel.iter().any(is_there)
        };
        let home = |claim: &Claim, point| beyond_km(point, doubt(claim), claim, &declared);
        let point = now.valid_point().filter(|point| is_away(now, *point))?;
        let mut positions = vec![DriftPosition { at: now.observed_at, km: home(now, point)? }];
        let mut points = vec![point];
        for claim in before {
            let Some(point) = claim.valid_point().filter(|point| is_away(claim, *point)) else {
                continue;
            };
            positions.push(DriftPosition { at: claim.observed_at, km: home(claim, point)? });
            points.push(point);
            if points.len() == POSITIONS_MAX {
                break;
            }
        }
        let middle_km = beyond_km(middle(&points)?, AREA_METRES, now, &declared)?;
        Some(Drift { middle_km, positions })
    }
}

/// How far off a position may be: what it says itself, or what was taken from it since.
fn doubt(claim: &Claim) -> u32 {
    claim.accuracy_metres.unwrap_or(AREA_METRES)
}

/// To the nearest declared place; 0 in one that is a whole country. `None` without any place to measure to.
fn beyond_km(point: Point, doubt: u32, claim: &Claim, declared: &[&DeclaredPlace]) -> Option<u32> {
    let distance = |place: &&DeclaredPlace| match place.point {
        Some(at) => {
            let off = i64::from(doubt) + i64::from(place.radius_metres);
            Some((at.metres_to(point) - off).max(0) / 1_000)
        }
        None => (!place.countries().is_empty() && covers(place, claim, point, doubt)).then_some(0),
    };
    declared.iter().filter_map(distance).min().map(|km| km as u32)
}

/// The point in the middle of several: the mean of their directions from the centre of the earth. `None`
/// where they cancel out, or there are none.
fn middle(points: &[Point]) -> Option<Point> {
    let mut sum = [0.0_f64; 3];
    for point in points {
        let (latitude, longitude) = point.degrees();
        let ((up, out), (east, ahead)) =
            (latitude.to_radians().sin_cos(), longitude.to_radians().sin_cos());
        for (axis, part) in sum.iter_mut().zip([out * ahead, out * east, up]) {
            *axis += part;
        }
    }
    let [x, y, z] = sum;
    let level = x.hypot(y);
    (level.hypot(z) > 1e-6).then_some(())?;
    Point::from_degrees(z.atan2(level).to_degrees(), y.atan2(x).to_degrees())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::judging::rules::fixtures::{START, claim_at, home};
    use crate::time::DAY_MS;

    fn seen(days_ago: i64, latitude: f64, longitude: f64) -> Claim {
        let point = Point::from_degrees(latitude, longitude).unwrap();
        let claim = claim_at(point.latitude_e6, point.longitude_e6, 20);
        Claim { observed_at: START.plus_ms(-days_ago * DAY_MS), ..claim }
    }

    #[test]
    fn the_middle_lies_between_also_across_the_date_line() {
        let middle = |a: (f64, f64), b: (f64, f64)| {
            let point = |(lat, lon)| Point::from_degrees(lat, lon).unwrap();
            super::middle(&[point(a), point(b)]).map(Point::degrees)
        };
        assert_eq!(middle((10.0, 20.0), (20.0, 20.0)), Some((15.0, 20.0)));
        let (latitude, longitude) = middle((0.0, 179.0), (0.0, -177.0)).unwrap();
        assert!(latitude.abs() < 1e-6 && (longitude + 179.0).abs() < 1e-6, "{longitude}");
        assert_eq!(middle((0.0, 0.0), (0.0, 180.0)), None, "opposite points have no middle");
        assert_eq!(super::middle(&[]), None);
    }

    #[test]
    fn distances_are_read_in_the_persons_favour() {
        let here = home().point.unwrap();
        let (latitude, longitude) = here.degrees_at(90.0, 200_000.0);
        let exact = seen(0, latitude, longitude);
        let of = |claim: &Claim| Drift::of(Some(claim), &[], &[home()], &[]).unwrap().middle_km;
        let radius = home().radius_metres / 1_000;
        let drift = Drift::of(Some(&exact), &[], &[home()], &[]).unwrap();
        assert_eq!(drift.positions[0].km, 199 - radius);
        assert!(of(&exact) < drift.positions[0].km, "the middle is no better than an area");
        let coarse = exact.clone().coarse();
        let km = Drift::of(Some(&coarse), &[], &[home()], &[]).unwrap().positions[0].km;
        assert!(km <= 199 - radius && km >= 191 - radius, "{km}");
        assert_eq!(of(&seen(0, here.degrees().0, here.degrees().1)), 0);
    }

    #[test]
    fn five_positions_count_and_none_on_a_trip_or_without_a_place() {
        let claims: Vec<Claim> = (1..9).map(|n| seen(7 * n, 48.0, 2.0)).collect();
        let now = seen(0, 48.0, 2.0);
        let drift = Drift::of(Some(&now), &claims, &[home()], &[]).unwrap();
        assert_eq!(drift.positions.len(), POSITIONS_MAX);
        let trip = DeclaredPlace {
            point: now.point,
            valid_until: Some(START.plus_ms(-20 * DAY_MS)),
            ..home()
        };
        let drift =
            Drift::of(Some(&now), &claims[..4], &[home()], std::slice::from_ref(&trip)).unwrap();
        let days: Vec<i64> = drift.positions.iter().map(|p| START.since(p.at) / DAY_MS).collect();
        assert_eq!(days, [0, 7, 14], "the older ones were on a trip");
        let on_trip = DeclaredPlace { valid_until: None, ..trip };
        assert_eq!(Drift::of(Some(&now), &claims, &[home()], &[on_trip]), None);
        assert_eq!(Drift::of(None, &claims, &[home()], &[]), None);
        assert_eq!(Drift::of(Some(&now), &claims, &[], &[]), None);
        let gone = now.clone().without_place();
        assert_eq!(Drift::of(Some(&gone), &claims, &[home()], &[]), None);
        let country = DeclaredPlace { point: None, country: "FR".parse().ok(), ..home() };
        let in_france = Claim { country: "FR".parse().ok(), ..now };
        let drift = Drift::of(Some(&in_france), &[], &[home(), country], &[]).unwrap();
        assert_eq!(drift.positions[0].km, 0, "a whole country is declared");
    }
}
