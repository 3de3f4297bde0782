//! The default packs themselves, from the npm registry of this machine's npm configuration. The
//! packages are fetched once and kept in the cache that `./test` names.

use crate::support::program::muster_with;
use muster_domain::judging::{AccessClass, Fact, NetworkFacts, NoFact};
use muster_packs::sources::defaults::DefaultSource;
use muster_packs::{Kind, Packs};
use std::path::{Path, PathBuf};
use std::process::Command;

fn cache() -> PathBuf {
    let set = std::env::var_os("MUSTER_CACHE").map(PathBuf::from);
    let home = std::env::var_os("HOME").map(PathBuf::from).unwrap_or_default();
    set.unwrap_or_else(|| home.join(".cache/muster")).join("packs-npm")
}

fn registry() -> String {
    let npm = Command::new("npm").args(["config", "get", "registry"]).output();
    let npm = npm.expect("npm, which ./test installs");
    String::from_utf8(npm.stdout).unwrap().trim().to_owned()
}

/// Whether a package of each default source lies in the cache.
fn is_complete(cache: &Path) -> bool {
    let names = std::fs::read_dir(cache).into_iter().flatten().flatten();
    let names: Vec<String> = names.map(|e| e.file_name().to_string_lossy().into_owned()).collect();
    let has =
        |kind| names.iter().any(|n| DefaultSource::of_file(n).is_some_and(|(s, _)| s.kind == kind));
    [Kind::City, Kind::Country, Kind::Asn].into_iter().all(has)
}

async fn default_packs(folder: &Path) -> Packs {
    let cache = cache();
    let kept = cache.display().to_string();
    let source = match is_complete(&cache) {
        true => ["--from", &kept],
        false => ["--keep", &kept],
    };
    let arguments = [&["data", "update", "--data", "d"][..], &source].concat();
    let ran = muster_with(folder, &arguments, "MUSTER__PACKS__REGISTRY", &registry()).await;
    assert!(ran.status.success(), "{}", ran.said);
    Packs::open(&folder.join("d/packs"))
}

#[tokio::test]
async fn the_default_packs_say_what_is_known_of_well_known_addresses() {
    let folder = tempfile::tempdir().unwrap();
    let packs = default_packs(folder.path()).await;
    assert!(packs.faults().is_empty(), "{:?}", packs.faults());
    // On the day after the newest of them all are fresh.
    let newest = packs.manifests().map(|m| m.date).max().unwrap();
    let then = newest.tomorrow().unwrap().to_zoned(jiff::tz::TimeZone::UTC).unwrap().timestamp();
    let facts = |address: &str| packs.look_up(address.parse().unwrap(), then.into());
    let country =
        |facts: &NetworkFacts| facts.country.value().map(ToString::to_string).unwrap_or_default();

    let google = facts("8.8.8.8");
    assert_eq!((country(&google).as_str(), google.asn.value()), ("US", Some(&15_169)));
    assert_eq!(country(&facts("193.0.6.139")), "NL");
    assert_eq!(country(&facts("175.45.176.0")), "KP");
    assert_eq!(country(&facts("175.45.179.255")), "KP");
    let london = facts("3.8.1.1");
    assert_eq!((country(&london).as_str(), london.asn.value()), ("GB", Some(&16_509)));
    assert_eq!(london.class.value(), Some(&AccessClass::Hosting), "a data centre by its network");
    assert!(london.organisation.value().unwrap().contains("Amazon"));
    assert_eq!(facts("98.97.16.1").class.value(), Some(&AccessClass::Satellite));
    assert_eq!(country(&facts("2001:4860:4860::8888")).len(), 2);
    assert_eq!(facts("2001:4860:4860::8888").asn.value(), Some(&15_169));
    for private in ["10.0.0.1", "100.64.0.1", "192.168.1.1", "::1", "::ffff:10.0.0.1"] {
        let facts = facts(private);
        assert_eq!(facts.class, Fact::given(AccessClass::Private), "{private}");
        assert_eq!(facts.country, Fact::Missing(NoFact::NotListed), "{private}");
    }

    // Where the city database puts the RIPE NCC: Amsterdam, whose point so many Dutch ranges share
    // that no distance is measured from it.
    let city = packs.table(Kind::City).unwrap();
    let ripe = city.place("193.0.6.139".parse().unwrap()).unwrap();
    let spot = ripe.spot.unwrap();
    assert!(
        (spot.latitude_e6 - 52_370_000).abs() < 50_000
            && (spot.longitude_e6 - 4_900_000).abs() < 50_000
    );
    let point = facts("193.0.6.139").point;
    assert_eq!(point.value().is_none(), ripe.is_centre, "{point:?}");
    // Bounds of the whole: a pack that lost its half would not be noticed otherwise.
    for (kind, ranges) in [(Kind::City, 5_000_000), (Kind::Country, 300_000), (Kind::Asn, 400_000)]
    {
        let manifest = packs.manifests().find(|m| m.kind == kind).unwrap();
        assert!(manifest.ranges > ranges, "{kind}: {}", manifest.ranges);
        assert!(!manifest.attribution.is_empty() && manifest.licence == "CC-BY-4.0");
    }
    assert!(packs.bytes() < 150_000_000, "{} bytes", packs.bytes());
}
