"""Who stands behind a token: what the log says about pseudonyms, as far as an audit needs it."""

import hashlib
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field

from .entries import Entry, day_of
from .report import STEERED, Finding
from .state import State


@dataclass(slots=True)
class LastRow:
    """The last row of somebody, until a later one closes its label."""

    zone: str
    day: int
    block: int | None
    k: int
    longest_gap: int
    possible: tuple[State, ...]
    """States that fit everything seen so far; several while it is unknown how a state began."""
    is_eligible: bool
    is_drawn: bool = False
    is_result_known: bool = True


@dataclass(slots=True)
class Individual:
    """One pseudonym; or one token that no entry binds to a pseudonym."""

    subject: str | None
    tokens: list[str] = field(default_factory=list)
    server_nonce: str | None = None
    manager: str | None = None
    pools: dict[str, int] = field(default_factory=dict)
    """Policy, and the instant (ms) at which its pool was entered."""
    has_left: bool = False
    is_erased: bool = False
    absences: list["Absence"] = field(default_factory=list)
    joined_while_reading: bool = False
    """Whether the first pool was entered after the first boundary that was read."""
    was_ever_in_pool: bool = False
    has_moved_pools: bool = False
    """Since the last row."""
    restarts_seen: int = 0
    last_row: LastRow | None = None
    days_read: deque[int] = field(default_factory=lambda: deque(maxlen=8))

    def stands_for(self) -> list[str]:
        """The newest token, and the one before."""
        return self.tokens[:-3:-1]

    def is_away(self, day: int, before_entry: int) -> bool:
        """Whether an absence covered `day` just before the entry of this number."""
        return any(
            absence.first_day <= day <= absence.last_day
            and not (absence.removed_by is not None and absence.removed_by < before_entry)
            for absence in self.absences
        )


@dataclass(slots=True)
class Absence:
    first_day: int
    last_day: int
    removed_by: int | None = None
    """Number of the `absence-removed` entry."""


class People:
    def __init__(self) -> None:
        self.by_subject: dict[str, Individual] = {}
        self._by_token: dict[str, Individual] = {}
        self._unopened: dict[str, int] = {}  # subject, and the first entry of which something is not opened
        self.any_unopened = False

    def of_token(self, token: str) -> Individual | None:
        return self._by_token.get(token)

    def of_row(self, token: str) -> Individual:
        """Also somebody whom the log does not know: a finding is the caller's to make."""
        known = self._by_token.get(token)
        if known is None:
            known = self._by_token[token] = Individual(None, [token])
        return known

    def of_subject(self, subject: str) -> Individual:
        known = self.by_subject.get(subject)
        if known is None:
            known = self.by_subject[subject] = Individual(subject)
        return known

    def managers(self) -> dict[str, str]:
        """Who has a manager, and whom."""
        return {subject: who.manager for subject, who in self.by_subject.items() if who.manager is not None}

    def not_opened(self) -> tuple[str, int] | None:
        """Somebody who was not erased, with an entry of which something is not opened."""
        for subject, entry in self._unopened.items():
            if not self.by_subject[subject].is_erased:
                return subject, entry
        return None

    # ------------------------------------------------------------------------------------ entries

    def take(self, entry: Entry, boundaries_read: int) -> Iterator[Finding]:
        """Learns from an entry about somebody."""
        if entry.subject is None:
            return
        person = self.of_subject(entry.subject)
        if entry.unopened:
            self._unopened.setdefault(entry.subject, entry.number)
            self.any_unopened = True
        if "server_nonce" in entry.opened:
            person.server_nonce = entry.opened["server_nonce"]
        if "token" in entry.opened:
            self._bind(person, entry.opened["token"])
            yield from _check_token(entry, person)
        if "manager" in entry.opened:
            person.manager = entry.opened["manager"]
        match entry.kind:
            case "person-joined":
                person.has_left = False
            case "person-left":
                person.has_left = person.has_moved_pools = True
            case "person-erased":
                person.is_erased = True
            case "pool-entered":
                person.pools[entry.facts["policy"]] = entry.at_ms
                person.has_moved_pools = True
                if not person.was_ever_in_pool:
                    person.joined_while_reading = boundaries_read > 0
                person.was_ever_in_pool = True
            case "pool-left":
                person.pools.pop(entry.facts["policy"], None)
                person.has_moved_pools = True
            case "absence-entered" if {"first_day", "last_day"} <= entry.opened.keys():
                person.absences.append(Absence(*_days(entry)))
            case "absence-removed" if {"first_day", "last_day"} <= entry.opened.keys():
                for absence in person.absences:
                    if (absence.first_day, absence.last_day) == _days(entry) and absence.removed_by is None:
                        absence.removed_by = entry.number
                        break

    def _bind(self, person: Individual, token: str) -> None:
        if token not in person.tokens:
            person.tokens.append(token)
        unbound = self._by_token.get(token)
        if unbound is not None and unbound.subject is None and person.last_row is None:
            person.last_row, person.days_read = unbound.last_row, unbound.days_read
        self._by_token[token] = person


def _check_token(entry: Entry, person: Individual) -> Iterator[Finding]:
    """Whether a token was made of its nonces, so that neither side chose it alone."""
    made_anew = "server_nonce" in entry.opened or "employee_nonce" in entry.opened
    if not made_anew or person.server_nonce is None:
        return
    nonces = bytes.fromhex(person.server_nonce + entry.opened.get("employee_nonce", ""))
    if token_of(nonces) != entry.opened["token"]:
        sentence = "a token that was not made of its nonces"
        yield Finding(
            STEERED,
            "token-wrong",
            sentence,
            entry=entry.number,
            subject=entry.subject,
            token=entry.opened["token"],
        )


def token_of(nonces: bytes) -> str:
    """The token of the server's nonce, followed by the employee's if there is one."""
    return hashlib.sha256(b"muster/token/v1" + nonces).digest()[:16].hex()


def _days(entry: Entry) -> tuple[int, int]:
    return day_of(entry.opened["first_day"]), day_of(entry.opened["last_day"])
