//! The running service as a library, so that stories in `tests/` drive the same modules the
//! binary runs. `main.rs` only parses the command.

pub mod web;
