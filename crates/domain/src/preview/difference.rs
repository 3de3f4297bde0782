//! The same year under two sets of policies: what the draft changes, figure by figure.

use super::PreviewReport;
use serde::Serialize;

/// One figure of both years.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Difference {
    /// What is compared, with its unit.
    pub figure: &'static str,
    pub before: f64,
    pub after: f64,
}

/// What changes from the version in force to the draft.
pub fn differences(before: &PreviewReport, after: &PreviewReport) -> Vec<Difference> {
    type Of = fn(&PreviewReport) -> f64;
    let figures: [(&'static str, Of); 8] = [
        ("People in the pool", |r| f64::from(r.people)),
        ("Check-ins a person and year", |r| r.burden.mean_a_year),
        ("Minutes of talk a person and year", |r| r.burden.minutes_a_year),
        ("Longest time without a draw, eligible days", |r| f64::from(r.gaps.longest_days)),
        ("Drawn without a verifier", |r| r.uncovered as f64),
        ("Drawn with too few free slots", |r| r.shielded as f64),
        ("Verifier minutes a week, all policies", |r| r.verifiers.minutes_a_week),
        ("Drawn without a verifier, all policies", |r| r.verifiers.uncovered as f64),
    ];
    figures
        .into_iter()
        .map(|(figure, of)| Difference { figure, before: of(before), after: of(after) })
        .collect()
}
