//! Closed codes of cases in the words people read. Codes are stored; these words may change.

use muster_domain::case::{CaseCause, ResolutionCode};

words! {
    /// Why a first plain miss is excused.
    pub enum ExcuseCode {
        Absence = "absence",
        PowerOrLine = "power_or_line",
        Work = "work",
        Other = "other",
    }
}
