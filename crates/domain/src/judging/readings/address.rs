//! The address against the claim or the declared places.

use super::{ClaimReading, Sources};
use crate::judging::evidence::Point;
use crate::judging::network::{AccessClass, NetworkFacts};
use crate::judging::region::{Region, differ};
use crate::judging::region_code::RegionCode;
use crate::judging::surroundings::Surroundings;

/// An address that may say something about where a person is.
#[derive(Debug, Clone, Copy)]
pub struct Address<'a> {
    pub facts: &'a NetworkFacts,
    /// Where its point lies, by polygons.
    pub region: &'a Region,
}

impl<'a> Address<'a> {
    pub fn class(self) -> Option<AccessClass> {
        self.facts.class()
    }

    pub fn is_class(self, classes: &[AccessClass]) -> bool {
        self.class().is_some_and(|class| classes.contains(&class))
    }

    /// The country as a list of one, or of none where it is not known.
    pub fn countries(self) -> &'a [RegionCode] {
        self.facts.country.value().map_or(&[], std::slice::from_ref)
    }

    pub fn point(self) -> Option<Point> {
        self.facts.point.value().copied()
    }
}

/// The address, unless it is the employer's own egress: then it says where a gateway stands.
pub(super) fn of<'a>(surroundings: &'a Surroundings) -> Option<Address<'a>> {
    let facts = surroundings.network.as_ref()?;
    let is_listed = |asn: &u32| surroundings.corporate_egress_asns.contains(asn);
    let is_egress = facts.class() == Some(AccessClass::CorporateEgress)
        || facts.asn.value().is_some_and(is_listed);
    (!is_egress).then_some(Address { facts, region: &surroundings.network_region })
}

/// The address lies in another country than the claim, or than every declared place where there
/// is no claim, and no approved trip leads there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CountryConflict {
    /// Compared with a claim, not with the declared places.
    pub is_of_claim: bool,
    /// Metres to the claim or the declared place, where that is near enough for a border matter.
    pub border_metres: Option<i64>,
}

pub(super) fn country_conflict(
    sources: Sources<'_>,
    claim: Option<ClaimReading<'_>>,
    address: Option<Address<'_>>,
) -> Option<CountryConflict> {
    let address = address?;
    let is_other = match claim {
        Some(claim) => differ(address.countries(), claim.claim.countries())?,
        None => differs_from_declared(sources, address)?,
    };
    if !is_other || is_approved(sources, address) {
        return None;
    }
    // A claim too coarse to use is no point to be near to.
    let from = match claim {
        Some(claim) => claim.usable_accuracy.map(|_| claim.point),
        None => sources.declared().next().and_then(|declared| declared.point),
    };
    let limit = i64::from(sources.settings.border_km) * 1_000;
    let border_metres = address.point().zip(from).map(|(address, from)| address.metres_to(from));
    Some(CountryConflict {
        is_of_claim: claim.is_some(),
        border_metres: border_metres.filter(|metres| *metres <= limit),
    })
}

/// Whether the address lies in none of the declared countries; `None` where that is not known.
pub(super) fn differs_from_declared(sources: Sources<'_>, address: Address<'_>) -> Option<bool> {
    let compared =
        sources.declared().filter_map(|place| differ(address.countries(), place.countries()));
    compared.reduce(|all_differ, one_differs| all_differ && one_differs)
}

/// Whether an approved trip leads to the country of the address. A trip that names no place at
/// all leads everywhere.
pub(super) fn is_approved(sources: Sources<'_>, address: Address<'_>) -> bool {
    sources.travel().any(|trip| match trip.countries() {
        [] => trip.point.is_none(),
        countries => differ(countries, address.countries()) == Some(false),
    })
}
