//! `muster init`: one command from an empty folder to an installation in shadow, and what it refuses.

use crate::support::program::{done, muster, refused};
use muster_testkit::scripted_smtp::ScriptedSmtp;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

fn init<'a>(more: &[&'a str]) -> Vec<&'a str> {
    let usual = [
        "init",
        "--organisation",
        "Acme Instruments",
        "--mail-from",
        "check-ins@muster.example",
        "--contact",
        "ext. 100",
        "--admin",
        "ade@muster.example",
        "--name",
        "Ade Example",
    ];
    [&usual[..], more].concat()
}

fn is_private(path: &Path) -> bool {
    std::fs::metadata(path).unwrap().permissions().mode() & 0o077 == 0
}

async fn sets_up(folder: &Path, more: &[&str]) {
    let smtp = ScriptedSmtp::start().await.unwrap();
    let port = smtp.port().to_string();
    let mail = ["--smtp-host", "127.0.0.1", "--smtp-port", &port, "--smtp-security", "none"];
    let said = done(folder, &init(&[&mail[..], more].concat())).await;
    for says in
        ["in shadow", "/sign-in", "back data/keys up", "escrow-sheet.txt", "ok         mail"]
    {
        assert!(said.contains(says), "{says}: {said}");
    }
    for file in ["muster.toml", "escrow-sheet.txt"] {
        assert!(is_private(&folder.join(file)), "{file} is for this user alone");
    }
    let doctor = muster(folder, &["doctor", "--json"]).await;
    let checks: serde_json::Value = serde_json::from_str(&doctor.said).unwrap();
    let bad: Vec<&serde_json::Value> = checks
        .as_array()
        .unwrap()
        .iter()
        .filter(|check| check["state"] != "ok" && check["name"] != "programme")
        .collect();
    assert!(bad.is_empty(), "{bad:?}");
    // The sheet restores a tip that was lost.
    let keys = folder.join("data/keys");
    let tip = std::fs::read_dir(&keys)
        .unwrap()
        .flatten()
        .map(|e| e.path())
        .find(|path| path.to_string_lossy().contains("draw-tip-"))
        .unwrap();
    std::fs::remove_file(&tip).unwrap();
    done(folder, &["chain", "restore-tip", "escrow-sheet.txt"]).await;
    assert!(tip.exists());
}

#[tokio::test]
async fn one_command_sets_up_on_sqlite_and_a_second_one_overwrites_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    sets_up(folder, &[]).await;
    let before = std::fs::read(folder.join("muster.toml")).unwrap();
    let again = refused(folder, &init(&[])).await;
    assert!(
        again.contains("muster.toml is there already") && again.contains("muster migrate"),
        "{again}"
    );
    // With another file for the configuration the folder itself says no.
    std::fs::rename(folder.join("escrow-sheet.txt"), folder.join("sheet")).unwrap();
    std::fs::rename(folder.join("muster.toml"), folder.join("old.toml")).unwrap();
    let again = refused(folder, &init(&[])).await;
    assert!(again.contains("holds an installation or keys already"), "{again}");
    assert!(!folder.join("muster.toml").exists(), "a refusal leaves nothing behind");
    assert_eq!(std::fs::read(folder.join("old.toml")).unwrap(), before);
}

#[tokio::test]
async fn one_command_sets_up_on_postgresql() {
    let folder = tempfile::tempdir().unwrap();
    let database = muster_testkit::postgres::empty_database("init").await.unwrap();
    sets_up(folder.path(), &["--database", &database.url]).await;
}

#[tokio::test]
async fn what_cannot_be_taken_is_named_and_leaves_nothing_behind() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let said = refused(folder, &init(&["--public-url", "http://check-ins.muster.example"])).await;
    assert!(said.contains("server.public_url") && said.contains("https://"), "{said}");
    let said = refused(folder, &init(&["--database", "postgres://nobody@127.0.0.1:1/none"])).await;
    assert!(said.contains("database"), "{said}");
    let left: Vec<_> =
        std::fs::read_dir(folder).unwrap().flatten().map(|e| e.file_name()).collect();
    assert!(left.is_empty(), "{left:?}");
    // Without a mail server it is set up, and says what is still needed.
    let ran = muster(folder, &init(&[])).await;
    assert_eq!(ran.status.code(), Some(1), "{}", ran.said);
    assert!(
        ran.said.contains("there is no mail server") && ran.said.contains("Administrator"),
        "{}",
        ran.said
    );
}
