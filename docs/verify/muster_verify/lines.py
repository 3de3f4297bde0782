"""The lines of a bundle, one after another, in memory for one line (draw-format.md, "Bundle").

Checks all that can be told from the lines themselves: that they are canonical and in place, that what
they hash to is what the checkpoint covers. What they mean is not known here.
"""

import gzip
import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO

from .checkpoint import Checkpoint, read_checkpoint
from .encoding import canonical, parse_json, unhex
from .entries import Entry, day_of, open_commitment, read_entry
from .report import Fault
from .tree import GrowingTree, leaf_hash

ROWS = ("boundary", "policy", "verifier", "person", "erased")
LONGEST_PERIOD_DAYS = 3660


@dataclass(frozen=True, slots=True)
class Header:
    first_day: int
    last_day: int
    log_key: bytes
    org: str
    origin: str


@dataclass(frozen=True, slots=True)
class Key:
    chain: str
    label: str
    key: bytes


@dataclass(frozen=True, slots=True)
class Hidden:
    """Entries of which only the leaf hashes are there."""

    count: int


@dataclass(frozen=True, slots=True)
class Row:
    """A committed row, or the leaf hash of an erased one."""

    member: str
    value: Any
    leaf: bytes


@dataclass(frozen=True, slots=True)
class End:
    """All lines are there, and the log's root is the checkpoint's."""

    checkpoint: Checkpoint


Item = Header | Checkpoint | Key | Entry | Hidden | Row | End


def open_bundle(path: str) -> BinaryIO:
    """A bundle's bytes, unpacked if it was packed."""
    with open(path, "rb") as file:
        packed = file.read(2) == b"\x1f\x8b"
    return gzip.open(path, "rb") if packed else open(path, "rb")  # type: ignore[return-value]  # noqa: SIM115


class Lines:
    """Reads a bundle once. `line` is the number of the line in hand, for whoever reports a fault."""

    def __init__(self, file: Iterable[bytes], kept: Iterable[Checkpoint] = ()) -> None:
        self._file = file
        self._kept = {checkpoint.size: checkpoint.root for checkpoint in kept}
        self.line = 0
        self._tree = GrowingTree()

    def items(self) -> Iterator[Item]:
        """Everything in the bundle, openings with their entries; a `Fault` where it is wrong."""
        header: Header | None = None
        checkpoint: Checkpoint | None = None
        last_key: tuple[str, str] | None = None
        entry: Entry | None = None  # the one that openings may follow
        line_of_entry = 0
        log_began = is_over = False

        for member, value, raw in self._checked_lines():
            if is_over:
                raise Fault("after-end", "there is something after the end")
            if header is None:
                if member != "bundle":
                    raise Fault("no-header", "the first line is not a bundle's")
                header = _header(value)
                yield header
                continue
            if checkpoint is None:
                if member != "checkpoint":
                    raise Fault("checkpoint", "the second line is not the checkpoint")
                _members(value, "note")
                checkpoint = read_checkpoint(_text(value["note"]), header.origin, header.log_key)
                self._check_kept(checkpoint)
                yield checkpoint
                continue
            if member == "opening":
                if entry is None:
                    raise Fault("opening", "an opening without its entry")
                _members(value, "field", "salt", "value")
                _hexadecimal(value["salt"], 32)
                open_commitment(entry, _text(value["field"]), value["salt"], value["value"])
                continue
            if entry is not None:  # its openings are over
                this_line, self.line = self.line, line_of_entry
                yield entry
                entry, self.line = None, this_line

            if member is None:
                log_began = True
                entry, line_of_entry = read_entry(value, self._tree.size), self.line
                self._grow(leaf_hash(raw))
            elif member == "hashes":
                log_began = True
                if not isinstance(value, list) or not value:
                    raise Fault("line-unreadable", "a list of leaf hashes is none")
                for hashed in value:
                    self._grow(_hexadecimal(hashed, 32))
                yield Hidden(len(value))
            elif member in ROWS:
                log_began = True
                yield _row(member, value, raw)
            elif member == "key":
                key = _key(value)
                if log_began or (last_key is not None and (key.chain, key.label) <= last_key):
                    raise Fault("keys-order", "a key stands where none should")
                last_key = (key.chain, key.label)
                yield key
            elif member == "end":
                is_over = True
                self._check_end(checkpoint)
                yield End(checkpoint)
            elif member == "bundle":
                raise Fault("two-headers", "a second header")
            elif member == "checkpoint":
                raise Fault("checkpoint", "a second checkpoint")
            else:
                raise Fault("line-unreadable", f"a line of a kind that is not in the format: {member!r}")
        if header is None:
            raise Fault("no-header", "there is nothing to read")
        if not is_over:
            raise Fault("cut-off", "the bundle ends before its end")

    # ------------------------------------------------------------------------------ line by line

    def _checked_lines(self) -> Iterator[tuple[str | None, Any, bytes]]:
        """Member, value and bytes of each line; no member for an entry. `end` is checked here."""
        digest = hashlib.sha256()
        for line in self._readable():
            self.line += 1
            if not line.endswith(b"\n"):
                raise Fault("line-unreadable", "a line without its line feed")
            raw = line[:-1]
            value = _canonical_object(raw)
            if raw.startswith((b'{"actor":', b'{"at_ms":')):
                yield None, value, raw
            elif len(value) != 1:
                raise Fault("line-unreadable", "a line that is not an object of one member")
            else:
                [(member, inner)] = value.items()
                if member == "end":
                    _members(inner, "lines", "sha256")
                    if inner != {"lines": self.line - 1, "sha256": digest.hexdigest()}:
                        raise Fault("end", "the end counts other lines or other bytes than there are")
                yield member, inner, raw
            digest.update(line)

    def _readable(self) -> Iterator[bytes]:
        try:
            yield from self._file
        except (EOFError, gzip.BadGzipFile, OSError) as error:
            raise Fault("line-unreadable", f"the file cannot be unpacked: {error}") from None

    # ------------------------------------------------------------------------------------ the log

    def _grow(self, hashed: bytes) -> None:
        self._tree.append(hashed)
        kept = self._kept.pop(self._tree.size, None)
        if kept is not None and kept != self._tree.root():
            raise Fault("kept-checkpoint", f"the log had another root at {self._tree.size} entries")

    def _check_kept(self, checkpoint: Checkpoint) -> None:
        if any(size > checkpoint.size for size in self._kept):
            raise Fault("kept-checkpoint", "the log is shorter than it was when a checkpoint was kept")
        if self._kept.pop(0, None) not in (None, self._tree.root()):
            raise Fault("kept-checkpoint", "the log had another root when it was empty")

    def _check_end(self, checkpoint: Checkpoint) -> None:
        if self._tree.size != checkpoint.size:
            raise Fault("log-size", f"{self._tree.size} entries, and the checkpoint is of {checkpoint.size}")
        if self._tree.root() != checkpoint.root:
            raise Fault("log-root", "the entries are not those that the checkpoint signs")


def _canonical_object(raw: bytes) -> dict[str, Any]:
    try:
        value = parse_json(raw)
        is_canonical = canonical(value) == raw
    except (ValueError, RecursionError) as error:
        raise Fault("line-unreadable", f"not JSON of the format: {error}") from None
    if not is_canonical or not isinstance(value, dict):
        raise Fault("line-unreadable", "JSON that could be written in another way too")
    return value


def _header(value: Any) -> Header:
    _members(value, "format", "from", "log_key", "org", "origin", "to")
    if value["format"] != "muster/draw-bundle/v1":
        raise Fault("format", f"a format that this program does not know: {value['format']!r}")
    try:
        first, last = day_of(value["from"]), day_of(value["to"])
    except (TypeError, ValueError):
        raise Fault("line-unreadable", "the period has something that is not a date") from None
    if not 1 <= last - first + 1 <= LONGEST_PERIOD_DAYS:
        raise Fault("period", f"no period of 1 to {LONGEST_PERIOD_DAYS} days")
    log_key = _hexadecimal(value["log_key"], 32)
    return Header(first, last, log_key, _text(value["org"]), _text(value["origin"]))


def _key(value: Any) -> Key:
    _members(value, "chain", "key", "label")
    try:
        day_of(value["label"])
    except (TypeError, ValueError):
        raise Fault("line-unreadable", "a key's label is not a date") from None
    return Key(_text(value["chain"]), value["label"], _hexadecimal(value["key"], 32))


def _row(member: str, value: Any, raw: bytes) -> Row:
    if member == "erased":
        return Row(member, None, _hexadecimal(value, 32))
    return Row(member, value, leaf_hash(raw))


def _members(value: Any, *names: str) -> None:
    if not isinstance(value, dict) or value.keys() != set(names):
        raise Fault("line-unreadable", f"a line has other members than {', '.join(names)}")


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise Fault("line-unreadable", "a line has something else where text should be")
    return value


def _hexadecimal(value: Any, length: int) -> bytes:
    try:
        return unhex(value, length)
    except (TypeError, ValueError):
        raise Fault("line-unreadable", f"a line lacks {length} bytes in hexadecimal") from None
