//! `muster links` as somebody runs it who has a file and no installation.

use serde_json::Value;
use std::fmt::Write as _;
use std::path::Path;
use std::process::{Command, Output};

const COLUMNS: &str =
    "employee_id,at,declared_lat,declared_lon,ip,ip_class,asn,lat,lon,accuracy_m,device_key,lan_id";

fn muster_links(folder: &Path, more: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_muster"))
        .args(["links", "--input", "observations.csv"])
        .args(more)
        .current_dir(folder)
        .output()
        .unwrap()
}

fn folder_with(observations: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("observations.csv"), observations).unwrap();
    folder
}

/// Three laptops in one house whose people declared homes far apart, a couple at home, and two hundred
/// people with nothing in common.
fn company() -> String {
    let mut text = format!("{COLUMNS}\n");
    for day in ["2026-06-03", "2026-06-17", "2026-07-01"] {
        for (id, home) in [("lee", "40.1,-95.2"), ("max", "36.5,-90.8"), ("sam", "44.0,-93.1")] {
            let rest = "203.0.113.5,residential,64500,41.25,-96.01,20,,";
            writeln!(text, "{id},{day}T14:00:00Z,{home},{rest}").unwrap();
        }
        for id in ["ana", "bo"] {
            let rest = "2001:db8:1:2::7,,64501,39.5,-98.2,20,,home-net";
            writeln!(text, "{id},{day}T09:00:00-05:00,39.5,-98.2,{rest}").unwrap();
        }
        for n in 0..200 {
            writeln!(text, "p{n},{day}T15:00:00Z,,,198.18.0.{n},residential,,,,,key-{n},").unwrap();
        }
    }
    text
}

#[test]
fn a_file_of_check_ins_shows_the_farm_and_not_the_couple() {
    let folder = folder_with(&company());
    let output = muster_links(folder.path(), &["--json"]);
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    let told: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((&told["people"], &told["observations"]), (&205.into(), &615.into()));
    let groups = told["groups"].as_array().unwrap();
    assert_eq!(groups.len(), 1, "{told}");
    assert_eq!(groups[0]["members"], serde_json::json!(["lee", "max", "sam"]));
    assert_eq!(groups[0]["needs_site"], false);
    // ln(205 / 3) = 4.224, the spot 3, declared apart 3
    assert_eq!(groups[0]["score"], 10.224);
    assert_eq!(groups[0]["edges"].as_array().unwrap().len(), 3);
    assert_eq!(
        groups[0]["edges"][0],
        serde_json::json!({ "a": "lee", "b": "max", "reasons": [
            { "kind": "line", "weight": 4.224 },
            { "kind": "spot", "weight": 3.0 },
            { "kind": "declared_apart", "weight": 3.0 },
        ] })
    );
    let text = String::from_utf8(muster_links(folder.path(), &[]).stdout).unwrap();
    for part in ["1 group(s), 3 people to ask", "lee max sam", "Innocent causes", "line +4.2"] {
        assert!(text.contains(part), "{text}");
    }
    assert!(!text.contains("203.0.113") && !text.contains("41.25"), "{text}");
}

#[test]
fn a_named_site_is_subtracted() {
    let folder = folder_with(&company());
    let sites = "site_id,kind,lat,lon,radius_m,ip\nloft,coworking,41.25,-96.01,100,\n";
    std::fs::write(folder.path().join("sites.csv"), sites).unwrap();
    let output = muster_links(folder.path(), &["--sites", "sites.csv", "--json"]);
    let told: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(told["groups"], serde_json::json!([]));
}

#[test]
fn a_bad_file_is_told_whole_and_nothing_is_compared() {
    let folder = folder_with(&format!("{COLUMNS}\nlee,yesterday,,,203.0.113.5,home,,,,,,\n"));
    let output = muster_links(folder.path(), &["--json"]);
    assert_eq!((output.status.code(), output.stdout.len()), (Some(1), 0));
    let said = String::from_utf8(output.stderr).unwrap();
    for part in [
        "2 fault(s), nothing was compared",
        "observations file, line 2, column at: `yesterday` is not an instant",
        "observations file, line 2, column ip_class: `home` is not known; accepted: residential",
    ] {
        assert!(said.contains(part), "{said}");
    }
    std::fs::write(folder.path().join("observations.csv"), format!("{COLUMNS}\n")).unwrap();
    let output = muster_links(folder.path(), &[]);
    assert_eq!(output.status.code(), Some(0));
    assert!(String::from_utf8_lossy(&output.stdout).contains("holds no observation"));
}

/// `tests/tools/compare_links.py` looks at every pair and knows only docs/links-format.md.
#[test]
fn an_independent_reading_of_the_format_comes_to_the_same_groups() {
    let status = Command::new("python3")
        .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/tools/compare_links.py"))
        .args([env!("CARGO_BIN_EXE_muster"), "40", "1"])
        .status()
        .expect("python3");
    assert!(status.success(), "the two differ; see above");
}
