//! Who was where on which days: rows folded by value (a line, a square, a network, a device) and
//! person. Values of one person are counted and dropped; they can join nobody.

use super::cells::{Cell, cells_of};
use super::days::Days;
use super::ledger::{NONE, Row, Window};
use super::many_homes::is_of_many_homes;
use super::{COMMON_PEOPLE_MIN, GROUP_PEOPLE_MAX};
use crate::judging::evidence::Point;
use crate::time::UtcMillis;
use std::collections::{HashMap, HashSet};

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum ValueKind {
    Line,
    Spot,
    Lan,
    Device,
    Delivery,
    Payroll,
}

/// Something that at least two people have.
pub(super) struct Value {
    pub(super) kind: ValueKind,
    pub(super) is_business: bool,
    /// Whether it is a line that seems to be an address of several homes.
    pub(super) is_of_many_homes: bool,
    /// Its number in the window.
    number: u32,
    /// Where its visits stand.
    first: usize,
    people: usize,
}

impl Value {
    pub(super) fn people(&self) -> usize {
        self.people
    }

    pub(super) fn is_wide(&self) -> bool {
        self.people > GROUP_PEOPLE_MAX
    }
}

/// One person's days at one value.
#[derive(Debug, Clone, Copy)]
pub(super) struct Visit {
    pub(super) person: u32,
    pub(super) days: Days,
    pub(super) first_at: UtcMillis,
    /// Of a line: its days, and those between them on which the person was on no other.
    pub(super) held: Days,
    /// Of a square: whether a place that the person declared lies there, too.
    pub(super) is_at_home: bool,
}

/// What is known of one person in the window.
#[derive(Debug, Clone, Default)]
pub(super) struct Trace {
    pub(super) is_seen: bool,
    /// Days on which a line, a fixed line, a precise fix, a local network says where the person was.
    pub(super) line_days: Days,
    pub(super) fixed_line_days: Days,
    pub(super) spot_days: Days,
    pub(super) lan_days: Days,
    /// Days on a line that is compared.
    pub(super) compared_days: Days,
    /// The first moment on such a line.
    pub(super) first_line_at: Option<UtcMillis>,
    /// Declared places, one a square.
    pub(super) homes: Vec<Point>,
    /// Their squares in both grids.
    pub(super) home_cells: Vec<Cell>,
    /// Numbers of shared values, rising, and of the visit to each.
    pub(super) values: Vec<(u32, u32)>,
}

pub(super) struct Traces {
    pub(super) people: Vec<Trace>,
    /// People with an observation in the window: N.
    pub(super) seen: usize,
    pub(super) values: Vec<Value>,
    visits: Vec<Visit>,
    /// Devices and networks of too many people, by kind and number of people.
    pub(super) too_common: Vec<(ValueKind, usize)>,
    /// How many people with a home in a square a wide value has.
    wide_homes: HashMap<u32, HashMap<Cell, u32>>,
}

impl Traces {
    pub(super) fn of(window: &Window) -> Traces {
        let mut traces = Traces {
            people: vec![Trace::default(); window.people.len()],
            seen: 0,
            values: Vec::new(),
            visits: Vec::new(),
            too_common: Vec::new(),
            wide_homes: HashMap::new(),
        };
        let mut is_business = vec![false; window.values];
        let mut declared = Vec::new();
        for row in &window.rows {
            let person = &mut traces.people[row.person as usize];
            let day = (row.date() - window.first_date) as usize;
            person.is_seen = true;
            let known = [
                (row.knows_line, &mut person.line_days),
                (row.knows_fixed_line, &mut person.fixed_line_days),
                (row.knows_spot, &mut person.spot_days),
                (row.knows_lan, &mut person.lan_days),
            ];
            known.into_iter().filter(|(knows, _)| *knows).for_each(|(_, days)| days.insert(day));
            if row.line != NONE {
                person.compared_days.insert(day);
                is_business[row.line as usize] |= row.is_business;
                let first = person.first_line_at.get_or_insert(row.at);
                *first = row.at.min(*first);
            }
            if row.declared != NONE {
                declared.push((row.person, row.declared));
            }
        }
        traces.seen = traces.people.iter().filter(|p| p.is_seen).count();
        traces.set_homes(declared, &window.places);
        traces.gather(window, ValueKind::Line, &is_business, |row| [row.line, NONE]);
        traces.find_many_homes(window);
        traces.gather(window, ValueKind::Spot, &is_business, |row| row.cells);
        traces.gather(window, ValueKind::Lan, &is_business, |row| [row.lan, NONE]);
        traces.gather(window, ValueKind::Device, &is_business, |row| [row.device, NONE]);
        traces.gather(window, ValueKind::Delivery, &is_business, |row| [row.delivery, NONE]);
        traces.gather(window, ValueKind::Payroll, &is_business, |row| [row.payroll, NONE]);
        traces.index();
        traces
    }

    fn set_homes(&mut self, mut declared: Vec<(u32, u32)>, places: &[Point]) {
        declared.sort_unstable();
        declared.dedup();
        for of_person in declared.chunk_by(|a, b| a.0 == b.0) {
            let trace = &mut self.people[of_person[0].0 as usize];
            let mut homes: Vec<Point> =
                of_person.iter().map(|(_, p)| places[*p as usize]).collect();
            homes.sort_unstable_by_key(|p| (p.latitude_e6, p.longitude_e6));
            for home in homes {
                let cells = cells_of(home);
                if !trace.home_cells.contains(&cells[0]) {
                    trace.homes.push(home);
                    trace.home_cells.extend(cells);
                }
            }
        }
    }

    /// Folds the values of one kind.
    fn gather(
        &mut self,
        window: &Window,
        kind: ValueKind,
        is_business: &[bool],
        values_of: impl Fn(&Row) -> [u32; 2],
    ) {
        let mut at_home: HashSet<(u32, u32)> = HashSet::new();
        if kind == ValueKind::Spot {
            let rows = window.rows.iter().filter(|row| row.is_at_home);
            at_home.extend(rows.flat_map(|row| row.cells.map(|cell| (row.person, cell))));
        }
        let mut entries: Vec<(u32, u32, UtcMillis)> = Vec::new();
        for row in &window.rows {
            let values = values_of(row).into_iter().filter(|v| *v != NONE);
            entries.extend(values.map(|value| (value, row.person, row.at)));
        }
        entries.sort_unstable();
        for of_value in entries.chunk_by(|a, b| a.0 == b.0) {
            let people = of_value.chunk_by(|a, b| a.1 == b.1).count();
            let is_unspecific = matches!(kind, ValueKind::Lan | ValueKind::Device);
            if is_unspecific && people >= COMMON_PEOPLE_MIN {
                self.too_common.push((kind, people));
            } else if people > 1 {
                let is_business = kind == ValueKind::Line && is_business[of_value[0].0 as usize];
                let (number, first) = (of_value[0].0, self.visits.len());
                let is_of_many_homes = false;
                self.values.push(Value {
                    kind,
                    is_business,
                    is_of_many_homes,
                    number,
                    first,
                    people,
                });
                for of_person in of_value.chunk_by(|a, b| a.1 == b.1) {
                    let mut days = Days::default();
                    for (_, _, at) in of_person {
                        let date = at.0.div_euclid(crate::time::DAY_MS);
                        days.insert((date - window.first_date) as usize);
                    }
                    let (_, person, first_at) = of_person[0];
                    let held = match kind {
                        ValueKind::Line => {
                            let mut others = self.people[person as usize].compared_days;
                            others.remove(days);
                            days.held(others)
                        }
                        _ => days,
                    };
                    let is_at_home = at_home.contains(&(person, number));
                    self.visits.push(Visit { person, days, first_at, held, is_at_home });
                }
            }
        }
    }

    /// Marks the lines of at most thirty people that seem to be an address of several homes.
    fn find_many_homes(&mut self, window: &Window) {
        let lines = self.values.iter().enumerate().filter(|(_, value)| !value.is_wide());
        let lines: HashMap<u32, u32> = lines.map(|(v, line)| (line.number, v as u32)).collect();
        let on_a_line = window.rows.iter().filter_map(|row| Some((*lines.get(&row.line)?, row)));
        let mut seen: Vec<(u32, &Row)> =
            on_a_line.filter(|(_, row)| row.cells[0] != NONE || row.lan != NONE).collect();
        seen.sort_unstable_by_key(|(line, row)| (*line, row.person));
        for of_line in seen.chunk_by(|a, b| a.0 == b.0) {
            let rows: Vec<&Row> = of_line.iter().map(|(_, row)| *row).collect();
            let homes = |person: u32| self.people[person as usize].homes.as_slice();
            self.values[of_line[0].0 as usize].is_of_many_homes = is_of_many_homes(&rows, homes);
        }
    }

    fn index(&mut self) {
        for (v, value) in self.values.iter().enumerate() {
            let visits = &self.visits[value.first..value.first + value.people];
            for (i, visit) in visits.iter().enumerate() {
                let number = (value.first + i) as u32;
                self.people[visit.person as usize].values.push((v as u32, number));
            }
            if !value.is_wide() {
                continue;
            }
            let homes = self.wide_homes.entry(v as u32).or_default();
            for visit in visits {
                for cell in &self.people[visit.person as usize].home_cells {
                    *homes.entry(*cell).or_default() += 1;
                }
            }
        }
    }

    /// The visits to a value, in order of person.
    pub(super) fn visits(&self, value: u32) -> &[Visit] {
        let value = &self.values[value as usize];
        &self.visits[value.first..value.first + value.people]
    }

    pub(super) fn visit(&self, number: u32) -> &Visit {
        &self.visits[number as usize]
    }

    /// How many people with a home in this square a wide value has.
    pub(super) fn wide_homes(&self, value: u32, cell: &Cell) -> usize {
        self.wide_homes.get(&value).and_then(|homes| homes.get(cell)).map_or(0, |n| *n as usize)
    }
}

impl Visit {
    /// Whether the person was there often enough for this kind: two days on a line or at a spot.
    pub(super) fn counts(&self, kind: ValueKind) -> bool {
        let is_dated = matches!(kind, ValueKind::Line | ValueKind::Spot);
        !is_dated || self.days.count() >= super::reasons::DAYS_MIN
    }

    /// Whether both held a line at one time. An address that a provider gives to one customer and then
    /// to the next has been both's, and says nothing of the two.
    pub(super) fn held_with(&self, other: &Visit) -> bool {
        self.held.common(other.held) >= super::reasons::DAYS_MIN
    }
}
