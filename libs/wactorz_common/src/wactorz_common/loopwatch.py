"""Ends a process whose work loop is dead or blocked, so that whoever started it starts it again.

For agents that nobody else watches. It runs in a thread and counts its own turns, so that a time in which the whole
process was frozen does not count.
"""

import os
import threading
from collections.abc import Callable
from pathlib import Path

from wactorz_common import logs

EXIT_HUNG = 70
"""Exit code of a process that ended itself because its loop was silent."""


class LoopWatch:
    """Looks at the file that the loop writes with each heartbeat; before the first one nothing is expected."""

    def __init__(
        self, path: Path, silent_turns: int, end: Callable[[int], object] = os._exit, turn_seconds: float = 1.0
    ) -> None:
        self._path, self._silent_turns, self._end, self._seconds = path, silent_turns, end, turn_seconds
        self._said = ""
        self._silent = 0
        self._stopped = threading.Event()

    def start(self) -> None:
        """Begin to watch."""
        threading.Thread(target=self._run, name="loop watch", daemon=True).start()

    def stop(self) -> None:
        """Watch no more."""
        self._stopped.set()

    def look(self) -> bool:
        """Whether the loop has been silent for too many turns."""
        try:
            said = self._path.read_text()
        except OSError:
            said = ""
        self._silent = 0 if said != self._said or not said else self._silent + 1
        self._said = said
        return self._silent >= self._silent_turns

    def _run(self) -> None:
        while not self._stopped.wait(self._seconds):
            if self.look():
                logs.get(__name__).error("the work loop is silent, so this process ends", turns=self._silent)
                self._end(EXIT_HUNG)
                return
