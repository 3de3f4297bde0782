"""What a person can have: slots, verifiers who offer them, and sessions that are held.

draw-format.md, "Plan", the section "What a person can have" with its numbered conditions.
"""

from bisect import insort
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from .encoding import MINUTE_MS
from .keys import Decisions
from .rows import Breaks, Person, Policy, Verifier


NO_LABEL = ""
"""Of a session of `Taken` in which a verifier is the person met: it counts against no cap."""


@dataclass(frozen=True, slots=True, order=True)
class Session:
    """A verifier's time from `start` to `end` (half-open, turnaround included), in UTC ms."""

    start: int
    end: int
    verifier: bytes
    label: str
    person: bytes | None = None
    """Who is met; None in `Taken`."""

    def overlaps(self, start: int, end: int) -> bool:
        return self.start < end and start < self.end

    def with_verifier(self, token: bytes, label: str | None = None) -> "Session":
        return replace(self, verifier=token, label=self.label if label is None else label)


@dataclass(frozen=True, slots=True)
class Spot:
    """A slot and the verifier's row that offers it."""

    slot: int
    row: Verifier


class Board:
    """Sessions that are held: those of `Taken`, and those of everybody placed so far."""

    def __init__(self, taken: Iterable[Session]) -> None:
        self._of_verifier: dict[bytes, list[Session]] = {}  # by start
        self._of_person: dict[bytes, Session] = {}
        for session in taken:
            self.hold(session)

    def hold(self, session: Session) -> None:
        insort(self._of_verifier.setdefault(session.verifier, []), session)
        if session.person is not None:
            self._of_person[session.person] = session

    def release(self, session: Session) -> None:
        self._of_verifier[session.verifier].remove(session)
        if session.person is not None:
            del self._of_person[session.person]

    def of_verifier(self, verifier: bytes) -> list[Session]:
        return self._of_verifier.get(verifier, [])

    def of_person(self, person: bytes) -> Session | None:
        return self._of_person.get(person)

    def allows(self, wanted: Session, row: Verifier, without: Session | None = None) -> bool:
        """Conditions 2 to 5, as if the session `without` were not held."""
        held = [session for session in self.of_verifier(wanted.verifier) if session is not without]
        if any(session.overlaps(wanted.start, wanted.end) for session in held):
            return False  # 2: the verifier is taken
        met = self.of_person(wanted.verifier)
        if met is not None and met.overlaps(wanted.start, wanted.end):
            return False  # 3: the verifier is being met
        assert wanted.person is not None
        if any(session.overlaps(wanted.start, wanted.end) for session in self.of_verifier(wanted.person)):
            return False  # 3: the person is meeting somebody
        if sum(session.label == row.label for session in held) >= row.sessions_max:
            return False  # 4
        return row.breaks is None or series_with(held, wanted, row.breaks) <= row.breaks.after_sessions  # 5


def series_with(held: list[Session], wanted: Session, breaks: Breaks) -> int:
    """How many sessions the unbroken series has to which `wanted` belongs, itself included."""
    pause = breaks.minutes * MINUTE_MS
    series: list[Session] = []
    end_of_series = None
    for session in sorted([*held, wanted]):
        if end_of_series is not None and session.start - end_of_series >= pause:
            if wanted in series:
                break
            series, end_of_series = [], None
        series.append(session)
        end_of_series = session.end if end_of_series is None else max(end_of_series, session.end)
    return len(series)


def is_permitted(person: Person, row: Verifier) -> bool:
    """Condition 1."""
    return (
        row.verifier != person.token
        and row.verifier not in person.excluded
        and (not person.languages or not row.languages or bool(person.languages & row.languages))
    )


def session_of(
    policy: Policy, slot: int, verifier: bytes, label: str, person: bytes | None = None
) -> Session:
    return Session(slot, slot + policy.occupied_minutes * MINUTE_MS, verifier, label, person)


class Offers:
    """Which rows offer a slot, in verifier order."""

    def __init__(self, verifiers: list[Verifier], decisions: Decisions) -> None:
        self._decisions = decisions
        self._rows: dict[int, list[Verifier]] = {}
        self._in_order: dict[int, list[Verifier]] = {}
        for row in verifiers:
            for slot in row.slots:
                self._rows.setdefault(slot, []).append(row)

    def at(self, slot: int) -> list[Verifier]:
        if slot not in self._in_order:
            self._in_order[slot] = sorted(
                self._rows.get(slot, []),
                key=lambda row: (
                    self._decisions.order_of_verifier(slot, row.verifier),
                    row.verifier,
                    row.label,
                ),
            )
        return self._in_order[slot]


def spots_in_order(person: Person, decisions: Decisions, offers: Offers) -> Iterator[Spot]:
    """The person's order of spots, permitted ones only."""
    for slot in decisions.order_of_slots(person.token, sorted(person.slots)):
        for row in offers.at(slot):
            if is_permitted(person, row):
                yield Spot(slot, row)
