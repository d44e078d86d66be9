"""What the kernel knows of processes: start time, children, memory; and what it does for a runner (Linux)."""

import contextlib
import ctypes
import os
import signal
import time
from collections.abc import Iterable
from pathlib import Path

_PROC = Path("/proc")
_SET_CHILD_SUBREAPER = 36
_SET_NAME = 15
_ARG_START = 45
_ARG_END = 46


def become_subreaper() -> None:
    """Let orphans below this process become its children instead of those of process 1."""
    _prctl(_SET_CHILD_SUBREAPER, 1)


def _prctl(option: int, value: int | bytes) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(option, value, 0, 0, 0) != 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))


def _fields(pid: int) -> list[str]:
    """The fields of /proc/PID/stat after the command name; empty when there is no such process."""
    try:
        text = (_PROC / str(pid) / "stat").read_text()
    except OSError:
        return []
    return text[text.rindex(")") + 2 :].split()


def start_ticks(pid: int) -> int:
    """When the process began, in clock ticks since boot; 0 when there is none, or only its remains."""
    fields = _fields(pid)
    return int(fields[19]) if fields and fields[0] not in "ZX" else 0


def session_of(pid: int) -> int:
    """The session that a process belongs to; 0 when there is no such process."""
    fields = _fields(pid)
    return int(fields[3]) if fields else 0


def identify(pid: int) -> dict[str, int]:
    """A process id together with its start, which no other process shares."""
    return {"pid": pid, "start": start_ticks(pid)}


def is_alive(pid: int, start: int) -> bool:
    """Whether exactly that process lives; an id that was given to another one does not count."""
    return pid > 0 and start > 0 and start_ticks(pid) == start


def boot_id() -> str:
    """Changes with every boot of the machine."""
    return (_PROC / "sys/kernel/random/boot_id").read_text().strip()


def children(pid: int) -> list[int]:
    """Process ids of the children."""
    found: list[int] = []
    with contextlib.suppress(OSError):
        for task in (_PROC / str(pid) / "task").iterdir():
            found.extend(int(child) for child in (task / "children").read_text().split())
    return found


def memory_mb(pid: int) -> float:
    """Proportional set size in MiB: shared pages count for each sharer's part; 0 when it cannot be read."""
    try:
        text = (_PROC / str(pid) / "smaps_rollup").read_text()
    except OSError:
        return 0.0
    for line in text.splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) / 1024
    return 0.0


def send(pid: int, number: signal.Signals) -> bool:
    """Send a signal; False when there is no such process any more."""
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return False
    return True


def kill_group(pid: int) -> None:
    """Kill what is left of a process group."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)


def wait_gone(processes: Iterable[tuple[int, int]], seconds: float) -> bool:
    """Wait until none of the processes (id, start) lives; False after `seconds`."""
    deadline = time.monotonic() + seconds
    while any(is_alive(pid, start) for pid, start in processes):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def rename(title: str) -> None:
    """Show `title` in process listings instead of the command line that this process was forked from."""
    _prctl(_SET_NAME, title.encode()[:15])
    fields = _fields(os.getpid())
    start, end = int(fields[_ARG_START]), int(fields[_ARG_END])
    room = end - start
    if start and room > 2:  # noqa: PLR2004  # one letter and two marks
        # A last byte that is not zero tells the kernel that the text ends at the first zero.
        ctypes.memmove(start, title.encode()[: room - 2].ljust(room - 1, b"\0") + b"\1", room)
