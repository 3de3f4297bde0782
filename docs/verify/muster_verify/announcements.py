"""Check-ins that the log announces, beside those that the draw gave.

draw-format.md, "Announcements" and "Closing" of the reading of bundles.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from .boundaries import Drawn
from .encoding import MINUTE_MS
from .entries import Entry, day_of, label_of
from .people import Individual, People
from .plan import Place
from .report import REMARKS, SINGLED_OUT, SPARED, STEERED, Finding

EARLY_MS = 120_000
"""A transaction is due so long before the first message; no earlier."""

CLOSING_WAIT_MS = 60_000


@dataclass(slots=True)
class Planned:
    """Somebody's place in a plan."""

    zone: str
    horizon: str
    place: Place | None
    """None for somebody hit without a place, where erased rows make that doubtful."""
    is_doubtful: bool
    """People of this boundary were erased since: places of others may have come out otherwise."""
    is_announced: bool = False
    stand_ins: set[bytes] = field(default_factory=set)
    check_in: str | None = None
    without_verifier: Entry | None = None
    """The announcement, where it names nobody though the verifier has not left."""


@dataclass(slots=True)
class Tally:
    """What the plans of one label of one zone come to."""

    hit: int = 0
    shielded: int = 0
    uncovered: int = 0
    moved: int = 0
    not_hit: int = 0
    ineligible: int = 0
    has_blocks: bool = False
    is_comparable: bool = True
    planned: list[bytes] = field(default_factory=list)


class Announcements:
    def __init__(self, people: People) -> None:
        self._people = people
        self._planned: dict[int, dict[str, Planned]] = {}  # by label and token
        self._tallies: dict[tuple[str, int], Tally] = {}
        self._closings: list[Entry] = []
        self._orders: set[str] = set()
        self._followed: set[tuple[str, str]] = set()  # subject and check-in that a re-check may follow
        self._announced: set[tuple[str, int]] = set()
        self._replaced: dict[str, list[Entry]] = {}  # by check-in
        self._refused: set[str] = set()  # check-ins that are not at their drawn slot any more

    # -------------------------------------------------------------------------------- the plans

    def drawn(self, boundary: Drawn) -> None:
        """Takes the plan of a boundary."""
        one, plan = boundary.committed, boundary.plan
        tally = self._tallies.setdefault((one.zone, one.day), Tally())
        tally.has_blocks |= one.horizon != "day"
        if plan is None or boundary.erased:
            tally.is_comparable = False
        if plan is None:
            return
        tally.hit += len(plan.placed)
        tally.shielded += len(plan.shielded)
        tally.uncovered += len(plan.uncovered)
        tally.moved += len(plan.moved)
        tally.not_hit += boundary.eligible - len(plan.hit())
        tally.ineligible += boundary.ineligible
        tally.planned += plan.placed
        places = self._planned.setdefault(one.day, {})
        is_doubtful = boundary.erased > 0
        for token, place in plan.placed.items():
            stand_ins = boundary.stand_ins[token]
            places[token.hex()] = Planned(one.zone, one.horizon, place, is_doubtful, stand_ins=stand_ins)
        if is_doubtful:
            for token in plan.uncovered:
                places[token.hex()] = Planned(one.zone, one.horizon, None, is_doubtful)

    # -------------------------------------------------------------------------------- check-ins

    def take(self, entry: Entry, is_paused: bool, label_is_public: bool) -> Iterator[Finding]:
        """Compares what an entry says about a check-in with the plans."""
        facts = entry.facts
        match entry.kind:
            case "manual-check-in-ordered" | "baseline-session-booked":
                self._orders.add(facts["order"])
            case "check-in-judged" if facts["outcome"] != "verified" and entry.subject:
                self._followed.add((entry.subject, facts["check_in"]))
            case "verifier-replaced" if not entry.unopened:
                self._replaced.setdefault(facts["check_in"], []).append(entry)
            case "check-in-slot-refused":
                self._refused.add(facts["check_in"])
            case "check-in-moved" if entry.subject:
                self._followed.add((entry.subject, facts["check_in"]))
            case "check-in-announced" | "check-in-not-announced" if entry.subject:
                who = self._people.of_subject(entry.subject)
                if who.tokens and not entry.unopened:
                    if facts["kind"] == "drawn":
                        yield from self._drawn(entry, who, is_paused, label_is_public)
                    else:
                        yield from self._ordered(entry)

    def _ordered(self, entry: Entry) -> Iterator[Finding]:
        facts = entry.facts
        is_followed = (entry.subject, facts.get("after")) in self._followed
        if facts["kind"] == "baseline" and not is_followed and facts.get("order") not in self._orders:
            yield _found(entry, SINGLED_OUT, "order-not-logged", "a first session that nobody booked")
        if facts["kind"] == "manual" and facts.get("order") not in self._orders:
            yield _found(entry, SINGLED_OUT, "order-not-logged", "a check-in by an order that nobody gave")
        if facts["kind"] == "recheck" and (entry.subject, facts.get("after")) not in self._followed:
            yield _found(
                entry, SINGLED_OUT, "cause-not-logged", "a re-check after no check-in that calls for one"
            )

    def _drawn(
        self, entry: Entry, who: Individual, is_paused: bool, label_is_public: bool
    ) -> Iterator[Finding]:
        assert entry.subject is not None
        day = day_of(entry.facts["label"])
        token, planned = self._plan_of(who, day)
        if planned is None:
            if label_is_public or day in who.days_read:
                yield _found(
                    entry, SINGLED_OUT, "not-drawn", "a drawn check-in of somebody who was not drawn"
                )
            return
        if (entry.subject, day) in self._announced:
            yield _found(entry, SINGLED_OUT, "announced-twice", "a second drawn check-in for one label")
            return
        self._announced.add((entry.subject, day))
        planned.is_announced = True
        planned.check_in = entry.facts["check_in"]
        yield from self._compare(entry, token, planned)
        if entry.kind == "check-in-not-announced":
            yield from self._check_cause(entry, who, day, is_paused)

    def _plan_of(self, who: Individual, day: int) -> tuple[str, Planned | None]:
        places = self._planned.get(day, {})
        for token in who.stands_for():
            if token in places:
                return token, places[token]
        return "", None

    def _compare(self, entry: Entry, token: str, planned: Planned) -> Iterator[Finding]:
        opened, place = entry.opened, planned.place
        if place is not None:
            is_verifier = self._is_verifier(opened["verifier"], place.verifier)
            if opened["verifier"] is None and not is_verifier:  # then the log says who fell out
                planned.without_verifier, is_verifier = entry, True
            is_there = opened["start_ms"] == place.slot and is_verifier
            if not is_there and not planned.is_doubtful:
                yield _found(entry, STEERED, "place-differs", "another time or verifier than drawn", token)
            if opened["notice_minutes"] != place.notice_minutes:
                sentence = (
                    f"{opened['notice_minutes']} minutes of notice, and {place.notice_minutes} were drawn"
                )
                yield _found(entry, STEERED, "notice-differs", sentence, token)
            first_message = place.slot - place.notice_minutes * MINUTE_MS
            if entry.at_ms < first_message - EARLY_MS:
                yield _found(entry, STEERED, "announced-early", "announced before it was due", token)

    def _is_verifier(self, announced: str | None, planned: bytes) -> bool:
        if announced == planned.hex():
            return True
        who = self._people.of_token(planned.hex())
        if who is None:
            return False
        if announced is None:
            return who.has_left or who.is_erased
        return announced in who.stands_for()  # the verifier's token was changed meanwhile

    def _check_cause(self, entry: Entry, who: Individual, day: int, is_paused: bool) -> Iterator[Finding]:
        cause = entry.opened["cause"]
        is_logged = {
            "": False,
            "left": who.has_left,
            "absence": who.is_away(day, entry.number),
            "paused": is_paused,
        }
        if cause == "announced_too_late":
            yield _found(entry, REMARKS, "service-too-late", "the service came too late to announce it")
        elif not is_logged.get(cause, True):
            sentence = (
                f"drawn and not met, because of {cause or 'nothing'}, and the log does not bear that out"
            )
            yield _found(entry, SPARED, "reason-not-logged", sentence)

    # ----------------------------------------------------------------------------------- closing

    def close(self, entry: Entry) -> None:
        """A `draw-label-closed` entry: compared once its announcements must be in the log."""
        self._closings.append(entry)

    def closed_before(self, at_ms: int, waiting: set[tuple[str, int]]) -> Iterator[Finding]:
        """Labels whose closing is more than a minute old; `waiting`: those with rows not public."""
        while self._closings and at_ms > self._closings[0].at_ms + CLOSING_WAIT_MS:
            entry = self._closings.pop(0)
            zone, day = entry.facts["zone"], day_of(entry.facts["label"])
            tally = self._tallies.get((zone, day))
            if tally is not None and tally.is_comparable and (zone, day) not in waiting:
                yield from self._compare_label(entry, day, tally)
            if (zone, day) not in waiting:
                yield from self._compare_verifiers(zone, day)

    def _compare_verifiers(self, zone: str, day: int) -> Iterator[Finding]:
        """Who held the sessions of a label that others had been drawn for."""
        for token, planned in sorted(self._planned.get(day, {}).items()):
            place = planned.place
            if planned.zone != zone or planned.check_in is None or place is None:
                continue
            replaced = self._replaced.pop(planned.check_in, [])
            fell_out = [entry.opened.get("from") for entry in replaced]
            if planned.without_verifier is not None and not planned.is_doubtful:
                if not any(self._is_verifier(one, place.verifier) for one in fell_out if one):
                    sentence = "announced without the verifier drawn, and the log does not say why"
                    yield _found(planned.without_verifier, STEERED, "place-differs", sentence, token)
            if planned.check_in in self._refused:
                continue
            for entry in replaced:
                stand_in = entry.opened.get("to")
                if stand_in is None or any(self._is_verifier(stand_in, one) for one in planned.stand_ins):
                    continue
                yield Finding(
                    STEERED,
                    "stand-in-differs",
                    "somebody stood in whose row does not offer the slot, or who must not meet this person",
                    entry=entry.number,
                    zone=zone,
                    label=label_of(day),
                    subject=entry.subject,
                    token=token,
                )

    def _compare_label(self, entry: Entry, day: int, tally: Tally) -> Iterator[Finding]:
        for token in tally.planned:
            if not self._planned[day][token.hex()].is_announced:
                who = self._people.of_token(token.hex())
                yield Finding(
                    SPARED,
                    "not-announced",
                    "drawn, and the log has no check-in and no reason",
                    zone=entry.facts["zone"],
                    label=label_of(day),
                    subject=who.subject if who is not None else None,
                    token=token.hex(),
                )
        names = ["hit", "shielded", "uncovered", "moved"]
        if not tally.has_blocks:
            names += ["not_hit", "ineligible"]
        differing = [name for name in names if entry.facts[name] != getattr(tally, name)]
        if differing:
            yield Finding(
                STEERED,
                "counts-differ",
                "; ".join(
                    f"{name}: the log says {entry.facts[name]}, recomputed {getattr(tally, name)}"
                    for name in differing
                ),
                entry=entry.number,
                zone=entry.facts["zone"],
                label=label_of(day),
            )


def _found(entry: Entry, list_name: str, code: str, sentence: str, token: str | None = None) -> Finding:
    return Finding(
        list_name,
        code,
        sentence,
        entry=entry.number,
        label=entry.facts["label"],
        subject=entry.subject,
        token=token,
    )
