//! Link groups from observations that are kept as tags: no address, square, network or device is known
//! here any more. Tags of one value under two keys are one value; whoever was seen under an older key
//! thereby meets whoever was seen under a newer one.

use super::groups::{LinkReport, report};
use super::ledger::{Book, NONE, Row, number_of_text};
use super::lines::{LineUse, use_of};
use super::sets::Sets;
use super::tags::{SiteTags, Tag, Tags};
use crate::judging::AccessClass;
use crate::judging::evidence::Point;
use crate::time::UtcMillis;
use std::collections::HashSet;

/// One observation as it is kept.
#[derive(Debug, Clone, Copy)]
pub struct KeptObservation<'a> {
    /// Any stable name of the person; groups come out with it.
    pub person: &'a str,
    pub at: UtcMillis,
    /// Found when it was taken in; `None` counts as residential.
    pub class: Option<AccessClass>,
    pub is_ipv6: bool,
    pub tags: Tags,
    /// The same under the key that comes next.
    pub next: Tags,
    /// The places declared for that day.
    pub declared: &'a [Point],
}

struct Kept {
    at: UtcMillis,
    person: u32,
    line: u32,
    prefix: u32,
    cells: [u32; 2],
    lan: u32,
    device: u32,
    delivery: u32,
    payroll: u32,
    declared: u32,
    class: AccessClass,
    is_ipv6: bool,
}

/// All that is kept of a window.
#[derive(Default)]
pub struct KeptLedger {
    book: Book,
    kept: Vec<Kept>,
    /// Numbers of tags that stand for one value.
    same: Vec<[u32; 2]>,
    /// Tags of the squares in which people declared a place.
    homes: Vec<(u32, Tag)>,
}

impl KeptLedger {
    /// Takes one observation.
    pub fn add(&mut self, seen: &KeptObservation<'_>) {
        let (now, next) = (seen.tags.each(), seen.next.each());
        let mut values = [NONE; 8];
        for ((value, tag), next) in values.iter_mut().zip(now).zip(next) {
            *value = self.value(tag, next);
        }
        let [line, prefix, first, second, lan, device, delivery, payroll] = values;
        let mut declared = seen.declared.iter().filter(|place| place.is_plausible());
        let person = number_of_text(&mut self.book.people, seen.person);
        let nothing = Kept {
            at: seen.at,
            person,
            line: NONE,
            prefix: NONE,
            cells: [NONE; 2],
            lan: NONE,
            device: NONE,
            delivery: NONE,
            payroll: NONE,
            declared: NONE,
            class: AccessClass::Private,
            is_ipv6: false,
        };
        let kept = Kept {
            line,
            prefix,
            cells: [first, second],
            lan,
            device,
            delivery,
            payroll,
            declared: declared.next().map_or(NONE, |place| self.book.place(*place)),
            class: seen.class.unwrap_or(AccessClass::Residential),
            is_ipv6: seen.is_ipv6,
            ..nothing
        };
        self.kept.push(kept);
        for place in declared {
            let declared = self.book.place(*place);
            self.kept.push(Kept { declared, ..nothing });
        }
    }

    /// Notes the squares of a place that somebody declared, under the present key and the next.
    pub fn declare(&mut self, person: &str, squares: impl IntoIterator<Item = Tag>) {
        let person = number_of_text(&mut self.book.people, person);
        self.homes.extend(squares.into_iter().map(|tag| (person, tag)));
    }

    /// Joins people and explains why, with named sites subtracted.
    pub fn link(self, sites: &SiteTags) -> LinkReport {
        let KeptLedger { mut book, kept, same, homes } = self;
        let mut sets = Sets::new(book.tags.len());
        same.into_iter().for_each(|pair| sets.join(pair));
        let mut roots_of = |tags: &HashSet<Tag>| -> HashSet<u32> {
            let numbers = tags.iter().filter_map(|tag| book.tags.get(tag).copied());
            numbers.map(|number| sets.root(number)).collect()
        };
        let (places, egress) = (roots_of(&sites.places), roots_of(&sites.egress));
        let desks = roots_of(&sites.desks);
        let homes: HashSet<(u32, u32)> = homes
            .iter()
            .filter_map(|(person, tag)| Some((*person, sets.root(*book.tags.get(tag)?))))
            .collect();
        let rows = kept.into_iter().map(|kept| {
            let mut root = |value: u32| if value == NONE { NONE } else { sets.root(value) };
            let line = root(kept.line);
            let prefix = root(kept.prefix);
            let cells = kept.cells.map(&mut root);
            let lan = root(kept.lan);
            let device = root(kept.device);
            let (delivery, payroll) = (root(kept.delivery), root(kept.payroll));
            let at_site = [line, prefix, cells[0], cells[1]].iter().any(|v| places.contains(v));
            let is_egress = egress.contains(&line) || egress.contains(&prefix);
            let line_use = match (at_site, is_egress) {
                (true, _) => Some(LineUse::Elsewhere),
                _ if line == NONE => None,
                (_, true) => Some(LineUse::Silent),
                _ => Some(use_of(kept.is_ipv6, kept.class)),
            };
            let is_compared = matches!(line_use, Some(LineUse::Home | LineUse::Business));
            Row {
                at: kept.at,
                person: kept.person,
                line: if is_compared { line } else { NONE },
                cells: if at_site { [NONE; 2] } else { cells },
                lan,
                device,
                delivery: if desks.contains(&delivery) { NONE } else { delivery },
                payroll,
                declared: kept.declared,
                is_business: line_use == Some(LineUse::Business),
                knows_line: line_use.is_some_and(|u| u != LineUse::Silent),
                knows_fixed_line: at_site || is_compared,
                knows_spot: cells[0] != NONE,
                knows_lan: lan != NONE,
                is_at_site: at_site,
                is_at_home: !at_site && cells.iter().any(|c| homes.contains(&(kept.person, *c))),
            }
        });
        book.rows = rows.collect();
        report(book.window())
    }

    fn value(&mut self, tag: Option<Tag>, next: Option<Tag>) -> u32 {
        let value = self.book.value(tag);
        let next = self.book.value(next);
        if value != NONE && next != NONE {
            self.same.push([value, next]);
        }
        value
    }
}
