//! The claim as a place, and whether it fits a declared one.

use super::Sources;
use crate::judging::evidence::{Claim, DeclaredPlace, Point};

/// A valid claim.
#[derive(Debug, Clone, Copy)]
pub struct ClaimReading<'a> {
    pub claim: &'a Claim,
    pub point: Point,
    /// Set if it is fine enough to measure with. A claim without an accuracy is not: nobody knows
    /// how far off it is.
    pub usable_accuracy: Option<u32>,
}

pub(super) fn claim(sources: Sources<'_>) -> Option<ClaimReading<'_>> {
    let claim = sources.claim?;
    let point = claim.valid_point()?;
    let limit = sources.settings.usable_accuracy_metres;
    let usable_accuracy = claim.accuracy_metres.filter(|accuracy| *accuracy <= limit);
    Some(ClaimReading { claim, point, usable_accuracy })
}

/// How far outside the nearest declared place a claim lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Outside {
    /// To the centre of the nearest declared place.
    pub distance_metres: i64,
    pub radius_metres: u32,
    pub accuracy_metres: u32,
}

pub(super) fn outside(sources: Sources<'_>, claim: Option<ClaimReading<'_>>) -> Option<Outside> {
    let claim = claim?;
    let accuracy = claim.usable_accuracy?;
    let mut nearest: Option<(i64, u32)> = None;
    for place in sources.declared() {
        match place.point {
            Some(at) => {
                if touch(at, place.radius_metres, claim.point, accuracy) {
                    return None;
                }
                let this = (at.metres_to(claim.point), place.radius_metres);
                nearest = Some(nearest.map_or(this, |other| other.min(this)));
            }
            None if !place.countries().is_empty() && matches_country(place, claim.claim) => {
                return None;
            }
            None => {}
        }
    }
    // Without a single point to compare with there is nothing to be outside of.
    let (distance_metres, radius_metres) = nearest?;
    let fits = sources.travel().any(|trip| trip_fits(trip, claim));
    (!fits).then_some(Outside { distance_metres, radius_metres, accuracy_metres: accuracy })
}

/// Whether two circles touch.
fn touch(one: Point, radius: u32, other: Point, other_radius: u32) -> bool {
    !one.distance_to(other).exceeds(i64::from(radius) + i64::from(other_radius))
}

/// Whether an approved trip covers a claim: a given country must match, given coordinates must
/// contain it. A trip that gives neither covers every place.
pub(super) fn trip_fits(trip: &DeclaredPlace, claim: ClaimReading<'_>) -> bool {
    covers(trip, claim.claim, claim.point, claim.claim.accuracy_metres.unwrap_or(0))
}

/// The same for any point of a claim that may be off by so many metres.
pub(crate) fn covers(trip: &DeclaredPlace, claim: &Claim, point: Point, accuracy: u32) -> bool {
    let is_there = |at: Point| touch(at, trip.radius_metres, point, accuracy);
    let is_country = trip.country.is_none() || matches_country(trip, claim);
    is_country && trip.point.is_none_or(is_there)
}

/// A claim whose country is not known is not held against it.
fn matches_country(place: &DeclaredPlace, claim: &Claim) -> bool {
    crate::judging::region::differ(place.countries(), claim.countries()) != Some(true)
}
