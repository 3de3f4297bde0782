//! What the evidence measures, worked out once for all rules: distances, differences of clocks,
//! floors of light. Rules compare these with thresholds and write sentences.
//!
//! Here too lives what decides between rules, so that one cause counts once: the employer's own
//! egress comes before all talk of addresses, and an undeclared place before what it explains.

mod address;
mod clock;
mod latency;
mod place;
mod travel;
mod undeclared;

pub use address::{Address, CountryConflict};
pub use clock::{ClockReading, clock_difference};
pub use latency::{Leg, light_reach_metres};
pub(crate) use latency::{detour_metres, fibre_floor_us, light_metres_per_ms, reach_metres};
pub(crate) use place::covers;
pub use place::{ClaimReading, Outside};
pub use travel::Journey;
pub use undeclared::{Undeclared, Witness};

use super::evidence::{Claim, DeclaredPlace};
use super::rules::RuleSettings;
use super::surroundings::Surroundings;
use crate::time::UtcMillis;

/// What readings are taken from.
#[derive(Debug, Clone, Copy)]
pub struct Sources<'a> {
    /// The instant of the evidence.
    pub at: UtcMillis,
    pub claim: Option<&'a Claim>,
    /// Declared places, the person's own first.
    pub declared: &'a [DeclaredPlace],
    pub surroundings: &'a Surroundings,
    pub settings: &'a RuleSettings,
}

impl<'a> Sources<'a> {
    /// Declared places valid at the instant.
    fn declared(self) -> impl Iterator<Item = &'a DeclaredPlace> {
        self.declared.iter().filter(move |place| place.is_valid_at(self.at))
    }

    /// Approved trips valid at the instant.
    fn travel(self) -> impl Iterator<Item = &'a DeclaredPlace> {
        self.surroundings.travel.iter().filter(move |trip| trip.is_valid_at(self.at))
    }
}

/// Everything measured.
#[derive(Debug)]
pub struct Readings<'a> {
    /// The instant of the evidence.
    pub at: UtcMillis,
    /// The claim, if it is valid.
    pub claim: Option<ClaimReading<'a>>,
    /// A usable claim wholly outside every declared place and every approved trip.
    pub outside: Option<Outside>,
    /// The address, unless there is none or it is the employer's own egress.
    pub address: Option<Address<'a>>,
    /// The browser's clock against that of the place.
    pub clock: Option<ClockReading>,
    pub country_conflict: Option<CountryConflict>,
    /// The undeclared place that clock and address agree on.
    pub undeclared: Option<Undeclared>,
    /// From the measuring server to a usable claim.
    pub leg: Option<Leg>,
    pub journey: Option<Journey>,
}

impl<'a> Readings<'a> {
    /// Takes all readings.
    pub fn of(sources: Sources<'a>) -> Readings<'a> {
        let claim = place::claim(sources);
        let outside = place::outside(sources, claim);
        let address = address::of(sources.surroundings);
        let clock = clock::reading(sources, claim);
        let country_conflict = address::country_conflict(sources, claim, address);
        let mut readings = Readings {
            at: sources.at,
            claim,
            outside,
            address,
            clock,
            country_conflict,
            undeclared: None,
            leg: latency::leg(sources, claim),
            journey: travel::journey(sources, claim),
        };
        readings.undeclared = undeclared::of(sources, &readings);
        readings
    }

    /// The claim and its accuracy in metres, if it is fit for measuring.
    pub fn usable_claim(&self) -> Option<(ClaimReading<'a>, u32)> {
        self.claim.and_then(|claim| claim.usable_accuracy.map(|accuracy| (claim, accuracy)))
    }
}
