//! Stand-ins that `demo`, `simulate` and the tests share: a clock one can move, entropy one can
//! repeat, providers that follow a script.
//!
//! Nothing here talks to the outside, and nothing here decides anything about a check-in.

pub mod beacon;
pub mod calendars;
pub mod clock;
pub mod entropy;
pub mod mail;

pub use beacon::{BeaconAnswer, ScriptedBeacon};
pub use calendars::ScriptedCalendars;
pub use clock::MovableClock;
pub use entropy::SeededEntropy;
pub use mail::{MailAnswer, ScriptedMail};
