//! `ip-country-mismatch-declared`: no place was shared, and the address lies in another country
//! than every declared place.

use super::ip_country_mismatch::{conflict, country};
use super::rule::{Rule, RuleContext, no_thresholds};
use crate::judging::finding::{Confidence, Family, Finding, Severity};
use crate::{msg, sentence};

/// For HR: without a shared place, the connection comes from a country in which nothing is
/// declared and to which no approved trip leads.
pub const RULE: Rule = Rule {
    id: "ip-country-mismatch-declared",
    version: 1,
    family: Family::Path,
    severities: &[Severity::Medium, Severity::High],
    confidence: Confidence::Derived,
    about: msg!(
        "No place was shared, and the address lies in a country in which no work place is \
            declared and to which no approved travel leads."
    ),
    benign_causes: &[
        msg!("travel that was not declared yet"),
        msg!("a VPN or a company gateway in another country"),
        msg!("a roaming SIM, whose data leaves from its home network"),
    ],
    settled_by: msg!(
        "Where the person was, in their own words, and a check-in in which the place is \
                 shared."
    ),
    thresholds: no_thresholds,
    check,
};

fn check(context: &RuleContext) -> Vec<Finding> {
    let Some(conflict) = conflict(context) else { return blind(context) };
    if conflict.is_of_claim || conflict.border_metres.is_some() {
        return vec![];
    }
    let Some(address) = context.readings.address else { return vec![] };
    let evidence = vec![country(context, address)];
    let employee = msg!(
        "Your connection comes from a country you have not declared. Travel, a VPN or \
                    roaming usually explains this."
    );
    let reviewer = sentence!(
        "No place was shared; the address is in {country}, where no work place is declared.",
        country = evidence[0].value.to_string()
    );
    let severity = Severity::High.lowered_if(address.facts.country.is_old());
    vec![RULE.finding(context, severity, evidence, employee, reviewer)]
}

/// There was a declared country to compare with, and no data to say that of the address.
fn blind(context: &RuleContext) -> Vec<Finding> {
    let at = context.readings.at;
    let is_known = context.readings.claim.is_none()
        && context.declared.iter().any(|p| p.is_valid_at(at) && !p.countries().is_empty());
    let gap = context.readings.address.and_then(|address| address.facts.country.gap());
    gap.filter(|_| is_known).map(|why| RULE.blind(context, why)).into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::super::fixtures::{Session, at_home, home, old, run, without_place};
    use super::*;
    use crate::judging::evidence::DeclaredPlace;
    use crate::judging::finding::FindingStatus;
    use crate::judging::network::NoFact;

    #[test]
    fn examples() {
        let over = |country, point| without_place().over(None, Some(country), point);
        let in_france = || DeclaredPlace { country: "FR".parse().ok(), ..home() };
        for (name, session, raised) in [
            ("the declared country", over("NL", None), false),
            ("another one", over("FR", None), true),
            ("near the declared place", over("BE", Some((51.5, 4.0))), false),
            (
                "an extra place there",
                Session { declared: vec![home(), in_france()], ..over("FR", None) },
                false,
            ),
            ("nothing declared", Session { declared: vec![], ..over("FR", None) }, false),
            ("a claim was shared", at_home().over(None, Some("FR"), None), false),
        ] {
            assert_eq!(!run(&RULE, &session).is_empty(), raised, "{name}");
        }
    }

    #[test]
    fn old_data_lowers_it_and_missing_data_is_said() {
        let aged = without_place().over(None, Some("FR"), None).around(|s| {
            let network = s.network.as_mut().unwrap();
            network.country = old(network.country.clone());
        });
        assert_eq!(run(&RULE, &aged)[0].severity, Severity::Medium);
        let blind = &run(&RULE, &without_place().over_unknown(NoFact::PackTooOld))[0];
        assert!(matches!(blind.status, FindingStatus::NotMeasurable { .. }));
        assert!(run(&RULE, &at_home().over_unknown(NoFact::PackTooOld)).is_empty());
    }
}
