//! Looking after ourselves: an address outside that hears from us while all is well.

use crate::PortResult;
use async_trait::async_trait;

/// An external dead-man switch: silence there means trouble here.
#[async_trait]
pub trait Heartbeat: Send + Sync + 'static {
    /// Tells the outside that one audit pass was clean.
    async fn beat(&self) -> PortResult<()>;
}

/// What one probe of a provider found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProbeReport {
    /// What was probed, e.g. `mail` or `room:built-in`.
    pub target: String,
    pub ok: bool,
    /// Never personal: an error class or a status.
    pub detail: String,
}
