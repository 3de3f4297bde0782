//! What a group is told as: facts, period, what else explains it, the next step. Numbers of people,
//! days and kilometres only; no address, no name, no place, and no accusation.

use super::GROUP_PEOPLE_MAX;
use super::days::Days;
use super::evidence::{Joined, Larger};
use super::groups::date_of;
use super::reasons::ReasonKind;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

/// The sentence of a group of so many people.
pub(super) fn sentence(
    edges: &[&Joined],
    people: usize,
    larger: Option<Larger>,
    first_date: i64,
) -> String {
    let facts = Facts::of(edges);
    let mut text = format!("{people} people share {}", facts.shared());
    text += &period(facts.days, first_date);
    if let Some(larger) = larger {
        let _ = match larger {
            Larger::Site => write!(
                text,
                ". More than {GROUP_PEOPLE_MAX} people were seen there, more than a home holds, so \
                 nobody is flagged. If it is an office, a co-working room, a hall of residence or a \
                 carrier's address, name it in the sites file and run this again."
            ),
            Larger::Office => write!(
                text,
                ". It is a company's line of so many people as an office has, so nobody is flagged. If \
                 it is an office or a co-working room, name it in the sites file and run this again."
            ),
            Larger::Desk => write!(
                text,
                ". Nothing else joins them, so nobody is flagged. If parcels go there to a freight desk \
                 or an office, name it in the sites file and run this again; else compare where each \
                 laptop was delivered with where it was declared."
            ),
            Larger::ManyHomes => write!(
                text,
                ". Several were seen there each at a place of their own, so it may be one address that \
                 a provider gives to many homes, and nobody is flagged. If it is, name it in the sites \
                 file as corporate_egress; if it cannot be, the claimed places need a look."
            ),
        };
        return text;
    }
    text += &facts.declared();
    text += &facts.habits(people);
    let _ = write!(text, ". Innocent causes: {}. ", facts.innocent());
    text += "Next: meet each of them on live video within a day, let them show the room and carry \
             the laptop outside, and compare where each laptop was delivered.";
    text
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

    fn shared(&self) -> String {
        let names = [
            (ReasonKind::DeviceKey, "the key of one device"),
            (ReasonKind::Lan, "one local network"),
            (ReasonKind::Line, "a home internet line"),
            (ReasonKind::BusinessLine, "a company's internet line"),
            (ReasonKind::Spot, "one spot of about 150 m"),
            (ReasonKind::DeliveryAddress, "a delivery address"),
            (ReasonKind::PayrollAccount, "a payroll account"),
        ];
        let named: Vec<&str> =
            names.iter().filter(|(kind, _)| self.has(*kind)).map(|(_, name)| *name).collect();
        match named.as_slice() {
            [] => "each new internet line at the same time".to_owned(),
            [one] => (*one).to_owned(),
            [first @ .., last] => format!("{} and {last}", first.join(", ")),
        }
    }

    fn declared(&self) -> String {
        let mut text = String::new();
        if let Some((least, most)) = self.apart {
            let (least, most) = (kilometres(least), kilometres(most));
            let distance = if least == most { most } else { format!("{least} to {most}") };
            let _ = write!(
                text,
                "; {} of them declared places {distance} km apart",
                self.declared_apart
            );
        }
        if self.has(ReasonKind::DeclaredHome) {
            text += "; three or more declared one home";
        }
        if self.has(ReasonKind::Household) {
            text += "; two declared one home";
        }
        text
    }

    fn habits(&self, people: usize) -> String {
        let mut text = String::new();
        if self.nowhere_else > 0 {
            let who = if self.nowhere_else == people {
                "all".to_owned()
            } else {
                self.nowhere_else.to_string()
            };
            let _ = write!(text, "; {who} were seen nowhere else");
        }
        if self.moved > 0 {
            let _ = write!(text, "; {} changed to a new line within the same 48 hours", self.moved);
        }
        text
    }

    fn innocent(&self) -> String {
        let mut causes = Vec::new();
        if self.has(ReasonKind::DeviceKey) {
            causes.push("a machine that was passed on or is shared at work");
        }
        if self.kinds.len() > 1 || !self.has(ReasonKind::DeviceKey) {
            causes.extend(["a shared flat or family home", "a declared place that is out of date"]);
            causes.push("an office or co-working room that is not on the list of sites");
        }
        causes.join(", ")
    }
}

fn period(days: Days, first_date: i64) -> String {
    let date = |day: Option<usize>| day.and_then(|day| date_of(first_date + day as i64));
    match (days.count(), date(days.first()), date(days.last())) {
        (1, Some(day), _) => format!(" on one day, {day}"),
        (count, Some(first), Some(last)) => format!(" on {count} days from {first} to {last}"),
        _ => String::new(), // a device key alone has no place and no days
    }
}

/// Whole kilometres, rounded.
fn kilometres(metres: i64) -> String {
    ((metres + 500) / 1_000).to_string()
}
