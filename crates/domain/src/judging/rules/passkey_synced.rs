//! `passkey-synced`: a passkey that may live on several devices, where the policy asks for a bound one.

use super::rule::{Rule, RuleContext, no_thresholds, text};
use crate::judging::finding::{Confidence, Family, Finding, Severity};
use crate::judging::passkey::PasskeyUse;
use crate::msg;
use crate::policy::PasskeyDemand;

/// For HR: the policy prefers or asks for passkeys that stay on one device (`evidence.passkey`), and the one
/// that signed says that it may be copied to others. It then stands for an account and not for a laptop. It
/// never counts: on Apple's devices there is no other kind.
pub const RULE: Rule = Rule {
    id: "passkey-synced",
    version: 1,
    family: Family::Device,
    severities: &[Severity::Info, Severity::Low],
    confidence: Confidence::Measured,
    about: msg!(
        "The policy asks for passkeys that stay on one device, and the one that signed may be copied to \
            others. It never counts."
    ),
    benign_causes: &[
        msg!("passkeys of Apple's devices, which are all of this kind"),
        msg!("a password manager that keeps passkeys"),
        msg!("nobody told the person that a security key is wanted"),
    ],
    settled_by: msg!(
        "Nothing is needed. A security key or the company computer's own passkey settles it for good."
    ),
    thresholds: no_thresholds,
    check,
};

fn check(context: &RuleContext) -> Vec<Finding> {
    let Some(standing) = &context.surroundings.device.passkey else { return vec![] };
    let severity = match context.settings.passkey {
        PasskeyDemand::Any => return vec![],
        PasskeyDemand::BoundPreferred => Severity::Info,
        PasskeyDemand::Bound => Severity::Low,
    };
    if standing.used != PasskeyUse::Used || !standing.is_synced {
        return vec![];
    }
    let at = context.readings.at;
    let evidence = vec![text(msg!("kind"), msg!("may be on several devices"), msg!("device"), at)];
    let employee = msg!(
        "Your passkey may be on several devices. One that stays on a single device is wanted; \
                    this does not count."
    );
    let reviewer = msg!(
        "The passkey that signed may be on several devices, where one that stays on a single \
                    device is wanted."
    );
    vec![RULE.finding(context, severity, evidence, employee, reviewer)]
}

#[cfg(test)]
mod tests {
    use super::super::fixtures::{at_home, passkey, run};
    use super::*;

    #[test]
    fn examples() {
        for (demand, is_synced, used, severity) in [
            (PasskeyDemand::Any, true, PasskeyUse::Used, None),
            (PasskeyDemand::BoundPreferred, true, PasskeyUse::Used, Some(Severity::Info)),
            (PasskeyDemand::Bound, true, PasskeyUse::Used, Some(Severity::Low)),
            (PasskeyDemand::Bound, false, PasskeyUse::Used, None),
            (PasskeyDemand::Bound, true, PasskeyUse::WentOn, None),
            (PasskeyDemand::Bound, true, PasskeyUse::NotAsked, None),
        ] {
            let mut session = at_home().around(|s| {
                s.device.passkey = passkey(|p| (p.is_synced, p.used) = (is_synced, used));
            });
            session.settings.passkey = demand;
            let found = run(&RULE, &session);
            assert_eq!(found.first().map(|f| f.severity), severity, "{demand} {is_synced} {used}");
        }
    }
}
