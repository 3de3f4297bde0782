//! How a person's passkeys stand at one check-in: what the answer about place was signed with, and which of
//! them nobody has approved. Shapes only, and no ids: a judgement is replayed without knowing whose it is.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

words! {
    /// What became of a passkey when the place was asked.
    pub enum PasskeyUse {
        /// None was enrolled, so none was asked for.
        NotAsked = "not_asked",
        Used = "used",
        /// The person went on without it.
        WentOn = "went_on",
        /// The page could not ask: an old browser, or none that signs.
        NotOffered = "not_offered",
    }
}

/// What is kept of it in an attestation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PasskeyAnswer {
    pub used: PasskeyUse,
    /// The row of the one that signed; judging is given how it stands.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub passkey: Option<Uuid>,
    /// Whether it may live on several devices.
    pub is_synced: bool,
    /// Whether it counted less than the last time.
    pub count_fell: bool,
}

/// What judging is given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PasskeyStanding {
    pub used: PasskeyUse,
    pub is_synced: bool,
    pub count_fell: bool,
    /// Other people for whom the same credential, or its key, signed.
    pub other_people: u32,
    /// Those that wait for somebody's approval and came before any that has it.
    pub first_waiting: u32,
    /// Those that wait and came after one that was approved: a change of device.
    pub waiting: u32,
    /// Days since each that was never approved and came after one that was, whether it is still there or was
    /// removed.
    pub added_days_ago: Vec<u32>,
}
