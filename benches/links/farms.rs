//! Laptop farms: what their operators do, by kind. Each leaves something that can be observed: a farm
//! whose laptops share nothing is no farm that anybody could find here, and is not made.

use crate::world::{DAYS, Farm, Gps, Place, World};

/// Every kind, in the order in which farms are made.
pub const KINDS: [(&str, Make); 10] = [
    ("classic", classic),
    ("moving", moving),
    ("shared KVM key", kvm),
    ("two sites", two_sites),
    ("business line", business),
    ("coarse claims", coarse),
    ("slow burn of two", pair),
    ("in a household", in_a_household),
    ("address of the day", address_of_the_day),
    ("one shipping address", one_address),
];

type Make = fn(&mut World) -> Vec<usize>;

/// Makes farms, kind after kind from `first`, while at most so many people sit in them.
pub fn plant(world: &mut World, first: usize, people_max: usize) {
    let mut planted = 0;
    // a company of a thousand has room for one farm of three to five
    world.laptops_max = SIZE_MAX.min(people_max);
    for n in first.. {
        let (kind, make) = KINDS[n % KINDS.len()];
        if world.laptops_max < SIZE_MIN || planted + world.laptops_max > people_max {
            break;
        }
        let mut people = Vec::new();
        world.make("host of a farm", |world| people = make(world));
        planted += people.len();
        world.farms.push(Farm { kind, people });
    }
}

/// Laptops of a farm that is no pair.
const SIZE_MIN: usize = 3;
const SIZE_MAX: usize = 7;

fn size(world: &mut World) -> usize {
    world.dice.of(SIZE_MIN..world.laptops_max + 1)
}

/// A house with a line.
fn house(world: &mut World, class: &'static str) -> usize {
    let (place, line) = (world.place(), world.fixed(class));
    world.base(place, line)
}

/// A laptop that stays at the house while its persona declared a home somewhere in the country.
fn laptop(world: &mut World, house: usize) -> usize {
    let declared: Place = world.place();
    world.person(declared, house)
}

fn laptops(world: &mut World, house: usize) -> Vec<usize> {
    let count = size(world);
    (0..count).map(|_| laptop(world, house)).collect()
}

/// One house, one home line, declared homes all over the country.
fn classic(world: &mut World) -> Vec<usize> {
    let house = house(world, "residential");
    laptops(world, house)
}

/// The same, moved to another house and line within a day, once or twice.
fn moving(world: &mut World) -> Vec<usize> {
    let first = house(world, "residential");
    let people = laptops(world, first);
    let mut from = world.dice.of(30..70) as u32;
    while from < DAYS - 20 {
        let next = house(world, "residential");
        for person in &people {
            world.people[*person].stays.push((from, DAYS, next));
        }
        from += world.dice.of(40..90) as u32;
    }
    people
}

/// Laptops behind one KVM switch whose authenticator all use; each on a mobile router of its own,
/// location refused.
fn kvm(world: &mut World) -> Vec<usize> {
    let key = world.name("key");
    let count = size(world);
    (0..count)
        .map(|_| {
            let (place, line) = (world.place(), world.pool(3, 2, "mobile"));
            let router = world.base(place, line);
            let person = laptop(world, router);
            world.people[person].device = key.clone();
            world.people[person].gps = Gps::Denied;
            person
        })
        .collect()
}

/// Two houses; laptops are carried from one to the other every week or two.
fn two_sites(world: &mut World) -> Vec<usize> {
    let houses = [house(world, "residential"), house(world, "residential")];
    let people = laptops(world, houses[0]);
    for person in &people {
        let mut at = world.dice.of(0..2);
        let mut from = 0;
        while from < DAYS {
            let until = from + [7, 14][world.dice.of(0..2)];
            world.people[*person].stays.push((from, until, houses[at]));
            (from, at) = (until, 1 - at);
        }
    }
    people
}

/// A house with a company's line.
fn business(world: &mut World) -> Vec<usize> {
    let house = house(world, "business");
    let people = laptops(world, house);
    people.iter().for_each(|person| world.people[*person].gps = Gps::Precise);
    people
}

/// Claims of place are coarse or refused.
fn coarse(world: &mut World) -> Vec<usize> {
    let house = house(world, "residential");
    let people = laptops(world, house);
    for person in &people {
        world.people[*person].gps = [Gps::Coarse, Gps::Denied][world.dice.of(0..2)];
    }
    people
}

/// Only two laptops.
fn pair(world: &mut World) -> Vec<usize> {
    let house = house(world, "residential");
    vec![laptop(world, house), laptop(world, house)]
}

/// A farm in the house of an honest employee, who knows nothing, works there half of the week and
/// is not one of its people.
fn in_a_household(world: &mut World) -> Vec<usize> {
    let house = house(world, "residential");
    let declared = world.bases[house].place;
    let host = world.person(declared, house);
    let (place, line) = (world.place(), world.fixed("business"));
    let office = world.base(place, line);
    world.also(host, 0.5, office);
    laptops(world, house)
}

/// The provider gives the house another address every day; claims of place are coarse.
fn address_of_the_day(world: &mut World) -> Vec<usize> {
    let (place, line) = (world.place(), world.pool(60_000, 1, "residential"));
    let house = world.base(place, line);
    let people = laptops(world, house);
    people.iter().for_each(|person| world.people[*person].gps = Gps::Coarse);
    people
}

/// All declared the house to which the laptops were sent.
fn one_address(world: &mut World) -> Vec<usize> {
    let house = house(world, "residential");
    let people = laptops(world, house);
    let declared = world.bases[house].place;
    people.iter().for_each(|person| world.people[*person].declared = declared);
    people
}
