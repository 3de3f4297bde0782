#!/usr/bin/env python3
"""Asks another implementation of the draw for hazard tables of random laws and compares each with ours.

    compare_tables.py --seed 1 --count 60

See asking.py for how. The law is floating-point arithmetic: two chances that differ by less than 10^-9
are the same. A law that the other side refuses as too foreseeable is counted and not compared.
"""

import random
import sys

from asking import arguments, ask_many
from muster_verify.hazard import WHOLE, Wish, pool_threshold, table_of

TOLERANCE = 1e-9
PERIODS = {"week": 252 * 7 / 365.2425, "month": 21, "quarter": 63, "year": 252}

compared = 0
refused = 0


def question(chance: random.Random) -> dict:
    if chance.random() < 0.2:
        period = chance.choice(list(PERIODS))
        return {"pool": {"rate": round(chance.uniform(0.1, PERIODS[period] / 4), 2), "period": period}}
    mean = chance.choice([2.5, 5.0, 10.0, 21.0, 42.0, 63.5])
    return {
        "cadence": {
            "mean_gap_days": mean,
            "soft_gap_days": chance.choice([0, 0, 3, 10]),
            "soft_factor": chance.choice([0.25, 0.5, 0.0]),
            "min_gap_days": chance.choice([0, 0, 0, 1, 2, int(mean / 4)]),
            "max_gap_days": chance.choice([None, None, int(mean * 2), int(mean * 3) + 1]),
            "floor_share": chance.choice([0.92, 0.92, 0.5, 0.0, 1.0]),
        }
    }


def differences(asked: dict, answer: dict) -> list[str]:
    global compared, refused
    if answer["thresholds"] is None:
        refused += 1
        return []
    compared += 1
    if "pool" in asked:
        ours = [pool_threshold(asked["pool"]["rate"], PERIODS[asked["pool"]["period"]])]
    else:
        law = asked["cadence"]
        ours = table_of(
            Wish(
                mean=law["mean_gap_days"],
                min_gap=law["min_gap_days"],
                soft_gap=law["soft_gap_days"],
                soft_factor=law["soft_factor"],
                max_gap=law["max_gap_days"],
                floor_share=law["floor_share"],
            )
        ).thresholds()
    theirs = [int(threshold, 16) for threshold in answer["thresholds"]]
    if len(ours) != len(theirs):
        return [f"ours has {len(ours)} days, theirs {len(theirs)}"]
    return [
        f"day {k}: ours {one / WHOLE}, theirs {other / WHOLE}"
        for k, (one, other) in enumerate(zip(ours, theirs), 1)
        if abs(one - other) > TOLERANCE * WHOLE
    ][:5]


def main() -> int:
    options = arguments(__doc__, count=60)
    status = ask_many(options, question, differences)
    print(f"{compared} tables the same, {refused} laws refused by the other side", file=sys.stderr)
    return status if compared > options.count // 2 else 1


if __name__ == "__main__":
    sys.exit(main())
