//! What pages cost with very many people, asked of the real `muster serve` over HTTP, and what the
//! service itself weighs. `docs/benchmarks.md` explains every figure.

mod asking;
mod company;

use anyhow::ensure;
use asking::{Asked, Visitor};
use clap::Parser;
use company::Company;
use serde_json::{Map, Value, json};
use std::path::PathBuf;
use std::time::Duration;

/// Asks pages of a made-up company and prints JSON
#[derive(Debug, Parser)]
#[command(after_help = "Examples:\n  cargo bench --bench pages -- --out pages.json\n  \
    cargo bench --bench pages -- --only coverage --people 20000\n\n\
    Without --bench (as cargo test runs it) a small company is asked, so that nothing rots.")]
struct Options {
    /// People of the company whose coverage is read
    #[arg(long, default_value_t = 100_000)]
    people: usize,
    /// Check-ins of each of them in the year before
    #[arg(long, default_value_t = 10)]
    check_ins: usize,
    /// People of the company whose service is weighed
    #[arg(long, default_value_t = 10_000)]
    roster: usize,
    /// How often the page of a check-in is asked for
    #[arg(long, default_value_t = 1_000)]
    gets: usize,
    /// Only these parts: coverage, check_in
    #[arg(long, value_name = "PART", value_delimiter = ',')]
    only: Vec<String>,
    /// Also write the JSON to this file
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// What cargo adds
    #[arg(long, hide = true)]
    bench: bool,
}

/// Everything that a page of a check-in makes a browser load before the room, in bytes.
const WEIGHT_MAX: usize = 60_000;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let mut options = Options::parse();
    if !options.bench {
        options = Options { people: 120, check_ins: 3, roster: 120, gets: 20, ..options };
    }
    let asks = |part: &str| options.only.is_empty() || options.only.iter().any(|p| p == part);
    let mut report = Map::new();
    if asks("coverage") {
        report.insert("coverage".into(), coverage(&options).await?);
    }
    if asks("check_in") {
        report.insert("check_in".into(), check_in(&options).await?);
    }
    let text = serde_json::to_string_pretty(&Value::Object(report))?;
    println!("{text}");
    if let Some(file) = &options.out {
        std::fs::write(file, text + "\n")?;
    }
    Ok(())
}

/// HR's tables, of who was met and of who is on the roster: as they open, sorted, searched, filtered, at
/// their end.
async fn coverage(options: &Options) -> anyhow::Result<Value> {
    let company = Company::found(options.people, options.check_ins).await?;
    let service = company.serve().await?;
    let hr = Visitor::of(&service, &company.hr);
    let last = options.people.div_ceil(50);
    let of_coverage = [
        ("as it opens", String::new()),
        ("by last met", "?sort=last&order=desc".into()),
        ("by outcome", "?sort=outcome".into()),
        ("by number of meetings", "?sort=year&order=desc".into()),
        ("by policy", "?sort=policy".into()),
        ("searched", "?q=person+12".into()),
        ("of one policy", "?policy=Standard&sort=last".into()),
        ("the last page", format!("?page={last}")),
    ];
    let of_roster = [
        ("as it opens", String::new()),
        ("by department", "?sort=department".into()),
        ("by policy", "?sort=policy&order=desc".into()),
        ("searched", "?q=person+12".into()),
        ("without a place", "?show=no-place".into()),
        ("the last page", format!("?page={last}")),
    ];
    Ok(json!({
        "people": options.people,
        "check_ins": options.people * options.check_ins,
        "milliseconds": pages(&hr, "/coverage", &of_coverage, options).await?,
        "milliseconds_of_the_roster": pages(&hr, "/roster", &of_roster, options).await?,
    }))
}

/// Asks each of these pages, which show somebody, again and again.
async fn pages(
    hr: &Visitor,
    path: &str,
    queries: &[(&str, String)],
    options: &Options,
) -> anyhow::Result<Map<String, Value>> {
    let mut pages = Map::new();
    for (name, query) in queries {
        let path = format!("{path}{query}");
        let first = hr.get(&path).await?;
        ensure!(first.text.contains("Example Person"), "{path} shows nobody: {}", first.text);
        pages.insert((*name).to_owned(), hr.times(&path, options.gets.min(200)).await?);
    }
    Ok(pages)
}

/// The page of a check-in, what it makes a browser load, and the memory of a service that has looked
/// through its roster once.
async fn check_in(options: &Options) -> anyhow::Result<Value> {
    let company = Company::found(options.roster, 1).await?;
    let service = company.serve().await?;
    let employee = Visitor::of(&service, &company.employee);
    let path = format!("/check-ins/{}/read", company.open_check_in);
    let page = employee.get(&path).await?;
    ensure!(page.text.contains("check-in"), "{}", page.text);
    let weight = weight(&employee, &page).await?;
    ensure!(weight <= WEIGHT_MAX, "the page of a check-in weighs {weight} bytes");
    let times = employee.times(&path, options.gets).await?;
    // Sweeps come each minute.
    if options.bench {
        tokio::time::sleep(Duration::from_secs(70)).await;
    }
    let (resident, peak) = service.memory()?;
    Ok(json!({
        "roster": options.roster,
        "page": path,
        "milliseconds": times,
        "bytes": weight,
        "resident_bytes": resident,
        "peak_resident_bytes": peak,
    }))
}

/// The page with styles, scripts and pictures it names, and what those name in turn, as sent.
async fn weight(visitor: &Visitor, page: &Asked) -> anyhow::Result<usize> {
    let mut waiting = asking::named(&page.text, "/");
    let mut seen = std::collections::BTreeSet::new();
    let mut bytes = page.bytes;
    while let Some(path) = waiting.pop() {
        if !seen.insert(path.clone()) {
            continue;
        }
        let file = visitor.get(&path).await?;
        bytes += file.bytes;
        if path.ends_with(".js") {
            waiting.extend(asking::named(&file.text, &path));
        }
    }
    Ok(bytes)
}
