//! Ports: what Muster needs from the outside, as small traits with value types.
//!
//! A port says what is wanted, never how a vendor does it. What one vendor alone can do is a
//! separate ability, not another method here. The binary alone knows which provider stands
//! behind a port.

mod beacon;
mod clock;
mod entropy;
mod error;
mod free_busy;
mod mail;
mod probe;
mod room;

pub use beacon::BeaconPort;
pub use clock::{Clock, SystemClock};
pub use entropy::{Entropy, OsEntropy};
pub use error::{PortError, PortResult};
pub use free_busy::{BusyAnswer, BusyQuestion, FreeBusy};
pub use mail::{CalendarPart, Mail, MailPort, MailReceipt, Mailbox};
pub use probe::{Heartbeat, ProbeReport};
pub use room::{Room, RoomPort, RoomRequest};
