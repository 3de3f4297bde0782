#!/usr/bin/env python3
"""Asks another implementation of the draw for plans of random boundaries and compares each with ours.

    compare_plans.py --seed 1 --count 500

See asking.py for how. Ours is the package docs/verify/muster_verify, which was written from
docs/draw-format.md without a look at the service.

Boundaries are small and short of capacity on purpose: chains of moves, caps, breaks, languages, sessions
of different lengths, verifiers who are met themselves, and both horizons meet each other in them.
What was covered is printed at the end to standard error; a run that covered nothing fails.

Exit status: 0 all the same, 1 the first difference with its question, 2 wrong use.
"""

import random
import sys
from collections import Counter

from asking import arguments, ask_many
from muster_verify.encoding import MINUTE_MS, SLOT_MS
from muster_verify.keys import Decisions
from muster_verify.plan import number_and_threshold, plan_of, single_place
from muster_verify.rows import read_rows
from muster_verify.spots import Session

MIDNIGHT = 1_799_794_800_000
LABELS = ["2027-01-12", "2027-01-13", "2027-01-14"]
LANGUAGES = ["de", "en", "fr"]
CLASSES = ["absence", "holiday", "private_block", "no_hours"]

seen: Counter = Counter()
"""What the boundaries of this run had in them."""


# --------------------------------------------------------------------------------- random boundaries


class Instance:
    """One random boundary with everything that a plan of it depends on."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        self.block = chance.choice([None, None, 0, 1, 5])
        self.span = chance.choice([8, 12, 24, 60])  # slots of the day that anybody offers or has
        self.staff = [self.token() for _ in range(chance.choice([1, 1, 2, 3, 5]))]
        # Plain: a session fills a slot, and nothing but capacity is in the way, which just suffices.
        self.is_plain = chance.random() < 0.4
        if self.is_plain:
            count = max(1, int(self.span * len(self.staff) * chance.choice([0.4, 0.5, 0.6])))
            self.people = [self.token() for _ in range(min(count, 60))]
        else:
            self.people = [self.token() for _ in range(chance.choice([1, 3, 6, 10, 16, 30]))]
        if not self.is_plain and chance.random() < 0.3:  # somebody who is drawn is a verifier too
            self.staff[0] = self.people[0]
        self.policies = [self.policy() for _ in range(chance.choice([1, 1, 2, 3]))]
        self.policies.sort(key=lambda policy: policy["policy"])
        self.blob = {
            "boundary": {
                "chain": "2027",
                "horizon": "day" if self.block is None else f"block/{self.block}",
                "label": LABELS[1],
                "org": "acme-7f3a",
                "t_ms": MIDNIGHT,
            },
            "people": sorted((self.person(token) for token in self.people), key=lambda row: row["token"]),
            "policies": self.policies,
            "v": 1,
            "verifiers": self.verifiers(),
        }
        self.blob["people"] += [
            {"erased": chance.randbytes(32).hex()} for _ in range(chance.choice([0, 0, 1]))
        ]
        self.taken = self.sessions_taken()
        few = [token for token in self.people if chance.random() < 0.2]
        self.drawn_already = sorted(few) if self.block else []
        self.k_t = chance.randbytes(32).hex()
        free = [slot for first, end in self.blob["people"][0]["slots"] for slot in range(first, end, SLOT_MS)]
        self.single = {
            "token": self.blob["people"][0]["token"],
            "purpose": chance.choice([None, 1, 2]),
            "refused": sorted(chance.sample(free, min(len(free), chance.choice([0, 1, 4])))),
            "earliest_ms": MIDNIGHT + chance.choice([-60, 0, 30, 60]) * MINUTE_MS,
        }

    def question(self) -> dict:
        names = ["blob", "k_t", "taken", "drawn_already", "single"]
        return {name: getattr(self, name) for name in names}

    def token(self) -> str:
        return self.chance.randbytes(16).hex()

    def policy(self) -> dict:
        chance = self.chance
        least = chance.choice([0, 5, 15])
        return {
            "hazards": chance.choice(
                [
                    ["ffffffffffffffff"],
                    ["c000000000000000"],
                    ["4000000000000000", "a000000000000000", "ffffffffffffffff"],
                ]
            ),
            "notice_minutes_max": least + chance.choice([0, 1, 15]),
            "notice_minutes_min": least,
            "policy": "-".join(chance.randbytes(size).hex() for size in (4, 2, 2, 2, 6)),
            "session_minutes": 5 if self.is_plain else chance.choice([0, 5, 5, 7, 15]),
            "turnaround_minutes": 0 if self.is_plain else chance.choice([0, 3, 5, 10]),
        }

    def person(self, token: str) -> dict:
        chance = self.chance
        row = {
            "excluded": sorted(name for name in self.staff if chance.random() < 0.1),
            "k": chance.choice([1, 2, 3, 9]),
            "languages": self.languages(),
            "policy": chance.choice(self.policies)["policy"],
            "slots": self.ranges(),
            "token": token,
        }
        if chance.random() < 0.1:
            row |= {"class": chance.choice(CLASSES), "slots": []}
        if chance.random() < 0.3:
            row["last_verifier"] = chance.choice(self.staff)
        if self.block is not None:
            here = sum(end - first for first, end in row["slots"]) // SLOT_MS
            before = chance.choice([0, 0, here, 9]) if self.block else 0
            total = before + here + chance.choice([0, 0, 3, 20])
            if chance.random() < 0.1:
                before, here, total = chance.choice([(0, 1, 1), (1, 0, 1), (0, 0, 0)])
            row["block"] = {"before": before, "here": here, "total": total}
        return row

    def verifiers(self) -> list[dict]:
        rows = []
        for verifier in sorted(set(self.staff)):
            for label in sorted(self.chance.sample(LABELS, self.chance.choice([1, 1, 2]))):
                row = {
                    "label": label,
                    "languages": self.languages(),
                    "sessions_max": 100 if self.is_plain else self.chance.choice([0, 1, 3, 6, 100]),
                    "slots": self.ranges(),
                    "verifier": verifier,
                }
                if not self.is_plain and self.chance.random() < 0.4:
                    row["breaks"] = {
                        "after_sessions": self.chance.choice([1, 2, 3]),
                        "minutes": self.chance.choice([1, 5, 10, 20]),
                    }
                rows.append(row)
        return sorted(rows, key=lambda row: (row["verifier"], row["label"]))

    def languages(self) -> list[str]:
        return (
            [] if self.is_plain else sorted(self.chance.sample(LANGUAGES, self.chance.choice([0, 0, 1, 2])))
        )

    def ranges(self) -> list[list[int]]:
        """Some slots of the span, as half-open ranges."""
        share = self.chance.choice([0.2, 0.6, 1.0])
        ranges: list[list[int]] = []
        for number in range(self.span):
            if self.chance.random() < share:
                slot = MIDNIGHT + 9 * 60 * MINUTE_MS + number * SLOT_MS
                if ranges and ranges[-1][1] == slot:
                    ranges[-1][1] += SLOT_MS
                else:
                    ranges.append([slot, slot + SLOT_MS])
        return ranges

    def sessions_taken(self) -> list[dict]:
        """Sessions that do not overlap, verifier by verifier."""
        taken = []
        for row in self.blob["verifiers"]:
            busy_until = 0
            for first, end in row["slots"]:
                minutes, pause = self.chance.choice([(5, 0), (15, 5), (0, 0)])
                if first >= busy_until and self.chance.random() < 0.1:
                    taken.append(
                        {
                            "verifier": row["verifier"],
                            "label": row["label"],
                            "start": first,
                            "session_minutes": minutes,
                            "turnaround_minutes": pause,
                        }
                    )
                    busy_until = first + (minutes + pause) * MINUTE_MS
        return taken


# ----------------------------------------------------------------------------------------- ours


def our_answer(question: dict) -> dict:
    rows = read_rows(question["blob"])
    decisions = Decisions(bytes.fromhex(question["k_t"]))
    taken = [taken_session(session) for session in question["taken"]]
    already = {bytes.fromhex(token) for token in question["drawn_already"]}
    plan = plan_of(rows, decisions, taken, already)

    single = question["single"]
    person = rows.people[bytes.fromhex(single["token"])]
    purpose = single["purpose"]
    key = decisions if purpose is None else decisions.purpose(f"recheck/{purpose}", person.token)
    place = single_place(rows, person, key, taken, set(single["refused"]), single["earliest_ms"])

    seen.update(
        {
            "people hit": len(plan.hit()),
            "placed": len(plan.placed),
            "shielded": len(plan.shielded),
            "uncovered": len(plan.uncovered),
            "moved": len(plan.moved),
            "single places": place is not None,
            "blocks": rows.boundary.block is not None,
            "sessions taken": len(taken),
            "drawn already": len(already),
        }
    )
    return {
        "root": rows.root.hex(),
        "thresholds": {
            person.token.hex(): f"{threshold_of(rows, person, decisions):016x}"
            for person in rows.people.values()
        },
        "placed": [place_json(place) for place in plan.placed.values()],
        "shielded": sorted(token.hex() for token in plan.shielded),
        "uncovered": sorted(token.hex() for token in plan.uncovered),
        "moved": sorted(token.hex() for token in plan.moved),
        "single": place and place_json(place),
    }


def taken_session(taken: dict) -> Session:
    minutes = max(1, taken["session_minutes"] + taken["turnaround_minutes"])
    verifier = bytes.fromhex(taken["verifier"])
    return Session(taken["start"], taken["start"] + minutes * MINUTE_MS, verifier, taken["label"])


def threshold_of(rows, person, decisions) -> int:
    return number_and_threshold(rows.boundary, rows.policies[person.policy], decisions, person)[1]


def place_json(place) -> dict:
    return {
        "token": place.person.hex(),
        "slot": place.slot,
        "verifier": place.verifier.hex(),
        "verifier_label": place.label_of_verifier,
        "notice_minutes": place.notice_minutes,
    }


def differences(question: dict, answer: dict) -> list[str]:
    ours = our_answer(question)
    # Lists whose order says nothing; `placed` stands in the order of people in both.
    theirs = answer | {name: sorted(answer[name]) for name in ("shielded", "uncovered", "moved")}
    return [
        f"{name}\n    ours   {ours.get(name)}\n    theirs {theirs.get(name)}"
        for name in sorted(ours.keys() | theirs.keys())
        if ours.get(name) != theirs.get(name)
    ]


def main() -> int:
    options = arguments(__doc__, count=500)
    status = ask_many(options, lambda chance: Instance(chance).question(), differences)
    missing = [name for name in ("placed", "shielded", "uncovered", "moved", "blocks") if not seen[name]]
    if status == 0 and missing:
        print(f"covered nothing of: {', '.join(missing)}", file=sys.stderr)
        return 1
    print(f"{options.count} boundaries asked: {dict(seen)}", file=sys.stderr)
    return status


if __name__ == "__main__":
    sys.exit(main())
