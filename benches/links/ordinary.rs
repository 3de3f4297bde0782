//! Everybody who is honest, and why some of them look as if they belonged together.

use crate::world::{DAYS, EGRESS, Line, Listed, Place, World};

/// Puts people of one kind into the world.
type Making = fn(&mut World);

/// How many of what. Shares are of all people.
#[derive(Clone, Copy)]
pub struct Ordinary {
    pub people: usize,
    /// People of the largest listed office.
    pub office: usize,
    /// People whose home line is one carrier-NAT address.
    pub carrier_nat: usize,
}

/// Fills the world up to the wanted number of people.
pub fn populate(world: &mut World, wanted: &Ordinary) {
    let thousands = wanted.people.div_ceil(1_000);
    world.listed.push(Listed {
        kind: "corporate_egress",
        place: None,
        networks: format!("{EGRESS}/28"),
    });
    let offices: Vec<usize> = (0..3).map(|_| office(world, true)).collect();
    world.make("carrier NAT", |w| carrier_nat(w, wanted.carrier_nat));
    world.make("office", |w| office_goers(w, offices[0], wanted.office));
    for n in 0..thousands {
        world.make("couple", |w| couples(w, 8, offices[n % 3]));
        world.make("co-working", |w| co_working(w, n));
        world.make("hotel off-site", |w| hotel_off_site(w, n));
        world.make("hall of residence", |w| hall_of_residence(w, n));
        world.make("block of flats", block_of_flats);
        world.make("relatives", weekend_relatives);
        world.make("unlisted branch", unlisted_branch);
        // honest people who look like a farm by every condition: one of each in 20,000 people
        let rare: [(&str, Making); 4] = [
            ("flat share", flat_share),
            ("partner's home not declared", partners_with_two_homes),
            ("passed-on machine", passed_on_machine),
            ("small provider", small_provider),
        ];
        for (kind, make) in rare {
            if world.dice.chance(0.05) {
                world.make(kind, make);
            }
        }
    }
    let is_prime = |n: &usize| (2..).take_while(|d| d * d <= *n).all(|d| !n.is_multiple_of(d));
    let size = (wanted.people / 25..).find(is_prime).unwrap_or(2);
    let mut pools = Pools {
        homes: (0..10).map(|_| (world.reserve_pool(size), 0)).collect(),
        size,
        mobile: world.reserve_pool(6),
        satellite: world.reserve_pool(4),
        hidden: world.reserve_pool(20),
    };
    world.make("anybody", |world| {
        while world.people.len() < wanted.people {
            anybody(world, &offices, &mut pools);
        }
    });
    travellers(world);
}

/// Addresses that many people have in turn.
struct Pools {
    /// Of regional providers with changing addresses, each with the number of its next customer.
    homes: Vec<(usize, usize)>,
    size: usize,
    mobile: usize,
    satellite: usize,
    /// Relays and VPN services.
    hidden: usize,
}

/// An office with its own lines and a circle; listed, or not.
fn office(world: &mut World, is_listed: bool) -> usize {
    let place = world.place();
    let line = world.fixed("business");
    if is_listed {
        let (address, _) = line.on(0);
        let networks = if address.contains(':') { format!("{address}/64") } else { address };
        world.listed.push(Listed { kind: "office", place: Some((place, 200)), networks });
    }
    let base = world.base(place, line);
    world.bases[base].spread_metres = 30.0;
    base
}

fn home_line(world: &mut World) -> Line {
    let class = if world.dice.chance(0.2) { "" } else { "residential" };
    world.fixed(class)
}

/// A home of one: somebody and their own line.
fn single(world: &mut World) -> usize {
    let place = world.place();
    let line = home_line(world);
    let base = world.base(place, line);
    let declared = world.near(place, 8.0);
    world.person(declared, base)
}

/// One person of the many: works at home, at an office, on the move, over a line that changes.
fn anybody(world: &mut World, offices: &[usize], pools: &mut Pools) {
    let person = single(world);
    let base = world.people[person].home;
    match world.dice.share() {
        share if share < 0.25 => {
            // a dynamic address, which others have had before and will have
            let n = world.dice.of(0..pools.homes.len());
            let (first, number) = pools.homes[n];
            pools.homes[n].1 += 1;
            let (size, days, class) = (pools.size, [1, 7, 14, 30, 60][n % 5], "residential");
            world.bases[base].line = Line::Pool { first, size, days, number, class };
        }
        share if share < 0.33 => {
            world.bases[base].line = world.of_pool(pools.mobile, 6, 1, "mobile");
        }
        share if share < 0.35 => {
            world.bases[base].line = world.of_pool(pools.satellite, 4, 3, "satellite");
        }
        _ => {}
    }
    if world.dice.chance(0.35) {
        let share = world.dice.between(0.2, 0.8);
        let office = offices[world.dice.of(0..offices.len())];
        world.also(person, share, office);
    }
    if world.dice.chance(0.3) {
        let place = world.people[person].declared;
        let line = world.of_pool(pools.mobile, 6, 1, "mobile");
        let on_the_move = world.base(place, line);
        world.bases[on_the_move].spread_metres = 3_000.0;
        let share = world.dice.between(0.02, 0.2);
        world.also(person, share, on_the_move);
    }
    if world.dice.chance(0.04) {
        let place = world.people[person].declared;
        let class = ["relay", "vpn"][world.dice.of(0..2)];
        let line = world.of_pool(pools.hidden, 20, 2, class);
        let hidden = world.base(place, line);
        let share = world.dice.between(0.1, 0.9);
        world.also(person, share, hidden);
    }
}

fn office_goers(world: &mut World, office: usize, count: usize) {
    for _ in 0..count {
        let person = single(world);
        let share = world.dice.between(0.3, 1.0);
        world.also(person, share, office);
    }
}

/// Homes behind one address, called mobile by the pack, and behind another that it takes for a home's.
fn carrier_nat(world: &mut World, count: usize) {
    let mobile = world.fixed("mobile");
    for _ in 0..count {
        let person = single(world);
        let base = world.people[person].home;
        world.bases[base].line = mobile.clone();
    }
    let unknown = world.fixed("residential");
    for _ in 0..count / 5 {
        let person = single(world);
        let base = world.people[person].home;
        world.bases[base].line = unknown.clone();
    }
}

/// People who live together and say so: one home, one line, one network.
fn household(world: &mut World, people: usize) -> Vec<usize> {
    let place = world.place();
    let line = home_line(world);
    let base = world.base(place, line);
    let declared = world.near(place, 8.0);
    (0..people).map(|_| world.person(declared, base)).collect()
}

fn couples(world: &mut World, count: usize, office: usize) {
    for _ in 0..count {
        let both = household(world, 2);
        if world.dice.chance(0.3) {
            both.into_iter().for_each(|person| world.also(person, 0.4, office));
        }
    }
}

/// Three in one flat who work nowhere else.
fn flat_share(world: &mut World) {
    household(world, 3);
}

/// A couple one of whom never told that they moved in.
fn partners_with_two_homes(world: &mut World) {
    let both = household(world, 2);
    let before = world.place();
    world.people[both[1]].declared = before;
}

/// Brother and sister who work some days at their parents'.
fn weekend_relatives(world: &mut World) {
    let both = [single(world), single(world)];
    let place = world.place();
    let line = home_line(world);
    let parents = world.base(place, line);
    both.into_iter().for_each(|person| world.also(person, 0.25, parents));
}

/// A room of a dozen members, two or three days a week; every third room is listed, every other has a
/// line that the pack takes for a home's.
fn co_working(world: &mut World, n: usize) {
    let place = world.place();
    let line = world.fixed(if n.is_multiple_of(2) { "business" } else { "residential" });
    if n.is_multiple_of(3) {
        let networks = String::new();
        world.listed.push(Listed { kind: "coworking", place: Some((place, 120)), networks });
    }
    let room = world.base(place, line);
    for _ in 0..12 {
        let person = single(world);
        let share = world.dice.between(0.4, 0.6);
        let declared = world.near(place, 9_000.0);
        world.people[person].declared = declared;
        let home = world.people[person].home;
        world.bases[home].place = declared;
        world.also(person, share, room);
    }
}

/// A team of 25 for some days in a hotel.
fn hotel_off_site(world: &mut World, n: usize) {
    let place = world.place();
    let line = world.fixed(if n.is_multiple_of(2) { "business" } else { "residential" });
    let hotel = world.base(place, line);
    let from = world.dice.of(10..150) as u32;
    for _ in 0..25 {
        let person = single(world);
        world.people[person].stays.push((from, from + 5, hotel));
    }
}

/// Students: a small house whose people all declared it, or a large one whose people partly declared
/// their parents'.
fn hall_of_residence(world: &mut World, n: usize) {
    let place = world.place();
    let line = world.fixed("business");
    let hall = world.base(place, line);
    world.bases[hall].spread_metres = 25.0;
    let is_large = n.is_multiple_of(2);
    for _ in 0..if is_large { 60 } else { 8 } {
        let declares_parents = is_large && world.dice.chance(0.5);
        let declared = if declares_parents { world.place() } else { world.near(place, 10.0) };
        let person = world.person(declared, hall);
        let parents: Place = world.place();
        let line = home_line(world);
        let parents = world.base(parents, line);
        world.also(person, 0.2, parents);
    }
}

/// Twenty strangers in one tower, each with a line of their own.
fn block_of_flats(world: &mut World) {
    let place = world.place();
    for _ in 0..20 {
        let person = single(world);
        let home = world.people[person].home;
        world.bases[home].place = place;
        world.bases[home].spread_metres = 20.0;
        let declared = world.near(place, 10.0);
        world.people[person].declared = declared;
    }
}

/// A small provider that gives two neighbouring towns one address.
fn small_provider(world: &mut World) {
    let (place, line) = (world.place(), world.fixed("residential"));
    for _ in 0..2 {
        let person = single(world);
        let home = world.people[person].home;
        let declared = world.near(place, 12_000.0);
        world.people[person].declared = declared;
        world.bases[home].place = declared;
        world.bases[home].line = line.clone();
    }
}

/// Ten people of a branch that nobody listed, half of their days.
fn unlisted_branch(world: &mut World) {
    let branch = office(world, false);
    for _ in 0..10 {
        let person = single(world);
        let share = world.dice.between(0.4, 0.65);
        world.also(person, share, branch);
    }
}

/// A laptop that changed hands without a new key.
fn passed_on_machine(world: &mut World) {
    let (before, after) = (single(world), single(world));
    world.people[after].device = world.people[before].device.clone();
}

/// One in twenty travels: two to five days in hotels that colleagues visit, too.
fn travellers(world: &mut World) {
    let hotels: Vec<usize> = (0..world.people.len().div_ceil(100))
        .map(|n| {
            let place = world.place();
            let line = world.fixed(if n.is_multiple_of(2) { "business" } else { "residential" });
            world.base(place, line)
        })
        .collect();
    for person in 0..world.people.len() {
        if world.people[person].stays.is_empty() && world.dice.chance(0.05) {
            for _ in 0..world.dice.of(1..5) {
                let from = world.dice.of(0..DAYS as usize - 5) as u32;
                let until = from + world.dice.of(2..6) as u32;
                let hotel = hotels[world.dice.of(0..hotels.len())];
                world.people[person].stays.push((from, until, hotel));
            }
        }
    }
}
