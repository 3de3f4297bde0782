//! `passkey-new`: a passkey that nobody has approved.

use super::rule::{Rule, RuleContext, whole};
use crate::judging::finding::{Confidence, Family, Finding, Severity, Threshold};
use crate::judging::rules::RuleSettings;
use crate::{msg, sentence};

/// For HR: the person has a passkey that was added neither in a session where somebody watched nor
/// approved since. The first one of a person is a note; one that follows an approved one means another
/// device and is looked at; several within a month are what a takeover looks like, and a lost bag too.
pub const RULE: Rule = Rule {
    id: "passkey-new",
    version: 1,
    family: Family::Device,
    severities: &[Severity::Info, Severity::Medium, Severity::High],
    confidence: Confidence::Measured,
    about: msg!(
        "A passkey of the person waits for approval: it was added without a verifier who watched, and \
            nobody has approved it. One that follows an approved one counts more than a first one, and \
            several within a month count most."
    ),
    benign_causes: &[
        msg!("a new telephone or computer"),
        msg!("a device that was reset or repaired"),
        msg!("a lost device, replaced in a hurry"),
        msg!("a second device, added for convenience"),
    ],
    settled_by: msg!(
        "A call to the person on a number HR already had; then HR approves the passkey or removes it."
    ),
    thresholds,
    check,
};

fn thresholds(settings: &RuleSettings) -> Vec<Threshold> {
    vec![
        Threshold::new(msg!("new_for"), settings.passkey_new_days.into(), msg!("days")),
        Threshold::new(msg!("grave_from"), settings.passkeys_new_high.into(), msg!("passkeys")),
    ]
}

fn check(context: &RuleContext) -> Vec<Finding> {
    let Some(standing) = &context.surroundings.device.passkey else { return vec![] };
    let settings = context.settings;
    let is_late = |days: &&u32| **days <= u32::from(settings.passkey_new_days);
    let lately = standing.added_days_ago.iter().filter(is_late).count();
    let severity = if lately >= usize::from(settings.passkeys_new_high) {
        Severity::High
    } else if standing.waiting > 0 {
        Severity::Medium
    } else if standing.first_waiting > 0 {
        Severity::Info
    } else {
        return vec![];
    };
    let waiting = standing.waiting + standing.first_waiting;
    let at = context.readings.at;
    let mut evidence =
        vec![whole(msg!("passkeys_waiting"), waiting, msg!("passkeys"), msg!("service"), at)];
    if severity > Severity::Info {
        evidence.push(whole(
            msg!("passkeys_added_lately"),
            lately as i64,
            msg!("passkeys"),
            msg!("service"),
            at,
        ));
    }
    let employee = match severity {
        Severity::Info => {
            msg!(
                "A passkey of yours waits for approval. HR approves it, or a verifier who sees you add one; it \
             does not count."
            )
        }
        _ => {
            msg!(
                "You added a passkey after one that was approved. HR will ask whether that was you, and approves \
             it then."
            )
        }
    };
    let reviewer = match severity {
        Severity::Info => {
            msg!("The person's first passkey was added without anybody watching and is not approved yet.").into()
        }
        Severity::High => sentence!("{lately} passkeys were added within {passkey_new_days} days after one that was approved, none of them approved. \
             Verify the person.", lately, passkey_new_days = settings.passkey_new_days),
        _ => msg!("A passkey was added after one that was approved, and nobody has approved it. A new device: \
              verify the person.").into(),
    };
    vec![RULE.finding(context, severity, evidence, employee, reviewer)]
}

#[cfg(test)]
mod tests {
    use super::super::fixtures::{at_home, passkey, run};
    use super::*;

    #[test]
    fn examples() {
        for (what, first_waiting, waiting, added_days_ago, severity) in [
            ("approved ones alone", 0, 0, vec![], None),
            ("a first one", 1, 0, vec![], Some(Severity::Info)),
            ("two first ones on one day", 2, 0, vec![], Some(Severity::Info)),
            ("another device", 0, 1, vec![3], Some(Severity::Medium)),
            (
                "another device, still not approved after two months",
                0,
                1,
                vec![60],
                Some(Severity::Medium),
            ),
            ("two within a month", 0, 2, vec![30, 3], Some(Severity::High)),
            ("two, the first of them long ago", 0, 2, vec![31, 3], Some(Severity::Medium)),
            ("added and removed again", 0, 0, vec![3], None),
            ("added and removed, and another one added", 0, 1, vec![9, 3], Some(Severity::High)),
            ("two added and removed", 0, 0, vec![9, 3], Some(Severity::High)),
        ] {
            let session = at_home().around(|s| {
                s.device.passkey = passkey(|p| {
                    (p.first_waiting, p.waiting) = (first_waiting, waiting);
                    p.added_days_ago = added_days_ago;
                });
            });
            let found = run(&RULE, &session);
            assert_eq!(found.first().map(|f| f.severity), severity, "{what}");
        }
        assert!(run(&RULE, &at_home()).is_empty(), "nobody needs a passkey");
    }
}
