"""The command line."""

import argparse
import sys

from . import self_test

FINE, FOUND, USAGE = 0, 1, 2
"""Exit statuses: all right; something found; the question itself was wrong (as argparse has it)."""


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="muster_verify",
        description="Verifies draws of Muster, independently of the service that made them.",
        epilog="Exit status: 0 all right, 1 something was found, 2 wrong use.",
    )
    parser.add_argument("--self-test", action="store_true", help="compute every published vector anew")
    options = parser.parse_args(arguments)
    if options.self_test:
        return run_self_test()
    parser.print_usage(sys.stderr)
    return USAGE


def run_self_test() -> int:
    failures = self_test.failures()
    for failure in failures:
        print(failure)
    if failures:
        return FOUND
    print(f"{len(list(self_test.all_checks()))} vectors: all came out as published")
    return FINE
