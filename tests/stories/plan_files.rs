//! `muster plan` as somebody runs it who has two files and no installation.

use serde_json::Value;
use std::path::Path;
use std::process::{Command, Output};

fn muster_plan(folder: &Path, more: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_muster"))
        .args([
            "plan",
            "--people",
            "people.csv",
            "--verifiers",
            "verifiers.csv",
            "--out",
            "plan.csv",
        ])
        .args(more)
        .current_dir(folder)
        .output()
        .unwrap()
}

fn folder_with(people: &str, verifiers: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("people.csv"), people).unwrap();
    std::fs::write(folder.path().join("verifiers.csv"), verifiers).unwrap();
    folder
}

const VERIFIERS: &str = "verifier_id,windows\nvera,96-102\nvito,96-102\n";

#[test]
fn two_files_become_a_plan_that_anybody_can_make_again() {
    let mut people = String::from("person_id,manager_vid,last_vid,windows\n");
    (0..14)
        .for_each(|n| people += &format!("p{n},{},-1,90-102\n", if n < 3 { "vera" } else { "" }));
    let folder = folder_with(&people, VERIFIERS);
    let output = muster_plan(folder.path(), &["--seed", "18446744073709551615", "--json"]);
    assert_eq!(output.status.code(), Some(0), "people without a place are no failure");
    let told: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((&told["people"], &told["placed"]), (&14.into(), &12.into()));
    assert_eq!(told["seed"], u64::MAX);
    assert_eq!(told["unplaced"].as_array().unwrap().len(), 2);
    assert!(told["seconds"].as_f64().unwrap() > 0.0 && told["slot_kl_bits"].is_number());
    let plan = std::fs::read_to_string(folder.path().join("plan.csv")).unwrap();
    let of_vera = plan.lines().filter(|line| line.contains(",vera,")).count();
    assert_eq!((plan.lines().count(), of_vera), (13, 6));
    assert!(!["p0,vera", "p1,vera", "p2,vera"].iter().any(|own| plan.contains(own)));
    muster_plan(folder.path(), &["--seed", "18446744073709551615"]);
    assert_eq!(std::fs::read_to_string(folder.path().join("plan.csv")).unwrap(), plan);
    let drawn: Value =
        serde_json::from_slice(&muster_plan(folder.path(), &["--json"]).stdout).unwrap();
    let again = muster_plan(folder.path(), &["--json", "--seed", &drawn["seed"].to_string()]);
    let again: Value = serde_json::from_slice(&again.stdout).unwrap();
    assert_eq!(drawn["moved"], again["moved"], "the seed that was drawn is told");
    assert_eq!(drawn["unplaced"], again["unplaced"]);
}

/// Four verifiers are on duty from eight to eleven; 48 people can only be met between nine and ten, who
/// need every seat of it, so the others cannot choose as they like, and the command says where help is needed.
#[test]
fn a_crowded_hour_is_named_with_what_would_help() {
    let mut people = String::from("person_id,manager_vid,last_vid,windows\n");
    (0..120).for_each(|n| {
        people += &format!("p{n},,,{}\n", if n < 48 { "108-120" } else { "96-132" });
    });
    let duty = |n| format!("v{n},96-132\n");
    let verifiers: String = (0..4).map(duty).collect();
    let said = |verifiers: &str| {
        let folder = folder_with(&people, &format!("verifier_id,windows\n{verifiers}"));
        let output = muster_plan(folder.path(), &["--seed", "7"]);
        String::from_utf8(output.stdout).unwrap()
    };
    let told = said(&verifiers);
    let help = "more verifiers on duty at 09:00 UTC would help most";
    assert!(told.contains("120 of 120 people placed") && told.contains(help), "{told}");
    let more: String = (0..40).map(duty).collect();
    let told = said(&more);
    assert!(told.contains("120 of 120 people placed") && !told.contains("would help"), "{told}");
}

#[test]
fn a_bad_file_is_told_whole_and_nothing_is_written() {
    let people = "person_id,manager_vid,last_vid,windows\na,,,96-300\nb,,,morning\n";
    let folder = folder_with(people, "verifier_id,windows\nvera,9\n");
    let output = muster_plan(folder.path(), &["--seed", "1"]);
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8(output.stderr).unwrap();
    for part in [
        "3 fault(s), no plan was written",
        "people file, line 2, column windows: the window `96-300` ends after the day's 288 slots",
        "people file, line 3, column windows: `morning` is not a window",
        "verifiers file, line 2, column windows: `9` is not a window; accepted: first-end;first-end",
    ] {
        assert!(said.contains(part), "{said}");
    }
    assert!(!folder.path().join("plan.csv").exists());
    assert_eq!(muster_plan(folder.path(), &["--seed", "-1"]).status.code(), Some(2));
    std::fs::remove_file(folder.path().join("people.csv")).unwrap();
    let output = muster_plan(folder.path(), &[]);
    assert!(String::from_utf8_lossy(&output.stderr).contains("cannot read people.csv"));
}
