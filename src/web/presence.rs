//! What the room saw, into the store. A failure of the database is logged and not repeated: the
//! other side, the page and the verifier's form say the same.

use super::room::{Change, Hub, Receiving, RoomEvents, ServerMessage, Side, Sighting, Trouble};
use crate::acts::sightings::{MediaReport, RoomChange};
use crate::acts::{ActError, Context, check_in, sightings, stand_by};
use async_trait::async_trait;
use muster_domain::check_in::PageStep;
use muster_domain::judging::attendance::Party;
use muster_ports::{Clock, Entropy};
use std::sync::{Arc, OnceLock, Weak};

/// See the module.
pub struct Presence {
    context: Context,
    hub: OnceLock<Weak<Hub>>,
}

/// The hub of all rooms of this instance, with its sightings going into the store.
pub fn hub(context: &Context, clock: Arc<dyn Clock>, entropy: Arc<dyn Entropy>) -> Arc<Hub> {
    let presence = Arc::new(Presence { context: context.clone(), hub: OnceLock::new() });
    let hub = Arc::new(Hub::new(clock, entropy, presence.clone()));
    let _ = presence.hub.set(Arc::downgrade(&hub));
    hub
}

/// The words of the sightings for a side.
pub(super) const fn party(side: Side) -> Party {
    match side {
        Side::Employee => Party::Employee,
        Side::Verifier => Party::Verifier,
    }
}

#[async_trait]
impl RoomEvents for Presence {
    async fn sighted(&self, sighting: Sighting) {
        if sighting.side == Side::Verifier && sighting.change == Change::Joined {
            // Whoever has the seat keeps the session.
            let (id, who) = (sighting.check_in, sighting.person);
            if let Err(error) = stand_by::entered(&self.context, id, who).await {
                log(&error);
            }
        }
        let change = RoomChange {
            check_in: sighting.check_in,
            who: party(sighting.side),
            connection: sighting.connection.0,
            joined: sighting.change == Change::Joined,
            at: sighting.at,
        };
        match sightings::in_room(&self.context, &change).await {
            // The hub is locked while it tells us, so it hears of it afterwards.
            Ok(Some(total)) => {
                let Some(hub) = self.hub.get().and_then(Weak::upgrade) else { return };
                let (id, total) = (sighting.check_in, total as u8);
                tokio::spawn(async move {
                    let tasks = ServerMessage::Tasks { total, revealed: 0 };
                    hub.notify_side(id, Side::Verifier, tasks).await;
                });
            }
            Ok(None) => {}
            Err(error) => log(&error),
        }
    }

    async fn receiving(&self, report: Receiving) {
        let kept = MediaReport {
            check_in: report.check_in,
            seen: party(report.side.other()),
            connection: report.connection.0,
            frames: report.frames_decoded,
            at: report.at,
        };
        if let Err(error) = sightings::receiving(&self.context, &kept).await {
            log(&error);
        }
    }

    async fn trouble(&self, trouble: Trouble) {
        // Receipts are the employee's; what fails at the verifier's end is seen by his form.
        if trouble.side != Side::Employee {
            return;
        }
        let word = |value: serde_json::Value| value.as_str().unwrap_or("other").to_owned();
        let step = word(serde_json::to_value(trouble.step).unwrap_or_default());
        let error = word(serde_json::to_value(trouble.error).unwrap_or_default());
        let (person, id) = (trouble.person, trouble.check_in);
        let error = format!("{step}-{error}");
        let noted =
            check_in::note_attempt(&self.context, person, id, PageStep::InRoom, &error).await;
        if let Err(error) = noted {
            log(&error);
        }
    }
}

fn log(error: &ActError) {
    tracing::warn!(%error, "a sighting of the room was not kept");
}
