//! What speaks for and against two people belonging together: the one place where the conditions of
//! an edge stand.

use super::cells::Cell;
use super::days::Days;
use super::hr_keys;
use super::reasons::{
    APART_METRES, CHANGES_DAYS_MIN, CHANGES_PERCENT, CO_MOVEMENT, DECLARED_APART, DECLARED_HOME,
    DEVICE_KEY, ELSEWHERE, HOUSEHOLD, HR_TWO, JOINS, LAN, MOVE_HOURS, Milli, OFFICE_PEOPLE_MIN,
    PRESENT_PERCENT, ReasonKind, SPOT, TOGETHER_IN_BUSINESS_PERCENT, line_weight,
};
use super::traces::{Trace, Traces, ValueKind, Visit};
use crate::time::{HOUR_MS, UtcMillis};
use std::collections::BTreeSet;

/// Two people who are joined.
#[derive(Debug, Clone)]
pub(super) struct Joined {
    pub(super) people: [u32; 2],
    pub(super) reasons: Vec<(ReasonKind, Milli)>,
    pub(super) sum: Milli,
    /// Days on which either was at the place they share.
    pub(super) days: Days,
    /// Whether each was seen nowhere but there.
    pub(super) is_nowhere_else: [bool; 2],
    /// Metres between their declared places, where these are apart.
    pub(super) apart_metres: Option<i64>,
    /// Whether nothing would join them but for what seems to be larger than a home.
    pub(super) rests_on: Option<Larger>,
}

/// What is larger than a home.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Larger {
    /// A spot, network or device of more than thirty people.
    Site,
    /// A company's line of eight people and more.
    Office,
    /// A line on which several were seen each at a place of their own.
    ManyHomes,
    /// A delivery address or account of three and more.
    Desk,
}

/// What two people share.
#[derive(Default)]
struct Shared {
    has_device: bool,
    has_lan: bool,
    has_spot: bool,
    has_moved_together: bool,
    /// Whether a narrow one is among them, of at most thirty people.
    has_narrow_device: bool,
    has_narrow_lan: bool,
    /// Whether a wide one is.
    has_wide_spot: bool,
    /// Whether a square that both were seen in is one that one of them declared as home.
    is_a_home: bool,
    /// Weight and kind of the best line.
    line: Option<(Milli, ReasonKind)>,
    /// Whether some line is a home's alone, as far as can be seen.
    has_line_of_one_home: bool,
    /// Most people on a company's line.
    people_at_business: usize,
    /// People with the delivery address and the account.
    delivery: Option<usize>,
    payroll: Option<usize>,
    /// Values that are places and that both were seen at, also on a single day.
    places: Vec<u32>,
    /// Either's days at all shared lines, spots and networks.
    at_lines: [Days; 2],
    at_spots: [Days; 2],
    at_lans: [Days; 2],
}

/// The evidence of one pair; `None` where it does not join them.
pub(super) fn weigh(traces: &Traces, a: u32, b: u32) -> Option<Joined> {
    let people = [&traces.people[a as usize], &traces.people[b as usize]];
    let shared = shared(traces, people);
    let mut reasons = Vec::new();
    let mut add = |kind, weight: Milli| {
        if weight != 0 {
            reasons.push((kind, weight));
        }
    };
    let household = household(traces, &shared, people);
    let (is_there, is_nowhere_else) = presence(&shared, people, PRESENT_PERCENT);
    let there = [0, 1].map(|n| shared.there(n));
    let is_together = is_there
        && there[0].overlaps(there[1])
        && !shared.are_neighbours()
        && (shared.people_at_business == 0
            || presence(&shared, people, TOGETHER_IN_BUSINESS_PERCENT).0);
    let apart_metres = apart_metres(people).filter(|_| is_together);
    if shared.has_device {
        add(ReasonKind::DeviceKey, DEVICE_KEY);
    }
    // a company's or campus's network is everybody's in the building: its line says all
    let is_business = shared.line.is_some_and(|(_, kind)| kind == ReasonKind::BusinessLine);
    let has_lan = shared.has_lan && is_there && !is_business && household != Some(2);
    if has_lan {
        add(ReasonKind::Lan, LAN);
    }
    if let Some((weight, kind)) = shared.line {
        add(kind, weight);
    }
    if shared.has_spot {
        add(ReasonKind::Spot, SPOT);
    }
    if apart_metres.is_some() {
        add(ReasonKind::DeclaredApart, DECLARED_APART);
    }
    if shared.has_moved_together && household.is_none() && is_together {
        add(ReasonKind::CoMovement, CO_MOVEMENT);
    }
    // a home that both declared explains one address and one account
    let shares_a_home = people[0].home_cells.iter().any(|c| people[1].home_cells.contains(c));
    let (delivery, payroll) = (shared.delivery, shared.payroll);
    let of_hr = if shares_a_home { Vec::new() } else { hr_keys::weights(delivery, payroll) };
    of_hr.iter().for_each(|(kind, weight)| add(*kind, *weight));
    match household {
        Some(2) => add(ReasonKind::Household, HOUSEHOLD),
        Some(_) => add(ReasonKind::DeclaredHome, DECLARED_HOME),
        None => {}
    }
    if shared.is_place() && !is_there && !shared.has_device {
        add(ReasonKind::Elsewhere, ELSEWHERE);
    }
    let sum: Milli = reasons.iter().map(|(_, weight)| weight).sum();
    let of_sites = [
        (shared.has_device && !shared.has_narrow_device, DEVICE_KEY),
        (has_lan && !shared.has_narrow_lan, LAN),
        (shared.has_wide_spot, SPOT),
    ];
    let of_sites: Milli = of_sites.iter().filter(|(is_so, _)| *is_so).map(|(_, w)| w).sum();
    // beside something else, however many have it, it says what it says of two
    let of_hr: Milli = of_hr.iter().map(|(_, weight)| *weight).sum();
    let rests_on = if sum - of_sites < JOINS {
        Some(Larger::Site)
    } else if sum - of_hr + of_hr.min(HR_TWO) < JOINS {
        Some(Larger::Desk)
    } else if shared.people_at_business >= OFFICE_PEOPLE_MIN && !shared.has_device {
        Some(Larger::Office)
    } else if shared.is_line_of_many_homes() {
        Some(Larger::ManyHomes)
    } else {
        None
    };
    let mut days = there[0];
    days.add(there[1]);
    (sum >= JOINS).then_some(Joined {
        people: [a, b],
        reasons,
        sum,
        days,
        is_nowhere_else,
        apart_metres,
        rests_on,
    })
}

fn shared(traces: &Traces, people: [&Trace; 2]) -> Shared {
    let mut shared = Shared::default();
    let mut wide_lines = Vec::new();
    for (value, visits) in common(people) {
        let visits = visits.map(|number| traces.visit(number));
        let kind = traces.values[value as usize].kind;
        let both_count = visits.iter().all(|visit| visit.counts(kind));
        let is_narrow = !traces.values[value as usize].is_wide();
        match kind {
            ValueKind::Device => {
                shared.has_device = true;
                shared.has_narrow_device |= is_narrow;
            }
            ValueKind::Delivery if is_narrow => {
                shared.delivery = shared.delivery.max(Some(traces.values[value as usize].people()));
            }
            ValueKind::Payroll if is_narrow => {
                shared.payroll = shared.payroll.max(Some(traces.values[value as usize].people()));
            }
            ValueKind::Delivery | ValueKind::Payroll => {} // a freight desk that nobody named
            ValueKind::Lan => {
                shared.has_lan = true;
                shared.has_narrow_lan |= is_narrow;
                shared.put(kind, value, visits);
            }
            ValueKind::Spot => {
                shared.has_spot |= both_count;
                shared.has_wide_spot |= !is_narrow;
                shared.is_a_home |= visits.iter().any(|visit| visit.is_at_home);
                shared.put(kind, value, visits);
            }
            ValueKind::Line if !is_narrow => {
                let both_count = both_count && visits[0].held_with(visits[1]);
                wide_lines.extend(both_count.then_some((value, visits)));
            }
            ValueKind::Line => {
                let both_count = both_count && visits[0].held_with(visits[1]);
                let has_moved = have_moved_together(people, visits);
                shared.has_moved_together |= has_moved;
                if both_count {
                    shared.take_line(traces, value);
                }
                if both_count || has_moved {
                    shared.has_line_of_one_home |= !traces.values[value as usize].is_of_many_homes;
                    shared.put(kind, value, visits);
                }
            }
        }
    }
    // the address of very many may be a carrier's: it counts beside something narrower only
    if shared.has_device || shared.has_lan || shared.has_spot {
        for (value, visits) in wide_lines {
            shared.take_line(traces, value);
            shared.put(ValueKind::Line, value, visits);
        }
    }
    shared
}

impl Shared {
    fn put(&mut self, kind: ValueKind, value: u32, visits: [&Visit; 2]) {
        let at = match kind {
            ValueKind::Line => &mut self.at_lines,
            ValueKind::Spot => &mut self.at_spots,
            ValueKind::Lan => &mut self.at_lans,
            ValueKind::Device | ValueKind::Delivery | ValueKind::Payroll => return, // no place
        };
        at.iter_mut().zip(visits).for_each(|(days, visit)| days.add(visit.days));
        self.places.push(value);
    }

    /// Whether a line, spot or network speaks for them.
    fn is_place(&self) -> bool {
        self.line.is_some() || self.has_spot || self.has_lan || self.has_moved_together
    }

    /// Whether one of them is at home in the square they share, and there is nothing else: the other may
    /// be anybody in the same block.
    fn are_neighbours(&self) -> bool {
        self.has_spot
            && self.is_a_home
            && self.line.is_none()
            && !self.has_lan
            && !self.has_device
            && !self.has_moved_together
    }

    /// Whether lines alone join them, and each seems to be an address of several homes.
    fn is_line_of_many_homes(&self) -> bool {
        let has_more = self.has_device || self.has_lan || self.has_spot;
        (self.line.is_some() || self.has_moved_together) && !has_more && !self.has_line_of_one_home
    }

    /// One person's days at whatever the two share.
    fn there(&self, n: usize) -> Days {
        let mut days = self.at_lines[n];
        days.add(self.at_spots[n]);
        days.add(self.at_lans[n]);
        days
    }

    /// Several addresses of one line are one cause: the best counts.
    fn take_line(&mut self, traces: &Traces, value: u32) {
        let line = &traces.values[value as usize];
        let kind = if line.is_business { ReasonKind::BusinessLine } else { ReasonKind::Line };
        let weight = line_weight(traces.seen, line.people(), line.is_business);
        if line.is_business {
            self.people_at_business = self.people_at_business.max(line.people());
        }
        if self.line.is_none_or(|(best, _)| best < weight) {
            self.line = Some((weight, kind));
        }
    }
}

/// Values that both have, each with both visits.
fn common<'a>(people: [&'a Trace; 2]) -> impl Iterator<Item = (u32, [u32; 2])> + 'a {
    let [a, b] = people.map(|p| &p.values);
    let mut at = 0;
    a.iter().filter_map(move |(value, visit)| {
        while b.get(at).is_some_and(|(other, _)| other < value) {
            at += 1;
        }
        b.get(at).filter(|(other, _)| other == value).map(|(_, other)| (*value, [*visit, *other]))
    })
}

/// Both came to this line from another one within 48 hours and were on it on one date: an address
/// that passes from one customer to the next is never both's.
pub(super) fn have_moved_together(people: [&Trace; 2], visits: [&Visit; 2]) -> bool {
    let came = |person: &Trace, visit: &Visit| {
        person.first_line_at.is_some_and(|first: UtcMillis| first < visit.first_at)
    };
    let between = visits[0].first_at.since(visits[1].first_at).abs();
    let [a, b] = visits.map(|visit| visit.days);
    between <= MOVE_HOURS * HOUR_MS
        && a.meets(b)
        && came(people[0], visits[0])
        && came(people[1], visits[1])
}

/// Whether each was, of every kind that they share, at what they share on at least this percentage of
/// the days on which that kind could tell, and whether on all of them. A line is told by lines; a spot by
/// precise fixes; a network by networks and fixed lines.
fn presence(shared: &Shared, people: [&Trace; 2], percent: u32) -> (bool, [bool; 2]) {
    let mut is_there = shared.is_place();
    let mut is_nowhere_else = [is_there; 2];
    let is_daily = changes_together(shared, people);
    for (n, person) in people.into_iter().enumerate() {
        let mut told = |days: Days, known: Days| {
            is_there &= days.count() * 100 >= known.count() * percent;
            is_nowhere_else[n] &= days == known;
        };
        if shared.line.is_some() || shared.has_moved_together {
            // of a line that changes daily, only a day on which both were seen can be shared
            let known = if is_daily { shared.at_lines[n] } else { person.line_days };
            told(shared.at_lines[n], known);
        }
        if shared.has_spot {
            told(shared.at_spots[n], person.spot_days);
        }
        if shared.has_lan {
            let (mut days, mut known) = (shared.at_lans[n], person.lan_days);
            days.add(shared.at_lines[n]);
            known.add(person.fixed_line_days);
            told(days, known);
        }
    }
    (is_there, is_nowhere_else)
}

/// Whether the two came to new lines together and were, on nearly all dates on which a line tells of both,
/// at a line that they share.
fn changes_together(shared: &Shared, people: [&Trace; 2]) -> bool {
    let told_of_both = people[0].line_days.common(people[1].line_days);
    let shared_by_both = shared.at_lines[0].common(shared.at_lines[1]);
    shared.has_moved_together
        && told_of_both >= CHANGES_DAYS_MIN
        && shared_by_both * 100 >= told_of_both * CHANGES_PERCENT
}

/// Metres between the nearest two of their declared places, if that is more than 5 km.
fn apart_metres(people: [&Trace; 2]) -> Option<i64> {
    let [a, b] = people;
    let pairs = a.homes.iter().flat_map(|p| b.homes.iter().map(move |q| p.metres_to(*q)));
    pairs.min().filter(|metres| *metres > APART_METRES)
}

/// How many of the people seen at what they share declared the home that both declared; `None` if
/// they declared none in common or share no place.
fn household(traces: &Traces, shared: &Shared, people: [&Trace; 2]) -> Option<usize> {
    let [a, b] = people;
    let homes: Vec<&Cell> = a.home_cells.iter().filter(|c| b.home_cells.contains(c)).collect();
    if homes.is_empty() || !shared.is_place() {
        return None;
    }
    let mut housemates = BTreeSet::new();
    let mut most = 2;
    // in a block of flats the neighbours are in one square, and not in the flat
    let is_flat = |value: &u32| traces.values[*value as usize].kind != ValueKind::Spot;
    let has_flat = shared.places.iter().any(is_flat);
    for value in shared.places.iter().filter(|value| !has_flat || is_flat(value)) {
        if traces.values[*value as usize].is_wide() {
            let counts = homes.iter().map(|cell| traces.wide_homes(*value, cell));
            most = counts.fold(most, usize::max);
            continue;
        }
        let seen = traces.visits(*value).iter().map(|visit| visit.person);
        housemates.extend(seen.filter(|person| {
            let cells = &traces.people[*person as usize].home_cells;
            homes.iter().any(|cell| cells.contains(cell))
        }));
    }
    Some(most.max(housemates.len()))
}
