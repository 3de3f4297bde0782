//! While the company lives through its weeks, the demo's threads share one processor: the weeks are
//! many tiny questions to the database, which has a thread of its own, and waking another processor
//! for each costs more than the answer (`docs/benchmarks.md`). Linux only; elsewhere, and where the
//! system says no, the weeks pass more slowly and nothing else changes.

/// Keeps this thread, and all that it begins from now on, to one processor.
#[cfg(target_os = "linux")]
pub fn keep_to_one() {
    use rustix::thread::{CpuSet, sched_getaffinity, sched_getcpu, sched_setaffinity};
    let Ok(all) = sched_getaffinity(None) else { return };
    if all.count() < 2 || ALL.set(all).is_err() {
        return;
    }
    let mut one = CpuSet::new();
    one.set(sched_getcpu());
    sched_setaffinity(None, &one).ok();
}

/// Lets every thread run on every processor again.
#[cfg(target_os = "linux")]
pub fn use_all() {
    use rustix::thread::{Pid, sched_setaffinity};
    let (Some(all), Ok(threads)) = (ALL.get(), std::fs::read_dir("/proc/self/task")) else {
        return;
    };
    for thread in threads.flatten() {
        let id = thread.file_name().to_str().and_then(|id| id.parse().ok());
        if let Some(id) = id.and_then(Pid::from_raw) {
            sched_setaffinity(Some(id), all).ok();
        }
    }
}

/// What there was before.
#[cfg(target_os = "linux")]
static ALL: std::sync::OnceLock<rustix::thread::CpuSet> = std::sync::OnceLock::new();

#[cfg(not(target_os = "linux"))]
pub fn keep_to_one() {}

#[cfg(not(target_os = "linux"))]
pub fn use_all() {}
