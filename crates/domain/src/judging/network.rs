//! What is known of the line a check-in came over: facts about its address, out of data packs or
//! given by whoever recorded the evidence, each with the age of the data behind it.

use super::evidence::Point;
use super::region_code::RegionCode;
use serde::{Deserialize, Serialize};

words! {
    /// What kind of line an address belongs to. Thresholds depend on it.
    pub enum AccessClass {
        /// A home line, and what is on no list.
        Residential = "residential",
        Business = "business",
        Mobile = "mobile",
        Satellite = "satellite",
        /// A data centre.
        Hosting = "hosting",
        /// A listed VPN service.
        Vpn = "vpn",
        /// A Tor exit.
        Tor = "tor",
        /// A published privacy relay.
        Relay = "relay",
        /// The employer's own way into the internet.
        CorporateEgress = "corporate_egress",
        /// Private, reserved or otherwise not of the internet.
        Private = "private",
    }
}

words! {
    /// Why a fact is not known.
    pub enum NoFact {
        /// Nothing was asked: there was no address.
        NotAsked = "not_asked",
        /// The data pack that would tell is not installed.
        NoPack = "no_pack",
        /// The data pack is older than its `void_days` at the time of the evidence.
        PackTooOld = "pack_too_old",
        /// The data pack says nothing about this address.
        NotListed = "not_listed",
    }
}

impl NoFact {
    /// The reason within a sentence.
    pub const fn reason(self) -> &'static str {
        match self {
            NoFact::NotAsked => crate::msg!("no address was recorded"),
            NoFact::NoPack => crate::msg!("the data about addresses is not installed"),
            NoFact::PackTooOld => crate::msg!("the data about addresses is too old"),
            NoFact::NotListed => crate::msg!("the data about addresses does not list it"),
        }
    }
}

/// One fact about an address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fact<T> {
    Known {
        value: T,
        /// Whole days from the date of the data to the evidence, at least 0; 0 for what was given.
        age_days: u32,
        /// Whether the data has passed its `warn_days`: a finding that rests on it loses a level.
        is_old: bool,
    },
    Missing(NoFact),
}

impl<T> Fact<T> {
    /// A fact that came with the evidence.
    pub fn given(value: T) -> Fact<T> {
        Fact::Known { value, age_days: 0, is_old: false }
    }

    /// Whether it is known from data past its `warn_days`.
    pub fn is_old(&self) -> bool {
        matches!(self, Fact::Known { is_old: true, .. })
    }

    /// Age of the data behind it in whole days, if it is known.
    pub fn age_days(&self) -> Option<u32> {
        match self {
            Fact::Known { age_days, .. } => Some(*age_days),
            Fact::Missing(_) => None,
        }
    }

    /// Why data that should tell cannot: a missing or outdated pack. `None` if it is known, was
    /// not asked, or the pack has nothing on it.
    pub fn gap(&self) -> Option<NoFact> {
        match self {
            Fact::Missing(why @ (NoFact::NoPack | NoFact::PackTooOld)) => Some(*why),
            Fact::Known { .. } | Fact::Missing(NoFact::NotAsked | NoFact::NotListed) => None,
        }
    }

    pub fn value(&self) -> Option<&T> {
        match self {
            Fact::Known { value, .. } => Some(value),
            Fact::Missing(_) => None,
        }
    }
}

/// What is known of an address. The address itself is not kept here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NetworkFacts {
    pub country: Fact<RegionCode>,
    /// Where the city pack puts the address. Never exact; `Missing` for a country's centre.
    pub point: Fact<Point>,
    /// Autonomous system number.
    pub asn: Fact<u32>,
    /// Who runs the autonomous system.
    pub organisation: Fact<String>,
    pub class: Fact<AccessClass>,
}

impl NetworkFacts {
    /// The same with the area of its point.
    pub fn coarse(mut self) -> NetworkFacts {
        if let Fact::Known { value, .. } = &mut self.point {
            *value = value.coarse();
        }
        self
    }

    /// Takes from another source what is not known here.
    pub fn complete(&mut self, other: NetworkFacts) {
        fn take<T>(mine: &mut Fact<T>, other: Fact<T>) {
            if mine.value().is_none() {
                *mine = other;
            }
        }
        take(&mut self.country, other.country);
        take(&mut self.point, other.point);
        take(&mut self.asn, other.asn);
        take(&mut self.organisation, other.organisation);
        take(&mut self.class, other.class);
    }

    /// Nothing is known, for this reason.
    pub fn missing(why: NoFact) -> NetworkFacts {
        NetworkFacts {
            country: Fact::Missing(why),
            point: Fact::Missing(why),
            asn: Fact::Missing(why),
            organisation: Fact::Missing(why),
            class: Fact::Missing(why),
        }
    }

    /// The class, if it is known.
    pub fn class(&self) -> Option<AccessClass> {
        self.class.value().copied()
    }
}
