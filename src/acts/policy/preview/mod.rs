//! A preview as an act: the draft, the roster and everything else it depends on are read once; what
//! follows is pure, takes a while and touches no database. Nothing is written, and nothing of the
//! real draw (keys, tokens, where anybody stands) is read.

mod load;
#[cfg(test)]
mod tests;

pub use load::{prepare, unmet};

use super::Draft;
use crate::acts::{ActError, ActResult};
use muster_domain::policy::KeyChange;
use muster_domain::preview::{Difference, Preview, PreviewInput, PreviewReport, differences};
use muster_messages::t;
use serde::Serialize;

/// Weeks where nobody says how many.
pub const WEEKS: u32 = 52;

/// Everything a preview needs.
pub struct Prepared {
    pub draft: Draft,
    /// With the draft in force.
    after: PreviewInput,
    /// As it is today; absent while no policy is in force.
    before: Option<PreviewInput>,
    changes: Vec<KeyChange>,
    overlaps: Vec<String>,
}

/// What came of it.
#[derive(Debug, Clone, Serialize)]
pub struct Previewed {
    pub report: PreviewReport,
    /// Against the version in force; empty where there is none of this name.
    pub differences: Vec<Difference>,
    pub changes: Vec<KeyChange>,
    /// Employee ids of people whom another policy matches too: they are in neither here, and such a
    /// draft cannot come into force.
    pub overlaps: Vec<String>,
}

impl Prepared {
    /// Draws the year, or two of them where there is something to compare. `told` hears after every
    /// boundary how much is done, 0 to 1.
    ///
    /// # Errors
    /// The roster contradicts itself.
    pub fn run(&self, mut told: impl FnMut(f64)) -> ActResult<Previewed> {
        let years = if self.before.is_some() { 2.0 } else { 1.0 };
        let report = year(&self.after, |done| told(done / years))?;
        let differences = match &self.before {
            Some(before) => {
                let before = year(before, |done| told((1.0 + done) / years))?;
                differences(&before, &report)
            }
            None => Vec::new(),
        };
        told(1.0);
        Ok(Previewed {
            report,
            differences,
            changes: self.changes.clone(),
            overlaps: self.overlaps.clone(),
        })
    }
}

fn year(input: &PreviewInput, mut told: impl FnMut(f64)) -> ActResult<PreviewReport> {
    let mut preview = Preview::new(input);
    let broken = |fault| ActError::Conflict(t!("The roster: {fault}.", fault));
    while preview.step().map_err(broken)? {
        let (done, all) = preview.progress();
        told(done as f64 / all.max(1) as f64);
    }
    Ok(preview.finish())
}
