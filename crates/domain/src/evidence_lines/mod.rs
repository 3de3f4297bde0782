//! Recorded evidence, one JSON object a line: what `muster assess` reads. `docs/assess.md` says it
//! for people, `schema` for programs, and both come from the table in `shape`.
//!
//! Pure: what polygons and address data know comes in as functions. No name, no language and no
//! locale is read, because no field holds one.

mod check;
mod read;
mod schema;
mod shape;
mod special;

pub use read::{EvidenceLine, LookUps};
pub use schema::schema;
pub use shape::{LINE, fields_guide};
pub use special::is_of_the_internet;

/// Why a line was not judged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineFault {
    /// The line's id, if it could be read.
    pub id: Option<serde_json::Value>,
    /// Every fault, with the field and what would be accepted.
    pub sentence: String,
}

#[cfg(test)]
mod tests;
