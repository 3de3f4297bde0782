//! `udp-address-elsewhere`: a datagram came from another network than the page.

use super::rule::{Rule, RuleContext, no_thresholds, text};
use crate::judging::finding::{Confidence, Family, Finding, Severity};
use crate::judging::gathered::Relation;
use crate::judging::network::{AccessClass, Fact, NetworkFacts};
use crate::msg;

/// For HR: pages and datagrams took different ways to us. A service that hides a place often takes
/// the pages only. So does many a company's gateway, which the organisation should list as its own;
/// then nothing is said.
pub const RULE: Rule = Rule {
    id: "udp-address-elsewhere",
    version: 1,
    family: Family::Path,
    severities: &[Severity::Low, Severity::Medium, Severity::High],
    confidence: Confidence::Derived,
    about: msg!(
        "A datagram of the same browser reached us from another country than the page (high), or \
            from another network of the same country (low). Only addresses of one IP family are \
            compared."
    ),
    benign_causes: &[
        msg!("a company gateway or VPN that takes pages only and is not listed yet"),
        msg!("a browser extension or privacy relay for pages"),
        msg!("two lines at once, such as Wi-Fi and a telephone"),
    ],
    settled_by: msg!(
        "Which proxy or split tunnel the browser uses, and who runs it. One check-in \
                 without it settles it."
    ),
    thresholds: no_thresholds,
    check,
};

fn check(context: &RuleContext) -> Vec<Finding> {
    let surroundings = context.surroundings;
    let Some(second) = &surroundings.second_path else { return vec![] };
    match second.relation {
        Relation::Same => return vec![],
        Relation::OtherFamily => {
            let reason = msg!("page and datagram came over different kinds of internet address");
            return vec![RULE.not_measurable(context, reason)];
        }
        Relation::Other => {}
    }
    let Some((page, datagram)) = surroundings.network.as_ref().zip(second.network.as_ref()) else {
        return vec![
            RULE.not_measurable(context, msg!("nothing is known about the two addresses")),
        ];
    };
    if is_excused(context, page, datagram) {
        return vec![];
    }
    match (differ(&page.country, &datagram.country), differ(&page.asn, &datagram.asn)) {
        (Some(true), _) => vec![finding(context, Severity::High, "country", &page.country)],
        (_, Some(true)) => vec![finding(context, Severity::Low, "network", &page.asn)],
        (None, None) => {
            let gap = page.country.gap().or(datagram.country.gap());
            gap.map(|why| RULE.blind(context, why)).into_iter().collect()
        }
        _ => vec![],
    }
}

/// The employer's own way out on either side, or an address that is not of the internet.
fn is_excused(context: &RuleContext, page: &NetworkFacts, datagram: &NetworkFacts) -> bool {
    let listed = &context.surroundings.corporate_egress_asns;
    [page, datagram].into_iter().any(|facts| {
        matches!(facts.class(), Some(AccessClass::CorporateEgress | AccessClass::Private))
            || facts.asn.value().is_some_and(|asn| listed.contains(asn))
    })
}

/// `None` where one of the two is not known.
fn differ<T: PartialEq>(one: &Fact<T>, other: &Fact<T>) -> Option<bool> {
    one.value().zip(other.value()).map(|(one, other)| one != other)
}

fn finding<T>(context: &RuleContext, severity: Severity, what: &str, fact: &Fact<T>) -> Finding {
    let severity = severity.lowered_if(fact.is_old());
    let relation = format!("another {what}");
    let evidence = vec![
        text(msg!("datagram"), relation, msg!("server"), context.readings.at).aged(fact.age_days()),
    ];
    let (employee, reviewer) = match what {
        "country" => (
            msg!(
                "Your browser reached us over two networks at once, the second in another country. A company \
                 gateway, a VPN or an extension usually does this; please tell us which."
            ),
            msg!(
                "Pages and datagrams of the same browser came from different places: another country."
            ),
        ),
        _ => (
            msg!(
                "Your browser reached us over two networks at once, the second in another network. A company \
                 gateway, a VPN or an extension usually does this; please tell us which."
            ),
            msg!(
                "Pages and datagrams of the same browser came from different places: another network."
            ),
        ),
    };
    RULE.finding(context, severity, evidence, employee, reviewer)
}

#[cfg(test)]
mod tests {
    use super::super::fixtures::{Session, at_home, old, run};
    use super::*;
    use crate::judging::finding::FindingStatus;
    use crate::judging::gathered::SecondPath;
    use crate::judging::network::NoFact;

    fn facts(country: &str, asn: u32, class: AccessClass) -> NetworkFacts {
        NetworkFacts {
            country: Fact::given(country.parse().unwrap()),
            asn: Fact::given(asn),
            class: Fact::given(class),
            ..NetworkFacts::missing(NoFact::NotAsked)
        }
    }

    fn session(page: NetworkFacts, relation: Relation, datagram: Option<NetworkFacts>) -> Session {
        at_home().around(|s| {
            s.network = Some(page);
            s.second_path = Some(SecondPath { relation, network: datagram });
        })
    }

    #[test]
    fn examples() {
        use AccessClass::{CorporateEgress, Residential, Vpn};
        let home = facts("NL", 1, Residential);
        for (name, page, relation, datagram, raised) in [
            ("the same", &home, Relation::Same, None, None),
            ("country", &facts("US", 9, Vpn), Relation::Other, Some(home.clone()), Some("high")),
            ("network", &home, Relation::Other, Some(facts("NL", 2, Vpn)), Some("low")),
            ("own pool", &home, Relation::Other, Some(home.clone()), None),
            (
                "our gateway",
                &facts("US", 9, CorporateEgress),
                Relation::Other,
                Some(home.clone()),
                None,
            ),
            ("split", &home, Relation::Other, Some(facts("US", 9, CorporateEgress)), None),
            ("listed", &facts("US", 64_500, Vpn), Relation::Other, Some(home.clone()), None),
        ] {
            let session = session(page.clone(), relation, datagram)
                .around(|s| s.corporate_egress_asns = vec![64_500]);
            let found = run(&RULE, &session);
            assert_eq!(found.first().map(|f| f.severity.code()), raised, "{name}");
        }
        assert!(run(&RULE, &at_home()).is_empty(), "no datagram came");
    }

    #[test]
    fn what_cannot_be_compared_is_said_and_never_counts() {
        let home = facts("NL", 1, AccessClass::Residential);
        let unknown = NetworkFacts::missing(NoFact::NoPack);
        for (name, session) in [
            ("families", session(home.clone(), Relation::OtherFamily, None)),
            ("no packs at all", session(home.clone(), Relation::Other, None)),
            ("no pack", session(unknown.clone(), Relation::Other, Some(unknown))),
        ] {
            let found = run(&RULE, &session);
            assert!(matches!(found[0].status, FindingStatus::NotMeasurable { .. }), "{name}");
        }
        let mut aged = facts("US", 9, AccessClass::Vpn);
        aged.country = old(aged.country);
        let found = run(&RULE, &session(aged, Relation::Other, Some(home)));
        assert_eq!(found[0].severity, Severity::Medium);
    }
}
