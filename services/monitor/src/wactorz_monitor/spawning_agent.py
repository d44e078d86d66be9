"""What the monitor answers and hears about spawned agents; the work is done by the modules it is made of."""

import asyncio
import time
from typing import Any

from wactorz_common.agent import Agent, Task, every, handles, listens
from wactorz_common.approvals import announcing
from wactorz_common.bus import Bus, Message
from wactorz_common.contracts import Nothing
from wactorz_common.contracts.guests import AGENT_DATA, AGENT_LEAF
from wactorz_common.contracts.lifecycle import ALERT, COMMANDS, AgentCommand, AgentError, Heartbeat
from wactorz_common.contracts.nodes import (
    NODE_AGENTS,
    NODE_LIST,
    NODE_MIGRATE,
    NODE_MIGRATE_RESULT,
    NODE_RESTART_AGENT,
    NODE_SPAWN,
    NODE_SPAWN_ACK,
    NODE_STATE_RETURN,
    NODE_STOP,
    MigrateResult,
    NodeAgents,
    NodeHeartbeat,
    SpawnAck,
    StateReturn,
)
from wactorz_common.contracts.spawning import (
    APPROVAL_EVENTS,
    DECIDE_APPROVAL,
    GET_SPEC,
    LIST_APPROVALS,
    LIST_NODES,
    LIST_SPAWNED,
    MANAGE_AGENT,
    MIGRATE_AGENT,
    SPAWN,
    AgentName,
    ApprovalQuery,
    Approvals,
    Decision,
    Done,
    Management,
    Migration,
    NodeReports,
    SpawnedAgents,
    SpawnResult,
    SpawnSpec,
    SpecReport,
)
from wactorz_common.contracts.system import SET_HALT, HaltRequest, HaltResult
from wactorz_common.contracts.topics import CHECK_WIRING
from wactorz_common.errors import ContractError, TaskFailed, TransportError
from wactorz_common.store import Store
from wactorz_monitor import wiring
from wactorz_monitor.accounts import make_accounts
from wactorz_monitor.approvals import SpawnApprovals
from wactorz_monitor.audit import Audit
from wactorz_monitor.dispatch import Dispatcher, load_signer
from wactorz_monitor.fleet import Fleet
from wactorz_monitor.management import Manager
from wactorz_monitor.migration import Migrations
from wactorz_monitor.reconciler import Reconciler
from wactorz_monitor.settings import MonitorSettings
from wactorz_monitor.spawn_registry import SpawnRegistry
from wactorz_monitor.spawner import Spawner

_NODES = "nodes"
_TOPICS, _TOPICS_SECONDS = "topics", 2.0
_HALTED = "halted"
_BEGINNING = ("compile", "setup")
_TRIM_SECONDS = 3_600.0
_EXPIRY_SECONDS = 2.0


class SpawningAgent(Agent[MonitorSettings]):
    """The part of the monitor that keeps spawned agents running."""

    spawn_channels = (
        NODE_SPAWN, NODE_STOP, NODE_RESTART_AGENT, NODE_MIGRATE, NODE_LIST, ALERT, COMMANDS, AGENT_LEAF,
        AGENT_DATA, APPROVAL_EVENTS,
    )  # fmt: skip

    def __init__(self, settings: MonitorSettings, bus: Bus, store: Store) -> None:
        super().__init__(settings, bus, store)
        self.services: set[str] = set()
        """Names of running services, which no spawned agent may take."""
        self.audit = Audit(store, settings.audit_days)
        self.approvals = SpawnApprovals(store, self.name, settings.approval_seconds)
        self.approvals.on_change = announcing(self)
        dispatcher = Dispatcher(bus, load_signer(settings.key_file))
        self.accounts = make_accounts(settings, store, self.audit)
        registry = SpawnRegistry(store)
        self.fleet = Fleet(bus, registry, dispatcher, self.accounts, self.audit, self.alert)
        self.spawner = Spawner(
            self.fleet, self.approvals, lambda: frozenset(self.services), settings.spawn_seconds,
            lambda: bool(self.recall(_HALTED, False)), self._warning,
        )  # fmt: skip
        self.manager = Manager(self.fleet, self)
        self.migrations = Migrations(self.fleet, store)
        self.reconciler = Reconciler(self.fleet)

    async def on_start(self) -> None:
        """Take up what was wanted before."""
        for part in (self.audit.prepare, self.approvals.load, self.fleet.registry.load, self.migrations.load):
            await part()
        await self.accounts.start()
        for name, known in self.recall(_NODES, {}).items():
            self.fleet.machines.know(name, **known)
        self.spawn_background(self._reconcile(), "reconcile")

    async def _warning(self, spec: SpawnSpec) -> str:
        """What an agent would wait for in vain; empty when nothing, or when nobody can tell."""
        if _TOPICS not in self.services:
            return ""
        wish = await asyncio.to_thread(wiring.wish_of, spec)
        try:
            return wiring.warning_of(await self.ask(CHECK_WIRING, wish, timeout=_TOPICS_SECONDS)) if wish else ""
        except (TransportError, TaskFailed, ContractError) as error:
            self.log.debug("the topics of an agent could not be checked", name=spec.name, problem=str(error))
            return ""

    async def on_stop(self) -> None:
        """Leave the broker's account channel."""
        await self.accounts.stop()

    # -- for the monitor ----------------------------------------------------------------------------------------

    async def release(self, _name: str, _by: str) -> bool:
        """Start a service that is in quarantine; false when there is none of that name."""
        return False

    def forget_agent(self, name: str) -> None:
        """A spawned agent is gone: nobody shall miss it."""

    def lifecycle_of(self, _name: str) -> str:
        """The state that an agent reports of itself; empty when it was not heard."""
        return ""

    async def hear_agent(self, beat: Heartbeat) -> None:
        """Note what an agent's heartbeat says about spawned agents and about names that are taken."""
        entry = self.fleet.registry.entries.get(beat.name)
        if entry is None:
            if beat.protected:
                self.services.add(beat.name)
            return
        if beat.node == entry.node and not self.fleet.machine(entry.node).is_ours:
            await self.fleet.on_foreign_beat(entry, beat)

    async def hear_error(self, error: AgentError) -> None:
        """A stand-alone runner acknowledges nothing: an agent that cannot begin says so itself."""
        entry = self.fleet.registry.entries.get(error.name)
        if entry is None or entry.settled or self.fleet.machine(entry.node).is_ours:
            return
        if error.fatal and error.phase in _BEGINNING:
            reason = f"{error.phase}: {error.error}"
            await self.fleet.on_ack(
                SpawnAck(agent=entry.name, node=entry.node, refused=reason, timestamp=error.timestamp)
            )

    async def hear_node(self, message: Message[NodeHeartbeat]) -> None:
        """Note what a node runs."""
        name, pulse = message.params.get("node", message.payload.node), message.payload
        before = self.fleet.machines.get(name)
        known = before is not None and before.agents == frozenset(pulse.agents) and before.is_online(time.monotonic())
        machine = self.fleet.machines.on_pulse(name, pulse, time.monotonic(), time.time())
        if not machine.takes_agents:
            return
        if pulse.signing_failures > machine.refusals:
            self.audit.note("node refused spawn messages", "", by=name, detail=f"{pulse.signing_failures} so far")
        machine.refusals = pulse.signing_failures
        kept: dict[str, Any] = self.recall(_NODES, {})
        if kept.get(name, {}).get("is_ours") is not machine.is_ours:
            kept[name] = {"is_ours": machine.is_ours, "seen_at": machine.seen_at}
            await self.persist(_NODES, kept)
        if not machine.is_ours and not known and machine.status == "online":
            await self.fleet.dispatcher.ask_for_list(name)
        self.fleet.changed.set()

    async def _reconcile(self) -> None:
        while True:
            await self.reconciler.wait()
            if self.bus.connected.is_set():
                try:
                    await self.migrations.round()
                    await self.reconciler.round()
                except Exception as error:
                    await self.report_error(error)

    # -- listening ----------------------------------------------------------------------------------------------

    @listens(NODE_SPAWN_ACK)
    async def on_spawn_ack(self, message: Message[SpawnAck]) -> None:
        """A node has taken an agent up, or refused it."""
        if not await self.migrations.on_ack(message.payload):
            await self.fleet.on_ack(message.payload)

    @listens(NODE_STATE_RETURN)
    async def on_state_return(self, message: Message[StateReturn]) -> None:
        """A node hands an agent back that shall run elsewhere."""
        self.spawn_background(self.migrations.on_state(message.payload), "migration")

    @listens(NODE_MIGRATE_RESULT)
    async def on_migrate_result(self, message: Message[MigrateResult]) -> None:
        """A stand-alone runner has moved an agent, or could not."""
        await self.migrations.on_result(message.payload, message.params["node"])

    @listens(NODE_AGENTS)
    async def on_node_agents(self, message: Message[NodeAgents]) -> None:
        """Note under which ids a stand-alone runner has its agents."""
        machine = self.fleet.machine(message.payload.node)
        for item in message.payload.agents:
            entry = self.fleet.registry.entries.get(str(item.get("name", "")))
            actor_id = item.get("actor_id")
            if entry is not None and entry.node == machine.name and not machine.is_ours and isinstance(actor_id, str):
                await self.fleet.registry.change(entry, heard_as=actor_id)

    @listens(COMMANDS)
    async def on_agent_command(self, message: Message[AgentCommand]) -> None:
        """A spawned agent that is deleted by command loses its entry, too."""
        entry = self.fleet.registry.by_id(message.params["agent_id"])
        if entry is not None and message.payload.command == "delete":
            request = Management(name=entry.name, command="delete", by=message.payload.sender)
            task = Task(f"command/{entry.agent_id}", MANAGE_AGENT.action, self.name)
            self.spawn_background(self.manager.manage(request, task), "delete")

    @every(_EXPIRY_SECONDS)
    async def expire_approvals(self) -> None:
        """Silence is a no."""
        for approval in (kept.approval for kept in await self.approvals.expire()):
            self.audit.note("approval expired", str(approval.detail.get("name", "")), detail=approval.summary)

    @every(_TRIM_SECONDS)
    async def trim_audit(self) -> None:
        """Forget what is older than the retention."""
        await self.audit.trim()

    # -- answering ----------------------------------------------------------------------------------------------

    @handles(SPAWN)
    async def on_spawn(self, request: SpawnSpec, task: Task) -> SpawnResult:
        """Have an agent run."""
        return await self.spawner.spawn(request, task)

    @handles(MANAGE_AGENT)
    async def on_manage(self, request: Management, task: Task) -> Done:
        """Start, stop, restart or delete an agent."""
        return await self.manager.manage(request, task)

    @handles(MIGRATE_AGENT)
    async def on_migrate(self, request: Migration, task: Task) -> Done:
        """Move an agent to another node."""
        return await self.migrations.migrate(request, task)

    @handles(SET_HALT)
    async def on_halt(self, request: HaltRequest, _task: Task) -> HaltResult:
        """Spawn nothing new while everything is halted; what runs goes on."""
        await self.persist(_HALTED, request.halted)
        self.audit.note("halted" if request.halted else "released from halt", "", by=request.by)
        return HaltResult(halted=request.halted)

    @handles(LIST_SPAWNED)
    async def on_list_spawned(self, _request: Nothing, _task: Task) -> SpawnedAgents:
        """Every spawned agent."""
        entries = self.fleet.registry.entries
        return SpawnedAgents(agents=tuple(self.manager.report(entries[name]) for name in sorted(entries)))

    @handles(GET_SPEC)
    async def on_get_spec(self, request: AgentName, _task: Task) -> SpecReport:
        """The specification of one agent."""
        return await self.manager.spec_of(request.name)

    @handles(LIST_NODES)
    async def on_list_nodes(self, _request: Nothing, _task: Task) -> NodeReports:
        """Every node."""
        return NodeReports(nodes=self.fleet.machines.reports(time.monotonic()))

    @handles(LIST_APPROVALS)
    async def on_list_approvals(self, request: ApprovalQuery, _task: Task) -> Approvals:
        """What waits for a person's yes."""
        return Approvals(approvals=self.approvals.listed(decided_too=request.all))

    @handles(DECIDE_APPROVAL)
    async def on_decide(self, request: Decision, task: Task) -> Done:
        """Do what was approved, or drop it."""
        return await self.spawner.decide(request, task)
