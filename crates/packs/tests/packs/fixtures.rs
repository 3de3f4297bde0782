//! Raw data in which nothing is real, and packs of it in a folder.

use jiff::civil::{Date, date};
use muster_domain::time::UtcMillis;
use muster_packs::install::{Installed, Installer};
use muster_packs::manifest::Attribution;
use muster_packs::sources::{Built, Provenance, RawFile, SourceError, build};
use muster_packs::{Kind, PackError, Packs};
use muster_testkit::mmdb::{Cell, MmdbWriter};
use std::net::IpAddr;
use std::path::Path;

/// The day all fixtures are of.
pub const DAY: Date = date(2026, 6, 17);
/// 2026-06-17T00:00:00Z, in seconds.
const EPOCH: u64 = 1_781_654_400;

pub fn at(text: &str) -> UtcMillis {
    UtcMillis::from(text.parse::<jiff::Timestamp>().unwrap())
}

pub fn ip(text: &str) -> IpAddr {
    text.parse().unwrap()
}

pub fn flat(country: &str, latitude: f32, longitude: f32) -> Cell {
    let (latitude, longitude) = (Cell::Float(latitude), Cell::Float(longitude));
    Cell::Map(vec![
        ("city", "Somewhere".into()),
        ("country_code", country.into()),
        ("latitude", latitude),
        ("longitude", longitude),
    ])
}

pub fn nested(country: &str, latitude: f64, longitude: f64) -> Cell {
    let (latitude, longitude) = (Cell::Double(latitude), Cell::Double(longitude));
    let location = vec![
        ("accuracy_radius", Cell::Number(20)),
        ("latitude", latitude),
        ("longitude", longitude),
    ];
    Cell::Map(vec![
        ("country", Cell::Map(vec![("iso_code", country.into())])),
        ("location", Cell::Map(location)),
    ])
}

/// A database of this type; `record` makes the form.
pub fn city_mmdb(database_type: &str, record: impl Fn(&str, f64, f64) -> Cell) -> Vec<u8> {
    let mut writer = MmdbWriter::new(database_type, EPOCH);
    writer.add("60.1.0.0", 16, record("NL", 52.3676, 4.9041));
    writer.add("60.2.0.0", 16, record("US", 37.751, -97.822));
    writer.add("60.3.0.0", 24, record("BE", 50.8503, 4.3517));
    writer.add("2a00:1::", 32, record("NL", 52.3676, 4.9041));
    writer.finish()
}

pub fn raw(name: &str, bytes: impl Into<Vec<u8>>) -> RawFile {
    RawFile { name: name.to_owned(), bytes: bytes.into() }
}

pub fn provenance(day: Option<Date>) -> Provenance {
    Provenance {
        name: "A fixture".to_owned(),
        source: "made up for a test".to_owned(),
        licence: "CC0-1.0".to_owned(),
        attribution: vec![Attribution::new("Nobody", "https://data.example")],
        date: day,
        date_otherwise: None,
        warn_days: 90,
        void_days: 180,
    }
}

pub fn built(kind: Kind, files: &[RawFile]) -> Result<Built, SourceError> {
    build(kind, files, provenance(Some(DAY)), &mut |_| {})
}

pub fn installer(dir: &Path) -> Installer {
    Installer { dir: dir.to_owned(), now: at("2026-06-20T00:00:00Z"), dry_run: false }
}

pub fn install(dir: &Path, kind: Kind, files: &[RawFile]) -> Result<Installed, PackError> {
    installer(dir).take_built(built(kind, files).unwrap())
}

pub fn city(dir: &Path) {
    install(
        dir,
        Kind::City,
        &[raw("city.mmdb", city_mmdb("city", |c, a, o| flat(c, a as f32, o as f32)))],
    )
    .unwrap();
}

/// Networks 64500 (nobody's), a satellite, a mobile and a hosting one.
pub const ASN_CSV: &str = "60.1.0.0,60.1.255.255,64500,\"Acme Cable, Ltd.\"\n60.4.0.0,60.4.255.255,14593,Satellites\n\
    60.5.0.0,60.5.255.255,21928,Phones\n60.6.0.0,60.6.255.255,16509,Clouds\n60.7.0.0,60.7.255.255,64501,Acme\n\
    2a00:1::,2a00:1:ffff:ffff:ffff:ffff:ffff:ffff,64500,\"Acme Cable, Ltd.\"\n";

/// Country, city, ASN and every list.
pub fn everything(dir: &Path) -> Packs {
    city(dir);
    install(dir, Kind::Asn, &[raw("asn.csv", ASN_CSV)]).unwrap();
    for (kind, text) in [
        (Kind::Tor, "fingerprint,address,port\nA1,60.1.1.1,9001\nA2,60.6.0.1,443\n"),
        (Kind::Vpn, "# VPN, made up\n60.1.1.0/31\n60.1.2.0/24 # a comment\n"),
        (Kind::Relay, "60.1.2.0/25,NL,NL-NH,Amsterdam,\n60.1.3.0/24,NL,,,\n2a00:1:5::/64,NL,,,\n"),
        (Kind::Hosting, "60.1.3.0/30\n60.4.9.0/24\n60.1.4.0/24\n"),
        (Kind::Mobile, "60.1.5.0/24\n"),
        (Kind::Business, "60.1.5.0/25\n60.1.6.0/24\n"),
    ] {
        install(dir, kind, &[raw("list.txt", text)]).unwrap();
    }
    let packs = Packs::open(dir);
    assert!(packs.faults().is_empty(), "{:?}", packs.faults());
    packs
}
