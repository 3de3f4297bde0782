//! What is known of places and addresses, and how old that knowledge is: never what it means.
//! Rules in `muster_domain::judging` read it.
//!
//! Raw data of others ([`sources`]) becomes a pack: sorted ranges in a file of our own with a
//! manifest beside it ([`pack`]). [`Packs`] answers what the installed packs say of one address;
//! [`PackHolder`] swaps them while the service runs. Points are asked of [`polygons`]. Nothing here fetches anything or reads a clock.

pub mod folder;
pub mod install;
pub mod kind;
pub mod manifest;
pub mod own;
pub mod pack;
pub mod polygons;
pub mod sources;
pub mod special;
pub mod value;

mod centre;
mod holder;
mod line_classes;
mod packs;
mod ranges;
mod table;
mod table_file;

#[cfg(test)]
mod table_file_tests;

use muster_domain::msg;

/// Data that is part of the program, as text and link: whom its licences want to be thanked.
pub const SHIPPED: [(&str, &str); 1] = [(
    msg!("Time zones and borders: OpenStreetMap contributors, Open Database Licence"),
    "https://www.openstreetmap.org/copyright",
)];

pub use holder::PackHolder;
pub use ipnet::IpNet;
pub use kind::Kind;
pub use manifest::{Freshness, Manifest};
pub use own::{OwnNetworks, Site, SiteKind};
pub use pack::{Pack, PackError};
pub use packs::{PackAge, Packs};
pub use ranges::{NotInOrder, Ranges};
pub use table::{Place, Table};
pub use table_file::Damaged;
