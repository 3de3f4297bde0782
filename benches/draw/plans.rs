//! A day's plan by the real command, against solvers: OR-Tools min-cost flow and CP-SAT with its
//! cumulative constraint, on the same files. Divergence is recomputed from the written plan.

use crate::Sizes;
use crate::generator::{Files, Shape, files};
use anyhow::Context as _;
use muster_domain::plan_files::{FilesPlan, Placed, PlanFiles, slot_kl_bits};
use serde_json::{Value, json};
use std::path::Path;
use std::process::Command;
use std::time::Instant;

pub fn measure(sizes: &Sizes, with_peers: bool) -> anyhow::Result<Value> {
    let mut rows = Vec::new();
    for &people in sizes.people_of_plans {
        for (shape, load) in
            [(Shape::Frag, 0.95), (Shape::Frag, 0.90), (Shape::Clump, 0.95), (Shape::Clump, 0.90)]
        {
            eprintln!("  {} {people} at load {load}", shape.name());
            rows.push(instance(sizes, shape, people, load, with_peers)?);
        }
    }
    Ok(json!({
        "instances": rows,
        "bar_ratio_to_flow_min": 50,
        "bar_ratio_to_cp_sat_min": 500,
        "bar_short_of_flow_max": "0.01 % of the people, at 20 verifiers or more",
        "bar_slot_kl_bits_max_at_load_0.9": 0.01,
    }))
}

fn instance(
    sizes: &Sizes,
    shape: Shape,
    people: usize,
    load: f64,
    with_peers: bool,
) -> anyhow::Result<Value> {
    let made = files(shape, people, load, sizes.seed);
    let folder = tempfile::tempdir()?;
    std::fs::write(folder.path().join("people.csv"), &made.people)?;
    std::fs::write(folder.path().join("verifiers.csv"), &made.verifiers)?;

    // Ours before, between and after the peers, so that a change of the machine's speed shows.
    let rounds = sizes.rounds.div_ceil(2);
    let mut ours = ours(folder.path(), sizes.seed, rounds)?;
    let mut flow = json!("not measured");
    let mut cp_sat = json!("not measured");
    let mut flattest = json!("not measured");
    if with_peers {
        flow = peer("flow.py", folder.path(), sizes.peer_seconds_max)?;
        if load < 0.92 {
            flattest = peer("flattest.py", folder.path(), sizes.peer_seconds_max)?;
        }
        ours.take_better(self::ours(folder.path(), sizes.seed, rounds)?);
        if shape == Shape::Frag && load > 0.92 {
            cp_sat = peer("cp_sat.py", folder.path(), sizes.peer_seconds_max)?;
        }
    }
    ours.take_better(self::ours(folder.path(), sizes.seed, rounds)?);
    let over = |peer: &Value, of: &str| peer[of].as_f64().map(|seconds| seconds / ours.seconds);
    let short = flow["placed"].as_f64().map(|most| (most - ours.placed as f64) / people as f64);
    let (of_flow, of_cp_sat) = (over(&flow, "seconds"), over(&cp_sat, "seconds"));
    let of_flow_without_costs = over(&flow, "seconds_without_costs");
    Ok(json!({
        "shape": shape.name(),
        "people": people,
        "load": load,
        "verifiers": made.verifier_count,
        "placed": ours.placed,
        "moved": ours.moved,
        "seconds": ours.seconds,
        "whole_process_seconds": ours.process_seconds,
        "slot_kl_bits": recomputed_kl(&made, folder.path())?,
        "slot_kl_bits_told": ours.slot_kl_bits,
        "flow": flow,
        "cp_sat": cp_sat,
        "flattest": flattest,
        "ratio_to_flow": of_flow,
        "ratio_to_flow_without_costs": of_flow_without_costs,
        "ratio_to_cp_sat": of_cp_sat,
        "short_of_flow": short,
    }))
}

struct Ours {
    placed: u64,
    moved: usize,
    seconds: f64,
    process_seconds: f64,
    slot_kl_bits: Option<f64>,
}

impl Ours {
    fn take_better(&mut self, other: Ours) {
        self.seconds = self.seconds.min(other.seconds);
        self.process_seconds = self.process_seconds.min(other.process_seconds);
    }
}

/// The command as it is shipped, best of some rounds.
fn ours(folder: &Path, seed: u64, rounds: u32) -> anyhow::Result<Ours> {
    let mut best: Option<Ours> = None;
    for _ in 0..rounds {
        let begun = Instant::now();
        let output = Command::new(env!("CARGO_BIN_EXE_muster"))
            .args(["plan", "--people", "people.csv", "--verifiers", "verifiers.csv"])
            .args(["--out", "plan.csv", "--json", "--seed", &seed.to_string()])
            .current_dir(folder)
            .output()?;
        let process_seconds = begun.elapsed().as_secs_f64();
        anyhow::ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let told: Value = serde_json::from_slice(&output.stdout)?;
        let round = Ours {
            placed: told["placed"].as_u64().context("placed")?,
            moved: told["moved"].as_array().context("moved")?.len(),
            seconds: told["seconds"].as_f64().context("seconds")?,
            process_seconds,
            slot_kl_bits: told["slot_kl_bits"].as_f64(),
        };
        match &mut best {
            Some(best) => best.take_better(round),
            None => best = Some(round),
        }
    }
    best.context("at least one round")
}

/// From the files and `plan.csv` alone.
fn recomputed_kl(made: &Files, folder: &Path) -> anyhow::Result<Option<f64>> {
    let read = PlanFiles::read(made.people.as_bytes(), made.verifiers.as_bytes());
    let read = read.map_err(|faults| anyhow::anyhow!("{}", faults[0]))?;
    let text = std::fs::read_to_string(folder.join("plan.csv"))?;
    let mut placed = Vec::new();
    for line in text.lines().skip(1) {
        let mut cells = line.split(',');
        let mut cell = || cells.next().context("three cells a line");
        let (person_id, verifier_id, slot) = (cell()?, cell()?, cell()?.parse()?);
        placed.push(Placed { person_id, verifier_id, slot });
    }
    let plan = FilesPlan { placed, unplaced: Vec::new(), moved: Vec::new() };
    Ok(slot_kl_bits(&read, &plan))
}

/// One answer of a peer, or that it was not measured.
fn peer(name: &str, folder: &Path, seconds_max: u32) -> anyhow::Result<Value> {
    let python = std::env::var("MUSTER_PEERS_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let program = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/peers").join(name);
    let output = Command::new(python)
        .arg(program)
        .args(["people.csv", "verifiers.csv", &seconds_max.to_string()])
        .current_dir(folder)
        .output();
    match output {
        Ok(output) if output.status.success() => Ok(serde_json::from_slice(&output.stdout)?),
        _ => Ok(json!("not measured")),
    }
}
