//! `muster draw explain` and `muster holidays show|list` as an operator runs them: what they print,
//! their help with an example, and a sentence on what to change for whatever was typed wrong.

use super::holders::install;
use crate::support::program::{done, example, muster, refused, write_config};
use muster_ports::{Clock, SystemClock};
use serde_json::Value;
use std::path::Path;

/// Exit status and words of a command line that cannot be read.
async fn unread(folder: &Path, arguments: &[&str], says: &str) {
    let ran = muster(folder, arguments).await;
    assert_eq!(ran.status.code(), Some(2), "muster {arguments:?}: {}", ran.said);
    assert!(ran.said.contains(says), "muster {arguments:?}: {}", ran.said);
}

async fn helped(folder: &Path, command: &[&str], example: &str) {
    let said = done(folder, &[command, &["--help"]].concat()).await;
    assert!(said.contains("Example") && said.contains(example), "{said}");
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|e| panic!("{e}: {text}"))
}

/// On SQLite and on PostgreSQL, in an installation with the example company.
async fn told(folder: &Path, database: Option<&str>) {
    write_config(folder, 25, database);
    let early = refused(folder, &["holidays", "list"]).await;
    assert!(early.contains("muster migrate"), "{early}");
    install(folder).await;
    holidays(folder).await;
    explained(folder).await;
    linked(folder).await;
}

async fn holidays(folder: &Path) {
    helped(folder, &["holidays", "show"], "muster holidays show DE-BE --year 2027").await;
    helped(folder, &["holidays", "list"], "muster holidays list --json").await;
    let list = done(folder, &["holidays", "list"]).await;
    assert!(list.lines().any(|l| l == "PT") && list.lines().any(|l| l == "DE-BE"), "{list}");
    let codes = json(&done(folder, &["holidays", "list", "--json"]).await);
    assert_eq!(codes.as_array().unwrap().len(), list.lines().count());

    let show = ["holidays", "show", "DE-BE", "--year", "2027"];
    let shown = done(folder, &show).await;
    assert!(shown.contains("2027-03-08  Women's Day\n"), "{shown}");
    assert!(shown.lines().all(|line| line.starts_with("2027-")), "one year only: {shown}");
    let days = json(&done(folder, &[&show[..], &["--json"]].concat()).await);
    assert_eq!(days[0], serde_json::json!({ "date": "2027-01-01", "name": "New Year's Day" }));
    assert_eq!(days.as_array().unwrap().len(), shown.lines().count());
    let far = done(folder, &["holidays", "show", "DE-BE", "--year", "2050"]).await;
    assert!(far.contains("No holiday. DE-BE speaks about dates up to 2030-12-31."), "{far}");

    // A calendar of one's own stands beside those that ship.
    std::fs::write(folder.join("own.csv"), "date,name\n2027-06-14,Founder's day\n").unwrap();
    done(folder, &["holidays", "import", "own.csv", "--code", "ACME"]).await;
    assert!(done(folder, &["holidays", "list"]).await.lines().any(|l| l == "ACME"));
    let own = done(folder, &["holidays", "show", "ACME"]).await;
    assert_eq!(own, "2027-06-14  Founder's day\n");

    for (code, says) in [
        ("de-be", "did you mean DE-BE?"),
        ("DE-XX", "did you mean DE or one of its parts?"),
        ("ATLANTIS", "no holiday calendar `ATLANTIS`"),
    ] {
        let said = refused(folder, &["holidays", "show", code]).await;
        assert!(said.contains(says) && said.contains("`muster holidays list`"), "{said}");
    }
    unread(folder, &["holidays", "show"], "<CODE>").await;
    let year = ["holidays", "show", "PT", "--year", "soon"];
    unread(folder, &year, "it must be a year such as 2027").await;
}

async fn explained(folder: &Path) {
    helped(folder, &["draw", "explain"], "muster draw explain maria --date 2026-12-02").await;
    let of = |date| ["draw", "explain", "maria", "--date", date];
    let none = done(folder, &of("2029-06-06")).await;
    assert!(none.contains("No policy in force draws this person."), "{none}");

    let policies = [example("policies/standard.toml"), example("policies/sensitive.toml")];
    done(folder, &["policy", "activate", &policies[0], &policies[1]]).await;
    done(folder, &["resume", "--reason", "the pilot begins"]).await;
    let ahead = done(folder, &of("2029-06-06")).await;
    assert!(ahead.starts_with("maria on 2029-06-06 (Europe/Lisbon)\n"), "{ahead}");
    assert!(ahead.contains("it may change until then"), "{ahead}");
    let christmas = done(folder, &of("2029-12-25")).await;
    assert!(
        christmas.contains("a holiday of the person's calendar (Christmas Day)"),
        "{christmas}"
    );
    let same = json(&done(folder, &[&of("2029-12-25")[..], &["--json"]].concat()).await);
    assert_eq!((&same["label"], &same["zone"]), (&"2029-12-25".into(), &"Europe/Lisbon".into()));
    assert_eq!((&same["is_committed"], &same["count"]), (&false.into(), &Value::Null));
    assert_eq!(same["draw"]["state"], "not-committed");
    let own = done(folder, &[&of("2029-12-25")[..], &["--as", "maria"]].concat()).await;
    assert_eq!(own, christmas, "oneself, too");
    let before = done(folder, &of("2020-06-03")).await;
    assert!(before.contains("There is no row of this person on that date."), "{before}");

    for (arguments, says) in [
        (vec!["draw", "explain", "ghost", "--date", "2029-06-06"], "employee id `ghost`"),
        ([&of("2029-06-06")[..], &["--as", "ghost"]].concat(), "employee id `ghost`"),
        ([&of("2029-06-06")[..], &["--as", "anna"]].concat(), "Auditors may ask about everybody"),
    ] {
        let said = refused(folder, &arguments).await;
        assert!(said.contains(says), "{arguments:?}: {said}");
    }
    for date in ["tomorrow", "2029-02-30", "06.06.2029"] {
        unread(folder, &of(date), "it must be a date such as 2026-12-02").await;
    }
    unread(folder, &["draw", "explain", "maria"], "--date <DATE>").await;
}

/// Tokens, observations and sites.
async fn linked(folder: &Path) {
    for (command, example) in [
        (["token", "create"], "muster token create --name"),
        (["observations", "import"], "muster observations import sign-ins.csv"),
        (["sites", "confirm"], "muster sites confirm 3 --as sam"),
    ] {
        helped(folder, &command, example).await;
    }
    let create = ["token", "create", "--name", "vpn", "--scope", "observations", "--days", "30"];
    let made = done(folder, &create).await;
    assert!(made.starts_with("muster_") && made.contains("It is not shown again."), "{made}");
    let listed = json(&done(folder, &["token", "list", "--json"]).await);
    assert_eq!((&listed[0]["name"], &listed[0]["is_good"]), (&"vpn".into(), &true.into()));
    assert!(!listed.to_string().contains("muster_"));
    let id = listed[0]["id"].as_str().unwrap();
    done(folder, &["token", "revoke", id, "--reason", "the program was replaced"]).await;
    let listed = done(folder, &["token", "list"]).await;
    assert!(listed.contains("no longer good, last used never"), "{listed}");
    unread(folder, &["token", "create", "--name", "x", "--scope", "everything"], "observations")
        .await;

    let at = SystemClock.now().plus_minutes(-60).timestamp();
    let rows = format!("employee_id,at,ip\nmaria,{at},203.0.113.5\nanna,{at},203.0.113.5\n");
    std::fs::write(folder.join("good.csv"), &rows).unwrap();
    std::fs::write(folder.join("bad.csv"), format!("{rows}ghost,{at},203.0.113.5\n")).unwrap();
    let told = done(folder, &["observations", "import", "good.csv"]).await;
    assert!(told.starts_with("2 taken, 0 known already"), "{told}");
    let told = refused(folder, &["observations", "import", "bad.csv"]).await;
    assert!(told.contains("0 taken, 2 known already") && told.contains("line 4"), "{told}");
    assert!(told.contains("nobody on the roster is `ghost`"), "{told}");

    std::fs::write(folder.join("sites.csv"), "site_id,kind,ip\nhq,office,198.51.100.0/24\n")
        .unwrap();
    let told = done(folder, &["sites", "import", "sites.csv"]).await;
    assert!(told.contains("1 site(s) wait as version 1"), "{told}");
    let told = refused(folder, &["sites", "confirm", "1", "--as", "anna"]).await;
    assert!(told.contains("None of your roles allows this."), "{told}");
    std::fs::write(folder.join("sites.csv"), "site_id,kind,ip\nhq,castle,\n").unwrap();
    let told = refused(folder, &["sites", "import", "sites.csv"]).await;
    assert!(told.contains("office, coworking, corporate_egress"), "{told}");
}

#[tokio::test]
async fn days_and_holidays_are_told_on_the_command_line_on_sqlite() {
    let folder = tempfile::tempdir().unwrap();
    told(folder.path(), None).await;
}

#[tokio::test]
async fn days_and_holidays_are_told_on_the_command_line_on_postgresql() {
    let folder = tempfile::tempdir().unwrap();
    let database = muster_testkit::postgres::empty_database("told").await.unwrap();
    told(folder.path(), Some(&database.url)).await;
}
