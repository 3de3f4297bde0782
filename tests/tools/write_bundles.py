#!/usr/bin/env python3
"""Writes bundles of a small company that never was, each with one thing wrong, for audits to be compared on.

    write_bundles.py FOLDER --seed 1 --count 40

The log is built and signed here, so that a tampered life is consistent in itself: roots fit, the checkpoint
fits, and only what the audit is for can tell. Days and blocks, the test beacon and single locks, tokens
that change, people who come, leave, go away and return. Files named `whole-*` have nothing wrong.
"""

import argparse
import base64
import datetime
import hashlib
import heapq
import hmac
import itertools
import pathlib
import random
import sys
import uuid

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "docs/verify"))
sys.dont_write_bytecode = True

from muster_verify import ed25519, keys
from muster_verify.checkpoint import key_id
from muster_verify.encoding import MINUTE_MS, SLOT_MS, canonical
from muster_verify.keys import Decisions
from muster_verify.plan import plan_of
from muster_verify.rows import read_rows
from muster_verify.spots import NO_LABEL, session_of
from muster_verify.state import State
from muster_verify.tree import GrowingTree, leaf_hash

FIRST = datetime.date(2027, 1, 4)
DAY_MS = 86_400_000
ORG, ORIGIN = "acme-7f3a", "acme-7f3a/log"
ZONES = {"Etc/UTC": 0, "Asia/Tokyo": 9}
POLICY = "11111111-1111-4111-8111-111111111111"
HAZARDS = ["1e00000000000000"] * 11 + ["ffffffffffffffff"]
CHAIN_DAYS = 200
TIP = bytes(range(32))
GIVEN_UP_AFTER_MS = 603_000  # ten minutes and a round after the round
SLOTS = 36  # from nine in the morning, three hours

WRONG = """k-changed row-dropped row-after-commitment key-swapped place-moved notice-changed announced-early
not-announced extra-announcement announced-twice recheck-without-cause manual-without-order day-dropped
inputs-late inputs-twice round-changed signature-changed settled-twice policy-changed absence-not-logged
paused-not-logged left-not-logged cause-empty counts-changed chain-wrong chain-overlaps token-unknown
token-chosen verifier-changed person-twice late-after-outage too-late k-after-block zone-stopped
single-lock-early stand-in-stranger verifier-left-out""".split()
REMARKED = ("late-after-outage", "too-late")
"""What an audit remarks on and does not count as a finding."""


# ------------------------------------------------------------------------------ signing and writing


def public_key_and_signature(secret: bytes, message: bytes) -> tuple[bytes, bytes]:
    """RFC 8032, section 5.1.6."""
    digest = hashlib.sha512(secret).digest()
    scalar = int.from_bytes(digest[:32], "little") & ((1 << 254) - 8) | (1 << 254)
    public = _encoded(ed25519._times(scalar, ed25519.BASE))
    r = int.from_bytes(hashlib.sha512(digest[32:] + message).digest(), "little") % ed25519.L
    commitment = _encoded(ed25519._times(r, ed25519.BASE))
    challenge = int.from_bytes(hashlib.sha512(commitment + public + message).digest(), "little")
    return public, commitment + ((r + challenge * scalar) % ed25519.L).to_bytes(32, "little")


def _encoded(point: ed25519.Point) -> bytes:
    inverse = pow(point[2], -1, ed25519.P)
    x, y = point[0] * inverse % ed25519.P, point[1] * inverse % ed25519.P
    return (y | ((x & 1) << 255)).to_bytes(32, "little")


class Writer:
    """The lines of a bundle, and the log's tree."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        self.lines: list[bytes] = []
        self.tree = GrowingTree()

    def line(self, value: dict) -> None:
        self.lines.append(canonical(value))

    def entry(self, kind: str, at_ms: int, facts: dict, subject=None, actor=None, committed=None) -> None:
        value = {"at_ms": at_ms, "commitments": {}, "facts": facts, "kind": kind, "v": 1}
        value |= {"subject": subject} if subject else {}
        value |= {"actor": actor} if actor else {}
        openings = []
        for field, opened in sorted((committed or {}).items()):
            salt = self.chance.randbytes(32)
            value["commitments"][field] = hmac.digest(salt, canonical(opened), "sha256").hex()
            openings.append({"opening": {"field": field, "salt": salt.hex(), "value": opened}})
        raw = canonical(value)
        self.tree.append(leaf_hash(raw))
        self.lines.append(raw)
        for opening in openings:
            self.line(opening)

    def bundle(self, first: str, last: str, given: list[dict]) -> bytes:
        secret = hashlib.sha256(b"a log that never was").digest()
        text = f"{ORIGIN}\n{self.tree.size}\n{base64.b64encode(self.tree.root()).decode()}\n"
        public, signature = public_key_and_signature(secret, text.encode())
        signed = base64.b64encode(key_id(ORIGIN, public) + signature).decode()
        head = {
            "format": "muster/draw-bundle/v1",
            "from": first,
            "log_key": public.hex(),
            "org": ORG,
            "origin": ORIGIN,
            "to": last,
        }
        note = f"{text}\n— {ORIGIN} {signed}\n"
        lines = [canonical({"bundle": head}), canonical({"checkpoint": {"note": note}})]
        lines += [canonical({"key": key}) for key in given] + self.lines
        body = b"".join(line + b"\n" for line in lines)
        end = {"lines": len(lines), "sha256": hashlib.sha256(body).hexdigest()}
        return body + canonical({"end": end}) + b"\n"


# ---------------------------------------------------------------------------------------- a company


class Person:
    def __init__(self, number: int, chance: random.Random) -> None:
        self.subject = id_of(f"person {number}")
        self.nonce = chance.randbytes(32)
        self.token = token_of(self.nonce)
        self.tokens = [self.token]
        self.zone = chance.choice(list(ZONES))
        self.is_under_blocks = number % 3 == 0
        self.state = State()
        self.absences: list[tuple[datetime.date, datetime.date]] = []
        self.in_pool = False
        self.ineligible: str | None = None
        self.is_hit = False
        self.next_token: str | None = None


def id_of(name: str) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_OID, name))


def token_of(server_nonce: bytes, employee_nonce: bytes = b"") -> str:
    return hashlib.sha256(b"muster/token/v1" + server_nonce + employee_nonce).digest()[:16].hex()


def day_key(number: int) -> bytes:
    return keys.earlier_key(TIP, CHAIN_DAYS - number)


def start_of(date: datetime.date, zone: str) -> int:
    days = (date - datetime.date(1970, 1, 1)).days
    return days * DAY_MS - ZONES[zone] * 3_600_000


class Company:
    def __init__(self, chance: random.Random, wrong: str | None, days: int) -> None:
        self.chance, self.wrong = chance, wrong
        self.wrong_from = FIRST + datetime.timedelta(days=chance.randrange(5, days - 9))
        self.days = [FIRST + datetime.timedelta(days=number) for number in range(days)]
        self.revealed = self.days[: -chance.choice([4, 6])]
        self.writer = Writer(chance)
        self.people = [Person(number, chance) for number in range(chance.choice([9, 15, 24]))]
        self.verifiers = self.people[:4]
        self.beacon = chance.choice(["none", "test", "test"])
        self.events: list[tuple[int, int, object]] = []
        self.numbers = itertools.count()
        self.waiting: dict[int, list] = {}  # boundaries that are committed and not drawn, by number of entry
        self.is_blocked = False
        self.sessions: list[tuple[datetime.date, object, bytes]] = []  # of a label, and who is met
        self.hit: dict[tuple, set[bytes]] = {}
        self.counts: dict[tuple, dict] = {}
        self.found = wrong is None
        self.first_label = self.days[chance.choice([0, 0, 4])].isoformat()
        self.last_label = self.days[-chance.choice([1, 7])].isoformat()

    def goes_wrong(self, name: str, date: datetime.date) -> bool:
        """Once, on the day chosen or the first later one that offers the occasion."""
        if self.wrong != name or self.found or date < self.wrong_from:
            return False
        self.found = True
        return True

    def at(self, at_ms: int, act) -> None:
        heapq.heappush(self.events, (at_ms, next(self.numbers), act))

    # ------------------------------------------------------------------------------- its days

    def live(self) -> bytes:
        self.begin()
        end_ms = start_of(self.revealed[-1], "Etc/UTC") + 9 * DAY_MS
        while self.events and self.events[0][0] <= end_ms:
            at_ms, _, act = heapq.heappop(self.events)
            act(at_ms)
            if not self.events or self.events[0][0] > at_ms:
                self.plan_settled()
        given = [
            {"chain": "c1", "key": day_key((date - FIRST).days + 1).hex(), "label": date.isoformat()}
            for date in self.revealed
        ]
        if self.wrong == "key-swapped":
            given[-3]["key"], self.found = self.chance.randbytes(32).hex(), True
        return self.writer.bundle(self.first_label, self.last_label, given)

    def begin(self) -> None:
        before = start_of(FIRST, "Etc/UTC") - 2 * DAY_MS
        entry = self.writer.entry
        entry("installation-created", before, {"organisation": ORG, "mode": "live"})
        anchor = {"chain": "c1", "holder": "operator", "first_date": FIRST.isoformat()}
        anchor |= {
            "length_days": CHAIN_DAYS,
            "k_0": keys.earlier_key(TIP, CHAIN_DAYS).hex(),
            "tip": "service",
        }
        entry("draw-anchor", before + 1, anchor)
        hazards = hashlib.sha256(canonical(HAZARDS)).hexdigest()
        if self.wrong == "policy-changed":
            hazards, self.found = hashlib.sha256(canonical(HAZARDS[1:])).hexdigest(), True
        entry("policy-activated", before + 2, {"policy": POLICY, "hazards": hazards}, actor=id_of("hr"))
        late = self.people[-1]
        for number, person in enumerate(self.people):
            joins = (
                start_of(self.days[6], person.zone) - 7_000_000 if person is late else before + 10 + number
            )
            self.at(joins, lambda at_ms, person=person: self.join(person, at_ms))
        for zone, date in itertools.product(ZONES, self.days):
            self.plan_day(zone, date)
        for _ in range(len(self.people)):
            self.at(
                before + DAY_MS + self.chance.randrange(len(self.days) * DAY_MS) // 1000 * 1000 + 17,
                self.go_away,
            )
        self.at(before + self.chance.randrange(4, 9) * DAY_MS + 40_007, self.change_token)
        if self.wrong == "chain-overlaps":
            self.at(start_of(self.wrong_from, "Etc/UTC") + 7, self.anchor_again)

    def join(self, person: Person, at_ms: int) -> None:
        manager = None if person is self.people[0] else self.people[0].subject
        committed = {"token": person.token, "manager": manager, "server_nonce": person.nonce.hex()}
        if self.wrong == "token-unknown" and person is self.people[5]:
            nonce = self.chance.randbytes(32)
            committed |= {"token": token_of(nonce), "server_nonce": nonce.hex()}
            self.found = True
        if self.wrong == "token-chosen" and person is self.people[5]:
            person.token = committed["token"] = self.chance.randbytes(16).hex()
            person.tokens.append(person.token)
            self.found = True
        self.writer.entry(
            "person-joined", at_ms, {"via": "csv", "returned": False}, person.subject, None, committed
        )
        self.writer.entry("pool-entered", at_ms, {"policy": POLICY}, person.subject)
        person.in_pool = True

    def anchor_again(self, at_ms: int) -> None:
        tip = self.chance.randbytes(32)
        anchor = {"chain": "c0", "holder": "operator", "first_date": self.days[-1].isoformat()}
        anchor |= {"length_days": 30, "k_0": keys.earlier_key(tip, 30).hex(), "tip": "service"}
        self.writer.entry("draw-anchor", at_ms, anchor)
        self.found = True

    def go_away(self, at_ms: int) -> None:
        person = self.chance.choice(self.people)
        first = FIRST + datetime.timedelta(days=(at_ms - start_of(FIRST, "Etc/UTC")) // DAY_MS + 1)
        last = first + datetime.timedelta(days=self.chance.choice([0, 2, 13]))
        person.absences.append((first, last))
        committed = {"first_day": first.isoformat(), "last_day": last.isoformat()}
        self.writer.entry("absence-entered", at_ms, {"via": "page"}, person.subject, id_of("hr"), committed)

    def change_token(self, at_ms: int) -> None:
        person = self.chance.choice(self.people[:-1])
        nonce = self.chance.randbytes(32)
        person.next_token = token_of(person.nonce, nonce)
        person.tokens.append(person.next_token)
        committed = {"token": person.next_token, "employee_nonce": nonce.hex()}
        self.writer.entry("draw-token-changed", at_ms, {}, person.subject, person.subject, committed)

    # ------------------------------------------------------------------------------- one label

    def plan_day(self, zone: str, date: datetime.date) -> None:
        t_ms = start_of(date, zone)
        if zone == "Etc/UTC" and date in self.revealed:
            revealed = {
                "chain": "c1",
                "label": date.isoformat(),
                "key": day_key((date - FIRST).days + 1).hex(),
            }
            self.at(t_ms + 8 * DAY_MS, lambda at_ms: self.writer.entry("draw-key-revealed", at_ms, revealed))
        if self.wrong == "zone-stopped" and zone == "Asia/Tokyo" and date >= self.wrong_from:
            self.found = True
            return
        if zone == "Etc/UTC" and date < self.days[-1] and self.goes_wrong("day-dropped", date):
            return
        boundaries = [("day", None, t_ms)]
        boundaries += [(f"block/{number}", number, t_ms + number * 7_200_000) for number in range(12)]
        for order, (horizon, number, start) in enumerate(boundaries):
            self.at(
                start + 500 + order,
                lambda at_ms, horizon=horizon, number=number, start=start: self.commit(
                    zone, date, horizon, number, start, at_ms
                ),
            )
        self.at(t_ms + DAY_MS - 1000, lambda at_ms: self.close(zone, date, at_ms))

    def commit(self, zone, date, horizon, number, t_ms, at_ms, late=False) -> None:
        label = date.isoformat()
        if horizon == "day" and self.goes_wrong("late-after-outage", date):
            outage = {"from_ms": t_ms - 1000, "to_ms": t_ms + 100_000}
            self.writer.entry("service-outage", at_ms, outage)
            self.at(
                at_ms + 150_000, lambda at_ms: self.commit(zone, date, horizon, number, t_ms, at_ms, True)
            )
            return
        if horizon == "day" and self.goes_wrong("inputs-late", date):
            self.at(
                at_ms + 150_000, lambda at_ms: self.commit(zone, date, horizon, number, t_ms, at_ms, True)
            )
            return
        blob = {
            "boundary": {"chain": "c1", "horizon": horizon, "label": label, "org": ORG, "t_ms": t_ms},
            "people": self.rows_of_people(zone, date, horizon, number),
            "policies": [
                {
                    "hazards": HAZARDS,
                    "notice_minutes_max": 30,
                    "notice_minutes_min": 15,
                    "policy": POLICY,
                    "session_minutes": 5,
                    "turnaround_minutes": 5,
                }
            ],
            "v": 1,
            "verifiers": sorted(
                (self.row_of_verifier(zone, date, one) for one in self.verifiers), key=_verifier
            ),
        }
        if self.goes_wrong("chain-wrong", date):
            blob["boundary"]["chain"] = "c1+c1"
        rows = read_rows(blob)
        facts = {"zone": zone, "label": label, "horizon": horizon, "t_ms": t_ms, "root": rows.root.hex()}
        facts |= {"chain": blob["boundary"]["chain"], "people": len(blob["people"]), "late": late}
        facts["beacon"] = self.beacon
        if self.beacon != "none":
            b_ms = at_ms if late else t_ms
            facts |= {"b_ms": b_ms, "round": keys.beacon_round(b_ms)}
            if self.goes_wrong("round-changed", date):
                facts["round"] += 1
        place = self.writer.tree.size  # plans are made in the order of these entries
        self.writer.entry("draw-inputs", at_ms, facts)
        if self.goes_wrong("inputs-twice", date):
            self.writer.entry("draw-inputs", at_ms, facts)
        if blob["people"] and len(blob["people"]) > 1 and self.goes_wrong("row-after-commitment", date):
            blob["people"][0]["languages"] = ["xx"]
        if self.beacon == "none":
            self.waiting[place] = [zone, date, number, blob, keys.SINGLE_LOCK_SALT]
            return
        self.waiting[place] = [zone, date, number, blob, None]
        is_early = self.goes_wrong("single-lock-early", date)
        is_single = is_early or self.chance.random() < 0.1
        waited = 120_000 + (GIVEN_UP_AFTER_MS if is_single and not is_early else 0)
        self.at(at_ms + waited, lambda at_ms: self.settle(place, date, facts, is_single, at_ms))

    def settle(self, place, date, facts, is_single, at_ms) -> None:
        named = {name: facts[name] for name in ("zone", "label", "horizon", "beacon", "round")}
        signature = keys.test_beacon_signature(facts["round"])
        if self.goes_wrong("signature-changed", date):
            signature = self.chance.randbytes(32)
        salt = keys.randomness_of(signature)
        beacon = named | {"signature": signature.hex(), "randomness": salt.hex()}
        if is_single:
            salt = keys.SINGLE_LOCK_SALT
            self.writer.entry("draw-single-lock", at_ms, named | {"reason": "no answer"})
        else:
            self.writer.entry("draw-beacon", at_ms, beacon)
        if self.goes_wrong("settled-twice", date):
            self.writer.entry("draw-beacon", at_ms, beacon)
        self.waiting[place][-1] = salt

    def rows_of_people(self, zone, date, horizon, number) -> list[dict]:
        rows = []
        for person in self.people:
            if person.zone != zone or not person.in_pool or person.is_under_blocks != (number is not None):
                continue
            if number in (None, 0):
                self.begin_label(person, date)
            row = self.row_of_person(person, zone, date, number)
            if self.goes_wrong("k-changed", date) or (number == 3 and self.goes_wrong("k-after-block", date)):
                row["k"] = row["k"] % 11 + 1
            if number is None and self.goes_wrong("row-dropped", date):
                continue
            rows.append(row)
        if number is None and self.wrong == "person-twice":
            for person in self.people:
                other = person.zone != zone and not person.is_under_blocks and person.in_pool
                if other and zone == "Etc/UTC" and self.goes_wrong("person-twice", date):
                    rows.append(self.row_of_person(person, zone, date, None))
        return sorted(rows, key=lambda row: row["token"])

    def begin_label(self, person: Person, date: datetime.date) -> None:
        if person.next_token:
            person.token, person.next_token = person.next_token, None
        is_away = any(first <= date <= last for first, last in person.absences)
        person.ineligible = "absence" if is_away else "holiday" if date.weekday() >= 5 else None
        if person.ineligible is None and self.goes_wrong("absence-not-logged", date):
            person.ineligible = "absence"
        if person.ineligible is None and self.goes_wrong("paused-not-logged", date):
            person.ineligible = "paused"
        person.state = person.state.at_boundary(person.ineligible is None, len(HAZARDS))
        person.is_hit = False

    def row_of_person(self, person, zone, date, number) -> dict:
        nine = start_of(date, zone) + 9 * 3_600_000
        row = {"excluded": [], "k": person.state.k, "languages": [], "policy": POLICY, "token": person.token}
        first, last = {None: (0, SLOTS), 4: (0, SLOTS // 2), 5: (SLOTS // 2, SLOTS)}.get(number, (0, 0))
        if person.ineligible:
            row["class"], first, last = person.ineligible, 0, 0
        row["slots"] = [[nine + first * SLOT_MS, nine + last * SLOT_MS]] if last > first else []
        if number is not None:
            total = 0 if person.ineligible else SLOTS
            before = 0 if person.ineligible or number <= 4 else SLOTS // 2 if number == 5 else SLOTS
            row["block"] = {"before": before, "here": last - first, "total": total}
        return row

    def row_of_verifier(self, zone, date, person) -> dict:
        nine = start_of(date, zone) + 9 * 3_600_000
        slots = [[nine, nine + SLOTS * SLOT_MS]]
        # A verifier's token changes with the person's own label; here with the next boundary of any zone.
        return {
            "label": date.isoformat(),
            "languages": [],
            "sessions_max": 6,
            "slots": slots,
            "verifier": person.token,
        }

    # -------------------------------------------------------------------------------- the draw

    def plan_settled(self) -> None:
        """In the order of plans: nothing is drawn before what stands ahead of it."""
        while self.waiting:
            place = min(self.waiting)
            zone, date, number, blob, salt = self.waiting[place]
            if salt is None:
                return
            del self.waiting[place]
            self.write_rows(date, blob)
            self.draw(zone, date, number, blob, salt)

    def write_rows(self, date, blob) -> None:
        first = datetime.date.fromisoformat(self.first_label) - datetime.timedelta(days=3)
        last = datetime.date.fromisoformat(self.last_label) + datetime.timedelta(days=2)
        if not first <= date <= last:
            return
        self.is_blocked |= date not in self.revealed
        if self.is_blocked:
            return
        self.writer.line({"boundary": blob["boundary"]})
        for member, rows in (("policy", "policies"), ("verifier", "verifiers"), ("person", "people")):
            for row in blob[rows]:
                self.writer.line({member: row})

    def draw(self, zone, date, number, blob, salt) -> None:
        boundary = blob["boundary"]
        k_t = keys.boundary_key(
            [day_key((date - FIRST).days + 1)] * len(boundary["chain"].split("+")),
            salt,
            ORG,
            boundary["chain"],
            boundary["label"],
            boundary["t_ms"],
            boundary["horizon"],
        )
        rows = read_rows(blob)
        taken = self.taken(date, {row["verifier"] for row in blob["verifiers"]})
        already = self.hit.setdefault((zone, date), set())
        plan = plan_of(rows, Decisions(k_t), taken, already)
        already |= plan.hit()
        counts = self.counts.setdefault((zone, date), dict.fromkeys(COUNTS, 0))
        for name in ("shielded", "uncovered", "moved"):
            counts[name] += len(getattr(plan, name))
        counts["hit"] += len(plan.placed)
        ineligible = sum("class" in row for row in blob["people"])
        counts["ineligible"] += ineligible
        counts["not_hit"] += len(blob["people"]) - ineligible - len(plan.hit())
        for one in plan.placed.values():
            session = session_of(rows.policies[POLICY], one.slot, one.verifier, one.label_of_verifier)
            self.sessions.append((date, session, one.person))
            person = self.person_of(one.person.hex())
            due = one.slot - one.notice_minutes * MINUTE_MS - 120_000
            if self.goes_wrong("announced-early", date):
                due -= 61_000
            self.at(due, lambda at_ms, one=one, person=person: self.announce(one, person, date, at_ms))
        for token in plan.hit():
            self.person_of(token.hex()).is_hit = True

    def taken(self, date, here: set[str]) -> list:
        """What plans before this one took, by the tokens that verifiers have here."""
        taken = []
        for label, session, met in self.sessions:
            if not -3 <= (label - date).days <= 2:
                continue
            verifier, met = self.token_here(session.verifier, here), self.token_here(met, here)
            taken.append(session.with_verifier(verifier))
            if met.hex() in here:
                taken.append(session.with_verifier(met, NO_LABEL))
        return taken

    def token_here(self, token: bytes, here: set[str]) -> bytes:
        person = next(person for person in self.people if token.hex() in person.tokens)
        return bytes.fromhex(person.tokens[-1]) if person.tokens[-1] in here else token

    def person_of(self, token: str) -> Person:
        return next(person for person in self.people if person.token == token)

    # -------------------------------------------------------------------------- what comes of it

    def announce(self, place, person, date, at_ms) -> None:
        check_in = id_of(f"check-in {next(self.numbers)}")
        facts = {
            "attempt": 1,
            "check_in": check_in,
            "kind": "drawn",
            "label": date.isoformat(),
            "policy": POLICY,
        }
        committed = {
            "start_ms": place.slot,
            "verifier": place.verifier.hex(),
            "notice_minutes": place.notice_minutes,
        }
        if self.goes_wrong("not-announced", date):
            return
        if self.goes_wrong("place-moved", date):
            committed["start_ms"] += SLOT_MS
        if self.goes_wrong("notice-changed", date):
            committed["notice_minutes"] -= 1
        if self.goes_wrong("verifier-changed", date):
            committed["verifier"] = self.chance.randbytes(16).hex()
        for name, cause in (
            ("left-not-logged", "left"),
            ("cause-empty", ""),
            ("too-late", "announced_too_late"),
        ):
            if self.goes_wrong(name, date):
                self.writer.entry(
                    "check-in-not-announced", at_ms, facts, person.subject, None, committed | {"cause": cause}
                )
                return
        announced = "check-in-announced"
        is_left_out = self.goes_wrong("verifier-left-out", date)
        falls_out = self.wrong != "verifier-changed" and self.chance.random() < 0.2
        if is_left_out or falls_out:
            committed = committed | {"verifier": None}
        self.writer.entry(announced, at_ms, facts, person.subject, None, committed)
        if falls_out and not is_left_out:
            self.stand_in(place, person, date, check_in, at_ms)
        if self.goes_wrong("announced-twice", date):
            self.writer.entry(announced, at_ms, facts | {"attempt": 2}, person.subject, None, committed)
        if self.goes_wrong("extra-announcement", date):
            other = next(one for one in self.people if not one.is_hit and one.in_pool)
            self.writer.entry(
                announced, at_ms, facts | {"check_in": id_of("x")}, other.subject, None, committed
            )
        if self.goes_wrong("manual-without-order", date):
            manual = facts | {"check_in": id_of("m"), "kind": "manual", "order": id_of("o")}
            self.writer.entry(announced, at_ms, manual, person.subject, None, committed)
        outcome = "missed" if self.chance.random() < 0.3 else "verified"
        judged = {"check_in": check_in, "outcome": outcome, "row": "plain", "assurance": "clear"}
        self.at(
            place.slot + 1_800_000,
            lambda at_ms: self.writer.entry("check-in-judged", at_ms, judged, person.subject),
        )
        if outcome == "missed" or self.goes_wrong("recheck-without-cause", date):
            again = facts | {"attempt": 2, "check_in": id_of(check_in), "kind": "recheck", "after": check_in}
            later = committed | {"start_ms": place.slot + 12 * SLOT_MS * 2}
            self.at(
                place.slot + 3_600_000,
                lambda at_ms: self.writer.entry(announced, at_ms, again, person.subject, None, later),
            )

    def stand_in(self, place, person, date, check_in, at_ms) -> None:
        """The verifier stands in for somebody else already: the next one is asked."""
        here = [one.token for one in self.verifiers if one is not person]
        to = next(token for token in here if token != place.verifier.hex())
        if self.goes_wrong("stand-in-stranger", date):
            to = self.chance.choice([person.token, self.chance.randbytes(16).hex()])
        facts = {"check_in": check_in, "attempt": 1, "reason": "taken"}
        committed = {"from": place.verifier.hex(), "to": to}
        self.writer.entry("verifier-replaced", at_ms, facts, person.subject, None, committed)

    def close(self, zone, date, at_ms) -> None:
        counts = dict(self.counts[zone, date])
        if self.goes_wrong("counts-changed", date):
            counts["hit"] += 1
        self.writer.entry("draw-label-closed", at_ms, {"zone": zone, "label": date.isoformat()} | counts)
        for person in self.people:
            if (
                person.zone == zone
                and person.in_pool
                and (person is not self.people[-1] or date >= self.days[6])
            ):
                person.state = person.state.closed(person.is_hit, person.ineligible is None, len(HAZARDS))


COUNTS = ("hit", "shielded", "uncovered", "not_hit", "ineligible", "moved")


def _verifier(row: dict) -> str:
    return row["verifier"]


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=len(WRONG) + 3)
    parser.add_argument("--days", type=int, default=24, help="length of each life, 15 or more")
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    for number in range(options.count):
        turn = number % (len(WRONG) + 3)
        wrong = WRONG[turn] if turn < len(WRONG) else None
        company = Company(random.Random(f"{options.seed}/{number}"), wrong, options.days)
        bundle = company.live()
        if company.found:  # some lives never offer the occasion
            name = f"whole-{wrong}" if wrong in REMARKED else wrong or "whole"
            (options.folder / f"{name}-{number:03}.ndjson").write_bytes(bundle)
    return 0


if __name__ == "__main__":
    sys.exit(main())
