"""The record of the processes: what a restarted runner re-adopts and what `up` shows; standard library only."""

import json
import os
import tempfile
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

from wactorz_edge import procfs

VERSION = 1


@dataclass
class ProcessRecord:
    """One process as the runner knows it; times in epoch seconds."""

    name: str
    pid: int = 0
    start: int = 0
    """Start of the process in clock ticks since boot."""
    state: str = "stopped"
    started_at: float = 0.0
    ready_at: float = 0.0
    restarts: int = 0
    exit_code: int | None = None
    deaths: list[float] = field(default_factory=list)
    streak: int = 0
    stopped: bool = False
    quarantined: bool = False


@dataclass
class NodeRecord:
    """Everything about a running node."""

    runner: dict[str, int] = field(default_factory=dict)
    boot: str = ""
    phase: str = "starting"
    """installing, starting, ready, stopping or stopped."""
    problem: str = ""
    address: str = ""
    started_at: float = 0.0
    ready_at: float = 0.0
    processes: dict[str, ProcessRecord] = field(default_factory=dict)
    version: int = VERSION

    def is_current(self) -> bool:
        """Whether the runner that wrote it still lives."""
        return procfs.is_alive(self.runner.get("pid", 0), self.runner.get("start", 0))

    def living(self) -> list[tuple[int, int]]:
        """Id and start of every recorded process that lives."""
        found = [(record.pid, record.start) for record in self.processes.values()]
        return [(pid, start) for pid, start in found if procfs.is_alive(pid, start)]


def read(path: Path) -> NodeRecord | None:
    """The record on disk; None when there is none, when it is of another boot, or when it cannot be understood."""
    try:
        raw = json.loads(path.read_bytes())
        if raw["version"] != VERSION or raw["boot"] != procfs.boot_id():
            return None
        processes = {name: ProcessRecord(**_known(ProcessRecord, item)) for name, item in raw["processes"].items()}
        return NodeRecord(**{**_known(NodeRecord, raw), "processes": processes})
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def _known(kind: type, raw: dict[str, Any]) -> dict[str, Any]:
    names = {item.name for item in fields(kind)}
    return {key: value for key, value in raw.items() if key in names}


def write(path: Path, record: NodeRecord) -> None:
    """Replace the record on disk in one step."""
    write_atomically(path, json.dumps(asdict(record)).encode())


def write_atomically(path: Path, data: bytes, mode: int = 0o600) -> None:
    """Replace a file in one step: readers see the old or the new content, never a part."""
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
        Path(name).chmod(mode)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
