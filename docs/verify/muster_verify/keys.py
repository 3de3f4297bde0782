"""The chain, the key of a boundary, the beacon and every keyed decision.

draw-format.md, "Chain", "Key of a boundary", "Beacon", "Decisions". Nothing here looks at people: it
turns keys and names into bytes.
"""

import datetime
import hashlib
import hmac
from collections.abc import Iterable, Iterator

from .encoding import enc

CHAIN_STEP = b"muster/chain/v1"
SURE = 2**64 - 1
"""The threshold that hits whatever the number is."""

SINGLE_LOCK_SALT = bytes(32)
DRAND_QUICKNET = "drand-quicknet"
TEST_BEACON = "test"
NO_BEACON = "none"
BEACON_WAIT_MS = 120_000
BEACON_PERIOD_MS = 3_000
BEACON_GENESIS_MS = 1_692_803_367_000


# ------------------------------------------------------------------------------------ the chain


def earlier_key(key: bytes, days: int) -> bytes:
    """The key of the date `days` before that of `key`: one hash a day."""
    for _ in range(days):
        key = hashlib.sha256(CHAIN_STEP + key).digest()
    return key


def place_in_chain(first_date: str, date: str) -> int:
    """Which key of its chain a date uses: 1 on the first date. K_0 draws nothing."""
    first, this = datetime.date.fromisoformat(first_date), datetime.date.fromisoformat(date)
    return (this - first).days + 1


# ------------------------------------------------------------------------- the key of a boundary


def boundary_key(
    day_keys: list[bytes], salt: bytes, org: str, chain: str, label: str, t_ms: int, horizon: str
) -> bytes:
    """k_t: of every holder's key of the date, in anchor order, and of the beacon's randomness."""
    info = enc("muster/draw/v1", org, chain, label, t_ms, horizon)
    return hkdf_sha256(b"".join(day_keys), salt, info)


def hkdf_sha256(ikm: bytes, salt: bytes, info: bytes) -> bytes:
    """RFC 5869 for 32 bytes: one block, so the counter is always 1."""
    extracted = hmac.digest(salt, ikm, "sha256")
    return hmac.digest(extracted, info + b"\x01", "sha256")


# -------------------------------------------------------------------------------------- the beacon


def beacon_round(b_ms: int) -> int:
    """The first round that appears 120 s after `b_ms` or later."""
    since_genesis = b_ms + BEACON_WAIT_MS - BEACON_GENESIS_MS
    if since_genesis <= 0:
        return 1
    return (since_genesis + BEACON_PERIOD_MS - 1) // BEACON_PERIOD_MS + 1


def round_instant(number: int) -> int:
    """When a round appears, in UTC ms."""
    return BEACON_GENESIS_MS + (number - 1) * BEACON_PERIOD_MS


def test_beacon_signature(number: int) -> bytes:
    """What the beacon for demonstrations answers. Anybody can compute it: it protects nothing."""
    return hashlib.sha256(enc("muster/test-beacon/v1", number)).digest()


def randomness_of(signature: bytes) -> bytes:
    return hashlib.sha256(signature).digest()


# --------------------------------------------------------------------------------------- decisions


class Decisions:
    """Everything that one key decides: k_t of a boundary, or the key of one purpose of one person."""

    def __init__(self, key: bytes) -> None:
        self.key = key

    def mac(self, *fields: str | int | bytes) -> bytes:
        """HMAC-SHA256 of the encoded fields: what every decision below is taken from."""
        return hmac.digest(self.key, enc(*fields), "sha256")

    def day(self, token: bytes) -> int:
        """The number that is compared with the threshold of the day."""
        return _u64(self.mac("day", token))

    def block(self, block: int, token: bytes) -> int:
        """The same for one block of a day."""
        return _u64(self.mac(f"block/{block}", token))

    def order_of_person(self, token: bytes) -> bytes:
        return self.mac("order", token)

    def order_of_slots(self, token: bytes, slots: list[int]) -> list[int]:
        """The free slots, given by time, in the order in which the person takes them."""
        order = list(slots)
        words = _words(self.mac("slot", token, n) for n in range(-(-len(order) // 4)))
        for i, word in zip(range(len(order)), words, strict=False):
            j = i + (word * (len(order) - i) >> 64)
            order[i], order[j] = order[j], order[i]
        return order

    def order_of_verifier(self, slot_ms: int, verifier: bytes) -> bytes:
        return self.mac("verifier", slot_ms, verifier)

    def notice_minutes(self, token: bytes, least: int, most: int) -> int:
        return least + _u64(self.mac("notice", token)) % (most - least + 1)

    def challenge_seed(self, token: bytes) -> bytes:
        return self.mac("challenge", token)

    def purpose(self, name: str, token: bytes) -> "Decisions":
        """The decisions of a re-check, an order, a move or a baseline session: `recheck/1`, ..."""
        return Decisions(self.mac(name, token))


def is_hit(number: int, threshold: int) -> bool:
    return number < threshold or threshold == SURE


def _words(macs: Iterable[bytes]) -> Iterator[int]:
    for mac in macs:
        for at in range(0, 32, 8):
            yield _u64(mac[at:])


def _u64(mac: bytes) -> int:
    return int.from_bytes(mac[:8], "big")
