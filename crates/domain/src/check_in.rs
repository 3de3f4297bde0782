//! The words of a check-in's life. What may follow what is decided in `judging`; this file only
//! names the states, so that type, table, route and page use the same ones.

use crate::id::{CheckInId, PersonId, PolicyVersionId};
use crate::time::UtcMillis;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

words! {
    /// Why a check-in exists.
    pub enum CheckInKind {
        /// A hit of the draw.
        Drawn = "drawn",
        /// Step 0 of a case: the second chance after a first miss or an inconclusive session.
        Recheck = "recheck",
        /// Ordered by a person with a reason; always labelled so and never part of the draw.
        Manual = "manual",
        /// The first, supervised session of a person.
        Baseline = "baseline",
    }
}

words! {
    /// Where a check-in is in its life (DESIGN section 7).
    pub enum CheckInState {
        /// The announcement transaction has committed; room and messages are being arranged.
        Booking = "booking",
        /// At least one channel accepted the announcement.
        Announced = "announced",
        /// The join window has begun.
        Open = "open",
        /// Both sides are in the room.
        Live = "live",
        /// An outcome is fixed.
        Judged = "judged",
        /// Everything that follows from the outcome has been started.
        Closed = "closed",
    }
}

words! {
    /// The fold of all attendance events.
    pub enum Attendance {
        Attended = "attended",
        Late = "late",
        Missed = "missed",
        MissedWithNotice = "missed_with_notice",
        Cancelled = "cancelled",
        Technical = "technical",
    }
}

words! {
    /// The verifier's answer about the person he met.
    pub enum Presence {
        /// Matches the reference still.
        Confirmed = "confirmed",
        /// A live person, no reference to compare with.
        LivePersonSeen = "live_person_seen",
        NotConfirmed = "not_confirmed",
        DifferentPerson = "different_person",
        CouldNotTell = "could_not_tell",
    }
}

words! {
    /// Who or what made a check-in fail.
    pub enum Fault {
        Employee = "employee",
        Verifier = "verifier",
        Provider = "provider",
        Network = "network",
        Service = "service",
    }
}

words! {
    /// The fold of findings and presence, in rising order of concern.
    pub enum Assurance {
        Clear = "clear",
        Notes = "notes",
        Inconclusive = "inconclusive",
        Review = "review",
        Escalate = "escalate",
    }
}

words! {
    /// Fixed at judging; what people later find belongs to the case.
    pub enum Outcome {
        Verified = "verified",
        Inconclusive = "inconclusive",
        Missed = "missed",
        Refused = "refused",
        NeedsReview = "needs_review",
        Escalated = "escalated",
        Excused = "excused",
        Void = "void",
    }
}

words! {
    /// A way to reach a person before his check-in.
    pub enum Channel {
        Mail = "mail",
        /// A second mail address, where the person has two.
        SecondMail = "second_mail",
        Calendar = "calendar",
        Slack = "slack",
        Teams = "teams",
    }
}

words! {
    /// How far a person came on the check-in page, in order.
    pub enum PageStep {
        Opened = "opened",
        NoticeRead = "notice_read",
        CameraAndSound = "camera_and_sound",
        Place = "place",
        Waiting = "waiting",
        InRoom = "in_room",
        Done = "done",
    }
}

/// The five clocks of one check-in, fixed when it is selected and shown to the employee.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Clocks {
    /// When the first message may leave: start - notice.
    pub announce: UtcMillis,
    /// The start of the session.
    pub start: UtcMillis,
    /// Minutes after the start within which joining is in time.
    pub window_minutes: u16,
    /// Further minutes within which joining is late, not missed.
    pub grace_minutes: u16,
    /// Planned length of the talk in minutes.
    pub session_minutes: u16,
}

impl Clocks {
    /// Last instant at which joining is in time.
    pub fn window_end(&self) -> UtcMillis {
        self.start.plus_minutes(i64::from(self.window_minutes))
    }

    /// Last instant at which joining is late and not missed.
    pub fn grace_end(&self) -> UtcMillis {
        self.window_end().plus_minutes(i64::from(self.grace_minutes))
    }

    /// Minutes between the announcement and the start.
    pub fn notice_minutes(&self) -> i64 {
        self.start.since(self.announce) / crate::time::MINUTE_MS
    }
}

/// What identifies a check-in: one row per person, label, kind and attempt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckInKey {
    pub id: CheckInId,
    pub person: PersonId,
    pub policy: PolicyVersionId,
    /// The person's local date the check-in belongs to.
    pub label: Date,
    pub kind: CheckInKind,
    /// Counts from 1.
    pub attempt: u16,
}
