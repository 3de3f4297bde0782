"""What an audit says: faults that end the reading, findings, and the report of both.

draw-format.md, "Reading: faults", "Reading: findings", "Report".
"""

from dataclasses import dataclass, field
from typing import Any

SPARED, SINGLED_OUT, STEERED, REMARKS = "spared", "singled_out", "steered", "remarks"
FINDINGS = (SPARED, SINGLED_OUT, STEERED)
"""Remarks are no findings."""


class Fault(Exception):
    """The bundle proves nothing: it cannot be read, or is not what the checkpoint covers."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code
        self.sentence = sentence


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that honest work does not bring about, or (a remark) that is worth knowing."""

    list: str
    code: str
    sentence: str
    entry: int | None = None
    """Number of the log entry that it is about."""
    zone: str | None = None
    label: str | None = None
    horizon: str | None = None
    subject: str | None = None
    """Pseudonym."""
    token: str | None = None

    def as_json(self) -> dict[str, Any]:
        names = ("code", "list", "entry", "horizon", "label", "subject", "token", "zone", "sentence")
        values = {name: getattr(self, name) for name in names}
        return {name: value for name, value in values.items() if value is not None}


@dataclass(slots=True)
class Report:
    org: str = ""
    origin: str = ""
    log_key: str = ""
    log_size: int = 0
    log_root: str = ""
    first_label: str = ""
    last_label: str = ""
    recomputed: int = 0
    boundaries: int = 0
    hits: int = 0
    not_yet_public: list[str] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    statistics: list[dict[str, Any]] = field(default_factory=list)
    fault: dict[str, Any] | None = None

    def of_list(self, name: str) -> list[Finding]:
        return [finding for finding in self.findings if finding.list == name]

    def is_clean(self) -> bool:
        return self.fault is None and not any(self.of_list(name) for name in FINDINGS)

    def as_json(self) -> dict[str, Any]:
        value: dict[str, Any] = {
            "format": "muster/draw-audit/v1",
            "org": self.org,
            "origin": self.origin,
            "log_key": self.log_key,
            "log_size": self.log_size,
            "log_root": self.log_root,
            "from": self.first_label,
            "to": self.last_label,
            "recomputed": self.recomputed,
            "boundaries": self.boundaries,
            "hits": self.hits,
            "not_yet_public": self.not_yet_public,
            "statistics": self.statistics,
        }
        for name in (*FINDINGS, REMARKS):
            value[name] = [finding.as_json() for finding in self.of_list(name)]
        if self.fault is not None:
            value["fault"] = self.fault
        return value
