//! What the rules about reports of other systems share: which reports they read, and the evidence.

use super::rule::{Rule, RuleContext, text};
use crate::external::{ExternalKind, ExternalReport};
use crate::judging::finding::{Finding, Severity};
use crate::sentence::word;
use crate::{msg, sentence};

/// Severities a report can have; what its sender says counts, and nothing above high.
pub(super) const SEVERITIES: &[Severity] =
    &[Severity::Info, Severity::Low, Severity::Medium, Severity::High];

/// One finding for the gravest report of these kinds, with all of them as evidence.
pub(super) fn reported(
    context: &RuleContext,
    rule: &Rule,
    kinds: &[ExternalKind],
    employee: &'static str,
    reviewer: &'static str,
) -> Vec<Finding> {
    if context.surroundings.reports.is_empty() {
        return vec![];
    }
    let mut reports: Vec<&ExternalReport> =
        context.surroundings.reports.iter().filter(|r| kinds.contains(&r.kind)).collect();
    reports.sort_by_key(|r| (r.at, &r.sender, r.kind, &r.detail));
    let Some(severity) = reports.iter().map(|r| r.severity.min(Severity::High)).max() else {
        return vec![];
    };
    let mut evidence = Vec::new();
    for report in &reports {
        evidence.push(text(msg!("report"), report.kind.code(), &report.sender, report.at));
        if let Some(detail) = &report.detail {
            evidence.push(text(msg!("detail"), detail.clone(), &report.sender, report.at));
        }
    }
    let mut senders: Vec<&str> = reports.iter().map(|r| r.sender.as_str()).collect();
    senders.sort_unstable();
    senders.dedup();
    let said = match (reports.len(), senders.as_slice()) {
        (1, [one]) => {
            sentence!("{reviewer} One report, by {one}.", reviewer = word(reviewer), one = *one)
        }
        (n, all) => sentence!(
            "{reviewer} {n} reports, by {senders}.",
            reviewer = word(reviewer),
            n,
            senders = all.join(" and ")
        ),
    };
    vec![rule.finding(context, severity, evidence, employee, said)]
}

#[cfg(test)]
pub(super) mod examples {
    use super::super::fixtures::{START, Session, run};
    use super::*;
    use crate::judging::finding::Family;

    pub fn report(kind: ExternalKind, severity: Severity) -> ExternalReport {
        ExternalReport {
            kind,
            severity,
            at: START.plus_minutes(-600),
            sender: "endpoint protection".into(),
            detail: Some("seen twice".into()),
        }
    }

    /// Speaks of its own kinds with the gravest severity up to high, and of no other kind.
    pub fn holds(rule: &Rule, kinds: &[ExternalKind]) {
        assert!(run(rule, &Session::default()).is_empty());
        for kind in ExternalKind::ALL {
            let session = |severities: &[Severity]| {
                let reports = severities.iter().map(|s| report(*kind, *s)).collect();
                Session::default().around(|s| s.reports = reports)
            };
            let found = run(rule, &session(&[Severity::Low, Severity::Critical, Severity::Medium]));
            assert_eq!(!found.is_empty(), kinds.contains(kind), "{kind}");
            for finding in found {
                assert_eq!(finding.rule_id, kind.rule_id());
                assert_eq!((finding.severity, finding.family), (Severity::High, Family::External));
                assert_eq!(finding.evidence.len(), 6);
                assert!(
                    finding
                        .sentence_reviewer
                        .to_string()
                        .ends_with("3 reports, by endpoint protection.")
                );
                assert!(!finding.sentence_employee.to_string().contains("endpoint protection"));
            }
            if kinds.contains(kind) {
                assert_eq!(run(rule, &session(&[Severity::Low]))[0].severity, Severity::Low);
            }
        }
    }
}
