"""The parent of the processes: starts them, sees them end, and restarts them by the shared policy."""

import asyncio
import contextlib
import signal
import time
from collections.abc import Callable, Coroutine, Iterable, Sequence
from pathlib import Path
from typing import Any

from wactorz_common import logs
from wactorz_common.contracts.nodes import NodeEvent
from wactorz_common.errors import TransportError
from wactorz_common.supervision import Decision, Group, Quarantine, Restart, RestartPolicy
from wactorz_edge import procfs, readiness, record, starting
from wactorz_edge.forkserver import ForkRequest
from wactorz_edge.grouping import members_with
from wactorz_edge.launcher import CONFIG_EXIT
from wactorz_edge.layout import Layout
from wactorz_edge.process import Process, Watch, bury_strangers, judge
from wactorz_edge.progress import hint
from wactorz_edge.stack import FORK_SERVER, Unit

Announce = Callable[[NodeEvent], None]

_PROBE_SECONDS = 0.05
_RETRY_SECONDS = 0.05
_DRAIN_SECONDS = 10.0
_TOLD = ("heartbeat", "stream")
"""Kinds of readiness that are not probed."""


class Supervisor:
    """Keeps every unit running until it is told to stop.

    Everything happens in the event loop that creates it. `announce` is told what happens to processes; `given_up` is
    set when the first start has failed for good, and `node.problem` then says why.
    """

    def __init__(
        self, units: Iterable[Unit], node: record.NodeRecord, layout: Layout, policy: RestartPolicy, node_name: str,
        groups: Sequence[Group] = (),
    ) -> None:  # fmt: skip
        self.node = node
        self.announce: Announce = lambda _event: None
        self.given_up = asyncio.Event()
        self._layout = layout
        self._policy = policy
        self._groups = groups
        self._node_name = node_name
        self._log = logs.get(__name__)
        self._stopping = False
        self._forking = 0
        self._tasks: set[asyncio.Task[None]] = set()
        self.processes: dict[str, Process] = {}
        for unit in units:
            known = node.processes.get(unit.name) or record.ProcessRecord(unit.name)
            self.processes[unit.name] = Process(unit, known)
        self.unclaimed = {name: item for name, item in node.processes.items() if name not in self.processes}
        """What a runner before this one has left and `add` has not taken over yet."""
        self._keep_records()

    # -- starting -----------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Adopt what lives, and start what does not; the dead of the meantime count as deaths."""
        asyncio.get_running_loop().add_signal_handler(signal.SIGCHLD, self._bury)
        for process in self.processes.values():
            self._take_up(process)
        self.save()

    def log_file(self, name: str) -> Path:
        """Where the output of a unit goes."""
        return self._layout.log_file(name)

    def add(self, unit: Unit) -> None:
        """Look after one more unit; nothing when it is there already."""
        if unit.name in self.processes or self._stopping:
            return
        known = self.unclaimed.pop(unit.name, None) or record.ProcessRecord(unit.name)
        process = self.processes[unit.name] = Process(unit, known)
        self._keep_records()
        self._take_up(process)
        self.save()

    async def remove(self, name: str) -> None:
        """Stop a unit in good order and look after it no longer; nothing when it is unknown."""
        process = self.processes.get(name)
        if process is None or self._stopping:
            return
        process.record.stopped = True
        await self._end([process])
        if process.record.stopped and not process.is_running:
            self.processes.pop(name, None)
        self._keep_records()
        self.save()

    def end_unclaimed(self) -> None:
        """Kill what nobody took over."""
        for known in self.unclaimed.values():
            if procfs.is_alive(known.pid, known.start):
                self._log.warning("ended, as nobody needs it any more", process=known.name, pid=known.pid)
                procfs.kill_group(known.pid)
        self.unclaimed.clear()
        self._keep_records()
        self.save()

    def _keep_records(self) -> None:
        own = {name: process.record for name, process in self.processes.items()}
        self.node.processes = {**self.unclaimed, **own}

    def _take_up(self, process: Process) -> None:
        known = process.record
        if procfs.is_alive(known.pid, known.start):
            self._log.info("adopted", process=process.name, pid=known.pid)
            self._watch(process)
        elif known.stopped or known.quarantined:
            known.pid = known.start = 0
        elif known.pid:
            self._ended(process, None)
        else:
            self._spawn(self._launch(process))

    def save(self) -> None:
        """Write the record to disk; a full disk does not end the supervision."""
        try:
            record.write(self._layout.record_file, self.node)
        except OSError as error:
            self._log.error("the record cannot be written", reason=str(error))  # expected

    async def _launch(self, process: Process, delay: float = 0.0) -> None:
        await asyncio.sleep(delay)
        if self._stopping or process.is_running or process.launching or process.record.stopped:
            return
        process.launching = True
        try:
            starting.rotate(self._layout.log_file(process.name))
            if process.unit.command:
                self._execute(process)
            else:
                await self._fork(process)
        except Exception as error:  # whatever it is, the process must not stay down for ever
            self._log.exception("cannot be started", process=process.name, reason=str(error))
            process.record.started_at = time.time()
            self._judge(process, 0, None)
        finally:
            process.launching = False

    def _execute(self, process: Process) -> None:
        unit = process.unit
        pid = starting.execute(list(unit.command), dict(unit.env), self._layout.log_file(unit.name))
        self._note(process, pid)

    async def _fork(self, process: Process) -> None:
        """Ask the fork server, for as long as it takes until there is one."""
        unit, server = process.unit, self.processes[FORK_SERVER]
        request = ForkRequest(unit.module, unit.name, dict(unit.env), str(self._layout.log_file(unit.name)))
        while not self._stopping and not process.record.stopped:
            self._forking += 1
            try:
                if server.is_running:
                    note = lambda pid: self._note(process, pid)  # noqa: E731
                    await starting.fork(server.unit.ready.address, server.record.pid, request, note)
                    return
            except starting.ForkServerHangs as error:
                self.restart(FORK_SERVER, str(error))
            except TransportError as error:
                self._log.debug("not forked yet", process=unit.name, reason=str(error))
            finally:
                self._forking -= 1
            await asyncio.sleep(_RETRY_SECONDS)

    def _note(self, process: Process, pid: int) -> None:
        """Write a new process down before it does anything, so that it is never started twice."""
        known = process.record
        known.pid, known.start, known.state = pid, procfs.start_ticks(pid), "running"
        known.started_at, known.ready_at, known.exit_code = time.time(), 0.0, None
        self.save()
        self._watch(process)
        self._tell(process, "started")

    def _watch(self, process: Process) -> None:
        process.ready.clear()
        process.gone.clear()
        try:
            process.watch = Watch(process.record.pid, lambda code: self._ended(process, code))
        except ProcessLookupError:
            self._ended(process, None)
            return
        if process.unit.ready.how not in _TOLD or process.record.ready_at:
            self._spawn(self._await_service(process, process.record.pid))

    async def _await_service(self, process: Process, pid: int) -> None:
        while process.record.pid == pid and not process.ready.is_set():
            if process.unit.ready.how in _TOLD or await readiness.serves(process.unit.ready):
                self.mark_ready(process.name, pid)
            else:
                await asyncio.sleep(_PROBE_SECONDS)

    def mark_ready(self, name: str, pid: int) -> None:
        """A process serves; called also for heartbeats, of which only the present process's own counts."""
        process = self.processes.get(name)
        if process is None or process.record.pid != pid or process.ready.is_set() or not pid:
            return
        process.ready.set()
        process.record.ready_at = process.record.ready_at or time.time()
        awaited = (item for item in self.processes.values() if item.unit.essential)
        if self.node.phase == "starting" and all(item.record.ready_at for item in awaited):
            self.node.phase, self.node.ready_at = "ready", time.time()
            self._log.info("ready", seconds=round(self.node.ready_at - self.node.started_at, 2))
        self.save()

    # -- ending -------------------------------------------------------------------------------------------------

    def _ended(self, process: Process, code: int | None) -> None:
        known = process.record
        pid = known.pid
        if procfs.start_ticks(pid) in (0, known.start):  # else the id is a stranger's now
            procfs.kill_group(pid)
        if process.watch is not None:
            process.watch.reap()
            process.watch = None
        known.pid = known.start = 0
        known.exit_code, known.ready_at = code, 0.0
        process.ready.clear()
        process.gone.set()
        if self._stopping:
            known.state = "stopped"
            self.save()
        elif process.held:
            known.state = "backoff"
            self._tell(process, "died", pid, code, 0.0)
            self.save()
        else:
            self._judge(process, pid, code)

    def _judge(self, process: Process, pid: int, code: int | None) -> None:
        """Let the policy decide what follows."""
        decision = judge(process, self._policy, code)
        self._log.warning("process ended", process=process.name, pid=pid, code=code, decision=str(decision))
        self._follow(process, decision, pid, code)
        self.save()
        final = code == CONFIG_EXIT or isinstance(decision, Quarantine)
        if self.node.phase == "starting" and process.unit.essential and final:
            self._give_up(process, code)

    def _follow(self, process: Process, decision: Decision, pid: int, code: int | None) -> None:
        known = process.record
        if isinstance(decision, Restart):
            known.state, known.restarts = "backoff", known.restarts + 1
            self._tell(process, "died", pid, code, decision.delay)
            self._spawn(self._bring_back(process, decision.delay))
        elif isinstance(decision, Quarantine):
            known.state = "quarantined"
            self._tell(process, "died", pid, code)
            self._tell(process, "quarantined", pid, code)
        else:
            known.state = "quarantined" if known.quarantined else "stopped"
            self._tell(process, "stopped", pid, code)

    async def _bring_back(self, dead: Process, delay: float) -> None:
        """Start it again after the delay, with those of its group that have to go with it."""
        members = members_with(self._groups, self.processes, dead)
        others = [item for item in reversed(members) if item is not dead]
        for item in others:
            item.held = True
        try:
            for item in others:
                self._log.warning("restarted with its group", process=item.name, died=dead.name)
                await self._end([item])
            await asyncio.sleep(delay)
        finally:
            for item in others:
                item.held = False
        for item in members or [dead]:
            await self._launch(item)

    def _give_up(self, process: Process, code: int | None) -> None:
        """The first start has failed in a way that a restart does not mend."""
        log = self._layout.log_file(process.name)
        last = hint(log, 1)
        self.node.problem = last if code == CONFIG_EXIT else f"{process.name} keeps dying: {last} (its log is {log})"
        self.save()
        self.given_up.set()

    # -- requests -----------------------------------------------------------------------------------------------

    def restart(self, name: str, reason: str) -> bool:
        """Kill a process that hangs, or start one that was stopped or in quarantine; False when it is unknown."""
        process = self.processes.get(name)
        if process is None:
            return False
        self._log.warning("restart asked for", process=name, reason=reason)
        known = process.record
        if process.is_running:
            procfs.send(known.pid, signal.SIGKILL)
            return True
        if known.stopped or known.quarantined:
            known.stopped = known.quarantined = False
            known.deaths, known.streak = [], 0
            self._spawn(self._launch(process))
        return True

    def stop_one(self, name: str, reason: str) -> bool:
        """A person's stop of one process, respected until `restart`; False when it is unknown."""
        process = self.processes.get(name)
        if process is None:
            return False
        self._log.warning("stop asked for", process=name, reason=reason)
        process.record.stopped = True
        self.save()
        if process.is_running:
            self._spawn(self._end([process]))
        return True

    async def stop(self) -> None:
        """Stop everything in good order: doors first, broker last."""
        self._stopping = True
        self.node.phase = "stopping"
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        waves = sorted({process.unit.stop_wave for process in self.processes.values()})
        for wave in waves:
            await self._end([process for process in self.processes.values() if process.unit.stop_wave == wave])
        self.node.phase = "stopped"
        self.save()

    async def _end(self, processes: list[Process]) -> None:
        running = [process for process in processes if process.is_running]
        for process in running:
            procfs.send(process.record.pid, signal.SIGTERM)
            procfs.send(process.record.pid, signal.SIGCONT)  # a frozen process could not obey
        if await self._all_gone(running, _DRAIN_SECONDS):
            return
        for process in running:
            if process.is_running:
                self._log.warning("does not stop, killed", process=process.name, pid=process.record.pid)
                procfs.send(process.record.pid, signal.SIGKILL)
        await self._all_gone(running, _DRAIN_SECONDS)

    async def _all_gone(self, processes: list[Process], seconds: float) -> bool:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                for process in processes:
                    await process.gone.wait()
        return not any(process.is_running for process in processes)

    # -- inside -------------------------------------------------------------------------------------------------

    def _tell(
        self, process: Process, kind: str, pid: int = 0, code: int | None = None, delay: float | None = None
    ) -> None:
        event = NodeEvent(
            node=self._node_name, name=process.name, kind=kind, pid=pid or process.record.pid, exit_code=code,
            delay=None if delay is None else round(delay, 3), deaths=len(process.record.deaths), timestamp=time.time(),
        )  # fmt: skip
        self.announce(event)

    def _bury(self) -> None:
        """Bury orphans that fell to this process as their subreaper."""
        if not self._forking:
            bury_strangers({process.record.pid for process in self.processes.values()})

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
