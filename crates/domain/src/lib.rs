//! The ground of Muster: nouns, rules and plans.
//!
//! Nothing here is async, does I/O, reads a clock or uses global randomness: every input is an
//! argument, so that a decision can be replayed years later from stored evidence. What a module
//! decides, the engine or the web layer stores; it never calls outwards.

#[macro_use]
mod words;

pub mod access;
pub mod attestation;
pub mod audit;
pub mod calendar;
pub mod case;
pub mod challenge;
pub mod check_in;
pub mod draw;
pub mod draw_audit;
pub mod escalation;
pub mod evidence_lines;
pub mod external;
pub mod ics;
pub mod id;
pub mod judging;
pub mod linking;
pub mod passkey;
pub mod person;
pub mod plan_files;
pub mod policy;
pub mod preview;
pub mod reference_still;
pub mod retention;
pub mod roster;
pub mod sentence;
pub mod time;
