//! The fold of raw sightings to attendance.
//!
//! Events are taken by source time and may come in any order, twice, or late: the result depends
//! on the set alone. What the absence of somebody *means* is not decided here (see `fault`).

use crate::check_in::Clocks;
use crate::time::UtcMillis;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

words! {
    /// Who saw it.
    pub enum AttendanceSource {
        /// The conferencing provider's report or webhook.
        Provider = "provider",
        /// Our own check-in page.
        OwnPage = "own_page",
        /// The built-in room's server-side presence.
        RoomPresence = "room_presence",
        /// What one side's browser reports to receive.
        MediaReport = "media_report",
        /// The verifier's word.
        VerifierStatement = "verifier_statement",
        /// Our own question to the provider.
        Poll = "poll",
    }
}

impl AttendanceSource {
    /// Whether a sighting means being in the room, and not only at its door.
    const fn is_inside(self) -> bool {
        !matches!(self, AttendanceSource::OwnPage)
    }
}

words! {
    /// What was seen.
    pub enum AttendanceKind {
        /// Went away. Listed before `joined`: of two events in one millisecond the leaving is the
        /// older half of a reconnect.
        Left = "left",
        /// Came in (on our own page: reached the waiting step).
        Joined = "joined",
        /// Sound or picture was arriving; a sighting of one moment.
        Receiving = "receiving",
        /// Was in the list of participants; a sighting of one moment.
        Seen = "seen",
        /// Opened the page without going further.
        Opened = "opened",
        /// The verifier says that the party did not come.
        Absent = "absent",
    }
}

words! {
    /// Whom a sighting is about.
    pub enum Party {
        Employee = "employee",
        Verifier = "verifier",
    }
}

/// One raw sighting.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AttendanceEvent {
    pub source: AttendanceSource,
    pub kind: AttendanceKind,
    pub who: Party,
    /// When it happened by the source's own account.
    pub at: UtcMillis,
    /// The source's id of the event; the same id twice is the same event. Empty where it has none.
    pub external_id: String,
}

/// Lengths the fold uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct AttendanceSettings {
    /// Time together, in seconds, that counts as having met.
    pub together_seconds_min: u32,
    /// A gap up to this many seconds between two stays is one stay (a reconnect).
    pub rejoin_gap_seconds: u32,
    /// How long one momentary sighting is taken to last, in seconds.
    pub sighting_seconds: u32,
}

impl Default for AttendanceSettings {
    fn default() -> AttendanceSettings {
        AttendanceSettings {
            together_seconds_min: 60,
            rejoin_gap_seconds: 20,
            sighting_seconds: 15,
        }
    }
}

words! {
    /// When the employee came, by the clocks of the check-in.
    pub enum Arrival {
        InTime = "in_time",
        Late = "late",
        /// After window and grace had passed.
        TooLate = "too_late",
        None = "none",
    }
}

/// A stay: from the first to the last instant, `until >= from`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Stay {
    pub from: UtcMillis,
    pub until: UtcMillis,
}

/// What the sightings add up to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AttendanceFold {
    pub arrival: Arrival,
    /// First sighting of the employee at the door or inside.
    pub arrived_at: Option<UtcMillis>,
    /// The employee's stays in the room, merged, in order.
    pub employee: Vec<Stay>,
    /// The verifier's stays in the room, merged, in order.
    pub verifier: Vec<Stay>,
    /// First sign of the verifier, in the room, on the page or by statement.
    pub verifier_at: Option<UtcMillis>,
    /// Milliseconds both were in the room.
    pub together_ms: i64,
    /// Whether that was long enough.
    pub met: bool,
}

/// Folds sightings up to `until` (later ones are ignored, an unfinished stay ends there).
pub fn fold_attendance(
    events: &[AttendanceEvent],
    clocks: &Clocks,
    settings: &AttendanceSettings,
    until: UtcMillis,
) -> AttendanceFold {
    let events = distinct(events, until);
    let employee = stays(&events, Party::Employee, settings, until);
    let verifier = stays(&events, Party::Verifier, settings, until);
    let arrived_at = events
        .iter()
        .filter(|e| e.who == Party::Employee && is_arrival(e.kind))
        .map(|e| e.at)
        .min();
    let verifier_at = events
        .iter()
        .filter(|e| e.who == Party::Verifier || e.source == AttendanceSource::VerifierStatement)
        .map(|e| e.at)
        .min();
    let together_ms = overlap_ms(&employee, &verifier);
    AttendanceFold {
        arrival: arrival(arrived_at, clocks),
        arrived_at,
        employee,
        verifier,
        verifier_at,
        together_ms,
        met: together_ms > 0 && together_ms >= i64::from(settings.together_seconds_min) * 1_000,
    }
}

fn arrival(arrived_at: Option<UtcMillis>, clocks: &Clocks) -> Arrival {
    match arrived_at {
        None => Arrival::None,
        Some(at) if at <= clocks.window_end() => Arrival::InTime,
        Some(at) if at <= clocks.grace_end() => Arrival::Late,
        Some(_) => Arrival::TooLate,
    }
}

const fn is_arrival(kind: AttendanceKind) -> bool {
    !matches!(kind, AttendanceKind::Opened | AttendanceKind::Absent)
}

/// Each event once, ordered by time. An event delivered twice with different times keeps the
/// earlier one, whichever came first.
fn distinct(events: &[AttendanceEvent], until: UtcMillis) -> Vec<&AttendanceEvent> {
    let mut known: BTreeMap<_, &AttendanceEvent> = BTreeMap::new();
    for event in events.iter().filter(|e| e.at <= until) {
        // Without an id only the same event at the same instant is a duplicate.
        let instant = if event.external_id.is_empty() { Some(event.at) } else { None };
        let key = (event.source, event.who, event.kind, event.external_id.as_str(), instant);
        let kept = known.entry(key).or_insert(event);
        if event.at < kept.at {
            *kept = event;
        }
    }
    let mut ordered: Vec<&AttendanceEvent> = known.into_values().collect();
    ordered.sort_by_key(|e| (e.at, e.kind, e.source, e.external_id.as_str()));
    ordered
}

/// Each source tells its own story of joins and leaves; the union of the stories is the stay.
fn stays(
    events: &[&AttendanceEvent],
    who: Party,
    settings: &AttendanceSettings,
    until: UtcMillis,
) -> Vec<Stay> {
    let mut found = Vec::new();
    for source in AttendanceSource::ALL.iter().filter(|s| s.is_inside()) {
        let mut since: Option<UtcMillis> = None;
        for event in events.iter().filter(|e| e.who == who && e.source == *source) {
            match event.kind {
                AttendanceKind::Joined => since = since.or(Some(event.at)),
                // A leave whose join was lost still proves that instant.
                AttendanceKind::Left => {
                    found.push(Stay { from: since.take().unwrap_or(event.at), until: event.at });
                }
                AttendanceKind::Receiving | AttendanceKind::Seen => {
                    let last = event.at.plus_ms(i64::from(settings.sighting_seconds) * 1_000);
                    found.push(Stay { from: event.at, until: last.min(until) });
                }
                AttendanceKind::Opened | AttendanceKind::Absent => {}
            }
        }
        if let Some(from) = since {
            found.push(Stay { from, until });
        }
    }
    merged(found, i64::from(settings.rejoin_gap_seconds) * 1_000)
}

fn merged(mut stays: Vec<Stay>, gap_ms: i64) -> Vec<Stay> {
    stays.sort();
    let mut result: Vec<Stay> = Vec::new();
    for stay in stays {
        match result.last_mut() {
            Some(last) if stay.from.since(last.until) <= gap_ms => {
                last.until = last.until.max(stay.until);
            }
            _ => result.push(stay),
        }
    }
    result
}

fn overlap_ms(a: &[Stay], b: &[Stay]) -> i64 {
    a.iter()
        .flat_map(|x| b.iter().map(move |y| x.until.min(y.until).since(x.from.max(y.from)).max(0)))
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const START: UtcMillis = UtcMillis(1_800_000_000_000);

    fn clocks() -> Clocks {
        Clocks {
            announce: START.plus_minutes(-20),
            start: START,
            window_minutes: 10,
            grace_minutes: 5,
            session_minutes: 5,
        }
    }

    fn seen(who: Party, kind: AttendanceKind, second: i64) -> AttendanceEvent {
        let source = AttendanceSource::RoomPresence;
        AttendanceEvent {
            source,
            kind,
            who,
            at: START.plus_ms(second * 1_000),
            external_id: String::new(),
        }
    }

    fn fold(events: &[AttendanceEvent]) -> AttendanceFold {
        fold_attendance(events, &clocks(), &AttendanceSettings::default(), START.plus_minutes(30))
    }

    #[test]
    fn two_people_who_spoke_for_five_minutes_have_met() {
        let folded = fold(&[
            seen(Party::Verifier, AttendanceKind::Joined, 0),
            seen(Party::Employee, AttendanceKind::Joined, 60),
            seen(Party::Employee, AttendanceKind::Left, 360),
            seen(Party::Verifier, AttendanceKind::Left, 400),
        ]);
        assert_eq!(
            (folded.arrival, folded.together_ms, folded.met),
            (Arrival::InTime, 300_000, true)
        );
    }

    #[test]
    fn a_reconnect_is_one_stay() {
        let folded = fold(&[
            seen(Party::Employee, AttendanceKind::Joined, 0),
            seen(Party::Employee, AttendanceKind::Left, 100),
            seen(Party::Employee, AttendanceKind::Joined, 115),
            seen(Party::Employee, AttendanceKind::Left, 200),
        ]);
        assert_eq!(folded.employee.len(), 1);
    }

    #[test]
    fn the_clocks_tell_in_time_from_late_and_too_late_to_the_millisecond() {
        let at = |ms: i64| {
            let mut event = seen(Party::Employee, AttendanceKind::Joined, 0);
            event.at = START.plus_ms(ms);
            fold(&[event]).arrival
        };
        assert_eq!(at(-5 * 60_000), Arrival::InTime);
        assert_eq!(at(10 * 60_000), Arrival::InTime);
        assert_eq!(at(10 * 60_000 + 1), Arrival::Late);
        assert_eq!(at(15 * 60_000), Arrival::Late);
        assert_eq!(at(15 * 60_000 + 1), Arrival::TooLate);
        assert_eq!(fold(&[]).arrival, Arrival::None);
    }

    #[test]
    fn opening_the_page_or_being_called_absent_is_not_an_arrival() {
        let folded = fold(&[
            seen(Party::Employee, AttendanceKind::Opened, 0),
            AttendanceEvent {
                source: AttendanceSource::VerifierStatement,
                ..seen(Party::Employee, AttendanceKind::Absent, 900)
            },
        ]);
        assert_eq!(folded.arrival, Arrival::None);
        assert_eq!(folded.verifier_at, Some(START.plus_minutes(15)), "who says so was there");
    }

    #[test]
    fn waiting_at_the_door_is_arriving_but_not_meeting() {
        let door = AttendanceEvent {
            source: AttendanceSource::OwnPage,
            ..seen(Party::Employee, AttendanceKind::Joined, 10)
        };
        let folded = fold(&[door, seen(Party::Verifier, AttendanceKind::Joined, 0)]);
        assert_eq!((folded.arrival, folded.met), (Arrival::InTime, false));
    }

    fn any_event() -> impl Strategy<Value = AttendanceEvent> {
        let pick = |n: usize| 0..n;
        (
            pick(AttendanceSource::ALL.len()),
            pick(AttendanceKind::ALL.len()),
            pick(2),
            -1_200_i64..2_400,
            0_u8..6,
        )
            .prop_map(|(source, kind, who, second, id)| AttendanceEvent {
                source: AttendanceSource::ALL[source],
                kind: AttendanceKind::ALL[kind],
                who: Party::ALL[who],
                at: START.plus_ms(second * 1_000),
                external_id: if id == 0 { String::new() } else { format!("e{id}") },
            })
    }

    proptest! {
        #[test]
        fn order_and_repetition_of_events_change_nothing(
            events in proptest::collection::vec(any_event(), 0..14),
            shuffle in any::<u64>(),
        ) {
            let mut twisted = events.clone();
            twisted.extend(events.iter().rev().cloned());
            let length = twisted.len().max(1) as u64;
            for i in 0..twisted.len() {
                let other = (shuffle.wrapping_mul(i as u64 + 7) >> 5) % length;
                twisted.swap(i, other as usize);
            }
            prop_assert_eq!(fold(&events), fold(&twisted));
        }

        #[test]
        fn stays_are_ordered_apart_and_never_longer_than_the_time_folded(
            events in proptest::collection::vec(any_event(), 0..20),
        ) {
            let folded = fold(&events);
            for stays in [&folded.employee, &folded.verifier] {
                for stay in stays {
                    prop_assert!(stay.from <= stay.until && stay.until <= START.plus_minutes(30));
                }
                for pair in stays.windows(2) {
                    prop_assert!(pair[1].from.since(pair[0].until) > 20_000);
                }
            }
        }
    }
}
