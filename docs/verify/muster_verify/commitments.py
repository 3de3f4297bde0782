"""What the log commits before a draw: inputs, beacons, labels that close; and what is missing of them.

draw-format.md, "Commitments", "Salts" and "At the end" of the reading of bundles.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from . import keys
from .boundaries import Committed, Queue
from .chains import Chains
from .entries import Entry, day_of, label_of, utc_day
from .report import REMARKS, STEERED, Finding

LATE_MS = 120_000
LATE_COMMITMENT_MS = 60_000
GIVEN_UP_AFTER_MS = 600_000
RELEASED_MS = 600_000
KEY_DUE_MS = 8 * 86_400_000
STOPPED_AFTER_DAYS = 3


@dataclass(slots=True)
class _Zone:
    """What the log says of a zone's labels."""

    last_day: int
    chains: str = ""
    """Those that the boundary of the last label names."""
    released_at_ms: int | None = None
    """When the last label no longer waited for a holder's key."""
    committed: set[tuple[int, str]] = field(default_factory=set)
    closed_at_ms: dict[int, int] = field(default_factory=dict)


class Commitments:
    def __init__(self, chains: Chains, queue: Queue) -> None:
        self._chains = chains
        self._queue = queue
        self._zones: dict[str, _Zone] = {}
        self._outages: list[tuple[int, int]] = []
        self._delivered_until: dict[str, int] = {}  # by chain: the latest day whose key has arrived
        self._retired: set[str] = set()
        self._unfounded: list[tuple[int, str, Committed, int]] = []
        self._has_unchecked_beacon = False

    # ------------------------------------------------------------------------------- before a draw

    def is_second(self, one: Committed) -> bool:
        zone = self._zones.get(one.zone)
        return zone is not None and (one.day, one.horizon) in zone.committed

    def inputs(self, entry: Entry, one: Committed) -> Iterator[Finding]:
        """A `draw-inputs` entry, the first of its boundary."""
        zone = self._zones.setdefault(one.zone, _Zone(one.day))
        zone.committed.add((one.day, one.horizon))
        released_at_ms = zone.released_at_ms
        if one.day >= zone.last_day:
            zone.chains = one.chains
        if one.day > zone.last_day + 1:
            sentence = f"{one.zone} had no draw since {label_of(zone.last_day)}"
            yield one.finding(STEERED, "day-dropped", sentence)
        zone.last_day = max(zone.last_day, one.day)
        if one.chains != self._chains.expected(one.day):
            expected = self._chains.expected(one.day)
            sentence = f"drawn with chain {one.chains or 'none'}, and it must be {expected or 'none'}"
            yield one.finding(STEERED, "chain-wrong", sentence)
        yield from self._check_lateness(entry, one, released_at_ms)
        if one.beacon != keys.NO_BEACON:
            yield from self._check_round(entry, one)

    def outage(self, entry: Entry) -> None:
        self._outages.append((entry.facts["from_ms"], entry.facts["to_ms"]))

    def _check_lateness(
        self, entry: Entry, one: Committed, released_at_ms: int | None
    ) -> Iterator[Finding]:
        if entry.at_ms <= one.t_ms + LATE_MS:
            return
        has_waited = released_at_ms is not None and one.t_ms < released_at_ms
        if any(start <= one.t_ms + LATE_MS and one.t_ms <= end for start, end in self._outages):
            yield one.finding(REMARKS, "late-after-outage", "committed late: the service had been down")
        elif has_waited and entry.at_ms - released_at_ms <= RELEASED_MS:
            yield one.finding(REMARKS, "late-after-waiting", "committed late: the day before waited for a key")
        else:
            yield one.finding(STEERED, "inputs-late", "committed late, and no outage is logged")

    def _check_round(self, entry: Entry, one: Committed) -> Iterator[Finding]:
        b_ms, late = entry.facts["b_ms"], entry.facts["late"]
        is_right_instant = abs(b_ms - entry.at_ms) <= LATE_COMMITMENT_MS if late else b_ms == one.t_ms
        if not is_right_instant or one.round != keys.beacon_round(b_ms):
            yield one.finding(STEERED, "beacon-wrong", "not the round that the format demands")

    # --------------------------------------------------------------------------- a holder's key

    def delivered(self, entry: Entry) -> None:
        """A `draw-key-delivered` entry: zones whose last label waited for it go on."""
        chain, day = entry.facts["chain"], day_of(entry.facts["label"])
        self._delivered_until[chain] = max(day, self._delivered_until.get(chain, day))
        for zone in self._zones.values():
            if zone.last_day <= day and chain in zone.chains.split("+"):
                zone.released_at_ms = entry.at_ms

    def dropped(self, entry: Entry, one: Committed) -> Iterator[Finding]:
        """A `draw-boundary-dropped` entry of a boundary whose rows were not read."""
        self._queue.drop(one)
        zone = self._zones.get(one.zone)
        if zone is not None and zone.last_day == one.day:
            zone.released_at_ms = entry.at_ms
        chain = entry.facts["chain"]
        if chain not in one.chains.split("+") or self._delivered_until.get(chain, one.day - 1) >= one.day:
            yield _unfounded(one, entry.number)
        elif chain in self._retired:
            yield _dropped(one, entry.number)
        else:
            self._unfounded.append((entry.at_ms, chain, one, entry.number))

    def retired(self, entry: Entry) -> Iterator[Finding]:
        """A `draw-chain-retired` entry: it explains what was dropped in its own millisecond."""
        chain = entry.facts["chain"]
        self._retired.add(chain)
        for drop in [drop for drop in self._unfounded if drop[:2] == (entry.at_ms, chain)]:
            self._unfounded.remove(drop)
            yield _dropped(*drop[2:])

    def unfounded_drops(self) -> Iterator[Finding]:
        for *_, one, number in self._unfounded:
            yield _unfounded(one, number)

    # ------------------------------------------------------------------------------------ the salt

    def salt(self, entry: Entry) -> Iterator[Finding]:
        facts = entry.facts
        one = self._queue.find(facts["zone"], facts["label"], facts["horizon"])
        if one is None:
            return
        if one.salt is not None:
            yield one.finding(STEERED, "beacon-wrong", "the salt was settled before", entry=entry.number)
            return
        if facts["beacon"] != one.beacon or facts["round"] != one.round:
            yield one.finding(STEERED, "beacon-wrong", "another round than committed", entry=entry.number)
        if entry.kind == "draw-single-lock":
            self._queue.settle(one, keys.SINGLE_LOCK_SALT, entry.at_ms)
            if entry.at_ms >= keys.round_instant(one.round or 1) + GIVEN_UP_AFTER_MS:
                yield one.finding(REMARKS, "single-lock", "drawn without the beacon", entry=entry.number)
            else:
                sentence = "the beacon was given up too early: two draws could be chosen from"
                yield one.finding(STEERED, "single-lock-early", sentence, entry=entry.number)
            return
        randomness = bytes.fromhex(facts["randomness"])
        if not _is_signed(one.beacon, facts["round"], facts["signature"], randomness):
            sentence = "the randomness is not that of the round"
            yield one.finding(STEERED, "beacon-wrong", sentence, entry=entry.number)
        if one.beacon == keys.DRAND_QUICKNET and not self._has_unchecked_beacon:
            self._has_unchecked_beacon = True
            sentence = (
                "randomness was compared with its signature; the signature itself (BLS) was not checked here"
            )
            yield Finding(REMARKS, "beacon-not-checked", sentence)
        self._queue.settle(one, randomness, entry.at_ms)

    # ----------------------------------------------------------------------------------- the end

    def closed(self, entry: Entry) -> None:
        """A `draw-label-closed` entry."""
        day = day_of(entry.facts["label"])
        zone = self._zones.setdefault(entry.facts["zone"], _Zone(day))
        zone.closed_at_ms[day] = entry.at_ms

    def not_yet_public(self, period: Iterable[int]) -> list[int]:
        """Labels that no entry names, or some rows of which have not been read."""
        waiting = self._queue.waiting_days()
        named = {day for zone in self._zones.values() for day, _ in zone.committed}
        return [day for day in period if day in waiting or day not in named]

    def overdue_keys(self, not_public: list[int], last_at_ms: int) -> Iterator[Finding]:
        """Labels whose key should have been revealed by now."""
        for day in not_public:
            if day in self._queue.waiting_days() and self._is_closed_long_ago(day, last_at_ms - KEY_DUE_MS):
                sentence = f"{label_of(day)} has closed more than eight days ago, and its key is not public"
                yield Finding(STEERED, "key-missing", sentence, label=label_of(day))

    def _is_closed_long_ago(self, until: int, limit_ms: int) -> bool:
        """Whether every boundary of this label and of earlier ones closed before the limit."""
        return all(
            zone.closed_at_ms.get(day, limit_ms) < limit_ms
            for zone in self._zones.values()
            for day, _ in zone.committed
            if day <= until
        )

    def zones_that_stopped(self, last_day: int, last_at_ms: int) -> Iterator[Finding]:
        for name, zone in sorted(self._zones.items()):
            if zone.last_day < last_day and zone.last_day < utc_day(last_at_ms) - STOPPED_AFTER_DAYS:
                sentence = f"{name} had no draw since {label_of(zone.last_day)}"
                yield Finding(STEERED, "day-dropped", sentence, zone=name, label=label_of(zone.last_day))


def _dropped(one: Committed, number: int) -> Finding:
    sentence = "never drawn: a holder was retired whose key had not arrived"
    return one.finding(REMARKS, "boundary-dropped", sentence, entry=number)


def _unfounded(one: Committed, number: int) -> Finding:
    sentence = "given up, and no holder whose key was missing for it was retired"
    return one.finding(STEERED, "drop-unfounded", sentence, entry=number)


def _is_signed(beacon: str, number: int, signature: str, randomness: bytes) -> bool:
    """As far as the standard library can tell: for drand, that the randomness is the signature's hash."""
    try:
        signed = bytes.fromhex(signature)
    except ValueError:
        return False
    if beacon == keys.TEST_BEACON and signed != keys.test_beacon_signature(number):
        return False
    if beacon == keys.DRAND_QUICKNET and len(signed) != 48:
        return False
    return beacon in (keys.TEST_BEACON, keys.DRAND_QUICKNET) and keys.randomness_of(signed) == randomness
