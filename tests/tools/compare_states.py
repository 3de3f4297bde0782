#!/usr/bin/env python3
"""Asks another implementation of the draw how `k` goes through random lives and compares each with ours.

    compare_states.py --seed 1 --count 300

See asking.py for how. A life is a list of labels: eligible or not, drawn or not, under a longest gap that
changes with the policy now and then.
"""

import random
import sys

from asking import arguments, ask_many
from muster_verify.state import State


def question(chance: random.Random) -> dict:
    longest_gap, eligible, labels = chance.choice([1, 5, 12, 30]), True, []
    for _ in range(chance.choice([5, 60, 200])):
        if chance.random() < 0.02:
            longest_gap = chance.choice([1, 5, 12, 30])
        if chance.random() < (0.1 if eligible else 0.08):
            eligible = not eligible
        drawn = eligible and chance.random() < 0.04
        labels.append({"longest_gap": longest_gap, "eligible": eligible, "drawn": drawn})
    return {"labels": labels}


def differences(asked: dict, answer: dict) -> list[str]:
    state, ours = State(), []
    for label in asked["labels"]:
        state = state.at_boundary(label["eligible"], label["longest_gap"])
        ours.append(state.k)
        state = state.closed(label["drawn"], label["eligible"], label["longest_gap"])
    return [
        f"label {number}: ours {one}, theirs {other}"
        for number, (one, other) in enumerate(zip(ours, answer["k"], strict=True))
        if one != other
    ][:3]


if __name__ == "__main__":
    sys.exit(ask_many(arguments(__doc__, count=300), question, differences))
