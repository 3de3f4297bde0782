//! What can join two people, and how much each reason weighs.

use crate::msg;
use serde::Serialize;

words! {
    /// Why two people are joined, or what speaks against it.
    pub enum ReasonKind {
        DeviceKey = "device_key",
        Lan = "lan",
        Line = "line",
        BusinessLine = "business_line",
        Spot = "spot",
        DeclaredApart = "declared_apart",
        CoMovement = "co_movement",
        DeliveryAddress = "delivery_address",
        PayrollAccount = "payroll_account",
        DeclaredHome = "declared_home",
        Household = "household",
        Elsewhere = "elsewhere",
    }
}

words! {
    /// How a link group was closed.
    pub enum LinkResolution {
        Household = "household",
        SharedSite = "shared_site",
        DeviceHandedOn = "device_handed_on",
        DataError = "data_error",
        ExplainedOtherwise = "explained_otherwise",
        /// The concern stands and was handed to those who decide about it, outside Muster.
        ConcernConfirmedHandedOver = "concern_confirmed_handed_over",
    }
}

impl ReasonKind {
    /// What it says, for people.
    pub const fn sentence(self) -> &'static str {
        match self {
            ReasonKind::DeviceKey => msg!("the key of one device"),
            ReasonKind::Lan => msg!("one local network"),
            ReasonKind::Line => msg!("a home internet line, each on two dates or more"),
            ReasonKind::BusinessLine => {
                msg!("a company's internet line, each on two dates or more")
            }
            ReasonKind::Spot => msg!("one square of about 150 m, each on two dates or more"),
            ReasonKind::DeclaredApart => {
                msg!("together there, and declared places more than 5 km apart")
            }
            ReasonKind::CoMovement => msg!("changed to a new line within the same 48 hours"),
            ReasonKind::DeliveryAddress => msg!("one delivery address in HR's records"),
            ReasonKind::PayrollAccount => msg!("one payroll account in HR's records"),
            ReasonKind::DeclaredHome => msg!("three or more people declared one home"),
            ReasonKind::Household => msg!("speaks against it: exactly these two declared one home"),
            ReasonKind::Elsewhere => msg!("speaks against it: one of them is often seen elsewhere"),
        }
    }

    /// What honest people would share it for; `None` where it speaks against a concern.
    pub const fn innocent(self) -> Option<&'static str> {
        match self {
            ReasonKind::DeviceKey => {
                Some(msg!("a machine that was handed on, or is shared at work"))
            }
            ReasonKind::Lan => Some(msg!("a shared flat, a co-working room or a hotel")),
            ReasonKind::Line => Some(msg!(
                "a shared flat or family home, or one address that a provider gives to many"
            )),
            ReasonKind::BusinessLine => {
                Some(msg!("an office or co-working room that is not named yet"))
            }
            ReasonKind::Spot => {
                Some(msg!("neighbours in one house, or an office that is not named yet"))
            }
            ReasonKind::DeclaredApart => Some(msg!("a declared place that is out of date")),
            ReasonKind::CoMovement => {
                Some(msg!("a move together, or a provider that changed addresses"))
            }
            ReasonKind::DeliveryAddress => {
                Some(msg!("a family, the freight desk of an office, or an error in the records"))
            }
            ReasonKind::PayrollAccount => {
                Some(msg!("a family's account, or an error in the records"))
            }
            ReasonKind::DeclaredHome => Some(msg!("a shared flat that all of them declared")),
            ReasonKind::Household | ReasonKind::Elsewhere => None,
        }
    }
}

/// A weight in thousandths, so that sums and comparisons are exact and independent of order.
pub(super) type Milli = i32;

/// An edge of this sum joins.
pub(super) const JOINS: Milli = 6_000;

/// One machine for two people has no honest everyday cause.
pub(super) const DEVICE_KEY: Milli = 9_000;
pub(super) const LAN: Milli = 7_000;
pub(super) const LINE_MAX: Milli = 5_000;
/// Of a business line's weight, in hundredths.
pub(super) const BUSINESS_PERCENT: Milli = 30;
pub(super) const SPOT: Milli = 3_000;
pub(super) const DECLARED_APART: Milli = 3_000;
pub(super) const CO_MOVEMENT: Milli = 3_000;
/// One delivery address or payroll account: two people, three and more, and the other of the two beside
/// it (decision 0055).
pub(super) const HR_TWO: Milli = 3_000;
pub(super) const HR_MANY: Milli = 6_000;
pub(super) const HR_ALSO: Milli = 1_000;
pub(super) const DECLARED_HOME: Milli = 1_000;
pub(super) const HOUSEHOLD: Milli = -3_000;
pub(super) const ELSEWHERE: Milli = -4_000;

/// Days that each of two people must have on a line or at a spot.
pub(super) const DAYS_MIN: u32 = 2;
/// Below this share of their days, in hundredths, somebody is not "there".
pub(super) const PRESENT_PERCENT: u32 = 70;
/// Beside a company's line, below this share of their days somebody is not "together" with others: who
/// works in an office is at home on some days, and a laptop of a farm never.
pub(super) const TOGETHER_IN_BUSINESS_PERCENT: u32 = 90;
/// A company's line of so many people is an office's until somebody says what it is.
pub(super) const OFFICE_PEOPLE_MIN: usize = 8;
/// Declared places further apart than this, in metres, are apart.
pub(super) const APART_METRES: i64 = 5_000;
/// Who changes lines together is judged by the dates on which a line tells of both, if there are so many,
/// and was at a shared one on at least so many of a hundred.
pub(super) const CHANGES_DAYS_MIN: u32 = 5;
pub(super) const CHANGES_PERCENT: u32 = 90;
/// Changes to a new line within so many hours are one move.
pub(super) const MOVE_HOURS: i64 = 48;

/// One reason of one edge.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Reason {
    pub kind: ReasonKind,
    /// Points; the sum of an edge's is compared with 6.
    pub weight: f64,
}

/// Weight of a line with `people` of `all` on it: `min(ln(all / people), 5)`.
pub(super) fn line_weight(all: usize, people: usize, is_business: bool) -> Milli {
    let rarity = (all as f64 / people as f64).ln() * 1_000.0;
    let weight = (rarity.round() as Milli).clamp(0, LINE_MAX);
    if is_business {
        (f64::from(weight * BUSINESS_PERCENT) / 100.0).round() as Milli
    } else {
        weight
    }
}

pub(super) fn reason(kind: ReasonKind, weight: Milli) -> Reason {
    Reason { kind, weight: points(weight) }
}

pub(super) fn points(weight: Milli) -> f64 {
    f64::from(weight) / 1_000.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_weighs_by_its_rarity_up_to_five() {
        // (all, people, business, expected)
        let table = [
            (100_000, 2, false, 5_000),
            (100_000, 10_000, false, 2_303), // ln 10
            (20, 2, false, 2_303),
            (1_485, 10, false, 5_000), // ln 148.5 = 5.0006
            (1_483, 10, false, 4_999), // ln 148.3 = 4.9992
            (5, 5, false, 0),
            (100_000, 2, true, 1_500),
            (20, 2, true, 691), // 0.3 ln 10
        ];
        for (all, people, is_business, expected) in table {
            assert_eq!(line_weight(all, people, is_business), expected, "{all} {people}");
        }
    }
}
