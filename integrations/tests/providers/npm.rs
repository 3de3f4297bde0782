//! The npm registry and downloads, against a file server of our own.

use crate::support::http;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::civil::date;
use muster_integrations::download::Download;
use muster_integrations::npm::NpmRegistry;
use muster_ports::PortError;
use muster_testkit::files::FileServer;
use muster_testkit::http::{HttpAnswer, ScriptedHttp};

const PATH: &str = "/mirror/@ip-location-db%2fasn/latest";

#[tokio::test]
async fn the_latest_version_comes_with_the_place_and_hash_of_its_file() {
    let server = FileServer::start().await.unwrap();
    let hash = STANDARD.encode([7; 64]);
    let answer = format!(
        r#"{{"version":"2.3.2026061719","dist":{{"tarball":"https://files.example/asn.tgz","shasum":"x",
            "integrity":"sha1-AAAA sha512-{hash}?opt"}},"more":1}}"#
    );
    server.put(PATH, answer.into_bytes(), "");
    for base in ["/mirror", "/mirror/"] {
        let registry = NpmRegistry::new(server.url(base).parse().unwrap());
        let version = registry.latest(&http().0, "@ip-location-db/asn").await.unwrap();
        assert_eq!(version.version, "2.3.2026061719");
        assert_eq!(version.tarball.as_str(), "https://files.example/asn.tgz");
        assert_eq!(version.sha512, [7; 64]);
    }
    assert_eq!(server.asked(), [PATH, PATH]);
}

#[tokio::test]
async fn a_version_without_a_whole_hash_or_a_package_that_is_not_there_is_refused() {
    let server = FileServer::start().await.unwrap();
    let registry = NpmRegistry::new(server.url("/mirror").parse().unwrap());
    let gone = registry.latest(&http().0, "@ip-location-db/asn").await;
    assert_eq!(gone, Err(PortError::Gone));
    for dist in [
        r#"{"tarball":"https://files.example/asn.tgz"}"#,
        r#"{"tarball":"https://files.example/asn.tgz","integrity":"sha512-AAAA"}"#,
        r#"{"tarball":"nowhere","integrity":"sha512-AAAA"}"#,
        "{}",
    ] {
        let answer = format!(r#"{{"version":"1.0.0","dist":{dist}}}"#);
        server.put(PATH, answer.into_bytes(), "");
        let refused = registry.latest(&http().0, "@ip-location-db/asn").await;
        assert!(matches!(refused, Err(PortError::Broken(_))), "{dist}: {refused:?}");
    }
}

#[tokio::test]
async fn a_download_comes_in_pieces_with_its_length_and_day() {
    let server = FileServer::start().await.unwrap();
    let bytes: Vec<u8> = (0..300_000_u32).map(|i| i as u8).collect();
    server.put("/list.txt", bytes.clone(), "last-modified: Sat, 22 Aug 2026 23:59:59 GMT\r\n");
    let url = || server.url("/list.txt").parse().unwrap();
    let download = Download::begin(&http().0, url(), 300_000).await.unwrap();
    assert_eq!(download.length(), Some(300_000));
    assert_eq!(download.last_modified(), Some(date(2026, 8, 22)));
    assert_eq!(download.whole().await.unwrap(), bytes);
    let refused = Download::begin(&http().0, url(), 299_999).await.unwrap_err();
    assert!(refused.to_string().contains("longer than 299999 bytes"), "{refused}");
}

#[tokio::test]
async fn nothing_is_downloaded_over_a_network_in_the_clear_or_by_redirect() {
    for url in ["http://packs.example/list.txt", "ftp://127.0.0.1/list.txt", "file:///etc/hostname"]
    {
        let refused = Download::begin(&http().0, url.parse().unwrap(), 10).await.unwrap_err();
        assert!(matches!(refused, PortError::Refused(_)), "{url}: {refused}");
    }
    let server = ScriptedHttp::start().await.unwrap();
    server.answer_next(HttpAnswer::with_header(302, "location", "https://elsewhere.example/"));
    let moved = Download::begin(&http().0, server.url("/").parse().unwrap(), 10).await;
    assert!(matches!(moved, Err(PortError::Broken(_))), "{moved:?}");
}
