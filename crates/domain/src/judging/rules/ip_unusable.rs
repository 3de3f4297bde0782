//! `ip-unusable`: the address says nothing about a place.

use super::rule::{Rule, RuleContext, no_thresholds, text};
use crate::judging::finding::{Confidence, Family, Finding, Severity};
use crate::judging::network::{AccessClass, Fact, NoFact};
use crate::sentence::word;
use crate::{msg, sentence};

/// For HR: the address is private, reserved, or unknown to the data about addresses, so the rules
/// about addresses had nothing to look at. It doubts the data, not the person, and never counts.
pub const RULE: Rule = Rule {
    id: "ip-unusable",
    version: 1,
    family: Family::Path,
    severities: &[Severity::Info],
    confidence: Confidence::Measured,
    about: msg!(
        "The address is private, reserved or unknown to the data about addresses, so nothing \
            can be said from it. It doubts the data and never counts."
    ),
    benign_causes: &[
        msg!("a connection from inside the company's own network"),
        msg!("a new address range"),
    ],
    settled_by: msg!(
        "Nothing is needed from the person; the operator can name a proxy or private \
                 network in the configuration."
    ),
    thresholds: no_thresholds,
    check,
};

fn check(context: &RuleContext) -> Vec<Finding> {
    let Some(address) = context.readings.address else { return vec![] };
    let facts = address.facts;
    let is_private = facts.class() == Some(AccessClass::Private);
    let unlisted = NoFact::NotListed;
    let is_unknown = facts.country == Fact::Missing(unlisted)
        && facts.point == Fact::Missing(unlisted)
        && facts.asn == Fact::Missing(unlisted);
    let reason = match (is_private, is_unknown) {
        (true, _) => msg!("private or reserved"),
        (false, true) => msg!("unknown to the data about addresses"),
        (false, false) => return vec![],
    };
    let evidence = vec![text(msg!("address"), reason, msg!("address"), context.readings.at)];
    let employee = msg!("The address of your connection says nothing about a place. That is fine.");
    let reviewer =
        sentence!("The address is {reason}; nothing was concluded from it.", reason = word(reason));
    vec![RULE.finding(context, Severity::Info, evidence, employee, reviewer)]
}

#[cfg(test)]
mod tests {
    use super::super::fixtures::{at_home, run};
    use super::*;

    #[test]
    fn examples() {
        let over = |class| at_home().over(Some(class), None, None);
        for (name, session, raised) in [
            ("a private address", over(AccessClass::Private), true),
            ("a home line", over(AccessClass::Residential), false),
            ("on no list", at_home().over_unknown(NoFact::NotListed), true),
            ("never looked up", at_home().over_unknown(NoFact::NotAsked), false),
            ("no data to look it up in", at_home().over_unknown(NoFact::NoPack), false),
            ("no address", at_home(), false),
        ] {
            assert_eq!(!run(&RULE, &session).is_empty(), raised, "{name}");
        }
    }
}
