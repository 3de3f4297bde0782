"""Boundaries of a bundle: when their rows are due, and what was drawn from them.

draw-format.md, "Where rows stand", and "Rows" of the reading of bundles as far as it is about one
boundary by itself. What rows say about a person over time is in `lives`.
"""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from .chains import Chains
from .encoding import canonical, unhex
from .entries import Entry, day_of
from .keys import Decisions, boundary_key, is_hit
from .lines import Row
from .plan import Plan, number_and_threshold, plan_of
from .report import REMARKS, STEERED, Fault, Finding
from .rows import (
    Boundary,
    Person,
    Policy,
    Rows,
    Verifier,
    read_boundary,
    read_person,
    read_policy,
    read_verifier,
)
from .spots import Session, is_permitted
from .tree import GrowingTree

TAKEN_DAYS_BEFORE, TAKEN_DAYS_AFTER = 3, 2
"""Sessions of labels so many days before a boundary's own, and so many after, count as taken at it."""


@dataclass(slots=True)
class Committed:
    """A `draw-inputs` entry, and what became of it."""

    zone: str
    label: str
    horizon: str
    t_ms: int
    root: bytes
    chains: str
    people: int
    beacon: str
    round: int | None
    entry: int
    at_ms: int
    was_paused: bool
    salt: bytes | None = None
    is_settled_by_beacon: bool = False

    @property
    def day(self) -> int:
        return day_of(self.label)

    def finding(self, list_name: str, code: str, sentence: str, **more: Any) -> Finding:
        where: dict[str, Any] = {
            "zone": self.zone,
            "label": self.label,
            "horizon": self.horizon,
            "entry": self.entry,
        }
        return Finding(list_name, code, sentence, **(where | more))


class Queue:
    """Boundaries whose rows have not been read, in the order of plans: that of their entries."""

    def __init__(self, chains: Chains) -> None:
        self._chains = chains
        self._waiting: list[Committed] = []
        self._settled_at_ms: int | None = None
        self._rows_read_at_ms: int | None = None

    def add(self, committed: Committed) -> None:
        self._waiting.append(committed)

    def find(self, zone: str, label: str, horizon: str) -> Committed | None:
        for one in self._waiting:
            if (one.zone, one.label, one.horizon) == (zone, label, horizon):
                return one
        return None

    def settle(self, committed: Committed, salt: bytes, at_ms: int) -> None:
        if at_ms == self._rows_read_at_ms:
            raise Fault("rows-unexpected", "rows stand before the last entry of their millisecond")
        committed.salt = salt
        self._settled_at_ms = at_ms

    def drop(self, committed: Committed) -> None:
        self._waiting.remove(committed)

    def ready(self) -> Committed | None:
        """The head, if its rows may be read now. Nothing behind it may."""
        if self._waiting:
            head = self._waiting[0]
            if head.salt is not None and self._chains.are_keys_given(head.chains, head.day):
                return head
        return None

    def take_ready(self) -> Committed:
        head = self.ready()
        if head is None:
            raise Fault("rows-unexpected", "rows of a boundary that is not due here")
        self._rows_read_at_ms = self._settled_at_ms
        return self._waiting.pop(0)

    def check_nothing_due(self, at_ms: int | None) -> None:
        """Before an entry of this instant, or at the end (None)."""
        head = self.ready()
        if head is not None and (at_ms is None or self._settled_at_ms is None or at_ms > self._settled_at_ms):
            where = f"{head.label} in {head.zone} ({head.horizon})"
            raise Fault("rows-missing", f"the rows of {where} should stand before this line")

    def waiting_labels(self) -> set[tuple[str, int]]:
        return {(one.zone, one.day) for one in self._waiting}

    def waiting_days(self) -> set[int]:
        return {one.day for one in self._waiting}


# ----------------------------------------------------------------------------- rows of one boundary


@dataclass(slots=True)
class Drawn:
    """A boundary whose rows were read, with what a recomputation of it comes to."""

    committed: Committed
    plan: Plan | None
    """None where a key was wrong, so that nothing can be recomputed."""
    eligible: int
    ineligible: int
    erased: int
    stand_ins: dict[bytes, set[bytes]] = field(default_factory=dict)
    """Of everybody placed: the verifiers whose rows offer the slot and who may meet this person."""


OnPerson = Callable[[Committed, Person, Policy | None], Iterator[Finding]]


@dataclass(slots=True)
class Reading:
    """The rows of one boundary as they come in: of people only those are kept who are hit."""

    committed: Committed
    org: str
    day_keys: list[bytes] | None
    policy_hazards: dict[str, str]
    on_person: OnPerson
    drawn_already: set[bytes]
    boundary: Boundary | None = None
    policies: dict[str, Policy] = field(default_factory=dict)
    verifiers: dict[tuple[bytes, str], Verifier] = field(default_factory=dict)
    hit: dict[bytes, Person] = field(default_factory=dict)
    eligible: int = 0
    ineligible: int = 0
    erased: int = 0
    _tree: GrowingTree = field(default_factory=GrowingTree)
    _decisions: Decisions | None = None
    _last_kind: int = 0
    _last_token: bytes | None = None

    def take(self, row: Row) -> Iterator[Finding]:
        """Reads the next row; findings about it are handed out."""
        self._tree.append(row.leaf)
        kinds = {"boundary": 0, "policy": 1, "verifier": 2, "person": 3, "erased": 3}
        kind = kinds[row.member]
        if kind < self._last_kind:
            raise Fault("rows-order", f"a row of a {row.member} stands behind later kinds")
        self._last_kind = kind
        try:
            read = self._read(row)
        except (ValueError, TypeError, KeyError) as error:
            raise Fault("rows-contradict", f"a row of a {row.member} is not of the format: {error}") from None
        match read:
            case Boundary():
                self._begin(read)
            case Policy():
                if read.policy in self.policies:
                    raise Fault("rows-contradict", f"two rows of policy {read.policy}")
                self.policies[read.policy] = read
                yield from self._check_policy(read, row.value["hazards"])
            case Verifier():
                key = (read.verifier, read.label)
                if key in self.verifiers:
                    raise Fault(
                        "rows-contradict", f"two rows of verifier {read.verifier.hex()} on {read.label}"
                    )
                self.verifiers[key] = read
            case Person():
                yield from self._take_person(read)
            case None:
                self.erased += 1

    def _read(self, row: Row) -> Boundary | Policy | Verifier | Person | None:
        """A row by itself, and its place among those of its kind."""
        match row.member:
            case "boundary":
                return read_boundary(row.value)
            case "policy":
                return read_policy(row.value)
            case "verifier":
                return read_verifier(row.value)
            case "person":
                assert self.boundary is not None  # the first row of every reading
                person = read_person(row.value, self.boundary)
                if self._last_token is not None and person.token <= self._last_token:
                    raise ValueError("it is not in order, or stands there twice")
                self._last_token = person.token
                return person
        return None

    def _begin(self, boundary: Boundary) -> None:
        one = self.committed
        is_this = boundary.org == self.org and boundary.chain == one.chains and boundary.label == one.label
        if not (is_this and boundary.horizon == one.horizon and boundary.t_ms == one.t_ms):
            raise Fault("rows-contradict", "rows of another boundary than the log committed")
        self.boundary = boundary
        if self.day_keys is not None and one.salt is not None:
            self._decisions = Decisions(
                boundary_key(
                    self.day_keys,
                    one.salt,
                    boundary.org,
                    boundary.chain,
                    boundary.label,
                    boundary.t_ms,
                    boundary.horizon,
                )
            )

    def _check_policy(self, policy: Policy, hazards: list[str]) -> Iterator[Finding]:
        digest = hashlib.sha256(canonical(hazards)).hexdigest()
        if self.policy_hazards.get(policy.policy) != digest:
            sentence = f"the hazard table of policy {policy.policy} is not the one that was activated"
            yield self.committed.finding(STEERED, "policy-differs", sentence)

    def _take_person(self, person: Person) -> Iterator[Finding]:
        policy = self.policies.get(person.policy)  # None only where rows were changed: the root tells
        yield from self.on_person(self.committed, person, policy)
        if person.ineligible is not None:
            self.ineligible += 1
            return
        self.eligible += 1
        if self._decisions is None or policy is None or person.token in self.drawn_already:
            return
        assert self.boundary is not None
        if is_hit(*number_and_threshold(self.boundary, policy, self._decisions, person)):
            self.hit[person.token] = person

    def finish(self, taken: list[Session]) -> tuple[Drawn, list[Finding]]:
        """All rows are read: compares them with the entry and makes the plan."""
        one, findings = self.committed, []
        rows_of_people = self.eligible + self.ineligible + self.erased
        if self._tree.root() != one.root:
            sentence = "the rows are not those that were committed before the key existed"
            findings.append(one.finding(STEERED, "inputs-changed", sentence))
        if rows_of_people != one.people and not self.erased:
            sentence = f"{rows_of_people} rows of people, and {one.people} were committed"
            findings.append(one.finding(STEERED, "counts-differ", sentence))
        if self.erased:
            sentence = f"{self.erased} people were erased since; places of others may differ"
            findings.append(one.finding(REMARKS, "erased-people", sentence))
        plan = None
        if self._decisions is not None:
            assert self.boundary is not None
            root = self._tree.root()
            rows = Rows(
                self.boundary, self.policies, list(self.verifiers.values()), self.hit, self.erased, root
            )
            plan = plan_of(rows, self._decisions, taken, self.drawn_already)
        stand_ins = {}
        for person, place in plan.placed.items() if plan is not None else ():
            rows_there = [row for row in self.verifiers.values() if place.slot in row.slots]
            permitted = [row.verifier for row in rows_there if is_permitted(self.hit[person], row)]
            stand_ins[person] = set(permitted)
        return Drawn(one, plan, self.eligible, self.ineligible, self.erased, stand_ins), findings


def committed_of(entry: Entry, was_paused: bool) -> Committed:
    """The boundary of a `draw-inputs` entry; without a beacon its salt is settled at once by the caller."""
    facts = entry.facts
    return Committed(
        zone=facts["zone"],
        label=facts["label"],
        horizon=facts["horizon"],
        t_ms=facts["t_ms"],
        root=unhex(facts["root"], 32),
        chains=facts["chain"],
        people=facts["people"],
        beacon=facts["beacon"],
        round=facts.get("round"),
        entry=entry.number,
        at_ms=entry.at_ms,
        was_paused=was_paused,
    )
