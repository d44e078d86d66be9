"""The launcher: keeps the runner alive and passes on a person's wish to stop; standard library only, a few MB."""

import contextlib
import os
import signal
import sys
import time
from pathlib import Path

from wactorz_edge import procfs, record
from wactorz_edge.layout import Layout, acquire, is_locked, launcher_pid
from wactorz_edge.progress import Progress, failure, hint, say

CONFIG_EXIT = 78
"""Exit code of a runner or service whose settings are wrong: starting it again would not help."""

_SIGNALS = {signal.SIGCHLD, signal.SIGINT, signal.SIGTERM, signal.SIGHUP}
_STOP_SECONDS = 40.0
_START_LIMIT = 60.0
_QUICK_SECONDS = 10.0
_LOCK_DESCRIPTOR = 3


def up(detach: bool = False) -> int:
    """Start everything; in the foreground this call does not return before everything has stopped."""
    layout = Layout.from_environment()
    if problem := _unfit_system() or layout.prepare() or _running(layout):
        return _refuse(problem)
    command = [sys.executable, "-m", "wactorz_edge.launcher"]
    if detach:
        return _start_detached(layout, command)
    return os.execv(sys.executable, command)  # noqa: S606  # the small process takes the place of this one


def down() -> int:
    """Stop everything in good order; 0 also when nothing runs."""
    layout = Layout.from_environment()
    if not is_locked(layout):
        return _sweep_leftovers(layout)
    known = record.read(layout.record_file)
    target = launcher_pid(layout) or (known.runner.get("pid", 0) if known and known.is_current() else 0)
    if not target or not procfs.send(target, signal.SIGTERM):
        return _refuse("Wactorz is just starting or stopping; try again in a moment")
    deadline = time.monotonic() + _STOP_SECONDS + 5
    while is_locked(layout):
        if time.monotonic() > deadline:
            return _refuse(f"Wactorz (pid {target}) does not stop; its log is {layout.log_file('runner')}")
        time.sleep(0.05)
    say("Wactorz has stopped")
    return 0


def main() -> int:
    """Be the launcher, in the foreground of a terminal or detached."""
    layout = Layout.from_environment()
    if problem := layout.prepare():
        return _refuse(problem)
    lock = acquire(layout)
    if lock is None:
        return _refuse(_running(layout) or "Wactorz is just stopping here; try again in a moment")
    procfs.become_subreaper()
    signal.pthread_sigmask(signal.SIG_BLOCK, _SIGNALS)
    return _Launcher(layout, lock).run()


class _Launcher:
    """The parent of the runner."""

    def __init__(self, layout: Layout, lock: int) -> None:
        self._layout = layout
        self._lock = lock
        self._progress = Progress(layout)
        self._runner = 0
        self._runner_began = 0.0
        self._quick_deaths = 0
        self._stop_deadline = 0.0

    def run(self) -> int:
        """Run until a person stops it or the runner gives up."""
        self._start_runner()
        code = None
        while code is None:
            received = signal.sigtimedwait(_SIGNALS, self._patience())
            if received and received.si_signo != signal.SIGCHLD:
                self._begin_stop()
            code = self._reap()
            self._progress.show()
            if self._stop_deadline and time.monotonic() > self._stop_deadline:
                procfs.send(self._runner, signal.SIGKILL)
        _kill_children()
        if code:
            return _refuse(failure(self._layout), code)
        say("Wactorz has stopped")
        return 0

    def _patience(self) -> float:
        return 0.1 if self._stop_deadline or not self._progress.finished else 3600.0

    def _begin_stop(self) -> None:
        """The first wish to stop is passed on, the second one is obeyed at once."""
        if self._stop_deadline:
            procfs.send(self._runner, signal.SIGKILL)
            return
        say("Stopping ...")
        self._stop_deadline = time.monotonic() + _STOP_SECONDS
        procfs.send(self._runner, signal.SIGTERM)

    def _start_runner(self) -> None:
        log = self._layout.log_file("runner")
        append = os.O_WRONLY | os.O_CREAT | os.O_APPEND
        self._runner_began = time.monotonic()
        self._runner = os.posix_spawn(
            sys.executable,
            [sys.executable, "-m", "wactorz_edge.runner", f"--launcher={os.getpid()}"],
            os.environ,
            file_actions=[
                (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
                (os.POSIX_SPAWN_OPEN, 1, str(log), append, 0o600),
                (os.POSIX_SPAWN_DUP2, 1, 2),
                (os.POSIX_SPAWN_DUP2, self._lock, _LOCK_DESCRIPTOR),
            ],
            setsid=True,
            setsigmask=[],
            setsigdef=list(_SIGNALS),
        )

    def _reap(self) -> int | None:
        """Bury the dead; an exit code when the runner has ended for good."""
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return None
            if pid == 0:
                return None
            if pid == self._runner and (code := self._runner_ended(os.waitstatus_to_exitcode(status))) is not None:
                return code

    def _runner_ended(self, code: int) -> int | None:
        if self._stop_deadline:
            return 0
        if code in (0, CONFIG_EXIT):
            return code
        short = time.monotonic() - self._runner_began < _QUICK_SECONDS
        self._quick_deaths = self._quick_deaths + 1 if short else 0
        time.sleep(min(5.0, 0.5 * self._quick_deaths) if self._quick_deaths > 1 else 0)
        self._start_runner()
        return None


def _start_detached(layout: Layout, command: list[str]) -> int:
    """Start the launcher in a session of its own and wait until everything is ready."""
    log = layout.log_file("launcher")
    log.write_text("")
    flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND
    pid = os.posix_spawn(
        command[0],
        command,
        os.environ,
        file_actions=[
            (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
            (os.POSIX_SPAWN_OPEN, 1, str(log), flags, 0o600),
            (os.POSIX_SPAWN_DUP2, 1, 2),
        ],
        setsid=True,
    )
    return _follow(layout, pid)


def _follow(layout: Layout, pid: int) -> int:
    progress, deadline = Progress(layout), time.monotonic() + _START_LIMIT
    while time.monotonic() < deadline:
        ended, status = os.waitpid(pid, os.WNOHANG)
        if ended:
            code = os.waitstatus_to_exitcode(status)
            return _refuse(failure(layout) or log_tail(layout.log_file("launcher")), code or 1)
        progress.show()
        if progress.finished:
            return 0
        if progress.installing:
            deadline = time.monotonic() + _START_LIMIT
        time.sleep(0.05)
    problem = failure(layout)
    os.kill(pid, signal.SIGTERM)
    os.waitpid(pid, 0)
    return _refuse(f"Not ready within {_START_LIMIT:g} s, stopped again. {problem}")


def log_tail(path: Path, lines: int = 5) -> str:
    """The last lines of a log."""
    return hint(path, lines)


def _unfit_system() -> str:
    if hasattr(os, "pidfd_open"):
        return ""
    return "Running without containers needs Linux 5.3 or later; use `docker compose up` here"


def _running(layout: Layout) -> str:
    if not is_locked(layout):
        return ""
    known = record.read(layout.record_file)
    pid = launcher_pid(layout) or (known.runner.get("pid", 0) if known else 0)
    return f"Wactorz already runs here (pid {pid}); `wactorz down` stops it"


def _sweep_leftovers(layout: Layout) -> int:
    """End what a killed launcher and runner have left behind."""
    known = record.read(layout.record_file)
    left = known.living() if known else []
    if not left:
        say("Nothing runs here")
        return 0
    for pid, _ in left:
        procfs.send(pid, signal.SIGTERM)
    if not procfs.wait_gone(left, 10):
        for pid, start in left:
            if procfs.is_alive(pid, start):
                procfs.send(pid, signal.SIGKILL)
    say(f"Stopped {len(left)} processes that were left over")
    return 0


def _kill_children() -> None:
    """End whatever outlived the runner: as the subreaper, this process is its parent now."""
    while remaining := procfs.children(os.getpid()):
        for pid in remaining:
            procfs.send(pid, signal.SIGKILL)
            os.waitpid(pid, 0)


def _refuse(text: str, code: int = 1) -> int:
    with contextlib.suppress(OSError):  # the terminal may be closed
        sys.stderr.write(text + "\n")
    return code


if __name__ == "__main__":
    sys.exit(main())
