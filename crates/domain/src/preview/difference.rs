//! The same year under two sets of policies: what the draft changes, figure by figure.

use super::PreviewReport;
use crate::msg;
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
        (msg!("People in the pool"), |r| f64::from(r.people)),
        (msg!("Check-ins a person and year"), |r| r.burden.mean_a_year),
        (msg!("Minutes of talk a person and year"), |r| r.burden.minutes_a_year),
        (msg!("Longest time without a draw, eligible days"), |r| f64::from(r.gaps.longest_days)),
        (msg!("Drawn without a verifier"), |r| r.uncovered as f64),
        (msg!("Drawn with too few free slots"), |r| r.shielded as f64),
        (msg!("Verifier minutes a week, all policies"), |r| r.verifiers.minutes_a_week),
        (msg!("Drawn without a verifier, all policies"), |r| r.verifiers.uncovered as f64),
    ];
    figures
        .into_iter()
        .map(|(figure, of)| Difference { figure, before: of(before), after: of(after) })
        .collect()
}
