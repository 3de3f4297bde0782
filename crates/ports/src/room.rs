//! Places to meet. The base trait is small on purpose: reports and webhooks are abilities of
//! single providers.

use crate::PortResult;
use async_trait::async_trait;
use muster_domain::id::CheckInId;
use muster_domain::time::UtcMillis;
use serde::{Deserialize, Serialize};

/// What is asked of a provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoomRequest {
    pub check_in: CheckInId,
    pub start: UtcMillis,
    pub end: UtcMillis,
    /// Our idempotency token, stable across attempts.
    pub token: String,
}

/// A place to meet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Room {
    /// `built-in` or the provider's name.
    pub provider: String,
    /// The provider's own reference, needed to close the room.
    pub reference: String,
    /// Where people go. For the built-in room this is the check-in page itself.
    pub url: String,
}

/// Opens and closes places to meet.
#[async_trait]
pub trait RoomPort: Send + Sync + 'static {
    /// The provider's name as policies write it.
    fn name(&self) -> &'static str;
    /// Opens a room, or gives back the one this token already opened.
    async fn open(&self, request: &RoomRequest) -> PortResult<Room>;
    /// Closes a room; closing one that is gone is fine.
    async fn close(&self, reference: &str) -> PortResult<()>;
    /// A cheap question whether opening would work now.
    async fn check(&self) -> PortResult<()>;
}
