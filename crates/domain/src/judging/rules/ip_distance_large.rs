//! `ip-distance-large`: place and address lie in one country, far apart.

use super::rule::{Rule, RuleContext, length, whole};
use crate::judging::finding::{Confidence, Family, Finding, Severity, Threshold};
use crate::judging::network::AccessClass;
use crate::judging::region::differ;
use crate::{msg, sentence};

/// For HR: the shared place and the home line's address lie in the same country but more than a
/// thousand kilometres apart. City data is often wrong by hundreds, so it counts only a little.
pub const RULE: Rule = Rule {
    id: "ip-distance-large",
    version: 1,
    family: Family::Path,
    severities: &[Severity::Low, Severity::Medium],
    confidence: Confidence::Derived,
    about: msg!(
        "A home line's address lies in the same country as the shared place, but more than a \
            thousand kilometres from it. Data about cities is often wrong by hundreds."
    ),
    benign_causes: &[
        msg!("an address database that knows only the provider's head office"),
        msg!("a provider that hands out addresses across the country"),
    ],
    settled_by: msg!(
        "The name of the provider; providers often give out addresses that are listed far \
                 away."
    ),
    thresholds: |s| vec![Threshold::new(msg!("far"), s.address_far_km.into(), "km")],
    check,
};

fn check(context: &RuleContext) -> Vec<Finding> {
    let Some((claim, _)) = context.readings.usable_claim() else { return vec![] };
    let Some(address) = context.readings.address else { return vec![] };
    let facts = address.facts;
    let gap = facts.class.gap().or(facts.point.gap()).or(facts.country.gap());
    let is_other_class = address.class().is_some_and(|class| class != AccessClass::Residential);
    if let (Some(why), false) = (gap, is_other_class) {
        return vec![RULE.blind(context, why)];
    }
    let is_same = differ(address.countries(), claim.claim.countries()) == Some(false);
    let point =
        address.point().filter(|_| is_same && address.is_class(&[AccessClass::Residential]));
    let far = i64::from(context.settings.address_far_km) * 1_000;
    let distance = point.map(|point| point.distance_to(claim.point)).filter(|way| way.exceeds(far));
    let Some(distance) = distance.map(|way| way.metres()) else { return vec![] };
    let evidence = vec![
        whole(msg!("distance_to_address"), distance, "m", msg!("address"), context.readings.at)
            .aged(facts.point.age_days()),
    ];
    let employee = msg!(
        "The address of your connection is usually found far from the place you \
                    shared. Databases are often wrong about this."
    );
    let reviewer = sentence!(
        "The address is put {distance} from the shared place, in one country.",
        distance = length(distance)
    );
    let is_old = facts.point.is_old() || facts.country.is_old() || facts.class.is_old();
    let severity = Severity::Medium.lowered_if(is_old);
    vec![RULE.finding(context, severity, evidence, employee, reviewer)]
}

#[cfg(test)]
mod tests {
    use super::super::fixtures::{at_home, old, run, without_place};
    use super::*;
    use crate::judging::finding::FindingStatus;
    use crate::judging::network::NoFact;

    #[test]
    fn examples() {
        let line = Some(AccessClass::Residential);
        let (far, near) = (Some((42.0, 4.0)), Some((44.0, 4.0)));
        for (name, session, raised) in [
            ("1,112 km", at_home().over(line, Some("NL"), far), true),
            ("890 km", at_home().over(line, Some("NL"), near), false),
            ("a phone", at_home().over(Some(AccessClass::Mobile), Some("NL"), far), false),
            ("another country is another rule", at_home().over(line, Some("FR"), far), false),
            ("the kind of line is not known", at_home().over(None, Some("NL"), far), false),
            ("no place", without_place().over(line, Some("NL"), far), false),
        ] {
            assert_eq!(!run(&RULE, &session).is_empty(), raised, "{name}");
        }
        let aged = at_home().over(line, Some("NL"), far).around(|s| {
            let network = s.network.as_mut().unwrap();
            network.point = old(network.point.clone());
        });
        assert_eq!(run(&RULE, &aged)[0].severity, Severity::Low);
        let blind = &run(&RULE, &at_home().over_unknown(NoFact::NoPack))[0];
        assert!(matches!(blind.status, FindingStatus::NotMeasurable { .. }));
        let phone = at_home().over_unknown(NoFact::NoPack).around(|s| {
            let network = s.network.as_mut().unwrap();
            network.class = crate::judging::network::Fact::given(AccessClass::Mobile);
        });
        assert!(run(&RULE, &phone).is_empty(), "nothing would have been looked at");
    }
}
