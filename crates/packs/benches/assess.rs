//! What judging recorded evidence costs: lines a second, and the time of single rows from their
//! bytes to their answer. `docs/benchmarks.md` explains every figure.

#[path = "assess/clean_row.rs"]
mod clean_row;

use clap::Parser;
use muster_domain::evidence_lines::{EvidenceLine, LookUps};
use muster_domain::judging::network::{NetworkFacts, NoFact};
use muster_domain::time::UtcMillis;
use muster_packs::polygons::Polygons;
use serde_json::{Value, json};
use std::hint::black_box;
use std::io::Write as _;
use std::net::IpAddr;
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

/// Measures the judging of recorded evidence and prints JSON
#[derive(Debug, Parser)]
#[command(
    after_help = "Example:\n  cargo build --release && \\\n  cargo bench -p muster-packs --bench assess -- --program target/release/muster"
)]
struct Options {
    /// Lines judged in one go
    #[arg(long, default_value_t = 100_000)]
    lines: usize,
    /// Also run this program on a file of so many lines
    #[arg(long, value_name = "MUSTER")]
    program: Option<PathBuf>,
    /// Folder of installed data packs, for a row that is looked up by its address
    #[arg(long, value_name = "DIR")]
    packs: Option<PathBuf>,
    /// Times each single row is judged
    #[arg(long, default_value_t = 20_000)]
    rows: usize,
    /// Given by cargo
    #[arg(long, hide = true)]
    bench: bool,
}

/// Of so many runs the best counts.
const RUNS: usize = 5;

fn main() {
    let options = Options::parse();
    let samples = samples();
    let polygons = Polygons::shared();
    let row =
        |id: &str| samples.iter().find(|line| line["id"] == id).expect("a sample").to_string();
    let (clean, ten) = (row("clean row"), row("everything at once"));
    let findings = judged(&ten, polygons).1;
    assert_eq!(findings, 10, "the row that is measured has ten findings");
    let report = json!({
        "lines_a_second_in_process": in_process(&samples, options.lines, polygons),
        "program": options.program.map(|path| program(&path, &samples, options.lines)),
        "row_with_ten_findings_us": spread(options.rows, || (), |()| judged(&ten, polygons)),
        "clean_row_us": spread(options.rows, || (), |()| judged(&clean, polygons)),
        "clean_row_without_address": clean_row::without_address(options.rows, &clean),
        "clean_row_with_address": options.packs.map(|dir| {
            clean_row::with_address(options.rows, &clean, &muster_packs::Packs::open(&dir))
        }),
    });
    println!("{report:#}");
}

/// The hand-written lines of the tests.
fn samples() -> Vec<Value> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/assess");
    let mut files: Vec<_> =
        std::fs::read_dir(folder).expect("samples").flatten().map(|file| file.path()).collect();
    files.sort();
    let texts = files.iter().map(|file| std::fs::read_to_string(file).expect("a file of samples"));
    let line = |text: &str| -> Value {
        let mut sample: Value = serde_json::from_str(text).expect("a sample");
        sample["line"].take()
    };
    texts.flat_map(|text| text.lines().map(line).collect::<Vec<_>>()).collect()
}

/// From the bytes of a line to the bytes of its findings.
fn judged(line: &str, polygons: &'static Polygons) -> (usize, usize) {
    let read = EvidenceLine::read(line.as_bytes()).expect("a good line");
    let region = |point| polygons.region(point);
    let look_ups = LookUps { region: &region, address: &no_packs };
    let assessment = read.evidence(look_ups).assess();
    let told = serde_json::to_string(&assessment.findings).expect("findings are JSON");
    (told.len(), assessment.findings.len())
}

/// Nothing is known of an address: packs are measured where they live.
fn no_packs(_: IpAddr, _: UtcMillis) -> NetworkFacts {
    NetworkFacts::missing(NoFact::NoPack)
}

/// Median and 99th percentile of a run in microseconds. Runs in which the thread lost the processor to
/// another program say nothing of ours: they are counted apart.
fn spread<S, T>(
    times: usize,
    mut prepare: impl FnMut() -> S,
    mut run: impl FnMut(S) -> T,
) -> Value {
    let (mut taken, mut disturbed) = (Vec::new(), 0_usize);
    let turns = TurnsTaken::of_this_thread();
    for _ in 0..times.max(100) {
        let prepared = black_box(prepare());
        let before = turns.now();
        let begun = Instant::now();
        black_box(run(prepared));
        let nanoseconds = begun.elapsed().as_nanos();
        match before.is_some() && before != turns.now() {
            true => disturbed += 1,
            false => taken.push(nanoseconds),
        }
    }
    taken.sort_unstable();
    let at = |share: usize| taken.get(taken.len() * share / 100).map(|ns| *ns as f64 / 1_000.0);
    json!({ "p50": at(50), "p99": at(99), "disturbed": disturbed, "counted": taken.len() })
}

/// How often this thread got a processor so far, where the system tells: between two equal answers it kept it.
/// Cheap, so that asking before each row leaves the caches as they were.
struct TurnsTaken(Option<std::fs::File>);

impl TurnsTaken {
    fn of_this_thread() -> TurnsTaken {
        TurnsTaken(std::fs::File::open("/proc/thread-self/schedstat").ok())
    }

    /// Nanoseconds run, nanoseconds waited, turns: the last word.
    fn now(&self) -> Option<[u8; 64]> {
        let mut text = [0; 64];
        let length = self.0.as_ref()?.read_at(&mut text, 0).ok()?;
        let turns = text.get(..length)?.trim_ascii_end().rsplit(|b| *b == b' ').next()?;
        let mut answer = [0; 64];
        answer.get_mut(..turns.len())?.copy_from_slice(turns);
        Some(answer)
    }
}

/// Lines a second of one thread, from bytes to bytes.
fn in_process(samples: &[Value], lines: usize, polygons: &'static Polygons) -> f64 {
    let texts: Vec<String> = samples.iter().map(Value::to_string).collect();
    let seconds = (0..RUNS).map(|_| {
        let begun = Instant::now();
        texts.iter().cycle().take(lines).for_each(|line| {
            black_box(judged(line, polygons));
        });
        begun.elapsed().as_secs_f64()
    });
    (lines as f64 / seconds.fold(f64::INFINITY, f64::min)).round()
}

/// Lines a second of the program, its start and the loading of the polygons included.
fn program(program: &Path, samples: &[Value], lines: usize) -> Value {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("evidence.ndjson");
    let mut file = std::io::BufWriter::new(std::fs::File::create(&path).expect("a file"));
    for line in samples.iter().cycle().take(lines) {
        writeln!(file, "{line}").expect("room for the file");
    }
    file.flush().expect("room for the file");
    let seconds = (0..RUNS).map(|_| {
        let begun = Instant::now();
        let status = Command::new(program)
            .args(["assess", "--json", "--input"])
            .arg(&path)
            .stdout(Stdio::null())
            .status();
        assert!(status.expect("the program").success());
        begun.elapsed().as_secs_f64()
    });
    let best = seconds.fold(f64::INFINITY, f64::min);
    json!({ "lines": lines, "seconds_best_of_5": best, "lines_a_second": (lines as f64 / best).round() })
}
