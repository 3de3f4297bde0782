"""Signed checkpoints of the log (draw-format.md, "The log"): who signed which root at which size."""

import base64
import binascii
import hashlib
from dataclasses import dataclass

from . import ed25519
from .report import Fault


@dataclass(frozen=True, slots=True)
class Checkpoint:
    origin: str
    size: int
    root: bytes


def read_checkpoint(note: str, origin: str, log_key: bytes) -> Checkpoint:
    """The checkpoint of a note of exactly five lines with a right signature; else a fault."""
    lines = note.split("\n")
    if len(lines) != 6 or lines[3] or lines[5]:
        raise Fault("checkpoint", "the checkpoint is not a note of five lines")
    named, size, root, _, signed, _ = lines
    if named != origin:
        raise Fault("checkpoint", f"the checkpoint is of {named!r} and not of {origin!r}")
    if not (size.isascii() and size.isdigit() and str(int(size)) == size):
        raise Fault("checkpoint", f"the checkpoint's size is not a number: {size!r}")
    signature_of = f"— {origin} "
    if not signed.startswith(signature_of):
        raise Fault("checkpoint", "the checkpoint is not signed under its origin")
    signature = _base64(signed.removeprefix(signature_of))
    if len(signature) != 68 or signature[:4] != key_id(origin, log_key):
        raise Fault("checkpoint", "the checkpoint is signed with another key than the bundle names")
    if not ed25519.verify(log_key, f"{named}\n{size}\n{root}\n".encode(), signature[4:]):
        raise Fault("checkpoint", "the checkpoint's signature is wrong")
    root_bytes = _base64(root)
    if len(root_bytes) != 32:
        raise Fault("checkpoint", "the checkpoint's root is not 32 bytes")
    return Checkpoint(origin, int(size), root_bytes)


def key_id(origin: str, log_key: bytes) -> bytes:
    return hashlib.sha256(origin.encode() + b"\n\x01" + log_key).digest()[:4]


def _base64(text: str) -> bytes:
    try:
        raw = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise Fault("checkpoint", "the checkpoint has something that is not base64") from None
    if base64.b64encode(raw).decode() != text:
        raise Fault("checkpoint", "the checkpoint has base64 with more than one reading")
    return raw
