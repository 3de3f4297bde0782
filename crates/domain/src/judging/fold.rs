//! The fold of findings and presence to assurance: a fixed table, first row that fits.
//!
//! Adding a finding never lowers the result, the order of findings does not matter, low and info
//! never change it, and one family alone never escalates unless a finding is critical. No score:
//! the answer comes with the row and the few findings that made it fit.

use super::evidence::RequiredEvidence;
use super::finding::{Family, Finding, Severity};
use crate::check_in::{Assurance, Presence};
use serde::{Deserialize, Serialize};

words! {
    /// The rows of the table, in order.
    pub enum FoldRow {
        AnyCritical = "any_critical",
        DifferentPerson = "different_person",
        TwoHighFamilies = "two_high_families",
        AnyHigh = "any_high",
        NotConfirmed = "not_confirmed",
        TwoMediumFamilies = "two_medium_families",
        EvidenceMissing = "evidence_missing",
        CouldNotTell = "could_not_tell",
        AnyMedium = "any_medium",
        Nothing = "nothing",
    }
}

impl FoldRow {
    /// What the row gives.
    pub const fn assurance(self) -> Assurance {
        match self {
            FoldRow::AnyCritical | FoldRow::DifferentPerson | FoldRow::TwoHighFamilies => {
                Assurance::Escalate
            }
            FoldRow::AnyHigh | FoldRow::NotConfirmed | FoldRow::TwoMediumFamilies => {
                Assurance::Review
            }
            FoldRow::EvidenceMissing | FoldRow::CouldNotTell => Assurance::Inconclusive,
            FoldRow::AnyMedium => Assurance::Notes,
            FoldRow::Nothing => Assurance::Clear,
        }
    }

    /// The row in one sentence.
    pub const fn sentence(self) -> &'static str {
        match self {
            FoldRow::AnyCritical => "One finding alone is serious enough for security to look.",
            FoldRow::DifferentPerson => "The verifier met somebody else.",
            FoldRow::TwoHighFamilies => "Two serious findings of different kinds agree.",
            FoldRow::AnyHigh => "One serious finding needs a human look.",
            FoldRow::NotConfirmed => "The verifier could not confirm the person.",
            FoldRow::TwoMediumFamilies => "Two findings of different kinds agree.",
            FoldRow::EvidenceMissing => "Evidence that the policy asks for is missing or too poor.",
            FoldRow::CouldNotTell => "The verifier could not tell.",
            FoldRow::AnyMedium => "Something was noted; it needs no action by itself.",
            FoldRow::Nothing => "Nothing stood out.",
        }
    }
}

/// The result and its reason.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AssuranceFold {
    pub assurance: Assurance,
    pub row: FoldRow,
    /// The smallest set of findings (rule ids) that made the row fit; empty where presence or
    /// missing evidence did.
    pub because: Vec<String>,
    /// Required evidence that was missing or poor, whether or not it decided.
    pub evidence_missing: Vec<RequiredEvidence>,
    pub sentence: String,
}

/// Folds the active findings, the verifier's answer and what required evidence is missing.
pub fn fold_assurance(
    findings: &[Finding],
    presence: Option<Presence>,
    evidence_missing: &[RequiredEvidence],
) -> AssuranceFold {
    let mut active: Vec<&Finding> = findings.iter().filter(|f| f.is_active()).collect();
    active.sort_by(|a, b| (a.family, &a.rule_id).cmp(&(b.family, &b.rule_id)));
    let (row, because) = first_row(&active, presence, !evidence_missing.is_empty());
    let mut evidence_missing = evidence_missing.to_vec();
    evidence_missing.sort();
    evidence_missing.dedup();
    AssuranceFold {
        assurance: row.assurance(),
        row,
        because: because.iter().map(|f| f.rule_id.clone()).collect(),
        evidence_missing,
        sentence: row.sentence().to_owned(),
    }
}

fn first_row<'a>(
    active: &[&'a Finding],
    presence: Option<Presence>,
    missing: bool,
) -> (FoldRow, Vec<&'a Finding>) {
    if let Some(one) = first_of(active, Severity::Critical) {
        return (FoldRow::AnyCritical, vec![one]);
    }
    if presence == Some(Presence::DifferentPerson) {
        return (FoldRow::DifferentPerson, vec![]);
    }
    if let Some(pair) = pair_of_families(active, Severity::High) {
        return (FoldRow::TwoHighFamilies, pair);
    }
    if let Some(one) = first_of(active, Severity::High) {
        return (FoldRow::AnyHigh, vec![one]);
    }
    if presence == Some(Presence::NotConfirmed) {
        return (FoldRow::NotConfirmed, vec![]);
    }
    if let Some(pair) = pair_of_families(active, Severity::Medium) {
        return (FoldRow::TwoMediumFamilies, pair);
    }
    if missing {
        return (FoldRow::EvidenceMissing, vec![]);
    }
    if presence == Some(Presence::CouldNotTell) {
        return (FoldRow::CouldNotTell, vec![]);
    }
    match first_of(active, Severity::Medium) {
        Some(one) => (FoldRow::AnyMedium, vec![one]),
        None => (FoldRow::Nothing, vec![]),
    }
}

fn first_of<'a>(active: &[&'a Finding], severity: Severity) -> Option<&'a Finding> {
    active.iter().find(|f| f.severity == severity).copied()
}

/// Two findings of this severity from different families, the first of each in family order.
fn pair_of_families<'a>(active: &[&'a Finding], severity: Severity) -> Option<Vec<&'a Finding>> {
    let one = first_of(active, severity)?;
    let other: Family = one.family;
    let two = active.iter().find(|f| f.severity == severity && f.family != other)?;
    Some(vec![one, two])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::judging::finding::{Confidence, Disposition, FindingStatus};
    use proptest::prelude::*;

    fn finding(family: Family, severity: Severity) -> Finding {
        Finding {
            rule_id: format!("{family}-{severity}"),
            version: 1,
            family,
            severity,
            confidence: Confidence::Measured,
            evidence: vec![],
            thresholds: vec![],
            sentence_employee: Default::default(),
            sentence_reviewer: Default::default(),
            benign_causes: vec![],
            status: FindingStatus::Active,
            disposition: Disposition::None,
        }
    }

    #[test]
    fn every_row_of_the_table_has_its_example() {
        use {Family::*, Severity::*};
        let location = [RequiredEvidence::Location];
        type Example<'a> =
            (Vec<Finding>, Option<Presence>, &'a [RequiredEvidence], FoldRow, &'a [&'a str]);
        let examples: Vec<Example> = vec![
            (vec![finding(Claim, Critical)], None, &[], FoldRow::AnyCritical, &["claim-critical"]),
            (vec![], Some(Presence::DifferentPerson), &[], FoldRow::DifferentPerson, &[]),
            (
                vec![finding(Place, High), finding(Human, High), finding(Path, High)],
                Some(Presence::Confirmed),
                &[],
                FoldRow::TwoHighFamilies,
                &["place-high", "path-high"],
            ),
            (
                vec![finding(Place, High), finding(Path, Medium)],
                Some(Presence::Confirmed),
                &location,
                FoldRow::AnyHigh,
                &["place-high"],
            ),
            (vec![], Some(Presence::NotConfirmed), &location, FoldRow::NotConfirmed, &[]),
            (
                vec![finding(Path, Medium), finding(Behaviour, Medium)],
                None,
                &[],
                FoldRow::TwoMediumFamilies,
                &["path-medium", "behaviour-medium"],
            ),
            (
                vec![finding(Path, Medium), finding(Path, Medium)],
                Some(Presence::Confirmed),
                &location,
                FoldRow::EvidenceMissing,
                &[],
            ),
            (
                vec![finding(Path, Medium)],
                Some(Presence::CouldNotTell),
                &[],
                FoldRow::CouldNotTell,
                &[],
            ),
            (
                vec![finding(Path, Medium), finding(Clock, Low)],
                Some(Presence::Confirmed),
                &[],
                FoldRow::AnyMedium,
                &["path-medium"],
            ),
            (
                vec![finding(Path, Low), finding(Clock, Info)],
                Some(Presence::LivePersonSeen),
                &[],
                FoldRow::Nothing,
                &[],
            ),
        ];
        let rows: Vec<FoldRow> = examples.iter().map(|e| e.3).collect();
        assert_eq!(rows, FoldRow::ALL);
        for (findings, presence, missing, row, because) in examples {
            let fold = fold_assurance(&findings, presence, missing);
            assert_eq!(fold.row, row);
            assert_eq!(fold.because, because, "{row}");
        }
    }

    #[test]
    fn a_suppressed_finding_does_not_count() {
        let mut one = finding(Family::Claim, Severity::Critical);
        one.status = FindingStatus::NotMeasurable { reason: "no data pack".into() };
        assert_eq!(fold_assurance(&[one], None, &[]).assurance, Assurance::Clear);
    }

    fn any_finding() -> impl Strategy<Value = Finding> {
        (0..Family::ALL.len(), 0..Severity::ALL.len())
            .prop_map(|(f, s)| finding(Family::ALL[f], Severity::ALL[s]))
    }

    fn any_presence() -> impl Strategy<Value = Option<Presence>> {
        proptest::option::of((0..Presence::ALL.len()).prop_map(|i| Presence::ALL[i]))
    }

    fn missing(yes: bool) -> Vec<RequiredEvidence> {
        if yes { vec![RequiredEvidence::Location] } else { vec![] }
    }

    proptest! {
        #[test]
        fn adding_a_finding_never_lowers_the_result(
            mut findings in proptest::collection::vec(any_finding(), 0..6),
            one in any_finding(), presence in any_presence(), poor in any::<bool>(),
        ) {
            let before = fold_assurance(&findings, presence, &missing(poor)).assurance;
            findings.push(one);
            prop_assert!(fold_assurance(&findings, presence, &missing(poor)).assurance >= before);
        }

        #[test]
        fn the_order_of_findings_does_not_matter(
            findings in proptest::collection::vec(any_finding(), 0..6)
                .prop_flat_map(|f| (Just(f.clone()), Just(f).prop_shuffle())),
            presence in any_presence(), poor in any::<bool>(),
        ) {
            prop_assert_eq!(
                fold_assurance(&findings.0, presence, &missing(poor)),
                fold_assurance(&findings.1, presence, &missing(poor))
            );
        }

        #[test]
        fn low_and_info_never_change_anything(
            findings in proptest::collection::vec(any_finding(), 0..6),
            presence in any_presence(), poor in any::<bool>(),
        ) {
            let heavy: Vec<Finding> =
                findings.iter().filter(|f| f.severity >= Severity::Medium).cloned().collect();
            prop_assert_eq!(
                fold_assurance(&findings, presence, &missing(poor)),
                fold_assurance(&heavy, presence, &missing(poor))
            );
        }

        #[test]
        fn one_family_alone_never_escalates_unless_critical(
            mut findings in proptest::collection::vec(any_finding(), 0..8), family in 0..11_usize,
        ) {
            for finding in &mut findings {
                finding.family = Family::ALL[family];
                finding.severity = finding.severity.min(Severity::High);
            }
            let fold = fold_assurance(&findings, Some(Presence::Confirmed), &[]);
            prop_assert!(fold.assurance < Assurance::Escalate);
        }

        #[test]
        fn the_explanation_alone_gives_the_same_row(
            findings in proptest::collection::vec(any_finding(), 0..6),
            presence in any_presence(), poor in any::<bool>(),
        ) {
            let fold = fold_assurance(&findings, presence, &missing(poor));
            let few: Vec<Finding> = fold
                .because
                .iter()
                .map(|id| findings.iter().find(|f| f.rule_id == *id).unwrap().clone())
                .collect();
            prop_assert_eq!(fold_assurance(&few, presence, &missing(poor)).row, fold.row);
            for left_out in 0..few.len() {
                let mut fewer = few.clone();
                fewer.remove(left_out);
                let row = fold_assurance(&fewer, presence, &missing(poor)).row;
                prop_assert_ne!(row, fold.row, "one less must not be enough");
            }
        }
    }
}
