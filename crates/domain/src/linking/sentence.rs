//! What a group is told as: facts, period, what else explains it, the next step. Numbers of people,
//! days and kilometres only; no address, no name, no place, and no accusation.

use super::GROUP_PEOPLE_MAX;
use super::days::Days;
use super::evidence::{Joined, Larger};
use super::groups::date_of;
use super::reasons::ReasonKind;
use crate::sentence::Sentence;
use crate::{msg, sentence};
use std::collections::{BTreeMap, BTreeSet};

/// The sentence of a group of so many people.
pub(super) fn sentence(
    edges: &[&Joined],
    people: usize,
    larger: Option<Larger>,
    first_date: i64,
) -> Sentence {
    let facts = Facts::of(edges);
    let what = shared(people, facts.shared(), facts.days, first_date);
    match larger {
        Some(Larger::Site) => sentence!(
            "{what}. More than {max} people were seen there, more than a home holds, so nobody is \
             flagged. If it is an office, a co-working room, a hall of residence or a carrier's \
             address, name it in the sites file and run this again.",
            what,
            max = GROUP_PEOPLE_MAX
        ),
        Some(Larger::Office) => sentence!(
            "{what}. It is a company's line of so many people as an office has, so nobody is \
             flagged. If it is an office or a co-working room, name it in the sites file and run \
             this again.",
            what
        ),
        Some(Larger::Desk) => sentence!(
            "{what}. Nothing else joins them, so nobody is flagged. If parcels go there to a \
             freight desk or an office, name it in the sites file and run this again; else compare \
             where each laptop was delivered with where it was declared.",
            what
        ),
        Some(Larger::ManyHomes) => sentence!(
            "{what}. Several were seen there each at a place of their own, so it may be one address \
             that a provider gives to many homes, and nobody is flagged. If it is, name it in the \
             sites file as corporate_egress; if it cannot be, the claimed places need a look.",
            what
        ),
        None => {
            let told = [what].into_iter().chain(facts.declared()).chain(facts.habits(people));
            sentence!(
                "{facts}. Innocent causes: {causes}. Next: meet each of them on live video within a \
                 day, let them show the room and carry the laptop outside, and compare where each \
                 laptop was delivered.",
                facts = Sentence::in_a_row(told, "; "),
                causes = facts.innocent()
            )
        }
    }
}

/// What the edges of a group say together.
struct Facts {
    kinds: BTreeSet<ReasonKind>,
    days: Days,
    /// Least and largest distance in metres between two who declared apart.
    apart: Option<(i64, i64)>,
    /// People with an edge that says so.
    declared_apart: usize,
    moved: usize,
    nowhere_else: usize,
}

impl Facts {
    fn of(edges: &[&Joined]) -> Facts {
        let mut facts = Facts {
            kinds: BTreeSet::new(),
            days: Days::default(),
            apart: None,
            declared_apart: 0,
            moved: 0,
            nowhere_else: 0,
        };
        let (mut apart, mut moved) = (BTreeSet::new(), BTreeSet::new());
        let mut nowhere_else: BTreeMap<u32, bool> = BTreeMap::new();
        for edge in edges {
            facts.days.add(edge.days);
            for (kind, _) in &edge.reasons {
                facts.kinds.insert(*kind);
                match kind {
                    ReasonKind::DeclaredApart => apart.extend(edge.people),
                    ReasonKind::CoMovement => moved.extend(edge.people),
                    _ => {}
                }
            }
            if let Some(metres) = edge.apart_metres {
                let (least, most) = facts.apart.unwrap_or((metres, metres));
                facts.apart = Some((least.min(metres), most.max(metres)));
            }
            for (person, is_so) in edge.people.into_iter().zip(edge.is_nowhere_else) {
                *nowhere_else.entry(person).or_insert(true) &= is_so;
            }
        }
        facts.declared_apart = apart.len();
        facts.moved = moved.len();
        facts.nowhere_else = nowhere_else.values().filter(|is_so| **is_so).count();
        facts
    }

    fn has(&self, kind: ReasonKind) -> bool {
        self.kinds.contains(&kind)
    }

    fn shared(&self) -> Sentence {
        let names = [
            (ReasonKind::DeviceKey, msg!("the key of one device")),
            (ReasonKind::Lan, msg!("one local network")),
            (ReasonKind::Line, msg!("a home internet line")),
            (ReasonKind::BusinessLine, msg!("a company's internet line")),
            (ReasonKind::Spot, msg!("one spot of about 150 m")),
            (ReasonKind::DeliveryAddress, msg!("a delivery address")),
            (ReasonKind::PayrollAccount, msg!("a payroll account")),
        ];
        let named: Vec<Sentence> = names
            .iter()
            .filter(|(kind, _)| self.has(*kind))
            .map(|(_, name)| Sentence::new(name))
            .collect();
        match named.as_slice() {
            [] => msg!("each new internet line at the same time").into(),
            [one] => one.clone(),
            [rest @ .., last] => sentence!(
                "{rest} and {last}",
                rest = Sentence::in_a_row(rest.iter().cloned(), ", "),
                last = last.clone()
            ),
        }
    }

    fn declared(&self) -> Vec<Sentence> {
        let mut told = Vec::new();
        if let Some((least, most)) = self.apart {
            let (n, least, most) = (self.declared_apart, kilometres(least), kilometres(most));
            told.push(match least == most {
                true => sentence!("{n} of them declared places {km} km apart", n, km = most),
                false => sentence!(
                    "{n} of them declared places {least} to {most} km apart",
                    n,
                    least,
                    most
                ),
            });
        }
        if self.has(ReasonKind::DeclaredHome) {
            told.push(msg!("three or more declared one home").into());
        }
        if self.has(ReasonKind::Household) {
            told.push(msg!("two declared one home").into());
        }
        told
    }

    fn habits(&self, people: usize) -> Vec<Sentence> {
        let mut told = Vec::new();
        match self.nowhere_else {
            0 => {}
            n if n == people => told.push(msg!("all were seen nowhere else").into()),
            n => told.push(sentence!("{n} were seen nowhere else", n)),
        }
        if self.moved > 0 {
            told.push(sentence!(
                "{n} changed to a new line within the same 48 hours",
                n = self.moved
            ));
        }
        told
    }

    fn innocent(&self) -> Sentence {
        let mut causes: Vec<&'static str> = Vec::new();
        if self.has(ReasonKind::DeviceKey) {
            causes.push(msg!("a machine that was passed on or is shared at work"));
        }
        if self.kinds.len() > 1 || !self.has(ReasonKind::DeviceKey) {
            causes.push(msg!("a shared flat or family home"));
            causes.push(msg!("a declared place that is out of date"));
            causes.push(msg!("an office or co-working room that is not on the list of sites"));
        }
        Sentence::in_a_row(causes.into_iter().map(Sentence::new), ", ")
    }
}

/// How many share what, and when.
fn shared(people: usize, what: Sentence, days: Days, first_date: i64) -> Sentence {
    let date = |day: Option<usize>| day.and_then(|day| date_of(first_date + day as i64));
    match (days.count(), date(days.first()), date(days.last())) {
        (1, Some(day), _) => sentence!(
            "{people} people share {what} on one day, {day}",
            people,
            what,
            day = day.to_string()
        ),
        (count, Some(first), Some(last)) => sentence!(
            "{people} people share {what} on {count} days from {first} to {last}",
            people,
            what,
            count,
            first = first.to_string(),
            last = last.to_string()
        ),
        // a device key alone has no place and no days
        _ => sentence!("{people} people share {what}", people, what),
    }
}

/// Whole kilometres, rounded.
fn kilometres(metres: i64) -> String {
    ((metres + 500) / 1_000).to_string()
}
