//! The undeclared place: where a claim outside, or a foreign address without a claim, is borne out
//! by the clock, one plain cause explains several findings, and only that cause is told.

use super::address::{differs_from_declared, is_approved};
use super::{Readings, Sources, clock_difference};
use crate::judging::network::AccessClass;

/// What the place is known from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Witness {
    /// A usable claim; address and clock agree with it.
    Claim,
    /// The address, without a usable claim; the clock agrees with it.
    Address,
}

/// A place that nobody declared and that the evidence agrees on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Undeclared {
    pub witness: Witness,
    /// Minutes between the browser's clock and that of the place.
    pub apart_minutes: u32,
    /// The address data behind it has passed its date.
    pub is_old: bool,
}

pub(super) fn of(sources: Sources<'_>, readings: &Readings<'_>) -> Option<Undeclared> {
    match readings.usable_claim() {
        Some(_) => by_claim(sources, readings),
        None => by_address(sources, readings),
    }
}

fn by_claim(sources: Sources<'_>, readings: &Readings<'_>) -> Option<Undeclared> {
    readings.outside?;
    let (claim, _) = readings.usable_claim()?;
    let address = readings.address?;
    let apart_minutes = readings.clock.filter(|clock| clock.is_of_claim)?.apart_minutes;
    let is_same =
        crate::judging::region::differ(address.countries(), claim.claim.countries()) == Some(false);
    let agrees = is_same && apart_minutes <= sources.settings.clock_minor_minutes.into();
    agrees.then_some(Undeclared {
        witness: Witness::Claim,
        apart_minutes,
        is_old: address.facts.country.is_old(),
    })
}

fn by_address(sources: Sources<'_>, readings: &Readings<'_>) -> Option<Undeclared> {
    const OWN_LINES: [AccessClass; 3] =
        [AccessClass::Residential, AccessClass::Business, AccessClass::Mobile];
    let address = readings.address.filter(|address| address.is_class(&OWN_LINES))?;
    let is_elsewhere = differs_from_declared(sources, address)?;
    let browser = sources.claim?.browser_time_zone.as_deref()?;
    let apart_minutes =
        clock_difference(browser, address.region.time_zone.as_deref()?, sources.at)?;
    let agrees = apart_minutes <= sources.settings.clock_minor_minutes.into();
    let facts = address.facts;
    (is_elsewhere && agrees && !is_approved(sources, address)).then_some(Undeclared {
        witness: Witness::Address,
        apart_minutes,
        is_old: facts.country.is_old() || facts.point.is_old() || facts.class.is_old(),
    })
}
