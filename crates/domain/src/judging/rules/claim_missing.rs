//! `claim-missing`: the place was asked for and not given.

use super::rule::{Rule, RuleContext, no_thresholds, text};
use crate::judging::evidence::ClaimStatus;
use crate::judging::finding::{Confidence, Family, Finding, Severity};
use crate::msg;

/// For HR: the page asked for the place and got none. That is an answer, not an accusation; where
/// the policy demands the place, the session is inconclusive and another way is offered.
pub const RULE: Rule = Rule {
    id: "claim-missing",
    version: 1,
    family: Family::Claim,
    severities: &[Severity::Low],
    confidence: Confidence::Measured,
    about: msg!(
        "The page asked for the place and got none: declined, refused by the browser, or not \
            found. Where the policy asks for the place, the check-in is inconclusive and another \
            way is offered."
    ),
    benign_causes: &[
        msg!("a choice to keep the place private"),
        msg!("location switched off in the system or by the employer"),
        msg!("a computer that cannot find its place"),
    ],
    settled_by: msg!(
        "A new check-in in which the place is shared, or the policy's alternative: a \
                 window view or a meeting in person."
    ),
    thresholds: no_thresholds,
    check,
};

fn check(context: &RuleContext) -> Vec<Finding> {
    let Some(claim) = context.claim else { return vec![] };
    let given = claim.status == ClaimStatus::Ok && claim.point.is_some();
    // Who never came was never asked.
    if given || !context.met {
        return vec![];
    }
    let evidence = vec![text(msg!("status"), claim.status.code(), msg!("page"), claim.observed_at)];
    let employee = msg!(
        "We did not get a place from you. That is recorded as it is; you can use \
                    another way to show it."
    );
    let reviewer = match claim.status {
        ClaimStatus::Ok => msg!("No place was shared (without coordinates)."),
        ClaimStatus::Declined => msg!("No place was shared (declined)."),
        ClaimStatus::Denied => msg!("No place was shared (denied)."),
        ClaimStatus::Unavailable => msg!("No place was shared (unavailable)."),
        ClaimStatus::TimedOut => msg!("No place was shared (timed out)."),
        ClaimStatus::NotAsked => msg!("No place was shared (not asked)."),
    };
    vec![RULE.finding(context, Severity::Low, evidence, employee, reviewer)]
}

#[cfg(test)]
mod tests {
    use super::super::fixtures::{Session, claim_at, run};
    use super::*;
    use crate::judging::evidence::Claim;

    #[test]
    fn examples() {
        let claim = |status| Claim { status, ..claim_at(52_000_000, 4_000_000, 30) };
        for status in ClaimStatus::ALL {
            let session = Session { claim: Some(claim(*status)), ..Session::default() };
            assert_eq!(run(&RULE, &session).is_empty(), *status == ClaimStatus::Ok, "{status}");
        }
        let not_asked = Session::default();
        assert!(run(&RULE, &not_asked).is_empty(), "the policy does not ask");
        let absent =
            Session { met: false, claim: Some(claim(ClaimStatus::NotAsked)), ..Session::default() };
        assert!(run(&RULE, &absent).is_empty(), "who never came was never asked");
    }
}
