"""The audit of a bundle: acts on its lines in order and says what does not fit.

draw-format.md, "Reading: faults" and "Reading: findings". This module knows when something is looked
at; what is looked at is in `chains`, `boundaries`, `lives` and `announcements`.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import BinaryIO

from . import keys, lives
from .announcements import Announcements
from .backstop import Statistics
from .boundaries import TAKEN_MS, Committed, Drawn, Queue, Reading, committed_of
from .chains import Chains
from .checkpoint import Checkpoint
from .entries import Entry, day_of, label_of, utc_day
from .lines import End, Header, Hidden, Key, Lines, Row
from .lives import Lives
from .people import People
from .report import REMARKS, STEERED, Fault, Finding, Report
from .rows import Person, Policy
from .spots import Session, session_of

DAYS_BEFORE, DAYS_AFTER = 3, 2
"""Boundaries this far outside the period are read too: they took capacity, or carried `k`."""
LATE_MS = 120_000
LATE_COMMITMENT_MS = 60_000
KEY_DUE_DAYS = 8
DAY_MS = 86_400_000

ALWAYS_REPORTED = {"key-wrong", "key-missing", "inputs-changed"}

STATISTICS_OF = {
    "check-in-slot-refused": "slot-refused",
    "check-in-moved": "moved",
    "verifier-replaced": "verifier-replaced",
    "private-blocks-changed": "private-blocks",
    "check-in-not-announced": "excused",
}


def audit(file: BinaryIO, kept: Iterable[Checkpoint] = (), log_key: bytes | None = None) -> Report:
    """Reads a bundle and reports. `kept` and `log_key` are what the reader knows already."""
    lines = Lines(file, kept)
    run = _Audit(log_key)
    try:
        for item in lines.items():
            run.take(item)
    except Fault as fault:
        run.report.fault = {"code": fault.code, "line": lines.line, "sentence": fault.sentence}
    return run.report


@dataclass(slots=True)
class _Zone:
    """What is known of a zone's labels."""

    last_day: int
    committed: set[tuple[int, str]] = field(default_factory=set)
    closed_at_ms: dict[int, int] = field(default_factory=dict)


class _Audit:
    def __init__(self, log_key: bytes | None) -> None:
        self.report = Report()
        self._wanted_log_key = log_key
        self._header = Header(0, 0, b"", "", "")
        self._chains = Chains()
        self._people = People()
        self._queue = Queue(self._chains)
        self._lives = Lives(self._people)
        self._announcements = Announcements(self._people)
        self._statistics = Statistics()
        self._zones: dict[str, _Zone] = {}
        self._labels_public: dict[int, bool] = {}
        self._policy_hazards: dict[str, str] = {}
        self._outages: list[tuple[int, int]] = []
        self._is_paused = False
        self._reading: Reading | None = None
        self._taken: list[tuple[Committed, Session]] = []
        self._hit_of_label: dict[tuple[str, int], set[bytes]] = {}
        self._boundaries_read = 0
        self._hidden = 0
        self._last_at_ms = 0
        self._beacon_unchecked = False

    # ---------------------------------------------------------------------------------- every line

    def take(self, item: Header | Checkpoint | Key | Entry | Hidden | Row | End) -> None:
        if not isinstance(item, Row):
            self._finish_reading()
        match item:
            case Row():
                self._row(item)
            case Entry():
                self._queue.check_nothing_due(item.at_ms)
                self._say(self._entry(item))
            case Hidden():
                self._hidden += item.count
            case Key():
                self._chains.give(item)
            case Header():
                self._begin(item)
            case Checkpoint():
                self.report.log_size, self.report.log_root = item.size, item.root.hex()
            case End():
                self._queue.check_nothing_due(None)
                self._end()

    def _begin(self, header: Header) -> None:
        self._header = header
        report = self.report
        report.org, report.origin, report.log_key = header.org, header.origin, header.log_key.hex()
        report.first_label, report.last_label = label_of(header.first_day), label_of(header.last_day)
        if self._wanted_log_key not in (None, header.log_key):
            raise Fault("log-key", "the log is signed with another key than the one you know")

    def _say(self, findings: Iterable[Finding]) -> None:
        """Only labels of the period are reported; keys, changed inputs and what has no label always are."""
        for finding in findings:
            always = finding.label is None or finding.code in ALWAYS_REPORTED
            if always or self._is_in_period(day_of(finding.label or "")):
                self.report.findings.append(finding)

    def _is_in_period(self, day: int) -> bool:
        return self._header.first_day <= day <= self._header.last_day

    def _is_read(self, day: int) -> bool:
        return self._header.first_day - DAYS_BEFORE <= day <= self._header.last_day + DAYS_AFTER

    # ------------------------------------------------------------------------------------- entries

    def _entry(self, entry: Entry) -> Iterator[Finding]:
        yield from self._chains.overlaps_until(entry.at_ms)
        yield from self._announcements.closed_before(entry.at_ms, self._waiting())
        self._last_at_ms = max(self._last_at_ms, entry.at_ms)
        self._people.take(entry, self._boundaries_read)
        self._count(entry)
        facts = entry.facts
        match entry.kind:
            case "draw-anchor":
                yield from self._chains.anchor(entry)
            case "draw-chain-retired" | "draw-chain-rotated":
                yield from self._chains.end(entry)
            case "draw-key-revealed":
                yield from self._chains.revealed(entry)
            case "draw-inputs":
                yield from self._inputs(entry)
            case "draw-beacon" | "draw-single-lock":
                yield from self._salt(entry)
            case "draw-boundary-dropped":
                dropped = self._queue.find(facts["zone"], facts["label"], facts["horizon"])
                if dropped is not None:
                    self._queue.drop(dropped)
            case "draw-label-closed":
                zone = self._zones.setdefault(facts["zone"], _Zone(day_of(facts["label"])))
                zone.closed_at_ms[day_of(facts["label"])] = entry.at_ms
                if self._is_read(day_of(facts["label"])):
                    self._announcements.close(entry)
            case "policy-activated":
                self._policy_hazards[facts["policy"]] = facts["hazards"]
            case "programme-paused" | "programme-resumed":
                self._is_paused = facts["to"] == "paused"
                if entry.kind == "programme-resumed" and (facts["from"] == "shadow" or "pilot" in facts):
                    self._lives.restarts += 1
            case "service-outage":
                self._outages.append((facts["from_ms"], facts["to_ms"]))
            case "installation-created":
                self._is_paused = facts["mode"] == "paused"
                if facts["organisation"] != self._header.org:
                    raise Fault("organisation", f"the log is of {facts['organisation']}")
            case "check-in-announced" | "check-in-not-announced":
                day = day_of(facts["label"])
                if self._is_read(day):
                    yield from self._announcements.take(entry, self._is_paused, self._is_public(day))
            case _:
                yield from self._announcements.take(entry, self._is_paused, True)

    def _inputs(self, entry: Entry) -> Iterator[Finding]:
        one = committed_of(entry, self._is_paused)
        zone = self._zones.setdefault(one.zone, _Zone(one.day))
        if (one.day, one.horizon) in zone.committed:
            yield one.finding(STEERED, "inputs-twice", "the inputs of one boundary were committed twice")
            return
        zone.committed.add((one.day, one.horizon))
        for missing in range(zone.last_day + 1, one.day):
            sentence = f"{one.zone} had no draw on {label_of(missing)}"
            yield Finding(
                STEERED, "day-dropped", sentence, entry=entry.number, zone=one.zone, label=label_of(missing)
            )
        zone.last_day = max(zone.last_day, one.day)
        if one.chains != self._chains.expected(one.day):
            sentence = (
                f"drawn with chain {one.chains or 'none'}, and it must be {self._chains.expected(one.day)}"
            )
            yield one.finding(STEERED, "chain-wrong", sentence)
        yield from self._check_lateness(entry, one)
        if one.beacon != keys.NO_BEACON:
            yield from self._check_round(entry, one)
        if self._lives.starts_with_log is None:
            self._lives.starts_with_log = self._is_read(one.day)
            if not self._lives.starts_with_log:
                yield lives.taken_over()
        if not self._is_read(one.day):
            return
        if one.horizon in ("day", "block/0"):
            self._lives.boundary_days.setdefault(one.zone, set()).add(one.day)
        self._queue.add(one)
        if one.beacon == keys.NO_BEACON:
            self._queue.settle(one, keys.SINGLE_LOCK_SALT, entry.at_ms)

    def _check_lateness(self, entry: Entry, one: Committed) -> Iterator[Finding]:
        if entry.at_ms <= one.t_ms + LATE_MS:
            return
        if any(start <= one.t_ms + LATE_MS and one.t_ms <= end for start, end in self._outages):
            yield one.finding(REMARKS, "late-after-outage", "committed late: the service had been down")
        else:
            yield one.finding(STEERED, "inputs-late", "committed late, and no outage is logged")

    def _check_round(self, entry: Entry, one: Committed) -> Iterator[Finding]:
        b_ms, late = entry.facts["b_ms"], entry.facts["late"]
        is_right_instant = abs(b_ms - entry.at_ms) <= LATE_COMMITMENT_MS if late else b_ms == one.t_ms
        if not is_right_instant or one.round != keys.beacon_round(b_ms):
            yield one.finding(STEERED, "beacon-wrong", "not the round that the format demands")

    def _salt(self, entry: Entry) -> Iterator[Finding]:
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
            yield one.finding(REMARKS, "single-lock", "drawn without the beacon", entry=entry.number)
            return
        randomness = bytes.fromhex(facts["randomness"])
        if not _is_signed(one.beacon, facts["round"], facts["signature"], randomness):
            sentence = "the randomness is not that of the round"
            yield one.finding(STEERED, "beacon-wrong", sentence, entry=entry.number)
        if one.beacon == keys.DRAND_QUICKNET and not self._beacon_unchecked:
            self._beacon_unchecked = True
            sentence = (
                "randomness was compared with its signature; the signature itself (BLS) was not checked here"
            )
            yield Finding(REMARKS, "beacon-not-checked", sentence)
        self._queue.settle(one, randomness, entry.at_ms)

    # ---------------------------------------------------------------------------------------- rows

    def _row(self, row: Row) -> None:
        if row.member == "boundary":
            self._finish_reading()
            one = self._queue.take_ready()
            self._reading = Reading(
                committed=one,
                org=self._header.org,
                day_keys=self._chains.day_keys(one.chains, one.day),
                policy_hazards=self._policy_hazards,
                on_person=self._person_row,
                drawn_already=self._hit_of_label.get((one.zone, one.day), set()),
            )
        if self._reading is None:
            raise Fault("rows-unexpected", "a row of no boundary")
        self._say(self._reading.take(row))

    def _person_row(self, one: Committed, person: Person, policy: Policy) -> Iterator[Finding]:
        yield from self._lives.row(one, person, policy)
        if not self._is_in_period(one.day):
            return
        self.report.recomputed += 1
        if person.ineligible is None and self._lives.is_first_row_of_label(one, person.token):
            who = self._people.of_token(person.token.hex())
            if who is not None and who.subject is not None:
                self._statistics.eligible_day(who.subject)
                if lives.is_short(person):
                    self._statistics.event("short-day", who.subject)

    def _finish_reading(self) -> None:
        reading, self._reading = self._reading, None
        if reading is None:
            return
        one = reading.committed
        drawn, findings = reading.finish(self._taken_before(one, reading))
        self._say(findings)
        self._boundaries_read += 1
        self._lives.drawn(drawn)
        self._announcements.drawn(drawn)
        if self._is_in_period(one.day):
            self.report.boundaries += 1
        if drawn.plan is not None:
            self._remember(drawn, reading)
            if self._is_in_period(one.day):
                self.report.hits += len(drawn.plan.hit())

    def _remember(self, drawn: Drawn, reading: Reading) -> None:
        one, plan = drawn.committed, drawn.plan
        assert plan is not None
        self._hit_of_label.setdefault((one.zone, one.day), set()).update(plan.hit())
        self._hit_of_label = {key: hit for key, hit in self._hit_of_label.items() if key[1] > one.day - 4}
        self._taken = [taken for taken in self._taken if taken[0].t_ms > one.t_ms - TAKEN_MS]
        for place in plan.placed.values():
            policy = reading.policies[reading.hit[place.person].policy]
            self._taken.append((one, session_of(policy, place.slot, place.verifier, place.label_of_verifier)))

    def _taken_before(self, one: Committed, reading: Reading) -> list[Session]:
        """Sessions of plans before this one, by the tokens that verifiers have here."""
        here = {row.verifier for row in reading.verifiers}
        sessions = []
        for before, session in self._taken:
            if before.place < one.place and before.t_ms > one.t_ms - TAKEN_MS:
                sessions.append(session.with_verifier(self._token_here(session.verifier, here)))
        return sessions

    def _token_here(self, verifier: bytes, here: set[bytes]) -> bytes:
        who = self._people.of_token(verifier.hex())
        newest = bytes.fromhex(who.tokens[-1]) if who is not None and who.tokens else verifier
        return newest if newest in here else verifier

    # ----------------------------------------------------------------------------- what is public

    def _waiting(self) -> set[tuple[str, int]]:
        return {(one.zone, one.day) for one in self._queue.waiting()}

    def _is_public(self, day: int) -> bool:
        """Whether all rows of a label that the log committed so far have been read."""
        return all(one.day != day for one in self._queue.waiting()) and any(
            day in days for days in self._lives.boundary_days.values()
        )

    # --------------------------------------------------------------------------------- statistics

    def _count(self, entry: Entry) -> None:
        if entry.subject is None:
            return
        label = entry.facts.get("label")
        day = day_of(label) if isinstance(label, str) else utc_day(entry.at_ms)
        if not self._is_in_period(day):
            return
        if entry.kind in STATISTICS_OF:
            self._statistics.event(STATISTICS_OF[entry.kind], entry.subject)
        elif entry.kind == "check-in-announced" and entry.facts["kind"] == "manual":
            self._statistics.event("manual", entry.subject)
        elif entry.kind == "absence-entered":
            kinds = ["absence"]
            if "first_day" in entry.opened:
                first = day_of(entry.opened["first_day"])
                read = self._people.of_subject(entry.subject).days_read
                if self._is_in_period(first) and any(day >= first for day in read):
                    kinds.append("absence-late")
            for kind in kinds:
                self._statistics.event(kind, entry.subject)
                if entry.actor is not None:
                    self._statistics.acted(kind, entry.actor)

    # -------------------------------------------------------------------------------------- the end

    def _end(self) -> None:
        self._say(self._chains.overlaps_until(None))
        self._chains.check_all_in_log()
        if (found := self._people.not_opened()) is not None:
            raise Fault("not-opened", f"entry {found[1]} about {found[0]} is not opened")
        not_public = self._not_yet_public()
        self.report.not_yet_public = [label_of(day) for day in not_public]
        self._say(self._overdue_keys(not_public))
        self._say(self._zones_that_stopped())
        self._say(self._people_dropped(not_public))
        if self._hidden:
            sentence = f"{self._hidden} entries of the log are given as hashes only"
            self._say([Finding(REMARKS, "entries-hidden", sentence)])
        manager_of = {
            subject: who.manager
            for subject, who in self._people.by_subject.items()
            if who.manager is not None
        }
        self.report.statistics = list(self._statistics.shown(manager_of))

    def _not_yet_public(self) -> list[int]:
        waiting = {one.day for one in self._queue.waiting()}
        named = {day for zone in self._zones.values() for day, _ in zone.committed}
        period = range(self._header.first_day, self._header.last_day + 1)
        return [day for day in period if day in waiting or day not in named]

    def _overdue_keys(self, not_public: list[int]) -> Iterator[Finding]:
        """Labels whose key should have been revealed by now."""
        waiting = {one.day for one in self._queue.waiting()}
        for day in not_public:
            if day in waiting and self._is_closed_long_ago(day):
                sentence = (
                    f"{label_of(day)} closed more than {KEY_DUE_DAYS} days ago, and its key is not public"
                )
                yield Finding(STEERED, "key-missing", sentence, label=label_of(day))

    def _is_closed_long_ago(self, until: int) -> bool:
        """Whether every boundary of this label and of earlier ones closed long ago."""
        limit = self._last_at_ms - KEY_DUE_DAYS * DAY_MS
        for zone in self._zones.values():
            for day, _ in zone.committed:
                if day <= until and zone.closed_at_ms.get(day, limit) >= limit:
                    return False
        return True

    def _zones_that_stopped(self) -> Iterator[Finding]:
        for name, zone in sorted(self._zones.items()):
            if zone.last_day < self._header.last_day and zone.last_day < utc_day(self._last_at_ms) - 3:
                label = label_of(zone.last_day + 1)
                sentence = f"{name} had no draw since {label_of(zone.last_day)}"
                yield Finding(STEERED, "day-dropped", sentence, zone=name, label=label)

    def _people_dropped(self, not_public: list[int]) -> Iterator[Finding]:
        period = range(self._header.first_day, self._header.last_day + 1)
        public = [day for day in period if day not in set(not_public)]
        if not public:
            return
        last = public[-1]
        for subject, who in self._people.by_subject.items():
            is_long_in_pool = any(utc_day(at_ms) < last - 3 for at_ms in who.pools.values())
            has_row = any(day in (last, last - 1) for day in who.days_read)
            if is_long_in_pool and not who.has_left and not who.is_erased and not has_row:
                yield Finding(
                    STEERED,
                    "person-dropped",
                    f"in a pool, and without a row on {label_of(last)} and the day before",
                    subject=subject,
                    label=label_of(last),
                )


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
