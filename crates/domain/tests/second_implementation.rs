//! `docs/verify` is a second implementation of the draw, in Python, written from `docs/draw-format.md`
//! alone. Its published vectors come out, and it makes the same hazard tables as this crate for random laws.
//! The Python side asks and compares; this side answers.
//!
//! `MUSTER_COUNT` and `MUSTER_SEED` ask for more and for others than the few of a normal run.

use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};

use muster_domain::draw::law::{CadenceLaw, DrawLaw, Period, PoolLaw};
use muster_domain::draw::{CadenceState, DayResult};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

#[test]
fn the_published_vectors_come_out_in_the_second_implementation() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/verify/muster_verify");
    let status = Command::new("python3").args([folder, "--self-test"]).status().expect("python3");
    assert!(status.success(), "a vector differs; see above");
}

/// A law as its policy file has it.
#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Law {
    Pool {
        rate: f64,
        period: String,
    },
    Cadence {
        mean_gap_days: f64,
        soft_gap_days: u32,
        soft_factor: f64,
        min_gap_days: u32,
        max_gap_days: Option<u32>,
        floor_share: f64,
    },
}

#[test]
fn the_second_implementation_makes_the_same_hazard_tables() {
    ask("compare_tables.py", 60, |law: Law| {
        let law = match law {
            Law::Pool { rate, period } => {
                let period = Period::from_code(&period).expect("a period");
                DrawLaw::Pool(PoolLaw { rate, period })
            }
            Law::Cadence {
                mean_gap_days,
                soft_gap_days,
                soft_factor,
                min_gap_days,
                max_gap_days,
                floor_share,
            } => DrawLaw::Cadence(CadenceLaw {
                mean_gap_days,
                soft_gap_days,
                soft_factor,
                min_gap_days,
                max_gap_days,
                floor_share,
            }),
        };
        json!({ "thresholds": law.table().ok().map(|made| made.table) })
    });
}

/// A life, label by label.
#[derive(Deserialize)]
struct Life {
    labels: Vec<LifeLabel>,
}

#[derive(Deserialize)]
struct LifeLabel {
    longest_gap: u32,
    eligible: bool,
    drawn: bool,
}

#[test]
fn the_second_implementation_carries_the_same_states() {
    ask("compare_states.py", 300, |life: Life| {
        let mut state = CadenceState { k: 1, ineligible_days: 0, is_eased: false };
        let mut shown = Vec::new();
        for label in life.labels {
            state = state.at_boundary(label.eligible, label.longest_gap);
            shown.push(state.k);
            let result = match (label.eligible, label.drawn) {
                (false, _) => DayResult::Ineligible,
                (true, true) => DayResult::Hit,
                (true, false) => DayResult::NotHit,
            };
            state = state.close(result, label.longest_gap);
        }
        json!({ "k": shown })
    });
}

/// Lets a tool of `tests/tools` ask its questions; it compares the answers and ends well if all agree.
fn ask<Q: DeserializeOwned>(tool: &str, count: u32, answer: impl Fn(Q) -> Value) {
    let setting = |name: &str, default: String| std::env::var(name).unwrap_or(default);
    let tools = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/tools/");
    let mut asking = Command::new("python3")
        .arg(format!("{tools}{tool}"))
        .args(["--count", &setting("MUSTER_COUNT", count.to_string())])
        .args(["--seed", &setting("MUSTER_SEED", "1".into())])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("python3 starts");
    let mut answers = asking.stdin.take().expect("piped");
    for question in BufReader::new(asking.stdout.take().expect("piped")).lines() {
        let question = serde_json::from_str(&question.expect("text")).expect("a question");
        // A difference ends the other side; its exit status says so below.
        let _ = writeln!(answers, "{}", answer(question));
    }
    drop(answers);
    assert!(asking.wait().expect("it ends").success(), "{tool} found a difference; see above");
}
