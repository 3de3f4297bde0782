//! What people do, and the few things the engine does in their name: each act is one
//! transaction that checks, changes rows, writes its audit entry and plans the work that follows.
//!
//! No network here. Pages, commands and jobs call acts; acts know store, messages and domain.

pub mod accommodations;
pub mod admin;
pub mod alarms;
pub mod announce;
pub mod baseline;
pub mod bounces;
pub mod cases;
pub mod chains;
pub mod challenges;
pub mod check_in;
pub mod context;
pub mod coverage;
pub mod dead_work;
pub mod delegations;
pub mod disruptions;
pub mod draw_audit;
pub mod draw_token;
pub mod evidence_view;
pub mod exceptions;
pub mod excuse;
pub mod explain;
pub mod external_findings;
pub mod holders;
pub mod holidays;
pub mod language;
pub mod lines;
pub mod links;
pub mod manual;
pub mod mode;
pub mod my_draws;
pub mod notices;
pub mod notify;
pub mod objections;
pub mod observations;
pub mod office;
pub mod passkeys;
pub mod personal_data;
pub mod place_record;
pub mod policy;
pub mod private_blocks;
pub mod programme;
pub mod receipts;
pub mod replay;
pub mod roster;
pub mod rule_record;
pub mod setup;
pub mod short_code;
pub mod sightings;
pub mod sign_in;
pub mod sites;
pub mod slot_change;
pub mod stand_by;
#[cfg(test)]
pub(crate) mod test_support;
pub mod tokens;
pub mod verify;
pub mod zone_change;

pub use context::{Context, Gathering, Settings};

/// The same words from the same person within this time are one submission sent twice.
const TWICE_MS: i64 = 10 * muster_domain::time::MINUTE_MS;

/// Why an act was not done.
#[derive(Debug, thiserror::Error)]
pub enum ActError {
    /// The person may not do this. The sentence is for that person.
    #[error("{0}")]
    Forbidden(String),
    /// What was asked does not fit the state of things (double submit, too late, gone).
    #[error("{0}")]
    Conflict(String),
    /// What was typed cannot be taken; field name and sentence each.
    #[error("{}", .0.iter().map(|(f, s)| format!("{f}: {s}")).collect::<Vec<_>>().join("; "))]
    Invalid(Vec<(&'static str, String)>),
    /// Too many tries.
    #[error("{0}")]
    TooMany(String),
    #[error(transparent)]
    Store(#[from] muster_store::StoreError),
    #[error("message: {0}")]
    Message(#[from] muster_messages::mail::MailError),
}

/// The result of an act.
pub type ActResult<T> = Result<T, ActError>;

impl ActError {
    /// For the person who may not.
    pub fn forbidden(sentence: &str) -> ActError {
        ActError::Forbidden(sentence.to_owned())
    }

    /// For something that does not fit any more.
    pub fn conflict(sentence: &str) -> ActError {
        ActError::Conflict(sentence.to_owned())
    }

    /// For one field that cannot be taken.
    pub fn invalid(field: &'static str, sentence: &str) -> ActError {
        ActError::Invalid(vec![(field, sentence.to_owned())])
    }
}

impl From<sea_orm::DbErr> for ActError {
    fn from(error: sea_orm::DbErr) -> ActError {
        ActError::Store(error.into())
    }
}
