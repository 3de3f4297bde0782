"""How fields and JSON become bytes (draw-format.md, "Encoding" and "Committed rows").

Both encodings have exactly one way to write a value, so that a hash of the bytes is a hash of the
meaning. Whatever could be written in two ways is refused here.
"""

import json
import re
from typing import Any

SLOT_MS = 300_000
"""The five-minute grid on which slots lie."""

MINUTE_MS = 60_000

_HEX = re.compile(r"(?:[0-9a-f]{2})*")
_LARGEST_EXACT = 2**53 - 1  # RFC 8785 numbers are IEEE doubles: integers beyond this are not exact


def enc(*fields: str | int | bytes) -> bytes:
    """Every field as its length (u32, big-endian) and its bytes; numbers as decimal ASCII."""
    parts = []
    for field in fields:
        raw = field if isinstance(field, bytes) else str(field).encode("utf-8")
        parts.append(len(raw).to_bytes(4, "big"))
        parts.append(raw)
    return b"".join(parts)


def canonical(value: Any) -> bytes:
    """RFC 8785 JSON of a value made of objects, lists, strings, integers, true, false and null."""
    _refuse_ambiguous(value)
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True, allow_nan=False)
    return text.encode("utf-8")


def _refuse_ambiguous(value: Any) -> None:
    if isinstance(value, dict):
        for key, member in value.items():
            # RFC 8785 orders names by UTF-16 units, Python by code points: the same for ASCII.
            if not (isinstance(key, str) and key.isascii()):
                raise ValueError(f"a member's name is not ASCII: {key!r}")
            _refuse_ambiguous(member)
    elif isinstance(value, list):
        for member in value:
            _refuse_ambiguous(member)
    elif isinstance(value, float):
        raise ValueError(f"a number is not an integer: {value}")
    elif isinstance(value, int) and abs(value) > _LARGEST_EXACT:
        raise ValueError(f"a number is too large for RFC 8785: {value}")


def parse_json(text: str | bytes) -> Any:
    """JSON in which no object has a name twice: of two readers each could see another value."""

    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        result = dict(pairs)
        if len(result) != len(pairs):
            raise ValueError("an object has a member twice")
        return result

    return json.loads(text, object_pairs_hook=unique)


def unhex(text: str, length: int) -> bytes:
    """`length` bytes from lower-case hexadecimal digits."""
    if len(text) != 2 * length or not _HEX.fullmatch(text):
        raise ValueError(f"not {2 * length} lower-case hexadecimal digits: {text!r}")
    return bytes.fromhex(text)
