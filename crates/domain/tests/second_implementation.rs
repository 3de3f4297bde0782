//! `docs/verify` is a second implementation of the draw, in Python, written from `docs/draw-format.md`
//! alone. Its published vectors come out; it makes the same hazard tables for random laws, carries the same
//! states and makes the same plans. The Python side asks and compares; this side answers.
//!
//! `MUSTER_COUNT` and `MUSTER_SEED` ask for more and for others than the few of a normal run.

use std::collections::HashSet;
use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};

use muster_domain::draw::law::{CadenceLaw, DrawLaw, Period, PoolLaw};
use muster_domain::draw::{
    BoundaryInputs, BoundaryKey, CadenceState, DayResult, Purpose, Selection, SingleQuestion,
    Taken, TakenSession, plan, plan_single,
};
use muster_domain::person::DrawToken;
use muster_domain::time::UtcMillis;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

#[test]
fn the_published_vectors_come_out_in_the_second_implementation() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/verify/muster_verify");
    let status = Command::new("python3").args([folder, "--self-test"]).status().expect("python3");
    assert!(status.success(), "a vector differs; see above");
}

#[test]
fn the_published_bundles_come_out_in_the_second_implementation() {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");
    let status = Command::new("python3")
        .arg(format!("{root}/tests/tools/compare_audits.py"))
        .arg(format!("{root}/docs/verify/vectors"))
        .status()
        .expect("python3");
    assert!(status.success(), "a published bundle comes out otherwise; see above");
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

/// One boundary, and one check-in beside its plan: under the key of a re-check, or of the boundary
/// after refused slots.
#[derive(Deserialize)]
struct Boundary {
    blob: Value,
    k_t: String,
    taken: Vec<TakenSession>,
    drawn_already: HashSet<DrawToken>,
    single: Single,
}

#[derive(Deserialize)]
struct Single {
    token: DrawToken,
    purpose: Option<u16>,
    refused: Vec<UtcMillis>,
    earliest_ms: UtcMillis,
}

#[test]
fn the_second_implementation_makes_the_same_plans() {
    ask("compare_plans.py", 400, |asked: Boundary| {
        let inputs = BoundaryInputs::from_json(asked.blob.to_string().as_bytes()).expect("rows");
        let k_t = hex::decode(&asked.k_t).expect("hexadecimal");
        let key = BoundaryKey::from_bytes(&k_t.try_into().expect("32 bytes"));
        let taken = Taken { sessions: asked.taken };
        let plan = plan(&inputs.clone().without(&asked.drawn_already), &key, &taken);
        let thresholds: serde_json::Map<_, _> = inputs
            .people()
            .map(|row| {
                let policy = inputs.policy(row.policy).expect("committed");
                (row.token.to_hex(), json!(row.threshold(&policy.hazards)))
            })
            .collect();
        json!({
            "root": hex::encode(inputs.root()),
            "thresholds": thresholds,
            "placed": plan.selections.iter().map(place).collect::<Vec<_>>(),
            "shielded": plan.shielded,
            "uncovered": plan.uncovered,
            "moved": plan.moved.iter().map(|moved| moved.token).collect::<Vec<_>>(),
            "single": single(&asked.single, &inputs, &key, &taken).as_ref().map(place),
        })
    });
}

fn single(
    asked: &Single,
    inputs: &BoundaryInputs,
    key: &BoundaryKey,
    taken: &Taken,
) -> Option<Selection> {
    let person = inputs.person(&asked.token).expect("a row");
    let question = SingleQuestion {
        person,
        policy: inputs.policy(person.policy).expect("committed"),
        verifiers: inputs.verifiers(),
        taken,
        refused: &asked.refused,
        announce_earliest: asked.earliest_ms,
    };
    let of_purpose = asked.purpose.map(|n| key.for_purpose(Purpose::Recheck(n), &asked.token));
    plan_single(&question, of_purpose.as_ref().unwrap_or(key))
}

fn place(selection: &Selection) -> Value {
    json!({
        "token": selection.token,
        "slot": selection.slot,
        "verifier": selection.verifier,
        "verifier_label": selection.verifier_label,
        "notice_minutes": selection.notice_minutes,
    })
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
