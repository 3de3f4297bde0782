//! Window, days, sites, classes, groups, what very many share, and the sentence.

use super::*;

const LINE: &str = "203.0.113.5";

/// Somebody at a farm's line on these days.
fn at_farm(id: &str, home: (f64, f64), days: impl IntoIterator<Item = i64>) -> Life {
    life(id).declares(home).on(days, |s| s.line(LINE))
}

fn is_joined(lives: Vec<Life>, sites: &[Site]) -> bool {
    let all = [lives, bystanders(1_000)].concat();
    !linked_with(&all, sites).groups.is_empty()
}

#[test]
fn days_are_utc_dates() {
    let at = |id: &str, home, hours: [i64; 2]| {
        hours.into_iter().fold(life(id).declares(home), |life, hour| {
            life.on([10], |s| s.line(LINE).hours_later(hour - 12))
        })
    };
    // 23:30 and 00:30 are two days, 00:00 and 23:59 are one
    assert!(is_joined(vec![at("a", NORTH, [23, 24]), at("b", SOUTH, [23, 24])], &[]));
    assert!(!is_joined(vec![at("a", NORTH, [0, 23]), at("b", SOUTH, [0, 23])], &[]));
}

#[test]
fn the_window_has_180_dates_and_ends_with_the_newest() {
    let newest = life("last").on([180], |s| s);
    let farm = |day| [at_farm("a", NORTH, [day, 60]), at_farm("b", SOUTH, [day, 60])].to_vec();
    assert!(is_joined([farm(1), vec![newest.clone()]].concat(), &[]));
    assert!(!is_joined([farm(0), vec![newest.clone()]].concat(), &[]));
    let report = linked_with(&[farm(0), vec![newest]].concat(), &[]);
    let dates = (report.from.unwrap().to_string(), report.to.unwrap().to_string());
    assert_eq!(dates, ("2026-06-02".to_owned(), "2026-11-28".to_owned()));
    assert_eq!(
        (report.people, report.observations),
        (3, 3),
        "who was seen before only is not counted"
    );
}

#[test]
fn ipv6_lines_are_compared_by_64() {
    let on =
        |id: &str, home, address: &str| life(id).declares(home).on([3, 9], |s| s.line(address));
    let joined =
        |other| is_joined(vec![on("a", NORTH, "2001:db8:5:6::1"), on("b", SOUTH, other)], &[]);
    assert!(joined("2001:db8:5:6:ffff::2") && !joined("2001:db8:5:7::1"));
}

#[test]
fn a_listed_site_subtracts_by_network_and_by_circle() {
    let seen = |id: &str, home| {
        life(id).declares(home).on([3, 9, 20], |s| s.line(LINE).spot(WEST).lan("net"))
    };
    let people = || vec![seen("a", NORTH), seen("b", SOUTH)];
    let site = |kind, radius: Option<f64>, ip: &[&str]| Site {
        site_id: "s".into(),
        kind,
        area: radius.and_then(|r| place(WEST.0 + 0.002, WEST.1).map(|p| (p, r))), // 222 m away
        networks: ip.iter().map(|n| n.parse().unwrap()).collect(),
        delivery: Vec::new(),
    };
    use SiteKind::*;
    assert!(is_joined(people(), &[]));
    for kind in [Office, CoWorking] {
        assert!(!is_joined(people(), &[site(kind, None, &["203.0.113.0/28"])]), "{kind}");
        assert!(is_joined(people(), &[site(kind, None, &["203.0.113.16/28"])]), "{kind}");
        assert!(!is_joined(people(), &[site(kind, Some(210.0), &[])]), "{kind}");
        assert!(is_joined(people(), &[site(kind, Some(190.0), &[])]), "{kind}");
    }
    // egress says nothing of the line, and takes nothing from the spot
    let all = [people(), bystanders(1_000)].concat();
    let report = linked_with(&all, &[site(CorporateEgress, Some(500.0), &["203.0.113.5"])]);
    assert_eq!(edge(&report, "a", "b"), ["lan 7", "spot 3", "declared_apart 3"]);
}

#[test]
fn days_at_a_listed_office_are_days_elsewhere() {
    let hybrid = |id: &str, home| at_farm(id, home, 0..6).on(6..10, |s| s.line("198.51.100.9"));
    let office = Site {
        site_id: "hq".into(),
        kind: SiteKind::Office,
        area: None,
        networks: vec!["198.51.100.0/24".parse().unwrap()],
        delivery: Vec::new(),
    };
    assert!(!is_joined(vec![hybrid("a", NORTH), hybrid("b", SOUTH)], &[office]));
}

#[test]
fn the_network_of_a_listed_office_is_its_own_also_through_a_tunnel() {
    let office = Site {
        site_id: "hq".into(),
        kind: SiteKind::Office,
        area: None,
        networks: vec!["198.51.100.0/24".parse().unwrap()],
        delivery: Vec::new(),
    };
    // seen at the office on these days; on the others through a tunnel, in the same network
    let goer = |id: &str, home, at_office: i64| {
        let in_tunnel = |s: Seen| s.line("203.0.113.9").class(AccessClass::Vpn).lan("hq net");
        life(id)
            .declares(home)
            .on(0..at_office, |s| s.line("198.51.100.9").lan("hq net"))
            .on(at_office..20, in_tunnel)
    };
    let joined = |days| {
        is_joined(vec![goer("a", NORTH, days), goer("b", SOUTH, 4)], std::slice::from_ref(&office))
    };
    assert!(!joined(16));
    // who claims to have been there once has not made it the office's
    assert!(joined(1));
}

#[test]
fn a_class_that_is_not_given_is_looked_up_and_else_residential() {
    let seen: Vec<Seen> = [at_farm("a", NORTH, [3, 9]), at_farm("b", SOUTH, [3, 9])]
        .into_iter()
        .chain(bystanders(1_000))
        .flat_map(|l| l.seen)
        .collect();
    let groups = |class: Option<AccessClass>| {
        let look_up = move |address: IpAddr, _| class.filter(|_| address.to_string() == LINE);
        let mut ledger = Ledger::new(&[1; 32], Sites::default(), look_up);
        seen.iter().for_each(|s| ledger.add(&observation(s)));
        ledger.link().groups.len()
    };
    assert_eq!((groups(None), groups(Some(AccessClass::Mobile))), (1, 0));
    // what is given is not looked up
    let mut given = seen.clone();
    given.iter_mut().for_each(|s| s.class = Some(AccessClass::Residential));
    let mut ledger = Ledger::new(&[1; 32], Sites::default(), |_, _| Some(AccessClass::Mobile));
    given.iter().for_each(|s| ledger.add(&observation(s)));
    assert_eq!(ledger.link().groups.len(), 1);
}

#[test]
fn thirty_are_a_group_and_thirty_one_ask_for_a_site() {
    let group = |people: usize| {
        let lives: Vec<Life> = (0..people)
            .map(|n| {
                let home = (NORTH.0 + n as f64, NORTH.1);
                life(&format!("p{n:02}")).declares(home).on([3, 9], |s| s.line(LINE).spot(WEST))
            })
            .collect();
        let report = linked_with(&[lives, bystanders(1_000)].concat(), &[]);
        assert_eq!(report.groups.len(), 1);
        let flagged = report.flagged().count();
        (report.groups[0].clone(), flagged)
    };
    let (thirty, flagged) = group(30);
    assert_eq!((thirty.members.len(), thirty.needs_site, flagged), (30, false, 30));
    assert_eq!((thirty.edges.len(), thirty.density), (30 * 29 / 2, 1.0));
    let (more, flagged) = group(31);
    assert_eq!((more.members.len(), more.needs_site, flagged), (31, true, 0));
    assert!(more.sentence.to_string().contains("name it in the sites file"), "{}", more.sentence);
    assert!(more.score > 6.0 && more.density < 1.0);
}

#[test]
fn a_chain_is_one_group_with_its_density() {
    // a-b, b-c, c-d share a device each
    let life_of = |id: &str, keys: [&str; 2]| {
        life(id).on([1], |s| s.device(keys[0])).on([2], |s| s.device(keys[1]))
    };
    let chain = [("a", ["1", "2"]), ("b", ["2", "3"]), ("c", ["3", "4"]), ("d", ["4", "5"])];
    let report = linked(chain.map(|(id, keys)| life_of(id, keys)).to_vec());
    assert_eq!(report.groups.len(), 1);
    assert_eq!((report.groups[0].members.len(), report.groups[0].density), (4, 0.5));
    assert_eq!(report.groups[0].score, 9.0);
}

#[test]
fn an_address_of_very_many_joins_nobody_by_itself() {
    let carrier = |n: usize, count: usize| {
        let home = (40.0 + 0.1 * (n % 90) as f64, 1.0 + n as f64 / 90.0);
        let spot = |s: Seen| if n < count { s.spot(WEST) } else { s.spot(home) };
        life(&format!("c{n:05}")).declares(home).on([3, 9], |s| spot(s.line(LINE)))
    };
    let report = linked_with(&(0..2_000).map(|n| carrier(n, 0)).collect::<Vec<_>>(), &[]);
    assert_eq!(report.groups, []);
    // an office behind the same address: those who are also at one spot, and nobody else
    let report = linked_with(&(0..2_000).map(|n| carrier(n, 400)).collect::<Vec<_>>(), &[]);
    assert_eq!(report.groups.len(), 1);
    assert_eq!((report.groups[0].members.len(), report.groups[0].needs_site), (400, true));
    assert!(report.groups[0].edges.len() <= 4 * 400, "{}", report.groups[0].edges.len());
}

#[test]
fn a_key_of_a_thousand_people_is_told_and_joins_nobody() {
    let lives = |count: usize| -> Vec<Life> {
        let one = |n| life(&format!("d{n:04}")).on([3, 9], |s| s.device("unknown").lan("default"));
        (0..count).map(one).collect()
    };
    let report = linked_with(&lives(1_000), &[]);
    assert_eq!(report.groups, []);
    let told: Vec<_> = report.too_common.iter().map(|c| (c.kind, c.people)).collect();
    assert_eq!(told, [(ReasonKind::DeviceKey, 1_000), (ReasonKind::Lan, 1_000)]);
    let report = linked_with(&lives(999), &[]);
    assert!(report.too_common.is_empty() && report.groups[0].needs_site);
}

#[test]
fn nothing_observed_is_an_empty_report() {
    let report = linked_rows(&[], &[]);
    assert_eq!((report.people, report.observations, report.from), (0, 0, None));
    assert!(report.groups.is_empty());
}

#[test]
fn the_sentence_tells_facts_causes_and_the_next_step_and_no_address() {
    let farm = |id: &str, home| {
        life(id)
            .declares(home)
            .on(0..30, |s| s.line(LINE).spot(WEST))
            .on(30..41, |s| s.line("203.0.113.77").spot(WEST))
    };
    let report = linked(vec![farm("a", NORTH), farm("b", SOUTH), farm("c", WEST)]);
    let said = report.groups[0].sentence.to_string();
    let parts = [
        "3 people share a home internet line and one spot of about 150 m on 41 days from 2026-06-01 to 2026-07-11",
        "3 of them declared places 358 to 558 km apart",
        "all were seen nowhere else",
        "3 changed to a new line within the same 48 hours",
        "Innocent causes: a shared flat or family home",
        "Next: meet each of them on live video",
    ];
    for part in parts {
        assert!(said.contains(part), "{said}\n{part}");
    }
    for secret in ["203.0", "52.0", "48.0"] {
        assert!(!said.contains(secret), "{said}");
    }
    // a device key alone
    let keyed = |id: &str| life(id).on([1], |s| s.device("k"));
    let said = linked(vec![keyed("a"), keyed("b")]).groups[0].sentence.to_string();
    assert!(
        said.starts_with("2 people share the key of one device. Innocent causes: a machine that"),
        "{said}"
    );
}
