"""Committed rows: what a draw was made from, typed, and the root that the log holds of it.

draw-format.md, "Committed rows". Reading is strict: a field that is missing, unknown or of another
shape is an error, because a reader that guesses could be led to another draw than the one committed.
"""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from .encoding import SLOT_MS, canonical, unhex
from .keys import SURE
from .tree import leaf_hash, root_of_hashes

CLASSES = {
    "left",
    "paused",
    "not_in_pool",
    "outside_pilot",
    "notice_pending",
    "baseline_pending",
    "absence",
    "holiday",
    "no_hours",
    "private_block",
}
"""Why somebody could not be drawn."""


class BadRow(ValueError):
    """A row that is not of the documented form, with the reason."""


@dataclass(frozen=True, slots=True)
class Boundary:
    """One draw: a label of a zone, or one block of it."""

    chain: str
    horizon: str
    label: str
    org: str
    t_ms: int

    @property
    def block(self) -> int | None:
        """n of `block/n`; None under the day horizon."""
        return None if self.horizon == "day" else int(self.horizon.removeprefix("block/"))


@dataclass(frozen=True, slots=True)
class Policy:
    policy: str
    hazards: tuple[int, ...]
    notice_minutes_min: int
    notice_minutes_max: int
    session_minutes: int
    turnaround_minutes: int

    @property
    def longest_gap(self) -> int:
        """M: the last k that has a threshold of its own."""
        return len(self.hazards)

    def threshold(self, k: int) -> int:
        return self.hazards[min(k, self.longest_gap) - 1]

    @property
    def occupied_minutes(self) -> int:
        return max(1, self.session_minutes + self.turnaround_minutes)


@dataclass(frozen=True, slots=True)
class Breaks:
    after_sessions: int
    minutes: int


@dataclass(frozen=True, slots=True, eq=False)  # compared by identity: each row is one row
class Verifier:
    verifier: bytes
    label: str
    languages: frozenset[str]
    sessions_max: int
    slots: tuple[int, ...]
    breaks: Breaks | None


@dataclass(frozen=True, slots=True)
class BlockShare:
    """How the free slots of a label fall to the blocks before, to this one, and in all."""

    before: int
    here: int
    total: int


@dataclass(frozen=True, slots=True)
class Person:
    token: bytes
    policy: str
    k: int
    ineligible: str | None
    slots: tuple[int, ...]
    excluded: frozenset[bytes]
    languages: frozenset[str]
    last_verifier: bytes | None
    block: BlockShare | None


@dataclass(frozen=True, slots=True)
class Rows:
    """All rows of one boundary. Of an erased person only the leaf hash is left."""

    boundary: Boundary
    policies: dict[str, Policy]
    verifiers: list[Verifier]
    people: dict[bytes, Person]
    erased: int
    root: bytes


def read_rows(blob: dict[str, Any]) -> Rows:
    """The rows of a stored blob, `{boundary, people, policies, v, verifiers}`."""
    _fields(blob, "blob", {"boundary", "people", "policies", "v", "verifiers"})
    if blob["v"] != 1:
        raise BadRow(f"version {blob['v']!r} of rows is not known")
    boundary = read_boundary(blob["boundary"])
    policies = [read_policy(row) for row in blob["policies"]]
    verifiers = [read_verifier(row) for row in blob["verifiers"]]
    people = [None if _is_erased(row) else read_person(row, boundary) for row in blob["people"]]
    living = [person for person in people if person is not None]

    _ascending("policies", [policy.policy.encode() for policy in policies])
    _ascending("verifiers", [(row.verifier, row.label) for row in verifiers])
    _ascending("people", [person.token for person in living])
    known = {policy.policy: policy for policy in policies}
    for person in living:
        if person.policy not in known:
            raise BadRow(f"person {person.token.hex()} has a policy that is not committed: {person.policy!r}")
    return Rows(
        boundary=boundary,
        policies=known,
        verifiers=verifiers,
        people={person.token: person for person in living},
        erased=len(people) - len(living),
        root=root_of_rows(blob),
    )


def root_of_rows(blob: dict[str, Any]) -> bytes:
    """The root of a blob: the boundary, policies, verifiers, people; each an object of one member."""
    hashes = [leaf_hash(canonical({"boundary": blob["boundary"]}))]
    for member, rows in (("policy", "policies"), ("verifier", "verifiers"), ("person", "people")):
        for row in blob[rows]:
            if _is_erased(row):
                hashes.append(unhex(row["erased"], 32))
            else:
                hashes.append(leaf_hash(canonical({member: row})))
    return root_of_hashes(hashes)


# --------------------------------------------------------------------------- one kind after another


def read_boundary(row: dict[str, Any]) -> Boundary:
    _fields(row, "boundary", {"chain", "horizon", "label", "org", "t_ms"})
    horizon = _text(row, "horizon")
    number = horizon.removeprefix("block/")
    if horizon != "day" and (number == horizon or not number.isascii() or str(_digits(number)) != number):
        raise BadRow(f"not a horizon: {horizon!r}")
    return Boundary(
        chain=_text(row, "chain"),
        horizon=horizon,
        label=_text(row, "label"),
        org=_text(row, "org"),
        t_ms=_count(row, "t_ms"),
    )


def read_policy(row: dict[str, Any]) -> Policy:
    minutes = {"notice_minutes_max", "notice_minutes_min", "session_minutes", "turnaround_minutes"}
    _fields(row, "policy", {"hazards", "policy"} | minutes)
    hazards = tuple(int.from_bytes(unhex(threshold, 8), "big") for threshold in row["hazards"])
    if not hazards or (len(hazards) > 1 and hazards[-1] != SURE):
        raise BadRow("a hazard table is empty or has an open end")
    policy = Policy(
        policy=_text(row, "policy"), hazards=hazards, **{name: _count(row, name) for name in minutes}
    )
    if policy.notice_minutes_min > policy.notice_minutes_max:
        raise BadRow(f"policy {policy.policy!r} has a least notice above its longest")
    return policy


def read_verifier(row: dict[str, Any]) -> Verifier:
    needed = {"label", "languages", "sessions_max", "slots", "verifier"}
    _fields(row, "verifier", needed, {"breaks"})
    breaks = row.get("breaks")
    if breaks is not None:
        _fields(breaks, "breaks", {"after_sessions", "minutes"})
        breaks = Breaks(_count(breaks, "after_sessions"), _count(breaks, "minutes"))
    return Verifier(
        verifier=unhex(row["verifier"], 16),
        label=_text(row, "label"),
        languages=_sorted_set("languages", row["languages"]),
        sessions_max=_count(row, "sessions_max"),
        slots=_slots(row["slots"]),
        breaks=breaks,
    )


def read_person(row: dict[str, Any], boundary: Boundary) -> Person:
    needed = {"excluded", "k", "languages", "policy", "slots", "token"}
    if boundary.block is not None:
        needed.add("block")
    _fields(row, "person", needed, {"class", "last_verifier"})
    ineligible = row.get("class")
    if ineligible is not None and ineligible not in CLASSES:
        raise BadRow(f"not a class: {ineligible!r}")
    share = None
    if boundary.block is not None:
        _fields(row["block"], "block", {"before", "here", "total"})
        share = BlockShare(*(_count(row["block"], name) for name in ("before", "here", "total")))
        if share.before + share.here > share.total:
            raise BadRow(f"person {row['token']} has more free slots in blocks than in all")
    k = _count(row, "k")
    if k < 1:
        raise BadRow(f"person {row['token']} has a k below 1")
    if ineligible is not None and row["slots"]:
        raise BadRow(f"person {row['token']} is not eligible and has slots")
    return Person(
        token=unhex(row["token"], 16),
        policy=_text(row, "policy"),
        k=k,
        ineligible=ineligible,
        slots=_slots(row["slots"]),
        excluded=frozenset(unhex(token, 16) for token in _sorted_set("excluded", row["excluded"])),
        languages=_sorted_set("languages", row["languages"]),
        last_verifier=unhex(row["last_verifier"], 16) if "last_verifier" in row else None,
        block=share,
    )


def _is_erased(row: Any) -> bool:
    return isinstance(row, dict) and set(row) == {"erased"}


# ------------------------------------------------------------------------------------ small checks


def _fields(row: Any, what: str, needed: AbstractSet[str], optional: AbstractSet[str] = frozenset()) -> None:
    if not isinstance(row, dict):
        raise BadRow(f"{what} is not an object")
    if missing := needed - row.keys():
        raise BadRow(f"{what} lacks {', '.join(sorted(missing))}")
    if unknown := row.keys() - needed - optional:
        raise BadRow(f"{what} has a field that is not in the format: {', '.join(sorted(unknown))}")


def _text(row: dict[str, Any], name: str) -> str:
    value = row[name]
    if not isinstance(value, str):
        raise BadRow(f"{name} is not a string")
    return value


def _count(row: dict[str, Any], name: str) -> int:
    # `True` is an int to Python and `true` in JSON, so it is named.
    value = row[name]
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise BadRow(f"{name} is not a number from 0")
    return value


def _digits(text: str) -> int | None:
    return int(text) if text.isdigit() else None


def _sorted_set(what: str, values: Any) -> frozenset[str]:
    if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
        raise BadRow(f"{what} is not a list of strings")
    _ascending(what, [value.encode() for value in values])
    return frozenset(values)


def _slots(ranges: Any) -> tuple[int, ...]:
    """Slot starts of `[first, end]` pairs, half-open, in order."""
    slots: list[int] = []
    for first, end in ranges:
        if not (isinstance(first, int) and isinstance(end, int)) or first % SLOT_MS or end % SLOT_MS:
            raise BadRow(f"slots {first}..{end} do not lie on the five-minute grid")
        if first >= end or (slots and first <= slots[-1]):
            raise BadRow(f"slots {first}..{end} are empty or out of order")
        slots.extend(range(first, end, SLOT_MS))
    return tuple(slots)


def _ascending(what: str, keys: list[Any]) -> None:
    for one, next_one in pairwise(keys):
        if not one < next_one:
            raise BadRow(f"{what} are not in order, or one of them stands there twice")
