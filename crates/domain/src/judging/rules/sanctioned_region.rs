//! `sanctioned-region`: the place or the address lies where nobody may work from.

use super::rule::{Rule, RuleContext, no_thresholds, text};
use crate::judging::finding::{Confidence, Family, Finding, Severity};
use crate::judging::region::first_listed;
use crate::{msg, sentence};

/// For HR: the shared place or the address lies in a country or region that the organisation
/// listed because law forbids work from there. Security and the lawyers look first.
pub const RULE: Rule = Rule {
    id: "sanctioned-region",
    version: 1,
    family: Family::Place,
    severities: &[Severity::High, Severity::Critical],
    confidence: Confidence::Derived,
    about: msg!(
        "The shared place or the address lies in a country or region that the organisation \
            has listed, because law forbids work from there."
    ),
    benign_causes: &[
        msg!("an address database that is wrong about a border region"),
        msg!("a roaming phone that uses a network across the border"),
    ],
    settled_by: msg!(
        "A lawful reason to be there, or a proof that the place or the address is listed \
                 wrongly."
    ),
    thresholds: no_thresholds,
    check,
};

fn check(context: &RuleContext) -> Vec<Finding> {
    let listed = &context.surroundings.sanctioned_regions;
    let readings = context.readings;
    let by_claim = readings.usable_claim().and_then(|(claim, _)| {
        first_listed(listed, claim.claim.countries(), &claim.claim.region.subdivisions)
    });
    if let Some(code) = by_claim {
        let evidence = vec![text(msg!("region"), code, msg!("page"), readings.at)];
        return vec![finding(context, Severity::Critical, code, "shared place", evidence)];
    }
    let Some(address) = readings.address.filter(|_| !listed.is_empty()) else { return vec![] };
    let country = &address.facts.country;
    let code = first_listed(listed, address.countries(), &address.region.subdivisions);
    let Some(code) = code else {
        return country.gap().map(|why| RULE.blind(context, why)).into_iter().collect();
    };
    let fact_age = match code.contains('-') {
        true => (address.facts.point.age_days(), address.facts.point.is_old()),
        false => (country.age_days(), country.is_old()),
    };
    let evidence = vec![text(msg!("region"), code, msg!("address"), readings.at).aged(fact_age.0)];
    let severity = Severity::Critical.lowered_if(fact_age.1);
    vec![finding(context, severity, code, "address", evidence)]
}

fn finding(
    context: &RuleContext,
    severity: Severity,
    code: &str,
    what: &str,
    evidence: Vec<crate::judging::finding::EvidenceItem>,
) -> Finding {
    let employee = msg!(
        "Your place or your connection lies in a region from which work is not \
                    possible. If that is wrong, please say where you are."
    );
    let reviewer = match what {
        "address" => {
            sentence!("The address lies in {code}, which is on the organisation's list.", code)
        }
        _ => {
            sentence!("The shared place lies in {code}, which is on the organisation's list.", code)
        }
    };
    RULE.finding(context, severity, evidence, employee, reviewer)
}

#[cfg(test)]
mod tests {
    use super::super::fixtures::{Session, at_home, claim_at, old, run, without_place};
    use super::*;
    use crate::judging::evidence::Claim;
    use crate::judging::finding::FindingStatus;
    use crate::judging::network::{AccessClass, NoFact};
    use crate::judging::region::Region;

    fn listing(session: Session) -> Session {
        session.around(|s| s.sanctioned_regions = vec!["KP".into(), "UA-43".into()])
    }

    fn claiming(country: Option<&str>, region: Region, accuracy: u32) -> Session {
        let claim = claim_at(44_952_000, 34_102_000, accuracy);
        let claim = Claim { country: country.and_then(|code| code.parse().ok()), region, ..claim };
        listing(Session { claim: Some(claim), ..at_home() })
    }

    #[test]
    fn examples() {
        let crimea = || Region {
            countries: ["RU", "UA"].map(|code| code.parse().unwrap()).into_iter().collect(),
            subdivisions: "UA-43".parse().into_iter().collect(),
            ..Region::default()
        };
        let line = Some(AccessClass::Residential);
        for (name, session, raised) in [
            ("a listed subdivision", claiming(None, crimea(), 30), true),
            ("a listed country", claiming(Some("KP"), Region::default(), 30), true),
            ("too coarse to use", claiming(Some("KP"), Region::default(), 5_001), false),
            ("the neighbour", claiming(Some("CN"), Region::default(), 30), false),
            ("a listed address", listing(without_place().over(line, Some("KP"), None)), true),
            (
                "an address in a listed subdivision",
                listing(without_place().over(line, Some("UA"), None))
                    .around(|s| s.network_region = crimea()),
                true,
            ),
            (
                "the employer's gateway",
                listing(without_place().over(Some(AccessClass::CorporateEgress), Some("KP"), None)),
                false,
            ),
            ("nothing listed", without_place().over(line, Some("KP"), None), false),
        ] {
            assert_eq!(!run(&RULE, &session).is_empty(), raised, "{name}");
        }
    }

    #[test]
    fn old_data_lowers_it_and_no_data_is_said() {
        let aged = listing(without_place().over(None, Some("KP"), None)).around(|s| {
            let network = s.network.as_mut().unwrap();
            network.country = old(network.country.clone());
        });
        assert_eq!(run(&RULE, &aged)[0].severity, Severity::High);
        let blind = run(&RULE, &listing(at_home().over_unknown(NoFact::NoPack)));
        assert!(matches!(blind[0].status, FindingStatus::NotMeasurable { .. }));
        assert!(run(&RULE, &at_home().over_unknown(NoFact::NoPack)).is_empty(), "nothing listed");
    }
}
