//! `rtt-split`: the connection ends somewhat nearer than the page answers from.

use super::rule::{Rule, RuleContext, milliseconds, whole};
use crate::judging::finding::{Confidence, Family, Finding, Severity, Threshold};
use crate::judging::network::AccessClass;
use crate::{msg, sentence};

/// For HR: the other end of the connection answers quickly, the page behind it more slowly. Something
/// in between takes the connection and passes it on. Carriers, inspection gateways and relays do
/// this as well as services that hide a place.
pub const RULE: Rule = Rule {
    id: "rtt-split",
    version: 1,
    family: Family::Path,
    severities: &[Severity::High],
    confidence: Confidence::Measured,
    about: msg!(
        "The connection's other end answers sooner than the page behind it: something in \
            between takes the connection and passes it on. Not looked at on mobile and satellite \
            lines, whose carriers do this themselves."
    ),
    benign_causes: &[
        msg!("a security gateway that inspects traffic"),
        msg!("a privacy relay"),
        msg!("a busy computer that answered every probe late"),
    ],
    settled_by: msg!("Which proxy or gateway ends the connection, and who runs it."),
    thresholds: |s| {
        vec![
            Threshold::new(msg!("split"), s.split_ms.into(), "ms"),
            Threshold::new(msg!("below"), s.split_large_ms.into(), "ms"),
        ]
    },
    check,
};

/// Why nothing can be said behind our own proxy.
pub(super) const BEHIND_PROXY: &str = msg!("our own proxy ends the connection");

fn check(context: &RuleContext) -> Vec<Finding> {
    let Some(gap_us) = gap_us(context) else { return vec![] };
    if context.surroundings.is_behind_proxy {
        return vec![RULE.not_measurable(context, BEHIND_PROXY)];
    }
    let limit = |ms: u16| i64::from(ms) * 1_000;
    let range = limit(context.settings.split_ms)..limit(context.settings.split_large_ms);
    if !range.contains(&gap_us) {
        return vec![];
    }
    vec![finding(&RULE, context, gap_us)]
}

/// Application less TCP round trip in microseconds, where the two can be compared.
pub(super) fn gap_us(context: &RuleContext) -> Option<i64> {
    const SPLIT_BY_CARRIER: [AccessClass; 3] =
        [AccessClass::Mobile, AccessClass::Satellite, AccessClass::Private];
    let address = context.readings.address;
    let is_egress = context.surroundings.network.is_some() && address.is_none();
    if is_egress || address.is_some_and(|address| address.is_class(&SPLIT_BY_CARRIER)) {
        return None;
    }
    let trips = context.surroundings.round_trips;
    Some(i64::from(trips.app_min_us?) - i64::from(trips.tcp_min_us?))
}

/// The finding of this rule or of its larger sister.
pub(super) fn finding(rule: &Rule, context: &RuleContext, gap_us: i64) -> Finding {
    let at = context.readings.at;
    let trips = context.surroundings.round_trips;
    let mut evidence = vec![whole(msg!("gap"), gap_us, "us", msg!("server"), at)];
    evidence
        .extend(trips.app_min_us.map(|us| whole(msg!("app_min"), us, "us", msg!("server"), at)));
    evidence
        .extend(trips.tcp_min_us.map(|us| whole(msg!("tcp_min"), us, "us", msg!("server"), at)));
    let employee = msg!(
        "Something between your computer and us takes your connection and passes it \
                    on. A gateway, a relay or a VPN usually does this; please tell us which."
    );
    let reviewer = sentence!(
        "The page answers {gap} later than the connection's other end.",
        gap = milliseconds(gap_us)
    );
    rule.finding(context, Severity::High, evidence, employee, reviewer)
}

#[cfg(test)]
mod tests {
    use super::super::fixtures::{at_home, run};
    use super::*;
    use crate::judging::finding::FindingStatus;

    #[test]
    fn examples() {
        let measured = |class, app, tcp| {
            at_home().over(class, None, None).around(|s| {
                s.round_trips.app_min_us = app;
                s.round_trips.tcp_min_us = tcp;
            })
        };
        let line = Some(AccessClass::Residential);
        for (name, session, raised) in [
            ("direct", measured(line, Some(12_200), Some(12_000)), false),
            ("19.999 ms", measured(line, Some(31_999), Some(12_000)), false),
            ("20 ms", measured(line, Some(32_000), Some(12_000)), true),
            ("79.999 ms", measured(line, Some(91_999), Some(12_000)), true),
            ("80 ms is the larger rule's", measured(line, Some(92_000), Some(12_000)), false),
            ("an unknown line", measured(None, Some(40_000), Some(12_000)), true),
            ("a phone", measured(Some(AccessClass::Mobile), Some(40_000), Some(12_000)), false),
            ("Starlink", measured(Some(AccessClass::Satellite), Some(40_000), Some(9)), false),
            (
                "the gateway",
                measured(Some(AccessClass::CorporateEgress), Some(40_000), Some(9)),
                false,
            ),
            ("inside", measured(Some(AccessClass::Private), Some(40_000), Some(9)), false),
            ("one of both", measured(line, Some(40_000), None), false),
            ("the other of both", measured(line, None, Some(40_000)), false),
        ] {
            assert_eq!(!run(&RULE, &session).is_empty(), raised, "{name}");
            let proxied = run(&RULE, &session.around(|s| s.is_behind_proxy = true));
            assert!(proxied.iter().all(|f| !f.is_active()), "{name} behind our proxy");
        }
        let proxied =
            measured(line, Some(12_200), Some(12_000)).around(|s| s.is_behind_proxy = true);
        assert!(matches!(run(&RULE, &proxied)[0].status, FindingStatus::NotMeasurable { .. }));
    }
}
