"""The executor of the shared sandbox: one process for many agents, there only while there is an agent in it."""

import asyncio
import sys
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from wactorz_common.contracts.hosting import HostAnswer, HostOrder
from wactorz_common.errors import Refused, TransportError
from wactorz_edge.executor import DROP_SECONDS, EXPORT_SECONDS, Keeper, answered, patience
from wactorz_edge.host_process import HOST_MODULE, HostProcess, socket_path
from wactorz_edge.ledger import Guest
from wactorz_edge.stack import Ready, Unit
from wactorz_edge.supervisor import Supervisor

SANDBOX = "sandbox"
"""Name of the process."""

_IDLE_SECONDS = 30.0


def sandbox_unit(run_dir: Path, env: Mapping[str, str]) -> Unit:
    """How the process is started; `env` holds no secret."""
    address = socket_path(run_dir, SANDBOX)
    command = (sys.executable, "-m", HOST_MODULE, "--control", address)
    ready = Ready("stream", address=address)
    return Unit(SANDBOX, ready, command=command, env=dict(env), stop_wave=1, essential=False)


class SharedExecutor:
    """Hosts agents in the sandbox process of this node."""

    def __init__(self, supervisor: Supervisor, unit: Unit, idle_seconds: float = _IDLE_SECONDS) -> None:
        self._keeper: Keeper
        self._guests: dict[str, Guest] = {}
        self._orders: dict[str, HostOrder] = {}
        self._idle_seconds = idle_seconds
        self._closing: asyncio.Task[None] | None = None
        self._telling: set[asyncio.Task[None]] = set()
        self._process = HostProcess(supervisor, unit, unit.ready.address, self._on_answer, self._on_arrival)

    def report_to(self, keeper: Keeper) -> None:
        """Whom to tell what happens to guests."""
        self._keeper = keeper

    async def start(self, guests: list[Guest]) -> None:
        """The process is found again by the supervisor, the guests in it are told again by their keeper."""
        if guests:
            self._process.want()

    async def host(self, guest: Guest, order: HostOrder) -> None:
        """Have a guest run; it is told again to a process that has been restarted."""
        if find_spec(HOST_MODULE) is None:
            raise Refused(f"this node cannot host agents: the package {HOST_MODULE} is not installed")
        self._stay()
        self._guests[guest.name], self._orders[guest.name] = guest, _lasting(order)
        try:
            await self._process.order(order, patience(guest))
        except BaseException:
            self._forget(guest.name)
            self._leave_when_idle()
            raise

    async def drop(self, guest: Guest, *, delete: bool, keep_topics: bool) -> None:
        """End a guest."""
        self._forget(guest.name)
        if not delete and not self._process.is_wanted:
            return
        order = HostOrder(op="drop", name=guest.name, delete=delete, keep_topics=keep_topics)
        try:
            await self._process.order(order, DROP_SECONDS)
        except (Refused, TransportError):
            if delete:
                raise
        finally:
            self._leave_when_idle()

    async def export(self, guest: Guest) -> dict[str, Any]:
        """What a guest has kept."""
        order = HostOrder(op="export", name=guest.name, hand_over=True)
        return (await self._process.order(order, EXPORT_SECONDS)).state or {}

    async def kill(self, guest: Guest) -> None:
        """Drop a guest that may hang; one that cannot be dropped takes the process with it."""
        await self.drop(guest, delete=False, keep_topics=False)

    def pid(self, guest: Guest) -> int:
        """The process of all guests."""
        return self._process.pid if guest.name in self._guests else 0

    def kill_process(self, reason: str) -> None:
        """End the process at once; the supervisor starts it again."""
        self._process.kill(reason)

    async def end(self) -> None:
        """Stop the process and forget it, until it is needed again."""
        self._stay()
        await self._process.end()

    async def stop(self) -> None:
        """Let go of the process, which the supervisor stops."""
        for task in (self._closing, *self._telling):
            if task is not None:
                task.cancel()
        await self._process.leave()

    # -- inside -------------------------------------------------------------------------------------------------

    def _on_answer(self, answer: HostAnswer) -> None:
        if answer.name not in self._guests:
            return
        if answer.event == "ended":
            self._forget(answer.name)
        elif answer.event == "repaired" and answer.code:
            self._orders[answer.name] = recoded(self._orders[answer.name], answer.code)
        answered(self._keeper, answer.name, answer)

    def _on_arrival(self) -> None:
        """The process is there, perhaps a new one: every guest is told to it; what it hosts already stays as it is."""
        for name, guest in list(self._guests.items()):
            if guest.handed_over:
                continue
            task = asyncio.create_task(self._tell_again(guest, self._orders[name]))
            self._telling.add(task)
            task.add_done_callback(self._telling.discard)

    async def _tell_again(self, guest: Guest, order: HostOrder) -> None:
        try:
            await self._process.order(order, patience(guest))
        except Refused as error:
            if guest.name in self._guests:
                self._forget(guest.name)
                self._keeper.ended(guest.name, str(error))
        except TransportError:
            return  # its end brings the next arrival

    def _forget(self, name: str) -> None:
        self._guests.pop(name, None)
        self._orders.pop(name, None)

    def _stay(self) -> None:
        if self._closing is not None:
            self._closing.cancel()
            self._closing = None

    def _leave_when_idle(self) -> None:
        self._stay()
        if not self._guests:
            self._closing = asyncio.create_task(self._close_idle())

    async def _close_idle(self) -> None:
        await asyncio.sleep(self._idle_seconds)
        if not self._guests:
            self._closing = None
            await self._process.end()


def _lasting(order: HostOrder) -> HostOrder:
    """The order as it is repeated: the state of a migration is handed over once."""
    if order.spec is None or order.spec.initial_state is None:
        return order
    return order.model_copy(update={"spec": order.spec.model_copy(update={"initial_state": None})})


def recoded(order: HostOrder, code: str) -> HostOrder:
    """The order with other code."""
    if order.spec is None:
        return order
    return order.model_copy(update={"spec": order.spec.model_copy(update={"code": code})})
