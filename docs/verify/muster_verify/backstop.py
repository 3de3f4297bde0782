"""The statistical backstop: what is cryptographically clean and still happens too often to somebody.

draw-format.md, "Statistics". Counts of events against what an even spread over eligible days would give.
Nothing here is a finding: about three in a thousand figures are shown by chance alone.
"""

import math
from collections import Counter
from collections.abc import Iterator
from typing import Any

SHOWN_FROM_Z = 3
SHOWN_FROM_EVENTS = 5


class Statistics:
    def __init__(self) -> None:
        self._events: dict[str, Counter[str]] = {}
        self._by_actor: dict[str, Counter[str]] = {}
        self._eligible_days: Counter[str] = Counter()

    def eligible_day(self, subject: str) -> None:
        self._eligible_days[subject] += 1

    def event(self, kind: str, subject: str) -> None:
        self._events.setdefault(kind, Counter())[subject] += 1

    def acted(self, kind: str, actor: str) -> None:
        """Somebody entered something about somebody else."""
        self._by_actor.setdefault(kind, Counter())[actor] += 1

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
        for kind, events in sorted(self._by_actor.items()):
            mean = events.total() / len(events)
            yield from _standing_out(kind, "actor", events, dict.fromkeys(events, mean))


def _by_manager(figures: Any, manager_of: dict[str, str]) -> dict[str, Any]:
    sums: dict[str, Any] = {}
    for subject, figure in figures.items():
        if (manager := manager_of.get(subject)) is not None:
            sums[manager] = sums.get(manager, 0) + figure
    return sums


def _standing_out(kind: str, role: str, events: Any, expected: dict[str, float]) -> Iterator[dict[str, Any]]:
    for who in sorted(expected.keys() | events.keys()):
        count, wanted = events.get(who, 0), expected.get(who, 0.0)
        if wanted <= 0 or (count < SHOWN_FROM_EVENTS and wanted < SHOWN_FROM_EVENTS):
            continue
        z = (count - wanted) / math.sqrt(wanted)
        if abs(z) >= SHOWN_FROM_Z:
            yield {"kind": kind, "role": role, "who": who, "events": count, "expected": wanted, "z": z}
