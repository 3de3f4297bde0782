//! Observations as they come, in some fifty bytes each: people, values and declared places are numbered,
//! values by their keyed tag. What an observation may say is decided here (class, listed sites); what
//! observations say together is not.

use super::cells::cells_of;
use super::groups::{LinkReport, report};
use super::hr_keys::plain_key;
use super::keys::{Keyer, Tag};
use super::lines::{LineUse, is_private, is_telling_lan, plain, use_of};
use super::sites::Sites;
use super::{Fix, Observation, WINDOW_DAYS};
use crate::judging::AccessClass;
use crate::judging::evidence::Point;
use crate::time::{DAY_MS, UtcMillis};
use std::collections::HashMap;
use std::net::IpAddr;

/// No value, or no declared place.
pub(super) const NONE: u32 = u32::MAX;

/// One observation.
#[derive(Debug, Clone, Copy)]
pub(super) struct Row {
    pub(super) at: UtcMillis,
    pub(super) person: u32,
    pub(super) line: u32,
    /// The squares of both grids.
    pub(super) cells: [u32; 2],
    pub(super) lan: u32,
    pub(super) device: u32,
    pub(super) delivery: u32,
    pub(super) payroll: u32,
    pub(super) declared: u32,
    pub(super) is_business: bool,
    /// Whether the line says that the person was at some fixed or mobile line that day.
    pub(super) knows_line: bool,
    /// Whether that line was a fixed one, or a listed office.
    pub(super) knows_fixed_line: bool,
    /// Whether a precise fix says where the person was.
    pub(super) knows_spot: bool,
    /// Whether a local network that can be told from others is known.
    pub(super) knows_lan: bool,
    /// Whether it was at a listed office or co-working room.
    pub(super) is_at_site: bool,
    /// Whether the precise fix lies in one square with a place that the person declared.
    pub(super) is_at_home: bool,
}

impl Row {
    /// The UTC date as days since 1970-01-01.
    pub(super) fn date(&self) -> i64 {
        self.at.0.div_euclid(DAY_MS)
    }
}

/// Everything observed so far.
pub struct Ledger<L> {
    keyer: Keyer,
    sites: Sites,
    /// The class of an address at an instant, out of a data pack.
    look_up: L,
    book: Book,
}

/// Rows, with what their numbers stand for.
#[derive(Default)]
pub(super) struct Book {
    pub(super) people: HashMap<String, u32>,
    pub(super) tags: HashMap<Tag, u32>,
    places: HashMap<(i32, i32), u32>,
    pub(super) rows: Vec<Row>,
}

/// A ledger put in order: rows of the window alone.
pub(super) struct Window {
    /// By number.
    pub(super) people: Vec<String>,
    pub(super) values: usize,
    /// Declared places by number.
    pub(super) places: Vec<Point>,
    pub(super) rows: Vec<Row>,
    /// The window's first date, days since 1970-01-01.
    pub(super) first_date: i64,
    /// The window's last date.
    pub(super) last_date: i64,
}

impl<L: Fn(IpAddr, UtcMillis) -> Option<AccessClass>> Ledger<L> {
    /// An empty ledger. `key` is for comparing only: the report is the same under any. `look_up` is
    /// asked for the class of an address that came without one.
    pub fn new(key: &[u8; 32], sites: Sites, look_up: L) -> Ledger<L> {
        Ledger { keyer: Keyer::new(key), sites, look_up, book: Book::default() }
    }

    /// Takes one observation.
    pub fn add(&mut self, observation: &Observation<'_>) {
        let precise = observation.fix.filter(Fix::is_precise);
        let at_site = observation.address.is_some_and(|a| self.sites.is_place(a))
            || precise.is_some_and(|fix| self.sites.cover(&fix));
        let line_use = self.line_use(observation, at_site);
        let address = observation
            .address
            .filter(|_| matches!(line_use, Some(LineUse::Home | LineUse::Business)));
        let spot = precise.filter(|_| !at_site);
        let lan = observation.lan_id.filter(|id| is_telling_lan(id));
        let declared = observation.declared.filter(|p| p.is_plausible());
        let line = address.map(|a| self.keyer.line(a));
        let cells = spot.map(|fix| cells_of(fix.point).map(|cell| self.keyer.cell(cell)));
        let lan_tag = lan.map(|id| self.keyer.lan(id));
        let device = observation.device_key.map(|key| self.keyer.device(key));
        let delivery = observation.delivery.and_then(plain_key);
        let delivery = delivery.filter(|key| !self.sites.is_desk(key));
        let delivery = delivery.map(|key| self.keyer.delivery(&key));
        let payroll = observation.payroll.and_then(plain_key).map(|key| self.keyer.payroll(&key));
        let row = Row {
            at: observation.at,
            person: number_of_text(&mut self.book.people, observation.employee_id),
            line: self.book.value(line),
            cells: [self.book.value(cells.map(|c| c[0])), self.book.value(cells.map(|c| c[1]))],
            lan: self.book.value(lan_tag),
            device: self.book.value(device),
            delivery: self.book.value(delivery),
            payroll: self.book.value(payroll),
            declared: declared.map_or(NONE, |p| self.book.place(p)),
            is_business: line_use == Some(LineUse::Business),
            knows_line: line_use.is_some_and(|u| u != LineUse::Silent),
            knows_fixed_line: at_site || address.is_some(),
            knows_spot: precise.is_some(),
            knows_lan: lan.is_some(),
            is_at_site: at_site,
            is_at_home: spot.zip(declared).is_some_and(|(fix, home)| {
                cells_of(fix.point).into_iter().any(|cell| cells_of(home).contains(&cell))
            }),
        };
        self.book.rows.push(row);
    }

    /// Joins people and explains why.
    pub fn link(self) -> LinkReport {
        report(self.book.window())
    }

    /// `None` without an address.
    fn line_use(&self, observation: &Observation<'_>, at_site: bool) -> Option<LineUse> {
        if at_site {
            return Some(LineUse::Elsewhere);
        }
        let address = observation.address?;
        if self.sites.is_egress(address) {
            return Some(LineUse::Silent);
        }
        let class = observation.class.unwrap_or_else(|| {
            if is_private(address) {
                return AccessClass::Private;
            }
            let found = (self.look_up)(plain(address), observation.at);
            found.unwrap_or(AccessClass::Residential)
        });
        Some(use_of(plain(address).is_ipv6(), class))
    }
}

impl Book {
    pub(super) fn value(&mut self, tag: Option<Tag>) -> u32 {
        tag.map_or(NONE, |tag| number(&mut self.tags, tag))
    }

    pub(super) fn place(&mut self, place: Point) -> u32 {
        number(&mut self.places, (place.latitude_e6, place.longitude_e6))
    }

    pub(super) fn window(self) -> Window {
        let last_date = self.rows.iter().map(Row::date).max().unwrap_or(0);
        let first_date = last_date - (WINDOW_DAYS - 1);
        let mut rows = self.rows;
        rows.retain(|row| row.date() >= first_date);
        subtract_networks_of_sites(&mut rows);
        Window {
            people: by_number(self.people),
            values: self.tags.len(),
            places: by_number(self.places)
                .into_iter()
                .map(|(latitude_e6, longitude_e6)| Point { latitude_e6, longitude_e6 })
                .collect(),
            rows,
            first_date,
            last_date,
        }
    }
}

/// A network that is mostly seen at listed sites is theirs, also where a tunnel or a refused place hides
/// that somebody is there.
fn subtract_networks_of_sites(rows: &mut [Row]) {
    let mut seen: HashMap<u32, (usize, usize)> = HashMap::new();
    for row in rows.iter().filter(|row| row.lan != NONE) {
        let (all, at_sites) = seen.entry(row.lan).or_default();
        *all += 1;
        *at_sites += usize::from(row.is_at_site);
    }
    let is_of_a_site = |lan| seen.get(&lan).is_some_and(|(all, at_sites)| at_sites * 2 >= *all);
    rows.iter_mut()
        .filter(|row| row.is_at_site || is_of_a_site(row.lan))
        .for_each(|row| row.lan = NONE);
}

fn number<K: std::hash::Hash + Eq>(known: &mut HashMap<K, u32>, key: K) -> u32 {
    let next = known.len() as u32;
    *known.entry(key).or_insert(next)
}

/// Like [`number`], without a copy of a text that is known.
pub(super) fn number_of_text(known: &mut HashMap<String, u32>, text: &str) -> u32 {
    match known.get(text) {
        Some(number) => *number,
        None => number(known, text.to_owned()),
    }
}

fn by_number<K: Default + Clone>(known: HashMap<K, u32>) -> Vec<K> {
    let mut list = vec![K::default(); known.len()];
    known.into_iter().for_each(|(key, number)| list[number as usize] = key);
    list
}
