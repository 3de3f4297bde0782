//! Each kind of reason with true cases and benign ones: what the two do, and what the edge says;
//! an empty list is no edge.

use super::*;

const LINE: &str = "203.0.113.5";

/// Two people, both as `like` says over these days, among strangers.
fn two(days: &[i64], declared: [(f64, f64); 2], like: impl Fn(Seen) -> Seen) -> Vec<String> {
    let one = |id: &str, home| life(id).declares(home).on(days.iter().copied(), &like);
    edge(&linked(vec![one("a", declared[0]), one("b", declared[1])]), "a", "b")
}

fn pair(a: Life, b: Life) -> Vec<String> {
    edge(&linked(vec![a, b]), "a", "b")
}

const NONE: [&str; 0] = [];
const DAYS: [i64; 4] = [3, 20, 50, 90];

#[test]
fn device_key() {
    let key = |s: Seen| s.device("key-1");
    assert_eq!(two(&[4], [NORTH, SOUTH], key), ["device_key 9"], "one day is enough");
    // whatever the place says: no everyday cause for one machine
    let a = life("a").on([1], key).on(2..20, |s| s.line("203.0.113.1"));
    let b = life("b").on([5], key).on(2..20, |s| s.line("203.0.113.2"));
    assert_eq!(pair(a, b), ["device_key 9"]);
    // both at a line on few of their days: the machine is not explained by that
    let both = |id: &str, home: &str| {
        life(id).on([1, 2], |s| s.line(LINE).device("key-1")).on(5..30, |s| s.line(home))
    };
    assert_eq!(
        pair(both("a", "203.0.113.1"), both("b", "203.0.113.2")),
        ["device_key 9", "line 5"]
    );
    // benign: keys of their own
    let own = |id: &str| life(id).on(DAYS, |s| s.device(id));
    assert_eq!(pair(own("a"), own("b")), NONE);
}

#[test]
fn lan() {
    let at = |s: Seen| s.lan("fd3c:91a2:77b0:1::53");
    assert_eq!(two(&[4], [NORTH, SOUTH], at), ["lan 7", "declared_apart 3"]);
    // benign: a network that stands in every home; the one home of a couple; a site of few days
    assert_eq!(two(&DAYS, [NORTH, SOUTH], |s| s.lan("192.168.1.0/24")), NONE);
    assert_eq!(two(&DAYS, [NORTH, NORTH], at), NONE);
    let visitor = |id: &str| life(id).on([1, 2], at).on(5..30, |s| s.lan(&format!("net of {id}")));
    assert_eq!(pair(visitor("a"), visitor("b")), NONE);
}

#[test]
fn line() {
    let at = |s: Seen| s.line(LINE);
    assert_eq!(two(&DAYS, [NORTH, SOUTH], at), ["line 5", "declared_apart 3"]);
    // in a company of 40 a line of two is less rare: ln 20
    let some = [life("a"), life("b")].map(|l| l.on(DAYS, |s| s.line(LINE).spot(NORTH).lan("n")));
    let report = linked_with(&[some.to_vec(), bystanders(38)].concat(), &[]);
    assert_eq!(edge(&report, "a", "b"), ["lan 7", "line 2.996", "spot 3"]);
    // benign: a single day each (a reused address), classes that say nothing of a home
    assert_eq!(two(&[4], [NORTH, SOUTH], at), NONE);
    use AccessClass::*;
    for class in [Mobile, Satellite, Hosting, Vpn, Tor, Relay, CorporateEgress, Private] {
        assert_eq!(two(&DAYS, [NORTH, SOUTH], |s| s.line(LINE).class(class)), NONE, "{class}");
    }
    // a private address has no class of its own and is no home line
    assert_eq!(two(&DAYS, [NORTH, SOUTH], |s| s.line("10.0.0.7")), NONE);
    assert_eq!(two(&DAYS, [NORTH, SOUTH], |s| s.line("2001:db8::1").class(Satellite)).len(), 2);
    // a reused address: one had it before, the other after
    let early = life("a").declares(NORTH).on([1, 9, 20], at);
    let late = life("b").declares(SOUTH).on([60, 80], at);
    assert_eq!(pair(early, late), NONE);
}

#[test]
fn business_line() {
    let at = |s: Seen| s.line(LINE).class(AccessClass::Business);
    assert_eq!(two(&DAYS, [NORTH, SOUTH], at), NONE, "1.5 + 3");
    let at_spot = |s: Seen| at(s).spot(WEST);
    let expected = ["business_line 1.5", "spot 3", "declared_apart 3"];
    assert_eq!(two(&DAYS, [NORTH, SOUTH], at_spot), expected);
    // one observation that calls it a company's line is enough
    let a = life("a").declares(NORTH).on(DAYS, |s| s.line(LINE).spot(WEST));
    let b = life("b").declares(SOUTH).on(DAYS, at_spot);
    assert_eq!(pair(a, b), expected);
}

#[test]
fn spot() {
    let at = |s: Seen| s.spot(WEST);
    assert_eq!(two(&DAYS, [NORTH, SOUTH], at), ["spot 3", "declared_apart 3"]);
    // benign: one block of flats that both declared; too coarse; a single day; null island
    assert_eq!(two(&DAYS, [WEST, WEST], at), NONE);
    assert_eq!(two(&DAYS, [NORTH, SOUTH], |s| s.fix(WEST, 101.0)), NONE);
    assert_eq!(two(&DAYS, [NORTH, SOUTH], |s| s.fix(WEST, 100.0)).len(), 2);
    assert_eq!(two(&[4], [NORTH, SOUTH], at), NONE);
    assert_eq!(two(&DAYS, [NORTH, SOUTH], |s| s.spot((0.0, 0.0))), NONE);
    let neighbour = (WEST.0 + 0.004, WEST.1);
    let a = life("a").declares(NORTH).on(DAYS, at);
    assert_eq!(pair(a, life("b").declares(SOUTH).on(DAYS, |s| s.spot(neighbour))), NONE);
}

#[test]
fn declared_apart() {
    let at = |s: Seen| s.line(LINE);
    let near = (NORTH.0 + 0.04, NORTH.1); // 4.4 km
    let far = (NORTH.0 + 0.05, NORTH.1); // 5.6 km
    assert_eq!(two(&DAYS, [NORTH, far], at), ["line 5", "declared_apart 3"]);
    assert_eq!(two(&DAYS, [NORTH, near], at), NONE);
    // benign: a second place that was declared, too
    let moved = life("b").declares(SOUTH).on([3, 20], at).declares(near).on([50, 90], at);
    assert_eq!(pair(life("a").declares(NORTH).on(DAYS, at), moved), NONE);
    // benign: they meet there and live elsewhere
    let guest = |id: &str, home, line: &str| {
        life(id).declares(home).on(0..6, at).on(10..14, |s| s.line(line))
    };
    let (a, b) = (guest("a", NORTH, "203.0.113.1"), guest("b", SOUTH, "203.0.113.2"));
    assert_eq!(pair(a, b), NONE, "60 % of their days");
}

#[test]
fn co_movement() {
    // a line that changes every day: never two days on one address
    let every_day = |id: &str, home, hours: i64| {
        (0..20).fold(life(id).declares(home), |life, day| {
            life.on([day], |s| s.line(&format!("203.0.113.{day}")).hours_later(hours))
        })
    };
    let expected = ["declared_apart 3", "co_movement 3"];
    assert_eq!(pair(every_day("a", NORTH, 0), every_day("b", SOUTH, 3)), expected);
    assert_eq!(pair(every_day("a", NORTH, 0), every_day("b", SOUTH, 49)), NONE, "after 49 hours");
    // benign: one household's line changes for all who live there
    assert_eq!(pair(every_day("a", NORTH, 0), every_day("b", NORTH, 3)), NONE);
    // benign: the first line ever seen is no move
    assert_eq!(two(&[4], [NORTH, SOUTH], |s| s.line(LINE)), NONE);
    // a farm that moves house: also on the addresses it stayed at
    let mover = |id: &str, home| {
        life(id).declares(home).on(0..9, |s| s.line(LINE)).on(9..20, |s| s.line("203.0.113.6"))
    };
    let expected = ["line 5", "declared_apart 3", "co_movement 3"];
    assert_eq!(pair(mover("a", NORTH), mover("b", SOUTH)), expected);
}

#[test]
fn household_and_declared_home() {
    let home = |id: &str| life(id).declares(NORTH).on(DAYS, |s| s.line(LINE).spot(NORTH).lan("n"));
    assert_eq!(pair(home("a"), home("b")), NONE, "a couple: 5 + 3 - 3");
    let report = linked(vec![home("a"), home("b"), home("c")]);
    let expected = ["lan 7", "line 5", "spot 3", "declared_home 1"];
    assert_eq!(edge(&report, "a", "c"), expected);
    // a neighbour on another line, who declared the same block, makes a couple no farm
    let neighbour = life("c").declares(NORTH).on(DAYS, |s| s.line("203.0.113.9"));
    assert_eq!(edge(&linked(vec![home("a"), home("b"), neighbour]), "a", "b"), NONE);
    // a couple with one machine between them
    let shared = |id: &str| life(id).declares(NORTH).on(DAYS, |s| s.line(LINE).device("k"));
    assert_eq!(pair(shared("a"), shared("b")), ["device_key 9", "line 5", "household -3"]);
}

#[test]
fn elsewhere() {
    // days there of ten; the rest at lines of their own
    let part = |id: &str, days_there: i64, other: &str| {
        let there = |s: Seen| s.line(LINE).lan("net").spot(WEST);
        life(id).on(0..days_there, there).on(days_there..10, |s| s.line(other).lan(other))
    };
    let got = |there| pair(part("a", there, "203.0.113.1"), part("b", 10, "203.0.113.2"));
    assert_eq!(got(7), ["lan 7", "line 5", "spot 3"]);
    assert_eq!(got(6), NONE, "one of the two is enough");
    // a co-working room: a line and a spot, on some of their days
    let member = |id: &str, home, line: &str| {
        life(id)
            .declares(home)
            .on(0..6, |s| s.line(LINE).spot(WEST))
            .on(6..10, |s| s.line(line).spot(home))
    };
    assert_eq!(pair(member("a", NORTH, "203.0.113.1"), member("b", SOUTH, "203.0.113.2")), NONE);
    // a mobile line is a day elsewhere; a tunnel tells nothing
    let with = |id: &str, home, class| {
        life(id)
            .declares(home)
            .on(0..6, |s| s.line(LINE))
            .on(6..10, |s| s.line("203.0.113.99").class(class))
    };
    let on_the_move = AccessClass::Mobile;
    assert_eq!(pair(with("a", NORTH, on_the_move), with("b", SOUTH, on_the_move)), NONE);
    let vpn = AccessClass::CorporateEgress;
    assert_eq!(pair(with("a", NORTH, vpn), with("b", SOUTH, vpn)), ["line 5", "declared_apart 3"]);
}
