//! What is typed wrong is refused with a sentence that says where and what would be accepted, and
//! nothing is changed by it: the real program, with the files an operator might give it.

use crate::support::program::{done, example, muster, refused, write_config};
use std::path::{Path, PathBuf};

/// A file of the example, with one piece of text replaced.
fn spoilt(folder: &Path, name: &str, old: &str, new: &str) -> String {
    let text = std::fs::read_to_string(example(name)).unwrap();
    assert!(text.contains(old), "{name} no longer holds `{old}`");
    let file = folder.join(Path::new(name).file_name().unwrap());
    std::fs::write(&file, text.replacen(old, new, 1)).unwrap();
    file.display().to_string()
}

/// An installation with the example company and no policy.
async fn installed(folder: &Path) {
    write_config(folder, 1, None);
    done(folder, &["migrate"]).await;
    done(folder, &["roster", "import", &example("people.csv")]).await;
}

fn has_all(said: &str, parts: &[&str]) {
    for part in parts {
        assert!(said.contains(part), "`{part}` is not in:\n{said}");
    }
}

#[tokio::test]
async fn a_roster_that_cannot_be_taken_is_refused_with_every_fault_and_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    installed(folder).await;
    let unchanged = ["roster", "import", &example("people.csv"), "--dry-run", "--json"];
    let before = done(folder, &unchanged).await;

    let zone = spoilt(folder, "people.csv", "Asia/Kolkata", "Asia/Atlantis");
    let said = refused(folder, &["roster", "import", &zone]).await;
    has_all(&said, &["line 4", "zone", "Asia/Atlantis"]);

    // e1001 manages e1002, who is made to manage e1001.
    let managed = "marit.oduya-stern@acme.example,,e1002,";
    let circle = spoilt(folder, "people.csv", "marit.oduya-stern@acme.example,,,", managed);
    let said = refused(folder, &["roster", "import", &circle]).await;
    has_all(&said, &["manager_id", "e1001", "e1002"]);

    let open_quote = spoilt(folder, "people.csv", "e1002,Rafael", "e1002,\"Rafael");
    let said = refused(folder, &["roster", "import", &open_quote]).await;
    has_all(&said, &["quot"]);

    let missing = refused(folder, &["roster", "import", "nowhere.csv"]).await;
    has_all(&missing, &["cannot read nowhere.csv"]);
    assert_eq!(done(folder, &unchanged).await, before, "the roster is as it was");
}

#[tokio::test]
async fn a_policy_that_cannot_be_taken_is_refused_and_none_comes_into_force() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    installed(folder).await;
    let standard = "policies/standard.toml";

    let broken = spoilt(folder, standard, "mean_gap_days = 42", "mean_gap_days = = 42");
    let said = refused(folder, &["policy", "activate", &broken]).await;
    has_all(&said, &["standard.toml", "line 10"]);

    let typo = spoilt(folder, standard, "grace_minutes", "grace_minuts");
    let said = refused(folder, &["policy", "activate", &typo]).await;
    has_all(&said, &["grace_minuts", "grace_minutes", "line"]);

    let everybody = spoilt(folder, standard, "x_access ne \"elevated\"", "employee_id pr");
    let sensitive = example("policies/sensitive.toml");
    let said = refused(folder, &["policy", "activate", &everybody, &sensitive]).await;
    has_all(&said, &["Standard", "Sensitive access", "more"]);

    let long = "notice_minutes = [470, 480]\nwindow_minutes = 120";
    let wants = "notice_minutes = [15, 30]\nwindow_minutes = 10";
    let impossible = spoilt(folder, standard, wants, long);
    let said = refused(folder, &["policy", "activate", &impossible]).await;
    has_all(&said, &["Nobody in the policy"]);
    assert_eq!(done(folder, &["policy", "show", "--json"]).await.trim(), "[]", "none is in force");
}

#[tokio::test]
async fn a_configuration_or_key_file_that_does_not_fit_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    std::fs::write(folder.join("muster.toml"), "[server\nlisten = 1\n").unwrap();
    let said = refused(folder, &["migrate"]).await;
    has_all(&said, &["muster.toml", "line 1"]);
    std::fs::write(folder.join("muster.toml"), "[server]\nlisten = \"everywhere\"\n").unwrap();
    let said = refused(folder, &["migrate"]).await;
    has_all(&said, &["server.listen"]);

    installed(folder).await;
    let other = tempfile::tempdir().unwrap();
    installed(other.path()).await;
    let key = |folder: &Path| -> PathBuf { folder.join("data/keys/master.key") };
    let own = std::fs::read(key(folder)).unwrap();
    std::fs::copy(key(other.path()), key(folder)).unwrap();
    let said = refused(folder, &["roster", "roles"]).await;
    has_all(&said, &["data/keys"]);
    std::fs::write(key(folder), own).unwrap();
    done(folder, &["roster", "roles"]).await;

    // A word that is no command is the caller's slip: status 2, with what there is.
    let typed = muster(folder, &["rooster", "import"]).await;
    assert_eq!(typed.status.code(), Some(2), "{}", typed.said);
    has_all(&typed.said, &["roster"]);
}
