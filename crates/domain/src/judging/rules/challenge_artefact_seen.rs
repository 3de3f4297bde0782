//! `challenge-artefact-seen`: the picture broke during a challenge in a way the list names.

use super::rule::{Rule, RuleContext, text, whole};
use crate::challenge::ChallengeAnswer;
use crate::judging::finding::{Confidence, Family, Finding, Severity, Threshold};
use crate::{msg, sentence};

/// For HR: during a challenge the verifier ticked a picture fault that face replacement shows. One
/// task is a note, two are serious: compression and bad light produce single ones every day.
pub const RULE: Rule = Rule {
    id: "challenge-artefact-seen",
    version: 1,
    family: Family::Human,
    severities: &[Severity::Medium, Severity::High],
    confidence: Confidence::Reported,
    about: msg!(
        "During a challenge the verifier saw a picture fault of the tick list. One task with \
            such a fault is medium, two are high."
    ),
    benign_causes: &[
        msg!("a weak connection or strong compression"),
        msg!("background blur or a camera effect"),
        msg!("poor or flickering light"),
    ],
    settled_by: msg!(
        "Another talk over another line and camera, in better light, with another \
                 verifier."
    ),
    thresholds: |s| {
        vec![Threshold::new(
            msg!("challenges_high"),
            s.artefact_challenges_high.into(),
            msg!("challenges"),
        )]
    },
    check,
};

fn check(context: &RuleContext) -> Vec<Finding> {
    let Some(form) = context.form else { return vec![] };
    let seen: Vec<_> =
        form.challenges.iter().filter(|c| c.answer == ChallengeAnswer::ArtefactSeen).collect();
    if seen.is_empty() {
        return vec![];
    }
    let grave = seen.len() >= usize::from(context.settings.artefact_challenges_high);
    let severity = if grave { Severity::High } else { Severity::Medium };
    let count = seen.len() as i64;
    let mut evidence = vec![whole(
        msg!("challenges_with_artefacts"),
        count,
        msg!("challenges"),
        msg!("verifier"),
        form.given_at,
    )];
    for challenge in &seen {
        let ticks: Vec<&str> = challenge.artefacts.iter().map(|a| a.code()).collect();
        let value = format!("{}: {}", challenge.template, ticks.join(", "));
        evidence.push(text(msg!("artefacts"), value, msg!("verifier"), challenge.revealed_at));
    }
    let employee = msg!(
        "The picture showed faults while you did a challenge. A weak connection, blur \
                    or poor light can do this."
    );
    let reviewer = sentence!(
        "Picture faults of the tick list in {count} of {challenges} challenges.",
        count,
        challenges = form.challenges.len()
    );
    vec![RULE.finding(context, severity, evidence, employee, reviewer)]
}

#[cfg(test)]
mod tests {
    use super::super::fixtures::{run, with_form};
    use super::*;

    #[test]
    fn examples() {
        let table = [(0, None), (1, Some(Severity::Medium)), (2, Some(Severity::High))];
        for (count, expected) in table {
            let session = with_form(|form| {
                for challenge in form.challenges.iter_mut().take(count) {
                    challenge.answer = ChallengeAnswer::ArtefactSeen;
                    challenge.artefacts = vec![crate::challenge::Artefact::EdgeFlicker];
                }
            });
            let found = run(&RULE, &session);
            assert_eq!(found.first().map(|f| f.severity), expected, "{count} challenges");
        }
    }
}
