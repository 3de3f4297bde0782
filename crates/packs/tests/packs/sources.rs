//! Raw data of others: both forms of databases, texts, packages, and what is refused with which words.

use super::fixtures::{ASN_CSV, DAY, built, city_mmdb, flat, ip, nested, provenance, raw};
use flate2::Compression;
use flate2::write::GzEncoder;
use muster_packs::Kind;
use muster_packs::folder::{Found, look_into};
use muster_packs::sources::defaults::DEFAULTS;
use muster_packs::sources::{build, kind_of};
use muster_packs::value::Value;
use muster_testkit::mmdb::{Cell, MmdbWriter};
use proptest::prelude::*;

fn flat_mmdb() -> Vec<u8> {
    city_mmdb("city", |c, a, o| flat(c, a as f32, o as f32))
}

#[test]
fn flat_and_nested_databases_say_the_same() {
    let one = built(Kind::City, &[raw("city.mmdb", flat_mmdb())]).unwrap();
    let other = built(Kind::City, &[raw("bought.mmdb", city_mmdb("GeoIP2-City", nested))]).unwrap();
    assert_eq!(one.table, other.table);
    let Some(Value::Place { country, point }) = one.table.value(ip("60.1.255.255")) else {
        panic!("not listed")
    };
    assert_eq!(country.unwrap().to_string(), "NL");
    // A float of 52.3676 is 52.367599...: the decimals that were meant are kept.
    assert_eq!((point.unwrap().latitude_e6, point.unwrap().longitude_e6), (52_367_600, 4_904_100));
    assert_eq!(one.table.value(ip("60.3.1.0")), None);
    assert_eq!(one.table.value(ip("2a00:1:ffff::1")), one.table.value(ip("60.1.0.0")));
}

#[test]
fn a_database_says_by_itself_what_it_is_and_of_which_day() {
    let city = raw("anything.mmdb", flat_mmdb());
    assert_eq!(kind_of(&city).unwrap(), Some(Kind::City));
    let without = build(Kind::City, &[city], provenance(None), &mut |_| {}).unwrap();
    assert_eq!(without.date, DAY);
    let mut writer = MmdbWriter::new("GeoIP2-ISP", 0);
    let organisation = ("autonomous_system_organization", "Acme".into());
    let number = ("autonomous_system_number", Cell::Number(64_500));
    writer.add("60.1.0.0", 16, Cell::Map(vec![number, organisation]));
    let asn = raw("asn.mmdb", writer.finish());
    assert_eq!(kind_of(&asn).unwrap(), Some(Kind::Asn));
    let asn = built(Kind::Asn, &[asn]).unwrap();
    assert_eq!(asn.table.network(ip("60.1.2.3")), Some((64_500, "Acme")));
    let mut writer = MmdbWriter::new("weather", 0);
    writer.add("60.1.0.0", 16, Cell::Map(vec![("rain", Cell::Number(1))]));
    let said = kind_of(&raw("weather.mmdb", writer.finish())).unwrap_err().to_string();
    assert!(said.contains("rain"), "{said}");
}

#[test]
fn geolite2_is_refused_with_its_reason_by_type_and_by_name() {
    let by_type = raw("city.mmdb", city_mmdb("GeoLite2-City", nested));
    let by_name = raw("geolite2-city-ipv4.mmdb", flat_mmdb());
    for file in [by_type, by_name] {
        let said = kind_of(&file).unwrap_err().to_string();
        assert!(said.contains("forbids use for employment purposes"), "{said}");
        assert!(built(Kind::City, &[file]).unwrap_err().to_string().contains("DB-IP Lite"));
    }
}

#[test]
fn numbers_and_addresses_in_csv_are_the_same() {
    let plain = built(Kind::Asn, &[raw("asn.csv", ASN_CSV)]).unwrap();
    let numbers = "1006698496,1006764031,AS64500,\"Acme Cable, Ltd.\"\n";
    let numbers = built(Kind::Asn, &[raw("asn-num.csv", numbers)]).unwrap();
    let asked = ip("60.1.200.1");
    assert_eq!(numbers.table.network(asked), Some((64_500, "Acme Cable, Ltd.")));
    assert_eq!(plain.table.network(asked), numbers.table.network(asked));
    assert_eq!(plain.look_ups.len(), 20);
    assert_eq!(plain.table.network(ip("2a00:1::9")), Some((64_500, "Acme Cable, Ltd.")));
}

#[test]
fn faults_of_texts_name_file_line_and_what_would_be_accepted() {
    let said =
        |kind, name: &str, text: &str| built(kind, &[raw(name, text)]).unwrap_err().to_string();
    for (kind, name, text, says) in [
        (
            Kind::Asn,
            "asn.csv",
            "60.1.0.0,60.1.0.9,64500,A\n60.2.0.9,60.2.0.0,1,B\n",
            "asn.csv, line 2: it ends with 60.2.0.0",
        ),
        (Kind::Asn, "asn.csv", "60.1.0.0,60.1.0.9,many,A\n", "first,last,asn,organisation"),
        (Kind::Asn, "asn.csv", "60.1.0.0,2a00::1,5,A\n", "different families"),
        (Kind::Tor, "tor.txt", "60.1.0.1\nnobody\n", "tor.txt, line 2: `nobody` holds no address"),
        (Kind::Vpn, "vpn.txt", "# only words\n\n", "vpn.txt holds nothing"),
        (Kind::City, "city.mmdb", "not a database", "city.mmdb is no MMDB database"),
        (Kind::Asn, "asn.csv", "9.0.0.0,11.0.0.0,64500,A\n", "which is a private address"),
    ] {
        let said = said(kind, name, text);
        assert!(said.contains(says), "{said}");
    }
    let undated =
        build(Kind::Vpn, &[raw("vpn.txt", "60.1.0.0/16\n")], provenance(None), &mut |_| {});
    let said = undated.unwrap_err().to_string();
    assert!(said.contains("vpn-2026-08-22.txt") && said.contains("--date"), "{said}");
}

#[test]
fn a_list_tells_its_day_in_its_first_comment_or_in_its_name() {
    for (name, text) in [
        ("vpn.txt", "# made on 2026-06-17\n60.1.0.0/16\n"),
        ("vpn-2026-06-17.txt", "60.1.0.0/16\n"),
    ] {
        let list = build(Kind::Vpn, &[raw(name, text)], provenance(None), &mut |_| {}).unwrap();
        assert_eq!(list.date, DAY, "{name}");
    }
}

#[test]
fn data_that_moved_a_well_known_network_abroad_is_refused() {
    let mut writer = MmdbWriter::new("city", 0);
    writer.add("193.0.0.0", 21, flat("BR", -15.8, -47.9));
    let said = built(Kind::City, &[raw("city.mmdb", writer.finish())]).unwrap_err().to_string();
    assert!(said.contains("BR of 193.0.6.139, which is the RIPE NCC"), "{said}");
}

fn package(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut archive = tar::Builder::new(GzEncoder::new(Vec::new(), Compression::fast()));
    for (name, bytes) in files {
        let mut header = tar::Header::new_gnu();
        header.set_size(bytes.len() as u64);
        header.set_mode(0o644);
        header.set_cksum();
        archive.append_data(&mut header, format!("package/{name}"), *bytes).unwrap();
    }
    archive.into_inner().unwrap().finish().unwrap()
}

#[test]
fn an_npm_package_becomes_a_pack_of_its_version_s_day() {
    let source = DEFAULTS.iter().find(|s| s.kind == Kind::Asn).unwrap();
    let (v4, v6) = ASN_CSV.split_at(ASN_CSV.find("2a00").unwrap());
    let bytes = package(&[
        ("README.md", b"words"),
        ("asn-ipv6.csv", v6.as_bytes()),
        ("asn-ipv4.csv", v4.as_bytes()),
    ]);
    let built = source.build("2.3.2026061719", &bytes[..], (90, 180), &mut |_| {}).unwrap();
    assert_eq!((built.date, built.table.ranges()), (DAY, 6));
    assert_eq!(built.provenance.source, "npm @ip-location-db/asn 2.3.2026061719");
    assert!(built.provenance.attribution.iter().any(|a| a.url == "https://db-ip.com"));
    let without = package(&[("asn-ipv4.csv", v4.as_bytes())]);
    let said = source.build("9", &without[..], (90, 180), &mut |_| {}).unwrap_err().to_string();
    assert!(said.contains("holds no asn-ipv6.csv"), "{said}");
    let cut = source.build("9", &bytes[..bytes.len() / 2], (90, 180), &mut |_| {}).unwrap_err();
    assert!(cut.to_string().contains("Download it again"), "{cut}");
}

#[test]
fn a_folder_is_understood_by_what_lies_in_it() {
    let dir = tempfile::tempdir().unwrap();
    let put = |name: &str, bytes: &[u8]| std::fs::write(dir.path().join(name), bytes).unwrap();
    assert!(
        look_into(dir.path()).unwrap_err().to_string().contains("holds nothing to make a pack of")
    );
    put("readme.txt", b"words");
    put("bought.mmdb", &city_mmdb("GeoIP2-City", nested));
    put("asn-ipv4.csv", b"60.1.0.0,60.1.255.255,64500,A\n");
    put("asn-ipv4-num.csv", b"1006698496,1006764031,64500,A\n");
    put("tor-2026-06-17.txt", b"60.1.1.1\n");
    put("torrents.txt", b"60.1.1.2\n");
    let found = look_into(dir.path()).unwrap();
    let kinds: Vec<Kind> = found.iter().map(Found::kind).collect();
    assert_eq!(kinds, [Kind::City, Kind::Asn, Kind::Tor]);
    let Found::Raw { files, .. } = &found[1] else { panic!("{found:?}") };
    assert_eq!(files.len(), 1, "the twin with numbers is left out");
    put("asn-2.3.2026061719.tgz", b"");
    assert!(look_into(dir.path()).unwrap_err().to_string().contains("the asn pack twice"));
    put("geolite2-asn-2.3.2026061719.tgz", b"");
    assert!(look_into(dir.path()).unwrap_err().to_string().contains("forbids use for employment"));
}

proptest! {
    #![proptest_config(ProptestConfig {
        failure_persistence: None,
        rng_seed: proptest::test_runner::RngSeed::Fixed(34),
        ..ProptestConfig::with_cases(1_500)
    })]

    #[test]
    fn a_damaged_database_is_refused_or_read_and_never_a_panic(
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..6),
        cut in any::<prop::sample::Index>(),
        is_cut in any::<bool>(),
    ) {
        let mut bytes = flat_mmdb();
        for (at, to) in changes {
            let at = at.index(bytes.len());
            bytes[at] = to;
        }
        if is_cut {
            bytes.truncate(cut.index(bytes.len()));
        }
        let file = raw("city.mmdb", bytes);
        let _ = kind_of(&file);
        let _ = built(Kind::City, &[file]);
    }
}
