//! The announcement of a check-in, its update and its cancellation: mail and calendar entry.
//!
//! The link is plain and the code proves only that mail and portal belong together; whoever
//! finds the mail cannot sign in with it. The verifier's name is not known here.

use super::frame::Frame;
use super::line::{Line, Link};
use super::times::{Moment, Reader};
use super::{List, Message, sample};
use crate::calendar_object::{CalendarObject, CalendarUser, Method};
use crate::t;
use muster_domain::check_in::Clocks;
use muster_domain::time::UtcMillis;
use serde::Serialize;

/// Why this check-in exists, as the employee is told.
#[derive(Debug, Clone, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Occasion {
    /// A hit of the draw.
    Drawn,
    /// The second chance after an earlier one.
    Recheck { of: Moment },
    /// Ordered by a person; both who and why are said.
    Manual { ordered_by: Line, reason: Line },
    /// The first, supervised session.
    Baseline { vouched_by: Line },
}

/// The five clocks in the reader's zone.
#[derive(Debug, Clone, Serialize)]
pub struct CheckInTimes {
    pub announced: Moment,
    pub start: Moment,
    /// Last instant in time: end of the join window.
    pub join_by: Moment,
    /// Last instant that counts as late: end of the grace.
    pub accepted_until: Moment,
    pub notice_minutes: i64,
    pub session_minutes: u16,
    #[serde(skip)]
    clocks: Clocks,
}

impl CheckInTimes {
    pub fn new(clocks: &Clocks, reader: &Reader) -> CheckInTimes {
        CheckInTimes {
            announced: reader.moment(clocks.announce),
            start: reader.moment(clocks.start),
            join_by: reader.moment(clocks.window_end()),
            accepted_until: reader.moment(clocks.grace_end()),
            notice_minutes: clocks.notice_minutes(),
            session_minutes: clocks.session_minutes,
            clocks: *clocks,
        }
    }
}

/// What the calendar object needs beyond the mail. Absent where a calendar provider books the
/// event itself: never both, or the employee sees it twice.
#[derive(Debug, Clone)]
pub struct Invite {
    /// From [`super::calendar_uid`]; the same in update and cancellation.
    pub uid: String,
    /// 0 in the invitation; the caller adds one for every later object.
    pub sequence: u32,
    pub stamp: UtcMillis,
    /// An address that can receive replies.
    pub organizer: CalendarUser,
    pub attendee: CalendarUser,
}

impl Invite {
    fn object(
        &self,
        method: Method,
        clocks: &Clocks,
        description: String,
        page: &Link,
    ) -> CalendarObject {
        let minutes = clocks.session_minutes.max(1);
        CalendarObject {
            method,
            uid: self.uid.clone(),
            sequence: self.sequence,
            stamp: self.stamp,
            start: clocks.start,
            end: clocks.start.plus_minutes(i64::from(minutes)),
            organizer: self.organizer.clone(),
            attendee: self.attendee.clone(),
            summary: t!("Video check-in (about {minutes} minutes)", minutes),
            description,
            url: page.as_str().to_owned(),
            alarm_minutes: Some(5),
        }
    }
}

/// The announcement.
#[derive(Debug, Clone, Serialize)]
pub struct Invitation {
    pub frame: Frame,
    pub occasion: Occasion,
    /// The short code that also stands in the portal and on the verifier's screen: `K7-RAIN`.
    pub code: Line,
    /// The check-in's page; signing in happens there.
    pub page: Link,
    pub times: CheckInTimes,
    /// Where the talk takes place: "in your browser, nothing to install".
    pub room: Line,
    /// One-tap *not now* left in this quarter.
    pub not_now_left: u8,
    #[serde(skip)]
    pub invite: Option<Invite>,
}

impl Invitation {
    fn object(&self, method: Method) -> Option<CalendarObject> {
        let description = t!(
            "Code {code}. The same code stands on your page and on the other person's screen.\nOpen {page} and sign in.\nJoin between {from} and {until}.\nNeed another time, or did not expect this? Say so on the page.",
            code = self.code.as_str(),
            page = self.page.as_str(),
            from = self.times.start.clock,
            until = self.times.join_by.clock,
        );
        let invite = self.invite.as_ref()?;
        Some(invite.object(method, &self.times.clocks, description, &self.page))
    }
}

impl Message for Invitation {
    const NAME: &'static str = "invitation";
    const LIST: List = List::CheckIns;

    fn calendar(&self) -> Option<CalendarObject> {
        self.object(Method::Request)
    }

    fn samples() -> Vec<Invitation> {
        let usual = Invitation {
            frame: sample::frame("Jo Park"),
            occasion: Occasion::Drawn,
            code: Line::new("K7-RAIN"),
            page: sample::link("/check-ins/5b0c7f1e"),
            times: CheckInTimes::new(&sample::clocks(), &sample::reader()),
            room: Line::new("in your browser, nothing to install"),
            not_now_left: 2,
            invite: Some(sample::invite("Jo Park", 0)),
        };
        let recheck = Occasion::Recheck { of: sample::moment(-180) };
        let manual = Occasion::Manual {
            ordered_by: Line::new("Ines Duarte, security"),
            reason: Line::reason(
                "Your laptop was reported repaired and returned last week; we confirm that it reached you.",
            ),
        };
        let baseline = Occasion::Baseline { vouched_by: Line::new("Tom Weber, your manager") };
        let with = |occasion| Invitation { occasion, ..usual.clone() };
        vec![
            with(recheck),
            with(manual),
            with(baseline),
            Invitation { not_now_left: 0, invite: None, ..usual.clone() },
            Invitation {
                frame: sample::hostile_frame(),
                occasion: Occasion::Manual {
                    ordered_by: sample::hostile_line(),
                    reason: Line::reason(&sample::hostile()),
                },
                code: sample::hostile_line(),
                room: sample::hostile_line(),
                invite: Some(sample::invite(&sample::hostile(), 0)),
                ..usual.clone()
            },
            usual,
        ]
    }
}

/// The check-in has another time.
#[derive(Debug, Clone, Serialize)]
pub struct InvitationUpdate {
    /// The new state; its invite carries the next sequence number.
    #[serde(flatten)]
    pub invitation: Invitation,
    pub previous_start: Moment,
    /// A short neutral clause: "you asked for another time".
    pub reason: Line,
}

impl Message for InvitationUpdate {
    const NAME: &'static str = "invitation_update";
    const LIST: List = List::CheckIns;

    fn calendar(&self) -> Option<CalendarObject> {
        self.invitation.object(Method::Request)
    }

    fn samples() -> Vec<InvitationUpdate> {
        let moved = |mut invitation: Invitation| {
            let mut clocks = sample::clocks();
            clocks.start = clocks.start.plus_minutes(95);
            invitation.times = CheckInTimes::new(&clocks, &sample::reader());
            if let Some(invite) = &mut invitation.invite {
                invite.sequence += 1;
            }
            invitation
        };
        let hostile = Line::reason(&sample::hostile());
        Invitation::samples()
            .into_iter()
            .map(moved)
            .map(|invitation| InvitationUpdate {
                reason: match invitation.frame.reader_name.as_str() {
                    "Jo Park" => Line::new("You asked for another time."),
                    _ => hostile.clone(),
                },
                invitation,
                previous_start: sample::moment(23),
            })
            .collect()
    }
}

/// The check-in does not take place.
#[derive(Debug, Clone, Serialize)]
pub struct InvitationCancelled {
    pub frame: Frame,
    pub code: Line,
    pub page: Link,
    pub times: CheckInTimes,
    /// One neutral sentence: "No verifier was free."
    pub reason: Line,
    #[serde(skip)]
    pub invite: Option<Invite>,
}

impl Message for InvitationCancelled {
    const NAME: &'static str = "invitation_cancelled";
    const LIST: List = List::CheckIns;

    fn calendar(&self) -> Option<CalendarObject> {
        let description =
            t!("Cancelled. {reason} Nothing is needed from you.", reason = self.reason.as_str());
        let invite = self.invite.as_ref()?;
        Some(invite.object(Method::Cancel, &self.times.clocks, description, &self.page))
    }

    fn samples() -> Vec<InvitationCancelled> {
        let usual = InvitationCancelled {
            frame: sample::frame("Jo Park"),
            code: Line::new("K7-RAIN"),
            page: sample::link("/check-ins/5b0c7f1e"),
            times: CheckInTimes::new(&sample::clocks(), &sample::reader()),
            reason: Line::new("Our video service is not working right now."),
            invite: Some(sample::invite("Jo Park", 1)),
        };
        vec![
            InvitationCancelled { invite: None, ..usual.clone() },
            InvitationCancelled {
                frame: sample::hostile_frame(),
                code: sample::hostile_line(),
                reason: Line::reason(&sample::hostile()),
                invite: Some(sample::invite(&sample::hostile(), 1)),
                ..usual.clone()
            },
            usual,
        ]
    }
}
