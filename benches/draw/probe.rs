//! Clocks and the machine: wall time, processor time, resident memory, best of several.

use serde_json::{Value, json};
use std::time::Instant;

/// Two measurements that take turns.
pub struct Turns {
    pub probe: f64,
    pub subject: f64,
}

/// The best of so many rounds of each, in seconds of wall time, one after the other in turn.
pub fn in_turn(rounds: u32, mut probe: impl FnMut(), mut subject: impl FnMut()) -> Turns {
    let mut best = Turns { probe: f64::INFINITY, subject: f64::INFINITY };
    for _ in 0..rounds {
        best.probe = best.probe.min(seconds(&mut probe));
        best.subject = best.subject.min(seconds(&mut subject));
    }
    best
}

/// Wall time of one call.
pub fn seconds(work: impl FnOnce()) -> f64 {
    let begun = Instant::now();
    work();
    begun.elapsed().as_secs_f64()
}

/// Processor time of the threads of this process so far, in seconds; 0 where the system does not say.
pub fn cpu_seconds() -> f64 {
    let threads = std::fs::read_dir("/proc/self/task").into_iter().flatten().flatten();
    // the first field of a thread's schedstat: nanoseconds on a processor
    let nanoseconds = |thread: std::fs::DirEntry| {
        let stat = std::fs::read_to_string(thread.path().join("schedstat")).ok()?;
        stat.split(' ').next()?.parse::<f64>().ok()
    };
    threads.filter_map(nanoseconds).sum::<f64>() / 1e9
}

/// Resident memory of this process in bytes; 0 where the system does not say.
pub fn resident_bytes() -> f64 {
    let statm = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    let pages: f64 = statm.split(' ').nth(1).and_then(|n| n.parse().ok()).unwrap_or(0.0);
    pages * 4_096.0
}

/// What ran this.
pub fn machine() -> Value {
    let info = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let field = |name: &str| {
        let line = info.lines().find(|line| line.starts_with(name))?;
        line.split_once(':').map(|(_, value)| value.trim().to_owned())
    };
    let has = |flag: &str| field("flags").is_some_and(|f| f.split(' ').any(|f| f == flag));
    json!({
        "processor": field("model name"),
        "threads": std::thread::available_parallelism().map(usize::from).unwrap_or(1),
        "sha_extensions": has("sha_ni"),
    })
}
