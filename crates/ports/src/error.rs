//! How the outside can fail. The engine's retry policy reads these five answers and nothing else.

use muster_domain::time::UtcMillis;

/// What a provider's failure means for us.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PortError {
    /// Passing trouble: an outage, a rate limit, a 4xx of SMTP. With the provider's own wish for
    /// the next attempt where it gave one.
    #[error("try later ({detail})")]
    TryLater { not_before: Option<UtcMillis>, detail: String },
    /// Our credential is no longer accepted; an administrator has to act.
    #[error("reconnect: {0}")]
    Reconnect(String),
    /// The provider understood and said no; the same request will be refused again.
    #[error("refused: {0}")]
    Refused(String),
    /// What we speak of no longer exists there.
    #[error("gone")]
    Gone,
    /// An answer outside its own contract.
    #[error("broken: {0}")]
    Broken(String),
}

/// The result of a call to the outside.
pub type PortResult<T> = Result<T, PortError>;
