//! Mail through any SMTP server: submission with a password, XOAUTH2, or a relay that trusts us.
//!
//! `config.rs` is what the administrator writes, `mime.rs` turns a `Mail` into bytes,
//! `transport.rs` hands them over, `verdict.rs` reads the server's answer.

mod config;
mod mime;
mod transport;
mod verdict;

pub use config::{Security, SignIn, SmtpConfig};
pub use mime::message;
pub use transport::Smtp;

/// As configuration writes it.
pub const NAME: &str = "smtp";
