//! Cases: opened in the transaction of the outcome that caused them, walked up their ladder until
//! somebody takes them on, closed by a person with a reason.

pub mod advance;
pub mod closing;
pub mod decide;
mod facts;
mod mail;
mod open;
pub mod outlook;
mod recipients;
pub mod second_look;
pub mod standing;
pub mod words;

#[cfg(test)]
pub(crate) mod fixtures;
#[cfg(test)]
mod tests;

pub use facts::known;
pub use mail::{advice, checkpoint, explanations, who};
pub use open::{NewCase, open, recheck_ended, stop_waiting};
