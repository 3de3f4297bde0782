"""Entries of the log that an audit acts on: which facts they must have and which commitments are opened.

draw-format.md, "Log entries of the draw" and "Log entries of people".
"""

import datetime
import hmac
import re
from dataclasses import dataclass, field
from typing import Any

from .encoding import canonical, unhex
from .report import Fault

_TOKEN = re.compile(r"[0-9a-f]{32}")


def day_of(label: str) -> int:
    """A label as a number of days, for reckoning."""
    day = datetime.date.fromisoformat(label)
    if day.isoformat() != label:
        raise ValueError(f"not a date: {label!r}")
    return day.toordinal()


def label_of(day: int) -> str:
    return datetime.date.fromordinal(day).isoformat()


def utc_day(at_ms: int) -> int:
    return datetime.date(1970, 1, 1).toordinal() + at_ms // 86_400_000


# Checks of one fact or opened value: each answers whether the value is of that kind.
def _text(value: Any) -> bool:
    return isinstance(value, str)


def _number(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _flag(value: Any) -> bool:
    return isinstance(value, bool)


def _date(value: Any) -> bool:
    try:
        day_of(value)
    except (TypeError, ValueError):
        return False
    return True


def _hex32(value: Any) -> bool:
    try:
        unhex(value, 32)
    except (TypeError, ValueError):
        return False
    return True


def _token(value: Any) -> bool:
    return isinstance(value, str) and _TOKEN.fullmatch(value) is not None


def _verifier(value: Any) -> bool:
    return value is None or _token(value)


_BOUNDARY = {"zone": _text, "label": _date, "horizon": _text}
_CHECK_IN = {"check_in": _text}

FACTS = {
    "draw-anchor": {
        "chain": _text,
        "holder": _text,
        "first_date": _date,
        "length_days": _number,
        "k_0": _hex32,
    },
    "draw-chain-retired": {"chain": _text},
    "draw-chain-rotated": {"chain": _text},
    "draw-inputs": _BOUNDARY
    | {"t_ms": _number, "root": _hex32, "chain": _text, "people": _number, "late": _flag, "beacon": _text},
    "draw-beacon": _BOUNDARY | {"beacon": _text, "round": _number, "signature": _text, "randomness": _hex32},
    "draw-single-lock": _BOUNDARY | {"beacon": _text, "round": _number},
    "draw-label-closed": {"zone": _text, "label": _date}
    | dict.fromkeys(("hit", "shielded", "uncovered", "not_hit", "ineligible", "moved"), _number),
    "draw-boundary-dropped": _BOUNDARY | {"chain": _text},
    "draw-key-delivered": {"chain": _text, "label": _date},
    "draw-key-revealed": {"chain": _text, "label": _date, "key": _hex32},
    "pool-entered": {"policy": _text},
    "pool-left": {"policy": _text},
    "check-in-announced": _CHECK_IN | {"kind": _text, "label": _date},
    "check-in-not-announced": _CHECK_IN | {"kind": _text, "label": _date},
    "check-in-judged": _CHECK_IN | {"outcome": _text},
    "check-in-moved": _CHECK_IN,
    "check-in-slot-refused": _CHECK_IN,
    "verifier-replaced": _CHECK_IN,
    "manual-check-in-ordered": {"order": _text},
    "policy-activated": {"policy": _text, "hazards": _hex32},
    "programme-paused": {"from": _text, "to": _text},
    "programme-resumed": {"from": _text, "to": _text},
    "service-outage": {"from_ms": _number, "to_ms": _number},
    "installation-created": {"organisation": _text},
}
"""Facts that an audit reads. Other kinds, and other facts of these, are hashed and passed over."""

_PLACE = {
    "start_ms": _number,
    "verifier": _verifier,
    "notice_minutes": _number,
}
_MANAGER = {"manager": lambda value: value is None or _text(value)}

COMMITTED = {
    "person-joined": {"token": _token, "server_nonce": _hex32} | _MANAGER,
    "draw-token-changed": {"token": _token, "employee_nonce": _hex32},
    "manager-changed": _MANAGER,
    "absence-entered": {"first_day": _date, "last_day": _date},
    "absence-removed": {"first_day": _date, "last_day": _date},
    "check-in-announced": _PLACE,
    "verifier-replaced": {"from": _verifier, "to": _verifier},
    "check-in-not-announced": _PLACE | {"cause": _text},
}
"""Commitments that a bundle opens."""

_OF_PEOPLE = {
    *COMMITTED,
    "person-left",
    "pool-entered",
    "pool-left",
    "check-in-judged",
    "check-in-moved",
    "check-in-slot-refused",
    "verifier-replaced",
    "private-blocks-changed",
    "person-erased",
}


@dataclass(slots=True)
class Entry:
    """An entry of the log with what was opened of it."""

    number: int
    kind: str
    at_ms: int
    facts: dict[str, Any]
    commitments: dict[str, str]
    actor: str | None
    subject: str | None
    opened: dict[str, Any] = field(default_factory=dict)

    @property
    def unopened(self) -> set[str]:
        """Fields of its kind that should have been opened."""
        wanted = COMMITTED.get(self.kind, {}).keys() & self.commitments.keys()
        return wanted - self.opened.keys()


def read_entry(value: dict[str, Any], number: int) -> Entry:
    """An entry from its JSON; a fault if it is none."""
    shape: dict[str, tuple[type, ...]] = {
        "at_ms": (int,),
        "commitments": (dict,),
        "facts": (dict,),
        "kind": (str,),
        "v": (int,),
        "actor": (str,),
        "subject": (str,),
    }
    needed = shape.keys() - {"actor", "subject"}
    if needed - value.keys() or value.keys() - shape.keys() or value["v"] != 1:
        raise Fault("line-unreadable", "an entry has other members than it should")
    if any(not isinstance(value[name], shape[name]) for name in value):
        raise Fault("line-unreadable", "an entry has a member of the wrong kind")
    entry = Entry(
        number=number,
        kind=value["kind"],
        at_ms=value["at_ms"],
        facts=value["facts"],
        commitments=value["commitments"],
        actor=value.get("actor"),
        subject=value.get("subject"),
    )
    _check_facts(entry)
    return entry


def _check_facts(entry: Entry) -> None:
    wanted = dict(FACTS.get(entry.kind, {}))
    if entry.kind == "draw-inputs" and entry.facts.get("beacon") != "none":
        wanted |= {"b_ms": _number, "round": _number}
    for name, is_right in wanted.items():
        if name not in entry.facts or not is_right(entry.facts[name]):
            raise Fault("entry-unreadable", f"entry {entry.number} ({entry.kind}) has no right {name!r}")
    if entry.kind in _OF_PEOPLE and entry.subject is None:
        raise Fault("entry-unreadable", f"entry {entry.number} ({entry.kind}) is about nobody")


def open_commitment(entry: Entry, field_name: str, salt: str, value: Any) -> None:
    """Takes an opening of an entry; a fault where it does not give what was committed."""
    allowed = COMMITTED.get(entry.kind, {})
    if field_name not in allowed or field_name not in entry.commitments:
        raise Fault("opening", f"entry {entry.number} ({entry.kind}) has no {field_name!r} to open")
    if entry.opened and field_name <= max(entry.opened):
        raise Fault("opening", f"the openings of entry {entry.number} are not in order")
    digest = hmac.digest(unhex(salt, 32), canonical(value), "sha256").hex()
    if digest != entry.commitments[field_name]:
        raise Fault("opening", f"the opening of {field_name!r} is not what entry {entry.number} committed")
    if not allowed[field_name](value):
        raise Fault("opening", f"entry {entry.number} opens {field_name!r} to something else than it should")
    entry.opened[field_name] = value
