"""The hash chain of the audit log: canonical JSON and SHA-256, each line with the hash of the one before; pure."""

import hashlib
import json
from collections.abc import Iterable
from typing import Any

from wactorz_common.contracts.policy import AuditEntry

_HASHED = "hash"


def canonical(line: dict[str, Any]) -> bytes:
    """The bytes that are hashed: sorted keys, no blanks, without the hash itself."""
    kept = {key: value for key, value in line.items() if key != _HASHED}
    return json.dumps(kept, sort_keys=True, separators=(",", ":")).encode()


def sealed(line: dict[str, Any], number: int, previous: str) -> dict[str, Any]:
    """The line with its number, the hash of the line before, and its own."""
    chained = {**line, "number": number, "previous": previous}
    return {**chained, _HASHED: hashlib.sha256(canonical(chained)).hexdigest()}


def is_sealed(line: dict[str, Any]) -> bool:
    """Whether the line still has the hash that it was written with."""
    return hashlib.sha256(canonical(line)).hexdigest() == line.get(_HASHED)


class Chain:
    """Reads lines in order and remembers the first that does not fit."""

    def __init__(self) -> None:
        self.lines = 0
        self.number = 0
        self.hash = ""
        self.first_broken: int | None = None
        self.lost = 0
        self._begun: dict[str, Any] = {}
        self._trim: dict[str, Any] = {}

    def add(self, texts: Iterable[tuple[int, str]]) -> None:
        """Take the next lines, each with the number it is kept under."""
        for number, text in texts:
            self.lines += 1
            line = _read(text)
            expected = self.number + 1 if self.lines > 1 else number
            linked = self.lines == 1 or line.get("previous") == self.hash
            if self.first_broken is None and not (
                number == expected and line.get("number") == number and linked and is_sealed(line)
            ):
                self.first_broken = min(number, expected)
            if self.lines == 1:
                self._begun = line
            if line.get("kind") == "trim" and "lost" in (line.get("detail") or {}):
                self.lost = number
            elif line.get("kind") == "trim":
                self._trim = dict(line.get("detail") or {})
            self.number, self.hash = number, str(line.get(_HASHED, ""))

    def end(self, head: tuple[int, str]) -> None:
        """Compare both ends: `head` is what was written last; a chain that begins later needs its trim line."""
        if self.first_broken is not None:
            return
        begins = int(self._begun.get("number", 1))
        trimmed = (self._trim.get("through"), self._trim.get("hash"))
        if begins != 1 and trimmed != (begins - 1, self._begun.get("previous")):
            self.first_broken = 1
        elif (self.number, self.hash) != head:
            self.first_broken = self.number + 1


def entry_of(text: str) -> AuditEntry:
    """A line as it is told."""
    return AuditEntry.accept(json.loads(text))


def _read(text: str) -> dict[str, Any]:
    try:
        line = json.loads(text)
    except ValueError:
        return {}
    return line if isinstance(line, dict) else {}
