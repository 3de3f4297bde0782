//! What the draw and the plan cost, each beside what it is compared with, in one run of one build.
//! Probe and subject take turns and the best of five counts, because machines drift; the ratios are
//! the claim, seconds are for information. `docs/benchmarks.md` explains every figure.

mod day;
mod generator;
mod jobs;
mod lint;
mod plans;
mod probe;
mod quarter;

use clap::Parser;
use serde_json::{Map, Value, json};
use std::path::PathBuf;

/// Measures the draw and prints JSON
#[derive(Debug, Parser)]
#[command(after_help = "Examples:\n  cargo bench --bench draw -- --seed 7 --out bench.json\n  \
    cargo bench --bench draw -- --only plans --peers\n\n\
    Peers are Python programs in benches/peers. They need OR-Tools and NumPy:\n  \
    python3 -m venv peers && peers/bin/pip install ortools numpy\n  \
    MUSTER_PEERS_PYTHON=peers/bin/python cargo bench --bench draw -- --peers\n\
    A peer that cannot be run is \"not measured\"; nothing is ever filled in from an earlier run.")]
struct Options {
    /// Seed of every generated roster
    #[arg(long, default_value_t = 7)]
    seed: u64,
    /// Also write the JSON to this file
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Run the peers of the plan too: minutes
    #[arg(long)]
    peers: bool,
    /// Only these parts: day, jobs, quarter, plans, lint
    #[arg(long, value_name = "PART", value_delimiter = ',')]
    only: Vec<String>,
    /// Small sizes, once each: shows that everything still runs, and measures nothing
    #[arg(long)]
    small: bool,
    /// What cargo adds
    #[arg(long, hide = true)]
    bench: bool,
}

/// How much of everything.
#[derive(Clone, Copy)]
struct Sizes {
    seed: u64,
    rounds: u32,
    people_of_day: usize,
    jobs: &'static [usize],
    people_of_quarter: usize,
    days_of_quarter: u32,
    people_of_plans: &'static [usize],
    /// Patience with one peer.
    peer_seconds_max: u32,
}

impl Sizes {
    fn of(options: &Options) -> Sizes {
        let seed = options.seed;
        if options.small {
            return Sizes {
                seed,
                rounds: 1,
                people_of_day: 20_000,
                jobs: &[500],
                people_of_quarter: 400,
                days_of_quarter: 5,
                people_of_plans: &[300],
                peer_seconds_max: 20,
            };
        }
        Sizes {
            seed,
            rounds: 5,
            people_of_day: 1_000_000,
            jobs: &[100_000, 1_000_000],
            people_of_quarter: 10_000,
            days_of_quarter: 63,
            people_of_plans: &[10_000, 50_000],
            peer_seconds_max: 120,
        }
    }
}

const PARTS: [&str; 5] = ["day", "jobs", "quarter", "plans", "lint"];

fn main() -> anyhow::Result<()> {
    let options = Options::parse();
    let unknown = options.only.iter().find(|part| !PARTS.contains(&part.as_str()));
    anyhow::ensure!(
        unknown.is_none(),
        "`{}` is no part; parts are {}",
        unknown.map_or("", String::as_str),
        PARTS.join(", ")
    );
    let sizes = Sizes::of(&options);
    let mut report = Map::new();
    report.insert("seed".to_owned(), json!(options.seed));
    report.insert("small".to_owned(), json!(options.small));
    report.insert("machine".to_owned(), probe::machine());
    let mut day_seconds = None;
    for part in PARTS {
        if !options.only.is_empty() && !options.only.iter().any(|p| p == part) {
            continue;
        }
        eprintln!("{part} ...");
        let measured = match part {
            "day" => {
                let measured = day::measure(&sizes);
                day_seconds = measured["seconds_per_person"].as_f64();
                measured
            }
            "jobs" => jobs::measure(&sizes, day_seconds)?,
            "quarter" => quarter::measure(&sizes)?,
            "plans" => plans::measure(&sizes, options.peers)?,
            _ => lint::measure(&sizes)?,
        };
        report.insert(part.to_owned(), measured);
    }
    let text = serde_json::to_string_pretty(&Value::Object(report))?;
    if let Some(out) = &options.out {
        std::fs::write(out, &text)?;
    }
    println!("{text}");
    Ok(())
}
