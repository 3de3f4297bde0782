#!/usr/bin/env python3
"""Plants one known bug at a time into a copy of the tree and demands that a named test fails.

A suite that stays green with the fence check dropped proves nothing about fences. Each mutant is
one replaced piece of text and the test that must notice it. First every named test must pass on
the tree as it is: a test that is red anyway notices nothing.

    tests/tools/mutants.py            every mutant
    tests/tools/mutants.py fence      those whose name contains the word
    tests/tools/mutants.py --list     names and tests

Exit status 0: every mutant was noticed; 1: one survived or could not be planted; 2: usage.
"""

import fcntl
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]

# The whole workspace, so that the dependencies have the features they have elsewhere.
MAIN = ["--workspace", "--test", "main"]
DOMAIN = ["-p", "muster-domain", "--lib"]

# name, file, text, replacement, package or test binary, test
MUTANTS = [
    ("fence-check-dropped", "crates/store/src/work.rs",
     ".filter(Column::Fence.eq(claim.fence))", ".filter(Column::Fence.gte(0))",
     MAIN, "a_worker_that_was_stalled_past_its_lease_records_nothing"),
    ("send-before-commit", "crates/store/src/work.rs",
     "let rows = db.query_all_raw(claim).await?;",
     "let tx = store.begin().await?;\n    let rows = tx.query_all_raw(claim).await?;\n    tx.rollback().await?;",
     MAIN, "an_ambiguous_answer_may_repeat_the_mail"),
    ("announcement-not-committed", "src/engine/draws/mod.rs",
     "    tx.commit().await?;\n    Ok(done)\n}", "    tx.rollback().await?;\n    Ok(done)\n}",
     MAIN, "a_missed_check_in_gets_a_second_chance"),
    ("step-advanced-on-delivery", "src/acts/cases/advance.rs",
     "    case.step = i64::from(no);\n    case.last_step_ms = Some(now.0);",
     "    if told.is_empty() || tx.store().clock().now().0 > 0 { return Ok(()); }\n    case.step = i64::from(no);",
     MAIN, "a_step_never_waits_for_the_delivery_of_the_one_before"),
    ("unique-key-missing", "migrations/src/m0001_main_job.sql",
     "work_key TEXT NOT NULL UNIQUE", "work_key TEXT NOT NULL",
     MAIN, "a_worker_that_was_stalled_past_its_lease_records_nothing"),
    ("naive-local-time", "crates/domain/src/calendar/windows.rs",
     "let start = (from - offset_ms).max(segment.start.0);", "let start = from.max(segment.start.0);",
     DOMAIN, "calendar"),
    ("future-hit-stored", "src/engine/draws/plans.rs",
     'tracing::info!(\n            zone = row.zone,',
     'tracing::info!(\n            first = plan.selections.first().map(|s| s.slot.0),\n            zone = row.zone,',
     MAIN, "a_hit_is_nowhere_before_its_announcement"),
    ("miss-without-probe", "crates/domain/src/judging/fault.rs",
     "=> Fault::Service,", "=> Fault::Employee,",
     DOMAIN, "judging::fault"),
]


def cache():
    return pathlib.Path(os.environ.get("MUSTER_CACHE") or os.path.expanduser("~/.cache/muster"))


def copy_of_tree():
    """Always at the same place, so that a second run compiles little. One run at a time."""
    copy = cache() / "mutants-tree"
    copy.mkdir(parents=True, exist_ok=True)
    lock = open(cache() / "mutants.lock", "w")
    fcntl.flock(lock, fcntl.LOCK_EX)
    names = subprocess.run(["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], cwd=ROOT,
                           check=True, stdout=subprocess.PIPE, text=True).stdout.split("\0")
    wanted = {name for name in names if name and (ROOT / name).is_file()}
    for old in [p for p in copy.rglob("*") if p.is_file()]:
        if str(old.relative_to(copy)) not in wanted:
            old.unlink()
    for name in wanted:
        source, there = ROOT / name, copy / name
        if not there.exists() or there.read_bytes() != source.read_bytes():
            there.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, there)
    return copy, lock


# A test that passes does so within this time. One that goes on for ever has noticed, too.
SECONDS_MAX = 240


def run(copy, where, tests):
    """Exit status and output; the status is None where the tests did not end."""
    # Build outputs of their own: a planted bug must never end up in the real ones.
    env = {**os.environ, "RUST_BACKTRACE": "0", "CARGO_TARGET_DIR": str(cache() / "target-mutants")}
    how = {"cwd": copy, "env": env, "text": True, "stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE,
           "stderr": subprocess.STDOUT, "start_new_session": True}
    built = subprocess.run(["cargo", "test", "--quiet", "--no-run", *where], **how)
    if built.returncode != 0:
        return built.returncode, built.stdout
    running = subprocess.Popen(["cargo", "test", "--quiet", *where, "--", *tests], **how)
    try:
        output, _ = running.communicate(timeout=SECONDS_MAX)
        return running.returncode, output
    except subprocess.TimeoutExpired:
        os.killpg(running.pid, signal.SIGKILL)
        return None, running.communicate()[0]


def ran(output):
    return sum(int(n) for n in re.findall(r"(\d+) passed", output))


def sound(copy, chosen):
    """Whether every named test exists and passes without any bug."""
    for where in (MAIN, DOMAIN):
        tests = sorted({m[5] for m in chosen if m[4] is where})
        if not tests:
            continue
        started = time.monotonic()
        code, output = run(copy, where, tests)
        if code != 0 or ran(output) < len(tests):
            print(f"without a bug: {' '.join(tests)} must pass, and do not:\n{output[-3000:]}")
            return False
        print(f"without a bug: {ran(output)} tests pass ({time.monotonic() - started:.0f} s)", flush=True)
    return True


def noticed(copy, mutant):
    """Plants one bug, runs its test, takes the bug out again. Answers a sentence and whether it was noticed."""
    name, file, old, new, where, test = mutant
    path = copy / file
    before = path.read_text()
    if old not in before:
        return f"the text to replace is no longer in {file}", False
    path.write_text(before.replace(old, new, 1))
    code, output = run(copy, where, [test])
    path.write_text(before)
    if "could not compile" in output:
        return f"the mutant does not compile\n{output[-1500:]}", False
    if code is None:
        return f"noticed by {test}, which did not end within {SECONDS_MAX} s", True
    if code != 0 and ("FAILED" in output or "panicked" in output):
        return f"noticed by {test}", True
    return f"SURVIVED {test}", False


def main():
    words = [a for a in sys.argv[1:] if not a.startswith("-")]
    chosen = [m for m in MUTANTS if not words or any(w in m[0] for w in words)]
    if "--list" in sys.argv:
        for name, file, _, _, _, test in chosen:
            print(f"{name:28} {file:40} {test}")
        return 0
    if not chosen:
        print(f"no mutant is called {words}; --list names them", file=sys.stderr)
        return 2
    # Every one, also those that do not run now: code moves, and a mutant that fits nowhere proves nothing.
    lost = [f"{name}: {file}" for name, file, old, *_ in MUTANTS if (ROOT / file).read_text().count(old) != 1]
    if lost:
        print("the text to replace does not stand there once:", *lost, sep="\n    ")
        return 1
    copy, _lock = copy_of_tree()
    if not sound(copy, chosen):
        return 1
    survived = []
    for mutant in chosen:
        started = time.monotonic()
        sentence, was_noticed = noticed(copy, mutant)
        print(f"{mutant[0]}: {sentence} ({time.monotonic() - started:.0f} s)", flush=True)
        if not was_noticed:
            survived.append(mutant[0])
    print(f"{len(chosen) - len(survived)} passed, {len(survived)} failed")
    return 1 if survived else 0


if __name__ == "__main__":
    sys.exit(main())
