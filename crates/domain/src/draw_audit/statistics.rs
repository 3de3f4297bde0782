//! The backstop: counts of what people may do by the rules, and whom it favours all the same. A
//! valid record with thirty days of leave entered by one administrator for one friend is clean
//! by every other check and shows up only here. Nothing here is a finding.

use crate::sentence;
use crate::sentence::Sentence;
use serde::Serialize;
use std::collections::{BTreeMap, HashMap};
use uuid::Uuid;

/// A figure stands out from so many standard deviations on.
pub const Z_MIN: f64 = 3.0;
/// And not with fewer events (or fewer expected ones, where they are missing).
pub const EVENTS_MIN: f64 = 5.0;

words! {
    /// What is counted.
    pub enum Counted {
        /// Absences entered.
        Absence = "absence",
        /// Absences entered for a label whose inputs were committed already.
        AbsenceLate = "absence-late",
        /// Slots refused after the announcement because of a conflict.
        SlotRefused = "slot-refused",
        /// Check-ins moved on the person's wish.
        Moved = "moved",
        /// Check-ins ordered by a person.
        Manual = "manual",
        /// Verifiers replaced by a stand-by.
        VerifierReplaced = "verifier-replaced",
        /// Changes of private blocks.
        PrivateBlocks = "private-blocks",
        /// Drawn, and not announced, with a logged reason.
        Excused = "excused",
        /// Eligible days with too few free slots: a calendar that is full.
        ShortDay = "short-day",
    }
}

words! {
    /// Whose count it is.
    pub enum Group {
        Person = "person",
        /// A manager: the events of his reports.
        Manager = "manager",
        /// Who entered it.
        Actor = "actor",
    }
}

/// A count that stands out.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Statistic {
    pub counted: Counted,
    pub group: Group,
    /// Log pseudonym; absent: the operator of the machine, or the service.
    pub who: Option<String>,
    pub events: u64,
    /// What the rate of all would give for this one's exposure, in hundredths.
    pub expected_hundredths: i64,
    /// `(events - expected) / sqrt(expected)`, in hundredths, rounded to the nearest.
    pub z_hundredths: i64,
}

impl Statistic {
    /// One line for people.
    pub fn sentence(&self) -> Sentence {
        sentence!(
            "{what}: {events} where {expected} were expected (z {z})",
            what = self.what(),
            events = self.events,
            expected = hundredths(self.expected_hundredths),
            z = hundredths(self.z_hundredths)
        )
    }

    fn what(&self) -> Sentence {
        let whom = self.whom();
        match self.counted {
            Counted::Absence => sentence!("absence of {whom}", whom),
            Counted::AbsenceLate => sentence!("absence-late of {whom}", whom),
            Counted::SlotRefused => sentence!("slot-refused of {whom}", whom),
            Counted::Moved => sentence!("moved of {whom}", whom),
            Counted::Manual => sentence!("manual of {whom}", whom),
            Counted::VerifierReplaced => sentence!("verifier-replaced of {whom}", whom),
            Counted::PrivateBlocks => sentence!("private-blocks of {whom}", whom),
            Counted::Excused => sentence!("excused of {whom}", whom),
            Counted::ShortDay => sentence!("short-day of {whom}", whom),
        }
    }

    fn whom(&self) -> Sentence {
        match (self.group, &self.who) {
            (Group::Person, Some(who)) => sentence!("person {who}", who),
            (Group::Manager, Some(who)) => sentence!("manager {who}", who),
            (Group::Actor, Some(who)) => sentence!("actor {who}", who),
            (Group::Person, None) => sentence!("person the operator"),
            (Group::Manager, None) => sentence!("manager the operator"),
            (Group::Actor, None) => sentence!("actor the operator"),
        }
    }
}

fn hundredths(n: i64) -> String {
    let sign = if n < 0 { "-" } else { "" };
    format!("{sign}{}.{:02}", n.abs() / 100, n.abs() % 100)
}

/// Events of one kind by whom they are about and who entered them.
#[derive(Default)]
pub(super) struct Counts {
    by_person: HashMap<(Counted, Uuid), u64>,
    by_actor: HashMap<(Counted, Option<Uuid>), u64>,
}

impl Counts {
    pub fn add(&mut self, counted: Counted, subject: Uuid, actor: Option<Option<Uuid>>) {
        *self.by_person.entry((counted, subject)).or_default() += 1;
        if let Some(actor) = actor {
            *self.by_actor.entry((counted, actor)).or_default() += 1;
        }
    }

    pub fn set(&mut self, counted: Counted, subject: Uuid, events: u64) {
        self.by_person.insert((counted, subject), events);
    }

    /// What stands out. `days` are the eligible days of each person in the period and the
    /// manager, for everybody with at least one such day.
    pub fn outstanding(&self, days: &BTreeMap<Uuid, (u64, Option<Uuid>)>) -> Vec<Statistic> {
        let mut found = Vec::new();
        let exposure: u64 = days.values().map(|d| d.0).sum();
        for &counted in Counted::ALL {
            let count = |who: &Uuid| self.by_person.get(&(counted, *who)).copied().unwrap_or(0);
            let total: u64 = days.keys().map(count).sum();
            if total == 0 || exposure == 0 {
                continue;
            }
            let rate = total as f64 / exposure as f64;
            let mut managers: BTreeMap<Uuid, (u64, u64)> = BTreeMap::new();
            for (who, (days, manager)) in days {
                let events = count(who);
                let expected = rate * *days as f64;
                found.extend(statistic(counted, Group::Person, Some(*who), events, expected));
                if let Some(manager) = manager {
                    let sum = managers.entry(*manager).or_default();
                    *sum = (sum.0 + events, sum.1 + days);
                }
            }
            for (manager, (events, days)) in managers {
                let expected = rate * days as f64;
                found.extend(statistic(counted, Group::Manager, Some(manager), events, expected));
            }
            let actors: BTreeMap<Option<Uuid>, u64> = self
                .by_actor
                .iter()
                .filter(|((kind, _), _)| *kind == counted)
                .map(|((_, actor), events)| (*actor, *events))
                .collect();
            let entered: u64 = actors.values().sum();
            let expected = entered as f64 / actors.len().max(1) as f64;
            for (actor, events) in actors {
                found.extend(statistic(counted, Group::Actor, actor, events, expected));
            }
        }
        found
    }
}

fn statistic(
    counted: Counted,
    group: Group,
    who: Option<Uuid>,
    events: u64,
    expected: f64,
) -> Option<Statistic> {
    if expected <= 0.0 {
        return None;
    }
    let z = (events as f64 - expected) / expected.sqrt();
    let stands_out = z.abs() >= Z_MIN && (events as f64).max(expected) >= EVENTS_MIN;
    stands_out.then(|| Statistic {
        counted,
        group,
        who: who.map(|w| w.to_string()),
        events,
        expected_hundredths: (expected * 100.0).round() as i64,
        z_hundredths: (z * 100.0).round() as i64,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thirty_days_of_leave_for_one_friend_stand_out_and_chance_does_not() {
        let id = |n: u128| Uuid::from_u128(n);
        let (friend, admin, other) = (id(1), id(100), id(101));
        let mut counts = Counts::default();
        let mut days = BTreeMap::new();
        for n in 1..=50 {
            days.insert(id(n), (60, Some(id(200 + n % 5))));
            counts.add(Counted::Absence, id(n), Some(Some(if n % 2 == 0 { admin } else { other })));
        }
        assert_eq!(counts.outstanding(&days), [], "one each is nothing");
        for _ in 0..30 {
            counts.add(Counted::Absence, friend, Some(Some(admin)));
        }
        let found = counts.outstanding(&days);
        let named: Vec<_> = found.iter().map(|s| (s.group, s.who.clone().unwrap())).collect();
        assert!(named.contains(&(Group::Person, friend.to_string())), "{found:?}");
        assert!(named.contains(&(Group::Manager, id(201).to_string())));
    }

    #[test]
    fn too_few_events_are_never_shown() {
        assert_eq!(statistic(Counted::Moved, Group::Person, None, 4, 0.1), None);
        let shown = statistic(Counted::Moved, Group::Person, None, 9, 1.0).unwrap();
        assert_eq!((shown.expected_hundredths, shown.z_hundredths), (100, 800));
        assert!(statistic(Counted::Moved, Group::Person, None, 0, 16.0).is_some(), "far too few");
    }
}
