"""The end of the audit log in a file of its own: a log whose last lines were cut off no longer fits it."""

import json
import os
import sqlite3
from pathlib import Path
from typing import NamedTuple

from wactorz_home_assistant_actuator.german import phrase

_SHOWN = 12
_MISSING = (
    "The file that keeps the end of the audit log is missing: lines may have been cut off, or a state was put back."
)


class Head(NamedTuple):
    """The last line of the log; 0 for none."""

    number: int = 0
    hash: str = ""


class Anchor:
    """Keeps the head after each line that is on disk; it may be behind the log after a crash, but never ahead."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._last: Head | None = None

    def begin(self, head: Head) -> None:
        """From here on: what follows must follow on this."""
        self._last = head

    def follow(self, head: Head, previous: str) -> bool:
        """Keep the head, if its line follows on the last one; else the log was changed, and what was kept stays."""
        if self._last is not None and previous != self._last.hash:
            return False
        self._last = head
        self.keep(head)
        return True

    def keep(self, head: Head) -> None:
        """Write the head; OSError when the disk refuses."""
        fresh = self._path.with_name(f"{self._path.name}.new")
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            json.dump(head._asdict(), file)
        fresh.replace(self._path)

    def read(self) -> Head | None:
        """The head as it was kept last; None when the file is missing or no longer says it."""
        try:
            found = json.loads(self._path.read_text())
            return Head(int(found["number"]), str(found["hash"]))
        except (OSError, ValueError, KeyError, TypeError):
            return None


def lost(db: sqlite3.Connection, kept: Head | None, head: Head) -> str:
    """What speaks against the log having all the lines that it once had, in words; empty when nothing does."""
    if kept is None:
        return phrase(_MISSING) if head.number else ""
    oldest = db.execute("SELECT min(number) FROM audit").fetchone()[0]
    if not kept.number or (oldest is not None and kept.number < oldest):
        return ""  # trimmed since
    row = db.execute("SELECT line FROM audit WHERE number = ?", (kept.number,)).fetchone()
    if row is not None and f'"hash":"{kept.hash}"' in row[0]:
        return ""
    return phrase(
        "The audit log once had a line {number} with hash {hash}, which is gone; it ends at line "
        "{number2}. Its last lines were cut off or changed, or an older state was put back.",
        number=kept.number,
        hash=kept.hash[:_SHOWN],
        number2=head.number,
    )
