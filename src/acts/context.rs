//! What every act needs: the store, the messages, and the few settings that stand in texts.

use muster_domain::audit::SigningKey;
use muster_domain::challenge::Catalogue;
use muster_domain::judging::evidence::Point;
use muster_domain::retention::RetentionDays;
use muster_domain::time::{UtcMillis, zone};
use muster_messages::language::Language;
use muster_messages::mail::line::{Line, Link};
use muster_messages::mail::times::{Reader, SubjectZone, city_of};
use muster_messages::mail::{Frame, MailDomain, Messages};
use muster_packs::PackHolder;
use muster_store::Store;
use muster_store::entities::person;
use std::sync::Arc;

/// Settings that stand in pages and mails.
#[derive(Debug, Clone)]
pub struct Settings {
    pub organisation: String,
    /// Sender and organizer.
    pub mail_from: String,
    pub mail_domain: MailDomain,
    pub contact: String,
    /// What is spoken to whoever has chosen nothing else.
    pub language: Language,
    /// What people type, without a slash at the end.
    pub public_url: String,
    /// Whether somebody steps the clock through every due instant (demo, tests).
    pub is_clock_stepped: bool,
    /// Days after which a newcomer may be drawn although the baseline session did not take place.
    pub baseline_deadline_days: i64,
    /// How long each class of data is kept.
    pub retention: RetentionDays,
    /// What judging is told of the organisation itself.
    pub gathering: Gathering,
    /// The cards tasks are drawn from: ours and the organisation's own.
    pub challenges: Arc<Catalogue>,
}

/// What evidence is measured against, from the configuration.
#[derive(Debug, Clone, Default)]
pub struct Gathering {
    /// Where this server stands: round trips are compared with distances from here.
    pub server: Option<Point>,
    /// ISO 3166 codes of countries and regions from which nobody may work.
    pub sanctioned_regions: Vec<String>,
    /// Autonomous systems that are the organisation's own way into the internet.
    pub corporate_egress_asns: Vec<u32>,
}

/// The store with everything an act needs beside it.
#[derive(Clone)]
pub struct Context {
    pub store: Store,
    pub messages: Messages,
    pub settings: Arc<Settings>,
    pub signing: Arc<SigningKey>,
    /// What is known of internet addresses; the engine's sweep keeps it up to date.
    pub packs: PackHolder,
}

impl Context {
    /// Now, as data for what follows.
    pub fn now(&self) -> UtcMillis {
        self.store.clock().now()
    }

    /// Key of Message-IDs and calendar ids: secret, so that an id tells nothing about its parts.
    pub fn id_key(&self) -> [u8; 32] {
        use sha2::{Digest, Sha256};
        Sha256::new()
            .chain_update("muster/message-id/v1")
            .chain_update(self.store.keys().signing_seed())
            .finalize()
            .into()
    }

    /// Key of what a second device types and shows in a check-in.
    pub fn phone_key(&self) -> [u8; 32] {
        use sha2::{Digest, Sha256};
        Sha256::new()
            .chain_update("muster/phone-link/v1")
            .chain_update(self.store.keys().signing_seed())
            .finalize()
            .into()
    }

    /// A page of ours as people open it.
    pub fn page(&self, path: &str) -> Link {
        let url = format!("{}{path}", self.settings.public_url);
        Link::parse(&url).expect("the public address was checked with the configuration")
    }

    /// What every mail to this person has in common.
    pub fn frame(&self, reader: &person::Model) -> Frame {
        Frame::new(
            Line::new(&self.settings.organisation),
            Line::new(&reader.name),
            self.page("/"),
            Line::new(&self.settings.contact),
        )
    }

    /// The person as a reader of instants.
    pub fn reader(&self, person: &person::Model) -> Reader {
        Reader { zone: zone_of(person), now: self.now() }
    }

    /// The person as somebody another reader reads about.
    pub fn subject_zone(&self, person: &person::Model) -> SubjectZone {
        let zone = zone_of(person);
        let city = city_of(&zone);
        SubjectZone { zone, city }
    }
}

/// A person's zone; roster import refuses unknown ones, so UTC stands in for none.
pub fn zone_of(person: &person::Model) -> jiff::tz::TimeZone {
    zone(&person.zone).unwrap_or(jiff::tz::TimeZone::UTC)
}
