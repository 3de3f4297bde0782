#!/usr/bin/env python3
"""Plants one known bug at a time into a copy of the tree and demands that a named test fails.

A suite that stays green with the fence check dropped proves nothing about fences. Each mutant is
one replaced piece of text, the test that must notice it, and the reason it matters.

    tests/tools/mutants.py            every mutant
    tests/tools/mutants.py fence      those whose name contains the word
    tests/tools/mutants.py --list     names and tests

Exit status 0: every mutant was noticed; 1: one survived or could not be planted; 2: usage.
"""

import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]

# name, file, text, replacement, package or test binary, test
MUTANTS = [
    ("fence-check-dropped", "crates/store/src/work.rs",
     ".filter(Column::Fence.eq(claim.fence))", ".filter(Column::Fence.gte(0))",
     ["--test", "main"], "a_worker_that_was_stalled_past_its_lease_records_nothing"),
    ("send-before-commit", "src/engine/runner.rs",
     "tx.commit().await?;\n        let count", "tx.rollback().await?;\n        let count",
     ["--test", "main"], "an_ambiguous_answer_may_repeat_the_mail"),
    ("announcement-not-committed", "src/engine/draws/mod.rs",
     "    tx.commit().await?;\n    Ok(done)\n}", "    tx.rollback().await?;\n    Ok(done)\n}",
     ["--test", "main"], "a_missed_check_in_gets_a_second_chance"),
    ("step-advanced-on-delivery", "src/acts/cases/advance.rs",
     "    case.step = i64::from(no);\n    case.last_step_ms = Some(now.0);",
     "    if told.is_empty() || tx.store().clock().now().0 > 0 { return Ok(()); }\n    case.step = i64::from(no);",
     ["--test", "main"], "a_step_never_waits_for_the_delivery_of_the_one_before"),
    ("unique-key-missing", "migrations/src/m0001_main_job.sql",
     "work_key TEXT NOT NULL UNIQUE", "work_key TEXT NOT NULL",
     ["--test", "main"], "a_worker_that_was_stalled_past_its_lease_records_nothing"),
    ("naive-local-time", "crates/domain/src/calendar/windows.rs",
     "let start = (from - offset_ms).max(segment.start.0);", "let start = from.max(segment.start.0);",
     ["-p", "muster-domain", "--lib"], "calendar"),
    ("future-hit-stored", "src/engine/draws/mod.rs",
     'tracing::info!(\n            zone = row.zone,',
     'tracing::info!(\n            first = plan.selections.first().map(|s| s.slot.0),\n            zone = row.zone,',
     ["--test", "main"], "a_hit_is_nowhere_before_its_announcement"),
    ("miss-without-probe", "crates/domain/src/judging/fault.rs",
     "=> Fault::Service,", "=> Fault::Employee,",
     ["-p", "muster-domain", "--lib"], "judging::fault"),
]


def plant(copy, file, old, new):
    path = copy / file
    text = path.read_text()
    if old not in text:
        return False
    path.write_text(text.replace(old, new, 1))
    return True


def target():
    """Build outputs of their own: a planted bug must never end up in the real ones."""
    cache = os.environ.get("MUSTER_CACHE") or os.path.expanduser("~/.cache/muster")
    return os.path.join(cache, "target-mutants")


def run(copy, where, test):
    command = ["cargo", "test", "--quiet", *where, "--", test]
    done = subprocess.run(command, cwd=copy, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          env={**os.environ, "RUST_BACKTRACE": "0", "CARGO_TARGET_DIR": target()},
                          stdin=subprocess.DEVNULL)
    return done.returncode, done.stdout


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
    survived = []
    with tempfile.TemporaryDirectory(prefix="mut-") as folder:
        copy = pathlib.Path(folder) / "tree"
        ignore = shutil.ignore_patterns(".git", "target", "node_modules", "test-output")
        shutil.copytree(ROOT, copy, ignore=ignore)
        for name, file, old, new, where, test in chosen:
            started = time.monotonic()
            before = (copy / file).read_text()
            if not plant(copy, file, old, new):
                print(f"{name}: the text to replace is no longer in {file}")
                survived.append(name)
                continue
            code, output = run(copy, where, test)
            (copy / file).write_text(before)
            seconds = time.monotonic() - started
            noticed = code != 0 and ("FAILED" in output or "panicked" in output or "failed" in output)
            if code != 0 and "could not compile" in output:
                print(f"{name}: the mutant does not compile\n{output[-1500:]}")
                survived.append(name)
            elif noticed:
                print(f"{name}: noticed by {test} ({seconds:.0f} s)")
            else:
                print(f"{name}: SURVIVED {test} ({seconds:.0f} s)")
                survived.append(name)
    print(f"{len(chosen) - len(survived)} passed, {len(survived)} failed")
    return 1 if survived else 0


if __name__ == "__main__":
    sys.exit(main())
