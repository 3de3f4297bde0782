//! The audit of draws: reads a bundle line by line, recomputes every draw of a period from the
//! committed rows and the revealed keys, and says who was spared, singled out or steered. It trusts
//! nothing of who made the bundle but the key that signed the log.
//!
//! Formats and every check: `docs/draw-format.md`, "Bundle". An independent program in another
//! language follows the same text.

mod auditor;
mod bundle;
mod expected;
mod finding;
mod keys;
mod log;
mod people;
mod rows;
mod states;
mod statistics;

#[cfg(test)]
mod tests;

pub use auditor::{Auditor, BeaconVerdict, Trust};
pub use bundle::{
    End, FORMAT, Header, LEAD_IN_DAYS, LEAD_OUT_DAYS, OPENED, Opening, PERIOD_DAYS_MAX,
    RevealedKey, SHOWN, line_of,
};
pub use finding::{Code, Fault, Finding, List, Report};
pub use states::{Committed, States, Walk};
pub use statistics::{EVENTS_MIN, Statistic, Z_MIN};
