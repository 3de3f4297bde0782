//! The laws by which people are drawn, each made into a table of hazards once per policy version.
//! What is committed and compared with `u` are integers; floats stay in this folder, and leave it
//! only as figures for people.

mod cadence;
mod counts;
mod figures;
#[cfg(test)]
mod game_tests;
mod pool;
#[cfg(test)]
mod reference_tests;
mod sentences;

pub use cadence::{CadenceLaw, GAP_DAYS_MAX, SURE_SHARE_MAX};
pub use counts::{CheckInCounts, day_of_gap};
pub use figures::LawFigures;
pub use pool::{ELIGIBLE_DAYS_A_YEAR, Period, PoolLaw};
pub use sentences::{EVASION_KS_MAX, EVASION_KS_REFUSED};

use super::hazard::HazardTable;
use crate::sentence::Sentence;
use serde::{Deserialize, Serialize};

/// A law with its settings.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum DrawLaw {
    /// Per person, by the days since the last draw.
    Cadence(CadenceLaw),
    /// The same chance at every draw.
    Pool(PoolLaw),
}

/// A law made into a table, with what people get from it.
#[derive(Debug, Clone, PartialEq)]
pub struct LawResult {
    pub table: HazardTable,
    /// The floor share in use after lowering; absent under a law without a floor.
    pub floor_share: Option<f64>,
    pub figures: LawFigures,
    /// Plain sentences for whoever writes the policy; empty where all is well.
    pub warnings: Vec<Sentence>,
}

/// Why there is no table for a law: one sentence that says what would be accepted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct LawRefusal(pub Sentence);

impl DrawLaw {
    /// Builds the table.
    ///
    /// # Errors
    /// A setting is out of range, no hazards have the wanted mean, or the draws would be a
    /// timetable ([`EVASION_KS_REFUSED`]).
    pub fn table(&self) -> Result<LawResult, LawRefusal> {
        let result = match self {
            DrawLaw::Cadence(law) => law.table(),
            DrawLaw::Pool(law) => law.table(),
        }?;
        match sentences::refusal(&result.figures) {
            Some(refusal) => Err(refusal),
            None => Ok(result),
        }
    }
}
