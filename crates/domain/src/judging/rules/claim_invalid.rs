//! `claim-invalid`: the attestation cannot be what our page produced.

use super::rule::{Rule, RuleContext, no_thresholds, text};
use crate::judging::evidence::ClaimStatus;
use crate::judging::finding::{Confidence, Family, Finding, Severity};
use crate::sentence::word;
use crate::{msg, sentence};

/// For HR: the attestation's signature is wrong, or its coordinates cannot be a place. The claim
/// is not used. (An expired page is only asked again and never reaches this rule.)
pub const RULE: Rule = Rule {
    id: "claim-invalid",
    version: 1,
    family: Family::Claim,
    severities: &[Severity::Critical],
    confidence: Confidence::Measured,
    about: msg!(
        "The attestation was altered on its way or holds coordinates that cannot be a place. \
            It is not used for anything else."
    ),
    benign_causes: &[
        msg!("a browser extension that replaces the place"),
        msg!("a defect in the page or the device"),
    ],
    settled_by: msg!("Another answer from another browser or device in a new check-in."),
    thresholds: no_thresholds,
    check,
};

fn check(context: &RuleContext) -> Vec<Finding> {
    let Some(claim) = context.claim.filter(|c| c.status == ClaimStatus::Ok) else { return vec![] };
    let Some(point) = claim.point else { return vec![] };
    let reason = match (claim.signature_good, point.is_plausible()) {
        (true, true) => return vec![],
        (false, _) => msg!("its signature does not fit"),
        (true, false) => msg!("its coordinates cannot be a place"),
    };
    let evidence = vec![text(msg!("reason"), reason, msg!("page"), claim.observed_at)];
    let employee = msg!(
        "The place your browser sent could not be used: it was incomplete or changed \
                    on the way. An extension can do this."
    );
    let reviewer = sentence!("The attestation is not usable: {reason}.", reason = word(reason));
    vec![RULE.finding(context, Severity::Critical, evidence, employee, reviewer)]
}

#[cfg(test)]
mod tests {
    use super::super::fixtures::{Session, claim_at, run};
    use super::*;
    use crate::judging::evidence::Claim;

    #[test]
    fn examples() {
        let good = claim_at(52_000_000, 4_000_000, 30);
        let table = [
            ("good", good.clone(), false),
            ("signature", Claim { signature_good: false, ..good.clone() }, true),
            ("zero point", claim_at(9_000, -9_000, 30), true),
            ("out of range", claim_at(91_000_000, 0, 30), true),
            (
                "declined",
                Claim { status: ClaimStatus::Declined, signature_good: false, ..good },
                false,
            ),
        ];
        for (name, claim, expected) in table {
            let session = Session { claim: Some(claim), ..Session::default() };
            assert_eq!(!run(&RULE, &session).is_empty(), expected, "{name}");
        }
    }
}
