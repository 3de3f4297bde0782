"""How a comparing tool asks another program: one question a line to standard output, one answer a line
from standard input, both JSON. `crates/domain/tests/second_implementation.rs` is at the other end.
"""

import argparse
import json
import pathlib
import random
import sys
from collections.abc import Callable

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "docs/verify"))
sys.dont_write_bytecode = True


def arguments(about: str, count: int) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=about, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=count)
    return parser.parse_args()


def ask_many(
    options: argparse.Namespace,
    question: Callable[[random.Random], dict],
    differences: Callable[[dict, dict], list[str]],
) -> int:
    """Asks `count` random questions; stops at the first whose answer differs. An exit status."""
    for number in range(options.count):
        asked = question(random.Random(f"{options.seed}/{number}"))
        print(json.dumps(asked), flush=True)
        line = sys.stdin.readline()
        if not line:
            print("the other side stopped answering", file=sys.stderr)
            return 1
        if found := differences(asked, json.loads(line)):
            print(f"question {number} of seed {options.seed} differs:", *found, sep="\n  ", file=sys.stderr)
            print(f"  the question: {json.dumps(asked)}", file=sys.stderr)
            return 1
    return 0
