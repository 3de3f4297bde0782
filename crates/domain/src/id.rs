//! Row ids: made by us, before anything is sealed or sent, and carrying no order and no time
//! (an id that counts or dates would tell a reader of one page how many others exist).

use serde::{Deserialize, Serialize};
use uuid::Uuid;

macro_rules! ids {
    ($($(#[$meta:meta])* $name:ident),+ $(,)?) => { $(
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl $name {
            /// An id from 16 random bytes (RFC 9562 version 4).
            pub fn from_random(bytes: [u8; 16]) -> $name {
                $name(uuid::Builder::from_random_bytes(bytes).into_uuid())
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result { self.0.fmt(f) }
        }

        impl std::str::FromStr for $name {
            type Err = uuid::Error;
            fn from_str(text: &str) -> Result<$name, uuid::Error> { text.parse().map($name) }
        }
    )+ };
}

ids! {
    /// A person on the roster.
    PersonId,
    /// A declared work place or travel notice.
    WorkPlaceId,
    /// An absence.
    AbsenceId,
    /// One version of a cadence policy.
    PolicyVersionId,
    /// A check-in.
    CheckInId,
    /// A case.
    CaseId,
    /// A finding.
    FindingId,
    /// A notification: one message to one recipient over one channel.
    NotificationId,
    /// One row of the work table.
    WorkId,
    /// One audit entry.
    EntryId,
    /// A running instance of the service.
    InstanceId,
}
