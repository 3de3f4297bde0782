//! The closed list of jobs. Web, commands and engine meet here and nowhere else: whoever makes
//! work necessary names a job, the engine runs it.
//!
//! A job is one entity, bounded and idempotent. Its payload holds ids only.

use crate::work::{Lane, NewWork};
use crate::{StoreResult, Tx, work};
use muster_domain::id::{CaseId, CheckInId, NotificationId};
use muster_domain::time::UtcMillis;
use serde::{Deserialize, Serialize};

/// What can be done later, once, by the engine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "job", deny_unknown_fields)]
pub enum Job {
    /// Closes the zone's older labels and commits the inputs of this one.
    OpenLabel { zone: String, label: String },
    /// Commits the inputs of a later block of a label.
    OpenBlock { zone: String, label: String, block: u8 },
    /// Asks the beacon for a boundary's round, and decides its salt.
    AskBeacon { zone: String, label: String, horizon: String },
    /// Reads the busy times of one batch of a zone's people before a label begins; `again`: of
    /// those who could not be read the first time.
    ReadCalendars { zone: String, label: String, batch: u32, again: bool },
    /// Looks once whether the calendar of somebody who was told of a check-in takes its slot.
    ReadCalendar { check_in: CheckInId },
    /// Publishes the chain key of a label that has closed everywhere for seven days.
    RevealKey { label: String },
    /// Hands one message to its provider.
    SendNotification { notification: NotificationId },
    /// Asks the policy's providers for a room.
    OpenRoom { check_in: CheckInId },
    /// Gives the room of a closed check-in back.
    CloseRoom { check_in: CheckInId },
    /// Looks at mail and rooms, so that a fault can be told from a miss.
    Probe { check_in: CheckInId, moment: String },
    /// The join window begins.
    OpenCheckIn { check_in: CheckInId },
    /// Looks whether the verifier is there; if not, somebody else is asked.
    SeekVerifier { check_in: CheckInId, moment: String },
    /// A friendly word to whoever is not there yet.
    Remind { check_in: CheckInId, minute: u16 },
    /// Window and grace have passed.
    CloseWindow { check_in: CheckInId },
    /// The last moment for the verifier's form.
    CloseForm { check_in: CheckInId },
    /// Fixes the outcome, opens the case if there is one.
    Judge { check_in: CheckInId },
    /// Compares who was seen where, for link groups.
    LinkPeople { date: String },
    /// The next step of a case is due, or an acknowledgement may have lapsed.
    AdvanceCase { case: CaseId, turn: u32 },
}

impl Job {
    /// `work.kind`, and the label of metrics.
    pub const fn kind(&self) -> &'static str {
        match self {
            Job::OpenLabel { .. } => "open-label",
            Job::OpenBlock { .. } => "open-block",
            Job::AskBeacon { .. } => "ask-beacon",
            Job::ReadCalendars { .. } => "read-calendars",
            Job::ReadCalendar { .. } => "read-calendar",
            Job::RevealKey { .. } => "reveal-key",
            Job::SendNotification { .. } => "send-notification",
            Job::OpenRoom { .. } => "open-room",
            Job::CloseRoom { .. } => "close-room",
            Job::Probe { .. } => "probe",
            Job::OpenCheckIn { .. } => "open-check-in",
            Job::SeekVerifier { .. } => "seek-verifier",
            Job::Remind { .. } => "remind",
            Job::CloseWindow { .. } => "close-window",
            Job::CloseForm { .. } => "close-form",
            Job::Judge { .. } => "judge",
            Job::LinkPeople { .. } => "link-people",
            Job::AdvanceCase { .. } => "advance-case",
        }
    }

    /// The same job asked for twice has the same key and exists once.
    pub fn key(&self) -> String {
        let kind = self.kind();
        match self {
            Job::OpenLabel { zone, label } => format!("{kind}/{zone}/{label}"),
            Job::OpenBlock { zone, label, block } => format!("{kind}/{zone}/{label}/{block}"),
            Job::AskBeacon { zone, label, horizon } => format!("{kind}/{zone}/{label}/{horizon}"),
            Job::ReadCalendars { zone, label, batch, again } => {
                format!("{kind}/{zone}/{label}/{batch}/{}", u8::from(*again))
            }
            Job::RevealKey { label } => format!("{kind}/{label}"),
            Job::SendNotification { notification } => format!("{kind}/{notification}"),
            Job::ReadCalendar { check_in }
            | Job::OpenRoom { check_in }
            | Job::CloseRoom { check_in }
            | Job::OpenCheckIn { check_in }
            | Job::CloseWindow { check_in }
            | Job::CloseForm { check_in }
            | Job::Judge { check_in } => format!("{kind}/{check_in}"),
            Job::Probe { check_in, moment } | Job::SeekVerifier { check_in, moment } => {
                format!("{kind}/{check_in}/{moment}")
            }
            Job::Remind { check_in, minute } => format!("{kind}/{check_in}/{minute}"),
            Job::LinkPeople { date } => format!("{kind}/{date}"),
            Job::AdvanceCase { case, turn } => format!("{kind}/{case}/{turn}"),
        }
    }

    /// The lane it is served in. Messages of cases go before all others; the caller says so by
    /// [`Job::plan_in`].
    pub const fn lane(&self) -> Lane {
        match self {
            Job::AdvanceCase { .. } | Job::Judge { .. } | Job::CloseWindow { .. } => {
                Lane::Escalation
            }
            Job::SendNotification { .. }
            | Job::OpenLabel { .. }
            | Job::OpenBlock { .. }
            | Job::AskBeacon { .. }
            | Job::OpenCheckIn { .. }
            | Job::SeekVerifier { .. }
            | Job::ReadCalendar { .. } => Lane::Announcement,
            Job::Probe { .. } | Job::CloseForm { .. } | Job::ReadCalendars { .. } => Lane::Intake,
            Job::OpenRoom { .. } | Job::CloseRoom { .. } => Lane::Booking,
            Job::Remind { .. } | Job::RevealKey { .. } | Job::LinkPeople { .. } => Lane::Digest,
        }
    }

    /// Whether giving up is never an answer (DESIGN section 5: case and escalation work has no
    /// maximum of attempts).
    pub const fn never_dies(&self) -> bool {
        matches!(
            self,
            Job::AdvanceCase { .. }
                | Job::Judge { .. }
                | Job::CloseWindow { .. }
                | Job::CloseForm { .. }
                | Job::OpenLabel { .. }
                | Job::SeekVerifier { .. }
                | Job::OpenBlock { .. }
                | Job::AskBeacon { .. }
                | Job::LinkPeople { .. }
        )
    }

    /// Adds the job to the work table in the transaction that made it necessary.
    pub async fn plan(&self, tx: &Tx, due: UtcMillis) -> StoreResult<bool> {
        self.plan_in(tx, self.lane(), due).await
    }

    /// As [`Job::plan`], in another lane.
    pub async fn plan_in(&self, tx: &Tx, lane: Lane, due: UtcMillis) -> StoreResult<bool> {
        let payload = serde_json::to_string(self).expect("a job is plain data");
        work::add(tx, NewWork { kind: self.kind(), key: self.key(), lane, due, payload }).await
    }

    /// Takes the job back if it has not begun.
    pub async fn withdraw(&self, tx: &Tx, why: &str) -> StoreResult<()> {
        work::withdraw(tx, &self.key(), why).await
    }
}
