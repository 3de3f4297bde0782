"""The statistical backstop: what is cryptographically clean and still happens too often to somebody.

draw-format.md, "Statistics". Counts of events against what an even spread over eligible days would give.
Nothing here is a finding: about three in a thousand figures are shown by chance alone.
"""

import math
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

from .entries import Entry, day_of, utc_day
from .people import People

EVENTS = {
    "check-in-slot-refused": "slot-refused",
    "check-in-moved": "moved",
    "verifier-replaced": "verifier-replaced",
    "private-blocks-changed": "private-blocks",
    "check-in-not-announced": "excused",
}
"""Kinds of entries that count as they are."""

SHOWN_FROM_Z = 3
SHOWN_FROM_EVENTS = 5


class Statistics:
    def __init__(self) -> None:
        self._events: dict[str, Counter[str]] = {}
        self._by_actor: dict[str, Counter[str | None]] = {}  # None: the operator
        self._eligible_days: Counter[str] = Counter()

    def eligible_day(self, subject: str) -> None:
        self._eligible_days[subject] += 1

    def take(self, entry: Entry, people: People, is_in_period: Callable[[int], bool]) -> None:
        """Counts an entry if it is of the period, by its label or else by its instant."""
        if entry.subject is None:
            return
        label = entry.facts.get("label")
        if not is_in_period(day_of(label) if isinstance(label, str) else utc_day(entry.at_ms)):
            return
        if entry.kind in EVENTS:
            self.event(EVENTS[entry.kind], entry.subject)
        elif entry.kind == "check-in-announced" and entry.facts["kind"] == "manual":
            self.event("manual", entry.subject)
        elif entry.kind == "absence-entered":
            self._absence(entry, entry.subject, people, is_in_period)

    def _absence(
        self, entry: Entry, subject: str, people: People, is_in_period: Callable[[int], bool]
    ) -> None:
        kinds = ["absence"]
        if "first_day" in entry.opened:
            first = day_of(entry.opened["first_day"])
            if is_in_period(first) and any(day >= first for day in people.of_subject(subject).days_read):
                kinds.append("absence-late")
        for kind in kinds:
            self.event(kind, subject)
            self._by_actor.setdefault(kind, Counter())[entry.actor] += 1

    def event(self, kind: str, subject: str) -> None:
        self._events.setdefault(kind, Counter())[subject] += 1

    def shown(self, manager_of: dict[str, str]) -> Iterator[dict[str, Any]]:
        """Everybody whose count stands out: per person, per manager, per actor."""
        days_of_all = self._eligible_days.total()
        for kind, events in sorted(self._events.items()):
            per_day = events.total() / days_of_all if days_of_all else 0.0
            expected = {subject: per_day * days for subject, days in self._eligible_days.items()}
            yield from _standing_out(kind, "person", events, expected)
            yield from _standing_out(
                kind, "manager", _by_manager(events, manager_of), _by_manager(expected, manager_of)
            )
        for kind, by_actor in sorted(self._by_actor.items()):
            mean = by_actor.total() / len(by_actor)
            yield from _standing_out(kind, "actor", by_actor, dict.fromkeys(by_actor, mean))


def _by_manager(figures: Any, manager_of: dict[str, str]) -> dict[str, Any]:
    sums: dict[str, Any] = {}
    for subject, figure in figures.items():
        if (manager := manager_of.get(subject)) is not None:
            sums[manager] = sums.get(manager, 0) + figure
    return sums


def _standing_out(kind: str, role: str, events: Any, expected: dict[Any, float]) -> Iterator[dict[str, Any]]:
    for who in sorted(expected.keys() | events.keys(), key=lambda who: who or ""):
        count, wanted = events.get(who, 0), expected.get(who, 0.0)
        if wanted <= 0 or (count < SHOWN_FROM_EVENTS and wanted < SHOWN_FROM_EVENTS):
            continue
        z = (count - wanted) / math.sqrt(wanted)
        if abs(z) >= SHOWN_FROM_Z:
            yield {
                "counted": kind,
                "group": role,
                "who": who,
                "events": count,
                "expected_hundredths": _hundredths(wanted),
                "z_hundredths": _hundredths(z),
            }


def _hundredths(figure: float) -> int:
    """Rounded to the nearest, halves away from zero."""
    return int(math.copysign(math.floor(abs(figure) * 100 + 0.5), figure))
