//! `ip-country-mismatch`: place and address lie in different countries.

use super::rule::{Rule, RuleContext, no_thresholds, text};
use crate::judging::finding::{Confidence, EvidenceItem, Family, Finding, Severity};
use crate::judging::readings::{Address, CountryConflict};
use crate::judging::region_code::RegionCode;
use crate::{msg, sentence};

/// For HR: the shared place is in one country and the connection comes from another, far from the
/// border, and no approved trip leads there.
pub const RULE: Rule = Rule {
    id: "ip-country-mismatch",
    version: 1,
    family: Family::Path,
    severities: &[Severity::Medium, Severity::High],
    confidence: Confidence::Derived,
    about: msg!(
        "The shared place and the address lie in different countries, not near each other, and \
            no approved travel leads to the country of the address."
    ),
    benign_causes: &[
        msg!("a VPN or a company gateway in another country"),
        msg!("a roaming SIM, whose data leaves from its home network"),
        msg!("an address database that is wrong"),
    ],
    settled_by: msg!(
        "Whose line it is: a company network, a roaming telephone, a line abroad. One \
                 check-in over another line settles it."
    ),
    thresholds: no_thresholds,
    check,
};

fn check(context: &RuleContext) -> Vec<Finding> {
    let Some(conflict) = conflict(context) else { return blind(context) };
    if !conflict.is_of_claim || conflict.border_metres.is_some() {
        return vec![];
    }
    let Some(address) = context.readings.address else { return vec![] };
    let evidence = vec![country(context, address), claimed(context)];
    let employee = msg!(
        "Your connection comes from another country than the place you shared. A VPN, \
                    roaming or a company gateway usually explains this."
    );
    let reviewer = sentence!(
        "The address is in {country}, the shared place in {shared}.",
        country = evidence[0].value.to_string(),
        shared = evidence[1].value.to_string()
    );
    let severity = Severity::High.lowered_if(address.facts.country.is_old());
    vec![RULE.finding(context, severity, evidence, employee, reviewer)]
}

/// The conflict of countries, unless an undeclared place explains it.
pub(super) fn conflict(context: &RuleContext) -> Option<CountryConflict> {
    context.readings.country_conflict.filter(|_| context.readings.undeclared.is_none())
}

/// There was a country to compare with, and no data to say that of the address.
fn blind(context: &RuleContext) -> Vec<Finding> {
    let claim = context.readings.claim.filter(|claim| !claim.claim.countries().is_empty());
    let gap = context.readings.address.and_then(|address| address.facts.country.gap());
    gap.filter(|_| claim.is_some()).map(|why| RULE.blind(context, why)).into_iter().collect()
}

/// The country of the address as evidence.
pub(super) fn country(context: &RuleContext, address: Address<'_>) -> EvidenceItem {
    let fact = &address.facts.country;
    let code = fact.value().map_or_else(String::new, RegionCode::to_string);
    text(msg!("address_country"), code, msg!("address"), context.readings.at).aged(fact.age_days())
}

/// The country of the claim as evidence.
pub(super) fn claimed(context: &RuleContext) -> EvidenceItem {
    let claim = context.readings.claim;
    let codes = claim.map_or_else(String::new, |claim| {
        let codes: Vec<&str> = claim.claim.countries().iter().map(RegionCode::as_str).collect();
        codes.join(" or ")
    });
    text(msg!("claim_country"), codes, msg!("polygons"), context.readings.at)
}

#[cfg(test)]
mod tests {
    use super::super::fixtures::{Session, at_home, claim_at, home, old, run, without_place};
    use super::*;
    use crate::judging::evidence::DeclaredPlace;
    use crate::judging::finding::FindingStatus;
    use crate::judging::network::{AccessClass, NoFact};

    #[test]
    fn examples() {
        let (far, near) = (Some((48.85, 2.35)), Some((51.5, 4.0)));
        let over = |country, point| at_home().over(None, Some(country), point);
        let coarse =
            Session { claim: Some(claim_at(52_000_000, 4_000_000, 9_000)), ..over("BE", near) };
        let trip = DeclaredPlace { point: None, country: "FR".parse().ok(), ..home() };
        for (name, session, raised) in [
            ("the same country", over("NL", far), false),
            ("another country", over("FR", far), true),
            ("another country, point unknown", over("FR", None), true),
            ("another country, near the border", over("BE", near), false),
            ("near, but the place is too coarse to be near to", coarse, true),
            ("an approved trip there", over("FR", far).around(|s| s.travel = vec![trip]), false),
            ("no claim", without_place().over(None, Some("FR"), far), false),
            (
                "the employer's gateway",
                at_home().over(Some(AccessClass::CorporateEgress), Some("FR"), far),
                false,
            ),
        ] {
            assert_eq!(!run(&RULE, &session).is_empty(), raised, "{name}");
        }
    }

    #[test]
    fn old_data_lowers_it_and_missing_data_is_said() {
        let aged = at_home().over(None, Some("FR"), None).around(|s| {
            let network = s.network.as_mut().unwrap();
            network.country = old(network.country.clone());
        });
        assert_eq!(run(&RULE, &aged)[0].severity, Severity::Medium);
        let blind = &run(&RULE, &at_home().over_unknown(NoFact::NoPack))[0];
        assert!(matches!(blind.status, FindingStatus::NotMeasurable { .. }));
        assert!(run(&RULE, &without_place().over_unknown(NoFact::NoPack)).is_empty());
    }
}
