"""The chains of keys: which count, which keys are right, which a boundary must be drawn with.

draw-format.md, "Chain", and "Keys and chains" of the reading of bundles.
"""

import hmac
from collections.abc import Iterator
from dataclasses import dataclass

from .entries import Entry, day_of
from .keys import earlier_key
from .lines import Key
from .report import REMARKS, STEERED, Fault, Finding


@dataclass(slots=True)
class Chain:
    """A chain from its `draw-anchor` entry on."""

    id: str
    holder: str
    first_day: int
    length_days: int
    k_0: bytes
    at_ms: int
    has_ended: bool = False

    def covers(self, day: int) -> bool:
        return self.first_day <= day < self.first_day + self.length_days

    def overlaps(self, other: "Chain") -> bool:
        return (
            self.first_day < other.first_day + other.length_days
            and other.first_day < self.first_day + self.length_days
        )


class Chains:
    def __init__(self) -> None:
        self._chains: list[Chain] = []
        self._given: dict[str, list[Key]] = {}
        self._right: dict[str, list[tuple[int, bytes]]] = {}  # day and key, by day
        self._not_in_log: dict[tuple[str, str], Key] = {}
        self._overlaps: list[tuple[int, str, Finding]] = []  # when anchored, the older chain

    def give(self, key: Key) -> None:
        """Takes a `key` line."""
        self._given.setdefault(key.chain, []).append(key)
        self._not_in_log[key.chain, key.label] = key

    # ------------------------------------------------------------------------------- entries

    def anchor(self, entry: Entry) -> Iterator[Finding]:
        facts = entry.facts
        chain = Chain(
            id=facts["chain"],
            holder=facts["holder"],
            first_day=day_of(facts["first_date"]),
            length_days=facts["length_days"],
            k_0=bytes.fromhex(facts["k_0"]),
            at_ms=entry.at_ms,
        )
        for other in self._chains:
            if other.holder == chain.holder and not other.has_ended and other.overlaps(chain):
                sentence = f"chain {chain.id} of {chain.holder} begins while chain {other.id} still counts"
                found = Finding(STEERED, "chain-overlaps", sentence, entry=entry.number)
                self._overlaps.append((entry.at_ms, other.id, found))
        self._chains.append(chain)
        yield from self._check_keys(chain)

    def _check_keys(self, chain: Chain) -> Iterator[Finding]:
        """Each key against the one before it, back to the anchor's K_0."""
        place_before, key_before = 0, chain.k_0
        right = self._right.setdefault(chain.id, [])
        for given in self._given.get(chain.id, []):
            day = day_of(given.label)
            place = day - chain.first_day + 1
            is_right = chain.covers(day) and hmac.compare_digest(
                earlier_key(given.key, place - place_before), key_before
            )
            if is_right:
                place_before, key_before = place, given.key
                right.append((day, given.key))
            else:
                sentence = f"the key of {given.label} does not belong to the anchor of chain {chain.id}"
                yield Finding(STEERED, "key-wrong", sentence, label=given.label)

    def end(self, entry: Entry) -> Iterator[Finding]:
        """A chain that was retired or rotated."""
        ended = entry.facts["chain"]
        for chain in self._chains:
            if chain.id == ended:
                chain.has_ended = True
        # The next anchor stands beside this entry, in the same millisecond and in no particular order.
        self._overlaps = [
            overlap for overlap in self._overlaps if (overlap[0], overlap[1]) != (entry.at_ms, ended)
        ]
        if entry.kind == "draw-chain-rotated":
            sentence = f"chain {ended} was replaced before its end"
            yield Finding(REMARKS, "chain-rotated", sentence, entry=entry.number)

    def overlaps_until(self, at_ms: int | None) -> Iterator[Finding]:
        """Overlaps that no entry of their own millisecond explained; all of them for None."""
        while self._overlaps and (at_ms is None or self._overlaps[0][0] < at_ms):
            yield self._overlaps.pop(0)[2]

    def revealed(self, entry: Entry) -> Iterator[Finding]:
        """A `draw-key-revealed` entry."""
        chain, label = entry.facts["chain"], entry.facts["label"]
        self._not_in_log.pop((chain, label), None)
        right = dict(self._right.get(chain, [])).get(day_of(label))
        if right is None:
            sentence = f"the log says that the key of {label} of chain {chain} is public, and it is not given"
            yield Finding(STEERED, "key-missing", sentence, entry=entry.number, label=label)
        elif right.hex() != entry.facts["key"]:
            sentence = f"the log and the bundle give two keys of {label} of chain {chain}"
            yield Finding(STEERED, "key-wrong", sentence, entry=entry.number, label=label)

    def check_all_in_log(self) -> None:
        for chain, label in self._not_in_log:
            raise Fault(
                "key-not-in-log", f"the log does not say that the key of {label} of {chain} is public"
            )

    # --------------------------------------------------------------------------------- questions

    def expected(self, day: int) -> str:
        """The `chain` of a boundary whose inputs are committed now."""
        last_of_holder: dict[str, Chain] = {}
        for chain in sorted(self._chains, key=lambda chain: (chain.at_ms, chain.id)):
            if not chain.has_ended and chain.covers(day):
                last_of_holder[chain.holder] = chain
        in_order = sorted(last_of_holder.values(), key=lambda chain: (chain.at_ms, chain.id))
        return "+".join(chain.id for chain in in_order)

    def are_keys_given(self, chains: str, day: int) -> bool:
        """Whether there is a key of this day or a later one for every chain named."""
        return all(
            any(day_of(key.label) >= day for key in self._given.get(chain, [])) for chain in chains.split("+")
        )

    def day_keys(self, chains: str, day: int) -> list[bytes] | None:
        """The right keys of a day, in the order of `chains`; None where one of them is missing."""
        found = []
        for chain in chains.split("+"):
            later = [(of, key) for of, key in self._right.get(chain, []) if of >= day]
            if not later:
                return None
            of, key = min(later)
            found.append(earlier_key(key, of - day))
        return found
