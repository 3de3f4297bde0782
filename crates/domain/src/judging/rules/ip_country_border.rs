//! `ip-country-border`: place and address lie in different countries, and near each other.

use super::ip_country_mismatch::{conflict, country};
use super::rule::{Rule, RuleContext, length, whole};
use crate::judging::finding::{Confidence, Family, Finding, Severity, Threshold};
use crate::{msg, sentence};

/// For HR: the connection comes from the neighbouring country, close to the place. Border towns
/// live with this; it counts a little and only together with something else.
pub const RULE: Rule = Rule {
    id: "ip-country-border",
    version: 1,
    family: Family::Path,
    severities: &[Severity::Low, Severity::Medium],
    confidence: Confidence::Derived,
    about: msg!(
        "The address lies in another country than the shared place (or the declared one, where \
            none was shared), but so near that a border explains it."
    ),
    benign_causes: &[
        msg!("a phone network that reaches across the border"),
        msg!("a provider that serves both sides"),
        msg!("an address database that is off by a town"),
    ],
    settled_by: msg!(
        "Nothing is needed where the person lives near the border; else one check-in over \
                 another line."
    ),
    thresholds: |s| vec![Threshold::new(msg!("near"), s.border_km.into(), "km")],
    check,
};

fn check(context: &RuleContext) -> Vec<Finding> {
    let Some(metres) = conflict(context).and_then(|c| c.border_metres) else { return vec![] };
    let Some(address) = context.readings.address else { return vec![] };
    let point = &address.facts.point;
    let evidence = vec![
        country(context, address),
        whole(msg!("distance_to_address"), metres, "m", msg!("address"), context.readings.at)
            .aged(point.age_days()),
    ];
    let employee = msg!(
        "Your connection comes from the neighbouring country. Near a border that is \
                    common."
    );
    let reviewer = sentence!(
        "The address is in {country}, {away} away across a border.",
        country = evidence[0].value.to_string(),
        away = length(metres)
    );
    let is_old = address.facts.country.is_old() || point.is_old();
    let severity = Severity::Medium.lowered_if(is_old);
    vec![RULE.finding(context, severity, evidence, employee, reviewer)]
}

#[cfg(test)]
mod tests {
    use super::super::fixtures::{Session, at_home, claim_at, old, run, without_place};
    use super::*;

    #[test]
    fn examples() {
        // 0.01 degrees of latitude near 52 degrees north are about 1,113 m.
        let over = |latitude| at_home().over(None, Some("BE"), Some((latitude, 4.0)));
        let coarse = Session { claim: Some(claim_at(52_000_000, 4_000_000, 9_000)), ..over(51.5) };
        for (name, session, raised) in [
            ("56 km across the border", over(51.5), true),
            ("99.0 km", over(51.11), true),
            ("101 km", over(51.09), false),
            ("a place too coarse", coarse, false),
            ("the address's point is not known", at_home().over(None, Some("BE"), None), false),
            (
                "no claim, near the declared place",
                without_place().over(None, Some("BE"), Some((51.5, 4.0))),
                true,
            ),
            ("the same country", at_home().over(None, Some("NL"), Some((51.5, 4.0))), false),
        ] {
            assert_eq!(!run(&RULE, &session).is_empty(), raised, "{name}");
        }
        let aged = over(51.5).around(|s| {
            let network = s.network.as_mut().unwrap();
            network.point = old(network.point.clone());
        });
        assert_eq!(run(&RULE, &aged)[0].severity, Severity::Low);
    }
}
