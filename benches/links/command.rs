//! Runs the real `muster links` and watches what it takes.

use anyhow::{Context as _, ensure};
use serde_json::Value;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// One run of the command.
pub struct Run {
    pub report: Value,
    pub wall: Duration,
    /// Largest resident memory in bytes; 0 where the system does not say.
    pub peak: u64,
}

pub fn run(folder: &Path, input: &str) -> anyhow::Result<Run> {
    let out = folder.join("report.json");
    let begun = Instant::now();
    let mut child = Command::new(env!("CARGO_BIN_EXE_muster"))
        .args(["links", "--input", input, "--sites", "sites.csv", "--json"])
        .current_dir(folder)
        .stdin(Stdio::null())
        .stdout(std::fs::File::create(&out)?)
        .spawn()?;
    let status = format!("/proc/{}/status", child.id());
    let mut peak = 0;
    // the kernel keeps the high-water mark itself: looking often only keeps the last look fresh
    let ended = loop {
        peak = peak.max(high_water(&status));
        if let Some(ended) = child.try_wait()? {
            break ended;
        }
        std::thread::sleep(Duration::from_millis(2));
    };
    let wall = begun.elapsed();
    ensure!(ended.success(), "muster links: {ended}");
    let report = serde_json::from_slice(&std::fs::read(&out)?).context("its JSON")?;
    Ok(Run { report, wall, peak })
}

fn high_water(status: &str) -> u64 {
    let text = std::fs::read_to_string(status).unwrap_or_default();
    let line = text.lines().find(|line| line.starts_with("VmHWM:"));
    let kib = line.and_then(|line| line.split_whitespace().nth(1)).and_then(|n| n.parse().ok());
    kib.unwrap_or(0) * 1_024
}

/// Employee ids in groups that are not a site to be named, and how many are in those.
pub fn flagged(report: &Value) -> anyhow::Result<(Vec<&str>, usize)> {
    let mut flagged = Vec::new();
    let mut at_sites = 0;
    for group in report["groups"].as_array().context("groups")? {
        let members = group["members"].as_array().context("members")?;
        match group["needs_site"].as_bool().context("needs_site")? {
            true => at_sites += members.len(),
            false => flagged.extend(members.iter().filter_map(Value::as_str)),
        }
    }
    Ok((flagged, at_sites))
}
