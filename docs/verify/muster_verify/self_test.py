"""The published vectors, computed anew.

draw-format.md, "Vectors", beside those of the standards that this program builds on. If one of them
came out otherwise, nothing else this program says would be worth anything.
"""

import hashlib
from collections.abc import Iterator

from . import ed25519, hazard, keys, tree
from .encoding import canonical, enc
from .keys import Decisions
from .people import token_of

Check = tuple[str, object, object]
"""What is computed, what came out, what is published."""

PUBLISHED = {
    "k_0": "be3144a022e5dbacbc9620d21101b3d4f5afbd8f0f12cba946c92d79a5870c85",
    "k_day": "8fb5cecd480781d0a3c7dce0ec85cad40651b68db2bdd63876a87f0d866a29e5",
    "k_t day": "cf8b923fa7c101cb2746e10b8165b080a13d7d4eca72163b5bfc00f8b703c333",
    "k_t single lock": "1456f6a0d002ff42b269d7e717587212f1804c4628dd1419c781c104c0471e58",
    "k_t two holders": "ac8c28ecd7666318e084758301973d0085f546f59405d51aaa7c793308c88910",
    "k_t block": "eeca6c3e2546056e1fe54d16d327088f81ca7cb679c65dde3924447a7318f27b",
    "enc slot": "00000004736c6f7400000010000102030405060708090a0b0c0d0e0f0000000130",
    "day": "4b812a1d28f544f2cf62d66f9b5cea2292b4711ac553fc2861a2c2156fe79bab",
    "block": "0ec19bb64562ae5df2ffae5b49824e0ce93aa752e61b9ddc79363236a3b7cb48",
    "slot": "ece7910a24990a74c190fcc7510ba32ffb15d5e0d9a505dd5693a08a8313ae77",
    "order": "1930a7967bfd1216a16cabe2e43036fd7b994311c7787fa2013b35c90042a188",
    "verifier": "310352df9bd7043f87b91571beb0ad6ce3290a9d5f82e0162485f5257e10222a",
    "notice": "c5609b1361b220ae8ebe109f48f2f6a3058ed557ee73534b40a6f56d8e22ef68",
    "recheck": "42fd5d3c2020e0e9d12d6a60d9213290707dbcd8e7a39e8112b37b34c7e15b2b",
    "recheck slot": "472cb3c88be00fce0f042ea32454d52fab5635fe72c684a5d30b8ce45e0131a0",
    "challenge": "3c9bd542ec70ef886dc4736556e3a5d5486674c67480bc810b3416a82cab9bf1",
}
"""The table of the section "Vectors"."""


def failures() -> list[str]:
    """One line for every vector that came out otherwise."""
    return [
        f"{name}: computed {_shown(computed)}, published {_shown(published)}"
        for name, computed, published in all_checks()
        if not _same(computed, published)
    ]


def all_checks() -> Iterator[Check]:
    yield from _vectors_of_the_draw()
    yield from _beacon()
    yield from _thresholds()
    yield from _canonical_json()
    yield from _trees()
    yield from _signatures()


def _vectors_of_the_draw() -> Iterator[Check]:
    tip = bytes(range(32))
    place = keys.place_in_chain("2026-12-01", "2027-01-13")
    day_key = keys.earlier_key(tip, 400 - place)
    second = hashlib.sha256(b"second holder").digest()
    salt = hashlib.sha256(b"beacon").digest()
    t_ms, slot = 1799794800000, 1799827200000
    token, verifier = bytes(range(16)), bytes.fromhex("f0e0d0c0b0a090807060504030201000")

    def k_t(day_keys: list[bytes], salt: bytes, chain: str, horizon: str) -> bytes:
        return keys.boundary_key(day_keys, salt, "acme-7f3a", chain, "2027-01-13", t_ms, horizon)

    decisions = Decisions(k_t([day_key], salt, "2027", "day"))
    recheck = decisions.purpose("recheck/1", token)
    computed = {
        "k_0": keys.earlier_key(tip, 400),
        "k_day": day_key,
        "k_t day": decisions.key,
        "k_t single lock": k_t([day_key], keys.SINGLE_LOCK_SALT, "2027", "day"),
        "k_t two holders": k_t([day_key, second], salt, "2027+works-council", "day"),
        "k_t block": k_t([day_key], salt, "2027", "block/3"),
        "enc slot": enc("slot", token, 0),
        "day": decisions.mac("day", token),
        "block": decisions.mac("block/3", token),
        "slot": decisions.mac("slot", token, 0),
        "order": decisions.order_of_person(token),
        "verifier": decisions.order_of_verifier(slot, verifier),
        "notice": decisions.mac("notice", token),
        "recheck": recheck.key,
        "recheck slot": recheck.mac("slot", token, 0),
        "challenge": decisions.challenge_seed(token),
    }
    yield "the names of the vectors", computed.keys(), PUBLISHED.keys()
    for name, value in computed.items():
        yield name, value, PUBLISHED[name]
    yield "token", token_of(b"\x01" * 32), "dbdc76c2031d6886cef199107983b9fd"
    yield "token of two nonces", token_of(b"\x01" * 32 + b"\x02" * 32), "fc8232b107d899f4a28316afd1c0cf0e"
    ten = decisions.order_of_slots(token, list(range(10)))
    yield "order of ten slots", " ".join(map(str, ten)), "9 7 0 5 4 6 3 2 1 8"
    yield "minutes of notice", decisions.notice_minutes(token, 15, 30), 29
    yield "number of the day", decisions.day(token), 5440676129569850610
    yield "number of the block", decisions.block(3, token), 1063302194186595933


def _beacon() -> Iterator[Check]:
    # The formula at its edges: the genesis, a round's own instant, a millisecond later.
    genesis = keys.BEACON_GENESIS_MS
    yield "round at the genesis", keys.beacon_round(genesis - keys.BEACON_WAIT_MS), 1
    yield "round long before", keys.beacon_round(0), 1
    yield "round just after the genesis", keys.beacon_round(genesis - keys.BEACON_WAIT_MS + 1), 2
    number = keys.beacon_round(1799794800000)
    yield "round is late enough", keys.round_instant(number) >= 1799794800000 + keys.BEACON_WAIT_MS, True
    yield "round before is not", keys.round_instant(number - 1) < 1799794800000 + keys.BEACON_WAIT_MS, True
    # Round 1000 of drand quicknet, as published by drand.
    signature = bytes.fromhex(
        "b44679b9a59af2ec876b1a6b1ad52ea9b1615fc3982b19576350f93447cb1125e342b73a8dd2bacbe47e4b6b63ed5e39"
    )
    randomness = "fe290beca10872ef2fb164d2aa4442de4566183ec51c56ff3cd603d930e54fdd"
    yield "randomness of round 1000", keys.randomness_of(signature), randomness


def _thresholds() -> Iterator[Check]:
    half = 2**63
    yield "half a day in halves, first", hazard.block_threshold(half, 0, 1, 2), 2**62
    yield "half a day in halves, second", hazard.block_threshold(half, 1, 1, 2), 2**64 // 3
    yield "no slot in a block", hazard.block_threshold(half, 2, 0, 2), 0
    yield "a sure day, first block", hazard.block_threshold(keys.SURE, 0, 1, 4), 2**62
    yield "a sure day, last block", hazard.block_threshold(keys.SURE, 3, 1, 4), keys.SURE
    yield "a sure day whose share is 0/1/1", hazard.block_threshold(keys.SURE, 0, 1, 1), keys.SURE
    yield "almost sure", hazard.block_threshold(keys.SURE - 1, 0, 1, 1), keys.SURE - 1
    yield "sure is a hit", keys.is_hit(keys.SURE, keys.SURE), True
    yield "zero is never a hit", keys.is_hit(0, 0), False
    yield "a chance of one", hazard.threshold_of_chance(1.0), keys.SURE
    yield "a chance of one half", hazard.threshold_of_chance(0.5), half


def _canonical_json() -> Iterator[Check]:
    yield "canonical JSON", canonical({"b": [1, "é\n"], "a": {}}), '{"a":{},"b":[1,"é\\n"]}'.encode()


def _trees() -> Iterator[Check]:
    # The leaves and roots of RFC 6962's reference implementation.
    leaves = ["", "00", "10", "2021", "3031", "40414243"]
    leaves += ["5051525354555657", "606162636465666768696a6b6c6d6e6f"]
    roots = {
        1: "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        3: "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        8: "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    }
    hashes = [tree.leaf_hash(bytes.fromhex(leaf)) for leaf in leaves]
    for size, root in roots.items():
        yield f"root of {size} leaves", tree.root_of_hashes(hashes[:size]), root
    yield "root of nothing", tree.root_of_hashes([]), hashlib.sha256(b"").digest()
    for size in range(1, 9):
        for index in range(size):
            path = _audit_path(hashes[:size], index)
            yield (
                f"audit path of {index} in {size}",
                tree.root_of_inclusion(hashes[index], index, size, path),
                tree.root_of_hashes(hashes[:size]),
            )


def _audit_path(hashes: list[bytes], index: int) -> list[bytes]:
    """By the definition of RFC 6962, section 2.1.1."""
    if len(hashes) == 1:
        return []
    left = 1
    while left * 2 < len(hashes):
        left *= 2
    if index < left:
        return [*_audit_path(hashes[:left], index), tree.root_of_hashes(hashes[left:])]
    return [*_audit_path(hashes[left:], index - left), tree.root_of_hashes(hashes[:left])]


def _signatures() -> Iterator[Check]:
    # RFC 8032, section 7.1: tests 1, 2 and 3.
    # Public key, message, signature.
    vectors = """
        d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a -
        e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155
        5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b
        3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c 72
        92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da
        085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00
        fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025 af82
        6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac
        18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a
    """.split()
    for number in range(0, len(vectors), 4):
        key, message, first_half, second_half = vectors[number : number + 4]
        public, signature = bytes.fromhex(key), bytes.fromhex(first_half + second_half)
        said = b"" if message == "-" else bytes.fromhex(message)
        yield f"signature {number // 4}", ed25519.verify(public, said, signature), True
        yield f"signature {number // 4} of more", ed25519.verify(public, said + b"!", signature), False


def _shown(value: object) -> str:
    return value.hex() if isinstance(value, bytes) else str(value)


def _same(computed: object, published: object) -> bool:
    """Published bytes are written in hexadecimal."""
    if isinstance(computed, bytes) and isinstance(published, str):
        return computed.hex() == published
    return computed == published
