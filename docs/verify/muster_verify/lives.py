"""What the rows of one person say from label to label: `k`, gaps, reasons.

draw-format.md, "State", and "Rows" of the reading of bundles.
"""

from collections.abc import Iterator

from .boundaries import Committed, Drawn
from .entries import label_of
from .people import Individual, LastRow, People
from .plan import SLOTS_NEEDED
from .report import REMARKS, STEERED, Finding
from .rows import Person, Policy
from .state import AWAY_DAYS, State


def any_state(k: int) -> tuple[State, ...]:
    """Every state with this `k`: nothing is known of what came before."""
    return tuple(State(k, away, eased) for away in range(AWAY_DAYS + 1) for eased in (False, True))


class Lives:
    """Compares each row with the rows and results before it."""

    def __init__(self, people: People) -> None:
        self._people = people
        self.starts_with_log: bool | None = None
        """Whether the first `draw-inputs` entry of the log is among those read: then nobody had a past."""
        self.restarts = 0
        """How often everybody may have begun anew: resumed from shadow, or a pilot group."""
        self._boundary_days: dict[str, set[int]] = {}
        self._dropped: set[tuple[str, int]] = set()
        self._row_of: dict[bytes, Individual] = {}  # of the boundary being read

    def expect_rows(self, committed: Committed) -> None:
        """A boundary was committed; `day` and `block/0` have a row for everybody under them."""
        if committed.horizon in ("day", "block/0"):
            self._boundary_days.setdefault(committed.zone, set()).add(committed.day)

    def expect_none(self, dropped: Committed) -> None:
        """A boundary was given up: its label explains a gap."""
        self._dropped.add((dropped.zone, dropped.day))

    def is_committed(self, day: int) -> bool:
        return any(day in days for days in self._boundary_days.values())

    # --------------------------------------------------------------------------------- one row

    def row(self, committed: Committed, person: Person, policy: Policy | None) -> Iterator[Finding]:
        token = person.token.hex()
        who = self._people.of_row(token)
        self._row_of[person.token] = who
        if who.subject is None and not self._people.any_unopened:
            yield self._found(committed, who, token, "token-unknown", "the log binds this token to nobody")

        block, last = _block(committed), who.last_row
        day = committed.day
        if last is not None and day <= last.day:
            is_later_block = (
                day == last.day
                and committed.zone == last.zone
                and block is not None
                and last.block is not None
                and block > last.block
            )
            if not is_later_block:
                yield self._found(
                    committed, who, token, "person-twice", "a second row for a label that was over"
                )
                return
            if person.k != last.k:
                yield self._found(
                    committed,
                    who,
                    token,
                    "state-differs",
                    f"k is {person.k}, and {last.k} in an earlier block",
                )
            last.block = block
            last.is_eligible |= person.ineligible is None
            return

        gap = self._gap(committed, who, last)
        yield from self._check_class(committed, who, token, person)
        longest_gap = policy.longest_gap if policy else last.longest_gap if last else person.k
        if not self._fits_state(committed, who, person, longest_gap):
            sentence = f"k is {person.k}, and the labels before give another"
            yield self._found(committed, who, token, "state-differs", sentence)
        elif gap is not None:
            sentence = f"there is no row for {label_of(gap)}, and rows before and after it"
            yield self._found(committed, who, token, "person-dropped", sentence)
        who.has_moved_pools = False
        who.restarts_seen = self.restarts
        who.days_read.append(day)

    def _fits_state(self, committed: Committed, who: Individual, person: Person, longest_gap: int) -> bool:
        """Whether a row's k follows from the rows before it; takes the row as the last one."""
        last, eligible = who.last_row, person.ineligible is None
        possible: set[State]
        if last is not None:
            results = [last.is_drawn] if last.is_result_known else [False, True]
            possible = {
                state.closed(drawn, last.is_eligible, last.longest_gap)
                for state in last.possible
                for drawn in results
            }
        elif self.starts_with_log or who.joined_while_reading:
            possible = {State()}
        else:
            possible = set(any_state(min(person.k, longest_gap)))
        at_row = {state.at_boundary(eligible, longest_gap) for state in possible}
        fitting = {state for state in at_row if state.k == person.k}
        if last is None and len(possible) > 1 and person.k <= longest_gap:
            fitting = set(any_state(person.k))  # eased already, or not: both are right
        if person.k == 1 and who.restarts_seen < self.restarts:
            fitting |= set(any_state(1))
        who.last_row = LastRow(
            zone=committed.zone,
            day=committed.day,
            block=_block(committed),
            k=person.k,
            longest_gap=longest_gap,
            possible=tuple(fitting or any_state(person.k)),
            is_eligible=eligible,
        )
        return bool(fitting)

    def _gap(self, committed: Committed, who: Individual, last: LastRow | None) -> int | None:
        """The first label since the last row that had a boundary, and no row that explains it."""
        if last is None or committed.zone != last.zone or who.has_moved_pools:
            return None
        boundaries = self._boundary_days.get(committed.zone, set())
        between = (day for day in range(last.day + 1, committed.day) if day in boundaries)
        return next((day for day in between if (committed.zone, day) not in self._dropped), None)

    def _check_class(
        self, committed: Committed, who: Individual, token: str, person: Person
    ) -> Iterator[Finding]:
        if person.ineligible == "absence" and not who.is_away(committed.day, committed.entry):
            sentence = "away, and the log has no absence for this day"
            yield self._found(committed, who, token, "class-not-logged", sentence)
        elif person.ineligible == "paused" and not committed.was_paused:
            sentence = "paused, and the programme was not"
            yield self._found(committed, who, token, "class-not-logged", sentence)

    # ------------------------------------------------------------------------------ one boundary

    def drawn(self, boundary: Drawn) -> None:
        """Who was hit, so that the next row of everybody can be compared."""
        hit = boundary.plan.hit() if boundary.plan is not None else set()
        for token, who in self._row_of.items():
            if who.last_row is None or who.last_row.day != boundary.committed.day:
                continue
            who.last_row.is_drawn |= token in hit
            who.last_row.is_result_known &= boundary.plan is not None
        self._row_of = {}

    def is_first_of_label(self, committed: Committed, token: bytes) -> bool:
        """Asked before the row is taken: of several blocks of a label the first is the person's day."""
        who = self._people.of_token(token.hex())
        return who is None or who.last_row is None or who.last_row.day < committed.day

    def _found(self, committed: Committed, who: Individual, token: str, code: str, sentence: str) -> Finding:
        return committed.finding(STEERED, code, sentence, entry=None, token=token, subject=who.subject)


def is_short(person: Person) -> bool:
    """Eligible, and with so few free slots that a hit would be shielded."""
    slots = len(person.slots) if person.block is None else person.block.total
    return slots < SLOTS_NEEDED


def taken_over() -> Finding:
    sentence = "the bundle begins later than the log: k of the first rows is taken as it stands"
    return Finding(REMARKS, "k-taken-over", sentence)


def _block(committed: Committed) -> int | None:
    return None if committed.horizon == "day" else int(committed.horizon.removeprefix("block/"))
