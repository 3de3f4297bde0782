//! What a look-up costs, beside the raw `maxminddb` reader and a search in the text's own rows, and
//! what all packs cost in memory after a million random look-ups. Run it with
//! `cargo bench -p muster-packs --bench packs`; it builds packs from the npm packages in
//! `$MUSTER_CACHE/packs-npm` (docs/benchmarks.md).

use muster_domain::time::UtcMillis;
use muster_packs::install::Installer;
use muster_packs::sources::archive;
use muster_packs::sources::defaults::DefaultSource;
use muster_packs::{Kind, Packs};
use serde::Deserialize;
use std::fs::File;
use std::hint::black_box;
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::time::Instant;

const LOOK_UPS: usize = 1_000_000;
const ROUNDS: usize = 5;
/// 2026-07-01T00:00:00Z: the default packs are fresh then.
const THEN: UtcMillis = UtcMillis(1_782_864_000_000);

fn main() {
    let cache = std::env::var_os("MUSTER_CACHE").map(PathBuf::from);
    let home = std::env::var_os("HOME").map(PathBuf::from).unwrap_or_default();
    let packages = cache.unwrap_or_else(|| home.join(".cache/muster")).join("packs-npm");
    let dir = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("bench-packs");
    if std::env::args().any(|a| a == "memory") {
        return memory(&dir);
    }
    build(&packages, &dir);

    // In a process of its own, so that nothing the building left behind is counted or reused.
    let program = std::env::current_exe().expect("this program");
    let status = std::process::Command::new(program).arg("memory").status();
    assert!(status.is_ok_and(|s| s.success()), "the memory could not be measured");

    let packs = Packs::open(&dir);
    let (v4, v6) = (addresses_v4(), addresses_v6(&packs));
    let city = &read(&packages, Kind::City);
    let country = &read(&packages, Kind::Country);
    row("all facts, IPv4", best(&v4, |a| packs.look_up(a, THEN)), None);
    row("all facts, IPv6", best(&v6, |a| packs.look_up(a, THEN)), None);
    let table = |kind: Kind| Packs::table(&packs, kind).expect("a pack that was installed");
    let (city_table, country_table, asn) =
        (table(Kind::City), table(Kind::Country), table(Kind::Asn));
    let raw = |reader: &maxminddb::Reader<Vec<u8>>, of: &[IpAddr]| {
        best(of, |a| reader.lookup(a).ok()?.decode::<Raw<'_>>().ok()?)
    };
    let place = |table: &muster_packs::Table, of: &[IpAddr]| best(of, |a| table.place(a));
    // The name of an organisation is read where it is told, so it is read here as well.
    let told = |(asn, name): (u32, &str)| (asn, name.bytes().fold(0_u8, u8::wrapping_add));
    let alone = |of: &[IpAddr]| {
        best(of, |a| (city_table.place(a), country_table.place(a), asn.network(a).map(told)))
    };
    row("alone, IPv4", alone(&v4), None);
    row("alone, IPv6", alone(&v6), None);
    row("city, IPv4", place(city_table, &v4), Some(raw(&city[0], &v4)));
    row("city, IPv6", place(city_table, &v6), Some(raw(&city[1], &v6)));
    row("country, IPv4", place(country_table, &v4), Some(raw(&country[0], &v4)));
    row("country, IPv6", place(country_table, &v6), Some(raw(&country[0], &v6)));
    row("network, IPv4", best(&v4, |a| asn.network(a)), None);
    row("network, IPv6", best(&v6, |a| asn.network(a)), None);
}

/// Growth of resident memory by opening all packs and a million look-ups, file pages included.
fn memory(dir: &Path) {
    let before = resident();
    let started = Instant::now();
    let packs = Packs::open(dir);
    println!("opening all packs: {:.0} ms (hashes checked)", started.elapsed().as_secs_f64() * 1e3);
    assert!(packs.faults().is_empty() && packs.manifests().count() == 3, "{:?}", packs.faults());
    let (v4, v6) = (addresses_v4(), addresses_v6(&packs));
    let all: Vec<IpAddr> = v4.iter().chain(&v6).copied().collect();
    let addresses = all.capacity() * size_of::<IpAddr>() * 2;
    for address in &all {
        black_box(packs.look_up(*address, THEN));
    }
    let growth = resident().saturating_sub(before).saturating_sub(addresses);
    println!(
        "resident growth after {} look-ups: {:.1} MB (tables {:.1} MB)",
        all.len(),
        growth as f64 / 1e6,
        packs.bytes() as f64 / 1e6
    );
}

/// The fields a look-up needs, decoded as the raw reader gives them.
#[derive(Deserialize)]
#[allow(dead_code, reason = "decoded to be measured")]
struct Raw<'a> {
    country_code: Option<&'a str>,
    latitude: Option<f32>,
    longitude: Option<f32>,
}

fn build(packages: &Path, dir: &Path) {
    let listing = std::fs::read_dir(packages).unwrap_or_else(|error| {
        panic!("{}: {error}; `muster data update --keep` fetches them", packages.display())
    });
    let installer = Installer { dir: dir.to_owned(), now: THEN, dry_run: false };
    for entry in listing.flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let Some((source, version)) = DefaultSource::of_file(&name) else { continue };
        if installer.already_there(source.kind, &source.source(version)).is_some() {
            continue;
        }
        let started = Instant::now();
        let file = File::open(entry.path()).expect("a package in the cache");
        let built = source.build(version, file, (90, 180), &mut |_| {}).expect("a pack");
        let built_ms = started.elapsed().as_millis();
        let installed = installer.take_built(built).expect("an installed pack");
        let all_ms = started.elapsed().as_millis();
        println!(
            "{}: {} ranges, {:.1} MB, built in {built_ms} ms, installed after {all_ms} ms",
            source.kind,
            installed.manifest.ranges,
            installed.manifest.bytes as f64 / 1e6
        );
    }
}

/// The databases of a package, in memory.
fn read(packages: &Path, kind: Kind) -> Vec<maxminddb::Reader<Vec<u8>>> {
    let listing = std::fs::read_dir(packages).expect("the cache").flatten();
    let package = listing
        .filter(|entry| {
            let name = entry.file_name().to_string_lossy().into_owned();
            DefaultSource::of_file(&name).is_some_and(|(source, _)| source.kind == kind)
        })
        .map(|entry| entry.path())
        .max()
        .expect("a package of this kind");
    let wanted = |name: &str| match kind {
        Kind::Country => name == "geo-whois-asn-country.mmdb",
        _ => name.ends_with(".mmdb"),
    };
    let mut files =
        archive::unpack("a package", File::open(package).expect("it"), wanted).expect("files");
    files.sort_by(|a, b| a.name.cmp(&b.name));
    files
        .into_iter()
        .map(|f| maxminddb::Reader::from_source(f.bytes).expect("a database"))
        .collect()
}

/// A generator with a fixed seed (SplitMix64, S. Vigna, public domain).
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }
}

/// Anywhere in the internet.
fn addresses_v4() -> Vec<IpAddr> {
    let mut numbers = Numbers(7);
    let random = std::iter::repeat_with(|| IpAddr::from((numbers.next() as u32).to_be_bytes()));
    random.filter(|a| !muster_packs::special::is_special(*a)).take(LOOK_UPS / 2).collect()
}

/// Random IPv6 addresses are nobody's: these lie in ranges that are somebody's.
fn addresses_v6(packs: &Packs) -> Vec<IpAddr> {
    let mut numbers = Numbers(8);
    let asn = packs.table(Kind::Asn).expect("a pack that was installed");
    let random = std::iter::repeat_with(|| {
        let upper = 0x2000 << 48 | numbers.next() >> 3;
        IpAddr::from((u128::from(upper) << 64 | u128::from(numbers.next())).to_be_bytes())
    });
    // Of the first 32 bits few are in use; the rest stays random.
    let used: Vec<u32> = (0x2001_0000..0x2c10_0000_u32)
        .step_by(8)
        .filter(|top| asn.network(IpAddr::from((u128::from(*top) << 96).to_be_bytes())).is_some())
        .collect();
    random
        .take(LOOK_UPS / 2)
        .enumerate()
        .map(|(i, address)| {
            let IpAddr::V6(address) = address else { return address };
            let top = u128::from(used[i * 7919 % used.len()]) << 96;
            IpAddr::from((u128::from(address) & (u128::MAX >> 32) | top).to_be_bytes())
        })
        .collect()
}

/// Nanoseconds of one, the best of five rounds over all.
fn best<T>(of: &[IpAddr], ask: impl Fn(IpAddr) -> T) -> f64 {
    let round = |_| {
        let started = Instant::now();
        of.iter().for_each(|address| drop(black_box(ask(*address))));
        started.elapsed().as_nanos() as f64 / of.len() as f64
    };
    (0..ROUNDS).map(round).fold(f64::MAX, f64::min)
}

fn row(what: &str, ours: f64, raw: Option<f64>) {
    match raw {
        Some(raw) => println!(
            "{what:<16} {ours:>6.0} ns   maxminddb {raw:>6.0} ns   {:.2} of it",
            ours / raw
        ),
        None => println!("{what:<16} {ours:>6.0} ns"),
    }
}

/// Resident memory in bytes, file pages included (Linux, /proc/self/statm).
fn resident() -> usize {
    let text = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    text.split_whitespace().nth(1).and_then(|pages| pages.parse::<usize>().ok()).unwrap_or(0) * 4096
}
