//! `rtt-refutes-ip`: the address cannot be where the data puts it.

use super::rule::{Rule, RuleContext, length, milliseconds, whole};
use crate::judging::finding::{Confidence, Family, Finding, Severity, Threshold};
use crate::judging::network::AccessClass;
use crate::judging::readings::reach_metres;
use crate::{msg, sentence};

/// For HR: the other end of the connection answered sooner than light could reach the point at
/// which the data puts the address. The data is wrong about it; nothing follows about the person.
pub const RULE: Rule = Rule {
    id: "rtt-refutes-ip",
    version: 1,
    family: Family::Path,
    severities: &[Severity::Info],
    confidence: Confidence::Measured,
    about: msg!(
        "The connection answered sooner than light could reach the point at which the data puts \
            the address. The data is wrong about this address; it never counts."
    ),
    benign_causes: &[
        msg!("an address database that is wrong"),
        msg!("one address used in several places"),
    ],
    settled_by: msg!(
        "Nothing is needed from the person: it says that the list of addresses is wrong."
    ),
    thresholds: |s| {
        vec![
            Threshold::new(msg!("fibre"), s.fibre_metres_per_ms.into(), "m/ms"),
            Threshold::new(msg!("slack"), s.round_trip_slack_us.into(), "us"),
            Threshold::new(msg!("error"), s.address_error_km.into(), "km"),
        ]
    },
    check,
};

fn check(context: &RuleContext) -> Vec<Finding> {
    const PLACED: [AccessClass; 4] =
        [AccessClass::Residential, AccessClass::Hosting, AccessClass::Vpn, AccessClass::Tor];
    let Some(address) = context.readings.address else { return vec![] };
    let tcp_min_us = context.surroundings.round_trips.tcp_min_us;
    let Some((server, us)) = context.surroundings.server.zip(tcp_min_us) else { return vec![] };
    let facts = address.facts;
    let is_other_class = address.class().is_some_and(|class| !PLACED.contains(&class));
    if is_other_class {
        return vec![];
    }
    if let Some(why) = facts.class.gap().or(facts.point.gap()) {
        return vec![RULE.blind(context, why)];
    }
    let Some(point) = address.point().filter(|_| address.is_class(&PLACED)) else { return vec![] };
    if context.surroundings.is_behind_proxy {
        return vec![RULE.not_measurable(context, super::rtt_split::BEHIND_PROXY)];
    }
    let settings = context.settings;
    let way = server.distance_to(point);
    let error = i64::from(settings.address_error_km) * 1_000;
    if !way.exceeds(reach_metres(us, settings.fibre_metres_per_ms, settings) + error) {
        return vec![];
    }
    let distance = way.metres();
    let at = context.readings.at;
    let evidence = vec![
        whole(msg!("server_to_address"), distance, "m", msg!("address"), at)
            .aged(facts.point.age_days()),
        whole(msg!("tcp_min"), us, "us", msg!("server"), at),
    ];
    let employee = msg!(
        "What is written about the address of your connection is wrong about its \
                    place. Nothing follows for you."
    );
    let reviewer = sentence!(
        "The connection answered in {answered}, so the address cannot be {distance} from the server.",
        answered = milliseconds(us.into()),
        distance = length(distance)
    );
    vec![RULE.finding(context, Severity::Info, evidence, employee, reviewer)]
}

#[cfg(test)]
mod tests {
    use super::super::fixtures::{at_home, run};
    use super::*;
    use crate::judging::evidence::Point;
    use crate::judging::finding::FindingStatus;
    use crate::judging::network::NoFact;

    #[test]
    fn examples() {
        // 1,112 km, less 100 km: 9.1 ms after the slack.
        for (class, us, raised) in [
            (Some(AccessClass::Residential), 9_000, true),
            (Some(AccessClass::Residential), 9_300, false),
            (Some(AccessClass::Hosting), 9_000, true),
            (Some(AccessClass::Vpn), 9_000, true),
            (Some(AccessClass::Tor), 9_000, true),
            (Some(AccessClass::Mobile), 1_000, false),
            (Some(AccessClass::Business), 1_000, false),
            (Some(AccessClass::CorporateEgress), 1_000, false),
            (None, 1_000, false),
        ] {
            let session = at_home().over(class, None, Some((42.0, 4.0))).around(|s| {
                s.server = Point::from_degrees(52.0, 4.0);
                s.round_trips.tcp_min_us = Some(us);
            });
            assert_eq!(!run(&RULE, &session).is_empty(), raised, "{class:?} {us}");
            let proxied = run(&RULE, &session.around(|s| s.is_behind_proxy = true));
            assert!(proxied.iter().all(|f| !f.is_active()), "behind a proxy");
        }
        let blind = at_home().over_unknown(NoFact::NoPack).around(|s| {
            s.server = Point::from_degrees(52.0, 4.0);
            s.round_trips.tcp_min_us = Some(9_000);
        });
        assert!(matches!(run(&RULE, &blind)[0].status, FindingStatus::NotMeasurable { .. }));
        assert!(run(&RULE, &at_home().over_unknown(NoFact::NoPack)).is_empty(), "not measured");
    }
}
