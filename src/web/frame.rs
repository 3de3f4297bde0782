//! The frame of a page for one visitor, and instants as that visitor reads them.

use super::errors::{Answer, Fail};
use super::session::{SignedIn, Visitor};
use super::state::Web;
use crate::acts::context::zone_of;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse};
use jiff::tz::TimeZone;
use muster_domain::id::PersonId;
use muster_domain::person::Role;
use muster_domain::time::UtcMillis;
use muster_messages::Template;
use muster_messages::language::dates;
use muster_messages::mail::times::city_of;
use muster_messages::pages::{Moment, PageFrame};
use muster_messages::t;
use muster_store::entities::person;
use muster_store::{StoreResult, people};

impl Web {
    /// A page's frame. `current` is the path of the navigation's entry to mark, e.g. `/cases`.
    pub async fn frame(&self, visitor: &Visitor, title: &str, current: &str) -> PageFrame {
        let nobody = self.demo.as_ref().map_or("UTC", |demo| demo.home_zone());
        let zone = visitor.session().map_or(nobody, |s| s.person.zone.as_str());
        let organisation = &self.context.settings.organisation;
        let now = self.context.now();
        let mut frame = PageFrame::new(organisation, title, now, zone, visitor.csrf());
        if let Some(session) = visitor.session() {
            let roles: Vec<Role> = session.roles.iter().copied().collect();
            frame = frame.signed_in(&session.person.name, &roles, current);
        }
        if let Some(demo) = &self.demo {
            frame = frame.with_demo(demo.bar(visitor.host(), zone).await);
        }
        frame.flash = visitor.flash().cloned();
        frame
    }

    /// Renders a page.
    pub fn page<T: Template>(&self, context: &T) -> Answer {
        self.page_as(StatusCode::OK, context)
    }

    /// Renders a page with another status, e.g. 422 for a form that cannot be taken as it is.
    pub fn page_as<T: Template>(&self, status: StatusCode, context: &T) -> Answer {
        Ok((status, Html(self.renderer.page(context)?)).into_response())
    }

    /// Instants for this reader.
    pub fn zoned(&self, reader: &SignedIn) -> Zoned {
        Zoned { zone: zone_of(&reader.person), now: self.context.now() }
    }
}

/// A reader's zone and now.
#[derive(Debug, Clone)]
pub struct Zoned {
    pub zone: TimeZone,
    pub now: UtcMillis,
}

impl Zoned {
    /// An instant in the reader's zone.
    pub fn moment(&self, at: UtcMillis) -> Moment {
        Moment::new(at, self.now, &self.zone)
    }

    /// The same with the clock of the person it is about beside it.
    pub fn beside(&self, at: UtcMillis, person: &person::Model) -> Moment {
        let zone = zone_of(person);
        let city = city_of(&zone);
        self.moment(at).beside(at, &self.zone, &zone, &city)
    }

    /// `14:35`
    pub fn clock(&self, at: UtcMillis) -> String {
        at.in_zone(&self.zone).strftime("%H:%M").to_string()
    }

    /// `3 March 2026`
    pub fn date(&self, at: UtcMillis) -> String {
        dates::long(at.date_in(&self.zone))
    }
}

/// Somebody's name, or words where the person is gone.
pub async fn person_name(
    db: &impl sea_orm::ConnectionTrait,
    id: Option<uuid::Uuid>,
) -> StoreResult<String> {
    let Some(id) = id else { return Ok(t!("nobody").to_owned()) };
    let found = people::find(db, PersonId(id)).await?;
    Ok(found.map_or_else(|| t!("somebody who has left").to_owned(), |p| p.name))
}

impl Fail {
    /// For something that must be there and, to this visitor, is not.
    pub fn unless_found<T>(found: Option<T>) -> Result<T, Fail> {
        found.ok_or(Fail::NotFound)
    }
}
