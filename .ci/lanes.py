"""Runs steps in lanes: the steps of a lane one after the other, the lanes side by side, each step's output in a log."""

import os
import re
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

_GRACE_SECONDS = 30.0
_MOST_LINES, _FEW_LINES = 3_000, 80
_PERCENT = re.compile(r"\[ *(\d+)%\]")


@dataclass(slots=True)
class Step:
    """A command with a name.

    `needed`: without it the rest of its lane is not run. `tries`: more than one for what a network may fail.
    `failures`: where its tests list those that failed.
    """

    name: str
    command: Sequence[str]
    env: Mapping[str, str] = field(default_factory=dict)
    needed: bool = False
    tries: int = 1
    minutes: float = 60
    failures: Path | None = None
    code: int | None = None
    seconds: float = 0.0

    @property
    def ok(self) -> bool:
        """Whether it ran and succeeded."""
        return self.code == 0


class Lanes:
    """Runs lanes of steps and tells how they go; `stop` ends what runs, and nothing else."""

    def __init__(self, logs: Path, say: Callable[[str], None]) -> None:
        self._logs = logs
        self._say_line = say
        self._running: dict[str, tuple[subprocess.Popen[bytes], float]] = {}
        self._lock = threading.RLock()
        self._stopped = False
        logs.mkdir(parents=True, exist_ok=True)

    def log(self, step: Step) -> Path:
        """Where the output of a step goes."""
        return self._logs / f"{re.sub('[^a-z0-9]+', '-', step.name.lower())}.log"

    def run(self, *lanes: Sequence[Step], every: float = 60.0) -> bool:
        """Run lanes to their ends, telling now and then how far they are; whether all of it succeeded."""
        threads = [threading.Thread(target=self._lane, args=(lane,), daemon=True) for lane in lanes]
        for thread in threads:
            thread.start()
        told = time.monotonic()
        while any(thread.is_alive() for thread in threads):
            time.sleep(0.2)
            if time.monotonic() - told >= every:
                told = time.monotonic()
                self._progress()
        return all(step.ok for lane in lanes for step in lane)

    def stop(self) -> None:
        """End the steps that run, each with its children, and start no other."""
        with self._lock:
            self._stopped = True
            running = [process for process, _ in self._running.values()]
        for process in running:
            _end(process)

    def _lane(self, lane: Sequence[Step]) -> None:
        for step in lane:
            for tried in range(step.tries):
                self._run(step, again=tried > 0)
                if step.ok or self._stopped:
                    break
            self._tell(step)
            if self._stopped or (step.needed and not step.ok):
                return

    def _run(self, step: Step, *, again: bool) -> None:
        began = time.monotonic()
        with self.log(step).open("ab" if again else "wb") as log:
            with self._lock:
                if self._stopped:
                    return
                process = subprocess.Popen(
                    step.command, env={**os.environ, **step.env}, stdin=subprocess.DEVNULL, stdout=log,
                    stderr=subprocess.STDOUT, start_new_session=True,
                )  # fmt: skip
                self._running[step.name] = (process, began)
            try:
                step.code = process.wait(step.minutes * 60)
            except subprocess.TimeoutExpired:
                log.write(f"\nended: it ran for more than {step.minutes:g} minutes\n".encode())
                step.code = _end(process) or 1
        with self._lock:
            del self._running[step.name]
        step.seconds += time.monotonic() - began

    def _tell(self, step: Step) -> None:
        lines = self.log(step).read_text(errors="replace").splitlines() if self.log(step).exists() else []
        with self._lock:
            self._say(f"== {'ok' if step.ok else 'FAILED'} {step.seconds:.0f} s {step.name}")
            for line in closing(lines, failed=not step.ok):
                self._say(line)

    def _progress(self) -> None:
        with self._lock:
            running = [(name, began) for name, (_, began) in self._running.items()]
        shown = (f"{name} {self._percent(name)}({time.monotonic() - began:.0f} s)" for name, began in running)
        self._say(f".. {time.strftime('%T')} {', '.join(shown)}")

    def _percent(self, name: str) -> str:
        found = _PERCENT.findall(self.log(Step(name, ())).read_text(errors="replace")[-20_000:])
        return f"{found[-1]} % " if found else ""

    def _say(self, line: str) -> None:
        with self._lock:
            self._say_line(line)


def closing(lines: Sequence[str], *, failed: bool) -> Sequence[str]:
    """What is shown of a log: pytest's failures or its summary, else the last lines; in full it stays in its file."""
    heads = ("ERRORS", "FAILURES", "short test summary info") if failed else ("short test summary info",)
    starts = [number for number, line in enumerate(lines) if line.startswith("=") and line.strip("= ") in heads]
    most = _MOST_LINES if failed else _FEW_LINES
    shown = lines[starts[0] :] if starts else lines[-(_FEW_LINES if failed else 3) :]
    return shown if len(shown) <= most else [*shown[: most // 2], "...", *shown[-most // 2 :]]


def table(steps: Sequence[Step]) -> list[str]:
    """A line for each step, with how it went."""
    words = {None: "not run", 0: "ok"}
    return [f"{words.get(step.code, 'FAILED'):8} {step.seconds:6.0f} s  {step.name}" for step in steps]


def _end(process: "subprocess.Popen[bytes]") -> int:
    """End a step and the process group that it leads."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(process.pid, number)
        except ProcessLookupError:
            break
        try:
            process.wait(_GRACE_SECONDS)
        except subprocess.TimeoutExpired:
            continue
        break
    with suppress(ProcessLookupError):  # what outlived its leader
        os.killpg(process.pid, signal.SIGTERM)
    return process.wait()
