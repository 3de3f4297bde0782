//! `tz-mismatch`: the browser keeps the time of somewhere far from the place.

use super::rule::{Rule, RuleContext, hours, whole};
use crate::judging::finding::{Confidence, Family, Finding, Severity, Threshold};
use crate::judging::readings::ClockReading;
use crate::{msg, sentence};

/// For HR: the computer's clock is set for another part of the world than the shared place (or the
/// declared one, where none was shared). Compared by offset at that moment, not by name, and not
/// while an approved trip explains a clock that still shows home.
pub const RULE: Rule = Rule {
    id: "tz-mismatch",
    version: 1,
    family: Family::Clock,
    severities: &[Severity::High],
    confidence: Confidence::Measured,
    about: msg!(
        "The browser's time zone differs by hours from the zone of the shared place, or of the \
            declared one where none was shared. A clock that still shows home on an approved trip \
            is not noted."
    ),
    benign_causes: &[
        msg!("travel with the clock left on home time"),
        msg!("a clock kept on a team's time zone on purpose"),
        msg!("a privacy setting that always reports UTC"),
    ],
    settled_by: msg!(
        "Whether the computer's clock is kept at another zone on purpose, and where the \
                 person was."
    ),
    thresholds: |s| vec![Threshold::new(msg!("clocks_apart"), s.clock_apart_minutes.into(), "min")],
    check,
};

fn check(context: &RuleContext) -> Vec<Finding> {
    let from = u32::from(context.settings.clock_apart_minutes);
    let apart = unexplained(context).filter(|clock| clock.apart_minutes >= from);
    apart.map(|clock| finding(&RULE, context, Severity::High, clock)).into_iter().collect()
}

/// The difference of clocks, unless a trip or an undeclared place explains it.
pub(super) fn unexplained(context: &RuleContext) -> Option<ClockReading> {
    let readings = context.readings;
    readings.clock.filter(|clock| !clock.is_excused && readings.undeclared.is_none())
}

/// The finding of this rule or of its minor sister.
pub(super) fn finding(
    rule: &Rule,
    context: &RuleContext,
    severity: Severity,
    clock: ClockReading,
) -> Finding {
    let at = context.readings.at;
    let evidence = vec![
        whole(msg!("clocks_apart"), clock.apart_minutes, "min", msg!("page"), at),
        whole(msg!("browser_offset"), clock.browser_offset_minutes, "min", msg!("page"), at),
        whole(msg!("place_offset"), clock.place_offset_minutes, "min", msg!("polygons"), at),
    ];
    let apart = hours(clock.apart_minutes.into());
    let (employee, reviewer) = match clock.is_of_claim {
        true => (
            sentence!(
                "Your computer's clock is {apart} apart from the clock at the shared place. Travel or a \
                 clock kept on another zone usually explains this.",
                apart = apart.clone()
            ),
            sentence!(
                "The browser's clock is {apart} apart from that of the shared place at that moment.",
                apart
            ),
        ),
        false => (
            sentence!(
                "Your computer's clock is {apart} apart from the clock at the declared place. Travel or a \
                 clock kept on another zone usually explains this.",
                apart = apart.clone()
            ),
            sentence!(
                "The browser's clock is {apart} apart from that of the declared place at that moment.",
                apart
            ),
        ),
    };
    rule.finding(context, severity, evidence, employee, reviewer)
}

#[cfg(test)]
mod tests {
    use super::super::fixtures::{at_home, home, run, without_place};
    use super::*;
    use crate::judging::evidence::DeclaredPlace;

    #[test]
    fn examples() {
        let set_to = |zone: &str| at_home().browsing_in(zone);
        for (name, session, raised) in [
            ("the place's own zone", set_to("Europe/Amsterdam"), false),
            ("another name of it", set_to("Europe/Berlin"), false),
            ("an hour off", set_to("Europe/London"), false),
            ("three hours off", set_to("Asia/Dubai"), true),
            ("a legacy name, far off", set_to("Asia/Saigon"), true),
            ("not known", at_home(), false),
            (
                "without a place, against the declared one",
                without_place().browsing_in("Asia/Tokyo"),
                true,
            ),
        ] {
            assert_eq!(!run(&RULE, &session).is_empty(), raised, "{name}");
        }
    }

    #[test]
    fn an_approved_trip_excuses_a_clock_that_shows_home() {
        let trip =
            |country: &str| DeclaredPlace { point: None, country: country.parse().ok(), ..home() };
        let away = |country: &str, browser: &str| {
            let mut session =
                at_home().browsing_in(browser).around(|s| s.travel = vec![trip(country)]);
            let claim = session.claim.as_mut().unwrap();
            claim.country = "JP".parse().ok();
            claim.region.time_zone = Some("Asia/Tokyo".into());
            session
        };
        assert!(run(&RULE, &away("JP", "Europe/Amsterdam")).is_empty(), "still on home time");
        assert_eq!(run(&RULE, &away("JP", "America/Lima")).len(), 1, "neither here nor home");
        assert_eq!(run(&RULE, &away("PT", "Europe/Amsterdam")).len(), 1, "a trip elsewhere");
    }
}
