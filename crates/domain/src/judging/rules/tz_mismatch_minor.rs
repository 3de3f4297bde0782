//! `tz-mismatch-minor`: the browser keeps the time of a neighbouring zone.

use super::rule::{Rule, RuleContext};
use super::tz_mismatch::{finding, unexplained};
use crate::judging::finding::{Confidence, Family, Finding, Severity, Threshold};
use crate::msg;

/// For HR: the computer's clock is between half an hour and three hours off the place's. Common
/// after short trips; it counts a little and only together with something else.
pub const RULE: Rule = Rule {
    id: "tz-mismatch-minor",
    version: 1,
    family: Family::Clock,
    severities: &[Severity::Medium],
    confidence: Confidence::Measured,
    about: msg!(
        "The browser's time zone is between half an hour and three hours off the zone of the \
            shared place, or of the declared one where none was shared."
    ),
    benign_causes: &[
        msg!("a short trip across a zone's border"),
        msg!("a computer that did not follow a change of clocks"),
        msg!("a device set up for the head office"),
    ],
    settled_by: msg!(
        "Nothing is needed; a clock kept at a neighbouring zone or not yet put forward \
                 explains it."
    ),
    thresholds: |s| {
        vec![
            Threshold::new(msg!("clocks_apart"), s.clock_minor_minutes.into(), "min"),
            Threshold::new(msg!("below"), s.clock_apart_minutes.into(), "min"),
        ]
    },
    check,
};

fn check(context: &RuleContext) -> Vec<Finding> {
    let range = u32::from(context.settings.clock_minor_minutes)
        ..u32::from(context.settings.clock_apart_minutes);
    let apart = unexplained(context).filter(|clock| range.contains(&clock.apart_minutes));
    apart.map(|clock| finding(&RULE, context, Severity::Medium, clock)).into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::super::fixtures::{at_home, run};
    use super::*;

    #[test]
    fn examples() {
        for (zone, raised) in [
            ("Europe/Amsterdam", false),
            ("Europe/London", true),
            ("Europe/Athens", true),
            ("Europe/Moscow", true),
            ("Asia/Dubai", false),
        ] {
            let session = at_home().browsing_in(zone);
            assert_eq!(!run(&RULE, &session).is_empty(), raised, "{zone}");
        }
    }
}
