//! What the room tells the rest of the service: facts about connections and what each side says
//! it receives. Nothing here judges; a client may lie about what it receives, so both ends are
//! kept and compared later.

use super::protocol::{Side, TroubleError, TroubleStep};
use async_trait::async_trait;
use muster_domain::id::{CheckInId, PersonId};
use muster_domain::time::UtcMillis;
use serde::Serialize;
use uuid::Uuid;

/// One connection of one page; fresh for every socket, so that a rejoin is another one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(transparent)]
pub struct ConnectionId(pub Uuid);

/// Why a connection is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum LeftBy {
    /// The person pressed *leave*.
    Choice,
    /// The socket closed or broke without a word.
    Drop,
    /// Nothing was heard for [`super::socket::SILENCE_SECONDS`].
    Silence,
    /// A newer connection of the same person took the seat.
    Replaced,
    /// The page sent what the protocol does not allow, or too much, or did not read.
    Protocol,
    /// We closed the room, or this instance stopped.
    Closed,
}

/// What happened to a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "change")]
pub enum Change {
    Joined,
    Left { by: LeftBy },
}

/// One raw join or leave: an attendance event of provider `built-in`. For every connection there
/// is exactly one `Joined` and, later, exactly one `Left`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Sighting {
    pub check_in: CheckInId,
    pub side: Side,
    pub person: PersonId,
    pub connection: ConnectionId,
    #[serde(flatten)]
    pub change: Change,
    pub at: UtcMillis,
}

/// What one side says it received of the other since its last report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Receiving {
    pub check_in: CheckInId,
    /// The side that received, i.e. the one that reports.
    pub side: Side,
    pub person: PersonId,
    pub connection: ConnectionId,
    /// Video frames decoded since the last report.
    pub frames_decoded: u64,
    /// Bytes of sound and picture since the last report.
    pub bytes: u64,
    pub at: UtcMillis,
}

/// A difficulty the page met inside the room: the raw material of a receipt of attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Trouble {
    pub check_in: CheckInId,
    pub side: Side,
    pub person: PersonId,
    pub connection: ConnectionId,
    pub step: TroubleStep,
    pub error: TroubleError,
    pub at: UtcMillis,
}

/// Takes what the room saw. An implementation stores durably and handles its own failures: the
/// hub cannot do anything useful with an error of the database. Calls for one connection arrive in order.
#[async_trait]
pub trait RoomEvents: Send + Sync + 'static {
    async fn sighted(&self, sighting: Sighting);
    async fn receiving(&self, report: Receiving);
    async fn trouble(&self, trouble: Trouble);
}
