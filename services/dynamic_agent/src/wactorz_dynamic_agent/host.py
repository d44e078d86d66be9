"""The host: carries out orders, and keeps the agents of this process."""

import asyncio
import contextlib
import shutil
from collections import defaultdict
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import structlog

from wactorz_common import logs
from wactorz_common.accounts import guest_slug
from wactorz_common.bus import Broker, is_topic
from wactorz_common.contracts.guests import AGENT_LEAF, RETAINED_LEAVES
from wactorz_common.contracts.hosting import BrokerLogin, HostAnswer, HostOrder
from wactorz_common.contracts.spawning import SpawnSpec
from wactorz_common.errors import ContractError, Refused, TransportError, WactorzError
from wactorz_common.run import broker_of, bus_of, install_id, make_identity
from wactorz_common.store import Store
from wactorz_dynamic_agent import checks, packages
from wactorz_dynamic_agent.agent import DynamicAgent
from wactorz_dynamic_agent.behavior import Surroundings
from wactorz_dynamic_agent.control import Control
from wactorz_dynamic_agent.cpython import PythonRuntime, add_packages
from wactorz_dynamic_agent.directory import Directory
from wactorz_dynamic_agent.instance import Runtime
from wactorz_dynamic_agent.keys import KEPT
from wactorz_dynamic_agent.lean import LeanStore
from wactorz_dynamic_agent.memory import MemoryShare
from wactorz_dynamic_agent.settings import HostSettings

_KINDS = ("dynamic", "llm", "ha_actuator")
_CONNECT_SECONDS = 2.0
_RESTORED = "_initial_state_taken"


@dataclass
class Hosted:
    """An agent of this process and the order that it came with."""

    agent: DynamicAgent
    store: Store
    spec: SpawnSpec
    broker: BrokerLogin | None
    has_ended: bool = False

    def is_like(self, spec: SpawnSpec, broker: BrokerLogin | None) -> bool:
        """Whether it runs as this order wants it; what only a migration needs does not count."""
        return not self.has_ended and (_lasting(self.spec), self.broker) == (_lasting(spec), broker)


class Host:
    """Carries out orders one after the other for each name."""

    def __init__(self, settings: HostSettings, sandbox: Runtime) -> None:
        settings = settings.model_copy(update={"health_file": None})  # it tells of the host, not of one agent
        self._settings, self._sandbox, self._python = settings, sandbox, PythonRuntime()
        self._hosted: dict[str, Hosted] = {}
        self._busy: dict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._memory = MemoryShare(lambda: len(self._hosted))
        self._directory = Directory()
        self._log = logs.get(__name__)
        self._beside: set[asyncio.Task[None]] = set()
        self.ready = False
        self.control = Control(self.take, lambda: self.ready)

    async def take(self, order: HostOrder) -> None:
        """Carry out one order and answer it."""
        async with self._busy[order.name]:
            try:
                _check_name(order.name)
                answer = await self._carry_out(order)
            except WactorzError as error:
                answer = HostAnswer(event="refused", name=order.name, id=order.id, error=str(error))
            except Exception as error:
                self._log.exception("order failed", op=order.op, name=order.name)
                why = f"the host failed: {type(error).__name__}: {error}"
                answer = HostAnswer(event="refused", name=order.name, id=order.id, error=why)
        self.control.answer(answer)

    async def _carry_out(self, order: HostOrder) -> HostAnswer:
        if order.op == "host":
            await self._host(order)
            return HostAnswer(event="hosted", name=order.name, id=order.id)
        if order.op == "drop":
            await self._drop(order)
            return HostAnswer(event="dropped", name=order.name, id=order.id)
        return HostAnswer(event="exported", name=order.name, id=order.id, state=await self._export(order))

    # -- hosting ------------------------------------------------------------------------------------------------

    async def _host(self, order: HostOrder) -> None:
        spec = order.spec
        if spec is None or spec.name != order.name:
            raise ContractError("an order to host needs the specification of the agent that it names")
        hosted = self._hosted.get(spec.name)
        if hosted is not None and hosted.is_like(spec, order.broker):
            return
        await self._check(spec)
        if hosted is not None:
            await self._end(spec.name)
        await self._begin(spec, order.broker)

    async def _check(self, spec: SpawnSpec) -> None:
        """Refuse what cannot run, in words that its author can use."""
        if spec.kind not in _KINDS:
            raise Refused(f"agents of type '{spec.kind}' are not run here; these are: {', '.join(_KINDS)}")
        if spec.kind != "dynamic":
            return
        problems = checks.problems_of(spec.code, has_packages=bool(spec.install))
        if problems:
            raise Refused(f"the code of '{spec.name}' cannot run: {'; '.join(problems)}")
        if spec.install:
            others = set(self._hosted) - {spec.name}
            if others:
                raise Refused("an agent with packages needs a process of its own, and this one has others in it")
            folder = self._folder(spec.name) / "packages"
            await packages.install(spec.install, folder, self._settings.wheels)
            add_packages(folder)

    async def _begin(self, spec: SpawnSpec, broker: BrokerLogin | None) -> None:
        store = LeanStore(self._folder(spec.name) / "state.db")
        await asyncio.to_thread(store.open)
        try:
            agent = await self._make(spec, broker, store)
            agent.on_begin_again = partial(self._begin_again, spec.name)
            self._hosted[spec.name] = Hosted(agent, store, spec, broker)
            await asyncio.create_task(_started(agent), name=spec.name)
            with contextlib.suppress(TransportError):  # without a broker it is hosted all the same
                await agent.bus.wait_connected(_CONNECT_SECONDS)
        except BaseException:
            self._hosted.pop(spec.name, None)
            await store.close()
            raise
        if checks.looks_around(spec.code):
            self._directory.serve(agent)

    async def _make(self, spec: SpawnSpec, login: BrokerLogin | None, store: Store) -> DynamicAgent:
        scope = self._settings.node or install_id(self._settings.state_dir)
        client_id = (login and login.client_id) or f"wactorz-agent-{scope}-{guest_slug(spec.name)}"
        identity = await make_identity(spec.name, store, client_id, spec.agent_id)
        if spec.initial_state is not None and store.recall(_RESTORED) is None:
            state = {f"{KEPT}{key}": value for key, value in spec.initial_state.items()}
            await store.persist_all({**state, _RESTORED: True})
        broker = Broker(login.host, login.port, login.username, login.password) if login else broker_of(self._settings)
        runtime = self._python if spec.install else self._sandbox
        around = Surroundings(runtime, self._memory.mb, self._directory.snapshot, self._ended, self._changed)
        return DynamicAgent(self._settings, bus_of(identity, broker, protected=False), store, spec, around)

    def _ended(self, name: str, why: str, is_own_wish: bool) -> None:
        """An agent has ended; what it was is let go of."""
        hosted = self._hosted.get(name)
        if hosted is None or hosted.has_ended:
            return
        hosted.has_ended = True
        self.control.answer(HostAnswer(event="ended", name=name, error=why, final=is_own_wish))
        self._spawn(self._let_go(hosted))

    async def _let_go(self, hosted: Hosted) -> None:
        name = hosted.spec.name
        async with self._busy[name]:
            if self._hosted.get(name) is hosted:
                await self._end(name)

    def _begin_again(self, name: str) -> None:
        """An agent's state was put back: it begins again with that."""
        self._spawn(self._restart(self._hosted.get(name)))

    async def _restart(self, hosted: Hosted | None) -> None:
        if hosted is None:
            return
        name = hosted.spec.name
        async with self._busy[name]:
            if self._hosted.get(name) is hosted and not hosted.has_ended:
                await self._end(name)
                await self._begin(hosted.spec, hosted.broker)

    def _changed(self, name: str, code: str) -> None:
        """A repair has changed an agent's code."""
        self.control.answer(HostAnswer(event="repaired", name=name, code=code))

    def _spawn(self, work: Any) -> None:
        task = asyncio.ensure_future(work)
        self._beside.add(task)
        task.add_done_callback(self._beside.discard)

    def _folder(self, name: str) -> Path:
        return self._settings.agent_dir(guest_slug(name))

    # -- dropping and telling -----------------------------------------------------------------------------------

    async def _drop(self, order: HostOrder) -> None:
        hosted = self._hosted.get(order.name)
        if hosted is not None and order.delete and not order.keep_topics:
            await _withdraw(hosted.agent)
        await self._end(order.name, for_good=order.delete)
        if order.delete:
            folder = self._folder(order.name)
            await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)

    async def _end(self, name: str, *, for_good: bool = False) -> None:
        hosted = self._hosted.pop(name, None)
        if hosted is None:
            return
        self._directory.forget(hosted.agent)
        await hosted.agent.stop(for_good=for_good)
        await hosted.store.close()

    async def _export(self, order: HostOrder) -> dict[str, Any]:
        """Everything that the agent's code has kept, by key; of one that does not run, from its file."""
        name = order.name
        if order.hand_over:
            await self._end(name, for_good=True)
        hosted = self._hosted.get(name)
        if hosted is not None:
            return _own(hosted.store.kept())
        path = self._folder(name) / "state.db"
        if not path.exists():
            raise Refused(f"no agent '{name}' has kept anything here")
        store = LeanStore(path)
        await asyncio.to_thread(store.open)
        try:
            return _own(store.kept())
        finally:
            await store.close()

    async def close(self) -> None:
        """End every agent in good order."""
        await self.control.close()
        await asyncio.gather(*(self._let_go(hosted) for hosted in list(self._hosted.values())))
        await asyncio.gather(*self._beside, return_exceptions=True)


def _check_name(name: str) -> None:
    """What makes no topic level names no agent; its folder is called by its slug."""
    if not name.strip() or not is_topic(name) or "/" in name:
        raise Refused(f"'{name[:64]}' is no name of an agent")


def _lasting(spec: SpawnSpec) -> SpawnSpec:
    return spec.model_copy(update={"initial_state": None, "migration_token": "", "replace": False})


async def _started(agent: DynamicAgent) -> None:
    """Start in a task of its own, whose log lines carry the agent's name, as do those of all that it begins."""
    structlog.contextvars.bind_contextvars(agent=agent.name)
    await agent.start()


async def _withdraw(agent: DynamicAgent) -> None:
    """Clear what the agent has left on the broker."""
    for leaf in RETAINED_LEAVES:
        await agent.bus.send(AGENT_LEAF.topic(deleted_id=agent.id, leaf=leaf), b"", 1, retain=True)
    for topic in agent.ports.data_topics:
        await agent.bus.send(topic, b"", 1, retain=True)


def _own(kept: dict[str, Any]) -> dict[str, Any]:
    return {key.removeprefix(KEPT): value for key, value in kept.items() if key.startswith(KEPT)}
