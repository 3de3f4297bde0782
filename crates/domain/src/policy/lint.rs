//! What the linter says about one policy: figures for experts, sentences for everybody, what is
//! unwise. Computed from the file alone, without a roster; how the draft fares with real people is
//! the preview's business.

use super::ParsedPolicy;
use crate::draw::{CheckInCounts, ELIGIBLE_DAYS_A_YEAR, HazardTable, LawFigures, LawRefusal};
use crate::sentence::{Sentence, as_texts};
use serde::Serialize;

/// Verifier minutes are told for so many people where nobody knows how many the pool has.
pub const LINTED_PEOPLE: u32 = 100;

/// Weeks of a Gregorian year.
const WEEKS_A_YEAR: f64 = 365.2425 / 7.0;

/// A policy file that could be proposed, measured.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Lint {
    #[serde(flatten)]
    pub figures: LawFigures,
    /// A draw is certain on this day of the gap; absent under a law without a maximum.
    pub max_gap_days: Option<u32>,
    /// The floor share in use after lowering; absent under a law without a floor.
    pub floor_share: Option<f64>,
    /// Of full-time work without leave, which takes its share away.
    pub check_ins_a_person_and_year: CheckInCounts,
    pub verifier_minutes_a_week: VerifierMinutes,
    /// How often; how safe right after one; how sure near the end and what could be done with it.
    #[serde(serialize_with = "as_texts")]
    pub sentences: [Sentence; 3],
    /// What is allowed and unwise, one sentence each.
    #[serde(serialize_with = "as_texts")]
    pub warnings: Vec<Sentence>,
    /// The table to commit, under its own flag of the command.
    #[serde(skip)]
    pub table: HazardTable,
}

/// What the check-ins of a policy ask of its verifiers.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct VerifierMinutes {
    /// Talk and pause after it, in an average week.
    pub minutes: f64,
    /// Of the pool.
    pub people: u32,
}

/// Measures a policy. `people` is the size of its pool, if that is known.
///
/// # Errors
/// There is no table for its law, or its draws would be a timetable: a sentence that says what to
/// change.
pub fn lint(parsed: &ParsedPolicy, people: Option<u32>) -> Result<Lint, LawRefusal> {
    let policy = &parsed.policy;
    let law = policy.draw_law()?.table()?;
    let counts = CheckInCounts::of(&law.table, ELIGIBLE_DAYS_A_YEAR as u32);
    let people = people.unwrap_or(LINTED_PEOPLE);
    let a_week = counts.mean / WEEKS_A_YEAR * f64::from(people);
    let max_gap_days = law.table.max_gap_days();
    Ok(Lint {
        figures: law.figures,
        max_gap_days: law.table.has_maximum().then_some(max_gap_days),
        floor_share: law.floor_share,
        check_ins_a_person_and_year: counts,
        verifier_minutes_a_week: VerifierMinutes {
            minutes: a_week * f64::from(policy.clock.occupancy_minutes()),
            people,
        },
        sentences: law.figures.sentences(&law.table, &counts),
        warnings: [parsed.warnings.clone(), law.warnings].concat(),
        table: law.table,
    })
}

impl Lint {
    /// The hazard of the k-th eligible day after a draw, from k = 1 to the maximum gap; one value
    /// under a law whose chance is the same every day.
    pub fn hazards(&self) -> Vec<f64> {
        self.table.thresholds().iter().map(|t| t.hazard()).collect()
    }
}
