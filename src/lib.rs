//! The running service: configuration, what people do (`acts`), what happens by itself
//! (`engine`), what people see (`web`), commands, and the one place where they are wired (`app`).
//!
//! Arrows: `commands` and `app` know everything; `web` and `engine` know `acts` and the crates
//! below and never each other; `acts` knows store, messages and domain.

pub mod acts;
pub mod app;
pub mod commands;
pub mod config;
pub mod telemetry;
pub mod web;
