"""One process under the supervisor, and the watch that sees its end at once."""

import asyncio
import contextlib
import os
import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from wactorz_common.supervision import Death, Decision, History, RestartPolicy, decide
from wactorz_edge.record import ProcessRecord
from wactorz_edge.stack import Unit


class Watch:
    """Watches a process through a pidfd, whether or not it is our child; `ended` is called once with its exit code.

    The dead process is kept as a zombie until `reap`, so that its id cannot be given to another one meanwhile.
    """

    def __init__(self, pid: int, ended: Callable[[int | None], None]) -> None:
        self._descriptor = os.pidfd_open(pid)
        self._ended = ended
        self._loop = asyncio.get_running_loop()
        self._loop.add_reader(self._descriptor, self._on_end)

    def _on_end(self) -> None:
        self._loop.remove_reader(self._descriptor)
        self._ended(self._exit_code(os.WEXITED | os.WNOHANG | os.WNOWAIT))

    def reap(self) -> None:
        """Let the kernel forget the process, and this watch with it."""
        self._loop.remove_reader(self._descriptor)
        self._exit_code(os.WEXITED | os.WNOHANG)
        os.close(self._descriptor)

    def _exit_code(self, options: int) -> int | None:
        """The exit code, minus the signal; None for a process that is not our child."""
        try:
            result = os.waitid(os.P_PIDFD, self._descriptor, options)
        except ChildProcessError:
            return None
        if result is None:
            return None
        return result.si_status if result.si_code == os.CLD_EXITED else -result.si_status


@dataclass
class Process:
    """A unit of the stack and what is known of its present process."""

    unit: Unit
    record: ProcessRecord
    watch: Watch | None = None
    launching: bool = False
    held: bool = False
    """Its group is being restarted: its end is wanted, and it is started again with the others."""
    ready: asyncio.Event = field(default_factory=asyncio.Event)
    gone: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def name(self) -> str:
        """The name of the unit."""
        return self.unit.name

    @property
    def is_running(self) -> bool:
        """Whether a process of this unit is being watched."""
        return self.watch is not None


def judge(process: Process, policy: RestartPolicy, code: int | None) -> Decision:
    """Let the shared policy decide on a death that has just been seen, and remember it in the record."""
    known = process.record
    policy = replace(policy, kind=process.unit.kind)
    history = History(tuple(known.deaths), known.streak, known.stopped, known.quarantined)
    death = Death(time.time(), known.started_at, code)
    decision, history = decide(policy, history, death, random.random())  # noqa: S311  # jitter
    known.deaths, known.streak, known.quarantined = list(history.deaths), history.streak, history.quarantined
    return decision


def bury_strangers(ours: set[int]) -> None:
    """Reap dead children that nobody watches: orphans of our processes."""
    with contextlib.suppress(ChildProcessError):
        while dead := os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT):
            if dead.si_pid in ours:
                return
            os.waitpid(dead.si_pid, os.WNOHANG)
