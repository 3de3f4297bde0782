"""The plan of a boundary: who is hit, and for each of them a slot and a verifier.

draw-format.md, "Plan". A function of the committed rows, the boundary's key, the sessions that verifiers
had already (`Taken`) and, under the block horizon, of those hit in an earlier block. Written for
reading: the steps have the numbers and the words of the document.
"""

from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

from .encoding import MINUTE_MS
from .hazard import block_threshold
from .keys import Decisions, is_hit
from .rows import Boundary, Person, Policy, Rows
from .spots import Board, Offers, Session, Spot, session_of, spots_in_order

SLOTS_NEEDED = 6
"""With fewer free slots the hour of a check-in could be guessed: the hit is shielded."""


@dataclass(frozen=True, slots=True)
class Place:
    """What the plan gives to one person."""

    person: bytes
    slot: int
    verifier: bytes
    label_of_verifier: str
    notice_minutes: int


@dataclass(slots=True)
class Plan:
    """Everybody who was hit is in exactly one of the first three."""

    placed: dict[bytes, Place] = field(default_factory=dict)
    shielded: list[bytes] = field(default_factory=list)
    uncovered: list[bytes] = field(default_factory=list)
    moved: list[bytes] = field(default_factory=list)

    def hit(self) -> set[bytes]:
        return {*self.placed, *self.shielded, *self.uncovered}


# ----------------------------------------------------------------------------------- who is hit


def number_and_threshold(
    boundary: Boundary, policy: Policy, decisions: Decisions, person: Person
) -> tuple[int, int]:
    """The drawn number of a person, and the threshold below which it hits."""
    threshold = policy.threshold(person.k)
    block = boundary.block
    if block is None or person.block is None:
        return decisions.day(person.token), threshold
    share = person.block
    return (
        decisions.block(block, person.token),
        block_threshold(threshold, share.before, share.here, share.total),
    )


def people_hit(rows: Rows, decisions: Decisions, drawn_already: AbstractSet[bytes]) -> list[Person]:
    """Step 1."""
    return [
        person
        for person in rows.people.values()
        if person.ineligible is None
        and person.token not in drawn_already
        and is_hit(*number_and_threshold(rows.boundary, rows.policies[person.policy], decisions, person))
    ]


def is_shielded(person: Person) -> bool:
    """Step 2."""
    slots = len(person.slots) if person.block is None else person.block.total
    return slots < SLOTS_NEEDED


# ------------------------------------------------------------------------------------------ the plan


def plan_of(
    rows: Rows,
    decisions: Decisions,
    taken: Iterable[Session],
    drawn_already: AbstractSet[bytes] = frozenset(),
) -> Plan:
    """Steps 1 to 6."""
    plan = Plan()
    hit = people_hit(rows, decisions, drawn_already)  # 1
    plan.shielded = [person.token for person in hit if is_shielded(person)]  # 2
    to_place = [person for person in hit if not is_shielded(person)]
    to_place.sort(key=lambda person: (decisions.order_of_person(person.token), person.token))

    search = _Search(rows, decisions, taken)
    first_spots: dict[bytes, Spot] = {}
    for person in to_place:
        if search.first_spot(person) or search.chain_of_moves(person):  # 3 and 4, 5
            first_spots[person.token] = search.spot_of[person.token]
        else:
            plan.uncovered.append(person.token)  # 6

    for person in to_place:
        spot = search.spot_of.get(person.token)
        if spot is None:
            continue
        policy = rows.policies[person.policy]
        notice = decisions.notice_minutes(person.token, policy.notice_minutes_min, policy.notice_minutes_max)
        plan.placed[person.token] = Place(person.token, spot.slot, spot.row.verifier, spot.row.label, notice)
        if spot != first_spots[person.token]:
            plan.moved.append(person.token)
    return plan


class _Search:
    """Steps 3 to 5 for one person after another."""

    def __init__(self, rows: Rows, decisions: Decisions, taken: Iterable[Session]) -> None:
        self.rows = rows
        self.decisions = decisions
        self.board = Board(taken)
        self.offers = Offers(rows.verifiers, decisions)
        self.spot_of: dict[bytes, Spot] = {}
        self.dead: set[bytes] = set()
        self._orders: dict[bytes, list[Spot]] = {}

    def order(self, person: Person) -> list[Spot]:
        if person.token not in self._orders:
            self._orders[person.token] = list(spots_in_order(person, self.decisions, self.offers))
        return self._orders[person.token]

    def wanted(self, person: Person, spot: Spot) -> Session:
        policy = self.rows.policies[person.policy]
        return session_of(policy, spot.slot, spot.row.verifier, spot.row.label, person.token)

    def can_have(self, person: Person, spot: Spot, without: Session | None = None) -> bool:
        return self.board.allows(self.wanted(person, spot), spot.row, without)

    def take(self, person: Person, spot: Spot) -> None:
        self.board.hold(self.wanted(person, spot))
        self.spot_of[person.token] = spot

    def give_back(self, person: Person) -> Spot | None:
        spot = self.spot_of.pop(person.token, None)
        if spot is not None:
            self.board.release(self.wanted(person, spot))
        return spot

    def first_spot(self, person: Person) -> bool:
        """Step 3, and step 4 where only the verifier of last time is left."""
        for again in (False, True):
            for spot in self.order(person):
                if (spot.row.verifier == person.last_verifier) == again and self.can_have(person, spot):
                    self.take(person, spot)
                    return True
        return False

    def chain_of_moves(self, newcomer: Person) -> bool:
        """Step 5: breadth first, so that as few people as possible are moved."""
        queue = [newcomer]
        reached = {newcomer.token}
        came_from: dict[bytes, tuple[Person, Spot]] = {}
        for person in queue:  # grows at its end while it is walked
            for spot in self.order(person):
                if self.can_have(person, spot):
                    if self.move(person, spot, came_from):
                        return True
                    continue
                for session in self.board.of_verifier(spot.row.verifier):
                    other = session.person
                    if other is None or other in reached or other in self.dead:
                        continue
                    if self.can_have(person, spot, without=session):
                        reached.add(other)
                        came_from[other] = (person, spot)
                        queue.append(self.rows.people[other])
        self.dead |= reached
        return False

    def move(self, last: Person, spot: Spot, came_from: dict[bytes, tuple[Person, Spot]]) -> bool:
        """Everybody of the chain gives back and takes anew; if one cannot, nothing changes."""
        chain = [(last, spot)]
        while (previous := came_from.get(chain[-1][0].token)) is not None:
            chain.append(previous)
        before = [(person, self.give_back(person)) for person, _ in chain]
        for person, new_spot in chain:
            if not self.can_have(person, new_spot):
                break
            self.take(person, new_spot)
        else:
            return True
        for person, _ in chain:
            self.give_back(person)
        for person, old_spot in before:
            if old_spot is not None:
                self.take(person, old_spot)
        return False


# ---------------------------------------------------------------------- one check-in beside the plan


def single_place(
    rows: Rows,
    person: Person,
    decisions: Decisions,
    taken: Iterable[Session],
    refused: AbstractSet[int] = frozenset(),
    earliest_message_ms: int = 0,
) -> Place | None:
    """A re-check, an order, a move, or the next slot after a refused one. Nobody is moved for it.

    `decisions` are those of the purpose's key, or of the boundary's after a refused slot.
    """
    board = Board(taken)
    offers = Offers(rows.verifiers, decisions)
    policy = rows.policies[person.policy]
    notice = decisions.notice_minutes(person.token, policy.notice_minutes_min, policy.notice_minutes_max)
    for again in (False, True):
        for spot in spots_in_order(person, decisions, offers):
            too_late = spot.slot - notice * MINUTE_MS < earliest_message_ms
            if too_late or spot.slot in refused:
                continue
            if (spot.row.verifier == person.last_verifier) != again:
                continue
            wanted = session_of(policy, spot.slot, spot.row.verifier, spot.row.label, person.token)
            if board.allows(wanted, spot.row):
                return Place(person.token, spot.slot, spot.row.verifier, spot.row.label, notice)
    return None
