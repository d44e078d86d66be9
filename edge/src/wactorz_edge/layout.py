"""Where the files of a native installation lie, and the lock that keeps it single; standard library only."""

import fcntl
import json
import os
from dataclasses import dataclass
from pathlib import Path

from wactorz_edge import procfs


@dataclass(frozen=True)
class Layout:
    """The folders and files below the state folder."""

    state_dir: Path

    @classmethod
    def from_environment(cls) -> "Layout":
        """The layout named by WACTORZ_STATE_DIR, or the default one."""
        given = os.environ.get("WACTORZ_STATE_DIR")
        if given:
            return cls(Path(given).expanduser().absolute())
        base = os.environ.get("XDG_STATE_HOME") or str(Path.home() / ".local" / "state")
        return cls(Path(base) / "wactorz")

    @property
    def run_dir(self) -> Path:
        """What holds only while the system runs."""
        return self.state_dir / "run"

    @property
    def logs_dir(self) -> Path:
        """One log file per process."""
        return self.state_dir / "logs"

    @property
    def secrets_dir(self) -> Path:
        """Generated secrets, readable by this user only."""
        return self.state_dir / "secrets"

    @property
    def broker_dir(self) -> Path:
        """Configuration and data of the private broker."""
        return self.state_dir / "broker"

    @property
    def lock_file(self) -> Path:
        """Locked by the launcher and the runner for as long as one of them lives."""
        return self.run_dir / "lock"

    @property
    def record_file(self) -> Path:
        """The runner's record of its processes."""
        return self.run_dir / "processes.json"

    @property
    def node_file(self) -> Path:
        """What the node keeps over restarts: its id and the ports it once chose."""
        return self.state_dir / "node.json"

    def log_file(self, name: str) -> Path:
        """The log of one process."""
        return self.logs_dir / f"{name}.log"

    def prepare(self) -> str:
        """Make the folders; a sentence for a person when that is not possible, else nothing."""
        try:
            for folder in (self.state_dir, self.run_dir, self.logs_dir, self.secrets_dir, self.broker_dir):
                folder.mkdir(mode=0o700, parents=True, exist_ok=True)
                probe = folder / f".writable-{os.getpid()}"
                probe.write_text("")
                probe.unlink()
            if self.record_file.exists():
                self.record_file.read_bytes()
        except OSError as error:
            return (
                f"The state folder {self.state_dir} cannot be used: {error.strerror} ({error.filename}). "
                "Set WACTORZ_STATE_DIR to a folder that you can write"
            )
        return ""


def acquire(layout: Layout) -> int | None:
    """Take the lock and write this process into it; a descriptor to keep open, or None when somebody holds it."""
    descriptor = os.open(layout.lock_file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return None
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, json.dumps(procfs.identify(os.getpid())).encode(), 0)
    return descriptor


def is_locked(layout: Layout) -> bool:
    """Whether a launcher or a runner lives here."""
    try:
        descriptor = os.open(layout.lock_file, os.O_RDWR | os.O_CLOEXEC)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False


def launcher_pid(layout: Layout) -> int:
    """Process id of the living launcher, 0 when there is none."""
    try:
        found = json.loads(layout.lock_file.read_text())
        pid, start = int(found["pid"]), int(found["start"])
    except (OSError, ValueError, KeyError, TypeError):
        return 0
    return pid if procfs.is_alive(pid, start) else 0
