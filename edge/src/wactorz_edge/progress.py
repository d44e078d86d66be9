"""Tells a person how the start goes, from the runner's record; standard library only."""

import os
import stat
import sys
import time
from pathlib import Path

from wactorz_edge import record
from wactorz_edge.layout import Layout

_TAIL_BYTES = 8192


class Progress:
    """Prints one line per process when it becomes ready, and the address at the end."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._began = time.time()
        self._shown: set[str] = set()
        self._stamp = 0
        self.finished = False
        self.installing = False

    def show(self) -> None:
        """Print what is new."""
        for line in self.news():
            say(line)

    def news(self) -> list[str]:
        """The lines that were not shown yet."""
        if self.finished:
            return []
        known = self._changed()
        if known is None or not known.is_current():
            return []
        lines = [self._line(item) for item in self._fresh(known)]
        if known.phase == "installing" and not self.installing:
            lines.append("  Installing the message broker (Mosquitto) with the package manager ...")
        self.installing = known.phase == "installing"
        if known.phase == "ready":
            self.finished = True
            lines.append(f"Wactorz is ready: {known.address}")
            lines.append('Try: wactorz ask "turn on the kitchen light"')
            lines += invitation(self._layout, known.address)
        return lines

    def _changed(self) -> record.NodeRecord | None:
        try:
            stamp = self._layout.record_file.stat().st_mtime_ns
        except OSError:
            return None
        if stamp == self._stamp:
            return None
        self._stamp = stamp
        return record.read(self._layout.record_file)

    def _fresh(self, known: record.NodeRecord) -> list[record.ProcessRecord]:
        ready = [item for item in known.processes.values() if item.ready_at and item.name not in self._shown]
        self._shown.update(item.name for item in ready)
        return sorted(ready, key=lambda item: item.ready_at)

    def _line(self, item: record.ProcessRecord) -> str:
        return f"  {item.name:<28} ready after {max(0.0, item.ready_at - self._began):4.1f} s"


def invitation(layout: Layout, address: str) -> list[str]:
    """Where to make an account and with which code, while there is no owner; no code goes into a log file."""
    file = layout.secrets_dir / "setup-code"
    try:
        code = file.read_text().strip()
        kept = stat.S_ISREG(os.fstat(sys.stdout.fileno()).st_mode)
    except (OSError, ValueError):
        return []
    return [f"To make your account: {address} with the code {f'in {file}' if kept else code}"]


def say(text: str) -> None:
    """Print a line; nobody reading any more, as when the terminal was closed, stops nothing."""
    try:
        sys.stdout.write(text + "\n")
        sys.stdout.flush()
    except OSError:
        sys.stdout = Path(os.devnull).open("w")  # noqa: SIM115  # until the process ends


def failure(layout: Layout) -> str:
    """What kept the system from becoming ready, with the end of the log that says why."""
    known = record.read(layout.record_file)
    if known is None:
        return hint(layout.log_file("runner"), 5)
    if known.problem:
        return known.problem
    late = [item for item in known.processes.values() if not item.ready_at]
    return "\n".join(f"{item.name} is not ready ({item.state}):\n{_log_of(layout, item.name)}" for item in late)


def _log_of(layout: Layout, name: str) -> str:
    tail = hint(layout.log_file(name), 5)
    return "\n".join(f"    {line}" for line in tail.splitlines()) or "    its log is empty"


def hint(path: Path, lines: int) -> str:
    """The last lines of a log file; empty when there is none."""
    try:
        with path.open("rb") as file:
            file.seek(0, 2)
            file.seek(max(0, file.tell() - _TAIL_BYTES))
            text = file.read().decode(errors="replace")
    except OSError:
        return ""
    return "\n".join([line for line in text.splitlines() if line.strip()][-lines:])
