//! How a job can end badly. The runner reads it and nothing else: a provider's answer decides when
//! to try again, everything else is a fault of ours.

use crate::acts::ActError;
use muster_ports::PortError;
use muster_store::StoreError;

/// How a job did not end well.
#[derive(Debug, thiserror::Error)]
pub(super) enum JobError {
    #[error(transparent)]
    Act(#[from] ActError),
    /// A provider's answer, with the provider's name.
    #[error("{provider}: {error}")]
    Port { provider: String, error: PortError },
    /// The provider's breaker is open until then; no attempt is spent.
    #[error("waits for {provider}")]
    Waits { provider: String, until: muster_domain::time::UtcMillis },
}

impl From<StoreError> for JobError {
    fn from(error: StoreError) -> JobError {
        JobError::Act(error.into())
    }
}
