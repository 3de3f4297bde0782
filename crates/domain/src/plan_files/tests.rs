//! Files good and bad, and that a plan keeps every rule of its format.

use super::*;
use std::collections::{BTreeMap, BTreeSet};

fn files(people: &str, verifiers: &str) -> PlanFiles {
    PlanFiles::read(people.as_bytes(), verifiers.as_bytes()).unwrap()
}

fn faults(people: &str, verifiers: &str) -> Vec<String> {
    let faults = PlanFiles::read(people.as_bytes(), verifiers.as_bytes()).unwrap_err();
    faults.iter().map(ToString::to_string).collect()
}

const VERIFIERS: &str = "verifier_id,windows\nv1,96-108\nv2,100-112\n";

#[test]
fn a_plan_keeps_every_rule_and_is_the_same_for_the_same_seed() {
    let mut people = String::from("person_id,manager_vid,last_vid,windows\n");
    for n in 0..20 {
        let manager = ["v1", "-1", "", "v2"][n % 4];
        let from = 94 + n % 8;
        people += &format!("p{n},{manager},v2,{from}-{};{}-{}\n", from + 4, from + 6, from + 12);
    }
    let files = files(&people, VERIFIERS);
    let plan = files.plan(7);
    assert_eq!(plan, files.plan(7));
    assert_ne!(plan, files.plan(8));
    assert_eq!(plan.placed.len() + plan.unplaced.len(), 20);
    assert!(plan.placed.len() >= 16, "{}", plan.placed.len());
    let mut used = BTreeSet::new();
    for place in &plan.placed {
        let n: usize = place.person_id[1..].parse().unwrap();
        let from = 94 + n % 8;
        let slot = usize::from(place.slot);
        assert!((from..from + 4).contains(&slot) || (from + 6..from + 12).contains(&slot));
        let on_duty = if place.verifier_id == "v1" { 96..108 } else { 100..112 };
        assert!(on_duty.contains(&place.slot));
        assert_ne!(["v1", "-1", "", "v2"][n % 4], place.verifier_id, "own report");
        assert!(used.insert((place.verifier_id, place.slot)), "taken twice");
    }
    for moved in &plan.moved {
        let place = plan.placed.iter().find(|p| p.person_id == moved.person_id).unwrap();
        assert_eq!((moved.to_slot, moved.to_verifier), (place.slot, place.verifier_id));
    }
    let csv = String::from_utf8(plan.to_csv()).unwrap();
    assert!(csv.starts_with("person_id,verifier_id,slot\n"), "{csv}");
    assert_eq!(csv.lines().count(), 1 + plan.placed.len());
}

#[test]
fn spreadsheets_are_understood_and_windows_come_in_any_order() {
    let people = "\u{feff}windows,person_id,last_vid,manager_vid\r\n\
        \"105-110;100-106 ; 96-97\",\"a, \"\"b\"\"\",-1,\r\n,nobody,,\r\n";
    let files = files(people, "verifier_id,windows\r\n\"v;1\",90-120\r\n");
    let slots = [range(96, 97), range(100, 110)];
    assert_eq!(files.people[0].slots, slots);
    let plan = files.plan(1);
    assert_eq!((plan.placed.len(), plan.unplaced.as_slice()), (1, ["nobody"].as_slice()));
    let csv = String::from_utf8(plan.to_csv()).unwrap();
    assert!(csv.contains("\"a, \"\"b\"\"\",v;1,"), "{csv}");
}

#[test]
fn every_fault_of_both_files_is_named_with_line_column_and_what_is_accepted() {
    let people = "person_id,manager_vid,last_vid,windows\n\
        a,,,10-10\nb,,,5-289\na,,,1-2\n,,,1-2\nc,,,1-2;x\nd,,1-2\ne,,,-1-4\nf,,,1-2;\n";
    let got = faults(people, "verifier_id,window\nv,1-2\n");
    let expected = [
        "people file, line 2, column windows: the window `10-10` is empty",
        "people file, line 3, column windows: the window `5-289` ends after the day's 288 slots",
        "people file, line 4, column person_id: `a` stands on line 2 already",
        "people file, line 5, column person_id: the cell is empty",
        "people file, line 6, column windows: `x` is not a window",
        "people file, line 7: the line has 3 cells",
        "people file, line 8, column windows: `-1-4` is not a window",
        "people file, line 9, column windows: `` is not a window",
        "verifiers file, line 1, column window: unknown column `window`",
        "verifiers file, line 1, column windows: the column `windows` is missing",
    ];
    assert_eq!(got.len(), expected.len(), "{got:#?}");
    for (got, expected) in got.iter().zip(expected) {
        assert!(got.starts_with(expected) && got.contains("; accepted: "), "{got}");
    }
    assert!(faults("", VERIFIERS)[0].contains("the file is empty"));
}

#[test]
fn the_divergence_is_small_for_drawn_times_and_large_for_early_ones() {
    let mut people = String::from("person_id,manager_vid,last_vid,windows\n");
    for n in 0..2_000 {
        people += &format!("p{n},,,{}-{}\n", n % 100, n % 100 + 53);
    }
    let mut verifiers = String::from("verifier_id,windows\n");
    (0..40).for_each(|n| verifiers += &format!("v{n},0-160\n"));
    let files = files(&people, &verifiers);
    let plan = files.plan(3);
    assert_eq!(plan.placed.len(), 2_000);
    let drawn = slot_kl_bits(&files, &plan).unwrap();
    assert!(drawn < 0.005, "{drawn}");
    let mut early = files.plan(3);
    early.placed.iter_mut().zip(0u16..).for_each(|(place, n)| place.slot = n % 100 + n % 5);
    let early = slot_kl_bits(&files, &early).unwrap();
    let first_decile = 6.0 / 53.0; // slots 0 to 5 of 53
    assert!((early + f64::log2(first_decile)).abs() < 0.02, "all in the first decile: {early}");
    assert_eq!(
        slot_kl_bits(&files, &FilesPlan { placed: vec![], unplaced: vec![], moved: vec![] }),
        None
    );
}

#[test]
fn tokens_and_keys_are_those_of_the_document() {
    // computed with Python's hashlib from docs/plan-format.md
    let expected: BTreeMap<&str, &str> = [
        ("person", "d14351a0734ecd3ded712272cdc5944d"),
        ("verifier", "49ea641fe4e34eaab2b15351de594cb4"),
    ]
    .into_iter()
    .collect();
    for (kind, hex) in expected {
        assert_eq!(token(kind, "p1").to_hex(), hex);
    }
    let tag = key(7).hmac(&[Field::Text("probe")]);
    assert_eq!(
        hex::encode(tag),
        "330ef7bb8a76f37cdbf7bf74370dcd45e10eb9809d690c36a8d249f3447a2239"
    );
}
