//! The one concrete store: entities and queries over SQLite and PostgreSQL, one file an
//! aggregate, the work table, audit entries, and the sealing of personal data.
//!
//! Writing functions take a [`Tx`]; reading ones take any connection. No network call is ever
//! made here, and nothing here decides: it loads, locks and keeps.

#![recursion_limit = "256"]

pub mod agenda;
pub mod alarms;
pub mod audit;
pub mod audit_proofs;
pub mod baselines;
pub mod busy;
pub mod cases;
pub mod chains;
pub mod challenges;
pub mod check_ins;
pub mod connection;
pub mod coverage;
pub mod delegations;
pub mod device_keys;
pub mod disruptions;
pub mod draw_tokens;
pub mod drawable;
pub mod draws;
pub mod entities;
pub mod error;
pub mod evidence;
pub mod external_reports;
pub mod holdings;
pub mod holidays;
pub mod installation;
pub mod jobs;
pub mod keys;
pub mod leases;
pub mod lines;
pub mod links;
pub mod notifications;
pub mod objections;
pub mod observations;
pub mod orders;
pub mod overlaps;
pub mod passkeys;
pub mod people;
pub mod policies;
pub mod private_blocks;
pub mod probes;
mod query;
pub mod reasons;
pub mod roster;
mod rows;
pub mod rule_exceptions;
pub mod rule_records;
pub mod sealed;
pub mod sessions;
pub mod sites;
pub mod stand_by;
pub mod tokens;
mod whose;
pub mod work;

pub use connection::{Store, StoreOptions, Tx};
pub use error::{StoreError, StoreResult};
pub use keys::KeyRing;
pub(crate) use rows::LISTED_MAX;
pub use rows::{insert, insert_all, insert_all_new, insert_new, save, save_all};
pub use sealed::{DataKey, Owner, Place, Sealed};
pub use whose::Whose;
