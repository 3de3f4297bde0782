//! What people and programs reach over HTTP: pages, the room's socket, health.
//!
//! A handler reads what it was proved to be allowed, calls one act, and fills one typed page. It
//! writes no row and no markup. Who may reach what is one list of routes (`router.rs`).

mod api;
mod assets;
mod errors;
mod flash;
mod frame;
pub(crate) mod guard;
mod headers;
mod health;
mod line;
mod listing;
pub mod pages;
mod peer;
pub mod presence;
pub mod previews;
pub mod room;
mod router;
mod serve;
pub mod session;
mod state;
pub mod stun;

#[cfg(test)]
mod tests;

pub use errors::{Answer, Fail};
pub use flash::with_flash;
pub use frame::{Zoned, person_name};
pub use peer::Peer;
pub use router::{Access, Passkeys, Route, router, routes};
pub use serve::serve;
pub use state::{DemoHooks, Web, WebSettings};
pub use stun::Stun;
