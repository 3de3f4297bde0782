//! P7 with the real program: a works council makes a chain on a machine of its own, two persons add
//! it, its keys arrive over HTTP; the operator's tip goes to paper and comes back.

use super::served::serving;
use crate::support::program::{done, example, muster, write_config};
use muster_testkit::scripted_smtp::ScriptedSmtp;
use muster_testkit::service::Service;
use std::path::Path;
use std::time::Duration;

const REASON: &str = "agreed with the works council";

/// An installation with the example company, whose hr and security roles are in force.
pub(super) async fn install(folder: &Path) {
    done(folder, &["migrate"]).await;
    let name = ["--name", "Ade Fasholarin"];
    done(folder, &[&["admin", "create", "ade.fasholarin@acme.example"], &name[..]].concat()).await;
    done(folder, &["roster", "import", &example("people.csv")]).await;
    for who in ["hr", "security"] {
        done(folder, &["roster", "confirm-role", who, who, "--as", "admin"]).await;
    }
}

#[tokio::test]
async fn a_works_council_holds_a_key_of_its_own_from_its_own_machine() {
    let (service_folder, council) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (folder, council) = (service_folder.path(), council.path());
    let smtp = ScriptedSmtp::start().await.unwrap();
    write_config(folder, smtp.port(), None);
    install(folder).await;

    // No configuration, no database: an empty folder.
    let init = ["holder", "init", "--name", "works-council", "--from", "2026-01-01"];
    let init = [&init[..], &["--days", "3000", "--out", "council.tip"]].concat();
    let output = muster(council, &init).await;
    assert!(output.status.success(), "{}", output.said);
    let anchor = folder.join("anchor.json");
    std::fs::write(&anchor, &output.stdout).unwrap();
    let parsed: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let chain = parsed["chain"].as_str().unwrap().to_owned();
    let again = muster(council, &init).await;
    assert_eq!(again.status.code(), Some(1), "never over an existing file");
    let sheet = done(council, &["holder", "sheet", "council.tip"]).await;
    assert!(sheet.contains(&chain) && sheet.contains("holder: works-council"));

    let add = ["chain", "add", "anchor.json", "--reason", REASON, "--as"];
    assert!(done(folder, &[&add[..], &["hr"]].concat()).await.contains("second person"));
    let own_word = muster(folder, &["chain", "confirm", &chain, "--as", "hr"]).await;
    assert!(!own_word.status.success() && own_word.said.contains("second person"));
    let told = done(folder, &["chain", "confirm", &chain, "--as", "security"]).await;
    assert!(told.contains("nothing is drawn without a key of works-council"), "{told}");
    let listed: serde_json::Value =
        serde_json::from_str(&done(folder, &["chain", "list", "--json"]).await).unwrap();
    let holders: Vec<_> =
        listed.as_array().unwrap().iter().map(|c| c["holder"].as_str().unwrap()).collect();
    assert_eq!(holders, ["operator", "works-council"]);

    let mut command = serving(folder);
    command.environment.retain(|(key, _)| !key.contains("DEMO"));
    let mut service = Service::start(command, &folder.join("log")).await.unwrap();
    let url = format!("http://127.0.0.1:{}", service.port());
    let release = ["holder", "release", "council.tip", "--today", "--url", &url];
    assert!(done(council, &release).await.contains("kept"));
    assert!(done(council, &release).await.contains("known"));
    let early = ["holder", "release", "council.tip", "--date", "2030-01-01"];
    let early = muster(council, &early).await;
    assert!(!early.status.success() && early.said.contains("has not begun anywhere"));
    let by_hand =
        done(council, &["holder", "release", "council.tip", "--date", "2026-02-01"]).await;
    std::fs::write(folder.join("key.json"), &by_hand).unwrap();
    assert!(done(folder, &["chain", "release", "key.json"]).await.contains("here already"));
    std::fs::write(folder.join("forged.json"), by_hand.replace("2026-02-01", "2026-02-02"))
        .unwrap();
    let forged = muster(folder, &["chain", "release", "forged.json"]).await;
    assert!(!forged.status.success() && forged.said.contains("does not lead to the committed one"));
    service.terminate(Duration::from_secs(20)).await.unwrap();
    let key: serde_json::Value = serde_json::from_str(&by_hand).unwrap();
    assert!(!service.log_text().contains(key["key"].as_str().unwrap()), "never logged");
}

#[tokio::test]
async fn a_tip_goes_to_paper_and_comes_back() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    write_config(folder, 25, None);
    install(folder).await;
    let sheet = done(folder, &["chain", "escrow"]).await;
    std::fs::write(folder.join("sheet.txt"), &sheet).unwrap();
    let tips = || {
        let keys = std::fs::read_dir(folder.join("data/keys")).unwrap().flatten();
        keys.map(|e| e.path())
            .filter(|p| p.display().to_string().contains("draw-tip"))
            .collect::<Vec<_>>()
    };
    let [tip] = &tips()[..] else { panic!("one tip") };
    let before = std::fs::read(tip).unwrap();
    std::fs::remove_file(tip).unwrap();
    let doctor = muster(folder, &["doctor"]).await;
    assert!(doctor.said.contains("muster chain restore-tip"), "{}", doctor.said);

    let digits = sheet.lines().find(|l| l.starts_with("2 ")).unwrap();
    let wrong = digits.replacen(&digits[3..4], if &digits[3..4] == "0" { "1" } else { "0" }, 1);
    std::fs::write(folder.join("typo.txt"), sheet.replace(digits, &wrong)).unwrap();
    let refused = muster(folder, &["chain", "restore-tip", "typo.txt"]).await;
    assert!(!refused.status.success() && refused.said.contains("line 2"), "{}", refused.said);
    assert!(done(folder, &["chain", "restore-tip", "sheet.txt"]).await.contains("is back"));
    assert_eq!(std::fs::read(tip).unwrap(), before);

    done(folder, &["chain", "rotate", "--reason", "a laptop with it was stolen"]).await;
    assert_eq!(tips().len(), 2, "the old one is needed until its last reveal");
    let list = done(folder, &["chain", "list"]).await;
    assert!(list.contains("retired") && list.contains("active"), "{list}");
}
