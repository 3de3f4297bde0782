//! What is held about one person: given out to them, kept under a legal hold, erased.

mod erasure;
mod export;
mod holds;

pub use erasure::{Erasing, erase, erase_due};
pub use export::{ExportedClass, ExportedRow, PersonalData, hand_out, mine};
pub use holds::{place, release};
