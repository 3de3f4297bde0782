//! What is said of an address, in which order, and from which age on it is said no longer.

use super::fixtures::{DAY, at, city, everything, install, ip, raw};
use muster_domain::judging::{AccessClass, Fact, NoFact, Point};
use muster_packs::{Kind, OwnNetworks, Packs, Site, SiteKind};
use std::collections::BTreeSet;

const THEN: &str = "2026-06-20T12:00:00Z";

fn class(packs: &Packs, address: &str) -> AccessClass {
    *packs.look_up(ip(address), at(THEN)).class.value().unwrap()
}

#[test]
fn facts_come_with_the_age_of_their_pack() {
    let dir = tempfile::tempdir().unwrap();
    let facts = everything(dir.path()).look_up(ip("60.1.9.9"), at(THEN));
    let (age_days, is_old) = (3, false);
    assert_eq!(facts.country, Fact::Known { value: "NL".parse().unwrap(), age_days, is_old });
    let organisation = "Acme Cable, Ltd.".to_owned();
    assert_eq!(facts.organisation, Fact::Known { value: organisation, age_days, is_old });
    assert_eq!(facts.asn.value(), Some(&64_500));
    assert_eq!(facts.point.value(), Point::from_degrees(52.3676, 4.9041).as_ref());
    assert_eq!(facts.class.value(), Some(&AccessClass::Residential));
}

#[test]
fn the_first_class_that_fits_counts() {
    let dir = tempfile::tempdir().unwrap();
    let packs = everything(dir.path());
    for (address, wanted) in [
        ("10.1.2.3", AccessClass::Private),
        ("100.64.0.1", AccessClass::Private),
        ("60.1.1.1", AccessClass::Tor), // also on the VPN list
        ("60.6.0.1", AccessClass::Tor), // in a data centre's network
        ("60.1.1.0", AccessClass::Vpn),
        ("60.1.2.9", AccessClass::Vpn),   // also a relay
        ("60.1.3.1", AccessClass::Relay), // also on the hosting list
        ("2a00:1:5::7", AccessClass::Relay),
        ("60.4.9.1", AccessClass::Hosting), // in a satellite's network
        ("60.1.4.4", AccessClass::Hosting),
        ("60.6.9.9", AccessClass::Hosting), // by its network alone
        ("60.4.0.1", AccessClass::Satellite),
        ("60.5.0.1", AccessClass::Mobile),
        ("60.1.5.1", AccessClass::Mobile), // also on the business list
        ("60.1.6.1", AccessClass::Business),
        ("60.1.9.9", AccessClass::Residential),
        ("2a00:1::1", AccessClass::Residential),
    ] {
        assert_eq!(class(&packs, address), wanted, "{address}");
    }
}

#[test]
fn own_egress_goes_before_every_list_and_after_private_addresses() {
    let dir = tempfile::tempdir().unwrap();
    let site = Site {
        id: "hub".to_owned(),
        kind: SiteKind::CorporateEgress,
        latitude: 0.0,
        longitude: 0.0,
        radius_m: 0,
        networks: vec!["60.6.0.0/24".parse().unwrap()],
    };
    let office = Site {
        id: "office".to_owned(),
        kind: SiteKind::Office,
        networks: vec!["60.5.0.0/24".parse().unwrap()],
        ..site.clone()
    };
    let own = OwnNetworks {
        egress: vec!["60.1.1.0/24".parse().unwrap(), "10.0.0.0/8".parse().unwrap()],
        egress_asn: vec![64_501],
        sites: vec![site, office],
    };
    let packs = everything(dir.path()).with_own(own);
    for (address, wanted) in [
        ("60.1.1.1", AccessClass::CorporateEgress), // a Tor exit, were it not the company's
        ("::ffff:60.1.1.1", AccessClass::CorporateEgress),
        ("60.6.0.1", AccessClass::CorporateEgress),
        ("60.7.0.1", AccessClass::CorporateEgress),
        ("60.5.0.1", AccessClass::Mobile), // the line of an office is what it is
        ("10.0.0.1", AccessClass::Private),
    ] {
        assert_eq!(class(&packs, address), wanted, "{address}");
    }
    assert_eq!(packs.own().site(ip("60.5.0.9")).unwrap().id, "office");
}

#[test]
fn an_address_that_came_mapped_into_ipv6_is_the_same_address() {
    let dir = tempfile::tempdir().unwrap();
    let packs = everything(dir.path());
    for address in ["60.1.9.9", "60.1.1.1", "10.0.0.1", "60.3.0.1"] {
        let mapped = format!("::ffff:{address}");
        assert_eq!(packs.look_up(ip(&mapped), at(THEN)), packs.look_up(ip(address), at(THEN)));
    }
}

#[test]
fn data_is_old_after_ninety_days_and_gives_nothing_after_a_hundred_and_eighty() {
    let dir = tempfile::tempdir().unwrap();
    let packs = everything(dir.path());
    let start = DAY.to_zoned(jiff::tz::TimeZone::UTC).unwrap().timestamp();
    for (days, is_old) in [(0, false), (90, false), (91, true), (180, true)] {
        let then = (start + jiff::SignedDuration::from_hours(24 * days)).into();
        let facts = packs.look_up(ip("60.1.9.9"), then);
        let age_days = days as u32;
        assert_eq!(facts.country, Fact::Known { value: "NL".parse().unwrap(), age_days, is_old });
        assert_eq!(facts.asn, Fact::Known { value: 64_500, age_days, is_old });
        assert_eq!(facts.class, Fact::Known { value: AccessClass::Residential, age_days, is_old });
        assert_eq!(packs.usable(Kind::Vpn, then), Ok(()));
    }
    let then = (start + jiff::SignedDuration::from_hours(24 * 181)).into();
    let facts = packs.look_up(ip("60.1.1.1"), then);
    assert_eq!(facts.country, Fact::Missing(NoFact::PackTooOld));
    assert_eq!(facts.point, Fact::Missing(NoFact::PackTooOld));
    assert_eq!(facts.organisation, Fact::Missing(NoFact::PackTooOld));
    assert_eq!(
        facts.class,
        Fact::Missing(NoFact::PackTooOld),
        "a Tor list of then is no evidence now"
    );
    assert_eq!(packs.usable(Kind::Vpn, then), Err(NoFact::PackTooOld));
}

#[test]
fn evidence_from_before_the_data_has_age_nought() {
    let dir = tempfile::tempdir().unwrap();
    let facts = everything(dir.path()).look_up(ip("60.1.9.9"), at("2020-01-01T00:00:00Z"));
    assert_eq!(facts.asn, Fact::Known { value: 64_500, age_days: 0, is_old: false });
}

#[test]
fn without_packs_nothing_is_known_and_private_addresses_still_are() {
    let dir = tempfile::tempdir().unwrap();
    let packs = Packs::open(&dir.path().join("not there"));
    let facts = packs.look_up(ip("60.1.9.9"), at(THEN));
    assert_eq!(facts.country, Fact::Missing(NoFact::NoPack));
    assert_eq!(facts.point, Fact::Missing(NoFact::NoPack));
    assert_eq!(facts.asn, Fact::Missing(NoFact::NoPack));
    assert_eq!(facts.organisation, Fact::Missing(NoFact::NoPack));
    assert_eq!(facts.class, Fact::Missing(NoFact::NoPack));
    assert_eq!(class(&packs, "192.168.1.7"), AccessClass::Private);
    assert_eq!(packs.usable(Kind::Tor, at(THEN)), Err(NoFact::NoPack));
}

#[test]
fn what_a_pack_does_not_list_is_missing_with_that_reason() {
    let dir = tempfile::tempdir().unwrap();
    city(dir.path());
    let packs = Packs::open(dir.path());
    let facts = packs.look_up(ip("60.200.0.1"), at(THEN));
    assert_eq!(facts.country, Fact::Missing(NoFact::NotListed));
    assert_eq!(facts.asn, Fact::Missing(NoFact::NoPack));
    assert_eq!(
        facts.class,
        Fact::Missing(NoFact::NoPack),
        "no list was asked: on none is no answer"
    );
}

#[test]
fn a_point_that_means_a_whole_country_is_none() {
    let dir = tempfile::tempdir().unwrap();
    city(dir.path());
    let facts = Packs::open(dir.path()).look_up(ip("60.2.0.1"), at(THEN));
    assert_eq!(facts.country.value().copied(), "US".parse().ok());
    assert_eq!(facts.point, Fact::Missing(NoFact::NotListed), "the middle of the United States");
}

#[test]
fn the_country_pack_is_asked_before_the_city_pack() {
    use muster_testkit::mmdb::{Cell, MmdbWriter};
    let dir = tempfile::tempdir().unwrap();
    city(dir.path());
    let mut writer = MmdbWriter::new("country", 0);
    writer.add("60.1.0.0", 17, Cell::Map(vec![("country_code", "DE".into())]));
    install(dir.path(), Kind::Country, &[raw("country.mmdb", writer.finish())]).unwrap();
    let packs = Packs::open(dir.path());
    let country = |address: &str| packs.look_up(ip(address), at(THEN)).country.value().copied();
    assert_eq!(country("60.1.9.9"), "DE".parse().ok());
    assert_eq!(country("60.1.200.1"), "NL".parse().ok(), "where it says nothing, the city pack");
    let kinds: BTreeSet<Kind> = packs.manifests().map(|m| m.kind).collect();
    assert_eq!(kinds, BTreeSet::from([Kind::City, Kind::Country]));
}
