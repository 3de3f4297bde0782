//! `rtt-split-large`: the connection ends much nearer than the page answers from.

use super::rtt_split::{finding, gap_us};
use super::rule::{Rule, RuleContext};
use crate::judging::finding::{Confidence, Family, Finding, Severity, Threshold};
use crate::msg;

/// For HR: as `rtt-split`, but by so much that the part behind the connection's end spans a
/// continent. It is the same cause, told once.
pub const RULE: Rule = Rule {
    id: "rtt-split-large",
    version: 1,
    family: Family::Path,
    severities: &[Severity::High],
    confidence: Confidence::Measured,
    about: msg!(
        "The connection's other end answers much sooner than the page behind it, by as much as \
            a line across a continent takes. It stands in place of `rtt-split`."
    ),
    benign_causes: &[
        msg!("a security gateway far from the person"),
        msg!("a privacy relay over a very slow line"),
    ],
    settled_by: msg!(
        "Which proxy or gateway ends the connection, and who runs it. One check-in over \
                 another line settles it."
    ),
    thresholds: |s| vec![Threshold::new(msg!("split"), s.split_large_ms.into(), "ms")],
    check,
};

fn check(context: &RuleContext) -> Vec<Finding> {
    let from = i64::from(context.settings.split_large_ms) * 1_000;
    let gap = gap_us(context).filter(|gap| *gap >= from && !context.surroundings.is_behind_proxy);
    gap.map(|gap| finding(&RULE, context, gap)).into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::super::fixtures::{at_home, run};
    use super::*;
    use crate::judging::network::AccessClass;

    #[test]
    fn examples() {
        for (class, app, proxied, raised) in [
            (AccessClass::Residential, 89_999, false, false),
            (AccessClass::Residential, 90_000, false, true),
            (AccessClass::Vpn, 300_000, false, true),
            (AccessClass::Residential, 300_000, true, false),
            (AccessClass::Mobile, 300_000, false, false),
        ] {
            let session = at_home().over(Some(class), None, None).around(|s| {
                s.round_trips.app_min_us = Some(app);
                s.round_trips.tcp_min_us = Some(10_000);
                s.is_behind_proxy = proxied;
            });
            assert_eq!(!run(&RULE, &session).is_empty(), raised, "{class} {app}");
        }
    }
}
