//! The demo: the real product with a fictional company, a mailbox instead of a mail server, a
//! clock that can be moved, one host name a persona, and people who act by themselves where the
//! visitor plays nobody. Never part of `serve`; packages can be built without it.

mod clock;
mod company;
mod farm;
mod history;
mod hooks;
mod mailbox;
mod pages;
mod personas;
mod processor;
mod residents;
mod stories;
mod world;

#[cfg(test)]
mod tests;

pub use history::{WEEKS, WEEKS_MAX};
pub use processor::keep_to_one as keep_to_one_processor;
pub use world::{DemoOptions, run};

pub(crate) use world::World;
