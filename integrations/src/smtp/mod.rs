//! Mail through any SMTP server: submission with a password, XOAUTH2, or a relay that trusts us.
//!
//! `config.rs` is what the administrator writes, `mime.rs` turns a `Mail` into bytes,
//! `transport.rs` hands them over, `verdict.rs` reads the server's answer. What comes back later names its mail by
//! `bounce_address.rs` and is read by `delivery_report.rs`.

mod bounce_address;
mod config;
mod delivery_report;
mod mime;
mod transport;
mod verdict;

pub use bounce_address::BounceAddress;
pub use config::{Security, SignIn, SmtpConfig};
pub use delivery_report::{DeliveryFailure, NoFailure, REPORT_BYTES_MAX, delivery_failure};
pub use mime::message;
pub use transport::Smtp;

/// As configuration writes it.
pub const NAME: &str = "smtp";
