//! `muster holder serve` as a run program beside a running service: it goes on through an outage, a
//! chain that nobody has confirmed yet and restarts of either side, and delivers each key once.

use super::holders::install;
use super::served::serving;
use crate::support::program::{done, muster, program, write_config};
use muster_testkit::eventually;
use muster_testkit::scripted_smtp::ScriptedSmtp;
use muster_testkit::service::{Service, ServiceCommand};
use std::path::Path;
use std::time::Duration;

/// Longer than the pauses between tries add up to by then.
const IN_TIME: Duration = Duration::from_secs(60);

/// A holder's program that sends the keys of a file to this address.
fn holding(folder: &Path, file: &str, url: &str) -> ServiceCommand {
    let arguments = ["holder", "serve", file, "--zone", "UTC", "--url", url];
    ServiceCommand {
        program: program(),
        arguments: arguments.map(str::to_owned).to_vec(),
        environment: Vec::new(),
        folder: folder.to_owned(),
    }
}

/// Waits until a program has said this so many times.
async fn says(service: &Service, what: &str, times: usize) {
    eventually(what, IN_TIME, async || {
        (service.log_text().matches(what).count() >= times).then_some(())
    })
    .await
    .unwrap_or_else(|e| panic!("{e}\n{}", service.log_text()));
}

/// A chain made on the council's machine, its anchor handed to the service's; gives its id.
async fn chain(council: &Path, folder: &Path, name: &str) -> String {
    let out = format!("{name}.tip");
    let init = ["holder", "init", "--name", name, "--from", "2026-01-01", "--days", "3000"];
    let output = muster(council, &[&init[..], &["--out", &out]].concat()).await;
    assert!(output.status.success(), "{}", output.said);
    std::fs::write(folder.join(format!("{name}.json")), &output.stdout).unwrap();
    let anchor: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    anchor["chain"].as_str().unwrap().to_owned()
}

async fn keys_come_whatever_restarts(folder: &Path, database: Option<&str>) {
    let council = tempfile::tempdir().unwrap();
    let council = council.path();
    let smtp = ScriptedSmtp::start().await.unwrap();
    write_config(folder, smtp.port(), database);
    install(folder).await;
    let id = chain(council, folder, "works-council").await;
    let mut service = Service::start(serving(folder), &folder.join("log")).await.unwrap();
    let url = format!("http://127.0.0.1:{}", service.port());

    // The service is away: the holder says so and goes on.
    service.kill9().unwrap();
    let log = council.join("log");
    let mut holder = Service::begin(holding(council, "works-council.tip", &url), &log).unwrap();
    says(&holder, "not taken, trying again", 1).await;
    service.start_again().await.unwrap();

    // It is back, and knows no such chain: two persons have yet to add it.
    says(&holder, "There is no such chain", 1).await;
    let add = ["chain", "add", "works-council.json", "--reason", "agreed with them", "--as", "hr"];
    done(folder, &add).await;
    done(folder, &["chain", "confirm", &id, "--as", "security"]).await;
    says(&holder, ": kept", 1).await;

    // Today's key opens what came before: an earlier date is here already, by whatever way it comes.
    let late = ["holder", "release", "works-council.tip", "--date", "2026-02-01", "--url", &url];
    assert!(done(council, &late).await.contains("known"), "a late key");

    // The holder is killed and started again, then the service: nothing is kept twice.
    holder.kill9().unwrap();
    holder.launch().unwrap();
    says(&holder, ": known", 1).await;
    service.kill9().unwrap();
    service.start_again().await.unwrap();
    let today =
        ["holder", "release", "works-council.tip", "--today", "--zone", "UTC", "--url", &url];
    assert!(done(council, &today).await.contains("known"), "the key outlives a restart");
    let status = holder.terminate(Duration::from_secs(20)).await.unwrap();
    assert!(status.success(), "a stop is not a failure: {status}");
    assert_eq!(holder.log_text().matches(": kept").count(), 1, "{}", holder.log_text());

    others_are_not_taken(council, folder, &url).await;
    service.terminate(Duration::from_secs(20)).await.unwrap();
    let tip = std::fs::read_to_string(council.join("works-council.tip")).unwrap();
    let tip: serde_json::Value = serde_json::from_str(&tip).unwrap();
    let secret = tip["tip"].as_str().expect("the secret of the file");
    assert!(secret.len() >= 64, "{secret}");
    for said in [holder.log_text(), service.log_text()] {
        assert!(!said.contains(secret), "the secret is nobody's to read");
    }
}

/// Whoever holds a chain that nobody has confirmed, or a file that was changed, delivers nothing.
async fn others_are_not_taken(council: &Path, folder: &Path, url: &str) {
    chain(council, folder, "somebody-else").await;
    let log = council.join("other.log");
    let mut other = Service::begin(holding(council, "somebody-else.tip", url), &log).unwrap();
    says(&other, "There is no such chain. `muster chain list` shows them.", 2).await;
    other.kill9().unwrap();
    assert!(!other.log_text().contains("kept"), "{}", other.log_text());

    let file = council.join("works-council.tip");
    let text = std::fs::read_to_string(&file).unwrap();
    let parsed: serde_json::Value = serde_json::from_str(&text).unwrap();
    let tip = parsed["tip"].as_str().unwrap();
    let wrong = tip.replacen(&tip[..1], if tip.starts_with('0') { "1" } else { "0" }, 1);
    std::fs::write(council.join("changed.tip"), text.replace(tip, &wrong)).unwrap();
    for (file, says) in [
        ("changed.tip", "does not lead to the committed one"),
        ("nowhere.tip", "cannot read nowhere.tip"),
        ("somebody-else.tip", "it must be one such as Europe/Berlin"),
    ] {
        let serve = ["holder", "serve", file, "--zone", "Nowhere/Else", "--url", url];
        let zone = if file == "somebody-else.tip" { "Nowhere/Else" } else { "UTC" };
        let serve = serve.map(|word| if word == "Nowhere/Else" { zone } else { word });
        let ran = muster(council, &serve).await;
        assert_eq!(ran.status.code(), Some(1), "{file}: {}", ran.said);
        assert!(ran.said.contains(says), "{file}: {}", ran.said);
    }
}

#[tokio::test]
async fn a_holder_delivers_its_keys_through_outages_and_restarts_on_sqlite() {
    let folder = tempfile::tempdir().unwrap();
    keys_come_whatever_restarts(folder.path(), None).await;
}

#[tokio::test]
async fn a_holder_delivers_its_keys_through_outages_and_restarts_on_postgresql() {
    let folder = tempfile::tempdir().unwrap();
    let database = muster_testkit::postgres::empty_database("holder_serves").await.unwrap();
    keys_come_whatever_restarts(folder.path(), Some(&database.url)).await;
}
