#!/usr/bin/env python3
"""Audits bundles with the service's own `muster audit draws` and with docs/verify, and compares.

    compare_audits.py --muster target/debug/muster FOLDER... [--at-most 25]

Takes every file of the folders, or a spread of so many. `every_damaged_bundle_fails` of the stories leaves its damaged bundles
in a folder: MUSTER_MUTANTS=1000 MUSTER_MUTANTS_OUT=FOLDER cargo test --workspace --test main damaged

Both must say the same: that a bundle proves nothing (which of its faults is met first may differ), or the
same findings and remarks about the same labels and people, the same counts, and the same statistics.
A bundle whose name has `whole` or `honest` in it must be clean, and the others must not be. A bundle with a report beside it
(`tampered.ndjson`, `tampered.json`) is compared with that, and needs no program.

Exit status: 0 all the same, 1 a difference, 2 wrong use.
"""

import argparse
import json
import pathlib
import subprocess
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "docs/verify"))
sys.dont_write_bytecode = True

from muster_verify.audit import audit
from muster_verify.lines import open_bundle

LISTS = ("spared", "singled_out", "steered", "remarks")
COUNTS = (
    "org",
    "origin",
    "log_key",
    "log_size",
    "log_root",
    "from",
    "to",
    "recomputed",
    "boundaries",
    "hits",
)
ABOUT = ("list", "code", "label", "subject")
# Remarks that say what one of the two programs cannot do.
OF_ONE_PROGRAM = {"beacon-not-checked"}


def verdict(report: dict) -> dict:
    """What must be the same."""
    if report.get("fault"):
        return {"fault": True}
    found = [
        tuple(finding.get(name) for name in ABOUT)
        for name in LISTS
        for finding in report[name]
        if finding["code"] not in OF_ONE_PROGRAM
    ]
    counts = {name: report[name] for name in COUNTS}
    counts["statistics"] = sorted(json.dumps(one, sort_keys=True) for one in report["statistics"])
    return counts | {"not_yet_public": report["not_yet_public"], "found": Counter(found)}


def is_clean(report: dict) -> bool:
    return not report.get("fault") and not any(report[name] for name in LISTS[:3])


def theirs(muster: str | None, path: pathlib.Path) -> tuple[int, dict]:
    published = path.with_suffix(".json")
    if published.exists():
        report = json.loads(published.read_text())
        return 0 if is_clean(report) else 1, report
    if muster is None:
        raise SystemExit(f"{path} has no report beside it: --muster names the program to ask")
    command = [muster, "audit", "draws", "--bundle", str(path), "--json"]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, check=False)
    if done.returncode not in (0, 1):
        raise SystemExit(f"{' '.join(command)}: {done.stderr}")
    return done.returncode, json.loads(done.stdout)


def differences(path: pathlib.Path, status: int, other: dict) -> list[str]:
    with open_bundle(str(path)) as file:
        ours = audit(file).as_json()
    found = []
    if is_clean(ours) != (status == 0):
        found.append(f"exit status {status}, and ours is {'clean' if is_clean(ours) else 'not clean'}")
    if is_clean(ours) != ("whole" in path.name or "honest" in path.name):
        found.append("a whole bundle that is not clean, or a damaged one that is")
    one, two = verdict(ours), verdict(other)
    if ("fault" in one) != ("fault" in two):
        return [*found, f"a fault in one only: ours {ours.get('fault')}, theirs {other.get('fault')}"]
    for name in sorted(one.keys() | two.keys()):
        if one.get(name) != two.get(name):
            ours_only, theirs_only = one[name], two[name]
            if name == "found":
                ours_only, theirs_only = dict(one[name] - two[name]), dict(two[name] - one[name])
            found.append(f"{name}\n    ours   {ours_only}\n    theirs {theirs_only}")
    return found


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folders", nargs="+", type=pathlib.Path)
    parser.add_argument("--muster", help="the program to compare with")
    parser.add_argument("--at-most", type=int, help="a spread of so many of the bundles")
    options = parser.parse_args()

    paths = sorted(path for folder in options.folders for path in folder.iterdir() if ".ndjson" in path.name)
    if not paths:
        parser.error("no bundles in the folders")
    if options.at_most and len(paths) > options.at_most:
        step = len(paths) / options.at_most
        paths = [paths[int(number * step)] for number in range(options.at_most - 1)] + paths[-1:]
    differing = 0
    with ThreadPoolExecutor(2) as pool:
        for path, (status, other) in zip(paths, pool.map(lambda path: theirs(options.muster, path), paths)):
            if found := differences(path, status, other):
                differing += 1
                print(f"{path} differs:", *found, sep="\n  ", file=sys.stderr)
    print(f"{len(paths)} bundles, {differing} differ")
    return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main())
