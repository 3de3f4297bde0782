"""The command line."""

import argparse
import json
import os
import sys

from . import self_test
from .audit import audit
from .checkpoint import Checkpoint, read_checkpoint
from .encoding import unhex
from .lines import open_bundle
from .report import FINDINGS, REMARKS, Fault, Report

FINE, FOUND, USAGE = 0, 1, 2
"""Exit statuses: all right; something found; the question itself was wrong (as argparse has it)."""


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="muster_verify",
        description="Verifies draws of Muster, independently of the service that made them.",
        epilog="Example: python3 -m muster_verify september.bundle --log-key 3b6a...29 --kept mail.txt. "
        "Exit status: 0 all right, 1 something was found, 2 wrong use.",
    )
    parser.add_argument("bundle", nargs="?", help="file made by `muster audit draws --bundle FILE`")
    parser.add_argument("--json", action="store_true", help="print the report as one JSON object")
    parser.add_argument("--log-key", metavar="HEX", help="the log's public key, 64 digits, as you know it")
    parser.add_argument(
        "--kept",
        metavar="FILE",
        action="append",
        default=[],
        help="a checkpoint that you kept (from a receipt or a mail); wants --log-key; may be repeated",
    )
    parser.add_argument("--self-test", action="store_true", help="compute every published vector anew")
    options = parser.parse_args(arguments)
    if options.self_test:
        return run_self_test()
    if options.bundle is None:
        parser.error("a bundle is needed")
    if options.kept and options.log_key is None:
        parser.error("--kept wants --log-key: a checkpoint is worth no more than the key that signed it")
    try:
        log_key = unhex(options.log_key, 32) if options.log_key is not None else None
        kept = [read_kept(path, log_key) for path in options.kept if log_key is not None]
        with open_bundle(options.bundle) as file:
            report = audit(file, kept, log_key)
    except (OSError, ValueError) as error:
        parser.error(str(error))
    except Fault as fault:
        parser.error(f"a kept checkpoint: {fault.sentence}")
    text = json.dumps(report.as_json(), ensure_ascii=False, indent=2) if options.json else in_words(report)
    try:
        print(text, flush=True)
    except BrokenPipeError:  # `| head`: whoever reads has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return FINE if report.is_clean() else FOUND


def read_kept(path: str, log_key: bytes) -> Checkpoint:
    with open(path, encoding="utf-8") as file:
        note = file.read().rstrip("\n") + "\n"  # copied out of a mail, with or without its last line break
    return read_checkpoint(note, note.partition("\n")[0], log_key)


def in_words(report: Report) -> str:
    """The report for people."""
    period = f"draws {report.first_label} to {report.last_label} of {report.org}"
    if report.fault is not None:
        fault = report.fault
        return f"{period}: THIS BUNDLE PROVES NOTHING\nline {fault['line']}: {fault['sentence']} ({fault['code']})"
    clean = "all the same" if report.is_clean() else "NOT the same"
    text = [
        f"{period}: {report.recomputed} recomputed at {report.boundaries} boundaries: {clean}",
        f"{report.hits} hits",
        f"log {report.origin}: {report.log_size} entries, root {report.log_root}, signed by {report.log_key}",
    ]
    if report.not_yet_public:
        text.append(f"not yet public: {', '.join(report.not_yet_public)}")
    for name in (*FINDINGS, REMARKS):
        findings = report.of_list(name)
        if findings:
            text += ["", f"{name.replace('_', ' ')} ({len(findings)})"]
        for finding in findings:
            about = finding.as_json()
            where = [
                str(about[key]) for key in ("label", "zone", "horizon", "subject", "token") if key in about
            ]
            text.append(f"  {finding.code}: {finding.sentence} [{', '.join(where)}]")
    if report.statistics:
        text += ["", "more or less often than an even spread would give"]
    for figure in report.statistics:
        text.append(
            f"  {figure['counted']} of {figure['group']} {figure['who']}: {figure['events']}, "
            f"expected {figure['expected_hundredths'] / 100:.2f} (z = {figure['z_hundredths'] / 100:+.2f})"
        )
    return "\n".join(text)


def run_self_test() -> int:
    failures = self_test.failures()
    for failure in failures:
        print(failure)
    if failures:
        return FOUND
    print(f"{len(list(self_test.all_checks()))} vectors: all came out as published")
    return FINE


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
