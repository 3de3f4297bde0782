//! How well `muster links` tells farms from everybody else, and what it costs: the real command on
//! files of a made-up workforce. `docs/benchmarks.md` explains every figure.

mod accuracy;
mod command;
mod dice;
mod farms;
mod ordinary;
mod rows;
mod speed;
mod world;

use accuracy::Pooled;
use clap::Parser;
use rows::Cadence;
use serde_json::{Map, Value, json};
use std::path::PathBuf;

/// The twenty seeds that the figures are of. None was looked at while weights and conditions were
/// chosen; that was done on 1 to 3 (`--seeds`).
const SEEDS: std::ops::RangeInclusive<u64> = 1_001..=1_020;

/// Judges `muster links` on made-up companies and prints JSON
#[derive(Debug, Parser)]
#[command(after_help = "Examples:\n  cargo bench --bench links -- --out links.json\n  \
    cargo bench --bench links -- --only dense --seeds 1,2,3\n  \
    cargo bench --bench links -- --only speed --people 100000\n\n\
    Without --bench (as cargo test runs it) one smaller company is judged, so that nothing rots.")]
struct Options {
    /// Other seeds
    #[arg(long, value_name = "SEED", value_delimiter = ',')]
    seeds: Vec<u64>,
    /// People of a company
    #[arg(long, default_value_t = 5_000)]
    people: usize,
    /// People of the file whose reading is timed
    #[arg(long, default_value_t = 100_000)]
    many: usize,
    /// Only these parts: dense, sign_ins, check_ins, speed
    #[arg(long, value_name = "PART", value_delimiter = ',')]
    only: Vec<String>,
    /// Also write the JSON to this file
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// What cargo adds
    #[arg(long, hide = true)]
    bench: bool,
}

/// What a single small company must reach in the tests.
const SLICE_MIN: f64 = 0.8;

fn main() -> anyhow::Result<()> {
    let options = Options::parse();
    let folder = tempfile::tempdir()?;
    let asks = |part: &str| options.only.is_empty() || options.only.iter().any(|p| p == part);
    if !options.bench && options.only.is_empty() {
        return slice(folder.path());
    }
    let seeds: Vec<u64> =
        if options.seeds.is_empty() { SEEDS.collect() } else { options.seeds.clone() };
    let mut report = Map::new();
    report.insert("seeds".into(), json!(seeds));
    let parts = [
        ("dense", Cadence::Dense),
        ("sign_ins", Cadence::SignIns),
        ("check_ins", Cadence::CheckIns),
    ];
    for (part, cadence) in parts.into_iter().filter(|(part, _)| asks(part)) {
        let pooled = Pooled::over(&seeds, options.people, cadence, folder.path())?;
        report.insert(part.into(), pooled.told());
    }
    if asks("speed") {
        eprintln!("  speed ...");
        report.insert("speed".into(), speed::measure(options.many, 3, folder.path())?);
    }
    let text = serde_json::to_string_pretty(&Value::Object(report))?;
    if let Some(out) = &options.out {
        std::fs::write(out, &text)?;
    }
    println!("{text}");
    Ok(())
}

/// A small slice of it, so that it cannot rot.
fn slice(folder: &std::path::Path) -> anyhow::Result<()> {
    // one company is too few for the bars of twenty
    let pooled = Pooled::over(&[6], 4_000, Cadence::SignIns, folder)?;
    let (precision, recall) = (pooled.all.precision(), pooled.all.recall());
    anyhow::ensure!(
        precision >= SLICE_MIN && recall >= SLICE_MIN,
        "precision {precision:.3}, recall {recall:.3}: {}",
        pooled.told()
    );
    let speed = speed::measure(4_000, 1, folder)?;
    anyhow::ensure!(speed["rows"].as_u64() > Some(60_000), "{speed}");
    Ok(())
}
