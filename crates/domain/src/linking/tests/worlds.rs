//! Small worlds, one kind of people each, in companies from five hundred to twenty thousand: who is honest
//! and looks alike, and who sits in a farm. Written from what happens, not from the conditions.

use super::properties::Dice;
use super::*;
use std::collections::BTreeSet;

/// People of a company; those of a world are among them.
const COMPANIES: [usize; 4] = [500, 1_000, 2_000, 5_000];
/// A check-in or sign-in on each day of work.
const DAYS: i64 = 120;

type World = fn(&mut Town) -> Vec<Life>;

/// Chance, and where things are.
struct Town {
    dice: Dice,
    made: u64,
}

impl Town {
    /// From 0 to 1.
    fn share(&mut self) -> f64 {
        self.dice.below(1_000_000) as f64 / 1e6
    }

    /// Somewhere in a country of a thousand kilometres.
    fn anywhere(&mut self) -> (f64, f64) {
        (44.0 + 9.0 * self.share(), 1.0 + 12.0 * self.share())
    }

    /// Within so many kilometres, north and east.
    fn around(&mut self, (latitude, longitude): (f64, f64), km: f64) -> (f64, f64) {
        let (north, east) = (self.share() - 0.5, self.share() - 0.5);
        (latitude + 2.0 * north * km / 111.0, longitude + 2.0 * east * km / 75.0)
    }

    /// A line nobody else has.
    fn line(&mut self) -> String {
        self.made += 1;
        format!("203.{}.{}.{}", self.made / 65_536, self.made / 256 % 256, self.made % 256)
    }

    fn id(&mut self) -> String {
        self.made += 1;
        format!("w{:05}", self.made)
    }

    /// Somebody who works where `of_day` says, with a fix on most days and a network on some.
    fn person(
        &mut self,
        declared: (f64, f64),
        mut of_day: impl FnMut(&mut Town, i64) -> Stay,
    ) -> Life {
        let id = self.id();
        let (tells_lan, is_precise) = (self.dice.chance(50), self.dice.chance(85));
        let mut life = life(&id).declares(declared);
        for day in 0..DAYS {
            if day % 7 >= 5 || self.dice.chance(10) {
                continue;
            }
            let stay = of_day(self, day);
            let spot = self.around(stay.place, 0.03);
            let hours = self.dice.below(8) as i64;
            life = life.on([day], |s| {
                let mut s = s.line(&stay.line).class(stay.class).hours_later(hours);
                s = if is_precise { s.spot(spot) } else { s };
                if tells_lan { s.lan(&stay.lan) } else { s }
            });
        }
        life
    }
}

/// Where somebody is for a day.
#[derive(Clone)]
struct Stay {
    place: (f64, f64),
    line: String,
    class: AccessClass,
    lan: String,
}

impl Town {
    fn stay(&mut self, place: (f64, f64), class: AccessClass) -> Stay {
        let line = self.line();
        Stay { place, lan: format!("lan of {line}"), line, class }
    }

    fn home(&mut self) -> Stay {
        let place = self.anywhere();
        self.stay(place, AccessClass::Residential)
    }
}

fn couples(town: &mut Town) -> Vec<Life> {
    let home = town.home();
    (0..2).map(|_| town.person(home.place, |_, _| home.clone())).collect()
}

/// Three in one flat, each of whom is in an office of their own on other days.
fn room_mates(town: &mut Town) -> Vec<Life> {
    let home = town.home();
    let one = |town: &mut Town| {
        let office = Stay { class: AccessClass::Business, ..town.home() };
        town.person(home.place, |town, _| match town.dice.chance(45) {
            true => office.clone(),
            false => home.clone(),
        })
    };
    (0..3).map(|_| one(town)).collect()
}

/// Twelve who rent a desk for half of the week.
fn co_working(town: &mut Town) -> Vec<Life> {
    let room = town.home();
    (0..12)
        .map(|_| {
            let place = town.around(room.place, 20.0);
            let home = town.stay(place, AccessClass::Residential);
            town.person(home.place, |town, _| match town.dice.chance(50) {
                true => room.clone(),
                false => home.clone(),
            })
        })
        .collect()
}

fn hotel_off_site(town: &mut Town) -> Vec<Life> {
    let hotel = town.home();
    (0..25)
        .map(|_| {
            let home = town.home();
            town.person(home.place, |_, day| match (35..40).contains(&day) {
                true => hotel.clone(),
                false => home.clone(),
            })
        })
        .collect()
}

/// Students who all declared the hall, a campus's line.
fn hall(town: &mut Town) -> Vec<Life> {
    let hall = Stay { class: AccessClass::Business, ..town.home() };
    (0..25).map(|_| town.person(hall.place, |_, _| hall.clone())).collect()
}

/// Half of them declared their parents' home, where they are on some days.
fn hall_of_the_absent(town: &mut Town) -> Vec<Life> {
    let hall = Stay { class: AccessClass::Business, ..town.home() };
    (0..40)
        .map(|n| {
            let parents = town.home();
            let declared = if n % 2 == 0 { hall.place } else { parents.place };
            town.person(declared, |town, _| match town.dice.chance(20) {
                true => parents.clone(),
                false => hall.clone(),
            })
        })
        .collect()
}

fn block_of_flats(town: &mut Town) -> Vec<Life> {
    let place = town.anywhere();
    (0..20)
        .map(|_| {
            let home = town.stay(place, AccessClass::Residential);
            town.person(place, |_, _| home.clone())
        })
        .collect()
}

/// A couple among them: one flat, one line.
fn couple_in_a_block(town: &mut Town) -> Vec<Life> {
    let mut lives = block_of_flats(town);
    let (latitude, longitude) = {
        let home = lives[0].seen[0].declared.unwrap();
        (f64::from(home.latitude_e6) / 1e6, f64::from(home.longitude_e6) / 1e6)
    };
    let flat = town.stay((latitude, longitude), AccessClass::Residential);
    lives.extend((0..2).map(|_| town.person(flat.place, |_, _| flat.clone())));
    lives
}

/// People who work at home, each with their own place and network, behind one address.
fn behind_one_address(town: &mut Town, places: Vec<(f64, f64)>) -> Vec<Life> {
    let address = town.line();
    let one = |place| {
        let home = Stay { line: address.clone(), ..town.stay(place, AccessClass::Residential) };
        town.person(place, |_, _| home.clone())
    };
    places.into_iter().map(one).collect()
}

/// A provider of some towns.
fn small_provider(town: &mut Town) -> Vec<Life> {
    let middle = town.anywhere();
    let places = (0..6).map(|_| town.around(middle, 30.0)).collect();
    behind_one_address(town, places)
}

/// A carrier of a whole country, whose address packs take for a home's.
fn carrier(town: &mut Town) -> Vec<Life> {
    let places = (0..20).map(|_| town.anywhere()).collect();
    behind_one_address(town, places)
}

/// Fifty customers who have thirty addresses in turn, nobody two at a time.
fn pool(town: &mut Town) -> Vec<Life> {
    let addresses: Vec<String> = (0..53).map(|_| town.line()).collect();
    (0..50)
        .map(|n| {
            let home = town.home();
            town.person(home.place, |_, day| {
                let turn = (day / 20) as usize + 1;
                let line = addresses[(n * (1 + turn % 52) + turn * 11) % 53].clone();
                Stay { line, ..home.clone() }
            })
        })
        .collect()
}

/// A branch that nobody listed: most of the week, from homes around it.
fn unlisted_office(town: &mut Town) -> Vec<Life> {
    let office = Stay { class: AccessClass::Business, ..town.home() };
    (0..12)
        .map(|_| {
            let place = town.around(office.place, 30.0);
            let home = town.stay(place, AccessClass::Residential);
            town.person(place, |town, _| match town.dice.chance(80) {
                true => office.clone(),
                false => home.clone(),
            })
        })
        .collect()
}

/// Five laptops in one house, declared all over the country.
fn classic_farm(town: &mut Town) -> Vec<Life> {
    let house = town.home();
    farm(town, 5, |_, _, _| house.clone())
}

fn farm(
    town: &mut Town,
    laptops: usize,
    stay: impl Fn(&mut Town, (f64, f64), i64) -> Stay,
) -> Vec<Life> {
    (0..laptops)
        .map(|_| {
            let declared = town.anywhere();
            town.person(declared, |town, day| stay(town, declared, day))
        })
        .collect()
}

/// The line alone: each claims, precisely, the place it declared, and tells no network of the house.
fn farm_of_a_line(town: &mut Town) -> Vec<Life> {
    let line = town.line();
    farm(town, 5, |_, declared, _| Stay {
        place: declared,
        line: line.clone(),
        class: AccessClass::Residential,
        lan: "192.168.1.0/24".to_owned(),
    })
}

/// The spot alone: a mobile router for each.
fn farm_of_a_spot(town: &mut Town) -> Vec<Life> {
    let place = town.anywhere();
    let mut lives: Vec<Life> = farm(town, 5, |town, _, _| {
        let line = town.line();
        Stay { place, lan: "192.168.8.0/24".into(), line, class: AccessClass::Mobile }
    });
    precise(town, &mut lives, place);
    lives
}

/// Whoever tells no place cannot be found by it.
fn precise(town: &mut Town, lives: &mut [Life], place: (f64, f64)) {
    for seen in lives.iter_mut().flat_map(|life| life.seen.iter_mut()) {
        let (latitude, longitude) = town.around(place, 0.02);
        *seen = seen.clone().spot((latitude, longitude));
    }
}

/// A VPN on most days, and the line of the house when it is off; the claimed place is the declared one.
fn farm_behind_a_vpn(town: &mut Town) -> Vec<Life> {
    let house = town.home();
    let tunnel = Stay { line: town.line(), class: AccessClass::Vpn, ..house.clone() };
    farm(town, 4, |town, declared, _| match town.dice.chance(85) {
        true => Stay { place: declared, lan: "10.8.0.1".into(), ..tunnel.clone() },
        false => Stay { place: declared, ..house.clone() },
    })
}

/// In a block in which fifteen honest people live, each on a line of their own.
fn farm_in_a_block(town: &mut Town) -> Vec<Life> {
    let flat = town.home();
    let mut lives = farm(town, 4, |_, _, _| flat.clone());
    for _ in 0..15 {
        let home = town.stay(flat.place, AccessClass::Residential);
        let neighbour = town.person(flat.place, |_, _| home.clone());
        lives.push(Life { seen: neighbour.seen.into_iter().map(honest).collect(), ..neighbour });
    }
    lives
}

/// A house whose provider gives it another address every day.
fn farm_of_changing_lines(town: &mut Town) -> Vec<Life> {
    let house = town.home();
    let addresses: Vec<String> = (0..DAYS).map(|_| town.line()).collect();
    farm(town, 4, |town, _, day| match town.dice.chance(30) {
        true => Stay { class: AccessClass::CorporateEgress, ..house.clone() },
        false => Stay { line: addresses[day as usize].clone(), ..house.clone() },
    })
}

/// One machine passed around.
fn farm_of_one_machine(town: &mut Town) -> Vec<Life> {
    let mut lives: Vec<Life> =
        farm(town, 3, |town, declared, _| town.stay(declared, AccessClass::Mobile));
    let keyed = lives.iter_mut().flat_map(|life| life.seen.iter_mut());
    keyed.for_each(|seen| *seen = seen.clone().device("one machine"));
    lives
}

/// A farm among the customers of one carrier's address.
fn farm_behind_a_carrier(town: &mut Town) -> Vec<Life> {
    let mut honest_lives = carrier(town);
    let address = honest_lives[0].seen[0].address.unwrap().to_string();
    let house = Stay { line: address, ..town.home() };
    let mut lives = farm(town, 4, |_, _, _| house.clone());
    precise(town, &mut lives, house.place);
    for life in &mut honest_lives {
        life.seen = life.seen.drain(..).map(honest).collect();
    }
    lives.extend(honest_lives);
    lives
}

/// Marks somebody in a farm's world who is no part of it.
fn honest(seen: Seen) -> Seen {
    Seen { id: format!("honest {}", seen.id), ..seen }
}

/// Who is named, of a world in a company of so many.
fn named(make: World, people: usize, seed: u64) -> (BTreeSet<String>, BTreeSet<String>) {
    let mut town = Town { dice: Dice::new(seed), made: 0 };
    let mut lives = make(&mut town);
    let all: BTreeSet<String> =
        lives.iter().flat_map(|life| life.seen.iter().map(|seen| seen.id.clone())).collect();
    lives.extend(bystanders(people - all.len()));
    let report = linked_with(&lives, &[]);
    (report.flagged().map(str::to_owned).collect(), all)
}

#[test]
fn honest_people_who_look_alike_are_not_named() {
    let worlds: [(&str, World); 12] = [
        ("couples", couples),
        ("room-mates", room_mates),
        ("co-working", co_working),
        ("hotel", hotel_off_site),
        ("hall", hall),
        ("hall of the absent", hall_of_the_absent),
        ("block of flats", block_of_flats),
        ("couple in a block", couple_in_a_block),
        ("small provider", small_provider),
        ("carrier", carrier),
        ("pool", pool),
        ("unlisted office", unlisted_office),
    ];
    for (kind, make) in worlds {
        for people in COMPANIES {
            for seed in 1..=2 {
                let (named, _) = named(make, people, seed);
                assert!(named.is_empty(), "{kind} of {people}, seed {seed}: {named:?}");
            }
        }
    }
}

#[test]
fn farms_are_named_whole_and_nobody_with_them() {
    let worlds: [(&str, World); 8] = [
        ("classic", classic_farm),
        ("a line", farm_of_a_line),
        ("a spot", farm_of_a_spot),
        ("VPN", farm_behind_a_vpn),
        ("in a block", farm_in_a_block),
        ("changing lines", farm_of_changing_lines),
        ("one machine", farm_of_one_machine),
        ("behind a carrier", farm_behind_a_carrier),
    ];
    for (kind, make) in worlds {
        for people in COMPANIES {
            for seed in 1..=2 {
                let (named, all) = named(make, people, seed);
                let farm: BTreeSet<String> =
                    all.into_iter().filter(|id| !id.starts_with("honest")).collect();
                assert_eq!(named, farm, "{kind} of {people}, seed {seed}");
            }
        }
    }
}

/// What a farm gains by claiming a place for each of very many laptops, all on one line: it is told as a
/// site to be named, and not flagged. One of twelve is flagged as any other.
#[test]
fn sixteen_claimed_places_on_one_line_ask_for_a_site() {
    let report = |laptops| {
        let mut town = Town { dice: Dice::new(1), made: 0 };
        let line = town.line();
        let mut lives = farm(&mut town, laptops, |_, declared, _| Stay {
            place: declared,
            line: line.clone(),
            class: AccessClass::Residential,
            lan: "192.168.1.0/24".to_owned(),
        });
        lives.extend(bystanders(2_000));
        linked_with(&lives, &[])
    };
    let twenty = report(20);
    assert_eq!((twenty.groups.len(), twenty.flagged().count()), (1, 0));
    let group = &twenty.groups[0];
    assert_eq!((group.members.len(), group.needs_site), (20, true));
    assert!(
        group.sentence.to_string().contains("each at a place of their own"),
        "{}",
        group.sentence
    );
    let twelve = report(12);
    assert_eq!((twelve.groups.len(), twelve.groups[0].needs_site), (1, false));
    assert_eq!(twelve.groups[0].members.len(), 12);
}
