"""What the bus may ask of the guests of a node: spawn, move, stop; each request in a task of its own."""

import asyncio
import time
from collections.abc import Coroutine
from typing import Any

from pydantic_core import to_json

from wactorz_common import logs
from wactorz_common.bus import Bus, Message
from wactorz_common.contracts.nodes import (
    NODE_MIGRATE,
    NODE_MIGRATE_RESULT,
    NODE_SPAWN,
    NODE_SPAWN_ACK,
    NODE_STATE_RETURN,
    NODE_STOP_ALL,
    AgentNameRequest,
    MigrateRequest,
    MigrateResult,
    SpawnAck,
    StateReturn,
    StopAllRequest,
)
from wactorz_common.contracts.spawning import SpawnSpec
from wactorz_common.errors import ConfigError, ContractError, Refused, WactorzError
from wactorz_edge.admission import Gate, NodePolicy
from wactorz_edge.guests import Guests

_HAND_BACK = "@main"
_LARGEST_RETURN = 900_000
_MOVED_BY_MONITOR = "Agents are moved by the monitor, which signs what a node starts: use /migrate or migrate_agent"


class GuestLink:
    """Obeys for the guests of one node; `all_stopped` is set when the whole node was asked to stop."""

    def __init__(self, bus: Bus, guests: Guests, gate: Gate, policy: NodePolicy) -> None:
        self.guests = guests
        self.gate = gate
        self.all_stopped = asyncio.Event()
        self._bus = bus
        self._policy = policy
        self._node = policy.node
        self._tasks: set[asyncio.Task[None]] = set()
        self._log = logs.get(__name__)

    def start(self) -> None:
        """Begin to listen."""
        here = {"node": self._node}
        self._bus.subscribe(NODE_SPAWN, self._on_spawn, **here)
        self._bus.subscribe(NODE_STOP_ALL, self._on_stop_all, **here)
        self._bus.subscribe(NODE_MIGRATE, self._on_migrate, **here)

    async def stop(self) -> None:
        """Take nothing more in, and stop every guest in good order."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.guests.stop()

    # -- spawn --------------------------------------------------------------------------------------------------

    async def _on_spawn(self, message: Message[SpawnSpec]) -> None:
        if not self.gate.admit(message):
            return
        problem = self._policy.problem(message.payload)
        if problem:
            self.gate.note(message, problem)
            await self._acknowledge(message.payload, problem)
            return
        self._do(self._spawn(message))

    async def _spawn(self, message: Message[SpawnSpec]) -> None:
        spec = message.payload
        try:
            await self.guests.spawn(spec)
        except (Refused, ContractError, ConfigError) as error:
            self.gate.note(message, str(error))
            await self._acknowledge(spec, str(error))
        except (WactorzError, OSError) as error:
            self._log.warning("an agent cannot be started now", agent=spec.name, reason=str(error))
            await self._acknowledge(spec, str(error), temporary=True)
        else:
            await self._acknowledge(spec)

    async def _acknowledge(self, spec: SpawnSpec, refused: str | None = None, *, temporary: bool = False) -> None:
        answer = SpawnAck(
            agent=spec.name, node=self._node, migration_token=spec.migration_token, refused=refused,
            temporary=temporary, timestamp=time.time(),
        )  # fmt: skip
        await self._bus.publish(NODE_SPAWN_ACK, answer, node=self._node)

    # -- stop and restart ---------------------------------------------------------------------------------------

    def halt(self, request: AgentNameRequest) -> bool:
        """A person's stop of a guest; False when there is none of that name."""
        if request.name not in self.guests:
            return False
        self._do(self.guests.halt(request.name, request.reason, delete=request.delete, keep_topics=request.keep_topics))
        return True

    def restart(self, request: AgentNameRequest) -> bool:
        """Restart a guest; False when there is none of that name."""
        if request.name not in self.guests:
            return False
        self._do(self.guests.restart(request.name, request.reason or "a restart was asked for"))
        return True

    async def _on_stop_all(self, message: Message[StopAllRequest]) -> None:
        self._log.warning("everything is to stop", reason=message.payload.reason)
        self._do(self._stop_all(message.payload.reason))

    async def _stop_all(self, reason: str) -> None:
        await self.guests.halt_all(reason)
        self.all_stopped.set()

    # -- move ---------------------------------------------------------------------------------------------------

    async def _on_migrate(self, message: Message[MigrateRequest]) -> None:
        request = message.payload
        if request.target_node == _HAND_BACK and request.return_token:
            self._do(self._hand_back(request))
            return
        answer = MigrateResult(
            success=False, agent=request.name, from_node=self._node, to_node=request.target_node,
            error=_MOVED_BY_MONITOR, timestamp=time.time(),
        )  # fmt: skip
        await self._bus.publish(NODE_MIGRATE_RESULT, answer, node=self._node)

    async def _hand_back(self, request: MigrateRequest) -> None:
        about: dict[str, Any] = {
            "agent": request.name, "return_token": request.return_token, "from_node": self._node,
            "timestamp": time.time(),
        }  # fmt: skip
        try:
            spec, state = await self.guests.export(request.name)
            kept, dropped = fitting(state, _LARGEST_RETURN - len(spec.encode()))
            answer = StateReturn(config=spec.to_wire(), state=kept, state_keys_dropped=dropped, **about)
        except WactorzError as error:
            answer = StateReturn(refused=str(error), **about)
        await self._bus.publish(NODE_STATE_RETURN, answer, node=self._node)

    # -- inside -------------------------------------------------------------------------------------------------

    def _do(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._done)

    def _done(self, task: "asyncio.Task[None]") -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            self._log.error("a request about a guest failed", reason=str(error), exc_info=error)


def fitting(state: dict[str, Any], room: int) -> tuple[dict[str, Any], tuple[str, ...]]:
    """As much of a state as fits into so many bytes, and the keys that were left out, the largest first. Pure."""
    sizes = {key: len(to_json({key: value})) for key, value in state.items()}
    dropped: list[str] = []
    for key in sorted(sizes, key=lambda name: -sizes[name]):
        if sum(sizes.values()) <= room:
            break
        dropped.append(key)
        del sizes[key]
    return {key: state[key] for key in state if key in sizes}, tuple(dropped)
