//! `ip-hosting`: the connection came out of a data centre.

use super::rule::{Rule, RuleContext, no_thresholds, text};
use crate::judging::finding::{Confidence, Family, Finding, Severity};
use crate::judging::network::AccessClass;
use crate::{msg, sentence};

/// For HR: the address belongs to a data centre and not to a home, an office or a phone. VPN
/// services on no list look like this, and so do cloud desktops and security gateways, which the
/// organisation should list as its own.
pub const RULE: Rule = Rule {
    id: "ip-hosting",
    version: 1,
    family: Family::Path,
    severities: &[Severity::Medium, Severity::High],
    confidence: Confidence::Derived,
    about: msg!(
        "The address belongs to a data centre, as those of unlisted VPN services do, and not to \
            a home, an office or a phone network."
    ),
    benign_causes: &[
        msg!("a company VPN or security gateway that is not listed yet"),
        msg!("a cloud desktop"),
        msg!("a small internet provider inside a data centre"),
    ],
    settled_by: msg!(
        "Which company or service the address belongs to, and whether IT runs it. One \
                 check-in without it settles it."
    ),
    thresholds: no_thresholds,
    check,
};

fn check(context: &RuleContext) -> Vec<Finding> {
    let Some(address) = context.readings.address else { return vec![] };
    let fact = &address.facts.class;
    if let Some(why) = fact.gap() {
        return vec![RULE.blind(context, why)];
    }
    if address.class() != Some(AccessClass::Hosting) {
        return vec![];
    }
    let at = context.readings.at;
    let mut evidence =
        vec![text(msg!("class"), "hosting", msg!("address"), at).aged(fact.age_days())];
    let organisation = &address.facts.organisation;
    evidence.extend(organisation.value().map(|name| {
        text(msg!("organisation"), name.clone(), msg!("address"), at).aged(organisation.age_days())
    }));
    let employee = msg!(
        "Your connection came out of a data centre. A company gateway or a VPN usually \
                    explains this; please tell us which."
    );
    let reviewer = match organisation.value() {
        Some(name) => {
            sentence!("The address belongs to a data centre ({name}).", name = name.trim())
        }
        None => msg!("The address belongs to a data centre.").into(),
    };
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
            let session = at_home().over(Some(*class), Some("NL"), None);
            let raised = *class == AccessClass::Hosting;
            assert_eq!(!run(&RULE, &session).is_empty(), raised, "{class}");
        }
        let aged = at_home().over(Some(AccessClass::Hosting), None, None).around(|s| {
            let network = s.network.as_mut().unwrap();
            network.class = old(network.class.clone());
        });
        assert_eq!(run(&RULE, &aged)[0].severity, Severity::Medium);
        let blind = &run(&RULE, &at_home().over_unknown(NoFact::PackTooOld))[0];
        assert!(matches!(blind.status, FindingStatus::NotMeasurable { .. }));
    }
}
