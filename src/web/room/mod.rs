//! The built-in room: two people, one page each, media straight between their browsers.
//!
//! The server only carries the few messages the browsers need to find each other, and sees who is
//! connected. No picture and no sound passes here and nothing is recorded. Who may take which seat
//! is decided by the web handler before it calls [`socket::upgrade`]; what a sighting means is
//! decided by judging. The wire is described in `docs/room-protocol.md`.

pub mod hub;
pub mod ice;
pub mod pace;
pub mod protocol;
mod seating;
pub mod sighting;
pub mod socket;

#[cfg(test)]
mod hub_stories;

pub use hub::{Hub, Joined, Seat};
pub use ice::{IceServer, IceSettings, TurnSettings};
pub use protocol::{ClientMessage, CloseCode, PageId, ServerMessage, Side};
pub use sighting::{Change, ConnectionId, LeftBy, Receiving, RoomEvents, Sighting, Trouble};
