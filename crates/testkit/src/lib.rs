//! What tests stand on: a private PostgreSQL cluster, a real mail server, scripted fakes, a
//! running `muster` process. A development dependency only.
//!
//! Every harness fails when its tool is missing; none of them skips. Whatever is started ends
//! with the test process, also when that is killed.

mod poll;
mod watchdog;

pub mod command;
pub mod files;
pub mod http;
pub mod mmdb;
pub mod postgres;
pub mod scripted_smtp;
pub mod service;
pub mod smtp;

pub use muster_simulation::{MailAnswer, MovableClock, ScriptedMail, SeededEntropy};
pub use poll::{eventually, free_port};
