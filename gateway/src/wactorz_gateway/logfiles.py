"""The log files of the processes on this machine: their last lines, and new ones as they come."""

import asyncio
import re
from collections import deque
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

from wactorz_common.errors import ContractError
from wactorz_common.ids import check_name

MAX_LINES = 5_000
_BLOCK = 65_536
_POLL_SECONDS = 0.4
_STAMP = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d[.\d]*")


@dataclass(frozen=True)
class Line:
    """One line of one process."""

    agent: str
    line: str


def log_names(folder: Path) -> list[str]:
    """Names of the processes that have a log."""
    return sorted(path.stem for path in folder.glob("*.log") if path.is_file() and not path.is_symlink())


def log_file(folder: Path, name: str) -> Path:
    """The log of one process; ContractError when the name is not one, FileNotFoundError when there is none."""
    path = folder / f"{check_name(name)}.log"
    if path.is_symlink() or not path.is_file():
        raise FileNotFoundError(path)
    return path


def tail(path: Path, lines: int) -> list[str]:
    """The last lines of a file, reading no more of it than needed."""
    data = b""
    with path.open("rb") as file:
        position = file.seek(0, 2)
        while position > 0 and data.count(b"\n") <= lines:
            step = min(_BLOCK, position)
            position -= step
            file.seek(position)
            data = file.read(step) + data
    return [_text(line) for line in deque(data.splitlines(), maxlen=lines)]


def tail_all(folder: Path, names: list[str], lines: int) -> list[Line]:
    """The last lines of several logs in the order of their time stamps."""
    found: list[tuple[str, Line]] = []
    for name in names:
        stamp = ""
        for line in tail(log_file(folder, name), lines):
            stamp = stamp_of(line) or stamp
            found.append((stamp, Line(name, line)))
    if len(names) > 1:
        found.sort(key=lambda pair: pair[0])
    return [line for _, line in found[-lines:]]


def stamp_of(line: str) -> str:
    """The time stamp of a line in ISO form, in UTC; empty when it has none."""
    match = _STAMP.search(line[:200])
    return match[0].replace(" ", "T") if match else ""


class _Follower:
    """Reads what is appended to one file; a file that was replaced or cut short is read from its start."""

    def __init__(self, name: str, path: Path) -> None:
        self.name, self._path = name, path
        status = path.stat()
        self._inode, self._offset, self._rest = status.st_ino, status.st_size, b""

    def read(self) -> list[Line]:
        try:
            status = self._path.stat()
        except FileNotFoundError:
            return []
        if status.st_ino != self._inode or status.st_size < self._offset:
            self._inode, self._offset, self._rest = status.st_ino, 0, b""
        if status.st_size == self._offset:
            return []
        with self._path.open("rb") as file:
            file.seek(self._offset)
            data = file.read(_BLOCK)
        self._offset += len(data)
        *whole, self._rest = (self._rest + data).split(b"\n")
        return [Line(self.name, _text(line)) for line in whole]


async def follow(folder: Path, names: list[str]) -> AsyncIterator[Line]:
    """New lines of these logs, until the caller stops."""
    followers = [_Follower(name, log_file(folder, name)) for name in names]
    while True:
        for follower in followers:
            for line in await asyncio.to_thread(follower.read):
                yield line
        await asyncio.sleep(_POLL_SECONDS)


def chosen(folder: Path, agent: str) -> list[str]:
    """The logs to show: that of one agent, or all; FileNotFoundError when there is none."""
    if not agent:
        return log_names(folder)
    try:
        log_file(folder, agent)
    except ContractError as error:
        raise FileNotFoundError(agent) from error
    return [agent]


def _text(line: bytes) -> str:
    return line.rstrip(b"\r").decode("utf-8", "replace")[:4_000]
