//! What the demo adds to every page: who is signed in by host name, and the bar with the clock.

use super::pages;
use super::{World, company};
use crate::web::{DemoHooks, Route};
use async_trait::async_trait;
use muster_domain::id::PersonId;
use muster_domain::time::zone;
use muster_messages::language::dates;
use muster_messages::pages::{DemoAction, DemoBar};
use std::sync::Arc;

/// The world as the web layer sees it.
pub struct Hooks(pub Arc<World>);

#[async_trait]
impl DemoHooks for Hooks {
    fn knows_host(&self, host: &str) -> bool {
        self.0.is_own_host(host)
    }

    async fn persona(&self, host: &str) -> Option<PersonId> {
        let label = self.0.label_of(host)?;
        let person = self.0.persona_of(label).await.ok().flatten()?;
        Some(PersonId(person.id))
    }

    fn home_zone(&self) -> &'static str {
        company::HOME_ZONE
    }

    async fn bar(&self, host: &str, zone_name: &str) -> DemoBar {
        let now = self.0.context.now();
        let tz = zone(zone_name).unwrap_or(jiff::tz::TimeZone::UTC);
        let persona = match self.0.label_of(host) {
            Some(label) => self.0.persona_of(label).await.ok().flatten(),
            None => None,
        };
        let senses = match &persona {
            Some(person) => self.0.senses_of(person).await.ok().flatten(),
            None => None,
        };
        DemoBar {
            now_text: format!(
                "{} {}",
                dates::short(now.date_in(&tz)),
                now.in_zone(&tz).strftime("%H:%M")
            ),
            now_ms: now.0,
            persona: persona.map(|p| p.name).unwrap_or_default(),
            personas: self.0.persona_links("/"),
            actions: DemoAction::strides(),
            senses,
        }
    }

    fn routes(&self) -> Vec<Route> {
        pages::routes(&self.0)
    }
}
