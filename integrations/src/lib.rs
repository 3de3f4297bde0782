//! Providers: each folder carries one of the ports of `muster_ports` over to one outside.
//!
//! Vendor words stop at the folder's edge. Nothing here reads the database, and nothing here
//! decides what a failure means for a check-in: it becomes one of the five answers of `PortError`.

pub mod download;
pub mod fault;
pub mod http;
pub mod oauth;

pub mod built_in_room;
pub mod drand;
pub mod heartbeat;
pub mod ics_free_busy;
pub mod npm;
pub mod smtp;
pub mod test_beacon;

/// What a provider is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ability {
    /// Carries mail.
    Mail,
    /// Opens rooms.
    Room,
    /// Hears that all is well.
    Heartbeat,
    /// Gives public randomness.
    Beacon,
    /// Knows when people are busy.
    FreeBusy,
    /// Holds raw data for data packs.
    Packages,
}

/// One line of the list of providers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Provider {
    /// As configuration and policies write it.
    pub name: &'static str,
    pub ability: Ability,
    /// What it is, in one line; settings page, `doctor` and documentation show it.
    pub summary: &'static str,
}

/// Every provider. A new one is a folder and a line here.
pub const PROVIDERS: &[Provider] = &[
    Provider {
        name: smtp::NAME,
        ability: Ability::Mail,
        summary: "Mail and calendar invitations (iMIP) through any SMTP server",
    },
    Provider {
        name: built_in_room::NAME,
        ability: Ability::Room,
        summary: "One-to-one video in the browser, on this server",
    },
    Provider {
        name: heartbeat::NAME,
        ability: Ability::Heartbeat,
        summary: "An address outside that is called while all is well",
    },
    Provider {
        name: drand::NAME,
        ability: Ability::Beacon,
        summary: "drand's public randomness (quicknet), through relays that are named, always verified",
    },
    Provider {
        name: test_beacon::NAME,
        ability: Ability::Beacon,
        summary: "A beacon that anybody can compute, for the demo and for tests",
    },
    Provider {
        name: ics_free_busy::NAME,
        ability: Ability::FreeBusy,
        summary: "Busy times from iCalendar, one address or file a person",
    },
    Provider {
        name: npm::NAME,
        ability: Ability::Packages,
        summary: "Address data for data packs, from the npm registry or a mirror of it",
    },
];
