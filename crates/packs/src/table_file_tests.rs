//! The file of a pack, whole, cut and changed: what is read back, and what is refused.

use crate::kind::Kind;
use crate::table::{Table, TableBuilder};
use crate::table_file::{Damaged, read, write};
use crate::value::{Country, Spot, Value};
use proptest::prelude::*;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

fn table(kind: Kind) -> Table {
    let mut builder = TableBuilder::new(kind);
    let place = |code: &str, latitude: f64| Value::Place {
        country: Country::parse(code),
        point: Spot::from_degrees(latitude, 4.9),
    };
    let network = |asn, name: &str| Value::Network { asn, organisation: name.to_owned() };
    let values = match kind {
        Kind::City => [place("NL", 52.3), place("BE", 50.8), place("", 1.0)],
        Kind::Asn => {
            [network(64_500, "Acme Networks"), network(64_501, "Größe"), network(64_502, "")]
        }
        _ => [Value::Listed, Value::Listed, Value::Listed],
    };
    for (i, value) in values.into_iter().enumerate() {
        let number = builder.number(value);
        let i = i as u8;
        let v4 = |last: u8| IpAddr::from([60 + i, 0, 0, last]);
        builder.push(v4(0), v4(200), number).unwrap();
        let v6 = |last: u16| IpAddr::from([0x2a00, u16::from(i), 0, 0, 0, 0, 0, last]);
        builder.push(v6(0), v6(if i == 1 { 9 } else { 0xffff }), number).unwrap();
    }
    builder.finish().unwrap()
}

fn file(kind: Kind) -> Vec<u8> {
    let mut bytes = Vec::new();
    write(&table(kind), &mut bytes).unwrap();
    bytes
}

fn read_back(kind: Kind, bytes: &[u8]) -> Result<Table, Damaged> {
    read(kind, bytes.len() as u64, &mut &bytes[..])
}

const KINDS: [Kind; 3] = [Kind::City, Kind::Asn, Kind::Tor];

/// Everything a look-up can do, on addresses near every edge.
fn ask(table: &Table) {
    for i in 0..=u8::MAX {
        let v4 = Ipv4Addr::new(i, 0, 0, i);
        let v6 = Ipv6Addr::new(0x2a00, u16::from(i), 0, 0, 0, 0, 0, u16::from(i));
        for address in [IpAddr::from(v4), v6.into()] {
            let _ = (
                table.value(address),
                table.place(address),
                table.network(address),
                table.lists(address),
            );
        }
    }
    let _ = (table.ranges(), table.bytes());
}

#[test]
fn a_pack_reads_back_as_it_was_written() {
    for kind in KINDS {
        assert_eq!(read_back(kind, &file(kind)).unwrap(), table(kind), "{kind}");
    }
    let city = read_back(Kind::City, &file(Kind::City)).unwrap();
    assert_eq!(city.place("60.0.0.200".parse().unwrap()).unwrap().country, Country::parse("NL"));
    assert_eq!(city.place("60.0.0.201".parse().unwrap()), None);
    assert_eq!(city.place("2a00:1::9".parse().unwrap()).unwrap().country, Country::parse("BE"));
    assert_eq!(city.place("2a00:1::a".parse().unwrap()), None);
    let asn = read_back(Kind::Asn, &file(Kind::Asn)).unwrap();
    assert_eq!(asn.network("61.0.0.1".parse().unwrap()), Some((64_501, "Größe")));
}

#[test]
fn another_kind_another_version_and_every_cut_are_refused() {
    let whole = file(Kind::City);
    assert!(matches!(read_back(Kind::Country, &whole), Err(Damaged::OtherKind)));
    for length in 0..whole.len() {
        assert!(read_back(Kind::City, &whole[..length]).is_err(), "{length} bytes");
        // And where the length on disk was believed.
        assert!(read(Kind::City, whole.len() as u64, &mut &whole[..length]).is_err());
    }
    let longer = [&whole[..], &[0]].concat();
    assert!(matches!(read_back(Kind::City, &longer), Err(Damaged::Length { .. })));
    let mut newer = whole;
    newer[8] = 2;
    assert!(matches!(read_back(Kind::City, &newer), Err(Damaged::NotAPack)));
}

#[test]
fn a_head_that_promises_more_than_there_is_costs_no_memory() {
    let mut bytes = file(Kind::Asn);
    bytes[16..20].copy_from_slice(&u32::MAX.to_le_bytes());
    assert!(matches!(read_back(Kind::Asn, &bytes), Err(Damaged::Length { .. })));
}

proptest! {
    #![proptest_config(ProptestConfig {
        failure_persistence: None,
        rng_seed: proptest::test_runner::RngSeed::Fixed(33),
        ..ProptestConfig::with_cases(2_000)
    })]

    #[test]
    fn whatever_is_changed_in_a_file_no_look_up_fails(
        which in 0_usize..3,
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
    ) {
        let mut bytes = file(KINDS[which]);
        for (at, to) in changes {
            let at = at.index(bytes.len());
            bytes[at] = to;
        }
        if let Ok(table) = read_back(KINDS[which], &bytes) {
            ask(&table);
        }
    }
}
