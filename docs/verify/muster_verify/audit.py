"""The audit of a bundle: acts on its lines in order and says what does not fit.

draw-format.md, "Reading: faults" and "Reading: findings". This module knows when something is looked
at; what is looked at is in `chains`, `boundaries`, `lives` and `announcements`.
"""

import itertools
from collections.abc import Iterable, Iterator
from typing import BinaryIO

from . import keys, lives
from .announcements import Announcements
from .backstop import Statistics
from .boundaries import (
    TAKEN_DAYS_AFTER,
    TAKEN_DAYS_BEFORE,
    Committed,
    Drawn,
    Queue,
    Reading,
    committed_of,
)
from .chains import Chains
from .checkpoint import Checkpoint
from .commitments import Commitments
from .entries import Entry, day_of, label_of, utc_day
from .lines import End, Header, Hidden, Key, Lines, Row
from .lives import Lives
from .people import People
from .report import REMARKS, STEERED, Fault, Finding, Report
from .rows import Person, Policy
from .spots import NO_LABEL, Session, session_of

ALWAYS_REPORTED = {"key-wrong", "key-missing", "inputs-changed"}


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


class _Audit:
    def __init__(self, log_key: bytes | None) -> None:
        self.report = Report()
        self._wanted_log_key = log_key
        self._header = Header(0, 0, b"", "", "")
        self._chains = Chains()
        self._people = People()
        self._queue = Queue(self._chains)
        self._commitments = Commitments(self._chains, self._queue)
        self._lives = Lives(self._people)
        self._announcements = Announcements(self._people)
        self._statistics = Statistics()
        self._policy_hazards: dict[str, str] = {}
        self._is_paused = False
        self._reading: Reading | None = None
        self._taken: dict[int, list[tuple[Committed, Session, bytes]]] = {}  # by label; and who is met
        self._hit_of_label: dict[tuple[str, int], set[bytes]] = {}
        self._boundaries_read = 0
        self._hidden = 0
        self._last_at_ms = 0

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
        """Boundaries around the period are read too: they took capacity, or carried `k`."""
        first = self._header.first_day - TAKEN_DAYS_BEFORE
        last = self._header.last_day + TAKEN_DAYS_AFTER
        return first <= day <= last

    # ------------------------------------------------------------------------------------- entries

    def _entry(self, entry: Entry) -> Iterator[Finding]:
        yield from self._chains.overlaps_until(entry.at_ms)
        yield from self._announcements.closed_before(entry.at_ms, self._queue.waiting_labels())
        self._last_at_ms = max(self._last_at_ms, entry.at_ms)
        yield from self._people.take(entry, self._boundaries_read)
        self._statistics.take(entry, self._people, self._is_in_period)
        facts = entry.facts
        match entry.kind:
            case "draw-anchor":
                yield from self._chains.anchor(entry)
            case "draw-chain-retired" | "draw-chain-rotated":
                yield from self._chains.end(entry)
                if entry.kind == "draw-chain-retired":
                    yield from self._commitments.retired(entry)
            case "draw-key-delivered":
                self._commitments.delivered(entry)
            case "draw-key-revealed":
                yield from self._chains.revealed(entry)
            case "draw-inputs":
                yield from self._inputs(entry)
            case "draw-beacon" | "draw-single-lock":
                yield from self._commitments.salt(entry)
            case "draw-boundary-dropped":
                dropped = self._queue.find(facts["zone"], facts["label"], facts["horizon"])
                if dropped is not None:
                    self._lives.expect_none(dropped)
                    yield from self._commitments.dropped(entry, dropped)
            case "draw-label-closed":
                self._commitments.closed(entry)
                if self._is_read(day_of(facts["label"])):
                    self._announcements.close(entry)
            case "policy-activated":
                self._policy_hazards[facts["policy"]] = facts["hazards"]
            case "programme-paused" | "programme-resumed":
                self._is_paused = facts["to"] == "paused"
                if entry.kind == "programme-resumed" and (facts["from"] == "shadow" or "pilot" in facts):
                    self._lives.restarts += 1
            case "service-outage":
                self._commitments.outage(entry)
            case "installation-created":
                self._is_paused = facts.get("mode") == "paused"
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
        is_second = self._commitments.is_second(one)
        if is_second:
            yield one.finding(STEERED, "inputs-twice", "the inputs of one boundary were committed twice")
        yield from self._commitments.inputs(entry, one)
        is_read = self._is_read(one.day) and not is_second
        if self._lives.starts_with_log is None:
            self._lives.starts_with_log = is_read
            if not is_read:
                yield lives.taken_over()
        if is_read:
            self._lives.expect_rows(one)
            self._queue.add(one)
            if one.beacon == keys.NO_BEACON:
                self._queue.settle(one, keys.SINGLE_LOCK_SALT, entry.at_ms)

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

    def _person_row(self, one: Committed, person: Person, policy: Policy | None) -> Iterator[Finding]:
        is_first_of_label = self._lives.is_first_of_label(one, person.token)
        yield from self._lives.row(one, person, policy)
        if not self._is_in_period(one.day):
            return
        self.report.recomputed += 1
        if person.ineligible is None and is_first_of_label:
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
        for place in plan.placed.values():
            policy = reading.policies[reading.hit[place.person].policy]
            session = session_of(policy, place.slot, place.verifier, place.label_of_verifier)
            self._taken.setdefault(one.day, []).append((one, session, place.person))

    def _taken_before(self, one: Committed, reading: Reading) -> list[Session]:
        """Sessions of plans before this one, by the tokens that verifiers have here."""
        here = {verifier for verifier, _ in reading.verifiers}
        sessions = []
        days = range(one.day - TAKEN_DAYS_BEFORE, one.day + TAKEN_DAYS_AFTER + 1)
        for before, session, met in itertools.chain.from_iterable(self._taken.get(day, []) for day in days):
            if before.entry < one.entry:
                sessions.append(session.with_verifier(self._token_here(session.verifier, here)))
                met_here = self._token_here(met, here)
                if met_here in here:  # who is met may be a verifier, too
                    sessions.append(session.with_verifier(met_here, NO_LABEL))
        return sessions

    def _token_here(self, verifier: bytes, here: set[bytes]) -> bytes:
        who = self._people.of_token(verifier.hex())
        newest = bytes.fromhex(who.tokens[-1]) if who is not None and who.tokens else verifier
        return newest if newest in here else verifier

    # ----------------------------------------------------------------------------- what is public

    def _is_public(self, day: int) -> bool:
        """Whether all rows of a label that the log committed so far have been read."""
        return self._lives.is_committed(day) and day not in self._queue.waiting_days()

    # -------------------------------------------------------------------------------------- the end

    def _end(self) -> None:
        self._say(self._chains.overlaps_until(None))
        self._say(self._commitments.unfounded_drops())
        self._chains.check_all_in_log()
        if (found := self._people.not_opened()) is not None:
            raise Fault("not-opened", f"entry {found[1]} about {found[0]} is not opened")
        period = range(self._header.first_day, self._header.last_day + 1)
        not_public = self._commitments.not_yet_public(period)
        self.report.not_yet_public = [label_of(day) for day in not_public]
        self._say(self._commitments.overdue_keys(not_public, self._last_at_ms))
        self._say(self._commitments.zones_that_stopped(self._header.last_day, self._last_at_ms))
        public = [day for day in period if day not in set(not_public)]
        if public:
            self._say(self._people_dropped(public[-1]))
        if self._hidden:
            sentence = f"{self._hidden} entries of the log are given as hashes only"
            self._say([Finding(REMARKS, "entries-hidden", sentence)])
        self.report.statistics = list(self._statistics.shown(self._people.managers()))

    def _people_dropped(self, last: int) -> Iterator[Finding]:
        """Whoever should have a row on the last public label, or the day before, and has none."""
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
