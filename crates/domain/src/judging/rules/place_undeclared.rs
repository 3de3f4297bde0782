//! `place-undeclared`: the evidence agrees on one place, and nobody declared it.

use super::rule::{Rule, RuleContext, hours, length, text, whole};
use crate::judging::finding::{Confidence, Family, Finding, Severity, Threshold};
use crate::judging::readings::{Undeclared, Witness};
use crate::judging::region_code::RegionCode;
use crate::{msg, sentence};

/// For HR: everything fits together, only not with a declared place: the person is probably
/// somewhere else and has not said so. It stands for the single differences it explains. The next
/// step asks the person, who can declare the trip.
pub const RULE: Rule = Rule {
    id: "place-undeclared",
    version: 1,
    family: Family::Place,
    severities: &[Severity::Medium, Severity::High],
    confidence: Confidence::Derived,
    about: msg!(
        "A usable place outside every declared one, with the address in the same country and \
            the clock agreeing; or no usable place, and address and clock agree on a country that \
            was not declared. It replaces the findings it explains."
    ),
    benign_causes: &[
        msg!("travel that was not declared yet"),
        msg!("a recent move"),
        msg!("a short stay with family"),
    ],
    settled_by: msg!(
        "The trip or the new home, entered as a work place or travel notice with its \
                 dates."
    ),
    thresholds: |s| vec![Threshold::new(msg!("clocks_agree"), s.clock_minor_minutes.into(), "min")],
    check,
};

fn check(context: &RuleContext) -> Vec<Finding> {
    let Some(undeclared) = context.readings.undeclared else { return vec![] };
    match undeclared.witness {
        Witness::Claim => vec![by_claim(context, undeclared)],
        Witness::Address => vec![by_address(context, undeclared)],
    }
}

fn by_claim(context: &RuleContext, undeclared: Undeclared) -> Finding {
    let readings = context.readings;
    let distance = readings.outside.map_or(0, |outside| outside.distance_metres);
    let evidence = vec![
        whole(msg!("distance_to_nearest"), distance, "m", msg!("page"), readings.at),
        country(context),
        whole(msg!("clocks_apart"), undeclared.apart_minutes, "min", msg!("page"), readings.at),
    ];
    let employee = sentence!(
        "You seem to be about {distance} from the nearest work place you declared. If you are travelling \
         or have moved, please declare it.",
        distance = length(distance)
    );
    let reviewer = sentence!(
        "The shared place is {distance} from the nearest declared work place; the address is in the same \
         country and the clocks are {apart} apart.",
        distance = length(distance),
        apart = hours(undeclared.apart_minutes.into())
    );
    // The claim alone would be high: old data about the address takes nothing from it.
    RULE.finding(context, Severity::High, evidence, employee, reviewer)
}

fn by_address(context: &RuleContext, undeclared: Undeclared) -> Finding {
    let readings = context.readings;
    let evidence = vec![
        country(context),
        whole(msg!("clocks_apart"), undeclared.apart_minutes, "min", msg!("page"), readings.at),
    ];
    let employee = msg!(
        "Your connection and your clock point to a country you have not declared. If \
                    you are travelling or have moved, please declare it."
    );
    let reviewer = sentence!(
        "Without a usable place, the address is in {country}, which is not declared, and the clocks are \
         {apart} apart there.",
        country = country(context).value.to_string(),
        apart = hours(undeclared.apart_minutes.into())
    );
    // Never weaker than what it replaces: a difference of clocks does not rest on address data.
    let replaces_high = readings.clock.is_some_and(|clock| {
        !clock.is_excused && clock.apart_minutes >= u32::from(context.settings.clock_apart_minutes)
    });
    let severity = Severity::High.lowered_if(undeclared.is_old && !replaces_high);
    RULE.finding(context, severity, evidence, employee, reviewer)
}

fn country(context: &RuleContext) -> crate::judging::finding::EvidenceItem {
    let fact = context.readings.address.map(|address| &address.facts.country);
    let code = fact.and_then(|f| f.value()).map_or_else(String::new, RegionCode::to_string);
    text(msg!("address_country"), code, msg!("address"), context.readings.at)
        .aged(fact.and_then(|f| f.age_days()))
}

#[cfg(test)]
mod tests {
    use super::super::fixtures::{Session, at_home, claim_at, old, run, without_place};
    use super::*;
    use crate::judging::evidence::{Claim, DeclaredPlace};
    use crate::judging::network::AccessClass;
    use crate::judging::region::Region;

    fn zone(name: &str) -> Region {
        Region { time_zone: Some(name.to_owned().into()), ..Region::default() }
    }

    /// In Lisbon, with the clock of this zone.
    fn in_lisbon(browser: &str) -> Session {
        let claim = Claim {
            country: "PT".parse().ok(),
            region: zone("Europe/Lisbon"),
            ..claim_at(38_722_000, -9_139_000, 30)
        };
        Session { claim: Some(claim), ..at_home() }.browsing_in(browser)
    }

    #[test]
    fn examples_with_a_claim() {
        let residential = Some(AccessClass::Residential);
        for (name, session, raised) in [
            (
                "all agree on Lisbon",
                in_lisbon("Europe/Lisbon").over(residential, Some("PT"), None),
                true,
            ),
            (
                "a clock half an hour off agrees",
                in_lisbon("Europe/London").over(None, Some("PT"), None),
                true,
            ),
            (
                "the clock of home does not",
                in_lisbon("Europe/Amsterdam").over(residential, Some("PT"), None),
                false,
            ),
            (
                "the address elsewhere does not",
                in_lisbon("Europe/Lisbon").over(residential, Some("NL"), None),
                false,
            ),
            ("without an address nothing agrees", in_lisbon("Europe/Lisbon"), false),
            ("at home", at_home().over(residential, Some("NL"), None), false),
        ] {
            assert_eq!(!run(&RULE, &session).is_empty(), raised, "{name}");
        }
        let trip = DeclaredPlace {
            point: None,
            country: "PT".parse().ok(),
            ..super::super::fixtures::home()
        };
        let approved = in_lisbon("Europe/Lisbon")
            .over(residential, Some("PT"), None)
            .around(|s| s.travel = vec![trip]);
        assert!(run(&RULE, &approved).is_empty(), "an approved trip");
        let egress =
            in_lisbon("Europe/Lisbon").over(Some(AccessClass::CorporateEgress), Some("PT"), None);
        assert!(run(&RULE, &egress).is_empty(), "the gateway says nothing of the person");
    }

    #[test]
    fn examples_without_a_claim() {
        let abroad = |class, country, browser: &str, there: &str| {
            without_place()
                .browsing_in(browser)
                .over(Some(class), Some(country), None)
                .around(|s| s.network_region = zone(there))
        };
        let (home, hosting) = (AccessClass::Residential, AccessClass::Hosting);
        for (name, session, raised) in [
            ("all agree on Georgia", abroad(home, "GE", "Asia/Tbilisi", "Asia/Tbilisi"), true),
            (
                "a data centre is nobody's line",
                abroad(hosting, "GE", "Asia/Tbilisi", "Asia/Tbilisi"),
                false,
            ),
            ("the clock of home", abroad(home, "GE", "Europe/Amsterdam", "Asia/Tbilisi"), false),
            (
                "the declared country",
                abroad(home, "NL", "Europe/Amsterdam", "Europe/Amsterdam"),
                false,
            ),
        ] {
            assert_eq!(!run(&RULE, &session).is_empty(), raised, "{name}");
        }
    }

    #[test]
    fn old_address_data_lowers_it_unless_the_clock_speaks_too() {
        let with_old_country = |browser: &str, there: &str| {
            without_place()
                .browsing_in(browser)
                .over(Some(AccessClass::Mobile), Some("BE"), None)
                .around(|s| {
                    s.network_region = zone(there);
                    let network = s.network.as_mut().unwrap();
                    network.country = old(network.country.clone());
                })
        };
        let near = run(&RULE, &with_old_country("Europe/Brussels", "Europe/Brussels"));
        assert_eq!(near[0].severity, Severity::Medium);
        assert_eq!(near[0].evidence[0].data_age_days, Some(120));
        let far = run(&RULE, &with_old_country("Asia/Tokyo", "Asia/Tokyo"));
        assert_eq!(far[0].severity, Severity::High);
    }
}
