//! `ip-anonymizer`: the connection came through a service that hides where it starts.

use super::rule::{Rule, RuleContext, no_thresholds, text};
use crate::judging::finding::{Confidence, Family, Finding, Severity};
use crate::judging::network::AccessClass;
use crate::sentence::word;
use crate::{msg, sentence};

/// For HR: the address belongs to a listed VPN service, to Tor, or to a published privacy relay.
/// Many people use one for good reasons; the request is to switch it off for the check-in. Not
/// being on a list means nothing.
pub const RULE: Rule = Rule {
    id: "ip-anonymizer",
    version: 1,
    family: Family::Path,
    severities: &[Severity::Medium, Severity::High],
    confidence: Confidence::Derived,
    about: msg!(
        "The address belongs to a listed VPN service, to Tor or to a published privacy relay. \
            Not being on a list means nothing."
    ),
    benign_causes: &[
        msg!("a privacy relay built into the device or browser"),
        msg!("a personal VPN left on"),
        msg!("hotel or airport Wi-Fi that forces one"),
    ],
    settled_by: msg!(
        "Which service it is and who asked for it. One check-in with it switched off \
                 settles it."
    ),
    thresholds: no_thresholds,
    check,
};

fn check(context: &RuleContext) -> Vec<Finding> {
    const HIDING: [AccessClass; 3] = [AccessClass::Vpn, AccessClass::Tor, AccessClass::Relay];
    let Some(address) = context.readings.address else { return vec![] };
    let fact = &address.facts.class;
    if let Some(why) = fact.gap() {
        return vec![RULE.blind(context, why)];
    }
    let Some(class) = address.class().filter(|class| HIDING.contains(class)) else {
        return vec![];
    };
    let service = match class {
        AccessClass::Tor => "Tor",
        AccessClass::Relay => msg!("a published privacy relay"),
        _ => msg!("a VPN service"),
    };
    let evidence = vec![
        text(msg!("class"), class.code(), msg!("address"), context.readings.at)
            .aged(fact.age_days()),
    ];
    let employee = match class {
        AccessClass::Relay => sentence!(
            "Your connection came through {service}. Please switch it off for this page at the next check-in \
             if you can.",
            service = word(service)
        ),
        _ => sentence!(
            "Your connection came through {service}. Please switch it off at the next check-in if you can.",
            service = word(service)
        ),
    };
    let reviewer = sentence!("The address belongs to {service}.", service = word(service));
    let severity = Severity::High.lowered_if(fact.is_old());
    vec![RULE.finding(context, severity, evidence, employee, reviewer)]
}

#[cfg(test)]
mod tests {
    use super::super::fixtures::{at_home, old, run};
    use super::*;
    use crate::judging::finding::FindingStatus;
    use crate::judging::network::NoFact;

    #[test]
    fn examples() {
        for class in AccessClass::ALL {
            let raised = matches!(class, AccessClass::Vpn | AccessClass::Tor | AccessClass::Relay);
            let session = at_home().over(Some(*class), Some("NL"), None);
            assert_eq!(!run(&RULE, &session).is_empty(), raised, "{class}");
        }
        assert!(run(&RULE, &at_home()).is_empty(), "no address");
        let own = at_home().over(Some(AccessClass::Vpn), None, None).around(|s| {
            s.network.as_mut().unwrap().asn = crate::judging::network::Fact::given(64_500);
            s.corporate_egress_asns = vec![64_500];
        });
        assert!(run(&RULE, &own).is_empty(), "the employer's own network");
    }

    #[test]
    fn old_data_lowers_it_and_missing_or_void_data_is_said() {
        let aged = at_home().over(Some(AccessClass::Tor), None, None).around(|s| {
            let network = s.network.as_mut().unwrap();
            network.class = old(network.class.clone());
        });
        assert_eq!(run(&RULE, &aged)[0].severity, Severity::Medium);
        for why in [NoFact::NoPack, NoFact::PackTooOld] {
            let blind = &run(&RULE, &at_home().over_unknown(why))[0];
            assert!(matches!(blind.status, FindingStatus::NotMeasurable { .. }), "{why}");
            assert!(!blind.is_active());
        }
        assert!(run(&RULE, &at_home().over_unknown(NoFact::NotListed)).is_empty());
    }
}
