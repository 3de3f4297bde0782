//! Fault before blame: who or what made a check-in fail, decided before anything reaches a
//! manager.
//!
//! Promise P6 is kept here. `employee` is the last answer, given only when every condition of the
//! promise is shown by evidence; a missing probe counts against us, never against the person.
//! Faults cannot be farmed: what the person supplies (a receipt, an error) can make a failure
//! technical on his own side, but never ours.

use super::attendance::{Arrival, AttendanceFold, Stay};
use crate::check_in::{Channel, Clocks, Fault, PageStep};
use crate::time::UtcMillis;
use serde::{Deserialize, Serialize};

words! {
    /// What our own probes look at.
    pub enum ProbeTarget {
        /// Ourselves: database, page, signalling.
        Service = "service",
        /// The place to meet.
        Room = "room",
        /// The mail server or chat that carries announcements.
        Mail = "mail",
        /// Our way out to the internet.
        Network = "network",
    }
}

/// One look at one target.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Probe {
    pub target: ProbeTarget,
    pub at: UtcMillis,
    pub ok: bool,
}

/// A known time without a target; `until` none: not over yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Outage {
    pub target: ProbeTarget,
    pub from: UtcMillis,
    pub until: Option<UtcMillis>,
}

/// What became of the announcement on one channel.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Delivery {
    pub channel: Channel,
    /// When the next server took responsibility for it.
    pub accepted_at: Option<UtcMillis>,
    /// Whether it came back.
    pub bounced: bool,
}

/// A signed receipt of attempt: it proves that somebody tried, not why it failed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AttemptReceipt {
    pub at: UtcMillis,
    pub step: PageStep,
    /// Error class the page met, e.g. `camera_denied`; none if nothing failed on the page.
    pub error: Option<String>,
}

/// Everything the decision rests on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FaultEvidence {
    pub probes: Vec<Probe>,
    pub outages: Vec<Outage>,
    /// Every channel the person has.
    pub channels: Vec<Channel>,
    pub deliveries: Vec<Delivery>,
    pub attempts: Vec<AttemptReceipt>,
    /// Many people of one region or network failed within the hour: one disruption, found elsewhere.
    pub shared_disruption: bool,
    /// Whether somebody was asked to stand in for the verifier. Then only who was in the room
    /// counts as having come: a door that was opened by whoever then fell out proves nothing.
    #[serde(default)]
    pub handed_over: bool,
    /// Seconds after the planned announcement within which acceptance still counts as in time:
    /// a hand-over takes a moment, and promise P2 allows it sixty seconds.
    pub acceptance_allowance_seconds: u16,
}

/// Nothing known yet, and the usual allowance.
impl Default for FaultEvidence {
    fn default() -> FaultEvidence {
        FaultEvidence {
            probes: Vec::new(),
            outages: Vec::new(),
            channels: Vec::new(),
            deliveries: Vec::new(),
            attempts: Vec::new(),
            shared_disruption: false,
            handed_over: false,
            acceptance_allowance_seconds: 60,
        }
    }
}

/// So long somebody who stood in must have been in the room, with the person at its door, before a
/// talk that did not come about can lie at the person's end.
const STAND_IN_PATIENCE_MS: i64 = 180_000;

words! {
    /// Why a check-in did not take place. Stable codes for tables, logs and pages.
    pub enum FaultCause {
        ServiceDown = "service_down",
        RoomDown = "room_down",
        NetworkDown = "network_down",
        SharedDisruption = "shared_disruption",
        MailDown = "mail_down",
        NoChannel = "no_channel",
        NotAccepted = "not_accepted",
        AcceptedTooLate = "accepted_too_late",
        Bounced = "bounced",
        BouncesRepeatedly = "bounces_repeatedly",
        NotProbed = "not_probed",
        VerifierAbsent = "verifier_absent",
        AttemptFailed = "attempt_failed",
        ConnectionFailed = "connection_failed",
        CameTooLate = "came_too_late",
        NobodyCame = "nobody_came",
    }
}

impl FaultCause {
    /// Who or what is at fault.
    pub const fn fault(self) -> Fault {
        match self {
            FaultCause::ServiceDown
            | FaultCause::NoChannel
            | FaultCause::NotAccepted
            | FaultCause::AcceptedTooLate
            | FaultCause::NotProbed => Fault::Service,
            FaultCause::RoomDown | FaultCause::MailDown | FaultCause::Bounced => Fault::Provider,
            FaultCause::NetworkDown
            | FaultCause::SharedDisruption
            | FaultCause::BouncesRepeatedly
            | FaultCause::AttemptFailed
            | FaultCause::ConnectionFailed => Fault::Network,
            FaultCause::VerifierAbsent => Fault::Verifier,
            FaultCause::CameTooLate | FaultCause::NobodyCame => Fault::Employee,
        }
    }

    /// A technical failure on the person's side: it makes a session inconclusive, is never a
    /// miss, and never frees from the check-in either.
    pub const fn is_person_side_technical(self) -> bool {
        matches!(
            self,
            FaultCause::BouncesRepeatedly
                | FaultCause::AttemptFailed
                | FaultCause::ConnectionFailed
        )
    }

    /// Whether it counts for `technical-repeated`: the above and a first bounce.
    pub const fn counts_as_technical(self) -> bool {
        self.is_person_side_technical() || matches!(self, FaultCause::Bounced)
    }

    /// One plain sentence.
    pub const fn sentence(self) -> &'static str {
        match self {
            FaultCause::ServiceDown => "Muster itself was not working in those minutes.",
            FaultCause::RoomDown => "The meeting room was not working in those minutes.",
            FaultCause::NetworkDown => "Our own connection was not working in those minutes.",
            FaultCause::SharedDisruption => {
                "Many people in one region or network could not take part in the same hour."
            }
            FaultCause::MailDown => "The mail server was not working before the start.",
            FaultCause::NoChannel => "There was no way on record to reach the person.",
            FaultCause::NotAccepted => {
                "The announcement was not accepted on every channel the person has."
            }
            FaultCause::AcceptedTooLate => {
                "The announcement was accepted later than the notice that is promised."
            }
            FaultCause::Bounced => "The announcement came back as undeliverable.",
            FaultCause::BouncesRepeatedly => {
                "The announcement came back as undeliverable, not for the first time."
            }
            FaultCause::NotProbed => {
                "Nothing shows that our side and the room were working in those minutes."
            }
            FaultCause::VerifierAbsent => "No verifier was there.",
            FaultCause::AttemptFailed => {
                "The person tried to take part; a technical problem on the way stopped it."
            }
            FaultCause::ConnectionFailed => {
                "The person came, but no conversation came about, and our side was working."
            }
            FaultCause::CameTooLate => "The person came after window and grace had passed.",
            FaultCause::NobodyCame => {
                "Nobody came, although the announcement arrived in time and our side was working."
            }
        }
    }
}

/// The decision, with the sentence a page shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FaultDecision {
    pub fault: Fault,
    pub cause: FaultCause,
    pub sentence: String,
}

/// Classes a check-in at which the two did not meet. `technical_before` counts technical failures
/// on the person's side, bounces included, among the four sessions before.
pub fn decide_fault(
    evidence: &FaultEvidence,
    attendance: &AttendanceFold,
    clocks: &Clocks,
    technical_before: usize,
) -> FaultDecision {
    let cause = cause(evidence, attendance, clocks, technical_before);
    FaultDecision { fault: cause.fault(), cause, sentence: cause.sentence().to_owned() }
}

fn cause(
    evidence: &FaultEvidence,
    attendance: &AttendanceFold,
    clocks: &Clocks,
    technical_before: usize,
) -> FaultCause {
    let down = |target| evidence.was_down(target, clocks.announce, clocks.grace_end());
    if down(ProbeTarget::Service) {
        return FaultCause::ServiceDown;
    }
    if down(ProbeTarget::Room) {
        return FaultCause::RoomDown;
    }
    if down(ProbeTarget::Network) {
        return FaultCause::NetworkDown;
    }
    if evidence.shared_disruption {
        return FaultCause::SharedDisruption;
    }
    if matches!(attendance.arrival, Arrival::InTime | Arrival::Late) {
        return cause_after_arrival(evidence, attendance, clocks);
    }
    if evidence.attempts.iter().any(|a| is_real_attempt(a, clocks)) {
        return match verifier_came(evidence, attendance, clocks) {
            true => FaultCause::AttemptFailed,
            false => FaultCause::VerifierAbsent,
        };
    }
    if evidence.deliveries.iter().any(|d| d.bounced) {
        return match technical_before {
            0 => FaultCause::Bounced,
            _ => FaultCause::BouncesRepeatedly,
        };
    }
    cause_without_arrival(evidence, attendance, clocks)
}

fn cause_after_arrival(
    evidence: &FaultEvidence,
    attendance: &AttendanceFold,
    clocks: &Clocks,
) -> FaultCause {
    if !verifier_came(evidence, attendance, clocks) {
        return FaultCause::VerifierAbsent;
    }
    // Whoever waited for a stand-in, or lost the person they were talking to, is not asked to have
    // had more patience than a stand-in then had.
    if evidence.handed_over && attendance.waited_for(clocks) < STAND_IN_PATIENCE_MS {
        return FaultCause::VerifierAbsent;
    }
    // A verifier who is late by more than the window asks for more patience than we promised.
    let kept_waiting = attendance.verifier_at.is_some_and(|at| at > clocks.window_end());
    if kept_waiting && attendance.arrival == Arrival::InTime && !attendance.shared_the_room() {
        return FaultCause::VerifierAbsent;
    }
    FaultCause::ConnectionFailed
}

fn cause_without_arrival(
    evidence: &FaultEvidence,
    attendance: &AttendanceFold,
    clocks: &Clocks,
) -> FaultCause {
    if evidence.was_down(ProbeTarget::Mail, clocks.announce, clocks.grace_end()) {
        return FaultCause::MailDown;
    }
    if evidence.channels.is_empty() {
        return FaultCause::NoChannel;
    }
    let latest = clocks.announce.plus_ms(i64::from(evidence.acceptance_allowance_seconds) * 1_000);
    for channel in &evidence.channels {
        match evidence.accepted_at(*channel) {
            None => return FaultCause::NotAccepted,
            Some(at) if at > latest => return FaultCause::AcceptedTooLate,
            Some(_) => {}
        }
    }
    if !verifier_came(evidence, attendance, clocks) {
        return FaultCause::VerifierAbsent;
    }
    let seen_up = |target| evidence.was_seen_up(target, clocks.start, clocks.grace_end());
    if !seen_up(ProbeTarget::Service) || !seen_up(ProbeTarget::Room) {
        return FaultCause::NotProbed;
    }
    match attendance.arrival {
        Arrival::TooLate => FaultCause::CameTooLate,
        _ => FaultCause::NobodyCame,
    }
}

/// A session could have taken place only if somebody was there to hold it.
fn verifier_came(evidence: &FaultEvidence, attendance: &AttendanceFold, clocks: &Clocks) -> bool {
    if evidence.handed_over {
        let in_time = |s: &Stay| s.until >= clocks.start && s.from <= clocks.grace_end();
        return attendance.verifier.iter().any(in_time);
    }
    attendance.verifier_at.is_some_and(|at| at <= clocks.grace_end())
}

/// Opening the page is no attempt yet; going on, or meeting an error, is.
fn is_real_attempt(attempt: &AttemptReceipt, clocks: &Clocks) -> bool {
    let in_time = clocks.announce <= attempt.at && attempt.at <= clocks.grace_end();
    in_time && (attempt.error.is_some() || attempt.step > PageStep::Opened)
}

impl FaultEvidence {
    fn was_down(&self, target: ProbeTarget, from: UtcMillis, until: UtcMillis) -> bool {
        let failed = |p: &Probe| p.target == target && !p.ok && from <= p.at && p.at <= until;
        let out = |o: &Outage| {
            o.target == target && o.from <= until && o.until.is_none_or(|end| end >= from)
        };
        self.probes.iter().any(failed) || self.outages.iter().any(out)
    }

    fn was_seen_up(&self, target: ProbeTarget, from: UtcMillis, until: UtcMillis) -> bool {
        self.probes.iter().any(|p| p.target == target && p.ok && from <= p.at && p.at <= until)
    }

    /// First acceptance on a channel.
    fn accepted_at(&self, channel: Channel) -> Option<UtcMillis> {
        self.deliveries.iter().filter(|d| d.channel == channel).filter_map(|d| d.accepted_at).min()
    }
}

impl AttendanceFold {
    /// Milliseconds for which a verifier was in the room once the person had come.
    fn waited_for(&self, clocks: &Clocks) -> i64 {
        let Some(arrived) = self.arrived_at else { return 0 };
        let from = arrived.max(clocks.start);
        self.verifier.iter().map(|s| s.until.since(s.from.max(from)).max(0)).sum()
    }

    /// Whether both were in the room at once, however briefly.
    fn shared_the_room(&self) -> bool {
        self.together_ms > 0
    }
}

#[cfg(test)]
#[path = "fault_tests.rs"]
mod tests;
