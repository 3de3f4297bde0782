//! A made-up workforce: bases (a home, an office, a room), lines, people with habits. What it is made
//! of stands in `ordinary` and `farms`; nothing here knows what the detector weighs.

use crate::dice::Dice;
use std::collections::BTreeMap;

/// UTC dates that a world lasts, from Monday, 1 June 2026.
pub const DAYS: u32 = 180;

/// Degrees.
pub type Place = (f64, f64);

/// How a base reaches the internet.
#[derive(Clone)]
pub enum Line {
    /// One address throughout.
    Fixed { address: String, class: &'static str },
    /// An address out of a provider's pool, another one after so many days.
    Pool { first: usize, size: usize, days: u32, number: usize, class: &'static str },
}

/// Where people work.
#[derive(Clone)]
pub struct Base {
    pub place: Place,
    /// How far people are from its middle, in metres.
    pub spread_metres: f64,
    pub line: Line,
    /// Fingerprint of the local network.
    pub lan: String,
}

/// What a person's device says about its place.
#[derive(Clone, Copy, PartialEq)]
pub enum Gps {
    Precise,
    /// Hundreds of metres to some kilometres off.
    Coarse,
    Denied,
}

pub struct Person {
    pub id: String,
    /// What they are an example of.
    pub kind: &'static str,
    pub declared: Place,
    pub device: String,
    pub gps: Gps,
    /// Whether the device tells the local network's fingerprint.
    pub tells_lan: bool,
    /// Share of sign-ins through the company's own egress.
    pub vpn: f64,
    /// Share of days on which they work.
    pub active: f64,
    /// Where they work on days without another base.
    pub home: usize,
    /// Other bases by share of days.
    pub also: Vec<(f64, usize)>,
    /// Bases of some days, from and before; the last that fits counts.
    pub stays: Vec<(u32, u32, usize)>,
}

/// A farm's kind and its people.
pub struct Farm {
    pub kind: &'static str,
    pub people: Vec<usize>,
}

/// A row of the sites file.
pub struct Listed {
    pub kind: &'static str,
    pub place: Option<(Place, u32)>,
    pub networks: String,
}

pub struct World {
    pub dice: Dice,
    pub bases: Vec<Base>,
    pub people: Vec<Person>,
    pub farms: Vec<Farm>,
    pub listed: Vec<Listed>,
    /// Laptops of the largest farm there is room for.
    pub laptops_max: usize,
    cities: Vec<Place>,
    addresses: u32,
    pools: usize,
    numbers: usize,
}

pub const EGRESS: &str = "198.51.100.17";

impl World {
    pub fn new(seed: u64, cities: usize) -> World {
        let mut dice = Dice::new(seed);
        let cities =
            (0..cities).map(|_| (dice.between(30.0, 48.0), dice.between(-120.0, -75.0))).collect();
        World {
            dice,
            bases: Vec::new(),
            people: Vec::new(),
            farms: Vec::new(),
            listed: Vec::new(),
            laptops_max: 0,
            cities,
            addresses: 0,
            pools: 0,
            numbers: 0,
        }
    }

    /// Somewhere in or around some city.
    pub fn place(&mut self) -> Place {
        let city = self.dice.of(0..self.cities.len());
        let city = self.cities[city];
        self.near(city, 15_000.0)
    }

    /// Some metres from a place.
    pub fn near(&mut self, (latitude, longitude): Place, metres: f64) -> Place {
        near(&mut self.dice, (latitude, longitude), metres)
    }

    /// A line nobody else has: an IPv4 address of the benchmarking range (RFC 2544) or an IPv6 network
    /// of the documentation range (RFC 3849).
    pub fn fixed(&mut self, class: &'static str) -> Line {
        self.addresses += 1;
        let n = self.addresses;
        let address = if self.dice.chance(0.15) {
            format!("2001:db8:{:x}:{:x}", n >> 16, n & 0xffff)
        } else {
            format!("198.{}.{}.{}", 18 + (n >> 16), n >> 8 & 255, n & 255)
        };
        Line::Fixed { address, class }
    }

    /// A line out of a pool of its own, or of one that was made before.
    pub fn pool(&mut self, size: usize, days: u32, class: &'static str) -> Line {
        let first = self.pools;
        self.pools += size;
        self.of_pool(first, size, days, class)
    }

    pub fn of_pool(&mut self, first: usize, size: usize, days: u32, class: &'static str) -> Line {
        let number = self.dice.of(0..size);
        Line::Pool { first, size, days, number, class }
    }

    /// So many addresses for pools to come; the first.
    pub fn reserve_pool(&mut self, size: usize) -> usize {
        self.pools += size;
        self.pools - size
    }

    pub fn base(&mut self, place: Place, line: Line) -> usize {
        let lan = self.name("lan");
        self.bases.push(Base { place, spread_metres: 12.0, line, lan });
        self.bases.len() - 1
    }

    /// A text nobody else has.
    pub fn name(&mut self, prefix: &str) -> String {
        self.numbers += 1;
        let salt = self.dice.of(0..1 << 30);
        format!("{prefix}-{}-{salt:x}", self.numbers)
    }

    /// A new employee who works at this base on all days.
    pub fn person(&mut self, declared: Place, base: usize) -> usize {
        let device = self.name("key");
        let gps = [Gps::Precise, Gps::Coarse, Gps::Denied][match self.dice.share() {
            share if share < 0.85 => 0,
            share if share < 0.95 => 1,
            _ => 2,
        }];
        let tells_lan = self.dice.chance(0.5);
        let vpn = if self.dice.chance(0.3) { self.dice.between(0.2, 0.9) } else { 0.0 };
        let active = self.dice.between(0.75, 0.98);
        self.people.push(Person {
            id: String::new(),
            kind: "",
            declared,
            device,
            gps,
            tells_lan,
            vpn,
            active,
            home: base,
            also: Vec::new(),
            stays: Vec::new(),
        });
        self.people.len() - 1
    }

    /// Lets somebody work at another base on this share of their days.
    pub fn also(&mut self, person: usize, share: f64, base: usize) {
        self.people[person].also.push((share, base));
    }

    /// Makes people and notes what they are examples of.
    pub fn make(&mut self, kind: &'static str, make: impl FnOnce(&mut World)) {
        let before = self.people.len();
        make(self);
        self.people[before..].iter_mut().for_each(|person| person.kind = kind);
    }

    /// Gives everybody an id that tells nothing.
    pub fn number_people(&mut self) {
        let mut numbers: Vec<usize> = (0..self.people.len()).collect();
        self.dice.shuffle(&mut numbers);
        for (person, number) in self.people.iter_mut().zip(numbers) {
            person.id = format!("e{number:06}");
        }
    }

    /// Ids of all who sit in a farm, with its kind.
    pub fn truth(&self) -> BTreeMap<&str, &'static str> {
        let of = |farm: &'_ Farm| farm.people.iter().map(|p| (*p, farm.kind)).collect::<Vec<_>>();
        let all = self.farms.iter().flat_map(of);
        all.map(|(person, kind)| (self.people[person].id.as_str(), kind)).collect()
    }
}

impl Line {
    /// Address and class on a day.
    pub fn on(&self, day: u32) -> (String, &'static str) {
        match self {
            Line::Fixed { address, class } => {
                let host = if address.contains(':') { "::1" } else { "" };
                (format!("{address}{host}"), class)
            }
            Line::Pool { first, size, days, number, class } => {
                // another shuffle every turn; of a prime size nobody has another's address at a time
                let turn = (day / days) as usize + 1;
                let n = first + (number * (1 + turn * 7_919 % (size - 1)) + turn * 104_729) % size;
                (format!("240.{}.{}.{}", n >> 16, n >> 8 & 255, n & 255), class)
            }
        }
    }
}

pub fn near(dice: &mut Dice, (latitude, longitude): Place, metres: f64) -> Place {
    let (north, east) = (dice.normal(metres), dice.normal(metres));
    let degree = 111_200.0;
    (latitude + north / degree, longitude + east / (degree * latitude.to_radians().cos()))
}
