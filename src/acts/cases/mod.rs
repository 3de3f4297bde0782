//! Cases: opened in the transaction of the outcome that caused them, walked up their ladder until
//! somebody takes them on, closed by a person with a reason.

pub mod advance;
mod facts;
mod mail;
mod open;
mod recipients;

pub use facts::known;
pub use mail::checkpoint;
pub use open::{NewCase, open, recheck_ended, stop_waiting};
